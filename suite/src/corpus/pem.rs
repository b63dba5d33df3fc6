//! An RSA key of a key set as the PEM text in which people keep public keys (RFC 5280, section 4.1.2.7): what a server that
//! mixes up its algorithms takes for a shared secret.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

/// `rsaEncryption` without parameters.
const RSA: &[u8] =
    &[0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00];

/// The `SubjectPublicKeyInfo` of a JWK in PEM; `None` if it is no RSA key.
pub(super) fn public_key(jwk: &str) -> Option<String> {
    let jwk: Value = serde_json::from_str(jwk).ok()?;
    let part = |name: &str| URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok();
    let numbers = [integer(&part("n")?), integer(&part("e")?)].concat();
    let mut bits = vec![0];
    bits.extend(tagged(0x30, &numbers));
    let der = tagged(0x30, &[RSA, &tagged(0x03, &bits)].concat());
    let encoded = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
    for (at, c) in encoded.chars().enumerate() {
        if at > 0 && at % 64 == 0 {
            pem.push('\n');
        }
        pem.push(c);
    }
    Some(pem + "\n-----END PUBLIC KEY-----\n")
}

/// A number that is not negative.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|&byte| byte != 0).unwrap_or(bytes.len());
    let sign: &[u8] = if bytes.get(start).is_none_or(|&byte| byte >= 0x80) { &[0] } else { &[] };
    tagged(0x02, &[sign, &bytes[start..]].concat())
}

/// Tag, length, content.
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let digits: Vec<u8> = length.into_iter().skip_while(|&byte| byte == 0).collect();
    let mut out = vec![tag];
    match (digits.as_slice(), u8::try_from(digits.len())) {
        ([], _) => out.push(0),
        ([short], _) if *short < 0x80 => out.push(*short),
        (long, Ok(count)) => {
            out.push(0x80 | count);
            out.extend_from_slice(long);
        }
        (_, Err(_)) => unreachable!("a length has eight bytes at most"),
    }
    out.extend_from_slice(content);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `openssl rsa -pubout` makes of the tenant's test key.
    const KNOWN: &str = "\
-----BEGIN PUBLIC KEY-----\n\
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArKF1dhtzVWF0xvqAcck4\n\
pHpFPL/21Xk0LOYgMG7EhlSWdPA009Cd82zEgPbtFDLfD7fxi9q32xvGb4OhEteI\n\
JZcnhsW2NKyH2UU6hfTkfOikcB1jSvr6ORW7LWxF/tKR4n1JI6pLN+4Jq5VV0Rd8\n\
VgvA2G4Q3J0J+6inhEy9bZYf8fzbsvs9YbZ6fYkjxGuGCyE4eY9/GrvdLD0x1QUC\n\
nulunGC8jAAj34FPA28Acg09m6yX+XaVVUutzz2nFxE+zuv7fLhUKyRXcpsNZCNx\n\
XmmJHNPe1jq8pF9u/e6g1WGDixSL38xJuxLcJf/1DzcdtxOOupI85djP3f2GKhv2\n\
QQIDAQAB\n\
-----END PUBLIC KEY-----\n\
";
    const JWK: &str = r#"{"kty":"RSA","n":"rKF1dhtzVWF0xvqAcck4pHpFPL_21Xk0LOYgMG7EhlSWdPA009Cd82zEgPbtFDLfD7fxi9q32xvGb4OhEteIJZcnhsW2NKyH2UU6hfTkfOikcB1jSvr6ORW7LWxF_tKR4n1JI6pLN-4Jq5VV0Rd8VgvA2G4Q3J0J-6inhEy9bZYf8fzbsvs9YbZ6fYkjxGuGCyE4eY9_GrvdLD0x1QUCnulunGC8jAAj34FPA28Acg09m6yX-XaVVUutzz2nFxE-zuv7fLhUKyRXcpsNZCNxXmmJHNPe1jq8pF9u_e6g1WGDixSL38xJuxLcJf_1DzcdtxOOupI85djP3f2GKhv2QQ","e":"AQAB"}"#;

    #[test]
    fn a_key_is_written_as_others_write_it() {
        assert_eq!(public_key(JWK).as_deref(), Some(KNOWN));
    }

    #[test]
    fn what_is_no_rsa_key_has_no_such_form() {
        for text in ["", "{}", r#"{"n":"AQAB"}"#, r#"{"n":"?","e":"AQAB"}"#] {
            assert_eq!(public_key(text), None, "{text}");
        }
    }
}

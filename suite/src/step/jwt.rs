//! Decodes a token and verifies its signature, with code of its own: never the server's.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;

use super::bindings::Bindings;
use super::request::endpoint;
use super::send::{Fault, send};
use super::{Sending, Token};

/// How a token's key is found.
pub(crate) enum Key {
    /// In a key set; or why there is none.
    Set(Result<JwkSet, String>),
    /// A shared secret.
    Secret(String),
    /// Nobody looks.
    Unverified,
}

/// Decodes a compact JWT (RFC 7515, section 7.1).
///
/// # Errors
/// Why it is none.
pub(crate) fn decode(token: &str, key: &Key) -> Result<Token, String> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, _] = parts.as_slice() else {
        return Err("an opaque token, not a JWT".to_owned());
    };
    let header = object(header).ok_or("a token whose header is not a JSON object")?;
    let claims = object(claims).ok_or("a token whose claims are not a JSON object")?;
    let verified = verify(token, &header, key);
    Ok(Token { header, claims, verified })
}

/// Fetches the target's key set, from the endpoint `jwks` or where its metadata says.
pub(crate) fn key_set(bindings: &Bindings, timeout: Duration) -> Result<JwkSet, String> {
    let address = match endpoint(bindings, "jwks") {
        Ok(address) => address,
        Err(_) => {
            let metadata = fetch(&endpoint(bindings, "discovery")?, timeout)?;
            let address = metadata.get("jwks_uri").and_then(Value::as_str).map(str::to_owned);
            address.ok_or("the metadata has no jwks_uri")?
        }
    };
    let keys = fetch(&address, timeout)?;
    let known: Vec<&Value> = keys.get("keys").and_then(Value::as_array).into_iter().flatten().collect();
    // A key of a kind that nobody here knows must not hide the others.
    let keys = known.into_iter().filter_map(|key| serde_json::from_value(key.clone()).ok()).collect();
    Ok(JwkSet { keys })
}

fn fetch(url: &str, timeout: Duration) -> Result<Value, String> {
    let sending = Sending { method: "GET".to_owned(), url: url.to_owned(), ..Sending::default() };
    let answer = send("jwks", &sending, timeout).map_err(|fault| match fault {
        Fault::Transport(why) | Fault::Unsendable(why) => format!("{url}: {why}"),
    })?;
    if answer.status != 200 {
        return Err(format!("{url}: status {}", answer.status));
    }
    answer.json.ok_or_else(|| format!("{url}: not JSON"))
}

fn verify(token: &str, header: &Value, key: &Key) -> Result<(), String> {
    let name = header.get("alg").and_then(Value::as_str).unwrap_or("none");
    let alg: Algorithm = name.parse().map_err(|_| format!("alg {name}"))?;
    let shared = matches!(alg, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512);
    let key = match key {
        Key::Unverified => return Err("nobody looked".to_owned()),
        Key::Secret(secret) if shared => DecodingKey::from_secret(secret.as_bytes()),
        Key::Secret(_) => return Err(format!("alg {name}, but the key is a shared secret")),
        // A public key as the secret of an HMAC would let everybody sign.
        Key::Set(_) if shared => return Err(format!("alg {name}, but the keys are public")),
        Key::Set(keys) => public_key(keys.as_ref().map_err(Clone::clone)?, header)?,
    };
    let mut validation = Validation::new(alg);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    let decoded = jsonwebtoken::decode::<Value>(token, &key, &validation);
    decoded.map(drop).map_err(|error| format!("the signature does not verify: {error}"))
}

fn public_key(keys: &JwkSet, header: &Value) -> Result<DecodingKey, String> {
    let key = match header.get("kid").and_then(Value::as_str) {
        Some(kid) => keys.find(kid).ok_or_else(|| format!("no key {kid} in the key set"))?,
        None => match keys.keys.as_slice() {
            [key] => key,
            all => return Err(format!("no kid, and {} keys in the key set", all.len())),
        },
    };
    // A key serves one algorithm, if the set says which (RFC 7517 §4.4).
    let alg = header.get("alg").and_then(Value::as_str).unwrap_or_default();
    let meant = key.common.key_algorithm.map(|meant| meant.to_string());
    if let Some(meant) = meant.filter(|meant| meant != alg) {
        return Err(format!("alg {alg}, but the key set says that the key is for {meant}"));
    }
    DecodingKey::from_jwk(key).map_err(|error| format!("a key that cannot be used: {error}"))
}

fn object(part: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok().filter(Value::is_object)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str) -> String {
        URL_SAFE_NO_PAD.encode(text)
    }

    /// RFC 7515, appendix A.1.
    const KNOWN: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const SECRET: &str =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

    fn verified(token: &str) -> bool {
        let secret = URL_SAFE_NO_PAD.decode(SECRET).unwrap();
        let header = object(token.split('.').next().unwrap()).unwrap();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        assert_eq!(header["alg"], "HS256");
        jsonwebtoken::decode::<Value>(token, &DecodingKey::from_secret(&secret), &validation).is_ok()
    }

    #[test]
    fn a_known_signature_verifies_and_a_changed_one_does_not() {
        assert!(verified(KNOWN));
        assert!(!verified(&KNOWN.replace("dBjf", "dBjg")));
    }

    #[test]
    fn the_order_of_claims_is_kept() {
        let token = decode(KNOWN, &Key::Unverified).unwrap();
        let names: Vec<&String> = token.claims.as_object().unwrap().keys().collect();
        assert_eq!(names, ["iss", "exp", "http://example.com/is_root"]);
    }

    #[test]
    fn none_and_mixed_up_keys_are_refused() {
        let unsigned = format!("{}.{}.", part(r#"{"alg":"none"}"#), part("{}"));
        let set = || Key::Set(Ok(JwkSet { keys: Vec::new() }));
        for (token, key) in [
            (unsigned.as_str(), Key::Secret("x".to_owned())),
            (unsigned.as_str(), set()),
            (KNOWN, set()),
            (KNOWN, Key::Secret("x".to_owned())),
        ] {
            assert!(decode(token, &key).unwrap().verified.is_err(), "{token}");
        }
    }

    #[test]
    fn what_is_no_jwt_says_so() {
        for token in ["", "abc", "a.b", "a.b.c", "e30.e30.e30.e30.e30"] {
            assert!(decode(token, &Key::Unverified).is_err(), "{token}");
        }
    }
}

//! JWS compact form: header, claims and signature joined by dots. Keys are held parsed, never read per token.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::tenant::api::ApiSigning;
use crate::tenant::signing_key::SigningKey;

/// Signs `claims` with the tenant's key, or with the key or the secret of an API. `header` members come after `alg`,
/// `typ` and `kid`, or replace them.
pub(crate) fn write(
    key: &SigningKey,
    signing: &ApiSigning,
    claims: &Map<String, Value>,
    header: &Map<String, Value>,
) -> String {
    let mut jose = match signing {
        ApiSigning::Rs256 => json!({ "alg": signing.alg(), "typ": "JWT", "kid": key.kid }),
        ApiSigning::Ps256(own) => json!({ "alg": signing.alg(), "typ": "JWT", "kid": own.kid }),
        ApiSigning::Hs256(_) => json!({ "alg": signing.alg(), "typ": "JWT" }),
    };
    for (name, value) in header {
        jose[name] = value.clone();
    }
    let signed = format!("{}.{}", encoded(&jose), encoded(&Value::Object(claims.clone())));
    let signature = match signing {
        ApiSigning::Rs256 => key.sign(signed.as_bytes()),
        ApiSigning::Ps256(own) => own.sign(signed.as_bytes()),
        ApiSigning::Hs256(secret) => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
            hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()
        }
    };
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A token that was taken apart; nothing is verified yet.
pub(crate) struct Parts<'a> {
    pub(crate) header: Value,
    pub(crate) claims: Map<String, Value>,
    pub(crate) signed: &'a str,
    pub(crate) signature: Vec<u8>,
}

/// Takes a token apart; `None` if it is not a JWT.
pub(crate) fn read(token: &str) -> Option<Parts<'_>> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    let header: Value = serde_json::from_slice(&decoded(header)?).ok()?;
    let claims = serde_json::from_slice(&decoded(claims)?).ok()?;
    Some(Parts { header, claims, signed, signature: decoded(signature)? })
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

//! JWS compact form: header, claims and signature joined by dots. Keys are held parsed, never read per token.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::tenant::api::ApiSigning;
use crate::tenant::secret::Secret;
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

/// Who may have signed a token: whoever verifies knows, whatever the token says.
pub(crate) enum Trusted<'a> {
    /// The holders of these keys, each by its own algorithm.
    Keys(Vec<&'a SigningKey>),
    /// Who shares this secret (HS256).
    Secret(&'a Secret),
}

impl Trusted<'_> {
    /// Whether any of them signs with `alg`.
    pub(crate) fn signs_with(&self, alg: &Value) -> bool {
        match self {
            Self::Keys(keys) => keys.iter().any(|key| alg == key.padding.alg()),
            Self::Secret(_) => alg == "HS256",
        }
    }

    /// Whether one of them signed; with `named`, the one whose key the header names.
    pub(crate) fn signed(&self, parts: &Parts<'_>, named: bool) -> bool {
        let signed = parts.signed.as_bytes();
        match self {
            Self::Keys(keys) => keys
                .iter()
                .filter(|key| !named || parts.header["kid"] == key.kid.as_str())
                .any(|key| key.verify(signed, &parts.signature)),
            Self::Secret(secret) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
                hmac::verify(&key, signed, &parts.signature).is_ok()
            }
        }
    }
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

//! Tokens that are not what they should be: claims and headers changed, then signed again with the tenant's own key, or
//! not at all.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::tenant::api::{Api, ApiSigning};
use crate::tenant::deviation::Forgery;
use crate::token::{read_jwt, write_jwt};
use crate::turn::Turn;

/// The forged form of a JWT; `None` if the token is opaque.
pub(super) fn forged(turn: &Turn<'_>, forgery: &Forgery, token: &str) -> Option<String> {
    let parts = read_jwt(token)?;
    let signing = signing_of(turn, &parts.header, &parts.claims);
    let claims = altered(parts.claims, &forgery.claims);
    let mut forged = write_jwt(&turn.tenant.signing_key, &signing, &claims, &forgery.header);
    if forgery.unsigned {
        let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "none", "typ": "JWT" }).to_string());
        let claims = URL_SAFE_NO_PAD.encode(Value::Object(claims).to_string());
        return Some(format!("{header}.{claims}."));
    }
    if forgery.flip_signature {
        let (signed, signature) = forged.rsplit_once('.')?;
        let mut bytes = URL_SAFE_NO_PAD.decode(signature).ok()?;
        *bytes.first_mut()? ^= 1;
        forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes));
    }
    Some(forged)
}

/// Claims set, removed (`null`), shifted by seconds or multiplied.
fn altered(mut claims: Map<String, Value>, changes: &Map<String, Value>) -> Map<String, Value> {
    for (name, change) in changes {
        let number = claims.get(name).and_then(Value::as_i64);
        let arithmetic = |word: &str| change.get(word).and_then(Value::as_i64).zip(number);
        if change.is_null() {
            claims.shift_remove(name);
        } else if let Some((by, number)) = arithmetic("shift") {
            claims.insert(name.clone(), json!(number + by));
        } else if let Some((times, number)) = arithmetic("times") {
            claims.insert(name.clone(), json!(number * times));
        } else {
            claims.insert(name.clone(), change.clone());
        }
    }
    claims
}

/// The way in which the token was signed: the API's own, if its audience and algorithm are the token's.
fn signing_of(turn: &Turn<'_>, header: &Value, claims: &Map<String, Value>) -> ApiSigning {
    let named = |api: &&Arc<Api>| match claims.get("aud") {
        Some(Value::Array(all)) => all.iter().any(|one| one == api.identifier.as_str()),
        Some(one) => one == api.identifier.as_str(),
        None => false,
    };
    let mut apis = turn.tenant.apis.iter().filter(named);
    let own = apis.find(|api| header["alg"] == api.signing.alg());
    own.map_or(ApiSigning::Rs256, |api| api.signing.clone())
}

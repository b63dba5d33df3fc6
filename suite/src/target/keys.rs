//! The private keys of clients that sign assertions: they ship with the corpus, and everybody knows them.

use serde_json::{Value, json};

use crate::corpus::case::GivenCredential;

/// Enough for two credentials of one client, and for two clients that must not pass for each other.
const KEYS: [&str; 2] = ["insecure-test-client-a", "insecure-test-client-b"];

/// Gives the client `object` its keys: `key`, `kid`, `alg` and `public_key` of the first, and all under `credentials`.
/// Returns what the target is told of them. `client` is the client's place among all.
pub(crate) fn publish(object: &mut Value, client: usize, wanted: &[GivenCredential]) -> Value {
    let usual = [GivenCredential { alg: "RS256".to_owned(), expires_at: None }];
    let wanted = if wanted.is_empty() { &usual } else { wanted };
    let mut held = Vec::new();
    let mut told = Vec::new();
    for (index, credential) in wanted.iter().enumerate() {
        let kid = KEYS[(client + index) % KEYS.len()];
        let file = |name: String| ropg_fixtures::file(&name).unwrap_or_default();
        let public = file(format!("keys/{kid}.pub.pem"));
        held.push(json!({
            "id": object["id"],
            "kid": kid,
            "alg": credential.alg,
            "key": file(format!("keys/{kid}.pem")),
            "public_key": public,
        }));
        let mut one = json!({ "kid": kid, "alg": credential.alg, "pem": public });
        if let Some(at) = &credential.expires_at {
            one["expires_at"] = at.as_str().into();
        }
        told.push(one);
    }
    for name in ["kid", "alg", "key", "public_key"] {
        object[name] = held[0][name].clone();
    }
    object["credentials"] = held.into();
    told.into()
}

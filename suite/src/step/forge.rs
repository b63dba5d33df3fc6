//! Makes a token that nobody issued: another one changed, or one from nothing; signed by code of its own, never the
//! server's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Map, Value, json};

use super::bindings::Bindings;
use crate::corpus::forge::{Claim, Forge, ForgeKey};

/// A key that belongs to nobody; it ships with the corpus.
const OTHER: &str = "keys/insecure-test-other-rs256.pem";

/// A compact JWT (RFC 7515, section 7.1); `now` is the target's time.
///
/// # Errors
/// What is not there, or cannot be signed.
pub(crate) fn forge(bindings: &Bindings, forge: &Forge, now: i64) -> Result<String, String> {
    let from = forge.from.as_ref().map(|from| parts(&bindings.text(from, &[])?)).transpose()?;
    let (mut header, mut claims, signature) =
        from.unwrap_or_else(|| (object(json!({ "typ": "JWT" })), Map::new(), String::new()));
    let signer = Signer::of(bindings, forge, &header)?;
    if let Some(alg) = signer.name() {
        header.insert("alg".to_owned(), json!(alg));
    }
    if let Some(kid) = signer.kid() {
        header.insert("kid".to_owned(), json!(kid));
    }
    for (name, value) in &forge.header {
        set(&mut header, name, value.as_ref().map(|value| bindings.json(value, &[])).transpose()?);
    }
    for (name, change) in &forge.claims {
        let value = changed(bindings, claims.get(name), change, now);
        set(&mut claims, name, value.map_err(|why| format!("claim {name}: {why}"))?);
    }
    let token = signed(&signer, &header, &claims, &signature)?;
    match forge.length.and_then(|length| usize::try_from(length).ok()) {
        Some(length) => {
            let rest = token.rsplit('.').next().map_or(0, str::len) + 2;
            pad(&mut header, &mut claims, length.saturating_sub(rest))
                .ok_or_else(|| format!("no padding makes the token {length} bytes long"))?;
            signed(&signer, &header, &claims, &signature)
        }
        None => Ok(token),
    }
}

fn signed(
    signer: &Signer,
    header: &Map<String, Value>,
    claims: &Map<String, Value>,
    old: &str,
) -> Result<String, String> {
    let message = format!("{}.{}", encoded(header), encoded(claims));
    let signature = signer.sign(&message, old.to_owned())?;
    Ok(format!("{message}.{signature}"))
}

fn encoded(part: &Map<String, Value>) -> String {
    URL_SAFE_NO_PAD.encode(json!(part).to_string())
}

/// Members `pad` that make both parts together `length` characters long. Base64 has no lengths of 4n + 1, so the header gives
/// way by some characters; `None` if there is no room.
fn pad(header: &mut Map<String, Value>, claims: &mut Map<String, Value>, length: usize) -> Option<()> {
    for wide in 0..4 {
        header.insert("pad".to_owned(), json!("x".repeat(wide)));
        claims.insert("pad".to_owned(), json!(""));
        let missing = length.checked_sub(encoded(header).len() + encoded(claims).len())?;
        for more in (missing * 3 / 4).saturating_sub(2)..=missing * 3 / 4 + 2 {
            claims.insert("pad".to_owned(), json!("x".repeat(more)));
            if encoded(header).len() + encoded(claims).len() == length {
                return Some(());
            }
        }
    }
    None
}

/// Who signs, and how.
enum Signer {
    Nobody,
    /// The signature stays what it was.
    Keeps,
    Key {
        key: EncodingKey,
        alg: Algorithm,
        kid: Option<String>,
    },
}

impl Signer {
    fn of(bindings: &Bindings, forge: &Forge, header: &Map<String, Value>) -> Result<Self, String> {
        let text = |alias: &str, name: &str| {
            let found = bindings.object(alias)?.get(name).and_then(Value::as_str);
            Ok::<_, String>(found.map(str::to_owned))
        };
        let needed = |alias: &str, name: &str| {
            text(alias, name)?.ok_or_else(|| format!("the target does not say `{alias}.{name}`"))
        };
        let inherited = header.get("alg").and_then(Value::as_str).filter(|alg| !alg.starts_with("HS"));
        let (key, usual, kid) = match &forge.key {
            ForgeKey::None => return Ok(Self::Nobody),
            ForgeKey::Keep => return Ok(Self::Keeps),
            ForgeKey::Secret(secret) => {
                let secret = bindings.text(secret, &[])?;
                (EncodingKey::from_secret(secret.as_bytes()), "HS256".to_owned(), None)
            }
            ForgeKey::Signing => {
                (private(&needed("target", "signing_key")?)?, inherited.unwrap_or("RS256").to_owned(), None)
            }
            ForgeKey::Other => {
                let pem = ropg_fixtures::file(OTHER).ok_or("the other test key does not ship")?;
                (private(pem)?, inherited.unwrap_or("RS256").to_owned(), None)
            }
            ForgeKey::Of(alias) => {
                let usual = text(alias, "alg")?.unwrap_or_else(|| "RS256".to_owned());
                (private(&needed(alias, "key")?)?, usual, text(alias, "kid")?)
            }
        };
        let name = forge.alg.as_ref().unwrap_or(&usual);
        let alg = name.parse().map_err(|_| format!("nobody can sign with alg {name}"))?;
        Ok(Self::Key { key, alg, kid })
    }

    /// What the header says unless the case lies.
    fn name(&self) -> Option<String> {
        match self {
            Self::Nobody => Some("none".to_owned()),
            Self::Keeps => None,
            Self::Key { alg, .. } => Some(format!("{alg:?}")),
        }
    }

    fn kid(&self) -> Option<&str> {
        match self {
            Self::Key { kid, .. } => kid.as_deref(),
            Self::Nobody | Self::Keeps => None,
        }
    }

    fn sign(&self, message: &str, old: String) -> Result<String, String> {
        match self {
            Self::Nobody => Ok(String::new()),
            Self::Keeps => Ok(old),
            Self::Key { key, alg, .. } => jsonwebtoken::crypto::sign(message.as_bytes(), key, *alg)
                .map_err(|fault| format!("{alg:?} cannot be signed: {fault}")),
        }
    }
}

fn private(pem: &str) -> Result<EncodingKey, String> {
    EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(|fault| format!("not an RSA key in PEM: {fault}"))
}

type Parts = (Map<String, Value>, Map<String, Value>, String);

fn parts(token: &str) -> Result<Parts, String> {
    let all: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = all.as_slice() else {
        return Err("an opaque token cannot be changed".to_owned());
    };
    let read = |part: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    let unreadable = || "a token that cannot be read cannot be changed".to_owned();
    let (header, claims) = read(header).zip(read(claims)).ok_or_else(unreadable)?;
    Ok((header, claims, (*signature).to_owned()))
}

fn changed(
    bindings: &Bindings,
    old: Option<&Value>,
    change: &Claim,
    now: i64,
) -> Result<Option<Value>, String> {
    Ok(match change {
        Claim::Remove => None,
        Claim::Shift(by) => {
            let old = old.and_then(Value::as_i64).ok_or("no number to shift")?;
            Some(json!(old.saturating_add(*by)))
        }
        Claim::FromNow(seconds) => Some(json!(now.saturating_add(*seconds))),
        Claim::Set(value) => Some(bindings.json(value, &[])?),
    })
}

/// In its place, or at the end; `None` removes.
fn set(object: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    match value {
        Some(value) => drop(object.insert(name.to_owned(), value)),
        None => drop(object.shift_remove(name)),
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}

#[cfg(test)]
#[path = "forge_tests.rs"]
mod tests;

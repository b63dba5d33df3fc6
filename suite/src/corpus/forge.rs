//! The step `forge`: a token that nobody issued.

use serde_json::Value;

use super::template::Template;

/// A token that nobody issued: another one changed, or one from nothing.
#[derive(Clone, Debug)]
pub struct Forge {
    /// The token that is changed; `None`: header and claims are only what is said here.
    pub from: Option<Template>,
    /// Who signs it.
    pub key: ForgeKey,
    /// The algorithm; `None`: the key's own, else that of `from`, else RS256 (HS256 for a secret).
    pub alg: Option<String>,
    /// Header members set, or removed with `None`; `alg` here lies about how it is signed.
    pub header: Vec<(String, Option<Value>)>,
    /// Claims changed.
    pub claims: Vec<(String, Claim)>,
    /// The bytes that the token shall have: members `pad` make it as long.
    pub length: Option<u64>,
}

impl Forge {
    /// How many things are wrong with a token that was good: how it is signed, and each other member.
    #[must_use]
    pub fn faults(&self) -> usize {
        if self.from.is_none() {
            return 0;
        }
        let members = self.header.iter().filter(|(name, _)| name != "alg").count() + self.claims.len();
        let signed_otherwise = matches!(self.key, ForgeKey::Other | ForgeKey::None)
            || self.alg.is_some()
            || self.header.iter().any(|(name, _)| name == "alg");
        members + usize::from(signed_otherwise) + usize::from(self.length.is_some())
    }
}

/// Who signs a forged token.
#[derive(Clone, Debug)]
pub enum ForgeKey {
    /// The tenant's own key, where the driver knows it (`target.signing_key`).
    Signing,
    /// A key that belongs to nobody.
    Other,
    /// Nobody: `alg` is `none` and the signature is empty.
    None,
    /// Nobody anew: the old signature stays, and fits no longer if anything changed.
    Keep,
    /// A shared secret.
    Secret(Template),
    /// A client's private key, by alias.
    Of(String),
}

/// What becomes of a claim.
#[derive(Clone, Debug)]
pub enum Claim {
    /// It is left out.
    Remove,
    /// Seconds are added to it.
    Shift(i64),
    /// So many seconds after the target's time.
    FromNow(i64),
    /// This, with templates in its texts.
    Set(Value),
}

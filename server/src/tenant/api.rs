//! An API (OAuth: a resource server) for which access tokens are issued.

use super::secret::Secret;

/// A registered API.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    /// The audience; compared exactly (SCP-01).
    pub(crate) identifier: String,
    pub(crate) signing: ApiSigning,
    /// Seconds that an access token lives (ATK-09).
    pub(crate) token_lifetime: i64,
    /// Whether refresh tokens may be issued for it (SCP-20).
    pub(crate) allow_offline_access: bool,
    /// Whether first-party applications get tokens for it without the user's consent; the password stands for consent
    /// anyway (PWD-22).
    pub(crate) skips_consent: bool,
    /// In the API's own order.
    pub(crate) scopes: Vec<String>,
}

/// How its access tokens are signed (ATK-01, ATK-12).
#[derive(Clone, Debug)]
pub(crate) enum ApiSigning {
    /// With the tenant's key.
    Rs256,
    /// With a secret that the API shares.
    Hs256(Secret),
}

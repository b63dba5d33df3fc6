//! An API (OAuth: a resource server) for which access tokens are issued.

use super::scope::ScopeSet;
use super::secret::Secret;

/// A registered API.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    /// For people, and in the address of its routes.
    pub(crate) name: String,
    /// The audience; compared exactly (SCP-01).
    pub(crate) identifier: String,
    pub(crate) signing: ApiSigning,
    /// Seconds that an access token lives (ATK-09).
    pub(crate) token_lifetime: i64,
    /// Whether refresh tokens may be issued for it (SCP-20).
    pub(crate) allow_offline_access: bool,
    /// In the API's own order.
    pub(crate) scopes: Vec<String>,
    /// What of it can be called: this server plays the resource server too.
    pub(crate) routes: Vec<Route>,
}

/// A route of an API: `METHOD /api/NAME/PATH`.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) method: String,
    /// Begins with a slash.
    pub(crate) path: String,
    /// All of them must have been granted.
    pub(crate) scopes: ScopeSet,
}

/// How its access tokens are signed (ATK-01, ATK-12).
#[derive(Clone, Debug)]
pub(crate) enum ApiSigning {
    /// With the tenant's key.
    Rs256,
    /// With a secret that the API shares.
    Hs256(Secret),
}

impl ApiSigning {
    /// Its name in the header of a token.
    pub(crate) fn alg(&self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Hs256(_) => "HS256",
        }
    }
}

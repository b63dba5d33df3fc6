//! An application (OAuth: a client).

use super::refresh_policy::RefreshPolicy;
use super::secret::Secret;

/// A registered client.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    pub(crate) name: String,
    pub(crate) client_id: String,
    /// Absent for a public client.
    pub(crate) client_secret: Option<Secret>,
    pub(crate) auth_method: AuthMethod,
    /// As on the wire: `password`, `http://auth0.com/oauth/grant-type/password-realm`, …
    pub(crate) grant_types: Vec<String>,
    /// A third-party client may not use grants that take passwords (CLI-21).
    pub(crate) first_party: bool,
    /// Seconds that an ID token lives (IDT-02).
    pub(crate) id_token_lifetime: i64,
    /// By what its refresh tokens live.
    pub(crate) refresh: RefreshPolicy,
}

/// How a client authenticates at the token endpoint (CLI-04, CLI-05, CLI-08).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuthMethod {
    /// A public client: `client_id` alone.
    None,
    /// `client_secret_post`
    Post,
    /// `client_secret_basic`
    Basic,
}

impl AuthMethod {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Post => "client_secret_post",
            Self::Basic => "client_secret_basic",
        }
    }
}

impl Application {
    pub(crate) fn may_use(&self, grant_type: &str) -> bool {
        self.grant_types.iter().any(|enabled| enabled == grant_type)
    }
}

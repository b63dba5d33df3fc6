//! An application (OAuth: a client).

use super::api::ApiSigning;
use super::credential::Credential;
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
    /// The public keys of `private_key_jwt`: at most two (CLI-18).
    pub(crate) credentials: Vec<Credential>,
    /// As on the wire: `password`, `http://auth0.com/oauth/grant-type/password-realm`, …
    pub(crate) grant_types: Vec<String>,
    /// Whether somebody listed them; else they are those that every new client has (CLI-22).
    pub(crate) grants_listed: bool,
    /// A third-party client may not use grants that take passwords (CLI-21).
    pub(crate) first_party: bool,
    /// Nor may one whose users log in for an organization (PWD-35).
    pub(crate) organizations: bool,
    /// Seconds that an ID token lives (IDT-02).
    pub(crate) id_token_lifetime: i64,
    /// Web pages whose scripts may read answers (ERR-15): `https://app.test`, `https://*.app.test`.
    pub(crate) origins: Vec<String>,
    /// How ID tokens are signed: with the tenant's key, or with the client's secret (IDT-04).
    pub(crate) id_token_signing: ApiSigning,
    /// By what its refresh tokens live.
    pub(crate) refresh: RefreshPolicy,
}

/// How a client authenticates at the token endpoint (CLI-04, CLI-05, CLI-08, CLI-12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuthMethod {
    /// A public client: `client_id` alone.
    None,
    /// `client_secret_post`
    Post,
    /// `client_secret_basic`
    Basic,
    /// `private_key_jwt`
    PrivateKeyJwt,
}

impl AuthMethod {
    /// All of them, in the order of the metadata (DSC-04).
    pub(crate) const ALL: [Self; 4] = [Self::Basic, Self::Post, Self::PrivateKeyJwt, Self::None];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Post => "client_secret_post",
            Self::Basic => "client_secret_basic",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }
}

impl Application {
    /// Whether scripts of a page from `origin` may read what the tenant answers (ERR-15).
    pub(crate) fn allows_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|allowed| match allowed.split_once("://*.") {
            // One label stands for the star, as in a certificate.
            Some((scheme, domain)) => {
                let rest = origin.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://"));
                let under = rest.and_then(|host| host.split_once('.'));
                under.is_some_and(|(label, parent)| !label.is_empty() && parent == domain)
            }
            None => allowed == origin,
        })
    }

    pub(crate) fn may_use(&self, grant_type: &str) -> bool {
        self.grant_types.iter().any(|enabled| enabled == grant_type)
    }
}

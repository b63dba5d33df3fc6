//! An API (OAuth: a resource server) for which access tokens are issued.

use std::sync::Arc;

use super::scope::ScopeSet;
use super::secret::Secret;
use super::signing_key::SigningKey;

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
    /// Whether first-party applications get tokens for it without the user's consent; the password stands for consent
    /// anyway (PWD-22).
    pub(crate) skips_consent: bool,
    /// In the API's own order.
    pub(crate) scopes: Vec<String>,
    pub(crate) dialect: Dialect,
    /// Whether users get only the scopes for which they have a permission (SCP-14, SCP-16).
    pub(crate) rbac: bool,
    pub(crate) user_access: UserAccess,
    /// Whether it is the tenant's own API for second factors.
    pub(crate) is_mfa: bool,
    /// What of it can be called: this server plays the resource server too.
    pub(crate) routes: Vec<Route>,
}

/// The scopes of the MFA API (SCP-29).
pub(crate) const MFA_SCOPES: [&str; 3] = ["enroll", "read:authenticators", "remove:authenticators"];

impl Api {
    /// The API that every tenant has for second factors (MFA-MGR-01, MFA-MGR-02): `lifetime` in seconds.
    pub(crate) fn mfa(identifier: String, lifetime: i64) -> Self {
        Self {
            name: "MFA".to_owned(),
            identifier,
            signing: ApiSigning::Rs256,
            token_lifetime: lifetime,
            allow_offline_access: true,
            skips_consent: true,
            scopes: MFA_SCOPES.map(str::to_owned).to_vec(),
            dialect: Dialect { profile: TokenProfile::Auth0, permissions: false },
            rbac: false,
            user_access: UserAccess::AllowAll,
            is_mfa: true,
            routes: Vec::new(),
        }
    }
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
    /// With a key that signs nothing else: RSA keys are not shared between paddings.
    Ps256(Arc<SigningKey>),
    /// With a secret that the API shares.
    Hs256(Secret),
}

/// The form of its access tokens: `token_dialect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) profile: TokenProfile,
    /// `…_authz`: under RBAC the token lists the user's permissions (SCP-18, ATK-15).
    pub(crate) permissions: bool,
}

/// Which claims an access token has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenProfile {
    /// `access_token`: the service's own (ATK-02).
    Auth0,
    /// `rfc9068_profile`: those of RFC 9068 (ATK-03, ATK-25).
    Rfc9068,
}

/// Which applications get tokens for users (SCP-21): `subject_type_authorization.user.policy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserAccess {
    /// `allow_all`: every first-party one.
    AllowAll,
    /// `require_client_grant`: those with a client grant, what they name of it.
    RequireClientGrant,
    /// `deny_all`: none.
    DenyAll,
}

impl ApiSigning {
    /// The algorithm's name in a token's header.
    pub(crate) fn alg(&self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256(_) => "PS256",
            Self::Hs256(_) => "HS256",
        }
    }
}

impl Dialect {
    /// The value of `token_dialect`.
    pub(crate) fn read(word: &str) -> Option<Self> {
        let (profile, permissions) = match word {
            "access_token" => (TokenProfile::Auth0, false),
            "access_token_authz" => (TokenProfile::Auth0, true),
            "rfc9068_profile" => (TokenProfile::Rfc9068, false),
            "rfc9068_profile_authz" => (TokenProfile::Rfc9068, true),
            _ => return None,
        };
        Some(Self { profile, permissions })
    }
}

impl UserAccess {
    /// The value of the policy.
    pub(crate) fn read(word: &str) -> Option<Self> {
        match word {
            "allow_all" => Some(Self::AllowAll),
            "require_client_grant" => Some(Self::RequireClientGrant),
            "deny_all" => Some(Self::DenyAll),
            _ => None,
        }
    }
}

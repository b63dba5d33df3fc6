//! Step 3: what is asked. One file for each grant.

pub(crate) mod password;
pub(crate) mod password_realm;
pub(crate) mod mfa_otp;
pub(crate) mod mfa_oob;
pub(crate) mod mfa_recovery_code;
pub(crate) mod passwordless_otp;
pub(crate) mod refresh_token;

use super::client::AuthenticatedClient;
use super::error::TokenError;
use super::parameters::Parameters;
use super::request::TokenRequest;
use crate::tenant::application::Application;
use crate::tenant::behaviour::{Behaviour, Ropg, Switch};
use crate::tenant::scope::ScopeSet;
use crate::tenant::secret::Secret;
use crate::turn::Turn;

/// The grants that this server carries out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GrantType {
    /// RFC 6749 §4.3 (PWD-01).
    Password,
    /// The same in a named directory (RLM-01).
    PasswordRealm,
    /// A second factor: a computed code (MFA-OTP-01).
    MfaOtp,
    /// A second factor: what was sent (MFA-OOB-01).
    MfaOob,
    /// A second factor: a recovery code (MFA-REC-01).
    MfaRecoveryCode,
    /// A code that was sent in place of a password (RLM-18).
    PasswordlessOtp,
    /// RFC 6749 §6 (RFT-03).
    RefreshToken,
}

impl GrantType {
    /// All of them, in the order of the metadata.
    pub(crate) const ALL: [Self; 7] = [
        Self::Password,
        Self::PasswordRealm,
        Self::MfaOtp,
        Self::MfaOob,
        Self::MfaRecoveryCode,
        Self::PasswordlessOtp,
        Self::RefreshToken,
    ];

    /// The value on the wire.
    pub(crate) fn wire(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::PasswordRealm => "http://auth0.com/oauth/grant-type/password-realm",
            Self::MfaOtp => "http://auth0.com/oauth/grant-type/mfa-otp",
            Self::MfaOob => "http://auth0.com/oauth/grant-type/mfa-oob",
            Self::MfaRecoveryCode => "http://auth0.com/oauth/grant-type/mfa-recovery-code",
            Self::PasswordlessOtp => "http://auth0.com/oauth/grant-type/passwordless/otp",
            Self::RefreshToken => "refresh_token",
        }
    }

    /// The name in data files and for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::PasswordRealm => "password-realm",
            Self::MfaOtp => "mfa-otp",
            Self::MfaOob => "mfa-oob",
            Self::MfaRecoveryCode => "mfa-recovery-code",
            Self::PasswordlessOtp => "passwordless-otp",
            Self::RefreshToken => "refresh_token",
        }
    }

    pub(crate) fn read(wire: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.wire() == wire)
    }

    /// Whether the tenant serves it: one that retired the grant takes no password by whatever name, and has no login that
    /// waits for a second factor (RET-02, RET-03).
    pub(crate) fn served(self, behaviour: &Behaviour) -> bool {
        !(self.takes_passwords() || self.is_second_factor()) || behaviour.choices.ropg == Ropg::Served
    }

    /// Whether somebody logs in.
    pub(crate) fn takes_passwords(self) -> bool {
        matches!(self, Self::Password | Self::PasswordRealm)
    }

    /// Whether it takes up a login that waits.
    pub(crate) fn is_second_factor(self) -> bool {
        matches!(self, Self::MfaOtp | Self::MfaOob | Self::MfaRecoveryCode)
    }
}

/// Grants that the service knows and this flow does not serve: a client without them hears that, not that they are
/// unknown.
const KNOWN_ELSEWHERE: &[&str] =
    &["authorization_code", "implicit", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code"];

/// A grant with its parameters.
pub(crate) enum Grant {
    /// Name and password, in the default directory.
    Password(PasswordGrant),
    /// Name and password, in a named one.
    PasswordRealm(PasswordGrant),
    /// A computed code.
    MfaOtp(MfaOtpGrant),
    /// What was sent.
    MfaOob(MfaOobGrant),
    /// A recovery code.
    MfaRecoveryCode(MfaRecoveryGrant),
    /// A code that was sent, which stands in the place of the password.
    PasswordlessOtp(PasswordGrant),
    /// A refresh token.
    RefreshToken(RefreshTokenGrant),
}

/// What the client asked tokens for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) audience: Option<String>,
    /// `None`: no scope was sent.
    pub(crate) scope: Option<ScopeSet>,
}

/// The parameters of the password grants.
#[derive(Debug)]
pub(crate) struct PasswordGrant {
    pub(crate) username: String,
    pub(crate) password: Secret,
    pub(crate) realm: Option<String>,
    pub(crate) asked: Asked,
}

/// The parameters of a second factor that is computed. Audience and scope are those of the login (MFA-TOK-10).
#[derive(Debug)]
pub(crate) struct MfaOtpGrant {
    pub(crate) mfa_token: Secret,
    pub(crate) otp: Secret,
}

/// The parameters of a second factor that was sent; a code comes back where one was.
#[derive(Debug)]
pub(crate) struct MfaOobGrant {
    pub(crate) mfa_token: Secret,
    pub(crate) oob_code: Secret,
    pub(crate) binding_code: Option<Secret>,
}

/// The parameters of a recovery.
#[derive(Debug)]
pub(crate) struct MfaRecoveryGrant {
    pub(crate) mfa_token: Secret,
    pub(crate) recovery_code: Secret,
}

/// The parameters of a refresh.
#[derive(Debug)]
pub(crate) struct RefreshTokenGrant {
    pub(crate) token: Secret,
    pub(crate) asked: Asked,
}

impl Grant {
    /// Which grant, whether the client may use it, and its parameters: missing, unknown, not allowed, in this order.
    pub(super) fn resolve(
        turn: &Turn<'_>,
        client: &AuthenticatedClient,
        request: &TokenRequest,
    ) -> Result<Self, TokenError> {
        let wire = request.parameters.required("grant_type")?;
        let enabled = client.application.may_use(wire);
        let behaviour = &turn.tenant.behaviour;
        let grant = GrantType::read(wire);
        if let Some(grant) = grant.filter(|_| behaviour.keeps(Switch::RetiredUnseen)) {
            still_served(behaviour, grant)?;
        }
        let Some(grant) = grant else {
            let known = KNOWN_ELSEWHERE.contains(&wire) && !enabled;
            return Err(if known {
                not_allowed(wire)
            } else {
                TokenError::UnsupportedGrantType(wire.to_owned())
            });
        };
        if !allowed(behaviour, &client.application, grant) {
            return Err(not_allowed(wire));
        }
        turn.trace.decided("grant", grant.name());
        let parameters = &request.parameters;
        let asked = Asked {
            audience: audience(turn, parameters).map(str::to_owned),
            scope: parameters
                .value("scope")
                .map(ScopeSet::read)
                // Spaces alone name no scope (TOK-33).
                .filter(|asked| !asked.is_empty()),
        };
        let scope = asked.scope.as_ref().map(ToString::to_string);
        turn.trace.asked(asked.audience.as_deref(), scope.as_deref());
        Self::read(turn, grant, parameters, asked)
    }

    /// The parameters of a grant.
    fn read(
        turn: &Turn<'_>,
        grant: GrantType,
        parameters: &Parameters,
        asked: Asked,
    ) -> Result<Self, TokenError> {
        let secret = |name| parameters.required(name).map(Secret::new);
        Ok(match grant {
            GrantType::Password => Self::Password(PasswordGrant::read(turn, parameters, false, asked)?),
            GrantType::PasswordRealm => {
                let needs_realm = turn.tenant.behaviour.keeps(Switch::RealmRequired);
                Self::PasswordRealm(PasswordGrant::read(turn, parameters, needs_realm, asked)?)
            }
            GrantType::MfaOtp => {
                Self::MfaOtp(MfaOtpGrant { mfa_token: secret("mfa_token")?, otp: secret("otp")? })
            }
            GrantType::MfaOob => Self::MfaOob(MfaOobGrant {
                mfa_token: secret("mfa_token")?,
                oob_code: secret("oob_code")?,
                binding_code: parameters.value("binding_code").map(Secret::new),
            }),
            GrantType::MfaRecoveryCode => Self::MfaRecoveryCode(MfaRecoveryGrant {
                mfa_token: secret("mfa_token")?,
                recovery_code: secret("recovery_code")?,
            }),
            GrantType::PasswordlessOtp => Self::PasswordlessOtp(PasswordGrant {
                username: parameters.required("username")?.to_owned(),
                password: secret("otp")?,
                realm: Some(parameters.required("realm")?.to_owned()),
                asked,
            }),
            GrantType::RefreshToken => {
                Self::RefreshToken(RefreshTokenGrant { token: secret("refresh_token")?, asked })
            }
        })
    }
}

impl PasswordGrant {
    fn read(
        turn: &Turn<'_>,
        parameters: &Parameters,
        needs_realm: bool,
        asked: Asked,
    ) -> Result<Self, TokenError> {
        let behaviour = &turn.tenant.behaviour;
        if asked.scope.is_none() && !behaviour.keeps(Switch::ScopeOptional) {
            return Err(TokenError::MissingParameter("scope"));
        }
        if !behaviour.keeps(Switch::RedirectUriOptional) {
            parameters.required("redirect_uri")?;
        }
        if parameters.value("redirect_uri").is_some() && !behaviour.keeps(Switch::RedirectUriIgnored) {
            return Err(TokenError::MalformedRequest("redirect_uri is not registered".to_owned()));
        }
        let username = parameters.required("username")?.to_owned();
        let password = Secret::new(parameters.required("password")?);
        let realm = if needs_realm { Some(parameters.required("realm")?) } else { parameters.value("realm") };
        Ok(Self { username, password, realm: realm.map(str::to_owned), asked })
    }
}

/// Whether the client may use the grant: it was enabled (TOK-15, CLI-22), and what takes passwords serves neither clients of
/// somebody else (CLI-21) nor those of Organizations (PWD-35).
fn allowed(behaviour: &Behaviour, application: &Application, grant: GrantType) -> bool {
    let third_party = !application.first_party && behaviour.keeps(Switch::FirstPartyOnly);
    let organizations = application.organizations && behaviour.keeps(Switch::OrganizationsRefused);
    if grant.takes_passwords() && (third_party || organizations) {
        return false;
    }
    let enabled = if application.grants_listed {
        application.may_use(grant.wire())
    } else {
        let usual = application.may_use(grant.wire()) && behaviour.keeps(Switch::DefaultGrants);
        usual || !behaviour.keeps(Switch::GrantsOptIn)
    };
    enabled || !behaviour.keeps(Switch::GrantTypesEnforced)
}

/// The API that the request names: by `audience`, or by `resource` where the tenant lets it stand in (SCP-06).
fn audience<'a>(turn: &Turn<'_>, parameters: &'a Parameters) -> Option<&'a str> {
    let behaviour = &turn.tenant.behaviour;
    let stands_in = turn.tenant.resource_names_api || !behaviour.keeps(Switch::ResourceNeedsProfile);
    let resource =
        parameters.value("resource").filter(|_| stands_in && behaviour.keeps(Switch::ResourceHonoured));
    let audience = parameters.value("audience");
    if behaviour.keeps(Switch::AudienceBeatsResource) { audience.or(resource) } else { resource.or(audience) }
}

/// Refuses a grant that the tenant retired as one that nobody knows, before anything of the request is looked at
/// (RET-02…RET-04).
fn still_served(behaviour: &Behaviour, grant: GrantType) -> Result<(), TokenError> {
    if grant.served(behaviour) {
        Ok(())
    } else {
        Err(TokenError::UnsupportedGrantType(grant.wire().to_owned()))
    }
}

fn not_allowed(wire: &str) -> TokenError {
    TokenError::GrantNotAllowed(wire.to_owned())
}

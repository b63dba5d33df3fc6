//! Every refusal and its exact wire form: one table. A variant, its behaviour and the suite's answer have one name.

use serde_json::{Map, Value};

use super::mfa_error::MfaError;
use crate::tenant::behaviour::{Answer, Label, Switch};
use crate::turn::Turn;

/// A refusal: an answer, not a failure.
#[derive(Clone, Debug)]
pub(crate) enum TokenError {
    WrongPassword {
        username: String,
        connection: String,
        known: bool,
    },
    UserBlocked(String),
    UnknownAudience(String),
    /// Which API.
    ApiNotAllowed(String),
    GrantNotAllowed(String),
    UnsupportedGrantType(String),
    MissingParameter(&'static str),
    MissingClientId,
    ClientFailed {
        by_header: bool,
        why: &'static str,
    },
    /// Says what is wrong with the assertion.
    AssertionFailed(&'static str),
    /// Says which fault.
    MalformedRequest(String),
    BodyTooLarge,
    InvalidScopeForm(&'static str),
    NothingGrantable,
    NoDefaultConnection,
    UnknownRealm(String),
    ConnectionDisabled(String),
    ConnectionNotActive(String),
    /// Why, for people.
    BadRefreshToken(&'static str),
    /// A replaced token came again: for the client a bad one like any other.
    RefreshReused,
    RefreshUserGone,
    RefreshUserBlocked,
    WiderScope,
    OtherAudience,
    TooManyRequests,
    TemporarilyUnavailable,
    /// At a revocation alone, and only where a tenant chose to tell.
    ForeignToken,
    /// A ledger has no room, and forgetting would let something in.
    LedgerFull(&'static str),
    /// What is about second factors has a table of its own.
    Mfa(MfaError),
}

impl From<MfaError> for TokenError {
    fn from(refusal: MfaError) -> Self {
        Self::Mfa(refusal)
    }
}

/// Status, code and text of a refusal.
pub(super) type Form = (u16, &'static str, Option<String>);

/// The documented text of an exceeded rate limit (TOK-24), at every endpoint.
pub(crate) const TOO_MANY_REQUESTS: &str =
    "Too many requests. Check the X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset headers.";

/// A refusal on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wire {
    pub(crate) status: u16,
    pub(crate) error: &'static str,
    /// Absent where nothing is documented.
    pub(crate) description: Option<String>,
    /// Whether `WWW-Authenticate: Basic` goes with it.
    pub(crate) challenge: bool,
    /// Members that follow.
    pub(crate) more: Map<String, Value>,
}

impl TokenError {
    /// The name of the answer.
    pub(crate) fn answer(&self) -> Answer {
        match self {
            Self::WrongPassword { .. } => Answer::WrongPassword,
            Self::UserBlocked(_) => Answer::UserBlocked,
            Self::UnknownAudience(_) => Answer::UnknownAudience,
            Self::ApiNotAllowed(_) => Answer::ApiNotAllowed,
            Self::GrantNotAllowed(_) => Answer::GrantNotAllowed,
            Self::UnsupportedGrantType(_) => Answer::UnsupportedGrantType,
            Self::MissingParameter(_) => Answer::MissingParameter,
            Self::MissingClientId => Answer::MissingClientId,
            Self::ClientFailed { .. } => Answer::ClientFailed,
            Self::AssertionFailed(_) => Answer::AssertionFailed,
            Self::MalformedRequest(_) => Answer::MalformedRequest,
            Self::BodyTooLarge => Answer::BodyTooLarge,
            Self::InvalidScopeForm(_) => Answer::InvalidScopeForm,
            Self::NothingGrantable => Answer::NothingGrantable,
            Self::NoDefaultConnection => Answer::NoDefaultConnection,
            Self::UnknownRealm(_) => Answer::UnknownRealm,
            Self::ConnectionDisabled(_) => Answer::ConnectionDisabled,
            Self::ConnectionNotActive(_) => Answer::ConnectionNotActive,
            Self::BadRefreshToken(_) | Self::RefreshReused => Answer::BadRefreshToken,
            Self::RefreshUserGone => Answer::RefreshUserGone,
            Self::RefreshUserBlocked => Answer::RefreshUserBlocked,
            Self::WiderScope => Answer::WiderScope,
            Self::OtherAudience => Answer::OtherAudience,
            Self::TooManyRequests => Answer::TooManyRequests,
            Self::TemporarilyUnavailable => Answer::TemporarilyUnavailable,
            Self::ForeignToken => Answer::ForeignToken,
            Self::LedgerFull(_) => Answer::LedgerFull,
            Self::Mfa(refusal) => refusal.answer(),
        }
    }

    /// The wire form that the tenant's behaviour picks.
    pub(crate) fn wire(&self, turn: &Turn<'_>) -> Wire {
        let behaviour = &turn.tenant.behaviour;
        let label = behaviour.label(self.answer());
        let (status, error, mut description) = self.form(label);
        if matches!(self, Self::WrongPassword { known: false, .. }) && !behaviour.keeps(Switch::SameAnswer) {
            description = Some("The user does not exist.".to_owned());
        }
        let challenge = match self {
            Self::ClientFailed { by_header, .. } => *by_header || label == Label::Rfc6749,
            Self::AssertionFailed(_) => label == Label::Rfc6749,
            _ => false,
        };
        let description = description.map(|text| clean(&text));
        let more = if let Self::Mfa(refusal) = self { refusal.more() } else { Map::new() };
        Wire { status, error, description, challenge, more }
    }

    /// THE TABLE: status, code and text under a label; the last line of each answer is what stands if nothing else is said.
    fn form(&self, label: Label) -> Form {
        let text = |text: &str| Some(text.to_owned());
        match (self, label) {
            (Self::WrongPassword { .. }, Label::Rfc6749) => {
                (400, "invalid_grant", text("Wrong email or password."))
            }
            (Self::WrongPassword { .. }, Label::Legacy) => {
                (401, "invalid_user_password", text("Wrong email or password."))
            }
            (Self::WrongPassword { .. }, _) => (403, "invalid_grant", text("Wrong email or password.")),
            (Self::UserBlocked(_), Label::Rfc6749) => (400, "invalid_grant", text("user is blocked")),
            (Self::UserBlocked(_), Label::Legacy) => (401, "unauthorized", text("user is blocked")),
            (Self::UserBlocked(_), Label::Documented) => (403, "access_denied", text("user is blocked")),
            (Self::UserBlocked(_), _) => (403, "unauthorized", text("user is blocked")),
            (Self::UnknownAudience(audience), Label::Older) => {
                (403, "access_denied", Some(format!("Service not found: {audience}")))
            }
            (Self::UnknownAudience(audience), Label::Documented) => {
                (403, "access_denied", Some(format!("Service not enabled within domain: {audience}")))
            }
            (Self::UnknownAudience(_), _) => {
                (400, "invalid_request", text("invalid audience specified for password grant exchange"))
            }
            (Self::ApiNotAllowed(audience), label) => {
                let told = format!("Client is not authorized to access {audience}.");
                (refused(label), "unauthorized_client", Some(told))
            }
            (Self::GrantNotAllowed(grant), label) => {
                let status = if label == Label::Rfc6749 { 400 } else { 403 };
                (
                    status,
                    "unauthorized_client",
                    Some(format!("Grant type '{grant}' not allowed for the client.")),
                )
            }
            (Self::UnsupportedGrantType(grant), Label::Reported) => (
                403,
                "unauthorized_client",
                Some(format!("Grant type '{grant}' not allowed for the client.")),
            ),
            (Self::UnsupportedGrantType(grant), label) => {
                let status = match label {
                    Label::Rfc6749 => 400,
                    Label::Older => 501,
                    Label::Auth0 | Label::Legacy | Label::Documented | Label::Reported => 403,
                };
                (status, "unsupported_grant_type", Some(format!("Unsupported grant type: {grant}")))
            }
            (Self::MissingParameter(name), Label::Legacy) => {
                (400, "invalid_request", Some(format!("missing {name} parameter")))
            }
            (Self::MissingParameter(name), _) => {
                (400, "invalid_request", Some(format!("Missing required parameter: {name}")))
            }
            (Self::MissingClientId, Label::Rfc6749) => {
                (400, "invalid_request", text("Missing required parameter: client_id"))
            }
            (Self::MissingClientId, Label::Documented)
            | (Self::ClientFailed { .. }, Label::Rfc6749 | Label::Documented) => {
                (401, "invalid_client", text("Unauthorized"))
            }
            (Self::ClientFailed { .. }, Label::Legacy) => {
                (403, "unauthorized_client", text("invalid client"))
            }
            (Self::MissingClientId | Self::ClientFailed { .. }, _) => {
                (401, "access_denied", text("Unauthorized"))
            }
            (Self::AssertionFailed(fault), _) => (401, "invalid_client", text(fault)),
            (Self::MalformedRequest(fault), _) => (400, "invalid_request", Some(fault.clone())),
            (Self::BodyTooLarge, _) => (413, "invalid_request", text("body is larger than 4 MiB")),
            (Self::InvalidScopeForm(fault), _) => (400, "invalid_scope", text(fault)),
            (Self::NothingGrantable, _) => {
                (400, "invalid_scope", text("nothing of the scope can be granted"))
            }
            (Self::NoDefaultConnection, label) => {
                let told = text("Authorization server not configured with default connection.");
                if label == Label::Rfc6749 {
                    (400, "invalid_request", told)
                } else {
                    (500, "server_error", told)
                }
            }
            (Self::UnknownRealm(_), Label::Legacy) => {
                (400, "invalid_request", text("the connection was not found"))
            }
            (Self::UnknownRealm(realm), _) => {
                (400, "invalid_request", Some(format!("Unknown realm {realm}.")))
            }
            (Self::ConnectionDisabled(_), _) => (400, "invalid_request", text("the connection was disabled")),
            (Self::ConnectionNotActive(_), Label::Reported) => {
                (400, "invalid_request", text("invalid connection specified for password grant"))
            }
            (Self::ConnectionNotActive(_), _) => {
                (400, "invalid_request", text("specified strategy does not support requested operation"))
            }
            (Self::BadRefreshToken(_) | Self::RefreshReused, Label::Older) => {
                (403, "access_denied", text("Unknown or invalid refresh token."))
            }
            (Self::BadRefreshToken(_) | Self::RefreshReused, label) => {
                (refused(label), "invalid_grant", text("Unknown or invalid refresh token."))
            }
            (Self::RefreshUserGone, label) => {
                let told = text("The refresh_token was generated for a user who doesn't exist anymore.");
                (refused(label), "invalid_grant", told)
            }
            (Self::RefreshUserBlocked, label) => (refused(label), "invalid_grant", text("user is blocked")),
            (Self::WiderScope, _) => (400, "invalid_scope", text("the scope exceeds what was granted")),
            (Self::OtherAudience, _) => {
                (400, "invalid_request", text("audience differs from that of the refresh token"))
            }
            (Self::TooManyRequests, _) => (429, "too_many_requests", text(TOO_MANY_REQUESTS)),
            (Self::TemporarilyUnavailable, _) => {
                (503, "temporarily_unavailable", text("The service is temporarily unavailable."))
            }
            (Self::ForeignToken, _) => (400, "invalid_grant", text("the token was issued to another client")),
            (Self::LedgerFull(_), _) => {
                (503, "temporarily_unavailable", text("the server remembers too much"))
            }
            (Self::Mfa(refusal), label) => refusal.form(label),
        }
    }

    /// What was decided and why, for the operator's line; no secret is in it.
    pub(crate) fn why(&self) -> String {
        match self {
            Self::WrongPassword { username, connection, known: true } => {
                format!("wrong password of {username} in {connection}")
            }
            Self::WrongPassword { username, connection, known: false } => {
                format!("no user {username} in {connection}")
            }
            Self::UserBlocked(username) => format!("right password, but {username} is blocked"),
            Self::UnknownAudience(audience) => format!("no API has the audience {audience}"),
            Self::ApiNotAllowed(audience) => {
                format!("the client may not have tokens of users for {audience}")
            }
            Self::GrantNotAllowed(grant) => format!("the client may not use {grant}"),
            Self::UnsupportedGrantType(grant) => format!("nobody knows the grant {grant}"),
            Self::MissingParameter(name) => format!("{name} is missing"),
            Self::MissingClientId => "no client is named".to_owned(),
            Self::ClientFailed { why, .. } => (*why).to_owned(),
            Self::AssertionFailed(fault) => (*fault).to_owned(),
            Self::MalformedRequest(fault) => fault.clone(),
            Self::BodyTooLarge => "the body is too large".to_owned(),
            Self::InvalidScopeForm(fault) => (*fault).to_owned(),
            Self::NothingGrantable => "nothing of the scope can be granted".to_owned(),
            Self::NoDefaultConnection => "the tenant's default directory is not set, or gone".to_owned(),
            Self::UnknownRealm(realm) => format!("no connection has the realm {realm}"),
            Self::ConnectionDisabled(name) => format!("{name} is not enabled for the client"),
            Self::ConnectionNotActive(name) => format!("{name} takes no passwords"),
            Self::BadRefreshToken(why) => format!("refresh token: {why}"),
            Self::RefreshReused => {
                "refresh token: it was replaced and comes again, which ends its family".to_owned()
            }
            Self::RefreshUserGone => "the refresh token's user is gone".to_owned(),
            Self::RefreshUserBlocked => "the refresh token's user is blocked".to_owned(),
            Self::WiderScope => "the refresh asks for more than was granted".to_owned(),
            Self::OtherAudience => "the refresh asks for another audience".to_owned(),
            Self::TooManyRequests => "the endpoint's rate limit".to_owned(),
            Self::TemporarilyUnavailable => "the tenant chose to be unavailable".to_owned(),
            Self::ForeignToken => "the token belongs to another client".to_owned(),
            Self::LedgerFull(ledger) => format!("the ledger of {ledger} is full"),
            Self::Mfa(refusal) => refusal.why(),
        }
    }
}

/// The status where nothing but the preset tells them apart.
pub(super) fn refused(label: Label) -> u16 {
    if label == Label::Rfc6749 { 400 } else { 403 }
}

/// RFC 6749 §5.2 forbids most characters in a description: what is echoed loses them (ERR-16).
fn clean(text: &str) -> String {
    text.chars().map(|c| if matches!(c, ' '..='!' | '#'..='[' | ']'..='~') { c } else { '?' }).collect()
}

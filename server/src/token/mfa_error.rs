//! Refusals that are about second factors, at the token endpoint and at `/mfa/*`, with their exact wire forms.

use serde_json::{Map, Value, json};

use super::error::{Form, refused};
use crate::tenant::behaviour::{Answer, Label};
use crate::tenant::secret::Secret;

/// A refusal: an answer, not a failure.
#[derive(Clone, Debug)]
pub(crate) enum MfaError {
    /// A second factor is needed: how to go on, and which factors would do.
    Required {
        mfa_token: Secret,
        requirements: Option<Value>,
    },
    /// It is needed, and nobody may enrol one in a situation like this.
    RiskyLogin,
    /// Why, for people.
    TokenMalformed(&'static str),
    TokenExpired,
    TokenForeign,
    /// Why, for people.
    OobCodeMalformed(&'static str),
    OobCodeExpired,
    OobCodeForeign,
    /// Why, for people.
    InvalidOtp(&'static str),
    InvalidBindingCode,
    InvalidRecoveryCode,
    AuthorizationPending,
    PushRejected,
    SlowDown,
    TooManyFailedCodes,
    /// Seconds until one more may be sent.
    TooManyMessages {
        retry_after: i64,
    },
    NoRecoveryCode,
    UserNotEnrolled,
    /// Types that were asked for, and those that the user has.
    UnsupportedChallengeType {
        asked: String,
        supported: String,
    },
    /// Which.
    FactorDisabled(String),
    /// Why, for people.
    BearerInvalid(&'static str),
    BearerExpired,
    /// The scope that is missing.
    ScopeMissing(&'static str),
    AlreadyEnrolled,
    InvalidPhoneNumber,
    InvalidAuthenticator,
    /// What cannot be deleted.
    AuthenticatorKept(&'static str),
    TooManyAuthenticators,
    /// By what the user is known: `email`, `phone number`.
    WrongVerificationCode(&'static str),
    TooManyVerificationAttempts,
}

impl MfaError {
    /// The name of the answer.
    pub(crate) fn answer(&self) -> Answer {
        match self {
            Self::Required { .. } => Answer::MfaRequired,
            Self::RiskyLogin => Answer::RiskyLogin,
            Self::TokenMalformed(_) => Answer::MfaTokenMalformed,
            Self::TokenExpired => Answer::MfaTokenExpired,
            Self::TokenForeign => Answer::MfaTokenForeign,
            Self::OobCodeMalformed(_) => Answer::OobCodeMalformed,
            Self::OobCodeExpired => Answer::OobCodeExpired,
            Self::OobCodeForeign => Answer::OobCodeForeign,
            Self::InvalidOtp(_) => Answer::InvalidOtp,
            Self::InvalidBindingCode => Answer::InvalidBindingCode,
            Self::InvalidRecoveryCode => Answer::InvalidRecoveryCode,
            Self::AuthorizationPending => Answer::AuthorizationPending,
            Self::PushRejected => Answer::PushRejected,
            Self::SlowDown => Answer::SlowDown,
            Self::TooManyFailedCodes => Answer::TooManyFailedCodes,
            Self::TooManyMessages { .. } => Answer::TooManyMessages,
            Self::NoRecoveryCode => Answer::NoRecoveryCode,
            Self::UserNotEnrolled => Answer::UserNotEnrolled,
            Self::UnsupportedChallengeType { .. } => Answer::UnsupportedChallengeType,
            Self::FactorDisabled(_) => Answer::FactorDisabled,
            Self::BearerInvalid(_) => Answer::MfaBearerInvalid,
            Self::BearerExpired => Answer::MfaBearerExpired,
            Self::ScopeMissing(_) => Answer::MfaScopeMissing,
            Self::AlreadyEnrolled => Answer::AlreadyEnrolled,
            Self::InvalidPhoneNumber => Answer::InvalidPhoneNumber,
            Self::InvalidAuthenticator => Answer::InvalidAuthenticator,
            Self::AuthenticatorKept(_) => Answer::AuthenticatorKept,
            Self::TooManyAuthenticators => Answer::TooManyAuthenticators,
            Self::WrongVerificationCode(_) => Answer::WrongVerificationCode,
            Self::TooManyVerificationAttempts => Answer::TooManyVerificationAttempts,
        }
    }

    /// The table of answers.md's MFA section: status, code and text under a label.
    pub(super) fn form(&self, label: Label) -> Form {
        let text = |text: &str| Some(text.to_owned());
        match self {
            Self::Required { .. } => {
                let status = if label == Label::Documented { 401 } else { refused(label) };
                let told = match label {
                    Label::Older => "Multi-factor authentication required",
                    _ => "Multifactor authentication required",
                };
                (status, "mfa_required", text(told))
            }
            Self::TokenMalformed(_) => (refused(label), "invalid_grant", text("Malformed mfa_token")),
            Self::TokenExpired => {
                let status = if label == Label::Documented { 401 } else { refused(label) };
                (status, "expired_token", text("mfa_token is expired"))
            }
            Self::OobCodeMalformed(_) => (refused(label), "invalid_grant", text("Malformed oob_code")),
            Self::OobCodeExpired => (refused(label), "expired_token", text("oob_code is expired")),
            Self::InvalidOtp(_) => {
                let status = if label == Label::Documented { 400 } else { refused(label) };
                (status, "invalid_grant", text("Invalid otp_code."))
            }
            Self::InvalidBindingCode => {
                let told = match label {
                    Label::Older => "MFA Invalid binding code.",
                    _ => "Invalid binding_code.",
                };
                (refused(label), "invalid_grant", text(told))
            }
            Self::InvalidRecoveryCode => {
                let status = if label == Label::Documented { 401 } else { refused(label) };
                (status, "invalid_grant", text("MFA Authorization rejected."))
            }
            Self::AuthorizationPending => {
                let told = "Authorization pending: please repeat the request in a few seconds.";
                (if label == Label::Older { 200 } else { 400 }, "authorization_pending", text(told))
            }
            Self::PushRejected => {
                let told = text("MFA Authorization rejected.");
                match label {
                    Label::Reported => (403, "invalid_grant", told),
                    _ => (400, "access_denied", told),
                }
            }
            Self::TooManyFailedCodes => {
                let told = "Too many failed codes. Wait for some minutes before retrying.";
                (refused(label), "invalid_grant", text(told))
            }
            Self::NoRecoveryCode => {
                (refused(label), "unsupported_challenge_type", text("User does not have a recovery-code."))
            }
            Self::UserNotEnrolled => {
                let told = "User is not enrolled. You can use /mfa/associate endpoint to enroll the first authenticator.";
                match label {
                    Label::Documented => (400, "association_required", text(told)),
                    Label::Rfc6749 => (400, "unsupported_challenge_type", text(told)),
                    _ => (401, "unsupported_challenge_type", text(told)),
                }
            }
            Self::WrongVerificationCode(known_by) => {
                (refused(label), "invalid_grant", Some(format!("Wrong {known_by} or verification code.")))
            }
            Self::TooManyVerificationAttempts => {
                let told = "You've reached the maximum number of attempts. Please try to login again.";
                (refused(label), "invalid_grant", text(told))
            }
            Self::RiskyLogin => {
                (refused(label), "access_denied", text("A second factor is required, and none is enrolled."))
            }
            Self::TokenForeign => (400, "invalid_request", text("mfa_token not issued to this client")),
            Self::OobCodeForeign => {
                (400, "invalid_request", text("The oob_code doesn't match the mfa_token"))
            }
            Self::SlowDown => (
                400,
                "slow_down",
                text("You are polling faster than allowed. Check the X-RateLimit-* headers."),
            ),
            Self::TooManyMessages { .. } => {
                let told = "Too many SMS sent by the user. Wait for some minutes before retrying.";
                (429, "too_many_requests", text(told))
            }
            Self::UnsupportedChallengeType { asked, supported } => {
                let told = format!(
                    "The user does not support the requested challenge type ({asked}). Supported type: {supported}"
                );
                (401, "unsupported_challenge_type", Some(told))
            }
            Self::FactorDisabled(what) => (401, "unsupported_challenge_type", Some(what.clone())),
            Self::BearerExpired => (401, "expired_token", text("mfa_token is expired")),
            Self::ScopeMissing(scope) => {
                (403, "insufficient_scope", Some(format!("The access token lacks the scope {scope}.")))
            }
            Self::AlreadyEnrolled => (403, "access_denied", text("User is already enrolled.")),
            Self::InvalidPhoneNumber => (400, "invalid_request", text("The phone number is invalid.")),
            Self::InvalidAuthenticator => (404, "invalid_authenticator", None),
            Self::AuthenticatorKept(why) => (403, "access_denied", text(why)),
            Self::TooManyAuthenticators => {
                (400, "invalid_request", text("The user has too many authenticators."))
            }
            Self::BearerInvalid(_) => {
                let told = "The mfa_token provided is invalid. Try getting a new token.";
                (401, "invalid_grant", text(told))
            }
        }
    }

    /// Members that follow code and text.
    pub(super) fn more(&self) -> Map<String, Value> {
        let mut members = Map::new();
        if let Self::Required { mfa_token, requirements } = self {
            members.insert("mfa_token".to_owned(), json!(mfa_token.expose()));
            if let Some(requirements) = requirements {
                members.insert("mfa_requirements".to_owned(), requirements.clone());
            }
        }
        members
    }

    /// What was decided and why, for the operator's line; no secret is in it.
    pub(crate) fn why(&self) -> String {
        match self {
            Self::Required { .. } => "a second factor is needed".to_owned(),
            Self::RiskyLogin => "a second factor is needed at a risk, and none is enrolled".to_owned(),
            Self::TokenMalformed(why) => format!("mfa_token: {why}"),
            Self::OobCodeMalformed(why) => format!("oob_code: {why}"),
            Self::InvalidOtp(why) => format!("code: {why}"),
            Self::BearerInvalid(why) => format!("bearer token: {why}"),
            Self::AuthorizationPending => "the phone has not answered yet".to_owned(),
            Self::InvalidBindingCode => "the code is not the one that was sent".to_owned(),
            Self::InvalidRecoveryCode => "the recovery code is wrong".to_owned(),
            Self::PushRejected => "the phone said no".to_owned(),
            Self::InvalidAuthenticator => "the user has no such authenticator".to_owned(),
            Self::TokenExpired | Self::BearerExpired => "the mfa_token expired".to_owned(),
            Self::TokenForeign => "the mfa_token was issued to another client".to_owned(),
            Self::OobCodeExpired => "the oob_code expired".to_owned(),
            Self::OobCodeForeign => "the oob_code belongs to another mfa_token".to_owned(),
            Self::SlowDown => "the phone's answer was asked for too often".to_owned(),
            Self::TooManyFailedCodes => "too many codes of the user failed".to_owned(),
            Self::TooManyMessages { .. } => "too much was sent to the user".to_owned(),
            Self::NoRecoveryCode => "the user has no recovery code".to_owned(),
            Self::UserNotEnrolled => "the user has enrolled nothing that would do".to_owned(),
            Self::UnsupportedChallengeType { asked, supported } => {
                format!("the client takes {asked}, the user has {supported}")
            }
            Self::FactorDisabled(what) => what.clone(),
            Self::ScopeMissing(scope) => format!("the token lacks {scope}"),
            Self::AlreadyEnrolled => "the user has a factor, and who asks has not proved it".to_owned(),
            Self::InvalidPhoneNumber => "the phone number is none".to_owned(),
            Self::AuthenticatorKept(why) => (*why).to_owned(),
            Self::TooManyAuthenticators => "the user has too many authenticators".to_owned(),
            Self::WrongVerificationCode(_) => "the code is not the one that was sent".to_owned(),
            Self::TooManyVerificationAttempts => "the code was guessed at too often".to_owned(),
        }
    }
}

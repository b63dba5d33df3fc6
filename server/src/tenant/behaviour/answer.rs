//! The refusals by name. The same name stands for the variant of `TokenError`, for the behaviour that picks its wire
//! form, and for the answer that the suite expects.

use super::Preset;

/// Which of the documented wire forms an answer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// What the service was recorded or is documented to answer today.
    Auth0,
    /// What RFC 6749 section 5.2 prescribes.
    Rfc6749,
    /// The former endpoint's form.
    Legacy,
    /// An older documentation's form.
    Older,
    /// Another current page's form.
    Documented,
    /// A form known from reports.
    Reported,
}

impl Label {
    /// The word in data files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auth0 => "auth0",
            Self::Rfc6749 => "rfc6749",
            Self::Legacy => "legacy",
            Self::Older => "older",
            Self::Documented => "documented",
            Self::Reported => "reported",
        }
    }
}

macro_rules! answers {
    ($($variant:ident $name:literal [$($label:ident),+] [$($row:literal),*];)+) => {
        /// A refusal.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each name says what it is; the rows say more")]
        pub enum Answer { $($variant),+ }

        impl Answer {
            /// All refusals, in the order of their declaration.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The name in data files.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The documented alternatives; the first is the default.
            #[must_use]
            pub fn labels(self) -> &'static [Label] {
                match self { $(Self::$variant => &[$(Label::$label),+]),+ }
            }

            /// The catalogue rows that it carries out.
            #[must_use]
            pub fn requirements(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($row),*]),+ }
            }
        }
    };
}

answers! {
    WrongPassword "wrong_password" [Auth0, Rfc6749, Legacy] ["PWD-07", "PWD-08"];
    UserBlocked "user_blocked" [Auth0, Rfc6749, Legacy, Documented] ["PWD-15"];
    UnknownAudience "unknown_audience" [Auth0, Older, Documented] ["SCP-05"];
    ApiNotAllowed "api_not_allowed" [Auth0, Rfc6749] ["SCP-21", "SCP-23"];
    GrantNotAllowed "grant_not_allowed" [Auth0, Rfc6749] ["TOK-15", "RLM-09", "CLI-21"];
    UnsupportedGrantType "unsupported_grant_type" [Auth0, Rfc6749, Older, Reported] ["TOK-14"];
    MissingParameter "missing_parameter" [Auth0, Legacy] ["TOK-13", "TOK-16", "TOK-17", "RLM-02", "RFT-04"];
    MissingClientId "missing_client_id" [Auth0, Rfc6749, Documented] ["CLI-01"];
    ClientFailed "client_failed" [Auth0, Rfc6749, Documented, Legacy] ["CLI-02", "CLI-03", "CLI-07", "CLI-11"];
    AssertionFailed "assertion_failed" [Auth0, Rfc6749] ["CLI-12", "CLI-13", "CLI-14", "CLI-15", "CLI-16", "CLI-17", "CLI-18"];
    MalformedRequest "malformed_request" [Auth0] ["TOK-05", "TOK-18", "TOK-22", "CLI-10"];
    BodyTooLarge "body_too_large" [Auth0] ["TOK-37"];
    InvalidScopeForm "invalid_scope_form" [Auth0] ["TOK-22", "SCP-30"];
    NothingGrantable "nothing_grantable" [Auth0] ["RFC6749-5.2-18"];
    NoDefaultConnection "no_default_connection" [Auth0, Rfc6749] ["PWD-02", "PWD-04"];
    UnknownRealm "unknown_realm" [Auth0, Legacy] ["RLM-06"];
    ConnectionDisabled "connection_disabled" [Auth0] ["PWD-05", "RLM-07"];
    ConnectionNotActive "connection_not_active" [Auth0, Reported] ["PWD-06", "RLM-08"];
    BadRefreshToken "bad_refresh_token" [Auth0, Rfc6749, Older] ["RFT-10", "RFT-14"];
    RefreshUserGone "refresh_user_gone" [Auth0, Rfc6749] ["RFT-12"];
    RefreshUserBlocked "refresh_user_blocked" [Auth0, Rfc6749] ["RFT-13"];
    WiderScope "wider_scope" [Auth0] ["RFC6749-6-02"];
    ForeignToken "foreign_token" [Auth0] ["REV-05"];
    LedgerFull "ledger_full" [Auth0] ["CLI-15", "RFT-17"];
    OtherAudience "other_audience" [Auth0] ["RFT-29"];
    TooManyRequests "too_many_requests" [Auth0] ["TOK-24", "TOK-27", "IDT-21"];
    TemporarilyUnavailable "temporarily_unavailable" [Auth0] ["TOK-30"];
    InternalFailure "internal_failure" [Auth0] ["TOK-30"];
    EndpointDisabled "endpoint_disabled" [Auth0, Legacy] ["TOK-29"];
    MethodNotAllowed "method_not_allowed" [Auth0] ["TOK-02"];
    NotFound "not_found" [Auth0] ["ERR-14"];
    ForeignHost "foreign_host" [Auth0] ["DSC-13"];
    UnsupportedResponseType "unsupported_response_type" [Auth0] ["ERR-01"];
    BearerMissing "bearer_missing" [Auth0] ["IDT-15", "ERR-11"];
    BearerInvalid "bearer_invalid" [Auth0] ["IDT-15"];
    BearerInsufficientScope "bearer_insufficient_scope" [Auth0] ["IDT-16"];
    BearerTwice "bearer_twice" [Auth0] ["IDT-24"];
    ApiTokenMissing "api_token_missing" [Auth0] ["API-01"];
    ApiTokenInvalid "api_token_invalid" [Auth0] ["API-02", "API-03", "API-04", "API-05", "API-06", "API-07", "API-08", "API-09"];
    ApiScopeMissing "api_scope_missing" [Auth0] ["API-10"];
    ApiTwoTokens "api_two_tokens" [Auth0] ["API-11"];
    MfaRequired "mfa_required" [Auth0, Rfc6749, Documented, Older] ["MFA-REQ-02", "MFA-REQ-03", "MFA-REQ-04", "MFA-REQ-05"];
    RiskyLogin "risky_login" [Auth0, Rfc6749] ["PWD-33"];
    MfaTokenMalformed "mfa_token_malformed" [Auth0, Rfc6749] ["MFA-TOK-04", "MFA-TOK-08", "MFA-TOK-12"];
    MfaTokenExpired "mfa_token_expired" [Auth0, Rfc6749, Documented] ["MFA-TOK-03", "MFA-TOK-06"];
    MfaTokenForeign "mfa_token_foreign" [Auth0] ["MFA-TOK-02"];
    OobCodeMalformed "oob_code_malformed" [Auth0, Rfc6749] ["MFA-OOB-11", "MFA-OOB-18", "MFA-CHL-15"];
    OobCodeExpired "oob_code_expired" [Auth0, Rfc6749] ["MFA-OOB-11", "MFA-OOB-12", "MFA-LIM-08"];
    OobCodeForeign "oob_code_foreign" [Auth0] ["MFA-OOB-10"];
    InvalidOtp "invalid_otp" [Auth0, Rfc6749, Documented] ["MFA-OTP-03", "MFA-OTP-04", "MFA-OTP-06"];
    InvalidBindingCode "invalid_binding_code" [Auth0, Rfc6749, Older] ["MFA-OOB-03"];
    InvalidRecoveryCode "invalid_recovery_code" [Auth0, Rfc6749, Documented] ["MFA-REC-02", "MFA-REC-04"];
    AuthorizationPending "authorization_pending" [Auth0, Older] ["MFA-OOB-05"];
    PushRejected "push_rejected" [Auth0, Reported] ["MFA-OOB-08"];
    SlowDown "slow_down" [Auth0] ["MFA-OOB-06", "MFA-OOB-07"];
    TooManyFailedCodes "too_many_failed_codes" [Auth0, Rfc6749] ["MFA-LIM-01", "MFA-LIM-04", "MFA-REC-13"];
    TooManyMessages "too_many_messages" [Auth0] ["MFA-CHL-16", "MFA-LIM-05", "MFA-LIM-06", "MFA-LIM-07"];
    NoRecoveryCode "no_recovery_code" [Auth0, Rfc6749] ["MFA-REC-05", "MFA-REC-14"];
    UserNotEnrolled "user_not_enrolled" [Auth0, Rfc6749, Documented] ["MFA-CHL-10", "MFA-OTP-11"];
    UnsupportedChallengeType "unsupported_challenge_type" [Auth0] ["MFA-CHL-09"];
    FactorDisabled "factor_disabled" [Auth0] ["MFA-ASC-17", "MFA-ASC-18"];
    MfaBearerInvalid "mfa_bearer_invalid" [Auth0] ["MFA-TOK-05", "MFA-ASC-15", "MFA-AUT-09", "MFA-MGR-05"];
    MfaBearerExpired "mfa_bearer_expired" [Auth0] ["MFA-ASC-15"];
    MfaScopeMissing "mfa_scope_missing" [Auth0] ["MFA-ASC-15", "MFA-AUT-12"];
    AlreadyEnrolled "already_enrolled" [Auth0] ["MFA-ASC-13"];
    InvalidPhoneNumber "invalid_phone_number" [Auth0] ["MFA-ASC-16"];
    InvalidAuthenticator "invalid_authenticator" [Auth0] ["MFA-CHL-07", "MFA-AUT-12"];
    AuthenticatorKept "authenticator_kept" [Auth0] ["MFA-AUT-14", "MFA-AUT-15"];
    TooManyAuthenticators "too_many_authenticators" [Auth0] ["MFA-ASC-24"];
    WrongVerificationCode "wrong_verification_code" [Auth0, Rfc6749] ["RLM-18"];
    TooManyVerificationAttempts "too_many_verification_attempts" [Auth0, Rfc6749] ["RLM-18"];
}

impl Answer {
    /// What a preset answers.
    pub(super) fn default(self, preset: Preset) -> Label {
        let rfc = self.labels().contains(&Label::Rfc6749) && preset == Preset::Rfc6749;
        if rfc { Label::Rfc6749 } else { self.labels()[0] }
    }
}

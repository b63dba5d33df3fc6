//! Documented constants. A tenant has them as they are; only a deviation shifts one, by a second or a byte.

macro_rules! numbers {
    ($($variant:ident $name:literal $value:literal [$($row:literal),*] $doc:literal;)+) => {
        /// A constant.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Number { $(#[doc = $doc] $variant),+ }

        impl Number {
            /// All constants, in the order of their declaration.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The name in data files.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What is documented.
            #[must_use]
            pub fn documented(self) -> i64 {
                match self { $(Self::$variant => $value),+ }
            }

            /// The same as a word of the printed table.
            pub(super) fn word(self) -> &'static str {
                match self { $(Self::$variant => stringify!($value)),+ }
            }

            /// The catalogue rows that it carries out.
            #[must_use]
            pub fn requirements(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($row),*]),+ }
            }
        }
    };
}

numbers! {
    AssertionLifetime "assertion.lifetime" 300 ["CLI-14"] "Seconds from `iat` to `exp` that an assertion may have.";
    AssertionHorizon "assertion.horizon" 310 ["CLI-14"] "Seconds from now to `exp` that an assertion may have.";
    AssertionSkew "assertion.skew" 10 ["CLI-14"] "Seconds that `iat` and `nbf` of an assertion may be ahead.";
    AssertionGrace "assertion.grace" 0 ["CLI-14"] "Seconds that an assertion serves beyond `exp`.";
    AssertionBytes "assertion.bytes" 2048 ["CLI-17"] "Bytes that an assertion may have.";
    AssertionName "assertion.name_length" 64 ["CLI-17"] "Characters that `iss`, `sub` and `jti` of an assertion may have.";
    RefreshTokensKept "refresh.tokens_kept" 200 ["RFT-25"] "Active refresh tokens that a user may have at a client.";
    RefreshLifetimeGrace "refresh.lifetime_grace" 0 ["RFT-11", "RFT-20"] "Seconds that a refresh token lives beyond its lifetime.";
    RefreshIdleGrace "refresh.idle_grace" 0 ["RFT-11", "RFT-21"] "Seconds that a refresh token lives beyond its idle lifetime.";
    RefreshLeewayGrace "refresh.leeway_grace" 0 ["RFT-18"] "Seconds that a replaced refresh token serves beyond the leeway.";
    LimitsExtra "limits.extra_tokens" 0 ["TOK-27", "IDT-21", "SIP-03"] "Tokens that a bucket has beyond its size.";
    LimitsRefill "limits.refill_percent" 100 ["TOK-27", "IDT-21", "SIP-03", "SIP-11"] "Percent of the time after which a token is back that it takes.";
    MfaTokenGrace "mfa_token.grace" 0 ["MFA-TOK-03", "MFA-TOK-06"] "Seconds that an `mfa_token` serves beyond its lifetime.";
    OtpWindow "otp.window" 1 ["MFA-OTP-05"] "Steps of thirty seconds that a clock may be off, either way.";
    CodeGrace "code.grace" 0 ["MFA-OOB-12", "MFA-LIM-08", "MFA-ASC-21"] "Seconds that a sent code or question serves beyond its five minutes.";
    MfaApiLifetime "mfa_api.token_lifetime" 600 ["ATK-23", "MFA-MGR-02"] "Seconds that an access token of the MFA API lives.";
    SentCodeTries "passwordless.tries" 3 ["RLM-18"] "Wrong codes that one which was sent in place of a password bears.";
}

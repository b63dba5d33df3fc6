//! What a second factor adds to a case: the policy of the tenant, the factors of a user, and the steps that only they need.

use super::template::Template;

/// When the tenant demands a second factor, and which ones it knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenMfa {
    /// When it is demanded.
    pub policy: MfaPolicy,
    /// The factors that are enabled, by name: words of [`FACTORS`].
    pub factors: Vec<String>,
}

/// When a second factor is demanded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MfaPolicy {
    /// Only where an audience demands it.
    #[default]
    Never,
    /// At every login.
    Always,
    /// At a login that looks unusual.
    Adaptive,
}

impl MfaPolicy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Never, Self::Always, Self::Adaptive];

    /// Its word in data files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Always => "always",
            Self::Adaptive => "adaptive",
        }
    }
}

/// The factors that a tenant may enable, in the order of an export; `voice` is a way of `sms` there.
pub const FACTORS: [&str; 9] = [
    "sms",
    "voice",
    "push-notification",
    "otp",
    "email",
    "duo",
    "webauthn-roaming",
    "webauthn-platform",
    "recovery-code",
];

/// A factor that a user brings along, enrolled and confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enrolled {
    /// An authenticator app: `{{ alice.otp_secret }}`.
    Otp,
    /// A telephone: `{{ alice.phone }}`.
    Phone,
    /// An e-mail address: `{{ alice.mfa_email }}`.
    Email,
}

impl Enrolled {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Otp, Self::Phone, Self::Email];

    /// Its word in data files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Otp => "otp",
            Self::Phone => "phone",
            Self::Email => "email",
        }
    }

    /// The member of a user that tells of it.
    #[must_use]
    pub fn member(self) -> &'static str {
        match self {
            Self::Otp => "otp_secret",
            Self::Phone => "phone",
            Self::Email => "mfa_email",
        }
    }
}

/// The step `totp`: the code that an authenticator app shows.
#[derive(Clone, Debug)]
pub struct Totp {
    /// What the app was told.
    pub key: TotpKey,
    /// Steps of the app's clock before or after the target's time.
    pub offset: i64,
}

/// How an app is told its secret.
#[derive(Clone, Debug)]
pub enum TotpKey {
    /// In Base32.
    Secret(Template),
    /// In an `otpauth:` address, as a QR code holds it.
    Uri(Template),
}

impl TotpKey {
    /// The template of either.
    #[must_use]
    pub fn template(&self) -> &Template {
        match self {
            Self::Secret(template) | Self::Uri(template) => template,
        }
    }
}

/// The step `push`: what somebody does with a telephone.
#[derive(Clone, Debug)]
pub enum Push {
    /// Scans the `barcode_uri` of an association.
    Scan {
        /// The address, or the `enrollment_tx_id` in it.
        enrollment: Template,
        /// What the telephone calls itself.
        device: Option<Template>,
    },
    /// Accepts a login, by the `transaction` of its message.
    Accept(Template),
    /// Rejects it.
    Reject(Template),
}

impl Push {
    /// All of its templates.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        let (first, second) = match self {
            Self::Scan { enrollment, device } => (enrollment, device.as_ref()),
            Self::Accept(transaction) | Self::Reject(transaction) => (transaction, None),
        };
        std::iter::once(first).chain(second)
    }
}

/// The step `until`: a request that is repeated while nobody has answered.
#[derive(Clone, Debug)]
pub struct Until {
    /// The name of the request.
    pub request: String,
    /// Seconds before each time it is sent.
    pub every: i64,
    /// How often at most.
    pub limit: u64,
}

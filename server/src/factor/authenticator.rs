//! An authenticator: something that a user has enrolled, or begun to.
//!
//! ```text
//! associated ── the first good code, or the phone's answer ──▶ active ── delete ──▶ gone
//! ```
//!
//! What was only associated is listed and serves for nothing but its confirmation (MFA-ASC-19, MFA-AUT-08).

use super::{Channel, Factor, email, phone};
use crate::tenant::secret::Secret;

/// Something that a user has enrolled.
#[derive(Clone, Debug)]
pub(crate) struct Authenticator {
    /// `totp|dev_…`
    pub(crate) id: String,
    pub(crate) kind: Kind,
    /// Whether it was confirmed.
    pub(crate) active: bool,
    /// What lives and dies together has the same (MFA-ASC-22, MFA-ASC-23, MFA-AUT-13).
    pub(crate) pair: String,
    pub(crate) by: Enrolled,
    /// The fingerprint of the token by which it was begun; empty if it came with its user. Whoever confirms a factor
    /// makes good the recovery code that was told to who had begun it, and no other.
    pub(crate) begun: String,
    /// The steps whose code was used and could be taken again (MFA-OTP-04).
    pub(crate) used_steps: Vec<i64>,
}

/// What it is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// An app that computes codes from this secret, in Base32.
    Otp(Secret),
    /// A number that gets text messages or calls.
    Phone { channel: Channel, number: String },
    /// An address that gets mail.
    Email(String),
    /// A phone that answers questions; it has a name once it has scanned.
    Push { device: Option<String> },
    /// The code that was told, or the last one that replaced it.
    RecoveryCode(Secret),
}

/// By what it came here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Enrolled {
    /// It was imported with its user.
    WithUser,
    /// It is a verified e-mail address of the profile (MFA-AUT-07).
    InProfile,
    /// By who had shown the password alone: it can be confirmed only as long as the user has no other factor.
    ByPassword,
    /// By who had shown a second factor, too.
    StepUp,
}

impl Kind {
    /// What stands before the bar of an id (MFA-AUT-03).
    pub(crate) fn prefix(&self) -> &'static str {
        match self {
            Self::Otp(_) => "totp",
            Self::Phone { channel, .. } => channel.wire(),
            Self::Email(_) => "email",
            Self::Push { .. } => "push",
            Self::RecoveryCode(_) => "recovery-code",
        }
    }

    /// `authenticator_type` (MFA-AUT-02).
    pub(crate) fn wire(&self) -> &'static str {
        match self {
            Self::Otp(_) => "otp",
            Self::Phone { .. } | Self::Email(_) | Self::Push { .. } => "oob",
            Self::RecoveryCode(_) => "recovery-code",
        }
    }

    /// The word of `mfa_requirements` and of the member `type` (MFA-REQ-07, MFA-AUT-06).
    pub(crate) fn requirement(&self) -> &'static str {
        match self {
            Self::Otp(_) => "otp",
            Self::Phone { .. } => "phone",
            Self::Email(_) => "email",
            Self::Push { .. } => "push-notification",
            Self::RecoveryCode(_) => "recovery-code",
        }
    }

    /// How something is sent to it, if it is.
    pub(crate) fn channel(&self) -> Option<Channel> {
        match self {
            Self::Phone { channel, .. } => Some(*channel),
            Self::Email(_) => Some(Channel::Email),
            Self::Push { .. } => Some(Channel::Push),
            Self::Otp(_) | Self::RecoveryCode(_) => None,
        }
    }

    /// What makes it this one: a secret, a number, an address.
    pub(crate) fn value(&self) -> &str {
        match self {
            Self::Otp(secret) | Self::RecoveryCode(secret) => secret.expose(),
            Self::Phone { number, .. } => number,
            Self::Email(address) => address,
            Self::Push { .. } => "",
        }
    }

    /// The factor that the tenant must have enabled for it to count.
    pub(crate) fn factor(&self) -> Factor {
        match self {
            Self::Otp(_) => Factor::Otp,
            Self::Phone { channel, .. } => channel.factor(),
            Self::Email(_) => Factor::Email,
            Self::Push { .. } => Factor::Push,
            Self::RecoveryCode(_) => Factor::RecoveryCode,
        }
    }

    /// Under which name it is listed: enough to be recognised, not to be used (MFA-AUT-05).
    pub(crate) fn name(&self, mask: bool) -> Option<String> {
        match self {
            Self::Phone { number, .. } if mask => Some(phone::masked(number)),
            Self::Phone { number, .. } => Some(number.clone()),
            Self::Email(address) if mask => Some(email::masked(address)),
            Self::Email(address) => Some(address.clone()),
            Self::Push { device } => device.clone(),
            Self::Otp(_) | Self::RecoveryCode(_) => None,
        }
    }
}

impl Authenticator {
    /// Whether it is a factor of its own; a recovery code only stands in for one (MFA-REQ-11).
    pub(crate) fn is_factor(&self) -> bool {
        !matches!(self.kind, Kind::RecoveryCode(_))
    }

    /// Whether it is no more than a verified address of the profile (MFA-AUT-07, MFA-AUT-14).
    pub(crate) fn is_derived(&self) -> bool {
        self.by == Enrolled::InProfile
    }
}

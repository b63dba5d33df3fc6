//! Second factors: what they are called, how a code is made, judged and masked. Pure: history comes in, what is to be
//! stored or sent goes out.
//!
//! ```text
//! otp            a code that an app computes from a shared secret (RFC 6238)
//! phone          a code that is sent to a number: `sms` or `voice`
//! email          a code that is sent to an address
//! push           a question on a phone, answered there
//! recovery_code  a code that was written down
//! authenticator  what a user has enrolled
//! ```

pub(crate) mod otp;
pub(crate) mod phone;
pub(crate) mod email;
pub(crate) mod push;
pub(crate) mod recovery_code;
pub(crate) mod authenticator;

pub(crate) use authenticator::{Authenticator, Enrolled, Kind};

/// A factor that a tenant can enable (MFA-REQ-11). Text messages and calls are two of them, over one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Factor {
    Otp,
    Sms,
    Voice,
    Email,
    Push,
    RecoveryCode,
}

impl Factor {
    /// The word for it in an export.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Otp => "otp",
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::Email => "email",
            Self::Push => "push-notification",
            Self::RecoveryCode => "recovery-code",
        }
    }
}

/// A way on which something is sent out of band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    Sms,
    Voice,
    Email,
    Push,
}

impl Channel {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Sms, Self::Voice, Self::Email, Self::Push];

    /// The value of `oob_channel` (MFA-ASC-03, MFA-AUT-04).
    pub(crate) fn wire(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::Email => "email",
            Self::Push => "auth0",
        }
    }

    pub(crate) fn read(wire: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.wire() == wire)
    }

    /// The factor that a tenant must have enabled for it.
    pub(crate) fn factor(self) -> Factor {
        match self {
            Self::Sms => Factor::Sms,
            Self::Voice => Factor::Voice,
            Self::Email => Factor::Email,
            Self::Push => Factor::Push,
        }
    }
}

//! How fast a token bucket refills: its size, and the time after which one token comes back.

use super::behaviour::{Behaviour, Number};

/// A token bucket's numbers (TOK-27).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    /// Tokens of a full bucket: how many may come at once.
    pub(crate) limit: u32,
    /// Microseconds after which one token is back.
    pub(crate) refill: i64,
}

impl Rate {
    /// Logins of one address, where the tenant says nothing: 100, one back every 864 s, which is 100 a day (recorded).
    pub(crate) const ADDRESS: Self = Self { limit: 100, refill: 864_000_000 };

    /// `/oauth/token` on the free plan: 30 at once, 30 a second (TOK-27).
    pub(crate) const TOKEN_ENDPOINT: Self = Self { limit: 30, refill: 33_333 };

    /// `/userinfo` for one user: 10 at once, 5 a minute (IDT-21).
    pub(crate) const USERINFO: Self = Self { limit: 10, refill: 12_000_000 };

    /// Failed codes of a user: ten, one back every six minutes (MFA-LIM-01, MFA-REC-13).
    pub(crate) const FAILED_CODES: Self = Self { limit: 10, refill: 360_000_000 };

    /// Text messages and calls to a user: ten, then one an hour (MFA-LIM-05).
    pub(crate) const PHONE_MESSAGES: Self = Self { limit: 10, refill: 3_600_000_000 };

    /// Mail to a user: twenty, then one a minute (MFA-LIM-06).
    pub(crate) const MAIL: Self = Self { limit: 20, refill: 60_000_000 };

    /// The same by another page: five in five minutes.
    pub(crate) const MAIL_BY_PAGE: Self = Self { limit: 5, refill: 60_000_000 };

    /// Push notifications to a user: five a minute (MFA-LIM-07).
    pub(crate) const PUSH: Self = Self { limit: 5, refill: 12_000_000 };

    /// Questions after a push notification: twelve at once, twelve a minute (MFA-OOB-07).
    pub(crate) const POLLS: Self = Self { limit: 12, refill: 5_000_000 };

    /// The numbers under which a deviation counts.
    pub(crate) fn under(self, behaviour: &Behaviour) -> Self {
        let limit = i64::from(self.limit) + behaviour.number(Number::LimitsExtra);
        let refill = self.refill * behaviour.number(Number::LimitsRefill) / 100;
        Self { limit: u32::try_from(limit).unwrap_or(self.limit), refill: refill.max(1) }
    }
}

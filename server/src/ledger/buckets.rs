//! Token buckets (TOK-27): how many attempts are left, and when the last one will be back.
//!
//! A bucket is one instant, the one at which it is full again. A token taken moves it one refill further, a token given
//! back one nearer; once it has passed, the bucket is full and forgotten. Exact under concurrency: each verb locks once.
//!
//! Bounded: forgetting a bucket that is not full would give its attempts back, so a full ledger refuses.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::tenant::rate::Rate;

/// Buckets that are not full; about 1 MiB.
const LIMIT: usize = 10_000;

const SECOND: i64 = 1_000_000;

/// What a bucket counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Counted {
    /// Logins from an address.
    Address(IpAddr),
    /// Requests at the token endpoint, where its rate limit is enforced.
    TokenEndpoint,
    /// A user's requests at `/userinfo`, by subject.
    Userinfo(String),
    /// A user's failed codes, whether computed or sent (MFA-LIM-01, MFA-LIM-09).
    FailedCodes(String),
    /// A user's failed recovery codes (MFA-REC-13).
    FailedRecoveryCodes(String),
    /// What was sent to a user, by the kind of channel: text messages and calls are one (MFA-LIM-05…MFA-LIM-07).
    Sent(&'static str, String),
    /// How often a push notification was asked after, by its `oob_code` (MFA-OOB-07).
    Polls(String),
}

/// How a bucket stands: the numbers of the `X-RateLimit-*` headers and of `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Level {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// The second (since 1970) at which the bucket is full again, rounded up.
    pub(crate) reset: i64,
    /// Seconds until there is a token, rounded up; 0 if there is one.
    pub(crate) retry_after: i64,
}

/// What came of asking for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Whether there was one.
    pub(crate) had: bool,
    /// How the bucket stands without it.
    pub(crate) level: Level,
}

/// No further bucket can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// The buckets of an epoch: for each one that is not full, the microsecond since 1970 at which it will be.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    full_at: Mutex<HashMap<Counted, i64>>,
}

impl Buckets {
    /// Takes a token, if there is one.
    pub(crate) fn take(&self, counted: Counted, rate: Rate, now: Timestamp) -> Result<Taken, Full> {
        let now = now.as_microsecond();
        let mut buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= LIMIT && !buckets.contains_key(&counted) {
            buckets.retain(|_, full_at| *full_at > now);
            if buckets.len() >= LIMIT {
                return Err(Full);
            }
        }
        let before = buckets.get(&counted).copied().unwrap_or(now);
        let after = without_one(rate, before, now);
        let full_at = after.unwrap_or(before);
        buckets.insert(counted, full_at);
        Ok(Taken { had: after.is_some(), level: level(rate, full_at, now) })
    }

    /// Gives a token back that was taken.
    pub(crate) fn give_back(&self, counted: &Counted, rate: Rate) {
        let mut buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(full_at) = buckets.get_mut(counted) {
            *full_at -= rate.refill;
        }
    }

    /// How a bucket stands.
    pub(crate) fn level(&self, counted: &Counted, rate: Rate, now: Timestamp) -> Level {
        let now = now.as_microsecond();
        let buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        level(rate, buckets.get(counted).copied().unwrap_or(now), now)
    }
}

/// When a bucket will be full once a token was taken; `None` if there is none.
fn without_one(rate: Rate, full_at: i64, now: i64) -> Option<i64> {
    let after = full_at.max(now) + rate.refill;
    (after - now <= i64::from(rate.limit) * rate.refill).then_some(after)
}

/// The numbers of a bucket that is full again at `full_at`.
fn level(rate: Rate, full_at: i64, now: i64) -> Level {
    let missing = (full_at - now).max(0);
    // A token that is not wholly back is not back.
    let gone = divided_up(missing, rate.refill);
    let remaining = (i64::from(rate.limit) - gone).max(0);
    let one_back = missing - i64::from(rate.limit.saturating_sub(1)) * rate.refill;
    Level {
        limit: rate.limit,
        remaining: u32::try_from(remaining).unwrap_or_default(),
        reset: divided_up(now + missing, SECOND),
        retry_after: divided_up(one_back.max(0), SECOND),
    }
}

fn divided_up(whole: i64, by: i64) -> i64 {
    (whole + by - 1).div_euclid(by)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rates() -> impl Strategy<Value = Rate> {
        (1..200_u32, 1..2_000_000_000_i64).prop_map(|(limit, refill)| Rate { limit, refill })
    }

    fn address() -> Counted {
        Counted::Address([127, 0, 0, 1].into())
    }

    #[test]
    fn the_recorded_numbers() {
        let (buckets, start) = (Buckets::default(), Timestamp::from_second(1_800_000_000).unwrap());
        let levels: Vec<_> = (0..3)
            .map(|_| buckets.take(address(), Rate::ADDRESS, start).unwrap().level)
            .map(|level| (level.limit, level.remaining, level.reset - 1_800_000_000))
            .collect();
        assert_eq!(levels, [(100, 99, 864), (100, 98, 1728), (100, 97, 2592)]);
    }

    #[test]
    fn a_full_ledger_refuses_until_a_bucket_is_full_again() {
        let (buckets, start) = (Buckets::default(), Timestamp::from_second(1_800_000_000).unwrap());
        let rate = Rate { limit: 1, refill: SECOND };
        for number in 0..LIMIT {
            buckets.take(Counted::Userinfo(number.to_string()), rate, start).unwrap();
        }
        assert_eq!(buckets.take(address(), rate, start), Err(Full));
        // Who is counted already is counted on.
        assert!(buckets.take(Counted::Userinfo("0".to_owned()), rate, start).is_ok());
        let later = Timestamp::from_second(1_800_000_001).unwrap();
        assert!(buckets.take(address(), rate, later).is_ok());
    }

    proptest! {
        #[test]
        fn a_bucket_holds_its_limit_and_no_more(rate in rates(), now in 0..2_000_000_000_000_000_i64) {
            let mut full_at = now;
            for left in (0..rate.limit).rev() {
                full_at = without_one(rate, full_at, now).expect("there is one");
                prop_assert_eq!(level(rate, full_at, now).remaining, left);
            }
            prop_assert_eq!(without_one(rate, full_at, now), None);
        }

        #[test]
        fn one_token_is_back_after_one_refill_and_not_before(
            rate in rates(), taken in 1..200_u32, now in 0..2_000_000_000_000_000_i64,
        ) {
            let taken = taken.min(rate.limit);
            let full_at = now + i64::from(taken) * rate.refill;
            let at = |instant| level(rate, full_at, instant).remaining;
            prop_assert_eq!(at(now), rate.limit - taken);
            prop_assert_eq!(at(now + rate.refill - 1), rate.limit - taken);
            prop_assert_eq!(at(now + rate.refill), rate.limit - taken + 1);
            prop_assert_eq!(at(full_at + 1), rate.limit);
        }

        #[test]
        fn at_most_the_limit_and_what_refilled_is_granted(
            rate in rates(), steps in proptest::collection::vec(0..3_000_000_000_i64, 1..400),
        ) {
            let (start, mut now, mut full_at, mut granted) = (0_i64, 0_i64, 0_i64, 0_i64);
            for step in steps {
                now += step;
                if let Some(after) = without_one(rate, full_at, now) {
                    full_at = after;
                    granted += 1;
                }
            }
            prop_assert!(granted <= i64::from(rate.limit) + (now - start) / rate.refill);
        }

        #[test]
        fn who_waits_as_told_gets_one(rate in rates(), over in 0..2_000_000_i64, now in 0..2_000_000_000_000_000_i64) {
            // An empty bucket, part of a refill later.
            let full_at = now + i64::from(rate.limit) * rate.refill;
            let later = now + over.min(rate.refill - 1);
            let told = level(rate, full_at, later).retry_after;
            prop_assert!(told >= 1);
            prop_assert!(without_one(rate, full_at, later).is_none());
            prop_assert!(without_one(rate, full_at, later + told * SECOND).is_some());
        }

        #[test]
        fn taking_and_giving_back_changes_nothing(rate in rates(), taken in 0..100_u32) {
            let buckets = Buckets::default();
            let now = Timestamp::from_second(1_800_000_000).expect("valid");
            for _ in 0..taken.min(rate.limit - 1) {
                buckets.take(address(), rate, now).expect("there is room");
            }
            let before = buckets.level(&address(), rate, now);
            prop_assert!(buckets.take(address(), rate, now).expect("there is room").had);
            buckets.give_back(&address(), rate);
            prop_assert_eq!(buckets.level(&address(), rate, now), before);
        }
    }
}

//! Whether a refresh token is good: the rules, what happened, and now → a verdict. Pure.

use crate::tenant::behaviour::{Behaviour, Number, Switch};
use crate::tenant::refresh_policy::RefreshPolicy;

/// By what a client's tokens live, as it is configured now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'a> {
    pub(crate) policy: &'a RefreshPolicy,
    /// Where a deviation breaks what was configured.
    pub(crate) behaviour: &'a Behaviour,
}

/// A family as a presented token finds it. All times are seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(crate) struct History {
    pub(crate) ended: Option<Ended>,
    /// How many generations came after the token's own.
    pub(crate) age: u64,
    /// When the present generation began.
    pub(crate) replaced: i64,
    /// When the family ends, whatever happens.
    pub(crate) expires: Option<i64>,
    /// The latest exchange, at first the login.
    pub(crate) used: i64,
}

/// What is to be said of a presented token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Good,
    /// Its family ended before.
    Ended(Ended),
    /// Its lifetime is over.
    Expired,
    /// Nobody used it for too long.
    Idle,
    /// It was replaced, and comes again: somebody has stolen it (RFT-17).
    Reused,
}

/// Why a family ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Its client wanted it so (REV-03).
    Revoked,
    /// A replaced token came again (RFT-17).
    Reused,
    /// Younger ones took its place (RFT-25).
    Crowded,
    /// Rotation was switched on or off (RFT-24).
    Switched,
    /// Its user was deleted (RFT-35).
    UserGone,
}

/// Every lifetime ends at its second: there the token is bad. So does the leeway, which is for the token alone that the
/// present generation replaced.
pub(crate) fn judge(rules: Rules<'_>, history: &History, now: i64) -> Verdict {
    if let Some(why) = history.ended {
        return Verdict::Ended(why);
    }
    let grace = |number| rules.behaviour.number(number);
    if history.expires.is_some_and(|end| now >= end + grace(Number::RefreshLifetimeGrace)) {
        return Verdict::Expired;
    }
    let idle = rules.policy.idle_lifetime.map(|idle| idle + grace(Number::RefreshIdleGrace));
    if idle.is_some_and(|idle| now - history.used >= idle) {
        return Verdict::Idle;
    }
    // A request that began in the second before the one that replaced its token is no earlier for that.
    let since = now.max(history.replaced) - history.replaced;
    let in_time = since < rules.policy.leeway + grace(Number::RefreshLeewayGrace);
    match history.age {
        0 => Verdict::Good,
        _ if !rules.behaviour.keeps(Switch::RefreshReplaced) => Verdict::Good,
        1 if in_time => Verdict::Good,
        _ if in_time && !rules.behaviour.keeps(Switch::RefreshLeewayOnce) => Verdict::Good,
        _ => Verdict::Reused,
    }
}

impl Rules<'_> {
    /// Whether an exchange replaces the token (RFT-16).
    pub(super) fn rotating(&self) -> bool {
        self.policy.rotating && self.behaviour.keeps(Switch::RefreshRotates)
    }

    /// How many living families a user may have at a client (RFT-25).
    pub(super) fn kept(&self) -> usize {
        usize::try_from(self.behaviour.number(Number::RefreshTokensKept)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tenant::behaviour::Preset;

    const LEEWAY: i64 = 10;
    const IDLE: i64 = 100;

    fn verdict(history: &History, now: i64) -> Verdict {
        let policy =
            RefreshPolicy { rotating: true, leeway: LEEWAY, lifetime: Some(1000), idle_lifetime: Some(IDLE) };
        judge(Rules { policy: &policy, behaviour: &Behaviour::preset(Preset::Auth0) }, history, now)
    }

    fn history(age: u64, replaced: i64) -> History {
        History { ended: None, age, replaced, expires: Some(1000), used: replaced }
    }

    #[test]
    fn every_lifetime_ends_at_its_second() {
        assert_eq!(verdict(&history(0, 950), 999), Verdict::Good);
        assert_eq!(verdict(&history(0, 950), 1000), Verdict::Expired);
        assert_eq!(verdict(&history(0, 0), IDLE - 1), Verdict::Good);
        assert_eq!(verdict(&history(0, 0), IDLE), Verdict::Idle);
    }

    #[test]
    fn the_leeway_is_for_the_previous_token_and_ends_at_its_second() {
        assert_eq!(verdict(&history(1, 50), 50 + LEEWAY - 1), Verdict::Good);
        assert_eq!(verdict(&history(1, 50), 50 + LEEWAY), Verdict::Reused);
        assert_eq!(verdict(&history(2, 50), 50), Verdict::Reused);
    }

    #[test]
    fn without_leeway_a_replaced_token_is_bad_to_a_request_that_began_before_too() {
        let policy = RefreshPolicy { rotating: true, leeway: 0, lifetime: None, idle_lifetime: None };
        let rules = Rules { policy: &policy, behaviour: &Behaviour::preset(Preset::Auth0) };
        let history = History { ended: None, age: 1, replaced: 11, expires: None, used: 11 };
        for now in [9, 10, 11, 12] {
            assert_eq!(judge(rules, &history, now), Verdict::Reused, "at {now}");
        }
    }

    proptest! {
        #[test]
        fn time_never_makes_a_token_good_again(
            age in 0_u64..4, replaced in 0_i64..1000, since in -20_i64..2000, later in 0_i64..2000
        ) {
            let history = history(age, replaced);
            let now = replaced + since;
            if verdict(&history, now) != Verdict::Good {
                prop_assert_ne!(verdict(&history, now + later), Verdict::Good);
            }
        }

        #[test]
        fn what_ended_stays_ended(age in 0_u64..4, now in -10_i64..2000) {
            let ended = History { ended: Some(Ended::Revoked), ..history(age, 0) };
            prop_assert_eq!(verdict(&ended, now), Verdict::Ended(Ended::Revoked));
        }

        #[test]
        fn an_older_token_is_never_better(age in 0_u64..4, since in -20_i64..200) {
            let now = 100 + since;
            if verdict(&history(age, 100), now) != Verdict::Good {
                prop_assert_ne!(verdict(&history(age + 1, 100), now), Verdict::Good);
            }
        }
    }
}

//! The ids of assertions that were used (CLI-15): each serves once.
//!
//! Bounded, and never forgets what could still be used: an entry leaves a minute after its assertion has expired, and a full ledger
//! lets nothing more in until one has.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Mutex, PoisonError};

use super::{Fingerprint, fingerprint};

/// A client that sends one a second has 310 alive at most; about 2 MiB.
const LIMIT: usize = 10_000;

/// Seconds beyond its expiry for which an assertion is remembered: a request that began in time may come to its use late,
/// or the clock may be set back a little.
const LATE: i64 = 60;

/// What came of using an assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spent {
    /// It had not been used, and now is.
    First,
    /// It was used before.
    Again,
    /// Nobody could remember its use.
    Full,
}

/// The used assertions of an epoch.
#[derive(Debug, Default)]
pub(crate) struct Assertions {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    used: HashSet<Fingerprint>,
    /// The same by the second from which nobody can use them any more.
    by_expiry: BTreeSet<(i64, Fingerprint)>,
}

impl Assertions {
    /// Uses the assertion `jti` of a client, which is good before the second `expires`.
    pub(crate) fn spend(&self, client_id: &str, jti: &str, expires: i64, now: i64) -> Spent {
        // The length says where the client's id ends: no pair reads like another one.
        let print = fingerprint(&format!("{} {client_id} {jti}", client_id.len()));
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.forget(now);
        if state.used.contains(&print) {
            return Spent::Again;
        }
        if state.used.len() >= LIMIT {
            return Spent::Full;
        }
        state.used.insert(print);
        state.by_expiry.insert((expires, print));
        Spent::First
    }
}

impl State {
    /// Lets go of what has expired.
    fn forget(&mut self, now: i64) {
        while let Some(&(expires, print)) = self.by_expiry.first()
            && expires.saturating_add(LATE) <= now
        {
            self.by_expiry.pop_first();
            self.used.remove(&print);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assertion_serves_once_and_is_remembered_until_it_expires() {
        let ledger = Assertions::default();
        assert_eq!(ledger.spend("c", "1", 100, 0), Spent::First);
        assert_eq!(ledger.spend("c", "1", 100, 99), Spent::Again);
        assert_eq!(ledger.spend("d", "1", 100, 99), Spent::First);
        // A request that was found good one second before may come after one that was not.
        assert_eq!(ledger.spend("c", "2", 200, 100), Spent::First);
        assert_eq!(ledger.spend("c", "1", 100, 99), Spent::Again);
        assert_eq!(ledger.spend("c", "1", 300, 100 + LATE), Spent::First);
    }

    #[test]
    fn two_clients_never_share_an_id() {
        let ledger = Assertions::default();
        assert_eq!(ledger.spend("a", "b c", 100, 0), Spent::First);
        assert_eq!(ledger.spend("a b", "c", 100, 0), Spent::First);
    }

    #[test]
    fn a_full_ledger_refuses_and_forgets_nothing() {
        let ledger = Assertions::default();
        for number in 0..LIMIT {
            assert_eq!(ledger.spend("c", &number.to_string(), 100, 0), Spent::First);
        }
        assert_eq!(ledger.spend("c", "one more", 100, 99), Spent::Full);
        assert_eq!(ledger.spend("c", "0", 100, 99), Spent::Again);
        assert_eq!(ledger.spend("c", "one more", 200, 100 + LATE), Spent::First);
    }
}

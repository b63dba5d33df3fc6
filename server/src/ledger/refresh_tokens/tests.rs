//! The store: limits, a full ledger, switching rotation.

use super::*;
use crate::tenant::behaviour::{Behaviour, Preset};
use crate::tenant::refresh_policy::RefreshPolicy;

const CLIENT: &str = "web";

fn policy(rotating: bool) -> RefreshPolicy {
    RefreshPolicy { rotating, leeway: 0, lifetime: Some(1000), idle_lifetime: Some(500) }
}

fn grant(subject: &str) -> RefreshGrant {
    let scope = ["read", "offline_access"].into_iter().collect();
    RefreshGrant {
        client_id: CLIENT.to_owned(),
        subject: subject.to_owned(),
        audience: None,
        scope,
        stepped_up: false,
    }
}

/// A ledger of few tokens under one policy.
struct Bench {
    ledger: RefreshTokens,
    policy: RefreshPolicy,
    behaviour: Behaviour,
}

impl Bench {
    fn new(rotating: bool, limit: usize) -> Self {
        let ledger = RefreshTokens { limit, ..RefreshTokens::default() };
        Self { ledger, policy: policy(rotating), behaviour: Behaviour::preset(Preset::Auth0) }
    }

    fn rules(&self) -> Rules<'_> {
        Rules { policy: &self.policy, behaviour: &self.behaviour }
    }

    fn begin(&self, token: &str, subject: &str, now: i64) {
        self.ledger.begin(token, grant(subject), self.rules(), now);
    }

    fn exchange(&self, token: &str, successor: &str, now: i64) -> Exchanged {
        self.ledger.exchange(token, successor, self.rules(), now)
    }

    fn good(&self, token: &str, now: i64) -> bool {
        matches!(self.ledger.redeem(token, CLIENT, self.rules(), now), Redeemed::Good(_))
    }
}

#[test]
fn the_oldest_of_too_many_living_families_ends() {
    let bench = Bench::new(false, LIMIT);
    for number in 0..200 {
        bench.begin(&format!("t{number}"), "alice", number);
    }
    bench.ledger.revoke("t1", CLIENT, false, bench.rules());
    bench.begin("bob", "bob", 200);
    bench.begin("t200", "alice", 200);
    assert!(bench.good("t0", 200), "a revoked one made room, and another user's does not count");
    bench.begin("t201", "alice", 201);
    assert!(!bench.good("t0", 201));
    assert!(["t2", "t200", "t201", "bob"].iter().all(|token| bench.good(token, 201)));
}

#[test]
fn an_idle_family_does_not_count() {
    let bench = Bench::new(false, LIMIT);
    bench.begin("idle", "alice", 0);
    for number in 0..199 {
        bench.begin(&format!("t{number}"), "alice", 400);
    }
    bench.begin("new", "alice", 500);
    assert!(bench.good("t0", 500) && bench.good("new", 500));
}

#[test]
fn a_full_ledger_forgets_the_dead_first_and_the_oldest_then() {
    let bench = Bench::new(false, 3);
    for token in ["a", "b", "c"] {
        bench.begin(token, token, 0);
    }
    bench.ledger.revoke("b", CLIENT, false, bench.rules());
    bench.begin("d", "d", 1);
    assert!(["a", "c", "d"].iter().all(|token| bench.good(token, 1)));
    assert!(matches!(bench.ledger.redeem("b", CLIENT, bench.rules(), 1), Redeemed::Unknown));
    bench.begin("e", "e", 2);
    assert!(!bench.good("a", 2));
    assert!(["c", "d", "e"].iter().all(|token| bench.good(token, 2)));
}

#[test]
fn who_rotates_without_end_pushes_nobody_else_out() {
    let bench = Bench::new(true, 5);
    bench.begin("a", "alice", 0);
    bench.begin("b0", "bob", 0);
    for number in 0..3 {
        assert_eq!(
            bench.exchange(&format!("b{number}"), &format!("b{}", number + 1), 1),
            Exchanged::Replaced
        );
    }
    bench.begin("c", "carol", 2);
    assert!(bench.good("a", 2) && bench.good("c", 2) && !bench.good("b3", 2));
}

#[test]
fn an_exchange_without_room_uses_nothing_up() {
    let bench = Bench::new(true, 3);
    bench.begin("a0", "alice", 0);
    bench.begin("b", "bob", 0);
    assert_eq!(bench.exchange("a0", "a1", 1), Exchanged::Replaced);
    assert_eq!(bench.exchange("a1", "a2", 2), Exchanged::Full);
    assert!(bench.good("a1", 2), "it was not used up");
    bench.ledger.revoke("b", CLIENT, false, bench.rules());
    assert_eq!(bench.exchange("a1", "a2", 3), Exchanged::Replaced);
    assert!(!bench.good("a0", 3), "an old member was not forgotten: its reuse is noticed");
    assert!(!bench.good("a2", 3), "and ends the family");
}

#[test]
fn switching_rotation_ends_the_other_kind() {
    let mut bench = Bench::new(false, LIMIT);
    for token in ["a", "b", "c"] {
        bench.begin(token, "alice", 0);
    }
    bench.begin("bob", "bob", 0);
    bench.policy.rotating = true;
    assert_eq!(bench.exchange("a", "a1", 1), Exchanged::Replaced);
    assert!(bench.good("a1", 1) && bench.good("bob", 1));
    assert!(!bench.good("b", 1) && !bench.good("c", 1));
    bench.policy.rotating = false;
    assert_eq!(bench.exchange("a1", "a2", 2), Exchanged::Replaced);
    assert!(bench.good("a2", 2) && !bench.good("a1", 2));
    for used in [3, 502, 900] {
        assert_eq!(bench.exchange("a2", "a3", used), Exchanged::Kept);
    }
    assert!(bench.good("a2", 999) && !bench.good("a2", 1000), "the lifetime is that of the login");
}

#[test]
fn a_deleted_user_takes_the_tokens_along() {
    let bench = Bench::new(true, LIMIT);
    bench.begin("a", "alice", 0);
    bench.begin("b", "bob", 0);
    bench.ledger.end_of_users(vec!["alice".to_owned()], &[]);
    let redeemed = bench.ledger.redeem("a", CLIENT, bench.rules(), 1);
    assert!(matches!(redeemed, Redeemed::Ended(Ended::UserGone)));
    assert_eq!(bench.exchange("a", "a1", 1), Exchanged::Lost);
    assert!(bench.good("b", 1));
    bench.begin("late", "alice", 1);
    assert!(!bench.good("late", 1), "a login under way does not outlive its user");
    bench.ledger.end_of_users(Vec::new(), &["alice".to_owned()]);
    bench.begin("anew", "alice", 2);
    assert!(bench.good("anew", 2) && !bench.good("a", 2) && !bench.good("late", 2));
}

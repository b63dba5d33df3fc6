//! Refresh tokens under pressure: many at once, and any order of exchanges, waiting and revocation against a model of a
//! few lines. No port: the authority is asked directly.

use std::thread;

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use ropg_server::{Authority, Clock, Entropy, Tenant};
use ropg_tests::post;
use serde_json::{Value, json};

const LEEWAY: i64 = 10;
const IDLE: i64 = 100;
const LIFETIME: i64 = 400;

fn authority(leeway: i64) -> Authority {
    let tenant = json!({
        "tenant": { "default_directory": "people" },
        "clients": [{
            "name": "web", "app_type": "native", "grant_types": ["password", "refresh_token"],
            "refresh_token": {
                "rotation_type": "rotating", "expiration_type": "expiring", "leeway": leeway,
                "token_lifetime": LIFETIME, "idle_token_lifetime": IDLE
            }
        }],
        "databases": [{ "name": "people", "enabled_clients": ["web"] }],
        "ropg": {
            "clients": { "web": { "client_id": "web" } },
            "users": { "people": [{ "email": "ann@acme.test", "password": "Correct-Horse-9" }] }
        }
    });
    let start = Timestamp::from_second(1_800_000_000).expect("valid");
    Authority::new(Tenant::from_value(tenant).expect("valid"), Clock::manual(start), Entropy::seeded(7))
}

fn ask(authority: &Authority, path: &str, pairs: &[(&str, &str)]) -> (u16, Value) {
    post(authority, path, [("client_id", "web")].iter().chain(pairs))
}

fn login(authority: &Authority) -> String {
    let (status, body) = ask(
        authority,
        "/oauth/token",
        &[
            ("grant_type", "password"),
            ("username", "ann@acme.test"),
            ("password", "Correct-Horse-9"),
            ("scope", "offline_access"),
        ],
    );
    assert_eq!(status, 200, "{body}");
    body["refresh_token"].as_str().expect("offline_access was asked for").to_owned()
}

/// The successor, if the exchange was granted.
fn exchange(authority: &Authority, token: &str) -> Option<String> {
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", token)];
    let (status, body) = ask(authority, "/oauth/token", &pairs);
    let successor = body["refresh_token"].as_str().map(str::to_owned);
    assert!((status == 200) == successor.is_some() && matches!(status, 200 | 403), "{status} {body}");
    successor
}

#[test]
fn of_32_at_once_one_wins_and_the_family_ends() {
    for _ in 0..20 {
        let authority = authority(0);
        let token = login(&authority);
        let granted: Vec<String> = thread::scope(|scope| {
            let all: Vec<_> = (0..32).map(|_| scope.spawn(|| exchange(&authority, &token))).collect();
            all.into_iter().filter_map(|one| one.join().expect("nobody panics")).collect()
        });
        assert_eq!(granted.len(), 1);
        assert_eq!(exchange(&authority, &granted[0]), None, "the losers have reused the token");
    }
}

#[test]
fn of_32_at_once_in_the_leeway_all_win() {
    let authority = authority(LEEWAY);
    let token = login(&authority);
    let granted: Vec<String> = thread::scope(|scope| {
        let all: Vec<_> = (0..32).map(|_| scope.spawn(|| exchange(&authority, &token))).collect();
        all.into_iter().filter_map(|one| one.join().expect("nobody panics")).collect()
    });
    assert_eq!(granted.len(), 32);
    assert!(exchange(&authority, &granted[0]).is_some());
}

/// What somebody does with a family.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// Presents the token that was the so-manieth to be issued, counted from the latest.
    Exchange(usize),
    Wait(i64),
    Revoke(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => (0_usize..4).prop_map(Act::Exchange),
        4 => prop_oneof![Just(1), Just(LEEWAY - 1), Just(LEEWAY), Just(IDLE - 1), Just(IDLE), 0_i64..30]
            .prop_map(Act::Wait),
        1 => (0_usize..4).prop_map(Act::Revoke),
    ]
}

/// A family as the documents tell it: tokens with their generation, and what counts the time.
struct Model {
    tokens: Vec<(String, u64)>,
    now: i64,
    used: i64,
    replaced: i64,
    ended: bool,
}

impl Model {
    fn latest(&self) -> u64 {
        self.tokens.last().map_or(0, |(_, generation)| *generation)
    }

    fn pick(&self, from_the_latest: usize) -> (String, u64) {
        self.tokens[self.tokens.len().saturating_sub(1 + from_the_latest)].clone()
    }

    /// Whether a token of this generation is good; one that comes again too late ends the family.
    fn presented(&mut self, generation: u64) -> bool {
        if self.ended || self.now >= LIFETIME || self.now - self.used >= IDLE {
            return false;
        }
        let age = self.latest() - generation;
        let good = age == 0 || (age == 1 && self.now - self.replaced < LEEWAY);
        self.ended |= !good;
        good
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_is_that_of_the_model(acts in vec(act(), 1..24)) {
        let authority = authority(LEEWAY);
        let tokens = vec![(login(&authority), 0)];
        let mut model = Model { tokens, now: 0, used: 0, replaced: 0, ended: false };
        for act in acts {
            match act {
                Act::Wait(seconds) => {
                    authority.clock().advance(seconds);
                    model.now += seconds;
                }
                Act::Revoke(which) => {
                    let (token, _) = model.pick(which);
                    let (status, _) = ask(&authority, "/oauth/revoke", &[("token", &token)]);
                    prop_assert_eq!(status, 200);
                    model.ended = true;
                }
                Act::Exchange(which) => {
                    let (token, generation) = model.pick(which);
                    let good = model.presented(generation);
                    let successor = exchange(&authority, &token);
                    prop_assert_eq!(successor.is_some(), good, "at {}: generation {}", model.now, generation);
                    if let Some(successor) = successor {
                        if generation == model.latest() {
                            model.replaced = model.now;
                        }
                        model.used = model.now;
                        model.tokens.push((successor, generation + 1));
                    }
                }
            }
        }
    }
}

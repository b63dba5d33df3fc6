//! Many at once: of right codes one serves, of wrong ones no more are judged than there are tries.

use std::collections::BTreeMap;
use std::sync::Barrier;

use serde_json::json;

use crate::world::*;

/// How often each answer came, of `count` at once.
fn at_once(count: usize, ask: impl Fn(usize) -> Answer + Sync) -> BTreeMap<String, usize> {
    let barrier = Barrier::new(count);
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let (ask, barrier) = (&ask, &barrier);
        let asking = |number| {
            scope.spawn(move || {
                barrier.wait();
                ask(number)
            })
        };
        let threads: Vec<_> = (0..count).map(asking).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    let mut counted = BTreeMap::new();
    for (status, body) in answers {
        let told = body["error_description"].as_str().unwrap_or_default();
        *counted.entry(format!("{status} {told}")).or_default() += 1;
    }
    counted
}

const GRANTED: &str = "200 ";

/// One was granted; everybody else was refused, and nobody by a fault.
fn one_alone(counted: &BTreeMap<String, usize>, count: usize) {
    assert_eq!(counted.get(GRANTED), Some(&1), "{counted:?}");
    assert_eq!(counted.values().sum::<usize>(), count);
    assert!(counted.keys().all(|answer| answer == GRANTED || answer.starts_with('4')), "{counted:?}");
}

/// Logins of Ann's that wait, as many as there are threads.
fn waiting(world: &World, count: usize) -> Vec<String> {
    (0..count).map(|_| world.suspended(ANN)).collect()
}

#[test]
fn a_computed_code_serves_one_of_32() {
    let world = World::new();
    let (tokens, code) = (waiting(&world, 32), world.code(ANNS_APP));
    let grant =
        |number: usize| world.token("web", "mfa-otp", &[("mfa_token", &tokens[number]), ("otp", &code)]);
    one_alone(&at_once(32, grant), 32);
}

#[test]
fn a_sent_code_serves_one_of_32() {
    let world = World::new();
    let waiting = world.suspended(ANN);
    let oob = text(&world.challenge(&waiting, "oob").1, "oob_code").expect("sent");
    let code = world.sent("+15550100").expect("sent");
    let grant = |_| {
        world.token("web", "mfa-oob", &[("mfa_token", &waiting), ("oob_code", &oob), ("binding_code", &code)])
    };
    one_alone(&at_once(32, grant), 32);
}

#[test]
fn a_recovery_code_serves_one_of_32_and_the_one_in_its_place_another() {
    let world = World::new();
    let (_, code) = world.enrol(NINA);
    let tokens: Vec<String> = (0..32).map(|_| world.suspended(NINA)).collect();
    let grant = |number: usize| {
        world.token("web", "mfa-recovery-code", &[("mfa_token", &tokens[number]), ("recovery_code", &code)])
    };
    one_alone(&at_once(32, grant), 32);
}

#[test]
fn a_waiting_login_goes_on_once_whichever_codes_come() {
    let world = World::new();
    let (app, recovery) = world.enrol(NINA);
    world.pass(30);
    let (waiting, code) = (world.suspended(NINA), world.code(&app));
    let grant = |number: usize| match number % 2 {
        0 => world.token("web", "mfa-otp", &[("mfa_token", &waiting), ("otp", &code)]),
        _ => {
            world.token("web", "mfa-recovery-code", &[("mfa_token", &waiting), ("recovery_code", &recovery)])
        }
    };
    one_alone(&at_once(32, grant), 32);
}

#[test]
fn of_64_wrong_codes_at_once_ten_are_judged() {
    let world = World::new();
    let tokens = waiting(&world, 64);
    let right = world.code(ANNS_APP);
    let wrong = |number: usize| {
        let guess =
            format!("{:06}", (right.parse::<usize>().expect("digits") + 1000 * (number + 1)) % 1_000_000);
        world.token("web", "mfa-otp", &[("mfa_token", &tokens[number]), ("otp", &guess)])
    };
    let counted = at_once(64, wrong);
    let judged: usize =
        counted.iter().filter(|(answer, _)| !answer.contains("Too many")).map(|(_, count)| count).sum();
    assert_eq!((judged, counted.len()), (10, 2), "{counted:?}");
    // Another way of showing it has no tries of its own, and no right code helps any more.
    let sent = text(&world.challenge(&tokens[0], "oob").1, "oob_code").expect("sent");
    let code = world.sent("+15550100").expect("sent");
    let shown = world.token(
        "web",
        "mfa-oob",
        &[("mfa_token", &tokens[0]), ("oob_code", &sent), ("binding_code", &code)],
    );
    assert!(
        shown.1["error_description"].as_str().is_some_and(|told| told.starts_with("Too many failed")),
        "{}",
        shown.1
    );
    assert_eq!(world.otp(&tokens[1], ANNS_APP).0, 403);
}

#[test]
fn of_64_wrong_recovery_codes_at_once_ten_are_judged() {
    let world = World::new();
    world.enrol(NINA);
    let waiting = world.suspended(NINA);
    let wrong = |number: usize| {
        world.token(
            "web",
            "mfa-recovery-code",
            &[("mfa_token", &waiting), ("recovery_code", &format!("{number:024}"))],
        )
    };
    let counted = at_once(64, wrong);
    let judged: usize =
        counted.iter().filter(|(answer, _)| !answer.contains("Too many")).map(|(_, count)| count).sum();
    assert_eq!(judged, 10, "{counted:?}");
}

#[test]
fn of_64_wrong_codes_in_place_of_a_password_three_are_judged() {
    let world = World::new();
    world.send(
        "POST",
        "/passwordless/start",
        None,
        &json!({ "client_id": "web", "connection": "email", "email": ANN, "send": "code" }),
    );
    let right = world.sent(ANN).expect("sent");
    let wrong = |number: usize| {
        let guess =
            format!("{:06}", (right.parse::<usize>().expect("digits") + 1000 * (number + 1)) % 1_000_000);
        world.token("web", "passwordless/otp", &[("username", ANN), ("otp", &guess), ("realm", "email")])
    };
    let counted = at_once(64, wrong);
    let judged: usize =
        counted.iter().filter(|(answer, _)| answer.contains("Wrong")).map(|(_, count)| count).sum();
    assert_eq!(judged, 3, "{counted:?}");
}

#[test]
fn of_32_enrolments_at_once_no_more_begin_than_fit() {
    let world = World::new();
    let waiting = world.suspended(NINA);
    let counted = at_once(32, |_| world.associate(&waiting, &json!({ "authenticator_types": ["otp"] })));
    assert_eq!(counted.values().sum::<usize>(), 32);
    assert!(world.list(&waiting).len() <= 21, "{}", world.list(&waiting).len());
    assert!(counted.keys().all(|answer| answer == GRANTED || answer.starts_with("400")), "{counted:?}");
}

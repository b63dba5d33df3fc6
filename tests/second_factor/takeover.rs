//! What somebody prepares who knows the password, for the day on which its owner has a second factor.

use serde_json::{Value, json};

use crate::world::*;

const APP: fn() -> Value = || json!({ "authenticator_types": ["otp"] });

/// The bearer deletes nothing of these and adds nothing that counts.
fn manages_nothing(world: &World, bearer: &str, ids: &std::collections::HashSet<String>) {
    for id in ids {
        let id: String = serde_json::from_str(id).expect("text");
        let path = format!("/mfa/authenticators/{}", id.replace('|', "%7C"));
        let deleted = world.send("DELETE", &path, Some(bearer), &Value::Null);
        assert!((400..500).contains(&deleted.0), "{id} was deleted");
    }
    let begun = world.associate(bearer, &APP());
    assert!((400..500).contains(&begun.0), "{}", begun.1);
}

#[test]
fn an_access_token_from_before_the_first_factor_manages_no_factor() {
    let world = World::new();
    let early = world.manage(NINA);
    let (bearer, refresh) =
        (text(&early, "access_token").expect("no factor"), text(&early, "refresh_token").expect("offline"));
    world.pass(5);
    let (app, _) = world.enrol(NINA);
    world.pass(60);
    let ids = world.active(&world.suspended(NINA));
    manages_nothing(&world, &bearer, &ids);
    world.pass(600);
    let refreshed = world.token("web", "refresh_token", &[("refresh_token", &refresh)]).1;
    manages_nothing(&world, &text(&refreshed, "access_token").expect("a good refresh token"), &ids);
    assert_eq!(world.active(&world.suspended(NINA)), ids);
    // Who has shown the factor manages, and so does what a refresh gets of it.
    let waiting = text(&world.manage(NINA), "mfa_token").expect("a factor");
    let shown = world.otp(&waiting, &app).1;
    assert_eq!(world.associate(&text(&shown, "access_token").expect("shown"), &APP()).0, 200);
    let refreshed = world
        .token("web", "refresh_token", &[("refresh_token", &text(&shown, "refresh_token").expect("offline"))])
        .1;
    assert_eq!(world.associate(&text(&refreshed, "access_token").expect("good"), &APP()).0, 200);
}

#[test]
fn an_access_token_begins_a_first_factor_and_what_confirms_it_manages() {
    let world = World::new();
    let bearer = text(&world.manage(NINA), "access_token").expect("no factor");
    let begun = world.associate(&bearer, &APP()).1;
    let shown = world.otp(&bearer, &text(&begun, "secret").expect("a secret")).1;
    let bearer = text(&shown, "access_token").unwrap_or_else(|| panic!("{shown}"));
    assert_eq!(world.associate(&bearer, &APP()).0, 200);
}

#[test]
fn a_recovery_code_that_somebody_else_was_told_counts_for_nothing() {
    let world = World::new();
    let (early, owners) = (world.suspended(NINA), world.suspended(NINA));
    world.associate(&early, &APP());
    let begun = world.associate(&owners, &APP()).1;
    let between = world.associate(&early, &APP()).1;
    assert_eq!(world.otp(&owners, &text(&begun, "secret").expect("a secret")).0, 200);
    if let Some(code) = between["recovery_codes"][0].as_str() {
        let known = world.token(
            "web",
            "mfa-recovery-code",
            &[("mfa_token", &world.suspended(NINA)), ("recovery_code", code)],
        );
        assert_eq!(known.0, 403, "{}", known.1);
    }
    let code = begun["recovery_codes"][0].as_str().expect("the first that its owner was told");
    let own = world.token(
        "web",
        "mfa-recovery-code",
        &[("mfa_token", &world.suspended(NINA)), ("recovery_code", code)],
    );
    assert_eq!(own.0, 200, "{}", own.1);
}

#[test]
fn what_was_begun_before_the_first_factor_is_confirmed_by_nobody() {
    let world = World::new();
    let early = world.suspended(NINA);
    let begun = world.associate(&early, &APP()).1;
    let number =
        json!({ "authenticator_types": ["oob"], "oob_channels": ["sms"], "phone_number": "+15550199" });
    let called = world.associate(&early, &number).1;
    world.enrol(NINA);
    world.pass(30);
    let secret = text(&begun, "secret").expect("a secret");
    for mfa_token in [early.clone(), world.suspended(NINA)] {
        assert_eq!(world.otp(&mfa_token, &secret).1["error"], "invalid_grant");
        let (oob, code) = (text(&called, "oob_code").expect("sent"), world.sent("+15550199").expect("sent"));
        let shown = world.token(
            "web",
            "mfa-oob",
            &[("mfa_token", &mfa_token), ("oob_code", &oob), ("binding_code", &code)],
        );
        assert!(shown.0 >= 400, "{}", shown.1);
        assert!(world.challenge(&mfa_token, "oob").0 >= 400);
    }
}

/// The tenant in which Nina has an app from the beginning.
fn with_an_app(secret: &str) -> Value {
    let mut tenant = tenant();
    tenant["ropg"]["users"]["people"][2]["mfa_factors"] = json!([{ "totp": { "secret": secret } }]);
    tenant
}

#[test]
fn a_factor_that_an_administrator_gives_is_asked_of_logins_that_wait_already() {
    let world = World::new();
    let early = world.suspended(NINA);
    world.configure(with_an_app(ANNS_APP));
    assert_eq!(world.associate(&early, &APP()).0, 403);
    assert_eq!(world.list(&early).len(), 1);
    assert_eq!(world.otp(&early, ANNS_APP).0, 200);
}

#[test]
fn what_was_begun_hides_no_factor_that_an_administrator_gives() {
    let world = World::new();
    let early = world.suspended(NINA);
    let begun = world.associate(&early, &APP()).1;
    world.configure(with_an_app(ANNS_APP));
    let own = text(&begun, "secret").expect("a secret");
    assert!(world.otp(&early, &own).0 >= 400);
    assert_eq!(world.otp(&world.suspended(NINA), ANNS_APP).0, 200);
}

#[test]
fn a_factor_that_an_administrator_took_away_shows_nothing() {
    let world = World::of(with_an_app(ANNS_APP));
    let early = world.suspended(NINA);
    // A code was used, so the ledger knows her.
    assert_eq!(world.otp(&world.suspended(NINA), ANNS_APP).0, 200);
    world.pass(30);
    world.configure(with_an_app(EVES_APP));
    assert!(world.otp(&early, ANNS_APP).0 >= 400);
    assert_eq!(world.otp(&world.suspended(NINA), EVES_APP).0, 200);
}

#[test]
fn who_is_deleted_leaves_nothing_to_who_has_the_name_next() {
    let world = World::new();
    let early = world.suspended(NINA);
    let sent = world
        .associate(
            &early,
            &json!({ "authenticator_types": ["oob"], "oob_channels": ["sms"], "phone_number": "+15550199" }),
        )
        .1;
    let (app, recovery) = world.enrol(NINA);
    let waiting = world.suspended(NINA);
    let mut without = tenant();
    without["ropg"]["users"]["people"].as_array_mut().expect("a list").pop();
    world.configure(without);
    world.configure(with_an_app(ANNS_APP));
    for mfa_token in [&early, &waiting, &world.suspended(NINA)] {
        assert!(world.otp(mfa_token, &app).0 >= 400);
        let (oob, code) = (text(&sent, "oob_code").expect("sent"), world.sent("+15550199").expect("sent"));
        assert!(
            world
                .token(
                    "web",
                    "mfa-oob",
                    &[("mfa_token", mfa_token), ("oob_code", &oob), ("binding_code", &code)]
                )
                .0
                >= 400
        );
        assert!(
            world
                .token("web", "mfa-recovery-code", &[("mfa_token", mfa_token), ("recovery_code", &recovery)])
                .0
                >= 400
        );
    }
    assert_eq!(world.send("GET", "/mfa/authenticators", Some(&waiting), &Value::Null).0, 401);
}

#[test]
fn nobody_learns_from_a_limit_who_has_an_account() {
    let start = |world: &World, email: &str| {
        world
            .send(
                "POST",
                "/passwordless/start",
                None,
                &json!({ "client_id": "web", "connection": "email", "email": email, "send": "code" }),
            )
            .0
    };
    let world = World::new();
    for _ in 0..25 {
        assert_eq!(start(&world, ANN), start(&world, "nobody@acme.test"));
    }
}

#[test]
fn a_code_that_replaces_a_password_is_no_second_factor_and_the_other_way_round() {
    let world = World::new();
    world.send(
        "POST",
        "/passwordless/start",
        None,
        &json!({ "client_id": "web", "connection": "email", "email": ANN, "send": "code" }),
    );
    let first = world.sent(ANN).expect("sent");
    let waiting = world.suspended(ANN);
    let oob = text(&world.challenge(&waiting, "oob").1, "oob_code").expect("sent");
    let second = world.sent("+15550100").expect("sent");
    assert_ne!(first, second);
    assert_eq!(
        world
            .token("web", "mfa-oob", &[("mfa_token", &waiting), ("oob_code", &oob), ("binding_code", &first)])
            .0,
        403
    );
    for realm in ["email", "people"] {
        let login =
            world.token("web", "passwordless/otp", &[("username", ANN), ("otp", &second), ("realm", realm)]);
        assert!(login.1.get("mfa_token").is_none() && login.0 >= 400, "{}", login.1);
    }
}

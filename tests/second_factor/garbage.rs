//! What no client sends: it is refused, and nothing happens by it.

use http::Request;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use ropg_tests::{FORM, ask};
use serde_json::{Value, json};

use crate::world::*;

const PATHS: [&str; 4] = ["/mfa/associate", "/mfa/challenge", "/passwordless/start", "/oauth/token"];

fn name() -> impl Strategy<Value = &'static str> {
    select(vec![
        "client_id",
        "mfa_token",
        "challenge_type",
        "authenticator_id",
        "oob_channel",
        "authenticator_types",
        "oob_channels",
        "phone_number",
        "email",
        "connection",
        "send",
        "grant_type",
        "otp",
        "oob_code",
        "binding_code",
        "recovery_code",
        "x",
    ])
}

/// A text that means something somewhere, or tries to be more than text.
fn word() -> impl Strategy<Value = String> {
    let known = select(vec![
        "otp",
        "oob",
        "sms",
        "voice",
        "auth0",
        "email",
        "web",
        "+15550199",
        "a@b.test",
        "code",
        "link",
        "duo",
        "",
        "http://auth0.com/oauth/grant-type/mfa-otp",
        "http://auth0.com/oauth/grant-type/mfa-oob",
        "http://auth0.com/oauth/grant-type/mfa-recovery-code",
        "http://auth0.com/oauth/grant-type/passwordless/otp",
        "000000",
        "+1555\r\nX-Evil: 1",
        "a@b.test\r\nBcc: all@b.test",
        "a\u{0}@b.test",
        "\u{202e}a@b.test",
        "totp|dev_",
        "+1555010０",
    ]);
    prop_oneof![6 => known.prop_map(str::to_owned), 1 => ".{0,24}", 1 => "[\\x00-\\x1f]{1,4}"]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => word().prop_map(Value::from),
        2 => vec(word(), 0..3).prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<f64>().prop_map(|number| json!(number)),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(json!([[["otp"]]])),
        1 => Just(json!({ "otp": { "$ne": null } })),
        1 => Just(json!([1, null, "otp"])),
    ]
}

/// No fault of the server's, and no line or header that the sender wrote.
fn answered(status: u16, body: &Value) {
    assert!((200..500).contains(&status), "{status} {body}");
    if status >= 400 {
        let legal = |text: &str| text.chars().all(|c| matches!(c, ' '..='!' | '#'..='[' | ']'..='~'));
        assert!(body["error"].as_str().is_some_and(legal), "{status} {body}");
        assert!(body.get("error_description").is_none_or(|text| text.as_str().is_some_and(legal)), "{body}");
    }
}

/// What the ledgers hold of Nina, and how much was sent.
fn state(world: &World, bearer: &str) -> (usize, usize) {
    (world.list(bearer).len(), world.authority.outbox().len())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_refused_request_enrols_nothing_and_sends_nothing(
        path in select(PATHS.to_vec()),
        members in vec((name(), value()), 0..7),
        form in any::<bool>(),
        tail in select(vec!["", ",", "{}", "\u{0}", " "]),
        good in any::<bool>(),
    ) {
        let world = World::new();
        let mfa_token = world.suspended(NINA);
        let before = state(&world, &mfa_token);
        let mut members = members;
        if good {
            members.extend([("client_id", json!("web")), ("mfa_token", json!(mfa_token))]);
        }
        let (kind, body) = if form {
            let pairs = members.iter().map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
            (FORM, url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
        } else {
            let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            ("application/json", format!("{{{}}}{tail}", members.join(",")))
        };
        let request = Request::post(path).header("content-type", kind).header("authorization", format!("Bearer {mfa_token}"));
        let (status, body) = ask(&world.authority, request, body);
        answered(status, &body);
        if status >= 400 {
            prop_assert_eq!(state(&world, &mfa_token), before, "{}", body);
        }
        let journal = world.authority.journal();
        let told: String = journal.iter().flat_map(|entry| entry.decisions.iter().map(|one| &one.told).chain([&entry.line])).cloned().collect();
        prop_assert!(!told.chars().any(char::is_control), "{:?}", told);
        prop_assert!(!told.contains(&mfa_token));
    }

    #[test]
    fn bytes_and_headers_are_answered(
        method in select(vec!["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]),
        path in select(vec!["/mfa/associate", "/mfa/challenge", "/mfa/authenticators", "/mfa/authenticators/", "/mfa/authenticators/%00%ff%0d%0a",
            "/mfa/authenticators/totp%7Cdev_x/../y", "/mfa/", "/mfa//associate", "/passwordless/start", "/oauth/token"]),
        kind in select(vec!["application/json", "application/json; charset=utf-16", FORM, "text/plain", "", "application/json, text/plain"]),
        bearer in vec(32_u8.., 0..40),
        body in vec(any::<u8>(), 0..64),
    ) {
        let world = World::new();
        let value = http::HeaderValue::from_bytes(&[b"Bearer ", &bearer[..]].concat());
        prop_assume!(value.is_ok());
        let request = Request::builder().method(method).uri(path).header("content-type", kind).header("authorization", value.expect("checked"));
        let (status, _) = ask(&world.authority, request, body);
        prop_assert!((400..500).contains(&status) || method == "OPTIONS", "{}", status);
    }
}

#[test]
fn what_is_too_much_is_refused_and_does_nothing() {
    let world = World::new();
    let mfa_token = world.suspended(NINA);
    let begun = |body: String| {
        let request = Request::post("/mfa/associate").header("content-type", "application/json");
        ask(&world.authority, request.header("authorization", format!("Bearer {mfa_token}")), body)
    };
    let deep =
        format!(r#"{{"authenticator_types":["otp"],"x":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(begun(deep).0, 400);
    // The shell cuts a body one byte after the limit.
    let mut long = r#"{"authenticator_types":["otp"]}"#.to_owned();
    long.push_str(&" ".repeat(4 * 1024 * 1024 + 1 - long.len()));
    assert_eq!(begun(long).0, 413);
    assert!(world.list(&mfa_token).is_empty());
}

#[test]
fn nothing_is_sent_for_an_enrolment_that_has_no_room() {
    let world = World::new();
    let mfa_token = world.suspended(NINA);
    while world.associate(&mfa_token, &json!({ "authenticator_types": ["otp"] })).0 == 200 {}
    let number =
        json!({ "authenticator_types": ["oob"], "oob_channels": ["sms"], "phone_number": "+15550199" });
    assert_eq!(world.associate(&mfa_token, &number).0, 400);
    assert!(world.authority.outbox().is_empty(), "{:?}", world.authority.outbox());
}

#[test]
fn two_content_types_or_repeated_members_say_nothing() {
    let world = World::new();
    let mfa_token = world.suspended(NINA);
    let bearer = format!("Bearer {mfa_token}");
    let usual = || {
        Request::post("/mfa/associate")
            .header("authorization", &bearer)
            .header("content-type", "application/json")
    };
    let twice = ask(
        &world.authority,
        usual().header("content-type", "text/plain"),
        r#"{"authenticator_types":["otp"]}"#,
    );
    assert_eq!(twice.0, 400);
    for body in [
        r#"{"authenticator_types":["duo"],"authenticator_types":["otp"]}"#,
        r#"{"authenticator_types":["otp"],"authenticator_types":null}"#,
        r#"{"authenticator_types":["otp"]}{}"#,
        r#"{"authenticator_types":["otp",1]}"#,
        r#"{"authenticator_types":"otp"}"#,
    ] {
        assert_eq!(ask(&world.authority, usual(), body).0, 400, "{body}");
    }
    assert!(world.list(&mfa_token).is_empty());
}

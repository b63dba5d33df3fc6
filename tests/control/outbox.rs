//! Messages and the phone.

use ropg_server::Control;
use serde_json::{Value, json};

use crate::asking::*;

/// A tenant whose user `bob@acme.test` has a telephone for text messages, and must use a second factor.
fn with_factors(control: &Control) -> String {
    let mut tenant = document("bob@acme.test");
    tenant["clients"][0]["grant_types"] = json!(["password", "http://auth0.com/oauth/grant-type/mfa-oob"]);
    tenant["guardianFactors"] =
        json!([{ "name": "sms", "enabled": true }, { "name": "push-notification", "enabled": true }]);
    tenant["guardianPolicies"] = json!({ "policies": ["all-applications"] });
    tenant["ropg"]["users"]["people"][0]["mfa_factors"] = json!([{ "phone": { "value": "+15550100" } }]);
    let eve = json!({ "email": "eve@acme.test", "password": "Right-Horse-9" });
    tenant["ropg"]["users"]["people"].as_array_mut().expect("a list").push(eve);
    let made = ask(control, "POST", "/tenants", &json!({ "name": "mfa", "tenant": tenant }));
    assert_eq!(made.0, 201, "{}", made.1);
    made.1["url"].as_str().expect("text").to_owned()
}

fn post(url: &str, path: &str, bearer: Option<&str>, body: Value) -> Value {
    let mut body = body;
    body["client_id"] = json!("acme-web");
    body["client_secret"] = json!("acme-web-secret");
    let bearer = bearer.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("Content-Type", "application/json")];
    headers.extend(bearer.as_ref().map(|value| ("Authorization", value.as_str())));
    send(url, "POST", path, &headers, &body.to_string()).1
}

fn mfa_token(url: &str, user: &str) -> String {
    let refused = login(url, user, "Right-Horse-9").1;
    refused["mfa_token"].as_str().unwrap_or_else(|| panic!("{refused}")).to_owned()
}

fn send_code(url: &str) -> Value {
    post(
        url,
        "/mfa/challenge",
        None,
        json!({ "mfa_token": mfa_token(url, "bob@acme.test"), "challenge_type": "oob" }),
    )
}

#[test]
fn messages_are_read_by_recipient_and_number() {
    let control = control();
    let url = with_factors(&control);
    let read = |query: &str| {
        let (status, body) = get(&control, &format!("/tenants/mfa/outbox{query}"));
        assert_eq!(status, 200, "{body}");
        body["messages"].as_array().expect("a list").clone()
    };
    assert_eq!(read("?to=%2B15550100&wait=10ms"), Vec::<Value>::new());
    send_code(&url);
    send_code(&url);
    let all = read("");
    let numbers: Vec<&Value> = all.iter().map(|message| &message["number"]).collect();
    assert_eq!(numbers, [&json!(1), &json!(2)]);
    assert_eq!((&all[0]["channel"], &all[0]["kind"]), (&json!("sms"), &json!("mfa")));
    assert_eq!(all[0]["code"].as_str().map(str::len), Some(6));
    assert_eq!(read("?to=%2B15550100&after=1"), all[1..]);
    assert_eq!(read("?to=%2B15550101"), Vec::<Value>::new());
    for (query, message) in [
        ("?wait=5", "`wait` is `5`; it must be such as 5s or 500ms, at most 60s"),
        ("?wait=61s", "`wait` is `61s`; it must be such as 5s or 500ms, at most 60s"),
        (
            "?wait=99999999999999999999s",
            "`wait` is `99999999999999999999s`; it must be such as 5s or 500ms, at most 60s",
        ),
        ("?after=-1", "`after` is `-1`; it must be the number of a message"),
        ("?after=1&after=2", "the parameter `after` is there twice"),
        ("?form=x", "unknown parameter `form`; known: to, after, wait"),
    ] {
        assert_eq!(
            refused(get(&control, &format!("/tenants/mfa/outbox{query}")), 400, "invalid_request"),
            message
        );
    }
}

#[test]
fn who_waits_for_a_message_is_told_when_it_comes_and_not_before() {
    let control = control();
    let url = with_factors(&control);
    std::thread::scope(|scope| {
        let wait = |query: &'static str| {
            let control = &control;
            scope.spawn(move || get(control, &format!("/tenants/mfa/outbox?wait=60s{query}")))
        };
        let (first, second) = (wait(""), wait("&after=1&to=%2B15550100"));
        // Others are answered meanwhile, and what is no message wakes nobody.
        assert_eq!(login(&url, "bob@acme.test", "wrong").0, 403);
        assert_eq!(get(&control, "/tenants/mfa/clock").0, 200);
        send_code(&url);
        let told = first.join().expect("no panic");
        assert_eq!((told.0, &told.1["messages"][0]["number"]), (200, &json!(1)), "{}", told.1);
        assert!(!second.is_finished());
        // The count begins anew, and so the first message after a reset is no second one.
        assert_eq!(ask(&control, "POST", "/tenants/mfa/reset", &Value::Null).0, 204);
        let third = wait("&to=%2B15550100");
        send_code(&url);
        assert_eq!(third.join().expect("no panic").1["messages"][0]["number"], 1);
        send_code(&url);
        assert_eq!(second.join().expect("no panic").1["messages"][0]["number"], 2);
    });
}

#[test]
fn who_waits_at_a_tenant_that_goes_is_told_so() {
    let control = control();
    with_factors(&control);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| get(&control, "/tenants/mfa/outbox?wait=60s"));
        // Until it waits it is refused just the same.
        assert_eq!(ask(&control, "DELETE", "/tenants/mfa", &Value::Null).0, 204);
        refused(waiting.join().expect("no panic"), 404, "unknown_tenant");
        let waiting = scope.spawn(|| {
            let path = "/tenants/acme/outbox?wait=60s";
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| get(&control, path)))
        });
        control.stop();
        // It had an answer, or came to a closed door.
        if let Ok((status, body)) = waiting.join().expect("caught") {
            assert_eq!((status, body), (200, json!({ "messages": [] })));
        }
    });
}

#[test]
fn a_phone_scans_accepts_and_rejects() {
    let control = control();
    let url = with_factors(&control);
    let push = |body: Value| ask(&control, "POST", "/tenants/mfa/push", &body);
    let token = mfa_token(&url, "eve@acme.test");
    let wanted = json!({ "authenticator_types": ["oob"], "oob_channels": ["auth0"] });
    let associated = post(&url, "/mfa/associate", Some(&token), wanted);
    let uri = associated["barcode_uri"].as_str().unwrap_or_else(|| panic!("{associated}"));
    let (status, told) = push(json!({ "scan": uri, "device": "Eve's phone" }));
    assert_eq!(status, 200, "{told}");
    assert!(told["authenticator"].is_string() && told["secret"].is_string(), "{told}");
    refused(push(json!({ "scan": uri })), 409, "conflict");
    let redeem = |token: &str, code: &Value| {
        let grant = "http://auth0.com/oauth/grant-type/mfa-oob";
        post(&url, "/oauth/token", None, json!({ "grant_type": grant, "mfa_token": token, "oob_code": code }))
    };
    assert!(redeem(&token, &associated["oob_code"])["access_token"].is_string());
    for (answer, expected) in [("accept", Value::Null), ("reject", json!("access_denied"))] {
        let token = mfa_token(&url, "eve@acme.test");
        let asked =
            post(&url, "/mfa/challenge", None, json!({ "mfa_token": token, "challenge_type": "oob" }));
        let message = get(&control, "/tenants/mfa/outbox?wait=10s").1["messages"]
            .as_array()
            .expect("a list")
            .last()
            .cloned();
        let message = message.expect("a message");
        assert_eq!((&message["channel"], message.get("code")), (&json!("push"), None));
        assert_eq!(redeem(&token, &asked["oob_code"])["error"], "authorization_pending");
        ask(&control, "POST", "/tenants/mfa/clock", &json!({ "advance": 10 }));
        assert_eq!(push(json!({ answer: message["transaction"] })).0, 200);
        assert_eq!(redeem(&token, &asked["oob_code"])["error"], expected);
    }
    for body in [json!({}), json!({ "accept": "x", "reject": "x" }), json!({ "accept": "x", "device": "y" })]
    {
        let right = "a phone does one of `scan` (with a `device` or without), `accept` and `reject`";
        assert_eq!(refused(push(body), 400, "invalid_request"), right);
    }
    let unknown = refused(push(json!({ "accept": "x" })), 409, "conflict");
    assert!(unknown.starts_with("no question `x` waits for an answer"), "{unknown}");
}

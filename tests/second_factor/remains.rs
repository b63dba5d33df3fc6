//! What a second factor, or a code in place of a password, leaves behind where something is refused or somebody is deleted.
//! No port: the authority is asked directly.

use http::Request;
use jiff::Timestamp;
use ropg_server::{Authority, Clock, Entropy, Tenant};
use ropg_tests::{ask, post};
use serde_json::{Value, json};

const CODES: &str = "http://auth0.com/oauth/grant-type/passwordless/otp";
const ISSUER: &str = "http://localhost:8080/";

fn tenant(users: &Value) -> Tenant {
    let tenant = json!({
        "tenant": { "default_directory": "people" },
        "clients": [{ "name": "web", "app_type": "native", "grant_types": ["password", CODES] }],
        "databases": [{ "name": "people", "enabled_clients": ["web"] }],
        "connections": [{ "name": "email", "strategy": "email", "enabled_clients": ["web"] }],
        "guardianFactors": [{ "name": "otp", "enabled": true }, { "name": "sms", "enabled": true }],
        "ropg": {
            "clients": { "web": { "client_id": "web" } },
            "users": { "people": [{ "email": "ann@acme.test", "password": "Correct-Horse-9" }], "email": users }
        }
    });
    Tenant::from_value(tenant).expect("valid")
}

fn authority(users: &Value) -> Authority {
    let start = Timestamp::from_second(1_800_000_000).expect("valid");
    Authority::new(tenant(users), Clock::manual(start), Entropy::seeded(7))
}

fn associate(authority: &Authority, token: &str, body: &Value) -> (u16, Value) {
    let request = Request::post("/mfa/associate")
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"));
    ask(authority, request, body.to_string())
}

/// An access token of the MFA API for somebody without a factor.
fn mfa_api_token(authority: &Authority) -> String {
    let audience = format!("{ISSUER}mfa/");
    let pairs = [
        ("client_id", "web"),
        ("grant_type", "password"),
        ("username", "ann@acme.test"),
        ("password", "Correct-Horse-9"),
        ("audience", &*audience),
        ("scope", "enroll"),
    ];
    let (status, body) = post(authority, "/oauth/token", pairs);
    assert_eq!(status, 200, "{body}");
    body["access_token"].as_str().expect("a token").to_owned()
}

#[test]
fn an_association_that_is_one_too_many_sends_nothing_and_uses_no_message_up() {
    let authority = authority(&json!([]));
    let token = mfa_api_token(&authority);
    let app = json!({ "authenticator_types": ["otp"] });
    let phone = json!({
        "authenticator_types": ["oob"], "oob_channels": ["sms"], "phone_number": "+15550100"
    });
    for _ in 0..20 {
        assert_eq!(associate(&authority, &token, &app).0, 200);
    }
    // More often than a user gets messages (MFA-LIM-05): what is refused does not count.
    for _ in 0..12 {
        let (status, body) = associate(&authority, &token, &phone);
        assert_eq!((status, &body["error"]), (400, &json!("invalid_request")), "{body}");
    }
    assert!(authority.outbox().is_empty());
}

#[test]
fn a_code_that_was_sent_to_a_deleted_user_does_not_let_in_who_is_created_anew() {
    let bob = json!([{ "email": "bob@acme.test" }]);
    for deleted in [false, true] {
        let authority = authority(&bob);
        let start =
            [("client_id", "web"), ("connection", "email"), ("email", "bob@acme.test"), ("send", "code")];
        assert_eq!(post(&authority, "/passwordless/start", start).0, 200);
        if deleted {
            authority.configure(tenant(&json!([])));
            authority.configure(tenant(&bob));
        }
        let code = authority.outbox()[0].code.clone().expect("a code was sent");
        let login = [
            ("client_id", "web"),
            ("grant_type", CODES),
            ("realm", "email"),
            ("username", "bob@acme.test"),
            ("otp", &*code),
        ];
        let (status, body) = post(&authority, "/oauth/token", login);
        assert_eq!(status, if deleted { 403 } else { 200 }, "{body}");
    }
}

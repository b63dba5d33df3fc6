//! What a second factor, or a code in place of a password, leaves behind where something is refused or somebody is deleted.
//! No port: the authority is asked directly.

use jiff::Timestamp;
use ropg_server::{Authority, Clock, Entropy, Tenant};
use ropg_tests::post;
use serde_json::{Value, json};

const CODES: &str = "http://auth0.com/oauth/grant-type/passwordless/otp";

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

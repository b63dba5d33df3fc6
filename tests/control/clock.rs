//! A tenant's clock.

use ropg_server::{Control, Server, Tenant};
use serde_json::{Value, json};

use crate::asking::*;

#[test]
fn the_clock_is_told_moved_stopped_and_started() {
    let control = control();
    let clock = |body: Value| ask(&control, "POST", "/tenants/acme/clock", &body);
    let (status, told) = clock(json!({ "set": "2027-01-15T08:00:00Z" }));
    assert_eq!((status, &told["runs"]), (200, &json!(true)), "{told}");
    assert!(told["now"].as_str().expect("text").starts_with("2027-01-15T08:00:0"), "{told}");
    assert_eq!(clock(json!({ "freeze": true })).1["runs"], false);
    assert_eq!(clock(json!({ "set": 1_800_000_000 })).1["now"], "2027-01-15T08:00:00Z");
    assert_eq!(clock(json!({ "advance": -60 })).1["now"], "2027-01-15T07:59:00Z");
    let now = json!({ "now": "2027-01-15T07:59:00Z", "runs": false });
    assert_eq!(get(&control, "/tenants/acme/clock"), (200, now.clone()));
    assert_eq!(control.server("acme").expect("there").clock().now().as_second(), 1_799_999_940);
    for (body, message) in [
        (json!({}), "a clock takes one of `advance`, `set`, `freeze` and `run`"),
        (json!({ "advance": 1, "run": true }), "a clock takes one of `advance`, `set`, `freeze` and `run`"),
        (json!({ "advance": "1" }), "`/advance` is text; it must be a whole number of seconds"),
        (json!({ "advance": 1.5 }), "`/advance` is a number; it must be a whole number of seconds"),
        (
            json!({ "set": "tomorrow" }),
            "`/set` is text; it must be a time such as 2027-01-15T08:00:00Z, or the seconds since 1970",
        ),
        (json!({ "freeze": false }), "`/freeze` is a boolean; it must be true"),
        (json!({ "advanze": 1 }), "unknown member `advanze` at `/advanze`; did you mean `advance`?"),
    ] {
        assert_eq!(refused(clock(body), 400, "invalid_request"), message);
    }
    refused(clock(json!({ "advance": i64::MAX })), 409, "conflict");
    assert_eq!(get(&control, "/tenants/acme/clock"), (200, now));
    assert_eq!(clock(json!({ "run": true })).1["runs"], true);
}

#[test]
fn a_fixed_clock_stays() {
    let start = jiff::Timestamp::from_second(1_800_000_000).expect("valid");
    let server =
        Server::builder(Tenant::acme()).clock(ropg_server::Clock::fixed(start)).start().expect("starts");
    let control = Control::start([server]).expect("starts");
    for body in [json!({ "advance": 1 }), json!({ "set": 0 }), json!({ "run": true })] {
        refused(ask(&control, "POST", "/tenants/acme/clock", &body), 409, "conflict");
    }
}

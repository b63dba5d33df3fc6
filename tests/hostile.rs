//! Requests that nobody should send, and days that nobody wants: what is malformed, enormous or too much gets its answer,
//! and no secret of it is told. No port: the authority is asked directly.

use std::net::{IpAddr, Ipv4Addr};

use bytes::Bytes;
use http::{HeaderMap, Request};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::select;
use ropg_server::{Authority, Clock, Entropy, Tenant};
use ropg_tests::{FORM, origin};
use serde_json::{Value, json};

const JSON: &str = "application/json";

/// Words that must never be told again.
const PASSWORD: &str = "Right-Horse-9-Battery";
const SECRET: &str = "Client-Secret-Of-The-Test";
const TOKEN: &str = "v1.a-refresh-token-of-somebody";

fn authority(change: impl Fn(&mut Value)) -> Authority {
    let mut tenant = json!({
        "tenant": { "default_directory": "people" },
        "clients": [{
            "name": "web",
            "grant_types": ["password", "refresh_token"],
            "token_endpoint_auth_method": "client_secret_post",
        }],
        "databases": [{ "name": "people", "enabled_clients": ["web"] }],
        "ropg": {
            "behaviour": {},
            "clients": { "web": { "client_id": "web", "client_secret": SECRET } },
            "users": { "people": [{ "email": "ann@acme.test", "password": PASSWORD }] },
        },
    });
    change(&mut tenant);
    let tenant = Tenant::from_value(tenant).unwrap_or_else(|problems| panic!("{problems}"));
    let start = Timestamp::from_second(1_800_000_000).expect("valid");
    Authority::new(tenant, Clock::fixed(start), Entropy::seeded(7))
}

struct Said {
    status: u16,
    headers: HeaderMap,
    body: Value,
    told: String,
}

fn ask_from(authority: &Authority, peer: IpAddr, content_type: &str, body: impl Into<Bytes>) -> Said {
    let request = Request::post("/oauth/token").header("host", "localhost:8080");
    let request = request.header("content-type", content_type).body(body.into()).expect("valid");
    let reply = authority.handle(&origin(peer), request);
    let (parts, body) = reply.response.into_parts();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    Said { status: parts.status.as_u16(), headers: parts.headers, body, told: reply.story.line }
}

fn ask(authority: &Authority, content_type: &str, body: impl Into<Bytes>) -> Said {
    ask_from(authority, Ipv4Addr::LOCALHOST.into(), content_type, body)
}

fn login(password: &str) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs([("grant_type", "password"), ("client_id", "web"), ("client_secret", SECRET)]);
    form.extend_pairs([("username", "ann@acme.test"), ("password", password)]);
    form.finish()
}

fn limits(said: &Said) -> [i64; 3] {
    ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"].map(|name| {
        let value = said.headers.get(name).and_then(|value| value.to_str().ok());
        value.and_then(|value| value.parse().ok()).expect("a number")
    })
}

#[test]
fn a_right_password_of_a_mebibyte_logs_in_percent_encoded_too() {
    let long = "ü".repeat(512 * 1024);
    let authority = authority(|tenant| tenant["ropg"]["users"]["people"][0]["password"] = json!(long));
    assert_eq!(ask(&authority, FORM, login(&long)).status, 200);
    let plain = format!(
        "grant_type=password&client_id=web&client_secret={SECRET}&username=ann@acme.test&password={long}"
    );
    assert_eq!(ask(&authority, FORM, plain).status, 200);
    assert_eq!(ask(&authority, FORM, login(&long[2..])).status, 403);
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let authority = authority(|_| {});
    let with = |tail: &[u8]| [login("x").as_bytes(), tail].concat();
    for tail in [&b"&a=\xff"[..], b"&\xc3=1", b"&a=\xed\xa0\x80"] {
        assert_eq!(ask(&authority, FORM, with(tail)).body["error"], "invalid_request", "{tail:?}");
    }
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    for body in
        [&b"{\"a\":\"\xff\"}"[..], b"\xef\xbb\xbf{}", b"\xff\xfe{\0}\0", b"", b"null", b"[]", deep.as_bytes()]
    {
        let said = ask(&authority, JSON, body.to_vec());
        assert_eq!((said.status, &said.body["error"]), (400, &json!("invalid_request")), "{:?}", said.told);
    }
}

#[test]
fn too_many_parameters_are_refused() {
    let authority = authority(|_| {});
    let many: String = (0..1000).map(|number| format!("&p{number}=1")).collect();
    let said = ask(&authority, FORM, login(PASSWORD) + &many);
    assert_eq!((said.status, &said.body["error"]), (400, &json!("invalid_request")));
}

#[test]
fn the_bucket_of_an_address_follows_the_export_of_the_tenant() {
    let authority = authority(|tenant| {
        let stage = json!({ "pre-login": { "max_attempts": 3, "rate": 60_000 } });
        tenant["attackProtection"] = json!({ "suspiciousIpThrottling": { "stage": stage } });
    });
    let now = 1_800_000_000;
    assert_eq!(limits(&ask(&authority, FORM, login("x"))), [3, 2, now + 60]);
    assert_eq!(limits(&ask(&authority, FORM, login("x"))), [3, 1, now + 120]);
    assert_eq!(limits(&ask(&authority, FORM, login("x"))), [3, 0, now + 180]);
    // It counts and refuses nobody: a success at the bottom gives nothing back that it has not taken.
    let success = ask(&authority, FORM, login(PASSWORD));
    assert_eq!((success.status, limits(&success)), (200, [3, 0, now + 180]));
    assert_eq!(limits(&ask(&authority, FORM, login(""))), [3, 0, now + 180]);
    // Another address has its own.
    let other = ask_from(&authority, Ipv4Addr::new(127, 0, 0, 2).into(), FORM, login("x"));
    assert_eq!(limits(&other), [3, 2, now + 60]);
}

#[test]
fn a_full_ledger_of_addresses_refuses_new_ones_and_judges_known_ones() {
    let authority = authority(|_| {});
    for number in 0..10_000_u32 {
        let peer = Ipv4Addr::from_bits(0x0a00_0000 + number).into();
        assert_eq!(ask_from(&authority, peer, FORM, login("x")).status, 403);
    }
    let refused = ask(&authority, FORM, login(PASSWORD));
    assert_eq!((refused.status, &refused.body["error"]), (503, &json!("temporarily_unavailable")));
    let known = ask_from(&authority, Ipv4Addr::new(10, 0, 0, 1).into(), FORM, login(PASSWORD));
    assert_eq!(known.status, 200);
}

#[test]
fn concurrent_logins_of_an_address_each_take_one_token() {
    let authority = authority(|_| {});
    let mut left: Vec<i64> = std::thread::scope(|scope| {
        let wrong = || limits(&ask(&authority, FORM, login("x")))[1];
        let threads: Vec<_> = (0..64).map(|_| scope.spawn(wrong)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    left.sort_unstable();
    assert_eq!(left, (36..100).collect::<Vec<_>>());
}

#[test]
fn recorded_headers_are_sent_where_the_tenant_chooses_so() {
    let usual = ask(&authority(|_| {}), FORM, login(PASSWORD));
    let chosen =
        authority(|tenant| tenant["ropg"]["behaviour"] = json!({ "cookies": "did", "hsts": "sent" }));
    let chosen = ask(&chosen, FORM, login(PASSWORD));
    for name in ["set-cookie", "strict-transport-security"] {
        assert!(!usual.headers.contains_key(name) && chosen.headers.contains_key(name), "{name}");
    }
    let cookies: Vec<_> =
        chosen.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()).collect();
    assert!(
        matches!(cookies[..], [did, compat] if did.starts_with("did=") && compat.starts_with("did_compat="))
    );
}

/// A request whose secret parameters hold real secrets, broken in some way.
fn broken() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let names = select(vec!["password", "client_secret", "refresh_token", "client_assertion", "otp"]);
    let secrets = select(vec![PASSWORD, SECRET, TOKEN]);
    let grants = select(vec!["password", "refresh_token", "x", ""]);
    let tails = select(vec![
        "",
        "&password=x",
        "&a=%zz",
        "&scope=%22",
        "&a=%ff",
        "&audience=x",
        "&realm=x",
        "&username=",
    ]);
    let types = select(vec![FORM, JSON, "text/plain", ""]);
    (proptest::collection::vec((names, secrets), 1..4), grants, tails, types, any::<bool>()).prop_map(
        |(pairs, grant, tail, content_type, json)| {
            if json {
                let mut members =
                    json!({ "grant_type": grant, "client_id": "web", "username": "ann@acme.test" });
                for (name, secret) in pairs {
                    members[name] = if tail.is_empty() { json!(secret) } else { json!([secret]) };
                }
                return (content_type, members.to_string().into_bytes());
            }
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.extend_pairs([("grant_type", grant), ("client_id", "web"), ("username", "ann@acme.test")]);
            form.extend_pairs(pairs);
            (content_type, (form.finish() + tail).into_bytes())
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_secret_of_a_broken_request_is_told((content_type, body) in broken()) {
        let authority = authority(|_| {});
        let said = ask(&authority, content_type, body);
        let log = Value::from(authority.log()).to_string();
        let journal = format!("{:?}", authority.journal());
        let headers = format!("{:?}", said.headers);
        for text in [&said.told, &log, &journal, &headers, &said.body.to_string()] {
            prop_assert!([PASSWORD, SECRET, TOKEN].iter().all(|secret| !text.contains(secret)), "{}", text);
        }
        prop_assert!(said.status < 500, "{}", said.told);
        prop_assert!(said.headers.contains_key("x-ratelimit-remaining"));
    }

    #[test]
    fn no_name_forges_a_line(username in "\\PC{0,8}[\\x00-\\x1f\\u{80}-\\u{9f}\\u{2028}]{1,4}.{0,8}") {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs([("grant_type", "password"), ("client_id", "web"), ("client_secret", SECRET)]);
        form.extend_pairs([("username", username.as_str()), ("password", "x")]);
        let said = ask(&authority(|_| {}), FORM, form.finish());
        prop_assert_eq!(said.status, 403);
        prop_assert!(!said.told.chars().any(char::is_control), "{:?}", said.told);
    }
}

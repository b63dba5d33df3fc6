//! The control listener over HTTP: tenants of their own, their clocks and records; who is refused, and with what words.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use ropg_server::{Control, Server, Tenant};
use serde_json::{Value, json};

/// An answer: status and body.
type Answer = (u16, Value);

/// Sends one request over a connection of its own; `headers` replace the usual ones.
fn send(base: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let authority = base.strip_prefix("http://").expect("plain HTTP");
    let mut stream = TcpStream::connect(authority).expect("connects");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("set");
    let mut head =
        format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    if !headers.iter().any(|(name, _)| *name == "Host") {
        head += &format!("Host: {authority}\r\n");
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    stream.write_all(format!("{head}\r\n{body}").as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, if body.is_empty() { Value::Null } else { serde_json::from_str(body).expect(body) })
}

fn ask(control: &Control, method: &str, path: &str, body: &Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(&control.url(), method, path, &[], &body)
}

fn get(control: &Control, path: &str) -> Answer {
    ask(control, "GET", path, &Value::Null)
}

/// What a refusal says, which must be one.
fn refused(answer: Answer, status: u16, error: &str) -> String {
    assert_eq!((answer.0, &answer.1["error"]), (status, &json!(error)), "{}", answer.1);
    answer.1["message"].as_str().expect("a message").to_owned()
}

fn control() -> Control {
    Control::start([Server::start(Tenant::acme()).expect("starts")]).expect("starts")
}

fn login(url: &str, user: &str, password: &str) -> Answer {
    let form = format!(
        "grant_type=password&client_id=acme-web&client_secret=acme-web-secret&username={user}&password={password}"
    );
    send(url, "POST", "/oauth/token", &[("Content-Type", "application/x-www-form-urlencoded")], &form)
}

const ANN: (&str, &str) = ("ann@acme.test", "Correct-Horse-9");

/// A tenant with one client as acme has it and one user.
fn document(user: &str) -> Value {
    json!({
        "tenant": { "default_directory": "people" },
        "clients": [{
            "name": "web",
            "grant_types": ["password"],
            "token_endpoint_auth_method": "client_secret_post",
        }],
        "databases": [{ "name": "people", "enabled_clients": ["web"] }],
        "ropg": {
            "clients": { "web": { "client_id": "acme-web", "client_secret": "acme-web-secret" } },
            "users": { "people": [{ "email": user, "password": "Right-Horse-9" }] },
        },
    })
}

#[test]
fn tenants_are_made_shown_listed_and_deleted() {
    let control = control();
    let made =
        ask(&control, "POST", "/tenants", &json!({ "name": "mine", "tenant": document("bob@acme.test") }));
    assert_eq!(made.0, 201, "{}", made.1);
    assert_eq!(get(&control, "/tenants/mine"), (200, made.1.clone()));
    let names: Vec<Value> = get(&control, "/tenants").1["tenants"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["name"].clone())
        .collect();
    assert_eq!(names, [json!("acme"), json!("mine")]);
    let url = made.1["url"].as_str().expect("an address");
    assert_eq!(made.1["issuer"], json!(format!("{url}/")));
    assert_eq!(login(url, "bob@acme.test", "Right-Horse-9").0, 200);
    assert_eq!(login(url, ANN.0, ANN.1).0, 403);
    assert_eq!(control.server("mine").expect("there").url(), url);
    assert_eq!(ask(&control, "DELETE", "/tenants/mine", &Value::Null), (204, Value::Null));
    assert!(TcpStream::connect(url.strip_prefix("http://").expect("plain")).is_err(), "the port is free");
    let gone = refused(get(&control, "/tenants/mine"), 404, "unknown_tenant");
    assert_eq!(gone, "no tenant is called `mine`");
    refused(ask(&control, "DELETE", "/tenants/mine", &Value::Null), 404, "unknown_tenant");
}

#[test]
fn each_tenant_has_its_own_state_and_reset_forgets_it_alone() {
    let control = control();
    let copy = ask(&control, "POST", "/tenants", &json!({ "name": "copy", "like": "acme" })).1;
    let (acme, copy) =
        (control.server("acme").expect("there").url(), copy["url"].as_str().expect("text").to_owned());
    for (url, times) in [(&acme, 1), (&copy, 2)] {
        for _ in 0..times {
            assert_eq!(login(url, ANN.0, ANN.1).0, 200);
        }
    }
    let count = |what: &str| get(&control, what).1["entries"].as_array().expect("a list").len();
    assert_eq!((count("/tenants/acme/log"), count("/tenants/copy/log")), (1, 2));
    assert_eq!((count("/tenants/acme/journal"), count("/tenants/copy/journal")), (1, 2));
    let entry = get(&control, "/tenants/copy/journal").1["entries"][1].clone();
    assert_eq!((&entry["number"], &entry["decisions"][0]["step"]), (&json!(1), &json!("client")), "{entry}");
    assert_eq!(ask(&control, "POST", "/tenants/copy/reset", &Value::Null).0, 204);
    assert_eq!((count("/tenants/acme/log"), count("/tenants/copy/log")), (1, 0));
}

#[test]
fn without_a_document_a_tenant_is_a_copy_of_the_built_in_one() {
    let control = Control::start([]).expect("starts");
    let made = ask(&control, "POST", "/tenants", &json!({ "name": "t1" }));
    assert_eq!((made.0, &made.1["name"]), (201, &json!("t1")));
    assert_eq!(login(made.1["url"].as_str().expect("text"), ANN.0, ANN.1).0, 200);
}

#[test]
fn a_tenant_is_configured_anew_while_it_runs() {
    let control = control();
    let url = control.server("acme").expect("there").url();
    let put = |body: Value| ask(&control, "PUT", "/tenants/acme", &body);
    let told = put(json!({ "tenant": document("bob@acme.test"), "deviations": ["password.any-accepted"] }));
    assert_eq!((told.0, &told.1["deviations"]), (200, &json!(["password.any-accepted"])), "{}", told.1);
    assert_eq!(login(&url, "bob@acme.test", "anything").0, 200);
    assert_eq!(login(&url, ANN.0, ANN.1).0, 403);
    assert_eq!(put(json!({ "tenant": document("bob@acme.test") })).0, 200);
    assert_eq!(login(&url, "bob@acme.test", "anything").0, 403);
    let why = refused(put(json!({ "deviations": [] })), 400, "invalid_request");
    assert_eq!(why, "neither `tenant` nor `like` says what it shall be");
    refused(ask(&control, "PUT", "/tenants/acm", &json!({ "like": "acme" })), 404, "unknown_tenant");
}

#[test]
fn a_deviation_may_be_data() {
    let control = control();
    let how = json!({ "exchange": { "on": { "endpoint": "token" }, "status": 418 } });
    let body = json!({ "name": "odd", "deviations": [{ "id": "teapot", "how": how }] });
    let made = ask(&control, "POST", "/tenants", &body).1;
    assert_eq!(made["deviations"], json!(["teapot"]));
    assert_eq!(login(made["url"].as_str().expect("text"), ANN.0, ANN.1).0, 418);
    // Control is nobody's exchange.
    assert_eq!(get(&control, "/tenants/odd").0, 200);
}

#[test]
fn every_problem_of_a_tenant_is_told_with_its_place() {
    let control = control();
    let mut tenant = document("bob@acme.test");
    tenant["clients"][0]["grant_types"] = json!("password");
    tenant["databases"][0]["enabled_clients"] = json!(["wep"]);
    tenant["ropg"]["behaviour"] = json!({ "wrong_passwort": "auth0" });
    let (status, body) = ask(&control, "POST", "/tenants", &json!({ "name": "bad", "tenant": tenant }));
    assert_eq!((status, &body["error"]), (422, &json!("invalid_tenant")), "{body}");
    let places: Vec<&str> =
        body["problems"].as_array().expect("a list").iter().filter_map(|one| one["at"].as_str()).collect();
    for place in [
        "/tenant/clients/0/grant_types",
        "/tenant/databases/0/enabled_clients/0",
        "/tenant/ropg/behaviour/wrong_passwort",
    ] {
        assert!(places.contains(&place), "{place} in {body}");
    }
    refused(get(&control, "/tenants/bad"), 404, "unknown_tenant");
    let body = json!({ "name": "bad", "deviations": ["password.any-acceptet", { "id": "x", "how": { "status": 1 } }] });
    let (status, body) = ask(&control, "POST", "/tenants", &body);
    assert_eq!((status, &body["problems"][0]["at"]), (422, &json!("/deviations/0")), "{body}");
    assert!(
        body["problems"][0]["message"]
            .as_str()
            .expect("text")
            .contains("did you mean `password.any-accepted`?")
    );
    assert_eq!(body["problems"][1]["at"], "/deviations/1/how", "{body}");
}

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

#[test]
fn only_its_own_address_and_its_own_pages_may_ask() {
    let control = control();
    let port = control.url().rsplit_once(':').expect("a port").1.to_owned();
    let status = |headers: &[(&str, &str)]| send(&control.url(), "GET", "/tenants", headers, "");
    for host in ["localhost", "LocalHost", "127.0.0.1", "[::1]"] {
        let host = format!("{host}:{port}");
        let origin = format!("http://{host}");
        assert_eq!(status(&[("Host", &host), ("Origin", &origin)]).0, 200, "{host}");
    }
    for host in ["evil.test", "127.0.0.1", "127.0.0.1:1", "localhost.evil.test", ""] {
        refused(status(&[("Host", host)]), 400, "foreign_host");
    }
    refused(status(&[("Host", &format!("evil.test:{port}"))]), 400, "foreign_host");
    let own = format!("127.0.0.1:{port}");
    refused(status(&[("Host", &own), ("Host", &own)]), 400, "foreign_host");
    let acme = control.server("acme").expect("there").url();
    for origin in ["http://evil.test", "null", "", &acme, &format!("https://127.0.0.1:{port}"), &own] {
        refused(status(&[("Origin", origin)]), 403, "foreign_origin");
    }
    // An absolute target says where the request was meant to go.
    let absolute = send(&control.url(), "GET", &format!("http://evil.test:{port}/tenants"), &[], "");
    refused(absolute, 400, "foreign_host");
    // A refused request has done nothing.
    let body = json!({ "name": "t1" }).to_string();
    refused(
        send(&control.url(), "POST", "/tenants", &[("Origin", "http://evil.test")], &body),
        403,
        "foreign_origin",
    );
    refused(get(&control, "/tenants/t1"), 404, "unknown_tenant");
}

#[test]
fn what_is_not_described_is_refused_with_what_would_be_right() {
    let control = control();
    let ask = |method: &str, path: &str, body: &str| send(&control.url(), method, path, &[], body);
    for (method, path, body, status, error, message) in [
        ("GET", "/", "", 404, "not_found", "nothing is at /; /openapi.json lists what there is"),
        (
            "GET",
            "/tenants/",
            "",
            404,
            "not_found",
            "nothing is at /tenants/; /openapi.json lists what there is",
        ),
        (
            "PATCH",
            "/tenants",
            "",
            405,
            "method_not_allowed",
            "PATCH means nothing at /tenants; GET, POST does",
        ),
        ("GET", "/tenants?all=1", "", 400, "invalid_request", "unknown parameter `all`; none is known here"),
        (
            "GET",
            "/tenants/acne",
            "",
            404,
            "unknown_tenant",
            "no tenant is called `acne`; did you mean `acme`?",
        ),
        (
            "POST",
            "/tenants",
            "",
            400,
            "invalid_request",
            "the body is not right: EOF while parsing a value at line 1 column 0",
        ),
        ("POST", "/tenants", "[]", 400, "invalid_request", "the body is a list; it must be an object"),
        ("POST", "/tenants", "{}", 400, "invalid_request", "`name` is missing: what the tenant is called"),
        ("POST", "/tenants", r#"{"name":1}"#, 400, "invalid_request", "`/name` is a number; it must be text"),
        (
            "POST",
            "/tenants",
            r#"{"name":"a/b"}"#,
            400,
            "invalid_request",
            "`a/b` cannot be a name: it must be letters, digits, `.`, `-` and `_`, at most 64 of them",
        ),
        (
            "POST",
            "/tenants",
            r#"{"name":"a","nam":1}"#,
            400,
            "invalid_request",
            "unknown member `nam` at `/nam`; did you mean `name`?",
        ),
        (
            "POST",
            "/tenants",
            r#"{"name":"acme"}"#,
            409,
            "conflict",
            "a tenant is called `acme` already; PUT /tenants/acme configures it anew, DELETE ends it",
        ),
        ("POST", "/tenants", r#"{"name":"a","like":"b"}"#, 404, "unknown_tenant", "no tenant is called `b`"),
        (
            "POST",
            "/tenants",
            r#"{"name":"a","like":"acme","tenant":{}}"#,
            400,
            "invalid_request",
            "`tenant` and `like` exclude each other",
        ),
        (
            "POST",
            "/tenants",
            r#"{"name":"a","tenant":[]}"#,
            400,
            "invalid_request",
            "`/tenant` is a list; it must be an object in the form of tenant.yaml",
        ),
        (
            "POST",
            "/tenants",
            r#"{"name":"a","deviations":{}}"#,
            400,
            "invalid_request",
            "`/deviations` is a map; it must be a list",
        ),
        (
            "POST",
            "/tenants",
            r#"{"name":"a","deviations":[1]}"#,
            400,
            "invalid_request",
            "`/deviations/0` is a number; it must be the id of a deviation, or an object of `id` and `how`",
        ),
        (
            "POST",
            "/tenants/acme/reset",
            r#"{"all":true}"#,
            400,
            "invalid_request",
            "unknown member `all` at `/all`; none is known here",
        ),
        (
            "GET",
            "/tenants/acme/log?type=fp",
            "",
            400,
            "invalid_request",
            "unknown parameter `type`; none is known here",
        ),
    ] {
        assert_eq!(refused(ask(method, path, body), status, error), message);
    }
    let twice =
        refused(ask("POST", "/tenants", r#"{"name":"a","tenant":{"x":1,"x":2}}"#), 400, "invalid_request");
    assert!(twice.starts_with("the body is not right: `/tenant/x` is there twice"), "{twice}");
    let large = format!(r#"{{"name":"{}"}}"#, "a".repeat(17 * 1024 * 1024));
    assert_eq!(
        refused(ask("POST", "/tenants", &large), 413, "too_large"),
        "the body has more than 16777216 bytes"
    );
    assert_eq!(get(&control, "/tenants").1["tenants"].as_array().expect("a list").len(), 1);
}

#[test]
fn the_description_is_served() {
    let (status, told) = get(&control(), "/openapi.json");
    assert_eq!((status, &told["openapi"]), (200, &json!("3.1.0")));
    assert!(told["paths"]["/tenants/{name}/clock"]["post"].is_object());
}

#[test]
fn two_tenants_of_one_name_are_refused() {
    let servers =
        [Server::start(Tenant::acme()).expect("starts"), Server::start(Tenant::acme()).expect("starts")];
    let fault = Control::start(servers).expect_err("one name");
    assert_eq!(fault.to_string(), "two tenants are called `acme`");
}

#[test]
fn control_and_tenants_end_together() {
    let control = control();
    let addresses = [control.url(), control.server("acme").expect("there").url()];
    control.stop();
    for address in addresses {
        assert!(TcpStream::connect(address.strip_prefix("http://").expect("plain")).is_err(), "{address}");
    }
}

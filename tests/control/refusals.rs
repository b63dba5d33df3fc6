//! Who is refused, and with what words.

use serde_json::json;

use crate::asking::*;

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

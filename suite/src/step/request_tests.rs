//! What a request becomes, with and without a fault.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::target::World;

fn bindings() -> Bindings {
    let objects = [
        ("target", json!({ "base": "http://x.test" })),
        ("web", json!({ "id": "w", "secret": "a b", "auth": "post" })),
        ("basic", json!({ "id": "b", "secret": "a b", "auth": "basic" })),
        ("native", json!({ "id": "n", "auth": "none" })),
        ("alice", json!({ "username": "al", "password": "p+w" })),
        (
            "orders",
            json!({
                "audience": "urn:o",
                "routes": {
                    "read": { "method": "GET", "address": "/orders" },
                    "write": { "method": "PUT", "address": "https://api.test/orders" },
                },
            }),
        ),
        ("plain", json!({})),
    ];
    Bindings::of(&World {
        endpoints: BTreeMap::from([
            ("token".to_owned(), "http://x.test/t".to_owned()),
            ("mfa.challenge".to_owned(), "http://x.test/c".to_owned()),
            ("mfa.authenticators".to_owned(), "http://x.test/a/".to_owned()),
        ]),
        objects: objects.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        secrets: Vec::new(),
        control: None,
    })
}

fn template(text: &str) -> Template {
    Template::parse(text).unwrap()
}

fn login(client: &str) -> Request {
    Request {
        to: "token".to_owned(),
        client: Some(client.to_owned()),
        user: Some("alice".to_owned()),
        api: Some("orders".to_owned()),
        form: vec![(template("grant_type"), Some(template("password")))],
        ..Request::default()
    }
}

fn built(request: &Request, but: &But) -> Sending {
    build(&bindings(), request, Some(but)).unwrap().sending
}

fn body(request: &Request, but: &But) -> String {
    built(request, but).body.unwrap_or_default()
}

#[test]
fn a_login_has_its_members_in_order() {
    let none = But::default();
    let sending = built(&login("web"), &none);
    assert_eq!((sending.method.as_str(), sending.url.as_str()), ("POST", "http://x.test/t"));
    assert_eq!(
        sending.body.as_deref(),
        Some("client_id=w&client_secret=a+b&username=al&password=p%2Bw&audience=urn%3Ao&grant_type=password")
    );
    assert!(body(&login("native"), &none).starts_with("client_id=n&username"));
    let basic = built(&login("basic"), &none);
    assert!(basic.headers.contains(&("authorization".to_owned(), "Basic YjphK2I=".to_owned())));
    assert!(basic.body.is_some_and(|body| body.starts_with("username=")));
}

#[test]
fn a_fault_changes_one_thing() {
    let form = |name: &str, value: Option<&str>| But {
        form: vec![(template(name), value.map(template))],
        ..But::default()
    };
    let login = login("web");
    assert!(body(&login, &form("password", Some("x"))).contains("username=al&password=x&audience"));
    assert!(!body(&login, &form("password", None)).contains("password=p"));
    assert!(
        body(&login, &But { api: Some("plain".to_owned()), ..But::default() })
            .ends_with("p%2Bw&grant_type=password")
    );
    let unauthenticated = But { unauthenticated: true, ..But::default() };
    assert!(body(&login, &unauthenticated).starts_with("client_id=w&username"));
    let basic = But { basic: Some((template("w"), template("x"))), ..But::default() };
    let sending = built(&login, &basic);
    assert!(sending.headers.contains(&("authorization".to_owned(), "Basic dzp4".to_owned())));
    assert!(!sending.body.is_some_and(|body| body.contains("client_")));
}

#[test]
fn an_unauthenticated_basic_client_still_says_who_it_is() {
    let unauthenticated = But { unauthenticated: true, ..But::default() };
    let sending = built(&login("basic"), &unauthenticated);
    assert!(sending.headers.iter().all(|(name, _)| name != "authorization"));
    assert!(sending.body.is_some_and(|body| body.starts_with("client_id=b&")));
}

#[test]
fn json_keeps_types_and_null() {
    let mut request = login("web");
    request.form.clear();
    request.json = Some(vec![("grant_type".to_owned(), json!("password"))]);
    let but = But { json: vec![("audience".to_owned(), Value::Null)], ..But::default() };
    let sending = built(&request, &but);
    assert!(sending.body.is_some_and(|body| body.contains(r#""audience":null,"grant_type":"password""#)));
    assert!(sending.headers.contains(&("content-type".to_owned(), "application/json".to_owned())));
}

#[test]
fn a_literal_path_and_a_query() {
    let request =
        Request { to: "/a".to_owned(), query: vec![(template("x"), template("1 2"))], ..Request::default() };
    let sending = built(&request, &But::default());
    assert_eq!((sending.method.as_str(), sending.url.as_str()), ("GET", "http://x.test/a?x=1+2"));
    assert_eq!(sending.body, None);
}

#[test]
fn a_route_knows_its_address_and_method() {
    let call = |to: &str| {
        let request = Request { to: to.to_owned(), bearer: Some(template("t")), ..Request::default() };
        build(&bindings(), &request, None).map(|built| built.sending)
    };
    let read = call("orders.read").unwrap();
    assert_eq!((read.method.as_str(), read.url.as_str()), ("GET", "http://x.test/orders"));
    let write = call("orders.write").unwrap();
    assert_eq!((write.method.as_str(), write.url.as_str()), ("PUT", "https://api.test/orders"));
    assert_eq!(write.headers, [("authorization".to_owned(), "Bearer t".to_owned())]);
    assert!(call("orders.else").unwrap_err().contains("no route `orders.else`"));
}

#[test]
fn what_stands_below_an_endpoint_comes_after_a_slash() {
    let request = Request {
        to: "mfa.authenticators".to_owned(),
        path: Some(template("{{ alice.username }}")),
        query: vec![(template("x"), template("1"))],
        ..Request::default()
    };
    let sending = built(&request, &But::default());
    assert_eq!((sending.method.as_str(), sending.url.as_str()), ("GET", "http://x.test/a/al?x=1"));
    let other = built(&request, &But { path: Some(template("a|b")), ..But::default() });
    assert_eq!(other.url, "http://x.test/a/a|b?x=1");
}

#[test]
fn a_challenge_is_asked_for_in_json_by_a_client() {
    let request = Request {
        to: "mfa.challenge".to_owned(),
        client: Some("web".to_owned()),
        json: Some(vec![("mfa_token".to_owned(), json!("t"))]),
        ..Request::default()
    };
    let sending = built(&request, &But::default());
    assert_eq!((sending.method.as_str(), sending.url.as_str()), ("POST", "http://x.test/c"));
    assert_eq!(sending.body.as_deref(), Some(r#"{"client_id":"w","client_secret":"a b","mfa_token":"t"}"#));
}

//! Each kind of check has an answer that it takes and one that it does not.

use serde_json::json;

use super::*;
use crate::corpus::expectation::ScopeSet;
use crate::corpus::template::Template;

fn held(what: &What, seen: &Seen) -> bool {
    let mut bindings = Bindings::default();
    if let Seen::Answer(known) = answer(r#"{"error":"x"}"#) {
        bindings.keep_answer("known", known);
    }
    check(what, seen, &Context { bindings: &bindings, now: 0, strict: true }).held
}

fn answer(body: &str) -> Seen {
    Seen::Answer(Answer::new("token", 403, vec![("A".to_owned(), "5".to_owned())], body.as_bytes()))
}

fn token(claims: Value) -> Seen {
    Seen::Token(Token { header: json!({ "alg": "RS256" }), claims, verified: Ok(()) })
}

fn names(all: &[&str]) -> Vec<String> {
    all.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn answers() {
    let scopes = || What::ScopeSet(ScopeSet::Exactly(Template::parse("a").unwrap()));
    let equals = |value: Value| Matcher::Equals(value);
    let table = [
        (What::Outcome(Outcome::Refused), r#"{"error":"x"}"#, r#"{"access_token":"x"}"#),
        (What::Json(names(&["a", "b"]), equals(json!(1))), r#"{"a":{"b":1}}"#, r#"{"a":{"b":2}}"#),
        (What::Json(names(&["a"]), Matcher::Absent), "not JSON", r#"{"a":null}"#),
        (What::Exactly(names(&["a", "b"])), r#"{"b":1,"a":1}"#, r#"{"b":1,"a":1,"c":1}"#),
        (What::Order(names(&["a", "b", "c"])), r#"{"a":1,"x":1,"c":1}"#, r#"{"c":1,"a":1}"#),
        (scopes(), r#"{"scope":"a"}"#, r#"{"scope":"b"}"#),
        (What::Body(Matcher::Matches("^x".to_owned())), "xy", "yx"),
        (What::SameAs("known".to_owned()), r#"{"error":"x"}"#, r#"{"error":"y"}"#),
    ];
    for (what, good, bad) in table {
        assert!(held(&what, &answer(good)), "{what:?} takes {good}");
        assert!(!held(&what, &answer(bad)), "{what:?} refuses {bad}");
        assert!(!held(&what, &Seen::Nothing("hung".to_owned())), "{what:?} refuses silence");
    }
    assert!(held(&What::Header("a".to_owned(), Matcher::Equals(json!(5))), &answer("")));
    assert!(!held(&What::Header("a".to_owned(), Matcher::Absent), &answer("")));
}

#[test]
fn tokens() {
    let good = token(json!({ "iss": "x", "iat": 10, "exp": 70, "scope": "a" }));
    let bad = token(json!({ "exp": "70", "iat": 10, "iss": "y" }));
    let table = [
        What::Claim(names(&["iss"]), Matcher::Equals(json!("x"))),
        What::ClaimOrder(names(&["iss", "iat", "exp"])),
        What::Lifetime(Matcher::Equals(json!(60))),
        What::ScopeSet(ScopeSet::Exactly(Template::parse("a").unwrap())),
    ];
    for what in table {
        assert!(held(&what, &good), "{what:?}");
        assert!(!held(&what, &bad), "{what:?}");
        assert!(!held(&what, &answer("{}")), "{what:?} wants a token");
    }
    assert!(held(&What::Jose("alg".to_owned(), Matcher::Equals(json!("RS256"))), &good));
    assert!(!held(&What::Jose("alg".to_owned(), Matcher::Equals(json!("none"))), &good));
    let unverified = Token { header: json!({}), claims: json!({}), verified: Err("no key".to_owned()) };
    assert!(held(&What::Verified, &good));
    assert!(!held(&What::Verified, &Seen::Token(unverified)));
    assert!(!held(&What::Outcome(Outcome::Granted), &good));
}

#[test]
fn only_the_first_status_passes_where_the_reference_is_judged() {
    let what = What::Status(vec![Status::Code(400), Status::Class(4)]);
    let bindings = Bindings::default();
    let judged = |strict| check(&what, &answer(""), &Context { bindings: &bindings, now: 0, strict }).held;
    assert!(judged(false));
    assert!(!judged(true));
}

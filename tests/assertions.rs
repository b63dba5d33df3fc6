//! Client assertions under pressure: many uses at once, any claims against an oracle of a few lines, any signature that the
//! client did not make. No port: the authority is asked directly.

use std::thread;

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use ropg_server::{Authority, Clock, Entropy, Tenant};
use ropg_tests::post;
use serde_json::{Map, Value, json};

const NOW: i64 = 1_800_000_000;
const ISSUER: &str = "http://localhost:8080/";

fn authority() -> Authority {
    let clock = Clock::fixed(Timestamp::from_second(NOW).expect("valid"));
    Authority::new(Tenant::acme(), clock, Entropy::seeded(7))
}

/// A right login but for its client, which says who it is by `assertion`.
fn login(authority: &Authority, assertion: &str) -> (u16, Value) {
    let pairs = [
        ("grant_type", "password"),
        ("username", "ann@acme.test"),
        ("password", "Correct-Horse-9"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ];
    post(authority, "/oauth/token", pairs)
}

fn granted(authority: &Authority, assertion: &str) -> bool {
    let (status, body) = login(authority, assertion);
    let granted = body.get("access_token").is_some();
    let refused = status == 401 && body["error"] == "invalid_client";
    assert!(granted && status == 200 || refused && !granted, "{status} {body}");
    granted
}

fn signed(claims: &Value) -> String {
    let pem = ropg_fixtures::file("keys/insecure-test-client-a.pem").expect("the test keys ship");
    let key = EncodingKey::from_rsa_pem(pem.as_bytes()).expect("a key");
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), claims, &key).expect("a key that signs")
}

fn claims(jti: &str) -> Value {
    json!({ "iss": "acme-signed", "sub": "acme-signed", "aud": ISSUER, "exp": NOW + 60, "jti": jti })
}

#[test]
fn of_32_uses_at_once_one_succeeds() {
    for round in 0..10 {
        let authority = authority();
        let assertion = signed(&claims(&format!("round {round}")));
        let won = thread::scope(|scope| {
            let all: Vec<_> = (0..32).map(|_| scope.spawn(|| granted(&authority, &assertion))).collect();
            all.into_iter().map(|one| one.join().expect("nobody panics")).filter(|won| *won).count()
        });
        assert_eq!(won, 1);
    }
}

#[test]
fn an_assertion_serves_under_each_of_the_tenants_own_names_but_once() {
    let authority = authority();
    let mut other = claims("by another name");
    other["aud"] = json!("http://127.0.0.1:8080/");
    let assertion = signed(&other);
    assert!(granted(&authority, &assertion));
    assert!(!granted(&authority, &assertion));
}

/// Seconds from now, around each boundary and far beyond.
fn instant() -> impl Strategy<Value = Value> {
    let near = select(vec![-300, -1, 0, 1, 10, 11, 60, 290, 299, 300, 301, 309, 310, 311]);
    let odd =
        select(vec![json!("60"), json!(null), json!(true), json!(i64::MAX), json!(i64::MIN), json!(1e300)]);
    prop_oneof![9 => near.prop_map(|by: i64| json!(NOW + by)), 1 => odd]
}

fn name() -> impl Strategy<Value = Value> {
    let known = select(vec![json!("acme-signed"), json!("acme-web"), json!("nobody"), json!(1), json!("")]);
    prop_oneof![12 => Just(json!("acme-signed")), 1 => known]
}

fn audience() -> impl Strategy<Value = Value> {
    let odd = select(vec![
        json!([ISSUER]),
        json!([ISSUER, ISSUER]),
        json!([]),
        json!("http://localhost:8080"),
        json!("http://localhost:8080/oauth/token"),
        json!("https://somebody.test/"),
        json!({ "aud": ISSUER }),
    ]);
    prop_oneof![5 => Just(json!(ISSUER)), 1 => odd]
}

/// What the documents say of claims that the client has signed.
fn good(claims: &Map<String, Value>) -> bool {
    let number = |name: &str| claims.get(name).map(|claim| claim.as_f64());
    let ours = |claim: &Value| claim == ISSUER;
    let audience = claims.get("aud").is_some_and(|aud| {
        ours(aud) || aud.as_array().is_some_and(|all| all.len() == 1 && all.iter().all(ours))
    });
    let id =
        claims.get("jti").and_then(Value::as_str).is_some_and(|jti| (1..=64).contains(&jti.chars().count()));
    let now = NOW as f64;
    let Some(Some(exp)) = number("exp") else { return false };
    let dated = |name: &str| match number(name) {
        None => true,
        Some(at) => at.is_some_and(|at| at <= now + 10.0),
    };
    let lifetime = number("iat").flatten().is_none_or(|iat| exp - iat <= 300.0);
    ["iss", "sub"].iter().all(|name| claims.get(*name) == Some(&json!("acme-signed")))
        && audience
        && id
        && exp > now
        && exp <= now + 310.0
        && dated("iat")
        && dated("nbf")
        && lifetime
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn signed_claims_are_judged_as_the_oracle_does(
        iss in name(),
        sub in name(),
        aud in option::weighted(0.95, audience()),
        exp in option::weighted(0.95, instant()),
        iat in option::weighted(0.6, instant()),
        nbf in option::weighted(0.3, instant()),
        jti in option::weighted(0.95, prop_oneof![4 => "[a-z0-9]{1,64}", 1 => "[ -~ä]{60,68}", 1 => Just(String::new())]),
    ) {
        let mut claims = Map::new();
        claims.insert("iss".to_owned(), iss);
        claims.insert("sub".to_owned(), sub);
        let optional = [("aud", aud), ("exp", exp), ("iat", iat), ("nbf", nbf), ("jti", jti.map(Value::from))];
        claims.extend(optional.into_iter().filter_map(|(name, claim)| Some((name.to_owned(), claim?))));
        let authority = authority();
        let assertion = signed(&Value::Object(claims.clone()));
        prop_assert_eq!(granted(&authority, &assertion), good(&claims), "{:?}", claims);
        prop_assert!(!granted(&authority, &assertion), "used again");
    }

    #[test]
    fn no_signature_but_the_clients_own_serves(
        alg in select(vec!["RS256", "RS384", "PS256", "HS256", "none", "NONE", "ES256", "", "RS256\u{0}"]),
        kid in option::of("[ -~]{0,12}"),
        signature in proptest::collection::vec(any::<u8>(), 0..300),
        typ in option::of("[ -~]{0,8}"),
    ) {
        let part = |value: &Value| base64_url(value.to_string().as_bytes());
        let header = json!({ "alg": alg, "typ": typ, "kid": kid });
        let assertion = format!("{}.{}.{}", part(&header), part(&claims("x")), base64_url(&signature));
        prop_assert!(!granted(&authority(), &assertion));
    }

    #[test]
    fn no_other_text_serves(assertion in ".{1,200}") {
        prop_assert!(!granted(&authority(), &assertion));
    }
}

fn base64_url(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

//! Whatever is sent: never a 5xx, never a token without valid credentials, and every refusal is a JSON error of the OAuth
//! family without characters that RFC 6749 §5.2 forbids; and no token opens an API but one that the tenant issued, byte for
//! byte. No port: the authority is asked directly.

use bytes::Bytes;
use http::Request;
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use ropg_server::{Authority, Clock, Entropy, Tenant};
use ropg_tests::{FORM, ask, post};
use serde_json::Value;
use url::form_urlencoded::Serializer;

fn authority() -> Authority {
    Authority::new(
        Tenant::acme(),
        Clock::fixed(Timestamp::from_second(1_800_000_000).expect("valid")),
        Entropy::seeded(7),
    )
}

fn token(authority: &Authority, pairs: &[(String, String)]) -> (u16, Value) {
    post(authority, "/oauth/token", pairs)
}

/// The status with which the API answers a value of `Authorization`.
fn call(authority: &Authority, authorization: &str) -> u16 {
    let request = Request::get("/api/Orders/orders").header("authorization", authorization);
    ask(authority, request, Bytes::new()).0
}

/// Names that mean something, and a few that do not.
fn name() -> impl Strategy<Value = String> {
    let known = select(vec![
        "grant_type",
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
        "username",
        "password",
        "realm",
        "audience",
        "scope",
        "refresh_token",
    ]);
    prop_oneof![9 => known.prop_map(str::to_owned), 1 => "[a-z_]{1,8}"]
}

/// Values that are right for something (but no right password), and noise.
fn value() -> impl Strategy<Value = String> {
    let known = select(vec![
        "password",
        "refresh_token",
        "http://auth0.com/oauth/grant-type/password-realm",
        "acme-web",
        "acme-web-secret",
        "acme-native",
        "acme-basic",
        "acme-signed",
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "eyJhbGciOiJub25lIn0.eyJpc3MiOiJhY21lLXNpZ25lZCIsInN1YiI6ImFjbWUtc2lnbmVkIn0.",
        "ann@acme.test",
        "Employees",
        "Customers",
        "https://api.acme.test/",
        "openid",
        "openid offline_access",
        "read:orders",
        "authorization_code",
        "",
    ]);
    prop_oneof![6 => known.prop_map(str::to_owned), 2 => ".{0,24}", 1 => "[\\x00-\\x7f]{0,12}"]
}

fn refused(status: u16, body: &Value) {
    assert!((400..500).contains(&status), "{status} {body}");
    assert!(body.get("access_token").is_none(), "{body}");
    let legal = |text: &str| text.chars().all(|c| matches!(c, ' '..='!' | '#'..='[' | ']'..='~'));
    let error = body["error"].as_str().unwrap_or_default();
    assert!(!error.is_empty() && legal(error), "{body}");
    assert!(body.get("error_description").is_none_or(|text| text.as_str().is_some_and(legal)), "{body}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_form_without_a_password_gets_a_token(
        pairs in vec((name(), value()), 0..10),
        header in proptest::option::of(prop_oneof!["Basic [A-Za-z0-9+/=]{0,24}", "[ -~]{0,16}"]),
    ) {
        let form = Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let mut request = Request::post("/oauth/token").header("content-type", FORM);
        if let Some(value) = header {
            request = request.header("authorization", value);
        }
        let (status, body) = ask(&authority(), request, form);
        refused(status, &body);
    }

    #[test]
    fn no_bytes_get_a_token(
        content_type in select(vec!["application/x-www-form-urlencoded", "application/json", "text/plain", ""]),
        body in vec(any::<u8>(), 0..64),
    ) {
        let (status, body) = ask(&authority(), Request::post("/oauth/token").header("content-type", content_type), body);
        refused(status, &body);
    }

    #[test]
    fn no_json_without_a_password_gets_a_token(pairs in vec((name(), json()), 0..8)) {
        let members: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{}:{value}", Value::String(name.clone()))).collect();
        let body = format!("{{{}}}", members.join(","));
        let (status, body) = ask(&authority(), Request::post("/oauth/token").header("content-type", "application/json"), body);
        refused(status, &body);
    }

    #[test]
    fn a_wrong_password_is_one_whatever_it_is(password in ".{1,64}", username in ".{1,32}") {
        prop_assume!(password != "Correct-Horse-9");
        let with = |name: &str| {
            let pairs = [("grant_type", "password"), ("client_id", "acme-native"), ("username", name), ("password", &password)];
            post(&authority(), "/oauth/token", pairs)
        };
        let known = with("ann@acme.test");
        prop_assert_eq!(&known, &with(&username));
        refused(known.0, &known.1);
    }

    #[test]
    fn nothing_opens_an_api_but_a_token(scheme in select(vec!["Bearer", "bearer", "Basic", ""]), token in "[!-~]{0,80}") {
        prop_assert_eq!(call(&authority(), &format!("{scheme} {token}")), 401);
    }

    #[test]
    fn a_token_that_was_touched_opens_nothing(at in any::<prop::sample::Index>(), put in "[A-Za-z0-9_.-]") {
        let authority = authority();
        let (_, body) = token(&authority, &right());
        let issued = body["access_token"].as_str().expect("the login is right").to_owned();
        prop_assert_eq!(call(&authority, &format!("Bearer {issued}")), 200);
        let at = at.index(issued.len());
        let touched = format!("{}{put}{}", &issued[..at], &issued[at + 1..]);
        prop_assume!(touched != issued);
        prop_assert_eq!(call(&authority, &format!("Bearer {touched}")), 401);
    }

    #[test]
    fn the_order_of_parameters_and_unknown_ones_change_nothing(
        shuffled in Just(right()).prop_shuffle(),
        extra in "[a-z]{1,8}",
    ) {
        prop_assume!(!right().iter().any(|(name, _)| *name == extra) && extra != "realm");
        let usual = token(&authority(), &right());
        let mut pairs = shuffled;
        pairs.push((extra, "x".to_owned()));
        let other = token(&authority(), &pairs);
        prop_assert_eq!(usual.0, 200);
        prop_assert_eq!(usual, other);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_imported_hash_is_refused_at_load_or_fits_no_other_password(hash in imported(), password in ".{1,80}") {
        prop_assume!(password != "Correct-Horse-9");
        let tenant = serde_json::json!({
            "tenant": { "default_directory": "people" },
            "clients": [{ "name": "app", "client_id": "app", "token_endpoint_auth_method": "none", "grant_types": ["password"] }],
            "databases": [{ "name": "people", "enabled_clients": ["app"] }],
            "ropg": { "users": { "people": [{ "email": "ann@acme.test", "custom_password_hash": hash }] } },
        });
        match Tenant::from_value(tenant) {
            Err(problems) => prop_assert!(!problems.0.is_empty()),
            Ok(tenant) => {
                let authority = Authority::new(tenant, Clock::system(), Entropy::seeded(7));
                let pairs = [("grant_type", "password"), ("client_id", "app"), ("username", "ann@acme.test"), ("password", &password)];
                let (status, body) = post(&authority, "/oauth/token", pairs);
                refused(status, &body);
            }
        }
    }
}

/// A `custom_password_hash`, right (of `Correct-Horse-9`), nearly right or nonsense; none of them costs much.
fn imported() -> impl Strategy<Value = Value> {
    let algorithm = select(vec![
        "argon2", "bcrypt", "hmac", "ldap", "md4", "md5", "pbkdf2", "scrypt", "sha1", "sha256", "sha512",
    ]);
    let right = select(vec![
        "$argon2id$v=19$m=8,t=1,p=1$YSBzYWx0IG9mIGFyZ29uMg$LVmfFm8AF+/FAULLaTtSAPa0y8k442JMhCmv5vkM9Qw",
        "$2b$04$abcdefghijklmnopqrstuuL14P8YbLAn0JkPxtgtQFRlH3V5k9ZVC",
        "$pbkdf2-sha1$i=10,l=16$YSBzYWx0IG9mIHBia2RmMg$Z6o2XGXqw5VpXRmveSL4Gw",
        "bd347294ce11cf3839ca8dc32f59d481",
        "XHp81plUKg5TiHSBB-wRzg",
        "84B79B51777345C5CDC0198A36392532EB646EE3",
        "{MD5}vTRylM4Rzzg5yo3DL1nUgQ==",
        "{SSHA}hokE74NCoA0YbjhgEGMzfSkJwPxzYWx0",
    ]);
    let value = prop_oneof![
        4 => right.clone().prop_map(str::to_owned),
        2 => (right.clone(), any::<prop::sample::Index>()).prop_map(|(text, at)| text[..at.index(text.len())].to_owned()),
        1 => ".{0,70}",
    ];
    let encoding = || select(vec!["hex", "base64", "utf8"]);
    let salt = proptest::option::of((".{0,8}", encoding(), select(vec!["prefix", "suffix"])));
    let digest = proptest::option::of(select(vec!["md5", "sha1", "sha512", "ripemd160"]));
    let password = proptest::option::of(select(vec!["utf8", "ascii", "latin1", "utf16le", "ucs2", "binary"]));
    let numbers = vec(proptest::option::of(0_u64..40), 4);
    (algorithm, value, encoding(), salt, digest, password, numbers).prop_map(
        |(algorithm, value, encoding, salt, digest, password, numbers)| {
            let mut hash = serde_json::json!({ "algorithm": algorithm, "hash": { "value": value } });
            if !matches!(algorithm, "argon2" | "bcrypt" | "ldap" | "pbkdf2") {
                hash["hash"]["encoding"] = encoding.into();
            }
            // What an algorithm has no use for is refused: that is not what is tried here.
            let own_salt = matches!(algorithm, "argon2" | "ldap" | "pbkdf2");
            if let Some(digest) = digest.filter(|_| algorithm == "hmac") {
                hash["hash"]["digest"] = digest.into();
                hash["hash"]["key"] = serde_json::json!({ "value": "pepper" });
            }
            if let Some((value, encoding, position)) = salt.filter(|_| !own_salt) {
                hash["salt"] =
                    serde_json::json!({ "value": value, "encoding": encoding, "position": position });
            }
            if let Some(encoding) = password {
                hash["password"] = serde_json::json!({ "encoding": encoding });
            }
            for (name, number) in ["keylen", "cost", "blockSize", "parallelization"].into_iter().zip(numbers)
            {
                if let Some(number) = number.filter(|_| algorithm == "scrypt") {
                    hash[name] = number.into();
                }
            }
            hash
        },
    )
}

fn json() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => value().prop_map(Value::String),
        1 => Just(Value::Null),
        1 => any::<i32>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => vec(value(), 0..3).prop_map(Value::from),
        1 => Just(serde_json::json!({ "$ne": null })),
    ]
}

/// A request that is granted.
fn right() -> Vec<(String, String)> {
    [
        ("grant_type", "password"),
        ("client_id", "acme-web"),
        ("client_secret", "acme-web-secret"),
        ("username", "ann@acme.test"),
        ("password", "Correct-Horse-9"),
        ("audience", "https://api.acme.test/"),
        ("scope", "read:orders"),
    ]
    .iter()
    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
    .collect()
}

#[test]
fn what_strangers_send_is_kept_cut_and_cleaned() {
    let authority = authority();
    let long = format!("a\u{7}\n{}", "x".repeat(1 << 20));
    let form = [
        ("grant_type", "password"),
        ("client_id", "acme-native"),
        ("username", &long),
        ("password", "wrong"),
        ("audience", &long),
    ];
    post(&authority, "/oauth/token", form);
    let kept = format!("{:?}{:?}", authority.log(), authority.journal());
    assert!(kept.contains("a??xxx"), "the name is told");
    assert!(kept.len() < 10_000, "{} bytes are kept of one request", kept.len());
    assert!(!kept.contains("\\u{7}") && !kept.contains("\\n"), "control characters are kept");
}

//! Forged tokens: what is kept, what changes, who signs.

use jsonwebtoken::{DecodingKey, Validation};

use super::*;
use crate::corpus::forge::Forge;
use crate::corpus::template::Template;

const SECRET: &str = "a-shared-secret";

fn bindings() -> Bindings {
    let mut bindings = Bindings::default();
    let pem = ropg_fixtures::file("keys/insecure-test-rs256.pem").unwrap();
    bindings.keep("web", json!({ "key": pem, "kid": "k1", "alg": "PS256" }));
    bindings
}

fn recipe(key: ForgeKey, claims: &[(&str, Claim)]) -> Forge {
    let claims = claims.iter().map(|(name, claim)| ((*name).to_owned(), claim.clone())).collect();
    Forge { from: None, key, alg: None, header: Vec::new(), claims, length: None }
}

fn secret() -> ForgeKey {
    ForgeKey::Secret(Template::parse(SECRET).unwrap())
}

fn from(token: &str, recipe: Forge) -> Forge {
    Forge { from: Some(Template::parse(token).unwrap()), ..recipe }
}

/// Header, claims and whether the secret's signature holds.
fn read(token: &str) -> (Map<String, Value>, Map<String, Value>, bool) {
    let (header, claims, _) = parts(token).unwrap();
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let key = DecodingKey::from_secret(SECRET.as_bytes());
    let good = jsonwebtoken::decode::<Value>(token, &key, &validation).is_ok();
    (header, claims, good)
}

fn original() -> String {
    let claims =
        [("aud", Claim::Set(json!("orders"))), ("exp", Claim::FromNow(60)), ("sub", Claim::Set(json!("u")))];
    forge(&bindings(), &recipe(secret(), &claims), 1000).unwrap()
}

#[test]
fn a_token_from_nothing_is_signed() {
    let (header, claims, good) = read(&original());
    assert_eq!(Value::Object(header), json!({ "typ": "JWT", "alg": "HS256" }));
    assert_eq!(Value::Object(claims), json!({ "aud": "orders", "exp": 1060, "sub": "u" }));
    assert!(good);
}

#[test]
fn claims_are_shifted_set_and_left_out_and_the_rest_stays_in_its_order() {
    let changes = [
        ("exp", Claim::Shift(-61)),
        ("aud", Claim::Remove),
        ("nbf", Claim::FromNow(5)),
        ("sub", Claim::Set(json!("v"))),
    ];
    let token = forge(&bindings(), &from(&original(), recipe(secret(), &changes)), 2000).unwrap();
    let (_, claims, good) = read(&token);
    assert_eq!(Value::Object(claims).to_string(), r#"{"exp":999,"sub":"v","nbf":2005}"#);
    assert!(good);
}

#[test]
fn a_kept_signature_fits_until_something_changes() {
    let same = forge(&bindings(), &from(&original(), recipe(ForgeKey::Keep, &[])), 0).unwrap();
    assert!(read(&same).2);
    let changes = [("sub", Claim::Set(json!("v")))];
    let changed = forge(&bindings(), &from(&original(), recipe(ForgeKey::Keep, &changes)), 0).unwrap();
    assert!(!read(&changed).2);
    assert_eq!(changed.rsplit('.').next(), original().rsplit('.').next());
}

#[test]
fn an_unsigned_token_says_so_and_a_header_may_lie() {
    let mut unsigned = from(&original(), recipe(ForgeKey::None, &[]));
    let token = forge(&bindings(), &unsigned, 0).unwrap();
    assert_eq!(read(&token).0["alg"], "none");
    assert!(token.ends_with('.'));
    unsigned.header = vec![("alg".to_owned(), Some(json!("nOnE"))), ("typ".to_owned(), None)];
    let (header, ..) = read(&forge(&bindings(), &unsigned, 0).unwrap());
    assert_eq!(Value::Object(header), json!({ "alg": "nOnE" }));
}

#[test]
fn a_client_signs_as_it_is_registered_and_nobody_else_can() {
    let mut recipe = recipe(ForgeKey::Of("web".to_owned()), &[]);
    // Captures serve as objects here: a world is more than this needs.
    let objects = [("web".to_owned(), bindings().json(&json!("{{ web }}"), &[]).unwrap())];
    let world = crate::target::World {
        endpoints: std::collections::BTreeMap::new(),
        objects: objects.into_iter().collect(),
        secrets: Vec::new(),
        control: None,
    };
    let bindings = Bindings::of(&world);
    let (header, ..) = read(&forge(&bindings, &recipe, 0).unwrap());
    assert_eq!((&header["alg"], &header["kid"]), (&json!("PS256"), &json!("k1")));
    recipe.alg = Some("RS384".to_owned());
    assert_eq!(read(&forge(&bindings, &recipe, 0).unwrap()).0["alg"], "RS384");
    recipe.alg = Some("XY1".to_owned());
    assert!(forge(&bindings, &recipe, 0).unwrap_err().contains("XY1"));
    recipe.key = ForgeKey::Signing;
    assert!(forge(&bindings, &recipe, 0).is_err());
}

#[test]
fn what_cannot_be_changed_says_why() {
    for token in ["opaque", "a.b.c"] {
        assert!(forge(&bindings(), &from(token, recipe(ForgeKey::Keep, &[])), 0).is_err(), "{token}");
    }
    let shifted = from(&original(), recipe(secret(), &[("nbf", Claim::Shift(1))]));
    assert!(forge(&bindings(), &shifted, 0).unwrap_err().contains("nbf"));
}

#[test]
fn a_token_has_the_length_that_is_asked_for() {
    for length in 200..260 {
        let recipe =
            Forge { length: Some(length), ..recipe(secret(), &[("sub", Claim::Set(json!("alice")))]) };
        let token = forge(&bindings(), &recipe, 0).unwrap();
        assert_eq!(token.len() as u64, length);
        assert!(read(&token).2);
    }
    let short = Forge { length: Some(20), ..recipe(secret(), &[]) };
    assert!(forge(&bindings(), &short, 0).unwrap_err().contains("20 bytes"));
}

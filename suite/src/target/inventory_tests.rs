//! What a case is given from a profile, and what it is told to add.

use super::*;
use crate::corpus::case::{
    Action, ClientAuth, GivenApi, GivenClient, GivenConnection, GivenCredential, GivenRoute, GivenUser,
    Settings, State, Step,
};
use crate::corpus::mfa::{Enrolled, GivenMfa, MfaPolicy, Push};
use crate::corpus::template::Template;

const PROFILE: &str = r#"
[target]
name = "t"
base = "http://x.test/"
default_directory = "staff-db"
[endpoints]
token = "/t"
[[clients]]
id = "public"
auth = "none"
[[clients]]
id = "web"
secret = { env = "SECRET" }
grants = ["password"]
[[clients]]
id = "other"
secret = "s2"
[[clients]]
id = "signer"
auth = "private_key_jwt"
key = { env = "SECRET" }
kid = "k1"
[[users]]
username = "bad"
password = "p0"
blocked = true
[[users]]
username = "a"
password = "p1"
connection = "staff-db"
[[users]]
username = "b"
password = "p2"
connection = "customers-db"
[[apis]]
scopes = { read = "read:sample" }
[[apis]]
alias = "bills"
scopes = { read = "read:bills", write = "write:bills" }
routes.look = { address = "/bills", scopes = ["read"] }
[[connections]]
name = "customers-db"
realm = "Customers"
[[connections]]
name = "staff-db"
"#;

fn driver() -> Static {
    let environment = |name: &str| (name == "SECRET").then(|| "s1".to_owned());
    Static::new(Profile::from_toml("p.toml", PROFILE, &environment).unwrap())
}

fn flavour() -> Flavour {
    Flavour {
        name: "rfc6749".to_owned(),
        title: String::new(),
        preset: "rfc6749".to_owned(),
        capabilities: Vec::new(),
        claimed: false,
        behaviour: BTreeMap::new(),
        sections: Vec::new(),
        label: "rfc6749".to_owned(),
        labels: BTreeMap::new(),
        endpoints: BTreeMap::from([
            ("token".to_owned(), "/oauth/token".to_owned()),
            ("userinfo".to_owned(), "/userinfo".to_owned()),
        ]),
    }
}

fn client() -> GivenClient {
    let grants = ["password", "password-realm", "refresh_token"].map(str::to_owned).to_vec();
    GivenClient {
        auth: None,
        grants,
        further_grants: false,
        first_party: true,
        secret: None,
        user_access: Vec::new(),
        client_access: Vec::new(),
        credentials: Vec::new(),
        settings: Settings::new(),
    }
}

fn connection() -> GivenConnection {
    GivenConnection {
        realms: Vec::new(),
        strategy: "auth0".to_owned(),
        enabled_clients: None,
        settings: Settings::new(),
    }
}

fn case() -> Case {
    Case {
        id: "x.y".to_owned(),
        area: "x".to_owned(),
        title: String::new(),
        file: String::new(),
        line: 0,
        covers: Vec::new(),
        reveals: String::new(),
        needs: vec!["grant.password".to_owned()],
        given: crate::corpus::case::Given::default(),
        requests: Vec::new(),
        steps: Vec::new(),
        state: State::Stable,
    }
}

#[test]
fn a_case_is_given_what_fits() {
    let mut case = case();
    case.given.clients.push(("web".to_owned(), client()));
    case.given.users.push(("alice".to_owned(), GivenUser::default()));
    let api = GivenApi {
        scopes: vec!["read".to_owned()],
        signing_alg: "RS256".to_owned(),
        allow_offline_access: true,
        token_lifetime: None,
        settings: Settings::new(),
        routes: Vec::new(),
    };
    case.given.apis.push(("orders".to_owned(), api));
    let world = driver().prepare(&case, &flavour()).map_err(|unmet| format!("{unmet:?}")).unwrap();
    assert_eq!(world.objects["web"], json!({ "id": "web", "auth": "post", "secret": "s1" }));
    assert_eq!(world.objects["alice"]["username"], "a");
    assert_eq!(world.objects["orders"]["scope"]["read"], "read:sample");
    assert_eq!(world.endpoints["token"], "http://x.test/t");
    assert_eq!(world.endpoints["userinfo"], "http://x.test/userinfo");
    assert!(world.secrets.contains(&"s1".to_owned()) && world.secrets.contains(&"p2".to_owned()));
}

#[test]
fn two_aliases_never_share_an_object() {
    let mut case = case();
    case.needs.push("grant.refresh_token".to_owned());
    let narrow = GivenClient { grants: vec!["password".to_owned()], ..client() };
    case.given.clients = vec![("web".to_owned(), client()), ("narrow".to_owned(), narrow)];
    let world = driver().prepare(&case, &flavour()).map_err(|unmet| format!("{unmet:?}")).unwrap();
    assert_eq!(
        (&world.objects["web"]["id"], &world.objects["narrow"]["id"]),
        (&json!("other"), &json!("web"))
    );
}

#[test]
fn users_live_in_the_directory_that_the_case_says() {
    let mut case = case();
    case.given.connections = vec![("staff".to_owned(), connection()), ("customers".to_owned(), connection())];
    let customer = GivenUser { connection: Some("customers".to_owned()), ..GivenUser::default() };
    case.given.users = vec![("ann".to_owned(), GivenUser::default()), ("cleo".to_owned(), customer)];
    let world = driver().prepare(&case, &flavour()).map_err(|unmet| format!("{unmet:?}")).unwrap();
    assert_eq!(
        (&world.objects["ann"]["username"], &world.objects["cleo"]["username"]),
        (&json!("a"), &json!("b"))
    );
    assert_eq!(world.objects["customers"]["realm"], "Customers");
}

#[test]
fn a_client_with_a_key_is_given_where_one_is_listed() {
    let mut case = case();
    case.needs.push("clients.private_key_jwt".to_owned());
    let signer = GivenClient { auth: Some(ClientAuth::PrivateKeyJwt), ..client() };
    case.given.clients = vec![("web".to_owned(), signer.clone())];
    let world = driver().prepare(&case, &flavour()).map_err(|unmet| format!("{unmet:?}")).unwrap();
    let known = json!({ "id": "signer", "auth": "private_key_jwt", "key": "s1", "kid": "k1" });
    assert_eq!(world.objects["web"], known);
    let credentials = vec![GivenCredential { alg: "PS256".to_owned(), expires_at: None }];
    case.given.clients[0].1 = GivenClient { credentials, ..signer };
    let Err(Unmet::Missing(text)) = driver().prepare(&case, &flavour()) else { panic!("nothing fits") };
    assert!(text.contains("key = ") && !text.contains("secret"), "{text}");
}

#[test]
fn what_is_missing_is_told_as_the_stanza_to_add() {
    let mut case = case();
    let basic = GivenClient { auth: Some(ClientAuth::Basic), ..client() };
    case.given.clients.push(("web".to_owned(), basic));
    let Err(Unmet::Missing(text)) = driver().prepare(&case, &flavour()) else { panic!("nothing fits") };
    assert!(text.contains("[[clients]]") && text.contains("auth = \"basic\""), "{text}");
}

#[test]
fn what_is_not_claimed_is_not_asked() {
    for need in ["grant.password-realm", "audience", "userinfo", "clients.any", "no.such"] {
        let mut case = case();
        case.needs = vec![need.to_owned()];
        assert!(matches!(driver().prepare(&case, &flavour()), Err(Unmet::Capability(_))), "{need}");
    }
    let mut case = case();
    case.given.tenant.behaviour.push(("a".to_owned(), "b".to_owned()));
    assert!(matches!(driver().prepare(&case, &flavour()), Err(Unmet::Capability(_))));
}

#[test]
fn a_broken_profile_says_where_and_how() {
    let read = |text: &str| Profile::from_toml("p.toml", text, &|_| None).unwrap_err();
    let problems = read("[target]\nname = \"t\"\nbase = \"http://x\"\nflavor = \"auth0\"\n");
    assert_eq!(problems.0[0].at.map(|at| at.line), Some(4));
    assert!(problems.0[0].help.as_ref().is_some_and(|help| help.contains("flavour")));
    let problems = read(
        "[target]\nname = \"t\"\nbase = \"http://x\"\n[[clients]]\nid = \"a\"\nsecret = { env = \"S\" }\n",
    );
    assert!(problems.0[0].message.contains("`S` is not set"));
    let problems = read(
        "[target]\nname = \"t\"\nbase = \"http://x\"\n[[users]]\nusername = \"a\"\npassword = \"p\"\nconnection = \"z\"\n",
    );
    assert!(problems.0[0].message.contains("`z`"));
}

#[test]
fn a_route_is_one_with_the_same_scopes() {
    let calling = |scopes: &[&str]| {
        let mut case = case();
        let scopes = scopes.iter().map(|&role| role.to_owned()).collect();
        let route = GivenRoute { method: "GET".to_owned(), path: "/any".to_owned(), scopes };
        let api = GivenApi {
            scopes: vec!["read".to_owned()],
            signing_alg: "RS256".to_owned(),
            allow_offline_access: true,
            token_lifetime: None,
            routes: vec![("look".to_owned(), route)],
            settings: Settings::default(),
        };
        case.given.apis.push(("orders".to_owned(), api));
        case
    };
    let world =
        driver().prepare(&calling(&["read"]), &flavour()).map_err(|unmet| format!("{unmet:?}")).unwrap();
    assert_eq!(world.objects["orders"]["routes"]["look"], json!({ "method": "GET", "address": "/bills" }));
    match driver().prepare(&calling(&["write"]), &flavour()) {
        Err(Unmet::Missing(what)) => assert!(what.contains("routes.look = "), "{what}"),
        other => panic!("{:?}", other.map(|_| ())),
    }
    let without = PROFILE.replace("routes.look = { address = \"/bills\", scopes = [\"read\"] }\n", "");
    let without = Static::new(Profile::from_toml("p.toml", &without, &|_| Some(String::new())).unwrap());
    assert!(matches!(without.prepare(&calling(&["read"]), &flavour()), Err(Unmet::Capability(_))));
}

#[test]
fn a_client_that_is_listed_in_two_ways_is_still_one() {
    let profile = "[target]\nname = \"t\"\nbase = \"http://x.test/\"\n\
                   [[clients]]\nid = \"a\"\nsecret = \"s\"\nauth = \"basic\"\n\
                   [[clients]]\nid = \"a\"\nsecret = \"s\"\nauth = \"post\"\n";
    let driver = Static::new(Profile::from_toml("p.toml", profile, &|_| None).unwrap());
    let mut case = case();
    case.given.clients = vec![
        ("web".to_owned(), GivenClient { auth: Some(ClientAuth::Basic), ..client() }),
        ("other".to_owned(), GivenClient { auth: Some(ClientAuth::Post), ..client() }),
    ];
    assert!(matches!(driver.prepare(&case, &flavour()), Err(Unmet::Missing(_))));
}

/// The profile with second factors.
fn with_factors(mfa: &str) -> Static {
    let text = PROFILE.replace("[endpoints]", &format!("{mfa}\n[endpoints]")).replace(
        "username = \"a\"\n",
        "username = \"a\"\notp_secret = { env = \"SECRET\" }\nphone = \"+15550100\"\n",
    );
    let environment = |name: &str| (name == "SECRET").then(|| "GEZDGNBV".to_owned());
    Static::new(Profile::from_toml("p.toml", &text, &environment).unwrap())
}

#[test]
fn a_user_with_factors_plays_who_has_them_where_the_target_demands_them() {
    let mut case = case();
    let app = GivenUser { factors: Some(vec![Enrolled::Otp, Enrolled::Phone]), ..GivenUser::default() };
    case.given.users = vec![("ann".to_owned(), app)];
    case.given.tenant.mfa = Some(GivenMfa { policy: MfaPolicy::Always, factors: vec!["otp".to_owned()] });
    let unmet = |driver: &Static, case: &Case| match driver.prepare(case, &flavour()) {
        Ok(_) => String::new(),
        Err(unmet) => format!("{unmet:?}"),
    };
    let claims = "[target.mfa]\npolicy = \"always\"\nfactors = [\"otp\"]";
    let told = unmet(&with_factors(""), &case);
    assert!(told.starts_with("Capability") && told.contains("policy = \\\"always\\\""), "{told}");
    let more = claims.replace("[\"otp\"]", "[\"otp\", \"email\"]");
    assert!(unmet(&with_factors(&more), &case).contains("second factor always"));
    let world =
        with_factors(claims).prepare(&case, &flavour()).map_err(|unmet| format!("{unmet:?}")).unwrap();
    let ann = &world.objects["ann"];
    assert_eq!((&ann["otp_secret"], &ann["phone"]), (&json!("GEZDGNBV"), &json!("+15550100")));
    assert!(world.secrets.contains(&"GEZDGNBV".to_owned()));
    case.given.users[0].1.factors = Some(vec![Enrolled::Email]);
    let told = unmet(&with_factors(claims), &case);
    assert!(told.contains("mfa_email = "), "the stanza names what is missing: {told}");
    case.given.tenant.mfa = None;
    assert!(unmet(&with_factors(claims), &case).contains("second factor never"));
}

#[test]
fn what_only_some_targets_do_is_not_asked_of_a_listed_one() {
    for (action, why) in [
        (Action::Outbox(None), "nobody reads what the target sends"),
        (Action::Push(Push::Accept(Template::default())), "nobody answers the target's push messages"),
    ] {
        let mut case = case();
        case.steps.push(Step {
            name: "x".to_owned(),
            action,
            expect: Vec::new(),
            capture: Vec::new(),
            holds: None,
            times: 1,
            multi_fault: None,
            at_once: None,
        });
        let Err(Unmet::Capability(told)) = driver().prepare(&case, &flavour()) else { panic!("{why}") };
        assert_eq!(told, why);
    }
}

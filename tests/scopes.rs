//! What is granted for an API, whatever its scopes, its policy, RBAC, roles, permissions and client grants, and whatever is
//! asked in whatever order: compared with the rule in a dozen lines of its own.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Request;
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use ropg_server::{Authority, Clock, Entropy, Tenant};
use ropg_tests::FORM;
use serde_json::{Value, json};

const STANDARD: [&str; 5] = ["openid", "profile", "email", "address", "phone"];
const API: &str = "https://orders.test/";

type Words = Vec<&'static str>;

/// A tenant of one API, one client and one user, as far as it matters.
#[derive(Clone, Debug)]
struct World {
    scopes: Words,
    rbac: bool,
    by_role: Words,
    direct: Words,
    policy: &'static str,
    grant: Option<Words>,
}

impl World {
    fn tenant(&self) -> Value {
        let permissions = |names: &Words| -> Vec<Value> {
            let one = |name| json!({ "resource_server_identifier": API, "permission_name": name });
            names.iter().filter(|name| self.scopes.contains(name)).map(one).collect()
        };
        let grants: Vec<Value> = self
            .grant
            .iter()
            .map(|names| names.iter().filter(|name| self.scopes.contains(name)).collect::<Vec<_>>())
            .map(|names| json!({ "client_id": "web", "audience": API, "subject_type": "user", "scope": names }))
            .collect();
        json!({
            "tenant": { "default_directory": "people" },
            "clients": [{ "name": "web", "token_endpoint_auth_method": "none", "grant_types": ["password"] }],
            "resourceServers": [{
                "name": "orders",
                "identifier": API,
                "scopes": self.scopes.iter().map(|name| json!({ "value": name })).collect::<Vec<_>>(),
                "enforce_policies": self.rbac,
                "token_dialect": "access_token_authz",
                "subject_type_authorization": { "user": { "policy": self.policy } },
            }],
            "roles": [{ "name": "role", "permissions": permissions(&self.by_role) }],
            "clientGrants": grants,
            "databases": [{ "name": "people", "enabled_clients": ["web"] }],
            "ropg": {
                "clients": { "web": { "client_id": "web" } },
                "users": { "people": [{
                    "email": "ann@x.test",
                    "password": "p",
                    "roles": ["role"],
                    "permissions": permissions(&self.direct),
                }] },
            },
        })
    }

    /// THE RULE. `None`: refused.
    fn granted(&self, asked: Option<&Words>) -> Option<BTreeSet<&'static str>> {
        let grant = match (self.policy, &self.grant) {
            ("allow_all", _) => None,
            ("require_client_grant", Some(grant)) => Some(grant),
            _ => return None,
        };
        let may = |scope: &&&'static str| {
            (!self.rbac || self.by_role.contains(scope) || self.direct.contains(scope))
                && grant.is_none_or(|grant| grant.contains(scope))
        };
        let named = |scope: &&&'static str| asked.is_some_and(|asked| asked.contains(scope));
        let of_the_api = if self.scopes.iter().any(|scope| named(&scope)) {
            self.scopes.iter().filter(named).filter(may).collect::<Vec<_>>()
        } else if grant.is_some() {
            Vec::new()
        } else {
            self.scopes.iter().filter(may).collect()
        };
        let widened = asked.is_none_or(|asked| asked.iter().all(|one| *one == "openid"));
        let standard = STANDARD.iter().filter(|scope| widened || named(scope));
        Some(standard.chain(of_the_api).copied().collect())
    }
}

fn world() -> impl Strategy<Value = World> {
    let all = || vec!["a", "b", "c", "d"];
    let some = move || subsequence(all(), 0..=4);
    let policy = select(vec!["allow_all", "allow_all", "require_client_grant", "deny_all"]);
    (some(), any::<bool>(), some(), some(), policy, proptest::option::of(some())).prop_map(
        |(scopes, rbac, by_role, direct, policy, grant)| World {
            scopes,
            rbac,
            by_role,
            direct,
            policy,
            grant,
        },
    )
}

fn asked() -> impl Strategy<Value = Option<Words>> {
    let pool = vec!["openid", "profile", "phone", "a", "b", "c", "d", "nonsense"];
    proptest::option::of(subsequence(pool, 1..=8).prop_shuffle())
}

fn ask(world: &World, asked: Option<&Words>) -> (u16, Value) {
    let tenant = Tenant::from_value(world.tenant()).expect("the tenant is valid");
    let clock = Clock::fixed(Timestamp::from_second(1_800_000_000).expect("valid"));
    let authority = Authority::new(tenant, clock, Entropy::seeded(7));
    let mut body = format!("grant_type=password&client_id=web&username=ann@x.test&password=p&audience={API}");
    if let Some(asked) = asked {
        body.push_str(&format!("&scope={}", asked.join("+")));
    }
    ropg_tests::ask(&authority, Request::post("/oauth/token").header("content-type", FORM), body)
}

fn words(value: &Value) -> BTreeSet<&str> {
    value.as_str().into_iter().flat_map(|text| text.split(' ')).collect()
}

fn claims(token: &Value) -> Value {
    let encoded = token.as_str().and_then(|token| token.split('.').nth(1)).expect("a JWT has claims");
    let bytes = URL_SAFE_NO_PAD.decode(encoded).expect("claims are Base64url");
    serde_json::from_slice(&bytes).expect("claims are JSON")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_granted_is_what_the_rule_says(world in world(), asked in asked()) {
        let (status, body) = ask(&world, asked.as_ref());
        let Some(granted) = world.granted(asked.as_ref()) else {
            prop_assert_eq!((status, &body["error"]), (403, &json!("unauthorized_client")));
            return Ok(());
        };
        prop_assert_eq!(status, 200);
        prop_assert_eq!(words(&body["scope"]), granted.clone());
        let claims = claims(&body["access_token"]);
        prop_assert_eq!(words(&claims["scope"]), granted.clone());
        prop_assert_eq!(body.get("id_token").is_some(), granted.contains("openid"));
        prop_assert_eq!(claims["aud"].is_array(), granted.contains("openid"));
        let held = world.scopes.iter().filter(|one| world.by_role.contains(one) || world.direct.contains(one));
        let listed = world.rbac.then(|| json!(held.collect::<Vec<_>>()));
        prop_assert_eq!(claims.get("permissions").cloned(), listed);
    }
}

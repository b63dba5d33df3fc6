//! A tenant document → a tenant, or all its problems at once.
//!
//! The outer members are the form of Auth0's Deploy CLI; what an export lacks stands under `ropg`, keyed by name.
//! Unknown members of an export are listed, not refused: real ones carry much that means nothing here.

mod overlay;
mod check;
mod protection;
mod connections;
mod applications;
mod refresh;
mod access;
mod mfa;
mod users;
mod password;
mod routes;

use std::collections::HashMap;
use std::sync::Arc;

use ropg_fixtures::document::Node;
use ropg_fixtures::{Document, Problems, schema};

use super::api::{Api, ApiSigning};
use super::behaviour::{Behaviour, Preset};
use super::secret::Secret;
use super::signing_key::{Padding, SigningKey};
use super::{Definition, Tenant, derived};
use check::Check;
use overlay::Overlay;

/// Reads a document.
pub(super) fn load(name: &str, document: &Document) -> Result<Tenant, Problems> {
    let mut problems = Problems::default();
    schema::check("tenant", document, &mut problems);
    let mut check = Check::new(document, problems);
    let root = &document.root;
    check.ignore_unknown(root, "", ROOT_MEMBERS);
    let overlay = Overlay::of(root);
    let behaviour = behaviour(root, &mut check);
    let applications = applications::applications(root, &overlay, &mut check);
    let connections = connections::connections(root, &applications, &mut check);
    let apis = apis(root, &overlay, &mut check);
    let roles = access::roles(root, &apis, &mut check);
    let client_grants = access::client_grants(root, &applications, &apis, &mut check);
    let mfa = mfa::settings(root, &mut check);
    let users = users::users(root, &connections, &apis, &roles, &mfa, &mut check);
    let settings = root.member("tenant");
    settings.iter().for_each(|node| check.ignore_unknown(node, "tenant", SETTINGS));
    let setting = |name: &str| {
        let text = settings.and_then(|node| node.member(name)).and_then(Node::text);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    overlay.check_names(root, &mut check);
    let definition = Definition {
        name: name.to_owned(),
        behaviour,
        applications: applications.into_iter().map(|one| (one.client_id.clone(), Arc::new(one))).collect(),
        apis: apis.into_iter().map(Arc::new).collect(),
        connections: connections.into_iter().map(Arc::new).collect(),
        users,
        default_directory: setting("default_directory"),
        default_audience: setting("default_audience"),
        revokes_grant: settings
            .and_then(|node| node.member("flags"))
            .and_then(|flags| flags.member("revoke_refresh_token_grant"))
            .and_then(Node::bool)
            .unwrap_or(false),
        resource_names_api: setting("resource_parameter_profile").as_deref() == Some("compatibility"),
        client_grants,
        signing_key: SigningKey::shipped(Padding::Pkcs1),
        issuer: root
            .member("ropg")
            .and_then(|node| node.member("issuer"))
            .and_then(Node::text)
            .map(str::to_owned),
        allowed_hosts: Vec::new(),
        logins: protection::logins(root, &mut check),
        mfa,
        deviations: Vec::new(),
        ignored: std::mem::take(&mut check.ignored),
    };
    check.or(Tenant(Arc::new(definition)))
}

const ROOT_MEMBERS: &[&str] = &[
    "tenant",
    "clients",
    "resourceServers",
    "clientGrants",
    "roles",
    "databases",
    "connections",
    "attackProtection",
    "guardianFactors",
    "guardianPhoneFactorMessageTypes",
    "guardianPolicies",
    "ropg",
];

const SETTINGS: &[&str] =
    &["friendly_name", "default_directory", "default_audience", "resource_parameter_profile", "flags"];

fn behaviour(root: &Node, check: &mut Check<'_>) -> Behaviour {
    let overlay = root.member("ropg");
    let preset = match overlay.and_then(|node| node.member("preset")).and_then(Node::text) {
        Some("rfc6749") => Preset::Rfc6749,
        _ => Preset::Auth0,
    };
    let mut behaviour = Behaviour::preset(preset);
    for (key, value) in
        overlay.and_then(|node| node.member("behaviour")).map(Node::members).unwrap_or_default()
    {
        let text = value.text().map_or_else(|| value.to_json().to_string(), str::to_owned);
        if let Err(fault) = behaviour.set(&key.text, &text) {
            check.problem(value.at, fault);
        }
    }
    behaviour
}

/// The items of a list member.
fn list<'a>(root: &'a Node, name: &str) -> &'a [Node] {
    root.member(name).map(Node::items).unwrap_or_default()
}

fn text(node: &Node, name: &str) -> Option<String> {
    node.member(name).and_then(Node::text).map(str::to_owned)
}

fn texts(node: &Node, name: &str) -> Vec<String> {
    list(node, name).iter().filter_map(Node::text).map(str::to_owned).collect()
}

fn seconds(node: Option<&Node>) -> Option<i64> {
    node.and_then(Node::whole).and_then(|whole| i64::try_from(whole).ok())
}

fn apis(root: &Node, overlay: &Overlay<'_>, check: &mut Check<'_>) -> Vec<Api> {
    let mut identifiers: HashMap<String, ()> = HashMap::new();
    let mut all = Vec::new();
    for node in list(root, "resourceServers") {
        check.ignore_unknown(node, "resourceServers", API_MEMBERS);
        let name = text(node, "name").unwrap_or_default();
        let identifier = text(node, "identifier").unwrap_or_default();
        if identifiers.insert(identifier.clone(), ()).is_some() {
            check.problem(node.at, format!("API `{identifier}` is there already"));
        }
        let signing = match text(node, "signing_alg").as_deref() {
            Some("HS256") => {
                let said = overlay.api(&name).and_then(|own| text(own, "signing_secret"));
                let secret = said.or_else(|| text(node, "signing_secret"));
                ApiSigning::Hs256(Secret::new(
                    secret.unwrap_or_else(|| derived::hex(&["api secret", &identifier], 64)),
                ))
            }
            Some("PS256") => ApiSigning::Ps256(SigningKey::shipped(Padding::Pss)),
            _ => ApiSigning::Rs256,
        };
        let scopes: Vec<String> =
            list(node, "scopes").iter().filter_map(|scope| text(scope, "value")).collect();
        all.push(Api {
            routes: routes::routes(overlay.routes(&name), &scopes, check),
            name,
            identifier,
            signing,
            token_lifetime: seconds(node.member("token_lifetime")).unwrap_or(86_400),
            allow_offline_access: node.member("allow_offline_access").and_then(Node::bool).unwrap_or(false),
            skips_consent: node
                .member("skip_consent_for_verifiable_first_party_clients")
                .and_then(Node::bool)
                .unwrap_or(true),
            scopes,
            dialect: access::dialect(node),
            rbac: node.member("enforce_policies").and_then(Node::bool).unwrap_or(false),
            user_access: access::user_access(node),
            is_mfa: false,
        });
    }
    all
}

const API_MEMBERS: &[&str] = &[
    "name",
    "identifier",
    "signing_alg",
    "signing_secret",
    "token_lifetime",
    "allow_offline_access",
    "skip_consent_for_verifiable_first_party_clients",
    "scopes",
    "token_dialect",
    "enforce_policies",
    "subject_type_authorization",
];

//! Applications: the export's `clients`, with ids, secrets and public keys from `ropg.clients`.

use std::collections::HashMap;

use jiff::Timestamp;
use ropg_fixtures::document::{Data, Node};

use super::super::api::ApiSigning;
use super::super::application::{Application, AuthMethod};
use super::super::credential::{self, AssertionAlg, Credential};
use super::super::derived;
use super::super::secret::Secret;
use super::super::signing_key::{Padding, SigningKey};
use super::check::Check;
use super::overlay::Overlay;
use super::{list, refresh, seconds, text, texts};

const MEMBERS: &[&str] = &[
    "name",
    "app_type",
    "is_first_party",
    "token_endpoint_auth_method",
    "client_authentication_methods",
    "grant_types",
    "client_id",
    "client_secret",
    "jwt_configuration",
    "organization_usage",
    "is_token_endpoint_ip_header_trusted",
    "refresh_token",
    "allowed_origins",
    "web_origins",
];

pub(super) fn applications(root: &Node, overlay: &Overlay<'_>, check: &mut Check<'_>) -> Vec<Application> {
    let mut ids: HashMap<String, String> = HashMap::new();
    let mut all = Vec::new();
    for node in list(root, "clients") {
        check.ignore_unknown(node, "clients", MEMBERS);
        let name = text(node, "name").unwrap_or_default();
        let own = overlay.client(&name);
        let client_id = own
            .and_then(|own| text(own, "client_id"))
            .or_else(|| text(node, "client_id"))
            .unwrap_or_else(|| derived::hex(&["client", &name], 32));
        if let Some(other) = ids.insert(client_id.clone(), name.clone()) {
            check.problem(node.at, format!("client id `{client_id}` belongs to `{other}` already"));
        }
        if let Some(methods) = node.member("client_authentication_methods") {
            check.ignore_unknown(methods, "clients.client_authentication_methods", &["private_key_jwt"]);
        }
        let auth_method = auth_method(node);
        let secret = own.and_then(|own| text(own, "client_secret")).or_else(|| text(node, "client_secret"));
        let client_secret = (auth_method != AuthMethod::None)
            .then(|| Secret::new(secret.unwrap_or_else(|| derived::hex(&["client secret", &name], 64))));
        let jwt = node.member("jwt_configuration");
        all.push(Application {
            id_token_signing: id_token_signing(jwt, client_secret.as_ref(), auth_method),
            client_id,
            client_secret,
            auth_method,
            credentials: credentials(node, own, auth_method, check),
            grant_types: grant_types(node, auth_method),
            grants_listed: listed(node),
            first_party: node.member("is_first_party").and_then(Node::bool).unwrap_or(true),
            organizations: matches!(text(node, "organization_usage").as_deref(), Some("allow" | "require")),
            origins: origins(node),
            id_token_lifetime: seconds(jwt.and_then(|jwt| jwt.member("lifetime_in_seconds")))
                .unwrap_or(36_000),
            refresh: refresh::policy(node, check),
            name,
        });
    }
    all
}

/// Both lists mean the same here: pages of the client. A slash at the end is a slip that the service forgives.
fn origins(client: &Node) -> Vec<String> {
    let listed = ["allowed_origins", "web_origins"].iter().flat_map(|name| texts(client, name));
    listed.map(|origin| origin.trim_end_matches('/').to_owned()).collect()
}

/// The type decides where no method is said: native and single-page applications are public (CLI-09). A client with public
/// keys authenticates by them alone (CLI-20).
fn auth_method(node: &Node) -> AuthMethod {
    let methods = node.member("client_authentication_methods");
    if methods.and_then(|methods| methods.member("private_key_jwt")).is_some() {
        return AuthMethod::PrivateKeyJwt;
    }
    let said = text(node, "token_endpoint_auth_method");
    match (said.as_deref(), text(node, "app_type").as_deref()) {
        (Some("none"), _) | (None, Some("native" | "spa")) => AuthMethod::None,
        (Some("client_secret_basic"), _) => AuthMethod::Basic,
        _ => AuthMethod::Post,
    }
}

/// A public client verifies with the tenant's key alone, and so does one with keys, whose secret is hidden; the others may
/// share their secret (CLI-26, IDT-04).
fn id_token_signing(jwt: Option<&Node>, secret: Option<&Secret>, method: AuthMethod) -> ApiSigning {
    let said = jwt.and_then(|jwt| text(jwt, "alg"));
    let by_secret = secret.filter(|_| matches!(method, AuthMethod::Post | AuthMethod::Basic));
    match (said.as_deref(), by_secret) {
        (Some("HS256"), Some(secret)) => ApiSigning::Hs256(secret.clone()),
        (Some("PS256"), _) if method != AuthMethod::None => {
            ApiSigning::Ps256(SigningKey::shipped(Padding::Pss))
        }
        _ => ApiSigning::Rs256,
    }
}

fn listed(node: &Node) -> bool {
    node.member("grant_types").is_some_and(|said| !matches!(said.data, Data::Null))
}

/// `password` is never on by default (CLI-22, CLI-30).
fn grant_types(node: &Node, method: AuthMethod) -> Vec<String> {
    if listed(node) {
        return texts(node, "grant_types");
    }
    let mut all: Vec<String> =
        ["authorization_code", "implicit", "refresh_token"].map(str::to_owned).to_vec();
    if method != AuthMethod::None {
        all.push("client_credentials".to_owned());
    }
    all
}

/// The public keys, which an export names by id alone: the keys themselves stand in the overlay.
fn credentials(
    node: &Node,
    own: Option<&Node>,
    method: AuthMethod,
    check: &mut Check<'_>,
) -> Vec<Credential> {
    let listed = own.and_then(|own| own.member("credentials"));
    if method != AuthMethod::PrivateKeyJwt {
        if let Some(listed) = listed {
            let fault = "the keys mean nothing: no `client_authentication_methods` has `private_key_jwt`";
            check.problem(listed.at, fault);
        }
        return Vec::new();
    }
    let all = listed.map(Node::items).unwrap_or_default();
    if all.is_empty() {
        let name = text(node, "name").unwrap_or_default();
        check.ignored.push(format!(
            "clients: `{name}` cannot authenticate: an export has no keys; list them under ropg.clients.{name}.credentials"
        ));
    }
    if let Some(one_more) = all.get(credential::MOST) {
        check.problem(one_more.at, format!("a client has {} credentials at most", credential::MOST));
    }
    all.iter().filter_map(|one| credential(one, check)).collect()
}

fn credential(node: &Node, check: &mut Check<'_>) -> Option<Credential> {
    // What is missing or of another kind the schema has told.
    let alg = text(node, "alg").and_then(|alg| AssertionAlg::read(&alg))?;
    let pem = node.member("pem")?;
    let expires_at = match node.member("expires_at").and_then(Node::text).map(str::parse::<Timestamp>) {
        Some(Ok(at)) => Some(at),
        None => None,
        Some(Err(_)) => {
            let at = node.member("expires_at").map_or(node.at, |said| said.at);
            check.problem(at, "not an instant like `2027-01-31T12:00:00Z`");
            None
        }
    };
    match Credential::from_pem(pem.text().unwrap_or_default(), alg, text(node, "kid"), expires_at) {
        Ok(credential) => Some(credential),
        Err(fault) => {
            check.problem(pem.at, fault);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::tenant::Tenant;

    fn key(name: &str) -> &'static str {
        ropg_fixtures::file(name).expect("the test keys ship")
    }

    /// A tenant of one client with these credentials.
    fn load(client: Value, credentials: Value) -> Result<Tenant, String> {
        let mut client = client;
        client["name"] = json!("web");
        let document = json!({
            "clients": [client],
            "ropg": { "clients": { "web": { "client_id": "web", "credentials": credentials } } }
        });
        Tenant::from_value(document).map_err(|problems| problems.render(false))
    }

    fn signing() -> Value {
        json!({ "client_authentication_methods": { "private_key_jwt": { "credentials": [{ "id": "cred_1" }] } } })
    }

    fn credential() -> Value {
        json!({ "alg": "RS256", "pem": key("keys/insecure-test-client-a.pub.pem") })
    }

    #[test]
    fn a_client_has_one_or_two_keys() {
        assert!(load(signing(), json!([credential()])).is_ok());
        assert!(load(signing(), json!([credential(), credential()])).is_ok());
        let three = load(signing(), json!([credential(), credential(), credential()]));
        assert!(three.unwrap_err().contains("2 credentials at most"));
    }

    #[test]
    fn a_key_that_cannot_serve_is_told() {
        let mut private = credential();
        private["pem"] = json!(key("keys/insecure-test-client-a.pem"));
        assert!(load(signing(), json!([private])).unwrap_err().contains("private key"));
        let mut dated = credential();
        dated["expires_at"] = json!("soon");
        assert!(load(signing(), json!([dated])).unwrap_err().contains("instant"));
        let mut weak = credential();
        weak["alg"] = json!("HS256");
        assert!(load(signing(), json!([weak])).unwrap_err().contains("RS384"));
        let unused =
            load(json!({ "token_endpoint_auth_method": "client_secret_post" }), json!([credential()]));
        assert!(unused.unwrap_err().contains("mean nothing"));
    }

    #[test]
    fn an_export_without_keys_loads_and_says_who_is_locked_out() {
        let tenant = load(signing(), json!([])).expect("an export has no keys");
        assert!(tenant.ignored().iter().any(|line| line.contains("`web` cannot authenticate")));
    }
}

//! `given`: what must exist at the target, by kind and alias.

use ropg_fixtures::document::{Data, Key, Node};

use super::mfa::{enrolled, mfa};
use super::reading::Reading;
use crate::corpus::case::{
    ApiScopes, ClientAuth, Given, GivenApi, GivenClient, GivenConnection, GivenCredential, GivenRole,
    GivenRoute, GivenTenant, GivenUser, Settings,
};

const KINDS: &[&str] = &["tenant", "connection.NAME", "api.NAME", "role.NAME", "client.NAME", "user.NAME"];

/// The grants that a client has unless the case says otherwise.
const GRANTS: &[&str] = &["password", "password-realm", "refresh_token"];

/// What the case needs.
pub(super) fn given(reading: &mut Reading<'_>, node: &Node) -> Given {
    let mut given = Given::default();
    for (key, value) in reading.any_map(node) {
        let (kind, alias) = key.text.split_once('.').unwrap_or((&key.text, ""));
        let alias_ok = (kind == "tenant") == alias.is_empty() && !alias.contains('.');
        match kind {
            _ if !alias_ok => reading.unknown(key, KINDS),
            "tenant" => given.tenant = tenant(reading, value),
            "connection" => given.connections.push((alias.to_owned(), connection(reading, value))),
            "api" => given.apis.push((alias.to_owned(), api(reading, value))),
            "role" => given.roles.push((alias.to_owned(), role(reading, value))),
            "client" => given.clients.push((alias.to_owned(), client(reading, value))),
            "user" => given.users.push((alias.to_owned(), user(reading, value))),
            _ => reading.unknown(key, KINDS),
        }
    }
    given
}

fn tenant(reading: &mut Reading<'_>, node: &Node) -> GivenTenant {
    let mut tenant = GivenTenant::default();
    for (key, value) in reading.map(node, TENANT_MEMBERS) {
        match key.text.as_str() {
            "behaviour" => {
                for (name, value) in reading.any_map(value) {
                    let text = match &value.data {
                        Data::Bool(flag) => flag.to_string(),
                        Data::Number(number) => number.to_string(),
                        Data::Null | Data::Text(_) | Data::List(_) | Data::Map(_) => reading.text(value),
                    };
                    tenant.behaviour.push((name.text.clone(), text));
                }
            }
            "default_directory" => {
                let none = matches!(value.data, Data::Null);
                tenant.default_directory = Some(if none { None } else { Some(reading.text(value)) });
            }
            "default_audience" => tenant.default_audience = Some(reading.text(value)),
            "issuer" => tenant.issuer = Some(reading.text(value)),
            "mfa" => tenant.mfa = Some(mfa(reading, value)),
            "settings" => tenant.settings = settings(reading, node),
            _ => {}
        }
    }
    tenant
}

const TENANT_MEMBERS: &[&str] =
    &["behaviour", "default_directory", "default_audience", "issuer", "mfa", "settings"];

fn connection(reading: &mut Reading<'_>, node: &Node) -> GivenConnection {
    reading.map(node, &["realms", "strategy", "enabled_clients", "settings"]);
    GivenConnection {
        realms: node.member("realms").map(|realms| reading.texts(realms)).unwrap_or_default(),
        strategy: node
            .member("strategy")
            .map_or_else(|| "auth0".to_owned(), |strategy| reading.text(strategy)),
        enabled_clients: node.member("enabled_clients").map(|clients| reading.texts(clients)),
        settings: settings(reading, node),
    }
}

fn api(reading: &mut Reading<'_>, node: &Node) -> GivenApi {
    let known = ["scopes", "signing_alg", "allow_offline_access", "token_lifetime", "routes", "settings"];
    reading.map(node, &known);
    let alg = node.member("signing_alg");
    let alg = alg
        .and_then(|alg| reading.one_of(alg, &[("RS256", "RS256"), ("HS256", "HS256"), ("PS256", "PS256")]));
    let routes = node.member("routes").map(|routes| reading.any_map(routes)).unwrap_or_default();
    GivenApi {
        scopes: node.member("scopes").map(|scopes| reading.texts(scopes)).unwrap_or_default(),
        signing_alg: alg.unwrap_or("RS256").to_owned(),
        allow_offline_access: node.member("allow_offline_access").is_none_or(|flag| reading.flag(flag)),
        token_lifetime: node.member("token_lifetime").map(|lifetime| reading.whole(lifetime)),
        settings: settings(reading, node),
        routes: routes.iter().map(|(key, value)| (key.text.clone(), route(reading, value))).collect(),
    }
}

fn route(reading: &mut Reading<'_>, node: &Node) -> GivenRoute {
    reading.map(node, &["method", "path", "scopes"]);
    GivenRoute {
        method: node.member("method").map_or_else(|| "GET".to_owned(), |method| reading.text(method)),
        path: reading.required_text(node, "path"),
        scopes: node.member("scopes").map(|scopes| reading.texts(scopes)).unwrap_or_default(),
    }
}

fn role(reading: &mut Reading<'_>, node: &Node) -> GivenRole {
    reading.map(node, &["permissions"]);
    GivenRole { permissions: api_scopes(reading, node, "permissions").unwrap_or_default() }
}

/// A map from APIs to parts of their scopes.
fn api_scopes(reading: &mut Reading<'_>, node: &Node, name: &str) -> Option<ApiScopes> {
    let members = node.member(name).map(|scopes| reading.any_map(scopes))?;
    Some(members.iter().map(|(api, scopes)| (api.text.clone(), reading.texts(scopes))).collect())
}

fn client(reading: &mut Reading<'_>, node: &Node) -> GivenClient {
    reading.map(node, CLIENT_MEMBERS);
    let methods = [
        ("none", ClientAuth::None),
        ("post", ClientAuth::Post),
        ("basic", ClientAuth::Basic),
        ("private_key_jwt", ClientAuth::PrivateKeyJwt),
    ];
    let credentials = node.member("credentials").map(Node::items).unwrap_or_default();
    let all = || GRANTS.iter().map(|&grant| grant.to_owned()).collect();
    GivenClient {
        auth: node.member("auth").and_then(|auth| reading.one_of(auth, &methods)),
        grants: node.member("grants").map_or_else(all, |grants| reading.texts(grants)),
        further_grants: node.member("further_grants").is_some_and(|flag| reading.flag(flag)),
        first_party: node.member("first_party").is_none_or(|flag| reading.flag(flag)),
        secret: node.member("secret").map(|secret| reading.text(secret)),
        user_access: api_scopes(reading, node, "user_access").unwrap_or_default(),
        client_access: api_scopes(reading, node, "client_access").unwrap_or_default(),
        credentials: credentials.iter().map(|one| credential(reading, one)).collect(),
        settings: settings(reading, node),
    }
}

const CLIENT_MEMBERS: &[&str] = &[
    "auth",
    "grants",
    "further_grants",
    "first_party",
    "secret",
    "credentials",
    "user_access",
    "client_access",
    "settings",
];

fn credential(reading: &mut Reading<'_>, node: &Node) -> GivenCredential {
    reading.map(node, &["alg", "expires_at"]);
    let algs = [("RS256", "RS256"), ("RS384", "RS384"), ("PS256", "PS256")];
    let alg = node.member("alg").and_then(|alg| reading.one_of(alg, &algs));
    GivenCredential {
        alg: alg.unwrap_or("RS256").to_owned(),
        expires_at: node.member("expires_at").map(|at| reading.text(at)),
    }
}

fn user(reading: &mut Reading<'_>, node: &Node) -> GivenUser {
    reading.map(node, USER_MEMBERS);
    let profile = node.member("profile").map(|profile| reading.any_map(profile)).unwrap_or_default();
    GivenUser {
        connection: node.member("connection").map(|connection| reading.text(connection)),
        like: node.member("like").map(|like| reading.text(like)),
        blocked: node.member("blocked").is_some_and(|flag| reading.flag(flag)),
        email: node.member("email").map(|email| reading.text(email)),
        password: node.member("password").map(|password| reading.text(password)),
        profile: profile.iter().map(|(key, value)| (key.text.clone(), value.to_json())).collect(),
        roles: node.member("roles").map(|roles| reading.texts(roles)),
        permissions: api_scopes(reading, node, "permissions"),
        factors: node.member("factors").map(|factors| enrolled(reading, factors)),
        settings: settings(reading, node),
    }
}

const USER_MEMBERS: &[&str] = &[
    "connection",
    "like",
    "blocked",
    "email",
    "password",
    "profile",
    "roles",
    "permissions",
    "factors",
    "settings",
];

/// Members of the exported object, as they are.
fn settings(reading: &mut Reading<'_>, node: &Node) -> Settings {
    let members = node.member("settings").map(|settings| reading.any_map(settings)).unwrap_or_default();
    members.iter().map(|(key, value)| (key.text.clone(), value.to_json())).collect()
}

/// What exists after `changes`: an object's members are replaced one by one, `settings` deeply; `null` ends an object.
pub(super) fn changed(given: &Node, changes: &Node) -> Node {
    let mut members = given.members().to_vec();
    for (key, change) in changes.members() {
        let place = members.iter().position(|(known, _)| known.text == key.text);
        match (place, &change.data) {
            (Some(place), Data::Null) => drop(members.remove(place)),
            (Some(place), _) => members[place].1 = merged(&members[place].1, change, false),
            (None, _) => members.push((key.clone(), change.clone())),
        }
    }
    Node { data: Data::Map(members), at: changes.at }
}

fn merged(old: &Node, new: &Node, deep: bool) -> Node {
    let (Data::Map(_) | Data::Null, Data::Map(changes)) = (&old.data, &new.data) else { return new.clone() };
    let mut members: Vec<(Key, Node)> = old.members().to_vec();
    for (key, change) in changes {
        let deep = deep || key.text == "settings";
        match members.iter_mut().find(|(known, _)| known.text == key.text) {
            Some((_, old)) if deep => *old = merged(old, change, true),
            Some((_, old)) => *old = change.clone(),
            None => members.push((key.clone(), change.clone())),
        }
    }
    Node { data: Data::Map(members), at: new.at }
}

//! Connections: `databases` and `connections` of an export.

use std::collections::HashMap;

use ropg_fixtures::document::Node;

use super::super::application::Application;
use super::super::connection::{Connection, Identifier};
use super::check::Check;
use super::{list, seconds, text, texts};

/// Seconds that a code serves where the connection says nothing (`options.totp.time_step`).
const CODE_LIFETIME: i64 = 180;

/// Databases of this service, and connections to somebody else's directories.
pub(super) fn connections(
    root: &Node,
    applications: &[Application],
    check: &mut Check<'_>,
) -> Vec<Connection> {
    let mut realms: HashMap<String, String> = HashMap::new();
    let mut names: HashMap<String, ()> = HashMap::new();
    let mut all = Vec::new();
    for (member, node) in ["databases", "connections"]
        .iter()
        .flat_map(|name| list(root, name).iter().map(move |node| (name, node)))
    {
        check.ignore_unknown(node, member, &["name", "strategy", "realms", "enabled_clients", "options"]);
        let name = text(node, "name").unwrap_or_default();
        if names.insert(name.clone(), ()).is_some() {
            check.problem(node.at, format!("connection `{name}` is there already"));
        }
        let mut listed = texts(node, "realms");
        if listed.is_empty() {
            listed.push(name.clone());
        }
        for realm in &listed {
            if let Some(other) = realms.insert(realm.clone(), name.clone()) {
                check.problem(node.at, format!("realm `{realm}` belongs to connection `{other}` already"));
            }
        }
        let mut enabled_clients = Vec::new();
        for item in list(node, "enabled_clients") {
            let said = item.text().unwrap_or_default();
            match applications.iter().find(|client| client.name == said || client.client_id == said) {
                Some(client) => enabled_clients.push(client.client_id.clone()),
                None => {
                    let known: Vec<String> = applications.iter().map(|client| client.name.clone()).collect();
                    check.unknown(item.at, format!("no client is called `{said}`"), said, &known);
                }
            }
        }
        let strategy = text(node, "strategy").unwrap_or_else(|| "auth0".to_owned());
        let identifiers = identifiers(node, &strategy, check);
        let code_lifetime = node
            .member("options")
            .and_then(|options| options.member("totp"))
            .and_then(|totp| seconds(totp.member("time_step")))
            .unwrap_or(CODE_LIFETIME);
        all.push(Connection { name, strategy, realms: listed, enabled_clients, identifiers, code_lifetime });
    }
    all
}

/// Under what users log in: `options.attributes` says it for each attribute; else usernames count if they are required
/// beside what the strategy takes anyway (PWD-09, PWD-10).
fn identifiers(node: &Node, strategy: &str, check: &mut Check<'_>) -> Vec<Identifier> {
    let options = node.member("options");
    let requires_username = options.and_then(|options| options.member("requires_username"));
    let mut identifiers = Identifier::of_strategy(strategy);
    if let Some(attributes) = options.and_then(|options| options.member("attributes")) {
        let active = |kind: &Identifier| {
            let identifier = attributes.member(kind.name()).and_then(|one| one.member("identifier"));
            identifier.and_then(|one| one.member("active")).and_then(Node::bool) == Some(true)
        };
        identifiers = Identifier::ALL.into_iter().filter(active).collect();
        if identifiers.is_empty() {
            check.problem(attributes.at, "no attribute is an active identifier: nobody could log in");
        }
        if let Some(node) = requires_username {
            check.problem(node.at, "`requires_username` has no place beside `attributes`");
        }
    } else if requires_username.and_then(Node::bool) == Some(true)
        && !identifiers.contains(&Identifier::Username)
    {
        identifiers.push(Identifier::Username);
    }
    identifiers
}

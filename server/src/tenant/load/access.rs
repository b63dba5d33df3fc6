//! Who may have what of an API: its policies, roles with their permissions, client grants (SCP-14…SCP-22).
//!
//! Exports speak of APIs that they do not hold, the service's own before all: what concerns those means nothing here and
//! is listed, not refused.

use std::sync::Arc;

use ropg_fixtures::document::Node;

use super::super::api::{Api, Dialect, TokenProfile, UserAccess};
use super::super::application::Application;
use super::super::client_grant::{ClientGrant, GrantSubject};
use super::super::role::{Permission, Role};
use super::check::Check;
use super::{list, text, texts};

/// `token_dialect`; the schema has refused other words.
pub(super) fn dialect(node: &Node) -> Dialect {
    let said = text(node, "token_dialect").and_then(|word| Dialect::read(&word));
    said.unwrap_or(Dialect { profile: TokenProfile::Auth0, permissions: false })
}

/// `subject_type_authorization.user.policy`.
pub(super) fn user_access(node: &Node) -> UserAccess {
    let user = node.member("subject_type_authorization").and_then(|both| both.member("user"));
    let said = user.and_then(|user| text(user, "policy")).and_then(|word| UserAccess::read(&word));
    said.unwrap_or(UserAccess::AllowAll)
}

/// The roles.
pub(super) fn roles(root: &Node, apis: &[Api], check: &mut Check<'_>) -> Vec<Arc<Role>> {
    let mut all: Vec<Arc<Role>> = Vec::new();
    for node in list(root, "roles") {
        check.ignore_unknown(node, "roles", &["id", "name", "description", "permissions"]);
        let name = text(node, "name").unwrap_or_default();
        if all.iter().any(|known| known.name == name) {
            check.problem(node.at, format!("role `{name}` is there already"));
        }
        let permissions = permissions(node, &format!("roles.{name}"), apis, check);
        all.push(Arc::new(Role { name, permissions }));
    }
    all
}

/// The member `permissions` of a role or a user.
pub(super) fn permissions(node: &Node, whose: &str, apis: &[Api], check: &mut Check<'_>) -> Vec<Permission> {
    let mut all = Vec::new();
    for node in list(node, "permissions") {
        let name = text(node, "permission_name").unwrap_or_default();
        let identifier = text(node, "resource_server_identifier").unwrap_or_default();
        match apis.iter().find(|api| api.identifier == identifier) {
            None => {
                check.ignored.push(format!("{whose}.permissions: `{name}` of `{identifier}`, no API here"))
            }
            Some(api) if !api.scopes.contains(&name) => {
                let message = format!("API `{identifier}` has no scope `{name}`");
                check.unknown(node.at, message, &name, &api.scopes);
            }
            Some(_) => all.push(Permission { api: identifier, name }),
        }
    }
    all
}

/// The roles that a user names.
pub(super) fn roles_of(user: &Node, roles: &[Arc<Role>], check: &mut Check<'_>) -> Vec<Arc<Role>> {
    let mut all = Vec::new();
    for node in list(user, "roles") {
        let said = node.text().unwrap_or_default();
        match roles.iter().find(|role| role.name == said) {
            Some(role) => all.push(Arc::clone(role)),
            None => {
                let known: Vec<String> = roles.iter().map(|role| role.name.clone()).collect();
                check.unknown(node.at, format!("no role is called `{said}`"), said, &known);
            }
        }
    }
    all
}

/// The client grants, with the client by name or id.
pub(super) fn client_grants(
    root: &Node,
    applications: &[Application],
    apis: &[Api],
    check: &mut Check<'_>,
) -> Vec<ClientGrant> {
    let mut all: Vec<ClientGrant> = Vec::new();
    for node in list(root, "clientGrants") {
        check.ignore_unknown(node, "clientGrants", GRANT_MEMBERS);
        let said = text(node, "client_id").unwrap_or_default();
        let audience = text(node, "audience").unwrap_or_default();
        let client = applications.iter().find(|client| client.name == said || client.client_id == said);
        let Some(client) = client else {
            let known: Vec<String> = applications.iter().map(|client| client.name.clone()).collect();
            check.unknown(node.at, format!("no client is called `{said}`"), &said, &known);
            continue;
        };
        let Some(api) = apis.iter().find(|api| api.identifier == audience) else {
            check.ignored.push(format!("clientGrants: `{said}` at `{audience}`, no API here"));
            continue;
        };
        let everything = node.member("allow_all_scopes").and_then(Node::bool) == Some(true);
        let scope = if everything { api.scopes.clone() } else { texts(node, "scope") };
        for name in scope.iter().filter(|name| !api.scopes.contains(name)) {
            check.unknown(node.at, format!("API `{audience}` has no scope `{name}`"), name, &api.scopes);
        }
        let subject = match text(node, "subject_type").as_deref() {
            Some("user") => GrantSubject::User,
            _ => GrantSubject::Client,
        };
        let grant = ClientGrant {
            client_id: client.client_id.clone(),
            audience,
            subject,
            scope: scope.iter().map(String::as_str).collect(),
        };
        let same = |known: &&ClientGrant| {
            (&known.client_id, &known.audience, known.subject)
                == (&grant.client_id, &grant.audience, grant.subject)
        };
        if all.iter().find(same).is_some() {
            let message = format!("client `{said}` has such a grant at `{}` already", grant.audience);
            check.problem(node.at, message);
        }
        all.push(grant);
    }
    all
}

const GRANT_MEMBERS: &[&str] = &["client_id", "audience", "scope", "subject_type", "allow_all_scopes"];

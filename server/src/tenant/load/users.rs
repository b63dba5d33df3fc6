//! Users: members of the bulk import, by connection.

use std::sync::Arc;

use ropg_fixtures::document::Node;

use super::super::api::Api;
use super::super::connection::{Connection, Identifier};
use super::super::mfa::Mfa;
use super::super::password::PasswordHash;
use super::super::role::Role;
use super::super::user::{User, folded};
use super::super::{Users, derived};
use super::check::Check;
use super::{access, password, text};

pub(super) fn users(
    root: &Node,
    connections: &[Connection],
    apis: &[Api],
    roles: &[Arc<Role>],
    mfa: &Mfa,
    check: &mut Check<'_>,
) -> Users {
    let mut users = Users::default();
    let by_connection =
        root.member("ropg").and_then(|node| node.member("users")).map(Node::members).unwrap_or_default();
    for (key, listed) in by_connection {
        let connection = connections.iter().find(|connection| connection.name == key.text);
        if connection.is_none() {
            let known: Vec<String> = connections.iter().map(|connection| connection.name.clone()).collect();
            check.unknown(key.at, format!("no connection is called `{}`", key.text), &key.text, &known);
        }
        for node in listed.items() {
            let codes = connection.is_some_and(Connection::sends_codes);
            let Some(mut user) = user(&key.text, codes, node, check) else { continue };
            user.roles = access::roles_of(node, roles, check);
            user.authenticators = super::mfa::authenticators(node, &user.subject, mfa, check);
            user.permissions = access::permissions(node, user.identifier(), apis, check);
            let place = users.all.len();
            for identifier in identifiers(connection, &user, node, check) {
                let taken = users.by_identifier.insert((key.text.clone(), folded(identifier)), place);
                if taken.is_some_and(|other| other != place) {
                    check.problem(node.at, format!("`{identifier}` is a user of `{}` already", key.text));
                }
            }
            if users.by_subject.insert(user.subject.clone(), place).is_some() {
                check.problem(node.at, format!("user id `{}` is taken already", user.subject));
            }
            users.all.push(Arc::new(user));
        }
    }
    users
}

/// Under what the user logs in: what the connection takes as an identifier (PWD-09, PWD-10).
fn identifiers<'a>(
    connection: Option<&Connection>,
    user: &'a User,
    node: &Node,
    check: &mut Check<'_>,
) -> Vec<&'a str> {
    let Some(connection) = connection else { return Vec::new() };
    let taken = &connection.identifiers;
    if user.username.is_some() && !taken.contains(&Identifier::Username) {
        check.ignore(node, &format!("ropg.users.{}.username", connection.name), "its connection takes none");
    }
    let found: Vec<&str> = taken.iter().filter_map(|&kind| user.known_by(kind)).collect();
    if found.is_empty() {
        let taken: Vec<&str> = taken.iter().map(|kind| kind.name()).collect();
        let fault = format!("the user could never log in: `{}` takes {}", connection.name, taken.join(", "));
        check.problem(node.at, fault);
    }
    found
}

fn user(connection: &str, codes: bool, node: &Node, check: &mut Check<'_>) -> Option<User> {
    let said = |name: &str| text(node, name).filter(|text| !text.is_empty());
    let (email, username, phone_number) = (said("email"), said("username"), said("phone_number"));
    let Some(known_as) = email.as_ref().or(username.as_ref()).or(phone_number.as_ref()) else {
        check.problem(node.at, "a user needs an `email`, a `username` or a `phone_number`");
        return None;
    };
    let id = said("user_id").unwrap_or_else(|| derived::hex(&["user", connection, known_as], 24));
    let subject = if id.contains('|') { id } else { format!("auth0|{id}") };
    // A bad one is told; what else is wrong with its user is told too.
    let password = if codes {
        for name in ["password", "password_hash", "custom_password_hash"] {
            if let Some(node) = node.member(name) {
                check.problem(
                    node.at,
                    format!("connection `{connection}` sends codes: its users have no `{name}`"),
                );
            }
        }
        None
    } else {
        password::password(&subject, node, check)
    };
    let password = password.unwrap_or_else(PasswordHash::nobodys);
    let flag = |name: &str| node.member(name).and_then(Node::bool).unwrap_or(false);
    Some(User {
        subject,
        connection: connection.to_owned(),
        email_verified: flag("email_verified"),
        phone_verified: flag("phone_verified"),
        given_name: said("given_name"),
        family_name: said("family_name"),
        name: said("name"),
        nickname: said("nickname"),
        picture: said("picture"),
        address: node.member("address").map(Node::to_json),
        blocked: flag("blocked"),
        roles: Vec::new(),
        permissions: Vec::new(),
        authenticators: Vec::new(),
        email,
        username,
        phone_number,
        password,
    })
}

//! Users: members of the bulk import, by connection, with a plain `password` for test data or an argon2 PHC string.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::digest::{SHA256, digest};
use ropg_fixtures::document::Node;

use super::super::api::Api;
use super::super::connection::Connection;
use super::super::role::Role;
use super::super::secret::Secret;
use super::super::user::{User, folded};
use super::super::{Users, derived};
use super::check::Check;
use super::{access, text};

/// The cost of a password that is given in plain text: 8 KiB, one pass. A true argon2id hash that costs microseconds; who
/// wants another cost gives a PHC string.
pub(crate) const CHEAP: (u32, u32, u32) = (8, 1, 1);

pub(super) fn users(
    root: &Node,
    connections: &[Connection],
    apis: &[Api],
    roles: &[Arc<Role>],
    check: &mut Check<'_>,
) -> Users {
    let mut users = Users::default();
    let by_connection =
        root.member("ropg").and_then(|node| node.member("users")).map(Node::members).unwrap_or_default();
    for (key, listed) in by_connection {
        if !connections.iter().any(|connection| connection.name == key.text) {
            let known: Vec<String> = connections.iter().map(|connection| connection.name.clone()).collect();
            check.unknown(key.at, format!("no connection is called `{}`", key.text), &key.text, &known);
        }
        for node in listed.items() {
            let Some(mut user) = user(&key.text, node, check) else { continue };
            user.roles = access::roles_of(node, roles, check);
            user.permissions = access::permissions(node, user.identifier(), apis, check);
            let place = users.all.len();
            for identifier in user.identifiers() {
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

fn user(connection: &str, node: &Node, check: &mut Check<'_>) -> Option<User> {
    let said = |name: &str| text(node, name).filter(|text| !text.is_empty());
    let (email, username, phone_number) = (said("email"), said("username"), said("phone_number"));
    let Some(known_as) = email.as_ref().or(username.as_ref()).or(phone_number.as_ref()) else {
        check.problem(node.at, "a user needs an `email`, a `username` or a `phone_number`");
        return None;
    };
    let id = said("user_id").unwrap_or_else(|| derived::hex(&["user", connection, known_as], 24));
    let subject = if id.contains('|') { id } else { format!("auth0|{id}") };
    let password = password(&subject, node, check)?;
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
        blocked: flag("blocked"),
        roles: Vec::new(),
        permissions: Vec::new(),
        email,
        username,
        phone_number,
        password,
    })
}

fn password(subject: &str, node: &Node, check: &mut Check<'_>) -> Option<Secret> {
    let phc = node
        .member("custom_password_hash")
        .and_then(|custom| custom.member("hash"))
        .and_then(|hash| hash.member("value"))
        .or_else(|| node.member("password_hash"));
    if let Some(phc) = phc {
        let value = phc.text().unwrap_or_default();
        return match verifiable(value) {
            Ok(()) => Some(Secret::new(value)),
            Err(fault) => {
                check.problem(phc.at, fault);
                None
            }
        };
    }
    match text(node, "password") {
        Some(plain) => Some(hashed(subject, &plain)),
        None => {
            check.problem(node.at, "a user needs a `password` or a `custom_password_hash`");
            None
        }
    }
}

/// Whether a password can ever be compared with a hash, and at a cost that a machine can bear.
fn verifiable(phc: &str) -> Result<(), &'static str> {
    let form = "only argon2 hashes in PHC form are read, `$argon2id$v=19$m=…,t=…,p=…$salt$hash`";
    let hash = PasswordHash::new(phc).map_err(|_| form)?;
    Algorithm::try_from(hash.algorithm.as_str()).map_err(|_| form)?;
    let params = Params::try_from(&hash).map_err(|_| "the parameters of the argon2 hash are not valid")?;
    match (hash.salt, hash.hash) {
        (Some(_), Some(_)) if params.m_cost() <= MOST.0 && params.t_cost() <= MOST.1 => Ok(()),
        (Some(_), Some(_)) => Err("the argon2 hash costs more than 1 GiB or 100 passes"),
        _ => Err("the argon2 hash lacks its salt or the hash itself"),
    }
}

/// The most that a hash may cost, in KiB and passes.
const MOST: (u32, u32) = (1 << 20, 100);

/// The hash of a plain password; the salt derives from the subject, so that the same file gives the same tenant.
fn hashed(subject: &str, plain: &str) -> Secret {
    let salt = digest(&SHA256, subject.as_bytes());
    let (memory, passes, lanes) = CHEAP;
    let params = Params::new(memory, passes, lanes, None).expect("the cheapest cost is a valid one");
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash: PasswordHash = argon2::password_hash::PasswordHasher::hash_password_with_salt(
        &hasher,
        plain.as_bytes(),
        &salt.as_ref()[..16],
    )
    .expect("a password of any length can be hashed");
    Secret::new(hash.to_string())
}

//! The directory: the tenant's users as a shared base, and what logins changed as an overlay.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::tenant::Definition;
use crate::tenant::behaviour::Switch;
use crate::tenant::connection::Identifier;
use crate::tenant::user::{User, folded};

/// When the users of a tenant file were last changed, before anybody logs in: 2026-01-01T00:00:00Z.
const LOADED: i64 = 1_767_225_600;

/// What changed since the tenant was loaded.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    overlay: Mutex<HashMap<String, Changes>>,
}

#[derive(Clone, Copy, Debug)]
struct Changes {
    logins: u64,
    last_login: Timestamp,
}

/// A user as of now.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) user: Arc<User>,
    pub(crate) updated_at: Timestamp,
}

impl Directory {
    /// The user who logs in under `identifier` in a connection (PWD-09, PWD-11).
    pub(crate) fn find(&self, tenant: &Definition, connection: &str, identifier: &str) -> Option<Arc<User>> {
        let users = &tenant.users;
        let key = (connection.to_owned(), folded(identifier));
        let found = match users.by_identifier.get(&key).and_then(|&place| users.all.get(place)) {
            None => guessed(tenant, connection, identifier),
            found => found,
        };
        found.filter(|user| recognised(tenant, user, identifier)).map(Arc::clone)
    }

    /// The user of a subject, as of now.
    pub(crate) fn profile(&self, tenant: &Definition, subject: &str) -> Option<Profile> {
        let users = &tenant.users;
        let user = users.by_subject.get(subject).and_then(|&place| users.all.get(place))?;
        let overlay = self.overlay.lock().unwrap_or_else(PoisonError::into_inner);
        let updated_at = overlay.get(subject).map_or_else(loaded, |changes| changes.last_login);
        Some(Profile { user: Arc::clone(user), updated_at })
    }

    /// Counts a login that issues tokens (PWD-24): `last_login`, and with it `updated_at`, are now.
    pub(crate) fn record_login(&self, subject: &str, now: Timestamp) -> u64 {
        let mut overlay = self.overlay.lock().unwrap_or_else(PoisonError::into_inner);
        let changes = overlay.entry(subject.to_owned()).or_insert(Changes { logins: 0, last_login: now });
        changes.logins += 1;
        changes.last_login = now;
        changes.logins
    }
}

/// Whom deviations find under an identifier that nobody has.
fn guessed<'a>(tenant: &'a Definition, connection: &str, identifier: &str) -> Option<&'a Arc<User>> {
    let any_kind = !tenant.behaviour.keeps(Switch::OwnIdentifiers);
    let tidied = !tenant.behaviour.keeps(Switch::IdentifierAsTyped);
    let tidy = |name: &str| name.trim().to_lowercase();
    let means = |name: &str| {
        (any_kind && folded(name) == folded(identifier)) || (tidied && tidy(name) == tidy(identifier))
    };
    tenant
        .users
        .all
        .iter()
        .filter(|user| (any_kind || tidied) && user.connection == connection)
        .find(|user| Identifier::ALL.into_iter().filter_map(|kind| user.known_by(kind)).any(means))
}

/// What deviations make of an identifier that is found by its folded form.
fn recognised(tenant: &Definition, user: &User, identifier: &str) -> bool {
    let known = |as_it_is: &dyn Fn(&str) -> bool| {
        Identifier::ALL.into_iter().filter_map(|kind| user.known_by(kind)).any(as_it_is)
    };
    let keeps = |rule| tenant.behaviour.keeps(rule);
    (keeps(Switch::IdentifierFolded) || known(&|known| known == identifier))
        && (keeps(Switch::PhoneFolded) || known(&|known| known.eq_ignore_ascii_case(identifier)))
        && (keeps(Switch::EveryIdentifier)
            || user.email.as_deref().is_some_and(|email| folded(email) == folded(identifier)))
}

fn loaded() -> Timestamp {
    Timestamp::from_second(LOADED).unwrap_or(Timestamp::UNIX_EPOCH)
}

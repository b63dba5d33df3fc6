//! Step 4: which directory verifies the password: the one that the realm names, or the tenant's default.

use std::sync::Arc;

use super::client::AuthenticatedClient;
use super::error::TokenError;
use super::grant::{Asked, PasswordGrant};
use crate::tenant::behaviour::{RealmMember, Switch};
use crate::tenant::connection::Connection;
use crate::tenant::secret::Secret;
use crate::turn::Turn;

/// A login that has a directory to be judged in.
#[derive(Debug)]
pub(crate) struct LoginAttempt {
    pub(crate) client: AuthenticatedClient,
    pub(crate) connection: Arc<Connection>,
    pub(crate) username: String,
    pub(crate) password: Secret,
    pub(crate) asked: Asked,
}

/// The directory of the plain grant (PWD-01…PWD-06). A realm beside it decides nothing, or everything (PWD-18).
pub(crate) fn default_directory(
    turn: &Turn<'_>,
    client: AuthenticatedClient,
    grant: PasswordGrant,
) -> Result<LoginAttempt, TokenError> {
    if grant.realm.is_some() && turn.tenant.behaviour.choices.realm_member == RealmMember::Used {
        return realm(turn, client, grant);
    }
    let name = turn.tenant.default_directory.as_deref().ok_or(TokenError::NoDefaultConnection)?;
    let nearly = |connection: &&Arc<Connection>| connection.name.eq_ignore_ascii_case(name);
    let found = match turn.tenant.connection(name) {
        None if !turn.tenant.behaviour.keeps(Switch::DirectoryExact) => {
            turn.tenant.connections.iter().find(nearly)
        }
        found => found,
    };
    let connection = found.ok_or(TokenError::NoDefaultConnection)?;
    admitted(turn, client, Arc::clone(connection), grant)
}

/// The directory that the request names (RLM-02…RLM-08, RLM-19).
pub(crate) fn realm(
    turn: &Turn<'_>,
    client: AuthenticatedClient,
    grant: PasswordGrant,
) -> Result<LoginAttempt, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    if !behaviour.keeps(Switch::RealmHonoured) {
        return default_directory(turn, client, PasswordGrant { realm: None, ..grant });
    }
    let Some(realm) = grant.realm.as_deref() else {
        // Only a server that does not insist on a realm comes here.
        let first = turn.tenant.connections.first().ok_or(TokenError::NoDefaultConnection)?;
        return admitted(turn, client, Arc::clone(first), grant);
    };
    let named = |connection: &&Arc<Connection>| connection.realms.iter().any(|known| known == realm);
    let nearly = |connection: &&Arc<Connection>| {
        connection.name.eq_ignore_ascii_case(realm)
            || connection.realms.iter().any(|known| known.eq_ignore_ascii_case(realm))
    };
    let connections = &turn.tenant.connections;
    let found = match connections.iter().find(named) {
        None if !behaviour.keeps(Switch::RealmExact) => connections.iter().find(nearly),
        found => found,
    };
    let connection = found.ok_or_else(|| TokenError::UnknownRealm(realm.to_owned()))?;
    admitted(turn, client, Arc::clone(connection), grant)
}

/// The connection of a login by a code that was sent: one that sends codes, by its realm (RLM-18).
pub(crate) fn passwordless(
    turn: &Turn<'_>,
    client: AuthenticatedClient,
    grant: PasswordGrant,
) -> Result<LoginAttempt, TokenError> {
    let attempt = realm(turn, client, grant)?;
    match attempt.connection.sends_codes() {
        true => Ok(attempt),
        false => Err(TokenError::ConnectionNotActive(attempt.connection.name.clone())),
    }
}

/// The connection by which a client wants a code to be sent.
pub(crate) fn sends_codes(
    turn: &Turn<'_>,
    client: &AuthenticatedClient,
    name: &str,
) -> Result<Arc<Connection>, TokenError> {
    let connection = turn.tenant.connection(name).ok_or_else(|| TokenError::UnknownRealm(name.to_owned()))?;
    if !connection.enabled_for(&client.application.client_id)
        && turn.tenant.behaviour.keeps(Switch::EnabledClientsEnforced)
    {
        return Err(TokenError::ConnectionDisabled(connection.name.clone()));
    }
    match connection.sends_codes() {
        true => Ok(Arc::clone(connection)),
        false => Err(TokenError::ConnectionNotActive(connection.name.clone())),
    }
}

/// The connection serves the client, and takes passwords at all, or, named by its realm, codes in their place.
fn admitted(
    turn: &Turn<'_>,
    client: AuthenticatedClient,
    connection: Arc<Connection>,
    grant: PasswordGrant,
) -> Result<LoginAttempt, TokenError> {
    turn.trace.connection(&connection, &grant.username);
    let enabled = connection.enabled_for(&client.application.client_id);
    if !enabled && turn.tenant.behaviour.keeps(Switch::EnabledClientsEnforced) {
        return Err(TokenError::ConnectionDisabled(connection.name.clone()));
    }
    let others = turn.tenant.behaviour.keeps(Switch::OtherDirectories);
    let codes = connection.sends_codes() && grant.realm.is_some();
    let passwords = connection.takes_passwords() && (connection.is_database() || others);
    if !passwords && !codes {
        return Err(TokenError::ConnectionNotActive(connection.name.clone()));
    }
    let PasswordGrant { username, password, asked, realm: _ } = grant;
    Ok(LoginAttempt { client, connection, username, password, asked })
}

//! Step 6: the password. An unknown user is answered as a wrong password, and costs what a user at the directory's default
//! hash costs (PWD-08); one who was imported with a costlier hash can be told by time.

use std::sync::{Arc, OnceLock};

use super::admit::AdmittedAttempt;
use super::client::AuthenticatedClient;
use super::connection::LoginAttempt;
use super::error::TokenError;
use super::grant::Asked;
use super::mfa_error::MfaError;
use crate::ledger::{Judged, RefreshGrant};
use crate::tenant::behaviour::{Number, Switch};
use crate::tenant::password::PasswordHash;
use crate::tenant::secret::Secret;
use crate::tenant::user::{User, folded};
use crate::turn::Turn;

/// A user who proved to be it, by a password or a refresh token, and is not blocked.
#[derive(Debug)]
pub(crate) struct AuthenticatedUser {
    pub(crate) user: Arc<User>,
    pub(crate) client: AuthenticatedClient,
    pub(crate) asked: Asked,
    /// At a refresh, what it goes back to.
    pub(crate) refreshed: Option<Refreshed>,
}

/// A good refresh token, not yet used up.
#[derive(Clone, Debug)]
pub(crate) struct Refreshed {
    /// As it was presented.
    pub(crate) token: Secret,
    /// What the login was granted: the ceiling of a refresh.
    pub(crate) original: Arc<RefreshGrant>,
}

/// Verifies the password (PWD-07, PWD-12), then whether an administrator blocked the account (PWD-15).
pub(crate) fn password(turn: &Turn<'_>, admitted: AdmittedAttempt) -> Result<AuthenticatedUser, TokenError> {
    if admitted.attempt.connection.sends_codes() {
        return sent_code(turn, admitted.attempt);
    }
    let LoginAttempt { client, connection, username, password, asked } = admitted.attempt;
    let behaviour = &turn.tenant.behaviour;
    let directory = || turn.ledgers.directory.find(turn.tenant, &connection.name, &username);
    let found = if behaviour.keeps(Switch::RealmDecides) {
        directory()
    } else {
        elsewhere(turn, &username, &password).or_else(directory)
    };
    let hash = match &found {
        Some(user) => &user.password,
        None => dummy(),
    };
    let right = verify(turn, hash, password.expose());
    match found {
        Some(user) if right || !behaviour.keeps(Switch::PasswordVerified) => {
            turn.trace.user(&user, "password");
            if blocked(turn, &user) {
                return Err(TokenError::UserBlocked(username));
            }
            Ok(AuthenticatedUser { user, client, asked, refreshed: None })
        }
        known => {
            if let Some(user) = known.as_ref().filter(|_| !behaviour.keeps(Switch::FailureNotRecorded)) {
                turn.ledgers.directory.record_login(&user.subject, turn.now);
            }
            let (connection, known) = (connection.name.clone(), known.is_some());
            Err(TokenError::WrongPassword { username, connection, known })
        }
    }
}

/// Verifies a code that was sent in place of a password (RLM-18): it serves once, and three wrong ones spend it.
pub(crate) fn sent_code(turn: &Turn<'_>, attempt: LoginAttempt) -> Result<AuthenticatedUser, TokenError> {
    let LoginAttempt { client, connection, username, password: code, asked } = attempt;
    let behaviour = &turn.tenant.behaviour;
    let at = (connection.name.clone(), folded(&username));
    let tries = behaviour.number(Number::SentCodeTries);
    let judged = match turn.ledgers.sent_codes.judge(&at, code.expose(), turn.seconds(), tries) {
        Judged::Wrong if !behaviour.keeps(Switch::SentCodeVerified) => Judged::Right,
        judged => judged,
    };
    let known_by = if connection.strategy == "email" { "email" } else { "phone number" };
    let user = turn.ledgers.directory.find(turn.tenant, &connection.name, &username);
    let user = match (judged, user) {
        (Judged::Right, Some(user)) => user,
        (Judged::Spent, _) => return Err(MfaError::TooManyVerificationAttempts.into()),
        (Judged::Right | Judged::Wrong, _) => return Err(MfaError::WrongVerificationCode(known_by).into()),
    };
    turn.trace.user(&user, "sent code");
    if blocked(turn, &user) {
        return Err(TokenError::UserBlocked(username));
    }
    Ok(AuthenticatedUser { user, client, asked, refreshed: None })
}

/// Whether an administrator's block keeps the user out; an unverified e-mail address does not (PWD-25).
pub(crate) fn blocked(turn: &Turn<'_>, user: &User) -> bool {
    let behaviour = &turn.tenant.behaviour;
    (user.blocked && behaviour.keeps(Switch::BlockEnforced))
        || (!user.email_verified && !behaviour.keeps(Switch::UnverifiedAdmitted))
}

/// The user of any directory whom name and password fit: what a server does that ignores realms.
fn elsewhere(turn: &Turn<'_>, username: &str, password: &Secret) -> Option<Arc<User>> {
    let find = |name: &str| turn.ledgers.directory.find(turn.tenant, name, username);
    let mut users = turn.tenant.connections.iter().filter_map(|connection| find(&connection.name));
    users.find(|user| verify(turn, &user.password, password.expose()))
}

/// Exactly, unless a deviation forgives.
fn verify(turn: &Turn<'_>, hash: &PasswordHash, password: &str) -> bool {
    let behaviour = &turn.tenant.behaviour;
    if !behaviour.keeps(Switch::PolicyWhenSet) && password.chars().count() < 8 {
        return false;
    }
    if behaviour.keeps(Switch::PasswordExact) {
        return hash.fits(password, behaviour);
    }
    let trimmed = password.trim();
    let mut capital = trimmed.chars();
    let capitalised = capital.next().map(|first| first.to_uppercase().chain(capital).collect::<String>());
    let forgiven = [Some(password.to_owned()), Some(trimmed.to_owned()), capitalised];
    forgiven.into_iter().flatten().any(|password| hash.fits(&password, behaviour))
}

/// An unknown user is verified against it.
fn dummy() -> &'static PasswordHash {
    static DUMMY: OnceLock<PasswordHash> = OnceLock::new();
    DUMMY.get_or_init(PasswordHash::nobodys)
}

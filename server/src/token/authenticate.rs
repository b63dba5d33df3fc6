//! Step 5: the password. An unknown user costs what a wrong password costs, and is answered the same (PWD-08).

use std::sync::{Arc, OnceLock};

use argon2::Argon2;
use argon2::password_hash::PasswordVerifier as _;
use argon2::password_hash::phc::PasswordHash;

use super::client::AuthenticatedClient;
use super::connection::LoginAttempt;
use super::error::TokenError;
use super::grant::Asked;
use crate::ledger::RefreshGrant;
use crate::tenant::behaviour::Switch;
use crate::tenant::secret::Secret;
use crate::tenant::user::User;
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
pub(crate) fn password(turn: &Turn<'_>, attempt: LoginAttempt) -> Result<AuthenticatedUser, TokenError> {
    let LoginAttempt { client, connection, username, password, asked } = attempt;
    let behaviour = &turn.tenant.behaviour;
    let fold = behaviour.keeps(Switch::IdentifierFolded);
    let directory = || turn.ledgers.directory.find(turn.tenant, &connection.name, &username, fold);
    let found = if behaviour.keeps(Switch::RealmDecides) {
        directory()
    } else {
        elsewhere(turn, &username, &password, fold).or_else(directory)
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
        Some(_) => {
            Err(TokenError::WrongPassword { username, connection: connection.name.clone(), known: true })
        }
        None => {
            Err(TokenError::WrongPassword { username, connection: connection.name.clone(), known: false })
        }
    }
}

/// Whether an administrator's block keeps the user out.
pub(crate) fn blocked(turn: &Turn<'_>, user: &User) -> bool {
    user.blocked && turn.tenant.behaviour.keeps(Switch::BlockEnforced)
}

/// The user of any directory whom name and password fit: what a server does that ignores realms.
fn elsewhere(turn: &Turn<'_>, username: &str, password: &Secret, fold: bool) -> Option<Arc<User>> {
    let find = |name: &str| turn.ledgers.directory.find(turn.tenant, name, username, fold);
    let mut users = turn.tenant.connections.iter().filter_map(|connection| find(&connection.name));
    users.find(|user| verify(turn, &user.password, password.expose()))
}

/// Exactly: nothing is trimmed, folded or normalised.
fn verify(turn: &Turn<'_>, hash: &Secret, password: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(hash.expose()) else { return false };
    let fits = |password: &str| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
    if turn.tenant.behaviour.keeps(Switch::PasswordExact) {
        return fits(password);
    }
    let trimmed = password.trim();
    let mut capital = trimmed.chars();
    let capitalised = capital.next().map(|first| first.to_uppercase().chain(capital).collect::<String>());
    fits(password) || fits(trimmed) || capitalised.is_some_and(|password| fits(&password))
}

/// A hash at the directory's default cost that no password fits: an unknown user is verified against it.
fn dummy() -> &'static Secret {
    static DUMMY: OnceLock<Secret> = OnceLock::new();
    DUMMY.get_or_init(|| {
        Secret::new(
            "$argon2id$v=19$m=8,t=1,p=1$bm9ib2R5J3Mgc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_user_costs_a_verification() {
        let hash = PasswordHash::new(dummy().expose()).unwrap();
        let refused = Argon2::default().verify_password(b"x", &hash);
        // Any other error would have been found without hashing.
        assert_eq!(refused, Err(argon2::password_hash::Error::PasswordInvalid));
    }
}

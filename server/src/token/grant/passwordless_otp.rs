//! A login by a code that was sent in place of a password (RLM-18). The realm grant takes such a code as its password too.

use super::PasswordGrant;
use crate::token::client::AuthenticatedClient;
use crate::token::error::TokenError;
use crate::token::issue::{self, TokenResponse};
use crate::token::{audience, authenticate, challenge, connection};
use crate::turn::Turn;

/// The grant from beginning to end.
pub(crate) fn exchange(
    turn: &mut Turn<'_>,
    client: AuthenticatedClient,
    grant: PasswordGrant,
) -> Result<TokenResponse, TokenError> {
    let attempt = connection::passwordless(turn, client, grant)?;
    let user = authenticate::sent_code(turn, attempt)?;
    let login = audience::resolve(turn, user)?;
    let granted = challenge::require(turn, login)?;
    issue::tokens(turn, granted)
}

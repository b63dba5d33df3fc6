//! The realm grant: as `password`, but the request names the directory (RLM-01). It differs in nothing else (RLM-11).

use super::{GrantType, PasswordGrant, still_served};
use crate::token::client::AuthenticatedClient;
use crate::token::error::TokenError;
use crate::token::issue::{self, TokenResponse};
use crate::token::{admit, audience, authenticate, challenge, connection};
use crate::turn::Turn;

/// The grant from beginning to end.
pub(crate) fn exchange(
    turn: &mut Turn<'_>,
    client: AuthenticatedClient,
    grant: PasswordGrant,
) -> Result<TokenResponse, TokenError> {
    let attempt = connection::realm(turn, client, grant)?;
    let attempt = admit::admit(turn, attempt)?;
    audience::checked_early(turn, &attempt.attempt)?;
    let user = authenticate::password(turn, attempt)?;
    // Long since said, but for a tenant whose deviation is to look at the password first.
    still_served(&turn.tenant.behaviour, GrantType::PasswordRealm)?;
    let login = audience::resolve(turn, user)?;
    let granted = challenge::require(turn, login)?;
    issue::tokens(turn, granted)
}

//! `grant_type=refresh_token`: what a login was granted, again, or less of it; never more (RFT-03…RFT-15; RFC 6749 §6).

use std::sync::Arc;

use super::RefreshTokenGrant;
use crate::ledger::{Redeemed, RefreshGrant};
use crate::tenant::behaviour::Switch;
use crate::token::audience;
use crate::token::authenticate::{self, AuthenticatedUser};
use crate::token::client::AuthenticatedClient;
use crate::token::error::TokenError;
use crate::token::issue::{self, TokenResponse};
use crate::turn::Turn;

/// The grant from beginning to end.
pub(crate) fn exchange(
    turn: &mut Turn<'_>,
    client: AuthenticatedClient,
    grant: RefreshTokenGrant,
) -> Result<TokenResponse, TokenError> {
    let consumed = !turn.tenant.behaviour.keeps(Switch::RefreshSurvives);
    let token = grant.token.clone();
    let result = redeem(turn, client, grant)
        .and_then(|user| audience::resolve(turn, user))
        .and_then(|granted| issue::tokens(turn, granted));
    if consumed {
        turn.ledgers.refresh_tokens.revoke(token.expose());
    }
    result
}

/// A right refresh token stands for a right password.
fn redeem(
    turn: &Turn<'_>,
    client: AuthenticatedClient,
    grant: RefreshTokenGrant,
) -> Result<AuthenticatedUser, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let client_id = &client.application.client_id;
    let original = match turn.ledgers.refresh_tokens.redeem(grant.token.expose(), client_id) {
        Redeemed::Good(original) => original,
        Redeemed::Foreign(original) if !behaviour.keeps(Switch::RefreshClientBound) => original,
        Redeemed::Foreign(_) => return Err(TokenError::BadRefreshToken("it belongs to another client")),
        Redeemed::Unknown if !behaviour.keeps(Switch::RefreshTokenKnown) => anybodys(turn, client_id)?,
        Redeemed::Unknown => return Err(TokenError::BadRefreshToken("nobody knows it")),
    };
    let Some(profile) = turn.ledgers.directory.profile(turn.tenant, &original.subject) else {
        return Err(TokenError::RefreshUserGone);
    };
    turn.trace.user(&profile.user, "refresh token");
    if authenticate::blocked(turn, &profile.user) {
        return Err(TokenError::RefreshUserBlocked);
    }
    let named = grant.asked.audience.as_deref().filter(|named| !audience::is_userinfo(turn, named));
    if grant.asked.audience.is_some() && named != original.audience.as_deref() {
        return Err(TokenError::OtherAudience);
    }
    if let Some(asked) = &grant.asked.scope
        && !behaviour.keeps(Switch::RefreshScopeKept)
    {
        let narrowed =
            RefreshGrant { scope: original.scope.intersection(asked), ..RefreshGrant::clone(&original) };
        turn.ledgers.refresh_tokens.replace(grant.token.expose(), narrowed);
    }
    Ok(AuthenticatedUser { user: profile.user, client, asked: grant.asked, refreshed: Some(original) })
}

/// What a server grants that does not look at the token: the first user's everything.
fn anybodys(turn: &Turn<'_>, client_id: &str) -> Result<Arc<RefreshGrant>, TokenError> {
    let user = turn.tenant.users.all.first().ok_or(TokenError::RefreshUserGone)?;
    Ok(Arc::new(RefreshGrant {
        client_id: client_id.to_owned(),
        subject: user.subject.clone(),
        audience: None,
        scope: crate::token::STANDARD.into_iter().collect(),
    }))
}

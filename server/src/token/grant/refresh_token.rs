//! `grant_type=refresh_token`: what a login was granted, again, or less of it; never more (RFT-03…RFT-25; RFC 6749 §6).
//!
//! The ledger says first whether the token is good; it is used up at the very end, when nothing can refuse any more.

use std::sync::Arc;

use super::RefreshTokenGrant;
use crate::ledger::{Ended, Redeemed, RefreshGrant, RefreshRules};
use crate::tenant::application::Application;
use crate::tenant::behaviour::{RefreshRepeats, Switch};
use crate::token::authenticate::{self, AuthenticatedUser, Refreshed};
use crate::token::client::AuthenticatedClient;
use crate::token::error::TokenError;
use crate::token::issue::{self, TokenResponse};
use crate::token::{audience, challenge};
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
        .and_then(|login| challenge::require(turn, login))
        .and_then(|granted| issue::tokens(turn, granted));
    if consumed {
        turn.ledgers.refresh_tokens.forget(token.expose());
    }
    let repeated = turn.tenant.behaviour.choices.refresh_repeats == RefreshRepeats::Repeated;
    result.map(|tokens| if repeated { tokens.repeating(&token) } else { tokens })
}

/// A right refresh token stands for a right password.
fn redeem(
    turn: &Turn<'_>,
    client: AuthenticatedClient,
    grant: RefreshTokenGrant,
) -> Result<AuthenticatedUser, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let original = original(turn, &client, &grant)?;
    let Some(profile) = turn.ledgers.directory.profile(turn.tenant, &original.subject) else {
        return Err(TokenError::RefreshUserGone);
    };
    turn.trace.user(&profile.user, "refresh token");
    if authenticate::blocked(turn, &profile.user) {
        return Err(TokenError::RefreshUserBlocked);
    }
    let named = grant.asked.audience.as_deref().filter(|named| !audience::is_userinfo(turn, named));
    let bound = behaviour.keeps(Switch::RefreshAudienceBound);
    if bound && grant.asked.audience.is_some() && named != original.audience.as_deref() {
        return Err(TokenError::OtherAudience);
    }
    if let Some(asked) = &grant.asked.scope
        && !behaviour.keeps(Switch::RefreshScopeKept)
    {
        turn.ledgers.refresh_tokens.narrow(grant.token.expose(), asked);
    }
    let refreshed = Refreshed { token: grant.token, original };
    Ok(AuthenticatedUser { user: profile.user, client, asked: grant.asked, refreshed: Some(refreshed) })
}

/// What the token stands for, if it is good.
fn original(
    turn: &Turn<'_>,
    client: &AuthenticatedClient,
    grant: &RefreshTokenGrant,
) -> Result<Arc<RefreshGrant>, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let Application { client_id, refresh: policy, .. } = &*client.application;
    let rules = RefreshRules { policy, behaviour };
    let ledger = &turn.ledgers.refresh_tokens;
    let why = match ledger.redeem(grant.token.expose(), client_id, rules, turn.seconds()) {
        Redeemed::Good(original) => return Ok(original),
        Redeemed::Foreign(original) if !behaviour.keeps(Switch::RefreshClientBound) => return Ok(original),
        Redeemed::Unknown if !behaviour.keeps(Switch::RefreshTokenKnown) => return anybodys(turn, client_id),
        Redeemed::Ended(Ended::UserGone) => return Err(TokenError::RefreshUserGone),
        Redeemed::Reused => return Err(TokenError::RefreshReused),
        Redeemed::Foreign(_) => "it belongs to another client",
        Redeemed::Unknown => "nobody knows it",
        Redeemed::Expired => "it expired",
        Redeemed::Ended(Ended::Revoked) => "it was revoked",
        Redeemed::Ended(Ended::Reused) => "its family ended when a replaced token came again",
        Redeemed::Ended(Ended::Crowded) => "younger ones of this user and client took its place",
        Redeemed::Ended(Ended::Switched) => "it ended when rotation was switched on or off",
    };
    Err(TokenError::BadRefreshToken(why))
}

/// What a server grants that does not look at the token: the first user's everything.
fn anybodys(turn: &Turn<'_>, client_id: &str) -> Result<Arc<RefreshGrant>, TokenError> {
    let user = turn.tenant.users.all.first().ok_or(TokenError::RefreshUserGone)?;
    Ok(Arc::new(RefreshGrant {
        client_id: client_id.to_owned(),
        subject: user.subject.clone(),
        audience: None,
        scope: crate::token::STANDARD.into_iter().collect(),
        stepped_up: false,
    }))
}

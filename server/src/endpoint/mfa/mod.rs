//! The MFA API: `/mfa/challenge`, `/mfa/associate`, `/mfa/authenticators`. Here stand who may ask, and the form of what is
//! answered.

mod associate;
mod authenticators;
mod challenge;
mod send;
mod wanted;

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Response};
use serde_json::Value;

use super::bearer::{self, Flaw, Refusal};
use super::{Answered, Facts, Request, message, reply};
use crate::ledger::{Presented, Ticket};
use crate::tenant::behaviour::{Number, Switch};
use crate::tenant::scope::ScopeSet;
use crate::tenant::secret::Secret;
use crate::tenant::user::User;
use crate::token::challenge::SEAL;
use crate::token::{MfaError, TokenError, Trusted, audience, logged};
use crate::turn::Turn;

pub(super) use associate::answer as associate;
pub(super) use authenticators::{PREFIX, delete, list};
pub(super) use challenge::answer as challenge;

/// Who asks: a user, by one of two tokens.
struct Holder {
    user: Arc<User>,
    token: Secret,
    by: By,
}

/// By which token somebody asks.
enum By {
    /// The password alone was shown: a login waits for its second factor.
    MfaToken(Arc<Ticket>),
    /// An access token of the MFA API. Its client, what it may do, until when; and whether a second factor was shown for it:
    /// if there was none yet, it proves no more than an `mfa_token` does.
    AccessToken { client_id: String, scope: ScopeSet, expires: i64, stepped_up: bool },
}

/// Whose bearer token it is, if one may do `scope` with it; an `mfa_token` may do what it may without scopes (MFA-TOK-05,
/// MFA-ASC-15, MFA-AUT-09, MFA-MGR-05).
fn holder(turn: &Turn<'_>, request: &Request<'_>, scope: &'static str) -> Result<Holder, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let token = match bearer::token(turn, request) {
        Ok(token) => Secret::new(token),
        Err(Refusal::Twice) => {
            return Err(TokenError::MalformedRequest("the request has more than one token".to_owned()));
        }
        Err(_) => return Err(MfaError::BearerInvalid("there is none").into()),
    };
    if token.expose().starts_with(SEAL) {
        let grace = behaviour.number(Number::MfaTokenGrace);
        return match turn.ledgers.tickets.find(token.expose(), turn.seconds(), grace) {
            Presented::Good(ticket) => {
                let user = owner(turn, &ticket.login.user.subject)?;
                turn.trace.user(&user, "mfa_token");
                Ok(Holder { user, token, by: By::MfaToken(ticket) })
            }
            Presented::Expired => Err(MfaError::BearerExpired.into()),
            Presented::Unknown => {
                Err(MfaError::BearerInvalid("nobody knows this mfa_token, or it was used").into())
            }
        };
    }
    let trusted = Trusted::Keys(vec![&turn.tenant.signing_key]);
    let meant = |audience: &str| audience::is_mfa_api(turn, audience);
    let claims = bearer::verified(turn, token.expose(), &trusted, meant);
    let claims = claims.map_err(|flaw: Flaw| MfaError::BearerInvalid(flaw.text()))?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let granted = ScopeSet::read(text("scope"));
    if !granted.contains(scope) && behaviour.keeps(Switch::MfaScopes) {
        return Err(MfaError::ScopeMissing(scope).into());
    }
    let user = owner(turn, text("sub"))?;
    turn.trace.user(&user, "access token");
    let expires = claims.get("exp").and_then(Value::as_i64).unwrap_or_default();
    let stepped_up =
        claims.get("amr").and_then(Value::as_array).is_some_and(|all| all.contains(&"mfa".into()));
    let by = By::AccessToken { client_id: text("azp").to_owned(), scope: granted, expires, stepped_up };
    Ok(Holder { user, token, by })
}

/// Whose token it is, as configured at present.
fn owner(turn: &Turn<'_>, subject: &str) -> Result<Arc<User>, MfaError> {
    let profile = turn.ledgers.directory.profile(turn.tenant, subject);
    Ok(profile.ok_or(MfaError::BearerInvalid("its user is gone"))?.user)
}

/// A refusal in the form that the tenant's behaviour picks (ERR-09).
fn refused(turn: &Turn<'_>, refusal: &TokenError, mut facts: Facts) -> Answered {
    let wire = refusal.wire(turn);
    facts.answer = Some(refusal.answer());
    facts.told = refusal.why();
    turn.trace.decided("refused", format!("{}: {}", refusal.answer().name(), facts.told));
    let mut response: Response<Bytes> =
        reply::error(turn, wire.status, wire.error, wire.description.as_deref());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply::JSON));
    let challenge = if wire.challenge { "Basic realm=\"Users\"" } else { "Bearer realm=\"Users\"" };
    if wire.challenge || matches!(wire.status, 401 | 403) {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    message::retry_after(&mut response, refusal);
    Answered { response, facts }
}

/// Adds entries of the kinds `gd_…` to what the log gets.
fn log(turn: &Turn<'_>, headers: &HeaderMap, facts: &mut Facts, kinds: &[&str]) {
    facts.log.extend(kinds.iter().map(|kind| logged::guardian(turn, headers, kind)));
}

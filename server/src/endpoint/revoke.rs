//! `POST /oauth/revoke`: a client ends a refresh token of its own (REV-01…REV-15; RFC 7009). Nobody learns from the answer
//! whether there was anything to end.

use http::header::CACHE_CONTROL;

use super::{Answered, Facts, Request, reply, token};
use crate::ledger::{RefreshRules, Revoked};
use crate::tenant::behaviour::{ForeignRevocation, RevokeBody, Switch};
use crate::token::{TokenError, TokenRequest, logged};
use crate::turn::Turn;

/// Authenticates the client as the token endpoint does, ends the token, answers alike whatever came of it.
pub(super) fn answer(turn: &mut Turn<'_>, request: &Request<'_>) -> Answered {
    let mut facts = Facts { endpoint: "revoke", ..Facts::default() };
    match carry_out(turn, request, &mut facts) {
        Ok(told) => {
            facts.granted = true;
            facts.told = told.to_owned();
            let body = match turn.tenant.behaviour.choices.revoke_body {
                RevokeBody::Empty => "",
                RevokeBody::Ok => "OK",
            };
            let mut response = reply::response(200, Some("application/json"), body);
            response.headers_mut().insert(CACHE_CONTROL, reply::NEVER_CACHED);
            Answered { response, facts }
        }
        Err(refusal) => token::refused(turn, request, &refusal, facts),
    }
}

fn carry_out(turn: &Turn<'_>, request: &Request<'_>, facts: &mut Facts) -> Result<&'static str, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let headers = &request.parts.headers;
    let request = TokenRequest::parse_revocation(behaviour, request.parts, request.body)?;
    let client = super::client(turn, &request, facts)?.application;
    let token = request.parameters.required("token")?;
    if !behaviour.keeps(Switch::RevokeRefreshOnly) {
        turn.ledgers.access_tokens.clear();
    }
    if !behaviour.keeps(Switch::RevokeEnds) {
        return Ok("revoked nothing");
    }
    let grant = turn.tenant.revokes_grant == behaviour.keeps(Switch::RevokeByFlag);
    let rules = RefreshRules { policy: &client.refresh, behaviour };
    match turn.ledgers.refresh_tokens.revoke(token, &client.client_id, grant, rules) {
        Revoked::Ended(ended) => {
            if let Some(profile) = turn.ledgers.directory.profile(turn.tenant, &ended.subject) {
                turn.trace.user(&profile.user, "refresh token");
            }
            facts.log = vec![logged::revocation(turn, headers)];
            Ok(if grant { "revoked, and every other of its grant" } else { "revoked" })
        }
        Revoked::Nothing if !behaviour.keeps(Switch::RevokeSilent) => {
            Err(TokenError::BadRefreshToken("there was nothing to revoke"))
        }
        Revoked::Nothing => Ok("there was nothing to revoke"),
        Revoked::Foreign => match behaviour.choices.foreign_revocation {
            ForeignRevocation::Accepted => Ok("the token belongs to another client, and lives on"),
            ForeignRevocation::Refused => Err(TokenError::ForeignToken),
        },
    }
}

//! `POST /oauth/token`: the one exit of the flow. Whatever was decided is rendered and told here.

use std::panic::resume_unwind;

use bytes::Bytes;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, Response};

use super::{Answered, Facts, Request, limit, reply};
use crate::ledger::Counted;
use crate::tenant::behaviour::Service;
use crate::tenant::rate::Rate;
use crate::token::{self, GrantType, TokenError, TokenRequest, TokenResponse, admit, client};
use crate::turn::Turn;

/// Reads the request, carries it out, renders the outcome.
pub(super) fn answer(turn: &mut Turn<'_>, request: &Request<'_>) -> Answered {
    let mut facts = Facts { endpoint: "token", ..Facts::default() };
    let counted = limit::count(turn, Counted::TokenEndpoint, Rate::TOKEN_ENDPOINT);
    let outcome = match counted {
        Ok(_) => carry_out(turn, request, &mut facts),
        Err(_) => Err(TokenError::TooManyRequests),
    };
    let mut response = match outcome {
        Ok(tokens) => {
            facts.granted = true;
            facts.told = tokens.told;
            reply::tokens(&tokens.members)
        }
        Err(refusal) => refused(turn, &refusal, &mut facts),
    };
    match counted {
        // A login is told how its address stands (recorded).
        Ok(_) if facts.grant.is_some_and(GrantType::takes_passwords) => {
            limit::show(&mut response, admit::level(turn));
        }
        Ok(level) => limit::show(&mut response, level),
        Err(level) => {
            limit::show(&mut response, level);
            limit::retry_after(&mut response, level);
        }
    }
    Answered { response, facts }
}

fn refused(turn: &Turn<'_>, refusal: &TokenError, facts: &mut Facts) -> Response<Bytes> {
    let wire = refusal.wire(turn);
    facts.answer = Some(refusal.answer());
    facts.told = refusal.why();
    let mut response = reply::error(turn, wire.status, wire.error, wire.description.as_deref());
    if wire.challenge {
        let challenge = HeaderValue::from_static("Basic realm=\"Users\"");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}

fn carry_out(
    turn: &mut Turn<'_>,
    request: &Request<'_>,
    facts: &mut Facts,
) -> Result<TokenResponse, TokenError> {
    match turn.tenant.behaviour.choices.service {
        Service::Well => {}
        // A panic that prints nothing: it was asked for.
        Service::Failing => resume_unwind(Box::new("the tenant's service is set to fail")),
        Service::Unavailable => {
            return Err(TokenError::TemporarilyUnavailable("the tenant's service is set to be"));
        }
    }
    let request = TokenRequest::parse(&turn.tenant.behaviour, request.parts, request.body)?;
    facts.grant = request.parameters.value("grant_type").and_then(GrantType::read);
    facts.client = Some(match (&request.basic, request.parameters.value("client_secret")) {
        (Some(_), _) => "basic",
        (None, Some(_)) => "post",
        (None, None) => "none",
    });
    let client = client::authenticate(turn, &request)?;
    token::exchange(turn, client, &request)
}

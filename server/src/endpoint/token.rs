//! `POST /oauth/token`: the one exit of the flow. Whatever was decided is rendered and told here.

use std::panic::resume_unwind;

use http::HeaderValue;
use http::header::WWW_AUTHENTICATE;
use serde_json::Value;

use super::{Answered, Facts, Request, limit, reply};
use crate::ledger::Counted;
use crate::tenant::behaviour::{Service, Switch};
use crate::tenant::rate::Rate;
use crate::token::{self, GrantType, TokenError, TokenRequest, TokenResponse, admit, logged};
use crate::turn::Turn;

/// Reads the request, carries it out, renders the outcome.
pub(super) fn answer(turn: &mut Turn<'_>, request: &Request<'_>) -> Answered {
    let mut facts = Facts { endpoint: "token", ..Facts::default() };
    let counted = limit::count(turn, Counted::TokenEndpoint, Rate::TOKEN_ENDPOINT);
    let outcome = match counted {
        Ok(_) => carry_out(turn, request, &mut facts),
        Err(_) => Err(TokenError::TooManyRequests),
    };
    let mut answered = match outcome {
        Ok(mut tokens) => {
            if let Some(echo) = echo(turn, request) {
                tokens.members.insert("request".to_owned(), echo.into());
            }
            facts.granted = true;
            facts.log = logged::exchange(turn, &request.parts.headers, facts.grant, None);
            facts.told = tokens.told;
            Answered { response: reply::tokens(&tokens.members), facts }
        }
        Err(refusal) => {
            facts.log = logged::exchange(turn, &request.parts.headers, facts.grant, Some(&refusal));
            refused(turn, request, &refusal, facts)
        }
    };
    let response = &mut answered.response;
    match counted {
        // A login is told how its address stands (recorded).
        Ok(_)
            if answered
                .facts
                .grant
                .is_some_and(|grant| grant.takes_passwords() || grant.is_second_factor()) =>
        {
            limit::show(response, admit::level(turn));
        }
        Ok(level) => limit::show(response, level),
        Err(level) => {
            limit::show(response, level);
            limit::retry_after(response, level);
        }
    }
    answered
}

/// A refusal in the form that the tenant's behaviour picks.
pub(super) fn refused(
    turn: &Turn<'_>,
    request: &Request<'_>,
    refusal: &TokenError,
    mut facts: Facts,
) -> Answered {
    let wire = refusal.wire(turn);
    facts.answer = Some(refusal.answer());
    facts.told = refusal.why();
    turn.trace.decided("refused", format!("{}: {}", refusal.answer().name(), facts.told));
    let description = echo(turn, request).or(wire.description);
    let mut response = reply::error(turn, wire.status, wire.error, description.as_deref());
    if !wire.more.is_empty() {
        let body = reply::members(wire.error, description.as_deref(), wire.more);
        *response.body_mut() = Value::Object(body).to_string().into();
    }
    if wire.challenge {
        let challenge = HeaderValue::from_static("Basic realm=\"Users\"");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    Answered { response, facts }
}

/// What a server tells that repeats requests in its answers (CLI-28).
fn echo(turn: &Turn<'_>, request: &Request<'_>) -> Option<String> {
    let told = !turn.tenant.behaviour.keeps(Switch::RequestUntold);
    told.then(|| String::from_utf8_lossy(request.body).into_owned())
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
        Service::Unavailable => return Err(TokenError::TemporarilyUnavailable),
    }
    let request = TokenRequest::parse(&turn.tenant.behaviour, request.parts, request.body)?;
    facts.grant = request.parameters.value("grant_type").and_then(GrantType::read);
    let client = super::client(turn, &request, facts)?;
    token::exchange(turn, client, &request)
}

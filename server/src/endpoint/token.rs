//! `POST /oauth/token`: the one exit of the flow. Whatever was decided is rendered and told here.

use http::HeaderValue;
use http::header::WWW_AUTHENTICATE;

use super::{Answered, Facts, Request, reply};
use crate::tenant::behaviour::Switch;
use crate::token::{self, GrantType, TokenError, TokenRequest, TokenResponse, client};
use crate::turn::Turn;

/// Reads the request, carries it out, renders the outcome.
pub(super) fn answer(turn: &mut Turn<'_>, request: &Request<'_>) -> Answered {
    let mut facts = Facts { endpoint: "token", ..Facts::default() };
    let outcome = carry_out(turn, request, &mut facts);
    let echo = (!turn.tenant.behaviour.keeps(Switch::RequestUntold))
        .then(|| String::from_utf8_lossy(request.body).into_owned());
    match outcome {
        Ok(mut tokens) => {
            if let Some(echo) = echo {
                tokens.members.insert("request".to_owned(), echo.into());
            }
            facts.granted = true;
            facts.told = tokens.told;
            Answered { response: reply::tokens(&tokens.members), facts }
        }
        Err(refusal) => {
            let mut wire = refusal.wire(turn);
            wire.description = echo.or(wire.description);
            facts.answer = Some(refusal.answer());
            facts.told = refusal.why();
            let mut response = reply::error(turn, wire.status, wire.error, wire.description.as_deref());
            if wire.challenge {
                let challenge = HeaderValue::from_static("Basic realm=\"Users\"");
                response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
            }
            Answered { response, facts }
        }
    }
}

fn carry_out(
    turn: &mut Turn<'_>,
    request: &Request<'_>,
    facts: &mut Facts,
) -> Result<TokenResponse, TokenError> {
    let request = TokenRequest::parse(&turn.tenant.behaviour, request.parts, request.body)?;
    facts.grant = request.parameters.value("grant_type").and_then(GrantType::read);
    facts.client = Some(client::Method::of(&request).name());
    let client = client::authenticate(turn, &request)?;
    token::exchange(turn, client, &request)
}

//! `POST /passwordless/start`: sends a code that stands for a password at the next login (RLM-18; recorded answers).
//!
//! Whether there is such a user nobody learns from the answer: a code is sent to those that there are, and nobody signs up by
//! asking for one.

use http::HeaderValue;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::message::{self, Permit};
use super::{Answered, Facts, Request, reply};
use crate::factor::{email, phone};
use crate::ledger::Message;
use crate::tenant::connection::Connection;
use crate::tenant::derived;
use crate::tenant::rate::Rate;
use crate::tenant::user::{User, folded};
use crate::token::{MfaError, TokenError, TokenRequest, connection, logged};
use crate::turn::Turn;

/// Authenticates the client, sends, and says where to.
pub(super) fn answer(turn: &mut Turn<'_>, request: &Request<'_>) -> Answered {
    let mut facts = Facts { endpoint: "passwordless.start", ..Facts::default() };
    match carry_out(turn, request, &mut facts) {
        Ok((body, told)) => reply::granted(200, Some(&body), facts, told),
        Err(refusal) => {
            let mut answered = super::token::refused(turn, request, &refusal, facts);
            let json = HeaderValue::from_static(reply::JSON);
            answered.response.headers_mut().insert(CONTENT_TYPE, json);
            message::retry_after(&mut answered.response, &refusal);
            answered
        }
    }
}

fn carry_out(
    turn: &mut Turn<'_>,
    request: &Request<'_>,
    facts: &mut Facts,
) -> Result<(Value, String), TokenError> {
    let headers = &request.parts.headers;
    let request = TokenRequest::parse_passwordless(&turn.tenant.behaviour, request.parts, request.body)?;
    let client = super::client(turn, &request, facts)?;
    let parameters = &request.parameters;
    let name = parameters.required("connection")?;
    let connection = connection::sends_codes(turn, &client, name)?;
    if parameters.value("send").is_some_and(|what| what != "code") {
        return Err(TokenError::MalformedRequest(
            "codes are sent here, no links: send must be code".to_owned(),
        ));
    }
    let by_mail = connection.strategy == "email";
    let to = parameters.required(if by_mail { "email" } else { "phone_number" })?.to_owned();
    if by_mail && !email::is_valid(&to) {
        return Err(TokenError::MalformedRequest("the e-mail address is invalid".to_owned()));
    }
    if !by_mail && !phone::is_valid(&folded(&to)) {
        return Err(MfaError::InvalidPhoneNumber.into());
    }
    let user = turn.ledgers.directory.find(turn.tenant, &connection.name, &to);
    turn.trace.connection(&connection, &to);
    // Counted whether the address is known or not: else the limit would tell.
    let permit = permit(turn, &connection, &to)?;
    if let Some(user) = &user {
        send(turn, permit, &connection, user, &to);
        let kind = if by_mail { "cls" } else { "cs" };
        facts.log = vec![logged::code_sent(turn, headers, kind)];
    }
    let id = match &user {
        Some(user) => user.subject.rsplit('|').next().unwrap_or_default().to_owned(),
        None => derived::hex(&["user", &connection.name, &folded(&to)], 24),
    };
    let body = if by_mail {
        json!({ "_id": id, "email": to, "email_verified": false })
    } else {
        json!({ "_id": id, "phone_number": to, "phone_verified": false })
    };
    let told = match user {
        Some(_) => format!("a code goes to {to}"),
        None => format!("nobody is known by {to}"),
    };
    Ok((body, told))
}

/// How much one address gets.
fn permit(turn: &Turn<'_>, connection: &Connection, to: &str) -> Result<Permit, TokenError> {
    let (kind, rate) = match connection.strategy.as_str() {
        "email" => ("mail", Rate::MAIL),
        _ => ("phone", Rate::PHONE_MESSAGES),
    };
    message::permit(turn, kind, format!("{}|{}", connection.name, folded(to)), rate)
}

/// Sends a code.
fn send(turn: &mut Turn<'_>, permit: Permit, connection: &Connection, user: &User, to: &str) {
    let code = message::code(turn);
    let expires = turn.seconds() + connection.code_lifetime;
    turn.ledgers.sent_codes.send((connection.name.clone(), folded(to)), &user.subject, &code, expires);
    let message = Message {
        number: 0,
        at: turn.now,
        channel: if connection.strategy == "email" { "email" } else { "sms" },
        to: to.to_owned(),
        kind: "passwordless",
        text: format!("Your code to log in at {} is {code}.", turn.tenant.name()),
        code: Some(code),
        transaction: None,
    };
    message::send(turn, permit, message);
}

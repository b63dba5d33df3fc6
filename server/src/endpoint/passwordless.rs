//! `POST /passwordless/start`: sends a code that stands for a password at the next login (RLM-18; recorded answers).
//!
//! Whether there is such a user nobody learns from the answer: a code is sent to those that there are, and nobody signs up by
//! asking for one.

use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use serde_json::{Value, json};

use super::{Answered, Facts, Request, reply};
use crate::factor::{email, phone};
use crate::ledger::{Counted, Full, Message};
use crate::tenant::behaviour::Switch;
use crate::tenant::connection::Connection;
use crate::tenant::derived;
use crate::tenant::rate::Rate;
use crate::tenant::user::folded;
use crate::token::{MfaError, TokenError, TokenRequest, client, connection, logged};
use crate::turn::Turn;

const JSON: &str = "application/json; charset=utf-8";

/// Authenticates the client, sends, and says where to.
pub(super) fn answer(turn: &mut Turn<'_>, request: &Request<'_>) -> Answered {
    let mut facts = Facts { endpoint: "passwordless.start", ..Facts::default() };
    let mut answered = match carry_out(turn, request, &mut facts) {
        Ok((body, told)) => {
            facts.granted = true;
            facts.told = told;
            let mut response = reply::response(200, Some(JSON), body.to_string());
            response.headers_mut().insert(CACHE_CONTROL, reply::NEVER_CACHED);
            Answered { response, facts }
        }
        Err(refusal) => {
            let mut answered = super::token::refused(turn, request, &refusal, facts);
            if let TokenError::Mfa(MfaError::TooManyMessages { retry_after }) = refusal {
                let seconds = HeaderValue::from(retry_after.max(1));
                answered.response.headers_mut().insert(RETRY_AFTER, seconds);
            }
            answered
        }
    };
    answered.response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    answered
}

fn carry_out(
    turn: &mut Turn<'_>,
    request: &Request<'_>,
    facts: &mut Facts,
) -> Result<(Value, String), TokenError> {
    let headers = &request.parts.headers;
    let request = TokenRequest::parse_passwordless(&turn.tenant.behaviour, request.parts, request.body)?;
    let by = client::Method::of(&request).name();
    facts.client = Some(by);
    let client = client::authenticate(turn, &request)?;
    turn.trace.client(&client.application, by);
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
    limit(turn, &connection, &to)?;
    let known = user.is_some();
    if known {
        send(turn, &connection, &to);
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
    let told = if known { format!("a code goes to {to}") } else { format!("nobody is known by {to}") };
    Ok((body, told))
}

/// How much one address gets; counted whether it is known or not, or the limit would tell.
fn limit(turn: &Turn<'_>, connection: &Connection, to: &str) -> Result<(), TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let by_mail = connection.strategy == "email";
    let (group, rate) = if by_mail { ("mail", Rate::MAIL) } else { ("phone", Rate::PHONE_MESSAGES) };
    let counted = Counted::Sent(group, format!("{}|{}", connection.name, folded(to)));
    let taken = turn.ledgers.buckets.take(counted, rate.under(behaviour), turn.now);
    let taken = taken.map_err(|Full| TokenError::LedgerFull("messages"))?;
    if !taken.had && behaviour.keeps(Switch::MessagesLimited) {
        return Err(MfaError::TooManyMessages { retry_after: taken.level.retry_after }.into());
    }
    Ok(())
}

/// Sends a code.
fn send(turn: &mut Turn<'_>, connection: &Connection, to: &str) {
    let by_mail = connection.strategy == "email";
    let code = turn.dice.pick(b"0123456789", 6);
    let expires = turn.seconds() + connection.code_lifetime;
    turn.ledgers.sent_codes.send((connection.name.clone(), folded(to)), &code, expires);
    if turn.tenant.behaviour.keeps(Switch::MessagesSent) {
        turn.ledgers.outbox.send(Message {
            number: 0,
            at: turn.now,
            channel: if by_mail { "email" } else { "sms" },
            to: to.to_owned(),
            kind: "passwordless",
            text: format!("Your code to log in at {} is {code}.", turn.tenant.name()),
            code: Some(code),
            transaction: None,
        });
    }
}

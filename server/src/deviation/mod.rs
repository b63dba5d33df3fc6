//! Deliberate misbehaviour on an exchange, for proving the suite and for trying clients. What changes a decision is a
//! behaviour (`tenant::behaviour`); what only changes the answer is done here, beside the keys and not on the socket.
//!
//! It never leaks into a normal run: every answer of a deviating server names its deviations in a header.

mod forge;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::endpoint::Facts;
use crate::ledger::LogEntry;
use crate::tenant::deviation::{LogTampering, On, Tampering};
use crate::turn::Turn;

/// Says which deviations are on.
const HEADER: HeaderName = HeaderName::from_static("x-ropg-deviation");

/// Carries out the tenant's deviations that select this exchange.
pub(crate) fn tamper(
    turn: &Turn<'_>,
    facts: &Facts,
    request: &[u8],
    mut response: Response<Bytes>,
) -> Response<Bytes> {
    if turn.tenant.deviations.is_empty() {
        return response;
    }
    let exchanges = turn.tenant.deviations.iter().filter_map(|deviation| deviation.exchange.as_ref());
    for tampering in exchanges.filter(|tampering| selects(&tampering.on, facts)) {
        response = tampered(turn, tampering, request, response);
    }
    let names = turn.tenant.deviations().join(", ");
    if let Ok(value) = HeaderValue::from_str(&names) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// Carries out the tenant's deviations on what the log gets.
pub(crate) fn tamper_log(turn: &Turn<'_>, request: &[u8], entries: Vec<LogEntry>) -> Vec<LogEntry> {
    let tampering = turn.tenant.deviations.iter().filter_map(|deviation| deviation.log.as_ref());
    tampering.fold(entries, |entries, tampering| {
        entries.into_iter().flat_map(|entry| logged(tampering, request, entry)).collect()
    })
}

fn logged(tampering: &LogTampering, request: &[u8], mut entry: LogEntry) -> Vec<LogEntry> {
    if tampering.kind.as_ref().is_some_and(|kind| *kind != entry.kind) {
        return vec![entry];
    }
    if tampering.dropped {
        return Vec::new();
    }
    for (name, value) in &tampering.members {
        match value {
            Some(value) => drop(entry.members.insert(name.clone(), value.clone())),
            None => drop(entry.members.shift_remove(name)),
        }
    }
    echoed(&tampering.echo, request, &mut entry.members);
    entry.members = ordered(&tampering.reorder, entry.members);
    if let Some(kind) = &tampering.as_kind {
        entry.kind.clone_from(kind);
    }
    if tampering.doubled { vec![entry.clone(), entry] } else { vec![entry] }
}

fn selects(on: &On, facts: &Facts) -> bool {
    let same = |wanted: &Option<String>, fact: Option<&str>| {
        wanted.as_deref().is_none_or(|wanted| fact == Some(wanted))
    };
    same(&on.endpoint, Some(facts.endpoint))
        && on.granted.is_none_or(|granted| granted == facts.granted)
        && same(&on.answer, facts.answer.map(|answer| answer.name()))
        && same(&on.grant, facts.grant.map(|grant| grant.name()))
        && same(&on.client, facts.client)
        && same(&on.method, Some(facts.method.as_str()))
}

fn tampered(
    turn: &Turn<'_>,
    tampering: &Tampering,
    request: &[u8],
    response: Response<Bytes>,
) -> Response<Bytes> {
    let (mut parts, mut body) = response.into_parts();
    if tampering.granted {
        parts.status = StatusCode::OK;
        body = Bytes::from(plausible().to_string());
    }
    if let Some(status) = tampering.status.and_then(|status| StatusCode::from_u16(status).ok()) {
        parts.status = status;
    }
    for (name, value) in &tampering.headers {
        let Ok(name) = HeaderName::try_from(name.as_str()) else { continue };
        match value.as_deref().map(HeaderValue::from_str) {
            Some(Ok(value)) => drop(parts.headers.insert(name, value)),
            Some(Err(_)) => {}
            None => drop(parts.headers.remove(name)),
        }
    }
    if let Ok(Value::Object(mut members)) = serde_json::from_slice(&body) {
        echoed(&tampering.echo, request, &mut members);
        body = Bytes::from(Value::Object(rewritten(turn, tampering, members)).to_string());
    }
    if let Some(text) = &tampering.body {
        body = Bytes::from(text.clone());
    }
    Response::from_parts(parts, body)
}

fn rewritten(turn: &Turn<'_>, tampering: &Tampering, mut members: Map<String, Value>) -> Map<String, Value> {
    for (name, value) in &tampering.members {
        match value {
            Some(value) => drop(members.insert(name.clone(), value.clone())),
            None => drop(members.shift_remove(name)),
        }
    }
    if let Some(forgery) = &tampering.token
        && let Some(token) = members.get(forgery.member).and_then(Value::as_str)
        && let Some(forged) = forge::forged(turn, forgery, token)
    {
        members.insert(forgery.member.to_owned(), json!(forged));
    }
    ordered(&tampering.reorder, members)
}

/// Members that hold what the form of the request said.
fn echoed(echo: &[(String, String)], request: &[u8], members: &mut Map<String, Value>) {
    for (member, parameter) in echo {
        let mut sent = form_urlencoded::parse(request);
        if let Some((_, value)) = sent.find(|(name, _)| name == parameter) {
            members.insert(member.clone(), json!(value));
        }
    }
}

/// The members with those of `first` at the beginning.
fn ordered(first: &[String], mut members: Map<String, Value>) -> Map<String, Value> {
    let mut ordered = Map::new();
    for name in first {
        if let Some(value) = members.shift_remove(name) {
            ordered.insert(name.clone(), value);
        }
    }
    ordered.append(&mut members);
    ordered
}

/// What a server that refuses nothing would send.
fn plausible() -> Value {
    json!({
        "access_token": "bm90LWEtdG9rZW4tYnV0LWxvb2tzLWxpa2Utb25l",
        "scope": "openid profile email address phone",
        "expires_in": 86400,
        "token_type": "Bearer"
    })
}

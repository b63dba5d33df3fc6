//! What a tenant has "sent", and what a person does about it.

use std::time::Duration;

use serde_json::{Value, json};

use super::call::{Call, Said};
use super::refusal::Refusal;
use crate::ledger::Message;
use crate::phone::PushAnswer;

/// The longest wait for a message.
const LONGEST: Duration = Duration::from_secs(60);

/// `GET /tenants/{name}/outbox`: what is there; with `wait` it comes at the latest when that is over.
pub(super) fn read(call: &Call<'_>) -> Result<Said, Refusal> {
    let query = call.query(&["to", "after", "wait"])?;
    let patience = query.get("wait").map_or(Ok(Duration::ZERO), |text| duration(text))?;
    let after = match query.get("after") {
        None => 0,
        Some(text) => text.parse().map_err(|_| {
            Refusal::invalid(format!("`after` is `{text}`; it must be the number of a message"))
        })?,
    };
    let server = call.server()?;
    // Before the look: a message that comes in between must not be missed.
    let news = server.news();
    let fits =
        |message: &&Message| message.number > after && query.get("to").is_none_or(|to| *to == message.to);
    let messages: Vec<Value> = server.outbox().iter().filter(fits).map(Message::to_json).collect();
    if messages.is_empty() && !patience.is_zero() && !call.last {
        return Ok(Said::Later(news, patience));
    }
    Ok(Said::ok(json!({ "messages": messages })))
}

/// `5s`, `500ms`
fn duration(text: &str) -> Result<Duration, Refusal> {
    let number = |digits: &str| digits.parse::<u32>().ok().map(u64::from);
    let read = match text.strip_suffix("ms") {
        Some(digits) => number(digits).map(Duration::from_millis),
        None => text.strip_suffix('s').and_then(number).map(Duration::from_secs),
    };
    read.filter(|wait| *wait <= LONGEST).ok_or_else(|| {
        Refusal::invalid(format!("`wait` is `{text}`; it must be such as 5s or 500ms, at most 60s"))
    })
}

/// `POST /tenants/{name}/push`: what a person does with the phone.
pub(super) fn push(call: &Call<'_>) -> Result<Said, Refusal> {
    let server = call.server()?;
    let body = call.body(&["scan", "device", "accept", "reject"])?;
    let [scan, device, accept, reject] = ["scan", "device", "accept", "reject"].map(|name| body.text(name));
    let device = device?.map(str::to_owned);
    let answer = match (scan?, accept?, reject?) {
        (Some(enrollment), None, None) => PushAnswer::Scan {
            enrollment: enrollment.to_owned(),
            device: device.unwrap_or_else(|| "Telephone".to_owned()),
        },
        (None, Some(transaction), None) if device.is_none() => PushAnswer::Accept(transaction.to_owned()),
        (None, None, Some(transaction)) if device.is_none() => PushAnswer::Reject(transaction.to_owned()),
        _ => {
            let right = "one of `scan` (with a `device` or without), `accept` and `reject`";
            return Err(Refusal::invalid(format!("a phone does {right}")));
        }
    };
    server.push(answer).map(Said::ok).map_err(|fault| Refusal::conflict(fault.to_string()))
}

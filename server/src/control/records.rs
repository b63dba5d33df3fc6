//! What a tenant has written down, and forgetting it.

use serde_json::{Value, json};

use super::call::{Call, Said};
use super::refusal::Refusal;
use crate::ledger::JournalEntry;

/// `GET /tenants/{name}/log`
pub(super) fn log(call: &Call<'_>) -> Result<Said, Refusal> {
    call.nothing_asked()?;
    Ok(Said::ok(json!({ "entries": call.server()?.log() })))
}

/// `GET /tenants/{name}/journal`
pub(super) fn journal(call: &Call<'_>) -> Result<Said, Refusal> {
    call.nothing_asked()?;
    let entries: Vec<Value> = call.server()?.journal().iter().map(entry).collect();
    Ok(Said::ok(json!({ "entries": entries })))
}

fn entry(entry: &JournalEntry) -> Value {
    let decisions = entry.decisions.iter().map(|one| json!({ "step": one.step, "told": one.told }));
    json!({
        "number": entry.number,
        "request_id": entry.request_id,
        "at": entry.at.to_string(),
        "line": entry.line,
        "decisions": decisions.collect::<Vec<_>>(),
    })
}

/// `POST /tenants/{name}/reset`: what happened is forgotten; users, clients and the clock stay.
pub(super) fn reset(call: &Call<'_>) -> Result<Said, Refusal> {
    call.nothing_asked()?;
    call.server()?.reset();
    Ok(Said::Done)
}

//! A tenant's clock: told, moved, stopped.

use jiff::Timestamp;
use ropg_fixtures::Data;
use serde_json::json;

use super::call::{Call, Said};
use super::refusal::Refusal;
use crate::clock::Clock;

/// `GET /tenants/{name}/clock`
pub(super) fn show(call: &Call<'_>) -> Result<Said, Refusal> {
    call.nothing_asked()?;
    Ok(told(call.server()?.clock()))
}

/// `POST /tenants/{name}/clock`: one of `advance`, `set`, `freeze`, `run`.
pub(super) fn move_it(call: &Call<'_>) -> Result<Said, Refusal> {
    let server = call.server()?;
    let clock = server.clock();
    let body = call.body(&["advance", "set", "freeze", "run"])?;
    let mut members = body.members();
    let (Some((name, _)), None) = (members.next(), members.next()) else {
        return Err(Refusal::invalid("a clock takes one of `advance`, `set`, `freeze` and `run`"));
    };
    let Some(node) = body.member(name) else { return Ok(told(clock)) };
    match (name, &node.data) {
        ("advance", Data::Number(number)) if number.is_i64() => {
            let seconds = number.as_i64().unwrap_or_default();
            moved(clock.advance(seconds))?;
        }
        ("advance", _) => return Err(body.wrong(node, "a whole number of seconds")),
        ("set", data) => {
            let at = match data {
                Data::Text(text) => text.parse().ok(),
                Data::Number(number) => {
                    number.as_i64().and_then(|seconds| Timestamp::from_second(seconds).ok())
                }
                _ => None,
            };
            let form = "a time such as 2027-01-15T08:00:00Z, or the seconds since 1970";
            moved(clock.set(at.ok_or_else(|| body.wrong(node, form))?))?;
        }
        ("freeze", Data::Bool(true)) => clock.freeze(),
        ("run", Data::Bool(true)) => {
            clock.run();
            moved(clock.runs())?;
        }
        _ => return Err(body.wrong(node, "true")),
    }
    Ok(told(clock))
}

fn told(clock: &Clock) -> Said {
    Said::ok(json!({ "now": clock.now().to_string(), "runs": clock.runs() }))
}

fn moved(moved: bool) -> Result<(), Refusal> {
    let why = "this clock does not move so: it was fixed at the start, or no timestamp is that far away";
    moved.then_some(()).ok_or_else(|| Refusal::conflict(why.to_owned()))
}

//! `/authorize`: the metadata must name it for clients to parse the document, but no redirect flow is served.

use super::{Answered, Request, reply};
use crate::tenant::behaviour::Answer;
use crate::turn::Turn;

/// Refuses every response type.
pub(super) fn answer(turn: &mut Turn<'_>, _request: &Request<'_>) -> Answered {
    let answer = Answer::UnsupportedResponseType;
    let mut answered = reply::refused(
        turn,
        answer,
        400,
        "unsupported_response_type",
        Some("no response type is supported"),
        "no redirect flow is served",
    );
    answered.facts.endpoint = "authorize";
    answered
}

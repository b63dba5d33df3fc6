//! `/oauth/ro`, the former endpoint of this flow: it is switched off, and nothing of a request is read (TOK-29).

use super::{Answered, Request, reply};
use crate::tenant::behaviour::{Answer, Label};
use crate::turn::Turn;

/// Refuses everybody: the endpoint is gone, or it is there for clients that are not OIDC-conformant, which none is.
pub(super) fn answer(turn: &mut Turn<'_>, _request: &Request<'_>) -> Answered {
    let answer = Answer::EndpointDisabled;
    let (status, code, description) = match turn.tenant.behaviour.label(answer) {
        Label::Legacy => (400, "invalid_request", Some("OIDC conformant clients cannot use /oauth/ro")),
        _ => (404, "endpoint_disabled", None),
    };
    reply::refused(turn, answer, status, code, description, "the former endpoint is switched off")
}

//! Messages that leave, whoever sends them: within which limits, and with which code.

use http::header::RETRY_AFTER;
use http::{HeaderValue, Response};

use crate::ledger::{Counted, Full, Message};
use crate::tenant::behaviour::Switch;
use crate::tenant::rate::Rate;
use crate::token::{MfaError, TokenError};
use crate::turn::Turn;

/// Leave to send one message. It is taken before anything is done for which the message stands.
#[must_use = "what is not sent gives its permit back"]
pub(super) struct Permit(Option<(Counted, Rate)>);

/// Takes one of the messages of a kind (`mail`, `phone`, `push`) that somebody gets.
pub(super) fn permit(
    turn: &Turn<'_>,
    kind: &'static str,
    whose: String,
    rate: Rate,
) -> Result<Permit, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    if !behaviour.keeps(Switch::MessagesLimited) {
        return Ok(Permit(None));
    }
    let (counted, rate) = (Counted::Sent(kind, whose), rate.under(behaviour));
    match turn.ledgers.buckets.take(counted.clone(), rate, turn.now) {
        Ok(taken) if taken.had => Ok(Permit(Some((counted, rate)))),
        Ok(taken) => Err(MfaError::TooManyMessages { retry_after: taken.level.retry_after }.into()),
        Err(Full) => Err(TokenError::LedgerFull("messages")),
    }
}

impl Permit {
    /// Nothing will be sent.
    pub(super) fn give_back(self, turn: &Turn<'_>) {
        if let Some((counted, rate)) = self.0 {
            turn.ledgers.buckets.give_back(&counted, rate);
        }
    }
}

/// Says when to come again, if it is that too much was sent.
pub(super) fn retry_after<T>(response: &mut Response<T>, refusal: &TokenError) {
    if let TokenError::Mfa(MfaError::TooManyMessages { retry_after }) = refusal {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from((*retry_after).max(1)));
    }
}

/// A code that is sent: six digits.
pub(super) fn code(turn: &mut Turn<'_>) -> String {
    turn.dice.pick(b"0123456789", 6)
}

/// Sends.
pub(super) fn send(turn: &Turn<'_>, _permit: Permit, message: Message) {
    if turn.tenant.behaviour.keeps(Switch::MessagesSent) {
        turn.ledgers.outbox.send(message);
    }
}

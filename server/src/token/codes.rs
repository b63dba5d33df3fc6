//! Failed codes are counted before a code is looked at, and given back if it was right: of many wrong ones at once no more are
//! judged than there are tries (MFA-LIM-01, MFA-LIM-09, MFA-REC-13).

use super::error::TokenError;
use super::mfa_error::MfaError;
use crate::ledger::{Counted, Full};
use crate::tenant::behaviour::Switch;
use crate::tenant::rate::Rate;
use crate::turn::Turn;

/// Which code is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// Computed by an app.
    Computed,
    /// Sent, and read out.
    Sent,
    /// Written down.
    Recovery,
}

/// A try that was taken.
#[derive(Debug)]
#[must_use = "a right code gives its try back"]
pub(super) struct Try(Option<Counted>);

/// Takes a try of the user's; none is left after ten, and one comes back every six minutes.
pub(super) fn take(turn: &Turn<'_>, subject: &str, code: Code) -> Result<Try, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let whose = if behaviour.keeps(Switch::CodesPerUser) { subject } else { "" };
    let counted = match code {
        Code::Recovery if behaviour.keeps(Switch::RecoveryApart) => {
            Counted::FailedRecoveryCodes(whose.to_owned())
        }
        // Apart from computed codes only where a deviation counts so.
        Code::Sent if !behaviour.keeps(Switch::CodesShared) => {
            Counted::FailedCodes(format!("sent to {whose}"))
        }
        Code::Computed | Code::Sent | Code::Recovery => Counted::FailedCodes(whose.to_owned()),
    };
    if !behaviour.keeps(Switch::CodesLimited) {
        return Ok(Try(None));
    }
    let taken = turn.ledgers.buckets.take(counted.clone(), Rate::FAILED_CODES.under(behaviour), turn.now);
    match taken.map_err(|Full| TokenError::LedgerFull("failed codes"))? {
        taken if taken.had => Ok(Try(Some(counted))),
        _ => Err(MfaError::TooManyFailedCodes.into()),
    }
}

/// The code was right. It gives its own try back, and no other (MFA-LIM-03).
pub(super) fn right(turn: &Turn<'_>, one: Try) {
    let Some(counted) = one.0 else { return };
    let behaviour = &turn.tenant.behaviour;
    let rate = Rate::FAILED_CODES.under(behaviour);
    let all = if behaviour.keeps(Switch::CodesKept) { 1 } else { rate.limit };
    for _ in 0..all {
        turn.ledgers.buckets.give_back(&counted, rate);
    }
}

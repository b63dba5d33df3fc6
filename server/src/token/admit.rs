//! Step 5: attack protection, before the password is looked at. So far the address's bucket alone: it counts logins and
//! shows what is left of it, and refuses none.
//!
//! ```text
//! token taken ── success: given back
//!             └─ any refusal: kept
//! ```
//!
//! The token is taken once the directory is known, so a request that could not be read or names no directory costs
//! nothing (SIP-05), and it is given back by a login that succeeds wholly (SIP-12): a right password that asks for an
//! unknown audience keeps it (recorded).

use std::net::IpAddr;

use super::connection::LoginAttempt;
use super::error::TokenError;
use crate::ledger::{Counted, Full, Level};
use crate::tenant::behaviour::Switch;
use crate::tenant::rate::Rate;
use crate::turn::Turn;

/// A login that its address was charged for.
#[derive(Debug)]
pub(crate) struct AdmittedAttempt {
    pub(crate) attempt: LoginAttempt,
}

/// Takes the address's token (SIP-03).
pub(crate) fn admit(turn: &mut Turn<'_>, attempt: LoginAttempt) -> Result<AdmittedAttempt, TokenError> {
    let taken = turn.ledgers.buckets.take(address(turn), rate(turn), turn.now);
    let taken = taken.map_err(|Full| TokenError::LedgerFull("addresses"))?;
    turn.trace.decided("admit", format!("{} attempts left to {}", taken.level.remaining, turn.origin.peer));
    turn.charged = Some(taken);
    Ok(AdmittedAttempt { attempt })
}

/// What becomes of the token at the end of the exchange, whichever way it went.
pub(super) fn settle(turn: &Turn<'_>, granted: bool) {
    let behaviour = &turn.tenant.behaviour;
    let back = if granted {
        behaviour.keeps(Switch::AddressGivenBack)
    } else {
        !behaviour.keeps(Switch::AddressKept)
    };
    if back && turn.charged.is_some_and(|taken| taken.had) {
        turn.ledgers.buckets.give_back(&address(turn), rate(turn));
    }
}

/// Gives an address the token back that a login took which waited for its second factor.
pub(super) fn give_back(turn: &Turn<'_>, address: IpAddr) {
    turn.ledgers.buckets.give_back(&Counted::Address(address), rate(turn));
}

/// What is shown of the bucket: without this request's token, before any giving back; untouched if it was refused earlier.
pub(crate) fn level(turn: &Turn<'_>) -> Level {
    match turn.charged {
        Some(taken) => taken.level,
        None => turn.ledgers.buckets.level(&address(turn), rate(turn), turn.now),
    }
}

fn address(turn: &Turn<'_>) -> Counted {
    Counted::Address(turn.origin.peer)
}

fn rate(turn: &Turn<'_>) -> Rate {
    turn.tenant.logins.under(&turn.tenant.behaviour)
}

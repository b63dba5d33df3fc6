//! The second factor by what was sent: a code that comes back, or a question that a phone answers
//! (MFA-OOB-01…MFA-OOB-19).

use super::MfaOobGrant;
use crate::factor::Authenticator;
use crate::ledger::{Awaited, Challenge, Counted, Full, hidden};
use crate::tenant::behaviour::{Number, Switch};
use crate::tenant::rate::Rate;
use crate::tenant::secret::Secret;
use crate::token::challenge::{self, SecondFactor, Suspended};
use crate::token::client::AuthenticatedClient;
use crate::token::codes::{self, Code};
use crate::token::enrolled;
use crate::token::error::TokenError;
use crate::token::issue::{self, TokenResponse};
use crate::token::mfa_error::MfaError;
use crate::turn::Turn;

/// The grant from beginning to end.
pub(crate) fn exchange(
    turn: &mut Turn<'_>,
    client: AuthenticatedClient,
    grant: &MfaOobGrant,
) -> Result<TokenResponse, TokenError> {
    let suspended = challenge::suspended_login(turn, &client, &grant.mfa_token)?;
    let factor = verify(turn, suspended, grant)?;
    let granted = challenge::resume(turn, factor)?;
    issue::tokens(turn, granted)
}

fn verify(turn: &Turn<'_>, suspended: Suspended, grant: &MfaOobGrant) -> Result<SecondFactor, TokenError> {
    let own = enrolled::presentable(turn, &suspended.user, suspended.ticket.only.as_deref());
    let reached: Vec<Authenticator> = own.into_iter().filter(|one| one.kind.channel().is_some()).collect();
    if reached.is_empty() {
        return Err(suspended.nothing_to_show().into());
    }
    let sent = sent(turn, &suspended, &reached, grant.oob_code.expose())?;
    match &sent.awaited {
        Awaited::Code(expected) => came_back(turn, &suspended, expected, grant)?,
        Awaited::Answer { accepted, .. } => answered(turn, *accepted, &grant.oob_code)?,
    }
    Ok(SecondFactor { authenticator: sent.authenticator, suspended })
}

/// What the `oob_code` stands for: something that was sent for this very login, and is still awaited.
fn sent(
    turn: &Turn<'_>,
    suspended: &Suspended,
    reached: &[Authenticator],
    oob_code: &str,
) -> Result<Challenge, MfaError> {
    let behaviour = &turn.tenant.behaviour;
    let unknown = MfaError::OobCodeMalformed("nobody knows it, or it was used or superseded");
    let challenge = turn.ledgers.challenges.find(oob_code).ok_or(unknown)?;
    if turn.seconds() >= challenge.expires + behaviour.number(Number::CodeGrace) {
        return Err(MfaError::OobCodeExpired);
    }
    let other_login =
        challenge.token.as_ref().is_some_and(|token| *token != hidden(suspended.token.expose()));
    let other_user = challenge.subject != suspended.user.subject;
    if (other_login || other_user) && behaviour.keeps(Switch::OobBound) {
        return Err(MfaError::OobCodeForeign);
    }
    if !other_user && reached.iter().all(|one| one.id != challenge.authenticator) {
        return Err(MfaError::OobCodeMalformed("its authenticator serves no more"));
    }
    Ok(challenge)
}

/// The code that was sent comes back, once.
fn came_back(
    turn: &Turn<'_>,
    suspended: &Suspended,
    expected: &Secret,
    grant: &MfaOobGrant,
) -> Result<(), TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let Some(code) = &grant.binding_code else {
        return match behaviour.keeps(Switch::BindingRequired) {
            true => Err(TokenError::MissingParameter("binding_code")),
            false => Ok(()),
        };
    };
    let attempt = codes::take(turn, &suspended.user.subject, Code::Sent)?;
    if !expected.matches(&hidden(code.expose())) && behaviour.keeps(Switch::BindingVerified) {
        if !behaviour.keeps(Switch::MfaTokenSurvives) {
            turn.ledgers.tickets.redeem(suspended.token.expose());
        }
        return Err(MfaError::InvalidBindingCode.into());
    }
    once(turn, &grant.oob_code)?;
    codes::right(turn, attempt);
    Ok(())
}

/// What the phone said. Who asks too often is told so, whatever it said (MFA-OOB-06).
fn answered(turn: &Turn<'_>, accepted: Option<bool>, oob_code: &Secret) -> Result<(), TokenError> {
    let behaviour = &turn.tenant.behaviour;
    if behaviour.keeps(Switch::PollsLimited) {
        let counted = Counted::Polls(hidden(oob_code.expose()));
        let taken = turn.ledgers.buckets.take(counted, Rate::POLLS.under(behaviour), turn.now);
        if !taken.map_err(|Full| TokenError::LedgerFull("polls"))?.had {
            return Err(MfaError::SlowDown.into());
        }
    }
    match accepted {
        None if behaviour.keeps(Switch::PushAwaited) => Err(MfaError::AuthorizationPending.into()),
        Some(false) => Err(MfaError::PushRejected.into()),
        Some(true) | None => once(turn, oob_code),
    }
}

/// Of many who bring the right answer at once, one alone succeeds (MFA-OOB-19).
fn once(turn: &Turn<'_>, oob_code: &Secret) -> Result<(), TokenError> {
    let kept = !turn.tenant.behaviour.keeps(Switch::OobOnce);
    if kept || turn.ledgers.challenges.redeem(oob_code.expose()) {
        return Ok(());
    }
    Err(MfaError::OobCodeMalformed("it was used by another request").into())
}

//! The second factor by a code that was written down, which is replaced by using it (MFA-REC-01…MFA-REC-16).

use super::MfaRecoveryGrant;
use crate::factor::{Kind, recovery_code};
use crate::ledger::Used;
use crate::tenant::behaviour::Switch;
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
    grant: &MfaRecoveryGrant,
) -> Result<TokenResponse, TokenError> {
    let suspended = challenge::suspended_login(turn, &client, &grant.mfa_token)?;
    if suspended.ticket.only.is_some() {
        return Err(MfaError::TokenMalformed("it is an access token").into());
    }
    let new = Secret::new(turn.dice.pick(recovery_code::ALPHABET, recovery_code::LENGTH));
    let (factor, told) = verify(turn, suspended, &grant.recovery_code, new)?;
    let granted = challenge::resume(turn, factor)?;
    issue::tokens(turn, granted).map(|tokens| tokens.with_recovery_code(&told))
}

/// The user's code, and the one that takes its place.
fn verify(
    turn: &Turn<'_>,
    suspended: Suspended,
    presented: &Secret,
    new: Secret,
) -> Result<(SecondFactor, Secret), TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let user = &suspended.user;
    let counts = |active: bool| active || !behaviour.keeps(Switch::RecoveryConfirmed);
    let own = enrolled::authenticators(turn, user);
    let found = own.iter().filter(|one| counts(one.active)).find_map(|one| match &one.kind {
        Kind::RecoveryCode(code) => Some((one.id.clone(), code.clone())),
        Kind::Otp(_) | Kind::Phone { .. } | Kind::Email(_) | Kind::Push { .. } => None,
    });
    let (authenticator, code) = found.ok_or(MfaError::NoRecoveryCode)?;
    let attempt = codes::take(turn, &user.subject, Code::Recovery)?;
    if !code.matches(presented.expose()) && behaviour.keeps(Switch::RecoveryVerified) {
        if !behaviour.keeps(Switch::MfaTokenSurvives) {
            turn.ledgers.tickets.redeem(suspended.token.expose());
        }
        return Err(MfaError::InvalidRecoveryCode.into());
    }
    let told = if behaviour.keeps(Switch::RecoveryReplaced) {
        if turn.ledgers.enrolments.replace_recovery_code(user, &code, new.clone()) == Used::Again {
            return Err(MfaError::InvalidRecoveryCode.into());
        }
        new
    } else {
        code
    };
    codes::right(turn, attempt);
    Ok((SecondFactor { authenticator, suspended }, told))
}

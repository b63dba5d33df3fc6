//! The second factor by a computed code (MFA-OTP-01…MFA-OTP-15; RFC 6238).

use std::sync::Arc;

use super::MfaOtpGrant;
use crate::factor::{Authenticator, Kind, otp};
use crate::ledger::Used;
use crate::tenant::behaviour::{Number, Switch};
use crate::tenant::user::User;
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
    grant: &MfaOtpGrant,
) -> Result<TokenResponse, TokenError> {
    let suspended = challenge::suspended_login(turn, &client, &grant.mfa_token)?;
    let factor = verify(turn, suspended, grant.otp.expose())?;
    let granted = challenge::resume(turn, factor)?;
    issue::tokens(turn, granted)
}

/// A code that one of the user's apps computes now, and that was not used before.
fn verify(turn: &Turn<'_>, suspended: Suspended, code: &str) -> Result<SecondFactor, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let user = &suspended.user;
    let apps = apps(turn, user, suspended.ticket.only.as_deref());
    if apps.is_empty() {
        return Err(suspended.nothing_to_show().into());
    }
    let attempt = codes::take(turn, &user.subject, Code::Computed)?;
    let Some((user, app, step)) =
        apps.iter().find_map(|(user, app)| Some((user, app, step(turn, app, code)?)))
    else {
        if !behaviour.keeps(Switch::MfaTokenSurvives) {
            turn.ledgers.tickets.redeem(suspended.token.expose());
        }
        return Err(MfaError::InvalidOtp("no app of the user computes it now").into());
    };
    let window = behaviour.number(Number::OtpWindow);
    let oldest = otp::step(turn.seconds()) - window - LATE;
    let used = turn.ledgers.enrolments.spend_step(user, &app.id, step, oldest);
    if used == Used::Again && behaviour.keeps(Switch::OtpOnce) {
        return Err(MfaError::InvalidOtp("it was used before").into());
    }
    codes::right(turn, attempt);
    Ok(SecondFactor { authenticator: app.id.clone(), suspended })
}

/// Steps for which a used code is remembered beyond its window: a request that began in time may come late, or the clock
/// may be set back a little.
const LATE: i64 = 4;

/// The user's apps; any of them will do (MFA-OTP-09).
fn apps(turn: &Turn<'_>, user: &Arc<User>, only: Option<&[String]>) -> Vec<(Arc<User>, Authenticator)> {
    let behaviour = &turn.tenant.behaviour;
    let everybody = !behaviour.keeps(Switch::OtpOwn);
    let others = turn.tenant.users.all.iter().filter(|other| everybody && other.subject != user.subject);
    let of = |user: &Arc<User>| {
        let own = enrolled::presentable(turn, user, only).into_iter();
        let apps = own.filter(|one| matches!(one.kind, Kind::Otp(_)));
        apps.map(|app| (Arc::clone(user), app)).collect::<Vec<_>>()
    };
    let mut apps = of(user);
    if !behaviour.keeps(Switch::OtpEach) {
        apps.truncate(1);
    }
    apps.extend(others.flat_map(of));
    apps
}

/// The step whose code it is, if it is one of those that are taken now (MFA-OTP-05).
fn step(turn: &Turn<'_>, app: &Authenticator, presented: &str) -> Option<i64> {
    let behaviour = &turn.tenant.behaviour;
    let Kind::Otp(secret) = &app.kind else { return None };
    let secret = otp::decode(secret.expose())?;
    let same = |computed: &str| {
        let number = |text: &str| text.parse::<u32>().ok();
        computed == presented
            || (!behaviour.keeps(Switch::OtpText)
                && number(presented).is_some_and(|presented| number(computed) == Some(presented)))
    };
    let now = turn.seconds();
    let mut steps = otp::steps(now, behaviour.number(Number::OtpWindow));
    let right = steps.find(|&step| same(&otp::code(&secret, step)));
    right.or_else(|| (!behaviour.keeps(Switch::OtpVerified)).then(|| otp::step(now)))
}

//! Something is sent: a code that shall come back, or a question that a phone shall answer (MFA-CHL-05, MFA-CHL-06).

use crate::factor::{Authenticator, Channel, Kind};
use crate::ledger::{Awaited, Challenge, Counted, Full, Message, hidden};
use crate::tenant::behaviour::{MailLimit, Switch};
use crate::tenant::rate::Rate;
use crate::tenant::secret::Secret;
use crate::tenant::user::User;
use crate::token::{MfaError, TokenError, challenge};
use crate::turn::Turn;

/// Seconds that a code, or a question, is awaited (MFA-OOB-12, MFA-LIM-08, MFA-ASC-21).
pub(super) const LIFETIME: i64 = 300;

/// What was sent.
pub(super) struct Sent {
    pub(super) oob_code: Secret,
    /// The kind of the log's entry.
    pub(super) logged: &'static str,
}

/// Sends to an authenticator, for the login of `token`; without one any later login of the user may bring the code.
pub(super) fn send(
    turn: &mut Turn<'_>,
    user: &User,
    authenticator: &Authenticator,
    token: Option<&Secret>,
) -> Result<Sent, TokenError> {
    let (channel, to, logged) = match &authenticator.kind {
        Kind::Phone { channel: Channel::Voice, number } => ("voice", number.clone(), "gd_send_voice"),
        Kind::Phone { number, .. } => ("sms", number.clone(), "gd_send_sms"),
        Kind::Email(address) => ("email", address.clone(), "gd_send_email"),
        Kind::Push { .. } | Kind::Otp(_) | Kind::RecoveryCode(_) => {
            ("push", authenticator.id.clone(), "gd_send_pn")
        }
    };
    limit(turn, user, channel)?;
    let (code, transaction, awaited) = if channel == "push" {
        let transaction = turn.dice.token(32);
        let awaited = Awaited::Answer { transaction: transaction.clone(), accepted: None };
        (None, Some(transaction), awaited)
    } else {
        let code = turn.dice.pick(b"0123456789", 6);
        let awaited = Awaited::Code(hidden(&code));
        (Some(code), None, awaited)
    };
    let name = turn.tenant.name();
    let text = match &code {
        Some(code) => format!("Your verification code for {name} is {code}."),
        None => format!("Is it you who logs in at {name}?"),
    };
    if turn.tenant.behaviour.keeps(Switch::MessagesSent) {
        let message = Message { number: 0, at: turn.now, channel, to, kind: "mfa", code, transaction, text };
        turn.ledgers.outbox.send(message);
    }
    Ok(Sent { oob_code: await_answer(turn, user, authenticator, token, awaited), logged })
}

/// Remembers what is awaited, under a new `oob_code`.
pub(super) fn await_answer(
    turn: &mut Turn<'_>,
    user: &User,
    authenticator: &Authenticator,
    token: Option<&Secret>,
    awaited: Awaited,
) -> Secret {
    let oob_code = challenge::sealed(turn);
    let challenge = Challenge {
        subject: user.subject.clone(),
        authenticator: authenticator.id.clone(),
        token: token.map(|token| hidden(token.expose())),
        awaited,
        expires: turn.seconds() + LIFETIME,
    };
    let supersedes = turn.tenant.behaviour.keeps(Switch::ChallengeSupersedes);
    turn.ledgers.challenges.send(oob_code.expose(), challenge, supersedes);
    oob_code
}

/// How much a user gets; text messages and calls are counted together (MFA-LIM-05…MFA-LIM-07, MFA-LIM-10).
fn limit(turn: &Turn<'_>, user: &User, channel: &str) -> Result<(), TokenError> {
    let behaviour = &turn.tenant.behaviour;
    if !behaviour.keeps(Switch::MessagesLimited) {
        return Ok(());
    }
    let (group, rate) = match channel {
        "email" => match behaviour.choices.mail_limit {
            MailLimit::Table => ("mail", Rate::MAIL),
            MailLimit::Page => ("mail", Rate::MAIL_BY_PAGE),
        },
        "push" => ("push", Rate::PUSH),
        _ => ("phone", Rate::PHONE_MESSAGES),
    };
    let whose = if behaviour.keeps(Switch::MessagesPerUser) { user.subject.clone() } else { String::new() };
    let taken = turn.ledgers.buckets.take(Counted::Sent(group, whose), rate.under(behaviour), turn.now);
    match taken.map_err(|Full| TokenError::LedgerFull("messages"))? {
        taken if taken.had => Ok(()),
        taken => Err(MfaError::TooManyMessages { retry_after: taken.level.retry_after }.into()),
    }
}

//! Something is sent: a code that shall come back, or a question that a phone shall answer (MFA-CHL-05, MFA-CHL-06).

use super::super::message::{self, Permit};
use crate::factor::{Authenticator, Channel, Kind};
use crate::ledger::{Awaited, Challenge, Message, hidden};
use crate::tenant::behaviour::{MailLimit, Switch};
use crate::tenant::rate::Rate;
use crate::tenant::secret::Secret;
use crate::tenant::user::User;
use crate::token::{TokenError, challenge};
use crate::turn::Turn;

/// Seconds that a code, or a question, is awaited (MFA-OOB-12, MFA-LIM-08, MFA-ASC-21).
const LIFETIME: i64 = 300;

/// What was sent.
pub(super) struct Sent {
    pub(super) oob_code: Secret,
    /// The kind of the log's entry.
    pub(super) logged: &'static str,
}

/// Takes one of the messages that a user gets; text messages and calls are counted together (MFA-LIM-05…MFA-LIM-07,
/// MFA-LIM-10).
pub(super) fn permit(turn: &Turn<'_>, user: &User, to: &Authenticator) -> Result<Permit, TokenError> {
    let behaviour = &turn.tenant.behaviour;
    let (kind, rate) = match &to.kind {
        Kind::Phone { .. } => ("phone", Rate::PHONE_MESSAGES),
        Kind::Email(_) => match behaviour.choices.mail_limit {
            MailLimit::Table => ("mail", Rate::MAIL),
            MailLimit::Page => ("mail", Rate::MAIL_BY_PAGE),
        },
        Kind::Push { .. } | Kind::Otp(_) | Kind::RecoveryCode(_) => ("push", Rate::PUSH),
    };
    let whose = if behaviour.keeps(Switch::MessagesPerUser) { user.subject.clone() } else { String::new() };
    message::permit(turn, kind, whose, rate)
}

/// Sends to an authenticator, for the login of `token`; without one any later login of the user may bring the code.
pub(super) fn send(
    turn: &mut Turn<'_>,
    user: &User,
    authenticator: &Authenticator,
    token: Option<&Secret>,
    permit: Permit,
) -> Sent {
    let (channel, to, logged) = match &authenticator.kind {
        Kind::Phone { channel: Channel::Voice, number } => ("voice", number.clone(), "gd_send_voice"),
        Kind::Phone { number, .. } => ("sms", number.clone(), "gd_send_sms"),
        Kind::Email(address) => ("email", address.clone(), "gd_send_email"),
        Kind::Push { .. } | Kind::Otp(_) | Kind::RecoveryCode(_) => {
            ("push", authenticator.id.clone(), "gd_send_pn")
        }
    };
    let (code, transaction, awaited) = if channel == "push" {
        let transaction = turn.dice.token(32);
        let awaited = Awaited::Answer { transaction: transaction.clone(), accepted: None };
        (None, Some(transaction), awaited)
    } else {
        let code = message::code(turn);
        let awaited = Awaited::Code(Secret::new(hidden(&code)));
        (Some(code), None, awaited)
    };
    let name = turn.tenant.name();
    let text = match &code {
        Some(code) => format!("Your verification code for {name} is {code}."),
        None => format!("Is it you who logs in at {name}?"),
    };
    let message = Message { number: 0, at: turn.now, channel, to, kind: "mfa", code, transaction, text };
    message::send(turn, permit, message);
    Sent { oob_code: await_answer(turn, user, authenticator, token, awaited), logged }
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

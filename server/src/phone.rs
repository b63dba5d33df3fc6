//! The phone that push notifications go to: whoever tests plays it. It scans an enrolment, and answers questions.

use serde_json::{Value, json};

use crate::factor::Kind;
use crate::ledger::Ledgers;
use crate::tenant::Tenant;
use crate::tenant::behaviour::{Number, Switch};

/// What a phone does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushAnswer {
    /// It scans what an association has shown: the `enrollment_tx_id` of its `barcode_uri`, or the whole URI.
    Scan {
        /// The `enrollment_tx_id`.
        enrollment: String,
        /// What the phone is called in the list of authenticators.
        device: String,
    },
    /// It says yes to a question: the `transaction` of a message.
    Accept(String),
    /// It says no.
    Reject(String),
}

/// Why a phone cannot do that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushFault {
    /// Nobody asks for it: unknown, answered, superseded, or five minutes old.
    #[error("no question `{0}` waits for an answer: it is unknown, answered, superseded or expired")]
    NothingAsked(String),
}

/// Does what the phone does, at `now` (seconds since 1970). Returns which authenticator it was, and after a scan the secret of the
/// codes that came along with it, as an app would show them.
pub(crate) fn act(
    tenant: &Tenant,
    ledgers: &Ledgers,
    answer: PushAnswer,
    now: i64,
) -> Result<Value, PushFault> {
    let (question, accepted, device) = match answer {
        PushAnswer::Scan { enrollment, device } => (of_uri(&enrollment), true, Some(device)),
        PushAnswer::Accept(transaction) => (transaction, true, None),
        PushAnswer::Reject(transaction) => (transaction, false, None),
    };
    let again = !tenant.behaviour.keeps(Switch::PushFinal);
    let grace = tenant.behaviour.number(Number::CodeGrace);
    let asked = ledgers.challenges.answer(&question, accepted, now - grace, again);
    let asked = asked.ok_or(PushFault::NothingAsked(question))?;
    let mut told = json!({ "authenticator": asked.authenticator });
    let profile = ledgers.directory.profile(tenant, &asked.subject);
    if let Some((device, profile)) = device.zip(profile) {
        ledgers.enrolments.name_device(&profile.user, &asked.authenticator, &device);
        let own = ledgers.enrolments.of(&profile.user);
        let pair = own.iter().find(|one| one.id == asked.authenticator).map(|one| one.pair.clone());
        let app = own.iter().filter(|one| Some(&one.pair) == pair.as_ref());
        if let Some(secret) = app.into_iter().find_map(|one| match &one.kind {
            Kind::Otp(secret) => Some(secret.expose()),
            Kind::Phone { .. } | Kind::Email(_) | Kind::Push { .. } | Kind::RecoveryCode(_) => None,
        }) {
            told["secret"] = json!(secret);
        }
    }
    Ok(told)
}

/// The enrolment of a `barcode_uri`; a bare one stays what it is.
fn of_uri(text: &str) -> String {
    let query = text.split_once('?').map(|(_, query)| query);
    let named = query.and_then(|query| {
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "enrollment_tx_id")
    });
    named.map_or_else(|| text.to_owned(), |(_, value)| value.into_owned())
}

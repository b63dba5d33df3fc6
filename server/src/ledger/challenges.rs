//! What was sent and waits for its answer, by `oob_code` (MFA-OOB-01…MFA-OOB-19).
//!
//! ```text
//! sent ── the right code, or the phone says yes ──▶ used, once
//!      ├─ the phone says no ──▶ rejected, for good
//!      ├─ another challenge to the same authenticator ──▶ gone (MFA-CHL-15)
//!      └─ five minutes pass ──▶ expired
//! ```
//!
//! Bounded: forgetting only ends something, so the oldest goes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::bounded::Bounded;
use super::{Fingerprint, fingerprint};
use crate::tenant::secret::Secret;

/// Something that was sent.
#[derive(Clone, Debug)]
pub(crate) struct Challenge {
    /// Whose authenticator.
    pub(crate) subject: String,
    /// Which one; its confirmation confirms its pair.
    pub(crate) authenticator: String,
    /// The `mfa_token` for which it was sent; `None` if an access token asked: any login of the user will do.
    pub(crate) token: Option<String>,
    pub(crate) awaited: Awaited,
    /// Seconds since 1970; from this second on it is expired.
    pub(crate) expires: i64,
}

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// That the code comes back: its fingerprint, which of six digits hides nothing, and is as secret.
    Code(Secret),
    /// That a phone answers; `None` so far.
    Answer { transaction: String, accepted: Option<bool> },
}

/// The challenges of an epoch.
#[derive(Debug, Default)]
pub(crate) struct Challenges {
    sent: Mutex<Bounded<Fingerprint, Challenge>>,
}

/// Codes and tokens are stored as fingerprints: who reads the ledger cannot use them.
pub(crate) fn hidden(text: &str) -> String {
    fingerprint(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Challenges {
    /// Keeps what was sent. With `supersedes` what was sent to the same authenticator before is gone.
    pub(crate) fn send(&self, oob_code: &str, challenge: Challenge, supersedes: bool) {
        let print = fingerprint(oob_code);
        let mut sent = self.lock();
        if supersedes {
            sent.retain(|old| {
                old.subject != challenge.subject || old.authenticator != challenge.authenticator
            });
        }
        sent.insert(print, challenge);
    }

    /// What an `oob_code` stands for, alive or expired.
    pub(crate) fn find(&self, oob_code: &str) -> Option<Challenge> {
        let print = fingerprint(oob_code);
        self.lock().get(&print).cloned()
    }

    /// Uses it up; of many who try at once, one alone hears that it did (MFA-OOB-19).
    pub(crate) fn redeem(&self, oob_code: &str) -> bool {
        let print = fingerprint(oob_code);
        self.lock().remove(&print).is_some()
    }

    /// A phone answers a question that still stands; a second answer changes nothing unless `again`. Returns what was asked.
    pub(crate) fn answer(
        &self,
        transaction: &str,
        accepted: bool,
        now: i64,
        again: bool,
    ) -> Option<Challenge> {
        let mut sent = self.lock();
        let found = sent.values_mut().find(|challenge| match &challenge.awaited {
            Awaited::Answer { transaction: asked, accepted } => {
                asked == transaction && (accepted.is_none() || again)
            }
            Awaited::Code(_) => false,
        });
        let challenge = found.filter(|challenge| now < challenge.expires)?;
        challenge.awaited = Awaited::Answer { transaction: transaction.to_owned(), accepted: Some(accepted) };
        Some(challenge.clone())
    }

    /// Ends what was sent to authenticators that are gone.
    pub(crate) fn forget(&self, subject: &str, authenticators: &[String]) {
        self.lock().retain(|old| old.subject != subject || !authenticators.contains(&old.authenticator));
    }

    /// Ends what was sent to users who were deleted.
    pub(crate) fn forget_users(&self, gone: impl Fn(&str) -> bool) {
        self.lock().retain(|old| !gone(&old.subject));
    }

    fn lock(&self) -> MutexGuard<'_, Bounded<Fingerprint, Challenge>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

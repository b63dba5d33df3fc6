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

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use super::{Fingerprint, fingerprint};

/// More than a test sends; about 3 MiB.
const LIMIT: usize = 10_000;

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
    /// That the code comes back.
    Code(String),
    /// That a phone answers; `None` so far.
    Answer { transaction: String, accepted: Option<bool> },
}

/// The challenges of an epoch.
#[derive(Debug, Default)]
pub(crate) struct Challenges {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// With the number of each.
    sent: HashMap<Fingerprint, (u64, Challenge)>,
    oldest_first: BTreeMap<u64, Fingerprint>,
    /// By subject and authenticator, so that nobody has to look through all of them.
    to: HashMap<(String, String), Vec<Fingerprint>>,
    count: u64,
}

/// Codes and tokens are stored as fingerprints: who reads the ledger cannot use them.
pub(crate) fn hidden(text: &str) -> String {
    fingerprint(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Challenges {
    /// Keeps what was sent. With `supersedes` what was sent to the same authenticator before is gone.
    pub(crate) fn send(&self, oob_code: &str, challenge: Challenge, supersedes: bool) {
        let print = fingerprint(oob_code);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if supersedes {
            state.forget(&challenge.subject, &challenge.authenticator);
        }
        if state.sent.len() >= LIMIT
            && let Some(oldest) = state.oldest_first.values().next().copied()
        {
            state.remove(&oldest);
        }
        let number = state.count;
        state.count += 1;
        state.to.entry(challenge.address()).or_default().push(print);
        state.oldest_first.insert(number, print);
        state.sent.insert(print, (number, challenge));
    }

    /// What an `oob_code` stands for, alive or expired.
    pub(crate) fn find(&self, oob_code: &str) -> Option<Challenge> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.sent.get(&fingerprint(oob_code)).map(|(_, challenge)| challenge.clone())
    }

    /// Uses it up; of many who try at once, one alone hears that it did (MFA-OOB-19).
    pub(crate) fn redeem(&self, oob_code: &str) -> bool {
        let print = fingerprint(oob_code);
        self.state.lock().unwrap_or_else(PoisonError::into_inner).remove(&print)
    }

    /// A phone answers a question that still stands; a second answer changes nothing unless `again`. Returns what was asked.
    pub(crate) fn answer(
        &self,
        transaction: &str,
        accepted: bool,
        now: i64,
        again: bool,
    ) -> Option<Challenge> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let found =
            state.sent.values_mut().map(|(_, challenge)| challenge).find(|challenge| {
                match &challenge.awaited {
                    Awaited::Answer { transaction: asked, accepted } => {
                        asked == transaction && (accepted.is_none() || again)
                    }
                    Awaited::Code(_) => false,
                }
            });
        let challenge = found.filter(|challenge| now < challenge.expires)?;
        challenge.awaited = Awaited::Answer { transaction: transaction.to_owned(), accepted: Some(accepted) };
        Some(challenge.clone())
    }

    /// Ends what was sent to authenticators that are gone.
    pub(crate) fn forget(&self, subject: &str, authenticators: &[String]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for authenticator in authenticators {
            state.forget(subject, authenticator);
        }
    }

    /// Ends what was sent to a user who was deleted.
    pub(crate) fn forget_user(&self, subject: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let own: Vec<String> =
            state.to.keys().filter(|(whose, _)| whose == subject).map(|(_, which)| which.clone()).collect();
        for authenticator in own {
            state.forget(subject, &authenticator);
        }
    }
}

impl Challenge {
    fn address(&self) -> (String, String) {
        (self.subject.clone(), self.authenticator.clone())
    }
}

impl State {
    fn forget(&mut self, subject: &str, authenticator: &str) {
        let gone = self.to.remove(&(subject.to_owned(), authenticator.to_owned())).unwrap_or_default();
        for print in gone {
            self.remove(&print);
        }
    }

    /// Whether it was there.
    fn remove(&mut self, print: &Fingerprint) -> bool {
        let Some((number, challenge)) = self.sent.remove(print) else { return false };
        self.oldest_first.remove(&number);
        let address = challenge.address();
        if let Some(all) = self.to.get_mut(&address) {
            all.retain(|known| known != print);
            if all.is_empty() {
                self.to.remove(&address);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn send(challenges: &Challenges, number: usize, authenticator: &str) {
        let challenge = Challenge {
            subject: "auth0|ann".to_owned(),
            authenticator: authenticator.to_owned(),
            token: None,
            awaited: Awaited::Code(hidden("123456")),
            expires: 300,
        };
        challenges.send(&number.to_string(), challenge, true);
    }

    #[test]
    fn whatever_goes_goes_from_every_index() {
        let challenges = Challenges::default();
        for number in 0..LIMIT + 5 {
            send(&challenges, number, &number.to_string());
        }
        assert!(challenges.find("4").is_none() && challenges.find("5").is_some());
        // The same authenticator again, one that is used, one that is ended.
        send(&challenges, LIMIT + 5, "9");
        assert!(challenges.find("9").is_none());
        assert!(challenges.redeem("10") && !challenges.redeem("10"));
        challenges.forget("auth0|ann", &["11".to_owned()]);
        assert!(challenges.find("11").is_none());
        let sizes = |state: &State| [state.sent.len(), state.oldest_first.len(), state.to.len()];
        assert_eq!(sizes(&challenges.state.lock().unwrap()), [LIMIT - 2; 3]);
        challenges.forget_user("auth0|ann");
        assert_eq!(sizes(&challenges.state.lock().unwrap()), [0; 3]);
    }
}

//! Codes that were sent in place of a password, by connection and identifier (RLM-18).
//!
//! ```text
//! sent ── the right code ──▶ used, once
//!      ├─ three wrong ones ──▶ spent: not even the right one serves
//!      ├─ sent anew ──▶ replaced
//!      └─ its lifetime passes, or its user is deleted ──▶ as if there was none
//! ```
//!
//! Bounded: forgetting only ends something, so the oldest goes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::bounded::Bounded;
use super::hidden;

/// Where a code was sent: connection and folded identifier.
pub(crate) type Address = (String, String);

/// What came of presenting a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judged {
    Right,
    Wrong,
    /// It was guessed at too often.
    Spent,
}

/// The codes of an epoch.
#[derive(Debug, Default)]
pub(crate) struct SentCodes {
    sent: Mutex<Bounded<Address, SentCode>>,
}

struct SentCode {
    /// Who is to log in by it.
    subject: String,
    /// Of the code.
    hash: String,
    /// Seconds since 1970; from this second on it is none.
    expires: i64,
    failures: i64,
}

impl SentCodes {
    /// Remembers a code for the user `subject`, good before the second `expires`.
    pub(crate) fn send(&self, to: Address, subject: &str, code: &str, expires: i64) {
        let sent = SentCode { subject: subject.to_owned(), hash: hidden(code), expires, failures: 0 };
        self.lock().insert(to, sent);
    }

    /// Judges a code and uses it up if it is right; of many who bring it at once, one alone hears so. `tries` wrong ones are borne.
    pub(crate) fn judge(&self, at: &Address, code: &str, now: i64, tries: i64) -> Judged {
        let hash = hidden(code);
        let mut all = self.lock();
        let Some(sent) = all.get_mut(at).filter(|sent| now < sent.expires) else {
            return Judged::Wrong;
        };
        if sent.failures >= tries {
            return Judged::Spent;
        }
        if sent.hash != hash {
            sent.failures += 1;
            return Judged::Wrong;
        }
        all.remove(at);
        Judged::Right
    }

    /// Ends what was sent to users who were deleted: whoever is created anew under the same address did not ask for it.
    pub(crate) fn forget_users(&self, gone: impl Fn(&str) -> bool) {
        self.lock().retain(|sent| !gone(&sent.subject));
    }

    fn lock(&self) -> MutexGuard<'_, Bounded<Address, SentCode>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(name: &str) -> Address {
        ("email".to_owned(), name.to_owned())
    }

    #[test]
    fn a_code_serves_once_where_it_was_sent_and_in_time() {
        let codes = SentCodes::default();
        codes.send(to("ann"), "auth0|ann", "123456", 100);
        assert_eq!(codes.judge(&to("bob"), "123456", 0, 3), Judged::Wrong);
        assert_eq!(codes.judge(&to("ann"), "123456", 100, 3), Judged::Wrong);
        assert_eq!(codes.judge(&to("ann"), "123456", 99, 3), Judged::Right);
        assert_eq!(codes.judge(&to("ann"), "123456", 99, 3), Judged::Wrong);
    }

    #[test]
    fn three_wrong_codes_spend_it_and_a_new_one_serves_again() {
        let codes = SentCodes::default();
        codes.send(to("ann"), "auth0|ann", "123456", 100);
        for _ in 0..3 {
            assert_eq!(codes.judge(&to("ann"), "000000", 0, 3), Judged::Wrong);
        }
        assert_eq!(codes.judge(&to("ann"), "123456", 0, 3), Judged::Spent);
        codes.send(to("ann"), "auth0|ann", "654321", 100);
        assert_eq!(codes.judge(&to("ann"), "123456", 0, 3), Judged::Wrong);
        assert_eq!(codes.judge(&to("ann"), "654321", 0, 3), Judged::Right);
    }

    #[test]
    fn what_was_sent_to_a_deleted_user_is_gone() {
        let codes = SentCodes::default();
        codes.send(to("ann"), "auth0|ann", "123456", 100);
        codes.send(to("bob"), "auth0|bob", "123456", 100);
        codes.forget_users(|subject| subject == "auth0|ann");
        assert_eq!(codes.judge(&to("ann"), "123456", 0, 3), Judged::Wrong);
        assert_eq!(codes.judge(&to("bob"), "123456", 0, 3), Judged::Right);
    }
}

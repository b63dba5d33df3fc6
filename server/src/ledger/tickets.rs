//! Logins that wait for a second factor, by `mfa_token` (MFA-TOK-01…MFA-TOK-13).
//!
//! ```text
//! issued ── redeemed by a second factor, once ──▶ gone
//!        └─ its lifetime passes ──▶ expired (told apart from what nobody knows)
//! ```
//!
//! Bounded: forgetting only ends something, so the oldest goes.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::bounded::Bounded;
use super::{Fingerprint, fingerprint};
use crate::tenant::api::Api;
use crate::tenant::application::Application;
use crate::tenant::scope::ScopeSet;
use crate::tenant::user::User;

/// A login as it stood when it was suspended: everything that was decided before (MFA-TOK-10).
#[derive(Clone, Debug)]
pub(crate) struct SuspendedLogin {
    pub(crate) user: Arc<User>,
    pub(crate) application: Arc<Application>,
    pub(crate) api: Option<Arc<Api>>,
    pub(crate) scope: ScopeSet,
    pub(crate) permissions: Option<ScopeSet>,
    /// The address whose bucket gave a token for it: a second factor gives it back.
    pub(crate) charged: Option<IpAddr>,
}

/// What an `mfa_token` stands for.
#[derive(Debug)]
pub(crate) struct Ticket {
    pub(crate) login: SuspendedLogin,
    /// The pairs that it confirms, and nothing else: it is the access token by which those were associated.
    pub(crate) only: Option<Vec<String>>,
    /// Seconds since 1970; from this second on it is expired.
    pub(crate) expires: i64,
}

/// What came of presenting a token.
#[derive(Clone, Debug)]
pub(crate) enum Presented {
    Good(Arc<Ticket>),
    Expired,
    Unknown,
}

/// The tickets of an epoch.
#[derive(Debug, Default)]
pub(crate) struct Tickets {
    tickets: Mutex<Bounded<Fingerprint, Arc<Ticket>>>,
}

impl Tickets {
    /// Suspends a login.
    pub(crate) fn issue(&self, token: &str, ticket: Ticket) {
        let print = fingerprint(token);
        self.lock().insert(print, Arc::new(ticket));
    }

    /// Lets an access token confirm `pairs` beside what it could confirm before; of many at once none is lost. `login` is its
    /// holder's, `expires` its own end.
    pub(crate) fn confirm_by(&self, token: &str, pairs: Vec<String>, login: SuspendedLogin, expires: i64) {
        let print = fingerprint(token);
        let mut tickets = self.lock();
        let mut only = tickets.get(&print).and_then(|ticket| ticket.only.clone()).unwrap_or_default();
        only.extend(pairs);
        tickets.insert(print, Arc::new(Ticket { login, only: Some(only), expires }));
    }

    /// What a token stands for.
    pub(crate) fn find(&self, token: &str, now: i64, grace: i64) -> Presented {
        let print = fingerprint(token);
        match self.lock().get(&print) {
            Some(ticket) if now < ticket.expires + grace => Presented::Good(Arc::clone(ticket)),
            Some(_) => Presented::Expired,
            None => Presented::Unknown,
        }
    }

    /// Uses a token up; of many who try at once, one alone hears that it did (MFA-TOK-13).
    pub(crate) fn redeem(&self, token: &str) -> bool {
        let print = fingerprint(token);
        self.lock().remove(&print).is_some()
    }

    /// Ends the tickets of users who were deleted; what a deviation does too when a user begins anew (MFA-TOK-11).
    pub(crate) fn forget_users(&self, gone: impl Fn(&str) -> bool) {
        self.lock().retain(|ticket| !gone(&ticket.login.user.subject));
    }

    fn lock(&self) -> MutexGuard<'_, Bounded<Fingerprint, Arc<Ticket>>> {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

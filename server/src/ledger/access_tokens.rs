//! Opaque access tokens (SCP-02). Bounded: forgetting only ends something, so the oldest goes.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use super::{Fingerprint, fingerprint};
use crate::tenant::scope::ScopeSet;

/// More than a test asks for; about 3 MiB.
const LIMIT: usize = 10_000;

/// What an opaque access token stands for.
#[derive(Clone, Debug)]
pub(crate) struct OpaqueGrant {
    pub(crate) subject: String,
    pub(crate) scope: ScopeSet,
    /// Seconds since 1970; the token is invalid from this second on.
    pub(crate) expires: i64,
}

/// The opaque access tokens of an epoch.
#[derive(Debug, Default)]
pub(crate) struct AccessTokens {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    grants: HashMap<Fingerprint, OpaqueGrant>,
    oldest_first: VecDeque<Fingerprint>,
}

impl AccessTokens {
    pub(crate) fn issue(&self, token: &str, grant: OpaqueGrant) {
        let print = fingerprint(token);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.oldest_first.len() == LIMIT
            && let Some(oldest) = state.oldest_first.pop_front()
        {
            state.grants.remove(&oldest);
        }
        state.grants.insert(print, grant);
        state.oldest_first.push_back(print);
    }

    /// Forgets them all: what a deviation does, since access tokens cannot be revoked (ATK-22).
    pub(crate) fn clear(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }

    /// The grant of a token, dead or alive: who asks looks at `expires`.
    pub(crate) fn find(&self, token: &str) -> Option<OpaqueGrant> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.grants.get(&fingerprint(token)).cloned()
    }
}

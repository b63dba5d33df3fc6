//! Opaque access tokens (SCP-02). Bounded: forgetting only ends something, so the oldest goes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::bounded::Bounded;
use super::{Fingerprint, fingerprint};
use crate::tenant::scope::ScopeSet;

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
    grants: Mutex<Bounded<Fingerprint, OpaqueGrant>>,
}

impl AccessTokens {
    pub(crate) fn issue(&self, token: &str, grant: OpaqueGrant) {
        let print = fingerprint(token);
        self.lock().insert(print, grant);
    }

    /// Forgets them all: what a deviation does, since access tokens cannot be revoked (ATK-22).
    pub(crate) fn clear(&self) {
        *self.lock() = Bounded::default();
    }

    /// The grant of a token, dead or alive: who asks looks at `expires`.
    pub(crate) fn find(&self, token: &str) -> Option<OpaqueGrant> {
        let print = fingerprint(token);
        self.lock().get(&print).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Bounded<Fingerprint, OpaqueGrant>> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

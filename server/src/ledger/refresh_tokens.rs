//! Refresh tokens, as families: one login begins one. Rotation is off, so a family has one member.
//!
//! ```text
//! issued ── redeemed (again and again, by its client) ── revoked
//! ```
//!
//! Bounded: a full ledger ends the oldest family.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Fingerprint, fingerprint};
use crate::tenant::scope::ScopeSet;

const LIMIT: usize = 10_000;

/// What a refresh token stands for: everything that was decided at the login.
#[derive(Clone, Debug)]
pub(crate) struct RefreshGrant {
    pub(crate) client_id: String,
    pub(crate) subject: String,
    /// The API's identifier; `None`: no audience.
    pub(crate) audience: Option<String>,
    pub(crate) scope: ScopeSet,
}

/// What came of presenting a token.
#[derive(Clone, Debug)]
pub(crate) enum Redeemed {
    /// It is good.
    Good(Arc<RefreshGrant>),
    /// Nobody knows it.
    Unknown,
    /// It belongs to another client, and lives on (RFT-14).
    Foreign(Arc<RefreshGrant>),
}

/// The refresh tokens of an epoch.
#[derive(Debug, Default)]
pub(crate) struct RefreshTokens {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    families: HashMap<Fingerprint, Arc<RefreshGrant>>,
    oldest_first: VecDeque<Fingerprint>,
}

impl RefreshTokens {
    pub(crate) fn begin(&self, token: &str, grant: RefreshGrant) {
        let print = fingerprint(token);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.oldest_first.len() == LIMIT
            && let Some(oldest) = state.oldest_first.pop_front()
        {
            state.families.remove(&oldest);
        }
        state.families.insert(print, Arc::new(grant));
        state.oldest_first.push_back(print);
    }

    /// Looks at a token for a client.
    pub(crate) fn redeem(&self, token: &str, client_id: &str) -> Redeemed {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.families.get(&fingerprint(token)) {
            None => Redeemed::Unknown,
            Some(grant) if grant.client_id == client_id => Redeemed::Good(Arc::clone(grant)),
            Some(grant) => Redeemed::Foreign(Arc::clone(grant)),
        }
    }

    /// Replaces what a token stands for; a deviation alone narrows a living token.
    pub(crate) fn replace(&self, token: &str, grant: RefreshGrant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = state.families.get_mut(&fingerprint(token)) {
            *place = Arc::new(grant);
        }
    }

    /// Ends a token.
    pub(crate) fn revoke(&self, token: &str) {
        let print = fingerprint(token);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.families.remove(&print).is_some() {
            state.oldest_first.retain(|one| *one != print);
        }
    }
}

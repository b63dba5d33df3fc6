//! The journal: for each request, the way it took through the flow. A ring: the oldest goes; the numbers tell how many.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

const LIMIT: usize = 1000;

/// What happened to a request. No secret is in it.
#[derive(Clone, Debug)]
pub struct JournalEntry {
    /// How many were written before it.
    pub number: u64,
    /// The answer's `X-Auth0-RequestId`.
    pub request_id: String,
    /// The tenant's time.
    pub at: Timestamp,
    /// What was asked and answered, in one line.
    pub line: String,
    /// The decisions in the order in which they were taken.
    pub decisions: Vec<Decision>,
}

/// One decision on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The step that took it: `client`, `grant`, `connection`, `admit`, `password`, `refresh token`, `audience`; at an API
    /// `route`, `token`, `scope`; or `refused`.
    pub step: &'static str,
    /// What it decided: `acme-web, by post`.
    pub told: String,
}

/// The journal of an epoch.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    entries: VecDeque<JournalEntry>,
    written: u64,
}

impl Journal {
    /// Writes an entry; it gets its number here.
    pub(crate) fn write(&self, entry: JournalEntry) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.entries.len() == LIMIT {
            state.entries.pop_front();
        }
        let number = state.written;
        state.written += 1;
        state.entries.push_back(JournalEntry { number, ..entry });
    }

    /// All entries that are still there, oldest first.
    pub(crate) fn entries(&self) -> Vec<JournalEntry> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).entries.iter().cloned().collect()
    }
}

//! The journal: for each request, the way it took through the flow. A ring: the oldest goes.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

const LIMIT: usize = 1000;

/// What happened to a request. No secret is in it.
#[derive(Clone, Debug)]
pub struct JournalEntry {
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
    /// The step that took it: `client`, `grant`, `connection`, `password`, `audience`; where a token is used `route`, `token`,
    /// `scope`; or `refused`.
    pub step: &'static str,
    /// What it decided: `acme-web, by post`.
    pub told: String,
}

/// The journal of an epoch.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: Mutex<VecDeque<JournalEntry>>,
}

impl Journal {
    pub(crate) fn write(&self, entry: JournalEntry) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() == LIMIT {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    /// All entries that are still there, oldest first.
    pub(crate) fn entries(&self) -> Vec<JournalEntry> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

//! What changes while a tenant runs: one file, one lock each. All ledgers of a tenant hang on one epoch.
//!
//! Ledgers offer atomic verbs, not getters, and hold no lock while anything is hashed or signed.

mod bounded;
mod access_tokens;
mod challenges;
mod enrolments;
mod outbox;
mod sent_codes;
mod tickets;
mod buckets;
mod assertions;
mod directory;
mod journal;
mod log;
mod refresh_tokens;

use aws_lc_rs::digest::{SHA256, digest};

pub(crate) use access_tokens::{AccessTokens, OpaqueGrant};
pub(crate) use assertions::{Assertions, Spent};
pub(crate) use buckets::{Buckets, Counted, Full, Level, Taken};
pub(crate) use challenges::{Awaited, Challenge, Challenges, hidden};
pub(crate) use directory::{Directory, Profile};
pub(crate) use enrolments::{Enrolments, TooMany, Used};
pub(crate) use journal::Journal;
pub use journal::{Decision, JournalEntry};
pub(crate) use log::{Log, LogEntry};
pub use outbox::Message;
pub(crate) use outbox::Outbox;
pub(crate) use refresh_tokens::{
    Ended, Exchanged, Redeemed, RefreshGrant, RefreshTokens, Revoked, Rules as RefreshRules,
};
pub(crate) use sent_codes::{Judged, SentCodes};
pub(crate) use tickets::{Presented, SuspendedLogin, Ticket, Tickets};

/// The running state of one epoch: reset and restore swap the whole.
#[derive(Debug, Default)]
pub(crate) struct Ledgers {
    pub(crate) directory: Directory,
    pub(crate) access_tokens: AccessTokens,
    pub(crate) assertions: Assertions,
    pub(crate) refresh_tokens: RefreshTokens,
    pub(crate) enrolments: Enrolments,
    pub(crate) tickets: Tickets,
    pub(crate) challenges: Challenges,
    pub(crate) sent_codes: SentCodes,
    pub(crate) buckets: Buckets,
    pub(crate) outbox: Outbox,
    pub(crate) log: Log,
    pub(crate) journal: Journal,
}

/// What is stored of a token: who reads the ledger cannot use it.
type Fingerprint = [u8; 32];

fn fingerprint(token: &str) -> Fingerprint {
    let mut print = [0; 32];
    print.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    print
}

//! The tenant's time: everything the protocol sees obeys it, the `Date` header included.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Where a tenant's time comes from.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Fixed(Timestamp),
    Manual(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// The machine's time.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// Always the same instant.
    #[must_use]
    pub fn fixed(at: Timestamp) -> Self {
        Self(Source::Fixed(at))
    }

    /// An instant that moves only by [`Clock::advance`]; clones share it.
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(Mutex::new(start))))
    }

    /// The present instant.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place where a tenant's time is read")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp::now(),
            Source::Fixed(at) => *at,
            Source::Manual(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Moves a manual clock by so many seconds; another clock stays as it is. Returns whether it moved.
    pub fn advance(&self, seconds: i64) -> bool {
        let Source::Manual(at) = &self.0 else { return false };
        let mut at = at.lock().unwrap_or_else(PoisonError::into_inner);
        match at.checked_add(SignedDuration::from_secs(seconds)) {
            Ok(moved) => *at = moved,
            Err(_) => return false,
        }
        true
    }
}

//! The tenant's time: everything the protocol sees obeys it, the `Date` header included. Sockets and time-outs use the
//! real one.
//!
//! ```text
//! runs (with the machine, shifted by whatever it was moved) ── freeze ──▶ stands still ── run ──▶ runs on from there
//! ```

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// A tenant's clock. Clones share it: moved by one, it is moved for all.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<Time>>);

#[derive(Clone, Copy, Debug)]
enum Time {
    /// The machine's time and so much.
    Running(SignedDuration),
    Still(Timestamp),
    /// Still, and nobody moves it.
    Fixed(Timestamp),
}

impl Clock {
    /// The machine's time, until it is moved.
    #[must_use]
    pub fn system() -> Self {
        Self::of(Time::Running(SignedDuration::ZERO))
    }

    /// Always the same instant, whatever anybody does.
    #[must_use]
    pub fn fixed(at: Timestamp) -> Self {
        Self::of(Time::Fixed(at))
    }

    /// An instant that moves only by hand.
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        Self::of(Time::Still(start))
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.lock().now()
    }

    /// Whether it runs; else it stands still until it is moved.
    #[must_use]
    pub fn runs(&self) -> bool {
        matches!(*self.lock(), Time::Running(_))
    }

    /// Moves the clock by so many seconds, back too; it runs on, or stands still, from there. Returns whether it moved:
    /// a fixed clock does not, nor does any beyond what a timestamp can hold.
    pub fn advance(&self, seconds: i64) -> bool {
        let mut time = self.lock();
        let by = SignedDuration::from_secs(seconds);
        let moved = match *time {
            Time::Running(shift) => shift.checked_add(by).map(Time::Running),
            Time::Still(at) => at.checked_add(by).ok().map(Time::Still),
            Time::Fixed(_) => None,
        };
        // A shift that the machine's own time cannot bear would panic at the next look.
        let moved = moved.filter(|moved| moved.reachable());
        *time = moved.unwrap_or(*time);
        moved.is_some()
    }

    /// Sets the clock; it runs on, or stands still, from there. Returns whether it did: a fixed one does not.
    pub fn set(&self, at: Timestamp) -> bool {
        let mut time = self.lock();
        *time = match *time {
            Time::Running(_) => Time::Running(at.duration_since(machine())),
            Time::Still(_) => Time::Still(at),
            Time::Fixed(_) => return false,
        };
        true
    }

    /// Stands still from now on, until it is moved by hand or runs again.
    pub fn freeze(&self) {
        let mut time = self.lock();
        if let Time::Running(_) = *time {
            *time = Time::Still(time.now());
        }
    }

    /// Runs on from where it stands.
    pub fn run(&self) {
        let mut time = self.lock();
        if let Time::Still(at) = *time {
            *time = Time::Running(at.duration_since(machine()));
        }
    }

    fn of(time: Time) -> Self {
        Self(Arc::new(Mutex::new(time)))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Time> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Time {
    fn now(self) -> Timestamp {
        match self {
            Self::Running(shift) => machine().saturating_add(shift).unwrap_or(Timestamp::MAX),
            Self::Still(at) | Self::Fixed(at) => at,
        }
    }

    fn reachable(self) -> bool {
        match self {
            Self::Running(shift) => machine().checked_add(shift).is_ok(),
            Self::Still(_) | Self::Fixed(_) => true,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place where a tenant's time is read")]
fn machine() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_clock_by_hand_moves_by_hand_alone() {
        let clock = Clock::manual(at(100));
        let shared = clock.clone();
        assert!(shared.advance(50));
        assert_eq!(clock.now(), at(150));
        assert!(clock.set(at(7)));
        assert_eq!(shared.now(), at(7));
        assert!(!clock.advance(i64::MAX));
        assert_eq!(clock.now(), at(7));
    }

    #[test]
    fn a_fixed_clock_does_not_move() {
        let clock = Clock::fixed(at(100));
        assert!(!clock.advance(1) && !clock.set(at(1)));
        clock.run();
        assert_eq!(clock.now(), at(100));
    }

    #[test]
    fn a_running_clock_is_shifted_and_can_stand_still() {
        let clock = Clock::system();
        assert!(clock.set(at(1_000_000)));
        let moved = clock.now().as_second();
        assert!((1_000_000..1_000_060).contains(&moved));
        assert!(clock.advance(3600));
        clock.freeze();
        assert!(!clock.runs());
        let frozen = clock.now();
        assert!(frozen.as_second() >= 1_003_600);
        assert_eq!(clock.now(), frozen);
        clock.run();
        assert!(clock.now() >= frozen);
        assert!(!clock.advance(i64::MAX));
    }
}

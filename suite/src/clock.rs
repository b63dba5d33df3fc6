//! Real time, read in one place: durations and paces of exchanges with a target.

use std::time::Instant;

/// The real time, for durations alone.
#[expect(
    clippy::disallowed_methods,
    reason = "durations and paces of real exchanges are measured in real time"
)]
pub(crate) fn clock() -> Instant {
    Instant::now()
}

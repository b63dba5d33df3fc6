//! Listeners to the events of a run.
//!
//! ```text
//! background  what reports know beyond the events: statements, titles, the kill matrix
//! record      the events of a run, sorted by case
//! cause       mismatches that have one cause stand on one card
//! score       which failures are expected, which are not, and the exit code
//! layout      columns, wrapping, colour
//! card        the failure card
//! summary     areas, counts, lists
//! terminal    for people
//! ndjson      the canonical form: one event a line
//! junit       for CI
//! ```

pub mod background;
pub mod record;
pub mod cause;
pub mod score;
mod layout;
mod command_line;
pub mod card;
pub mod summary;
pub mod terminal;
pub mod ndjson;
pub mod junit;
#[cfg(test)]
mod samples;

pub use layout::Paint;

use crate::run::event::{Event, Listener};

/// Several listeners that hear the same run, in order.
#[derive(Default)]
pub struct Chorus<'a>(pub Vec<&'a mut dyn Listener>);

impl Listener for Chorus<'_> {
    fn on(&mut self, event: &Event) {
        for listener in &mut self.0 {
            listener.on(event);
        }
    }
}

//! Shapes: the checks that all answers of a kind share. Each is proven once, not in each step that uses it.

use super::expectation::{Block, Outcome, Status, What};

/// One shape, from `shapes/NAME.yaml`.
#[derive(Clone, Debug)]
pub struct Shape {
    /// `token-response`
    pub name: String,
    /// What it is, in a sentence.
    pub title: String,
    /// Endpoints to whose every exchange it is applied unasked; empty: only where it is named.
    pub applies: Vec<String>,
    /// Only exchanges with this outcome; `None`: both.
    pub when: Option<Outcome>,
    /// The blocks by name, in file order.
    pub blocks: Vec<(String, Block)>,
    /// The file below the corpus folder.
    pub file: String,
}

impl Shape {
    /// The outcome that an answer of this shape has: said by `when`, or by a check of the outcome or the status.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        let said =
            self.blocks.iter().flat_map(|(_, block)| &block.checks).find_map(|check| match &check.what {
                What::Outcome(outcome) => Some(*outcome),
                What::Status(statuses) => statuses.first().map(|status| match status {
                    Status::Code(200..=299) | Status::Class(2) => Outcome::Granted,
                    Status::Code(_) | Status::Class(_) => Outcome::Refused,
                }),
                _ => None,
            });
        self.when.or(said)
    }
}

//! Named answers: what comes back when something is refused, one label for each documented spelling.
//!
//! The name of an answer is the name of the reference server's behaviour; a flavour picks the label that passes.

use super::expectation::Check;

/// One answer, from `answers/NAME.yaml`.
#[derive(Clone, Debug)]
pub struct Answer {
    /// `wrong_password`
    pub name: String,
    /// The shape that all answers of its file share.
    pub shape: Option<String>,
    /// What is checked, by label, in file order; the outcome is checked besides.
    pub labels: Vec<(String, Vec<Check>)>,
    /// The file below the corpus folder.
    pub file: String,
}

impl Answer {
    /// The checks of one label.
    #[must_use]
    pub fn label(&self, label: &str) -> Option<&[Check]> {
        self.labels.iter().find(|(name, _)| name == label).map(|(_, checks)| checks.as_slice())
    }
}

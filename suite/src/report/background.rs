//! What reports know beyond the events: the statements, the cases' files and areas, the deviations' titles, and which
//! assertions each deviation makes fail.

use std::collections::BTreeMap;

use crate::corpus::case::State;
use crate::corpus::requirement::{Basis, Level, Requirement};
use crate::proof::matrix::KillMatrix;

/// The knowledge behind a report. Everything may be missing: a report then says less.
#[derive(Clone, Debug, Default)]
pub struct Background {
    /// Catalogue rows by id.
    pub requirements: BTreeMap<String, Requirement>,
    /// Cases by id.
    pub cases: BTreeMap<String, Sketch>,
    /// Titles of deviations by id.
    pub deviations: BTreeMap<String, String>,
    /// Which assertions each deviation makes fail.
    pub matrix: KillMatrix,
}

/// What a report says of a case.
#[derive(Clone, Debug, Default)]
pub struct Sketch {
    /// Its title.
    pub title: String,
    /// The bug that its failure reveals.
    pub reveals: String,
    /// Its area.
    pub area: String,
    /// How settled it is; only a stable case is scored.
    pub state: State,
}

impl Background {
    /// The area of a case; of one that is not known, the first word of its id.
    #[must_use]
    pub fn area<'a>(&'a self, case: &'a str) -> &'a str {
        match self.cases.get(case) {
            Some(sketch) => &sketch.area,
            None => case.split('.').next().unwrap_or(case),
        }
    }

    /// Whether the verdict of a case counts.
    #[must_use]
    pub fn scored(&self, case: &str) -> bool {
        self.cases.get(case).is_none_or(|sketch| sketch.state == State::Stable)
    }

    /// `MUST · documented · PWD-07`; further rows by id alone.
    #[must_use]
    pub fn standing(&self, rows: &[String]) -> String {
        let Some(first) = rows.first() else { return String::new() };
        let mut parts = Vec::new();
        if let Some(row) = self.requirements.get(first) {
            parts.extend(row.level.map(|level| level_word(level).to_owned()));
            parts.extend(row.basis.map(|basis| basis_word(basis).to_owned()));
        }
        let shown = if rows.len() > 3 { format!("{first} +{}", rows.len() - 1) } else { rows.join(" ") };
        parts.push(shown);
        parts.join(" · ")
    }
}

/// The word of a level in catalogue and reports.
#[must_use]
pub fn level_word(level: Level) -> &'static str {
    match level {
        Level::Advice => "advice",
        Level::May => "MAY",
        Level::Should => "SHOULD",
        Level::Must => "MUST",
    }
}

/// The word of a basis in catalogue and reports.
#[must_use]
pub fn basis_word(basis: Basis) -> &'static str {
    match basis {
        Basis::Rfc => "rfc",
        Basis::Recorded => "recorded",
        Basis::Documented => "documented",
        Basis::Older => "older",
        Basis::Fixture => "fixture",
        Basis::Report => "report",
        Basis::Inferred => "inferred",
    }
}

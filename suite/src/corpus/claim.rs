//! A claim: what a server may say of itself once every statement that the claim demands was proven on it.
//!
//! A claim names sections of the catalogue, not cases: it grows with them, and a statement that nobody can show cannot
//! be forgotten, because its row is demanded all the same.

use std::collections::BTreeSet;

use super::Corpus;
use super::case::{Case, State};
use super::flavour::Flavour;
use crate::verdict::Verdict;

/// One claim, from `claims/NAME.yaml`.
#[derive(Clone, Debug)]
pub struct Claim {
    /// `ropg/core`; with the corpus version behind it, it is what is granted.
    pub name: String,
    /// What a server says with it, in a sentence.
    pub title: String,
    /// The flavour under which it is judged.
    pub flavour: String,
    /// Whether each assertion must pass; else a warning, where that is all that a mismatch weighs, does not stand in the
    /// way.
    pub strict: bool,
    /// The catalogue sections whose rows it demands.
    pub sections: Vec<String>,
    /// Rows of other sections that it demands besides.
    pub rows: Vec<String>,
    /// Rows of its sections that it does not demand, each with the reason.
    pub without: Vec<(String, String)>,
    /// Capabilities that a server may lack and still claim it, each with the reason.
    pub optional: Vec<(String, String)>,
    /// The file below the corpus folder.
    pub file: String,
}

impl Claim {
    /// `ropg/core@2026.1`: what a claim means never changes for one version of the corpus.
    #[must_use]
    pub fn versioned(&self, corpus: &Corpus) -> String {
        format!("{}@{}", self.name, corpus.version)
    }

    /// Whether the claim speaks of a row of its sections, or names it.
    #[must_use]
    pub fn concerns(&self, section: &str, row: &str) -> bool {
        self.sections.iter().any(|known| known == section) || self.rows.iter().any(|known| known == row)
    }

    /// The rows that it demands: those that are carried out, can be seen from outside, and are judged by a case that is
    /// not in dispute.
    #[must_use]
    pub fn required<'a>(&self, corpus: &'a Corpus) -> BTreeSet<&'a str> {
        let Some(flavour) = corpus.flavour(&self.flavour) else { return BTreeSet::new() };
        let settled: BTreeSet<String> =
            self.judging(corpus, flavour).flat_map(|case| corpus.rows(case)).collect();
        let left_out = |id: &str| self.without.iter().any(|(row, _)| row == id);
        let rows = corpus.requirements.iter().filter(|row| {
            row.observable()
                && self.concerns(&row.section, &row.id)
                && flavour.judges(&row.section)
                && !left_out(&row.id)
                && settled.contains(&row.id)
        });
        rows.map(|row| row.id.as_str()).collect()
    }

    /// The cases that must run for it, in the order of the corpus.
    #[must_use]
    pub fn cases<'a>(&self, corpus: &'a Corpus) -> Vec<&'a Case> {
        let Some(flavour) = corpus.flavour(&self.flavour) else { return Vec::new() };
        let required = self.required(corpus);
        let wanted = |case: &&Case| case.covers.iter().any(|row| required.contains(row.as_str()));
        self.judging(corpus, flavour).filter(wanted).collect()
    }

    /// Whether a server may lack what `case` needs and still claim it.
    #[must_use]
    pub fn may_lack(&self, case: &Case) -> bool {
        self.optional.iter().any(|(capability, _)| case.needs.iter().any(|need| need == capability))
    }

    /// Whether an assertion with this verdict is good enough.
    #[must_use]
    pub fn accepts(&self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Pass => true,
            Verdict::Note | Verdict::Warn => !self.strict,
            Verdict::NotApplicable
            | Verdict::Unrun
            | Verdict::Inconclusive
            | Verdict::Blocked
            | Verdict::Fail
            | Verdict::Error => false,
        }
    }

    fn judging<'a>(&self, corpus: &'a Corpus, flavour: &'a Flavour) -> impl Iterator<Item = &'a Case> {
        let settled = corpus.cases.iter().filter(|case| case.state == State::Stable);
        settled.filter(|case| corpus.applies(flavour, case))
    }
}

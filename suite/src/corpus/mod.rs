//! The corpus: cases, catalogue, deviations, flavours, claims, answers and shapes; read with places, checked, linted.
//!
//! ```text
//! load      files → trees → (schema) → for_each rows → typed values, all problems at once
//! lint      what no schema can say: single faults, data flow, rows, labels, ids
//! resolve   a step under a flavour → the flat list of what must hold
//! ```

mod pem;
pub mod template;
pub mod forge;
pub mod mfa;
pub mod case;
pub mod expectation;
pub mod answer;
pub mod shape;
pub mod requirement;
pub mod deviation;
pub mod flavour;
pub mod claim;
pub mod ids;
mod load;
pub mod lint;
pub mod resolve;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use ropg_fixtures::Problems;

use answer::Answer;
use case::Case;
use claim::Claim;
use deviation::Deviation;
use flavour::Flavour;
use ids::Ids;
use requirement::Requirement;
use shape::Shape;

pub use resolve::{Judged, Resolved, resolve};

/// The version of the embedded data; year and number of the release.
pub const VERSION: &str = "2026.1";

/// What a target must have for a case to mean anything there.
#[derive(Clone, Debug)]
pub struct Capability {
    /// What it is, in a sentence without a full stop.
    pub means: String,
    /// From what in a profile it follows, if the profile does not say.
    pub follows: Option<String>,
}

/// All data that a run is made of.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    /// `2026.1`
    pub version: String,
    /// SHA-256 of the canonical JSON of all files, hex.
    pub digest: String,
    /// The cases, one for each `for_each` row, by file and then in file order.
    pub cases: Vec<Case>,
    /// The catalogue, in file order.
    pub requirements: Vec<Requirement>,
    /// The named answers, in file order.
    pub answers: Vec<Answer>,
    /// The shapes, by file name.
    pub shapes: Vec<Shape>,
    /// The deviations, in file order.
    pub deviations: Vec<Deviation>,
    /// The flavours, by name.
    pub flavours: Vec<Flavour>,
    /// The words of `needs`, by word.
    pub capabilities: BTreeMap<String, Capability>,
    /// The claims, by file name.
    pub claims: Vec<Claim>,
    /// The ids that were ever given out.
    pub ids: Ids,
    /// The position of each catalogue row, since rows are looked up for every check of a run.
    pub(crate) row_index: HashMap<String, usize>,
}

impl Corpus {
    /// The corpus that is compiled in.
    ///
    /// # Errors
    /// All problems of all files; a test sees to it that there are none in a release.
    pub fn embedded() -> Result<Self, Problems> {
        load::embedded()
    }

    /// Reads a corpus from a folder that is laid out like `fixtures/`, and checks each file against its schema.
    ///
    /// # Errors
    /// All problems of all files, with places.
    pub fn from_dir(folder: &Path) -> Result<Self, Problems> {
        load::from_dir(folder)
    }

    /// Reads a corpus from files in memory: path below the corpus folder, and text.
    ///
    /// # Errors
    /// All problems of all files, with places.
    pub fn from_files(files: Vec<(String, String)>) -> Result<Self, Problems> {
        load::from_files(files)
    }

    /// The compiled-in corpus, checked and linted like one from a folder.
    ///
    /// # Errors
    /// All problems of all files, without places.
    pub fn linted() -> Result<Self, Problems> {
        load::linted()
    }

    /// The catalogue row `id`.
    #[must_use]
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        if self.row_index.is_empty() {
            return self.requirements.iter().find(|row| row.id == id);
        }
        self.row_index.get(id).and_then(|&index| self.requirements.get(index))
    }

    /// The case `id`; a row of a `for_each` has `[row]` at its end.
    #[must_use]
    pub fn case(&self, id: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.id == id)
    }

    /// The answer `name`.
    #[must_use]
    pub fn answer(&self, name: &str) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.name == name)
    }

    /// The shape `name`.
    #[must_use]
    pub fn shape(&self, name: &str) -> Option<&Shape> {
        self.shapes.iter().find(|shape| shape.name == name)
    }

    /// The deviation `id`.
    #[must_use]
    pub fn deviation(&self, id: &str) -> Option<&Deviation> {
        self.deviations.iter().find(|deviation| deviation.id == id)
    }

    /// The flavour `name`.
    #[must_use]
    pub fn flavour(&self, name: &str) -> Option<&Flavour> {
        self.flavours.iter().find(|flavour| flavour.name == name)
    }

    /// The claim `name`.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.name == name)
    }

    /// Whether the row `id` is judged under `flavour`: its section is one of the flavour's.
    #[must_use]
    pub fn judged(&self, flavour: &Flavour, id: &str) -> bool {
        self.requirement(id).is_some_and(|row| flavour.judges(&row.section))
    }

    /// Whether `case` says anything under `flavour`: one of the rows that it covers is judged. Where none is, only checks
    /// that every answer shares would be left, which other cases prove.
    #[must_use]
    pub fn applies(&self, flavour: &Flavour, case: &Case) -> bool {
        case.covers.iter().any(|row| self.judged(flavour, row))
    }

    /// All rows that some assertion of `case` rests on, whatever the flavour; those of shapes included.
    #[must_use]
    pub fn rows(&self, case: &Case) -> BTreeSet<String> {
        resolve::rows(self, case)
    }

    /// The cases that could notice `deviation`: one of their rows is one that it violates.
    pub fn touching<'a>(&'a self, deviation: &'a Deviation) -> impl Iterator<Item = &'a Case> {
        self.cases.iter().filter(|case| {
            let mut touched = false;
            resolve::each_row(self, case, &mut |row| {
                touched = touched || deviation.violates.iter().any(|violated| violated == row);
            });
            touched
        })
    }
}

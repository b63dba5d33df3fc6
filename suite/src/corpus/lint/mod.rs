//! What no schema can say about a corpus.

use std::collections::HashMap;

use ropg_fixtures::Problems;
use ropg_fixtures::document::Document;

use super::Corpus;

/// Where things stand in their files.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The tree of each case, in the order of the corpus.
    pub(super) cases: Vec<Document>,
    /// All files by path.
    pub(super) files: HashMap<String, Document>,
}

pub(super) fn check(_corpus: &Corpus, _places: &Places, _problems: &mut Problems) {}

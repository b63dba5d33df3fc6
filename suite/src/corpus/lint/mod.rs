//! What no schema can say about a corpus: a pass must be evidence, and each check must rest on a documented statement.
//!
//! ```text
//! names      ids are well-formed and unique; what is named exists; flavours pick labels that are there
//! rows       every expectation has a row, and covers says which
//! fault      a negative step is a control plus one fault
//! flow       a name is produced before it is used, and nothing is left over
//! claims     a claim names what is there
//! evidence   a case holds something that no canned answer can give
//! complete   nothing is missing: ids are registered, rows covered, deviations concern a case (by the command only)
//! ```

mod names;
mod rows;
mod fault;
mod flow;
mod scene;
mod evidence;
mod claims;
mod complete;

use std::collections::{HashMap, HashSet};

use ropg_fixtures::document::{At, Data, Document, Node};
use ropg_fixtures::schema::nearest;
use ropg_fixtures::{Problem, Problems};

use super::Corpus;
use super::case::Case;

pub use complete::{complete, unregistered};

/// Where things stand in their files.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The tree of each case, in the order of the corpus.
    pub(super) cases: Vec<Document>,
    /// All files by path.
    pub(super) files: HashMap<String, Document>,
}

/// The rules that every corpus must keep, or it does not load.
pub(super) fn check(corpus: &Corpus, places: &Places, problems: &mut Problems) {
    names::check(corpus, places, problems);
    claims::check(corpus, places, problems);
    let rows: HashSet<&str> = corpus.requirements.iter().map(|row| row.id.as_str()).collect();
    let mut unused: HashMap<&str, Vec<flow::Unused>> = HashMap::new();
    for (case, place) in corpus.cases.iter().zip(&places.cases) {
        let mut lint = Lint { corpus, case, rows: &rows, place, problems };
        rows::check(&mut lint);
        fault::check(&mut lint);
        let here = flow::check(&mut lint);
        evidence::check(&mut lint);
        // What one row of a case does not use, another may.
        let all = unused.entry(base(case)).or_insert_with(|| here.clone());
        all.retain(|known| here.contains(known));
    }
    for (case, place) in corpus.cases.iter().zip(&places.cases) {
        for (path, message) in unused.remove(base(case)).into_iter().flatten() {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            Lint { corpus, case, rows: &rows, place, problems }.wrong(&path, message);
        }
    }
}

/// The id that all rows of a case share.
fn base(case: &Case) -> &str {
    case.id.split('[').next().unwrap_or_default()
}

/// One case that is looked at.
struct Lint<'a> {
    corpus: &'a Corpus,
    case: &'a Case,
    /// The ids of all catalogue rows.
    rows: &'a HashSet<&'a str>,
    place: &'a Document,
    problems: &'a mut Problems,
}

impl Lint<'_> {
    /// Notes a problem at the deepest place of `path` that there is.
    fn wrong(&mut self, path: &[&str], message: impl std::fmt::Display) -> &mut Problem {
        let message = format!("{}: {message}", base(self.case));
        let problem = Problem::new(self.place, place(&self.place.root, path), message);
        self.problems.push(problem);
        let last = self.problems.0.len() - 1;
        &mut self.problems.0[last]
    }

    /// Notes that `name` is none of `known`.
    fn unknown(&mut self, path: &[&str], what: &str, name: &str, known: &[String]) {
        let help = near(name, known);
        self.wrong(path, format!("there is no {what} `{name}`")).help = help;
    }
}

/// What was probably meant, or what there is.
fn near(name: &str, known: &[String]) -> Option<String> {
    match nearest(name, known) {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None if known.is_empty() || known.len() > 20 => None,
        None => Some(format!("there are: {}", known.join(", "))),
    }
}

/// The place of a member or item by path, or of the deepest one on the way.
fn place(root: &Node, path: &[&str]) -> At {
    let mut node = root;
    for name in path {
        let next = match &node.data {
            Data::Map(_) => node.member(name),
            Data::List(items) => name.parse::<usize>().ok().and_then(|index| items.get(index)),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) => None,
        };
        match next {
            Some(next) => node = next,
            None => break,
        }
    }
    node.at
}

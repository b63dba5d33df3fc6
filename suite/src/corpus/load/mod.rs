//! Files → typed values. All problems of all files are reported at once.
//!
//! Files of a folder are checked against their schemas first and linted afterwards. The compiled-in ones were checked
//! and linted by a test: they are decoded at once, since compiling a schema costs more than reading the corpus.

mod source;
mod reading;
mod expand;
mod matcher;
mod expectation;
mod request;
mod mfa;
mod step;
mod forge;
mod given;
mod case;
mod catalogue;
mod claim;

use std::collections::HashSet;
use std::path::Path;

use aws_lc_rs::digest;
use ropg_fixtures::document::{At, Data, Document, Key, Node};
use ropg_fixtures::{Problem, Problems, schema};

use self::reading::Reading;
use self::source::Sources;
use super::flavour::Flavour;
use super::ids::Ids;
use super::lint::{self, Places};
use super::{Corpus, VERSION};

pub(super) fn embedded() -> Result<Corpus, Problems> {
    read(source::embedded(), Problems::default())
}

pub(super) fn from_dir(folder: &Path) -> Result<Corpus, Problems> {
    let mut problems = Problems::default();
    let sources = source::folder(folder, &mut problems);
    read(sources, problems)
}

pub(super) fn from_files(files: Vec<(String, String)>) -> Result<Corpus, Problems> {
    let mut problems = Problems::default();
    let sources = source::texts(files, &mut problems);
    read(sources, problems)
}

/// The compiled-in corpus as strictly as one from a folder.
pub(super) fn linted() -> Result<Corpus, Problems> {
    read(Sources { checked: false, ..source::embedded() }, Problems::default())
}

fn read(sources: Sources, mut problems: Problems) -> Result<Corpus, Problems> {
    let mut corpus = Corpus { version: VERSION.to_owned(), digest: digest(&sources), ..Corpus::default() };
    let mut places = Places::default();
    let checked = sources.checked;
    flavours(&sources, &mut corpus, &mut problems);
    ids(&sources, &mut corpus, &mut problems);
    for (folder, document) in sources.documents.iter().filter(|(folder, _)| *folder != "cases") {
        let before = problems.0.len();
        if !sources.checked {
            schema::check(folder, document, &mut problems);
        }
        if problems.0.len() == before {
            let mut reading = Reading::new(document, &mut problems);
            decode(&mut reading, folder, document, &mut corpus);
        }
    }
    let rows = corpus.requirements.iter().enumerate();
    corpus.row_index = rows.map(|(index, row)| (row.id.clone(), index)).collect();
    // A reference to something that could not be read is no fault of the case.
    let whole = problems.0.is_empty();
    for (_, document) in sources.documents.iter().filter(|(folder, _)| *folder == "cases") {
        cases(document, sources.checked, &mut corpus, &mut places, &mut problems);
    }
    places.files =
        sources.documents.into_iter().map(|(_, document)| (document.path.clone(), document)).collect();
    if whole && !checked {
        lint::check(&corpus, &places, &mut problems);
    }
    once(&mut problems);
    problems.or(corpus)
}

fn decode(reading: &mut Reading<'_>, folder: &str, document: &Document, corpus: &mut Corpus) {
    let (root, file) = (&document.root, document.path.as_str());
    match folder {
        "requirements" => corpus.requirements.extend(catalogue::requirements(reading, root)),
        "answers" => corpus.answers.extend(catalogue::answers(reading, root, file)),
        "shapes" => corpus.shapes.push(catalogue::shape(reading, root, file)),
        "capabilities" => corpus.capabilities.extend(claim::capabilities(reading, root)),
        "claims" => corpus.claims.push(claim::claim(reading, root, file)),
        _ => corpus.deviations.extend(catalogue::deviations(reading, root, file)),
    }
}

/// The cases of one file, expanded.
fn cases(
    document: &Document,
    checked: bool,
    corpus: &mut Corpus,
    places: &mut Places,
    problems: &mut Problems,
) {
    let mut reading = Reading::new(document, problems);
    reading.map(&document.root, &["schema", "area", "cases"]);
    let area = reading.required_text(&document.root, "area");
    let nodes = reading.required(&document.root, "cases").map(Node::items).unwrap_or_default();
    for node in nodes {
        let id = node.member("id").and_then(Node::text).unwrap_or("a case without an id").to_owned();
        let before = problems.0.len();
        let mut reading = Reading::new(document, problems);
        reading.about.clone_from(&id);
        let rows = expand::expand(&mut reading, document, node);
        for row in rows {
            if !checked {
                check_case(&area, &id, &row, problems);
            }
            if problems.0.len() > before {
                continue;
            }
            let mut reading = Reading::new(&row, problems);
            reading.about.clone_from(&id);
            let case = case::case(&mut reading, &row, &area);
            if problems.0.len() == before {
                corpus.cases.push(case);
                places.cases.push(row);
            }
        }
    }
}

/// Checks one expanded case against the schema of case files: in a file of its own, so that rows may stand for anything.
fn check_case(area: &str, id: &str, case: &Document, problems: &mut Problems) {
    let at = case.root.at;
    let member = |text: &str, data| (Key { text: text.to_owned(), at }, Node { data, at });
    let root = Data::Map(vec![
        member("schema", Data::Number(1.into())),
        member("area", Data::Text(area.to_owned())),
        member("cases", Data::List(vec![case.root.clone()])),
    ]);
    let alone = Document { path: case.path.clone(), text: case.text.clone(), root: Node { data: root, at } };
    let before = problems.0.len();
    schema::check("cases", &alone, problems);
    for problem in &mut problems.0[before..] {
        let message = problem.message.replace(" in `cases.0.", " in `").replace(" in `cases.0`", "");
        problem.message = format!("{id}: {message}");
    }
}

fn flavours(sources: &Sources, corpus: &mut Corpus, problems: &mut Problems) {
    for (path, text) in &sources.flavours {
        match toml::from_str::<Flavour>(text) {
            Ok(flavour) => corpus.flavours.push(flavour),
            Err(error) => {
                let start = error.span().map_or(0, |span| span.start);
                let line = u32::try_from(text[..start].matches('\n').count() + 1).unwrap_or(u32::MAX);
                let at = At { line, column: 1, start, len: error.span().map_or(1, |span| span.len()) };
                let document = Document {
                    path: path.clone(),
                    text: text.clone(),
                    root: Node { data: Data::Null, at: At::default() },
                };
                problems.push(Problem::new(&document, at, error.message()));
            }
        }
    }
}

fn ids(sources: &Sources, corpus: &mut Corpus, problems: &mut Problems) {
    let Some(text) = &sources.ids else { return };
    let (ids, bad) = Ids::read(text);
    corpus.ids = ids;
    for line in bad {
        let help = "`case ID`, `deviation ID`, or `retired` before either";
        problems.push(Problem::of_file("ids.lock", format!("line {line} is no entry")).help(help));
    }
}

/// SHA-256 over path and canonical JSON of every file, hex.
fn digest(sources: &Sources) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    let mut files: Vec<(&str, String)> = Vec::new();
    for (_, document) in &sources.documents {
        files.push((&document.path, document.root.to_json().to_string()));
    }
    for (path, text) in &sources.flavours {
        files.push((path, text.clone()));
    }
    files.sort();
    for (path, text) in files {
        context.update(path.as_bytes());
        context.update(&[0]);
        context.update(text.as_bytes());
        context.update(&[0]);
    }
    context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The rows of a case repeat each of its problems; one is enough.
fn once(problems: &mut Problems) {
    let mut seen = HashSet::new();
    problems.0.retain(|problem| seen.insert(problem.to_string()));
}

//! `coverage`: how many documented statements are decided, can be observed, are covered by a case and are proven by a
//! deviation that was noticed.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::arguments::{CoverageArgs, TextOrJson};
use super::exit::Exit;
use super::{output, usage};
use crate::corpus::{Corpus, Resolved, resolve};
use crate::proof::matrix::KillMatrix;

/// Runs the command.
pub(super) fn run(args: &CoverageArgs) -> Exit {
    let corpus = match super::corpus(args.corpus.as_deref()) {
        Ok(corpus) => corpus,
        Err(exit) => return exit,
    };
    let matrix = match matrix(args.corpus.as_deref()) {
        Ok(matrix) => matrix,
        Err(why) => return usage(&why),
    };
    let coverage = Coverage::of(&corpus, &matrix);
    let text = match args.format {
        TextOrJson::Json => format!("{:#}\n", coverage.json()),
        TextOrJson::Text => coverage.text(),
    };
    match output::write(None, &text) {
        Ok(()) => Exit::AsExpected,
        Err(why) => usage(&why),
    }
}

/// The kill matrix beside the corpus; none is an empty one.
fn matrix(folder: Option<&std::path::Path>) -> Result<KillMatrix, String> {
    let Some(folder) = folder else { return Ok(KillMatrix::embedded()) };
    let path = folder.join(crate::proof::matrix::FILE);
    match std::fs::read_to_string(&path) {
        Ok(text) => KillMatrix::read(&text).map_err(|why| format!("{}: {why}", path.display())),
        Err(_) => Ok(KillMatrix::default()),
    }
}

/// How many rows of one section, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
struct Rows {
    /// All.
    total: usize,
    /// Not `planned`.
    decided: usize,
    /// Implemented.
    observable: usize,
    /// Observable, and some case judges it.
    covered: usize,
    /// Observable, and a deviation that violates it was noticed by an assertion that stands for it.
    proven: usize,
}

/// All counts.
struct Coverage {
    all: Rows,
    sections: Vec<(String, Rows)>,
    cases: usize,
    assertions: usize,
    deviations: usize,
    killed: usize,
}

impl Coverage {
    fn of(corpus: &Corpus, matrix: &KillMatrix) -> Self {
        let judged: BTreeSet<String> = corpus.cases.iter().flat_map(|case| corpus.rows(case)).collect();
        let proven = matrix.proven();
        let mut all = Rows::default();
        let mut sections: Vec<(String, Rows)> = Vec::new();
        for row in &corpus.requirements {
            let known = sections.iter().position(|(name, _)| *name == row.section).unwrap_or_else(|| {
                sections.push((row.section.clone(), Rows::default()));
                sections.len() - 1
            });
            let observable = row.observable();
            for rows in [&mut all, &mut sections[known].1] {
                rows.total += 1;
                rows.decided += usize::from(row.decided());
                rows.observable += usize::from(observable);
                rows.covered += usize::from(observable && judged.contains(&row.id));
                rows.proven += usize::from(observable && proven.contains(row.id.as_str()));
            }
        }
        let living = |id: &str| corpus.deviation(id).is_some();
        let killed: BTreeSet<&str> = matrix.kills.iter().map(|kill| kill.deviation.as_str()).collect();
        Self {
            all,
            sections,
            cases: corpus.cases.len(),
            assertions: assertions(corpus),
            deviations: corpus.deviations.len(),
            killed: killed.into_iter().filter(|id| living(id)).count(),
        }
    }

    fn json(&self) -> Value {
        let mut requirements = json!(self.all);
        let sections: Map<String, Value> =
            self.sections.iter().map(|(name, rows)| (name.clone(), json!(rows))).collect();
        if let Some(members) = requirements.as_object_mut() {
            members.insert("by_section".to_owned(), Value::Object(sections));
        }
        json!({
            "requirements": requirements,
            "cases": self.cases,
            "assertions": self.assertions,
            "deviations": self.deviations,
            "killed": self.killed,
        })
    }

    fn text(&self) -> String {
        let width = self.sections.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        let mut out = format!("{:width$}   total  decided  observable  covered  proven\n", "section");
        let total = ("all".to_owned(), self.all);
        for (name, rows) in self.sections.iter().chain([&total]) {
            let Rows { total, decided, observable, covered, proven } = rows;
            let _ = writeln!(
                out,
                "{name:width$}  {total:>6}  {decided:>7}  {observable:>10}  {covered:>7}  {proven:>6}"
            );
        }
        let _ = writeln!(
            out,
            "{} cases, {} assertions; {} deviations, {} killed",
            self.cases, self.assertions, self.deviations, self.killed
        );
        out
    }
}

/// How many different assertions there are over all flavours.
fn assertions(corpus: &Corpus) -> usize {
    let mut ids = BTreeSet::new();
    for flavour in &corpus.flavours {
        for case in &corpus.cases {
            for step in &case.steps {
                for resolved in resolve(corpus, flavour, case, step) {
                    let judged = match resolved {
                        Resolved::Check(judged) => vec![judged],
                        Resolved::Choice { alternatives, .. } => {
                            alternatives.into_iter().flat_map(|(_, judged)| judged).collect()
                        }
                    };
                    ids.extend(
                        judged.into_iter().map(|one| format!("{}#{}/{}", case.id, step.name, one.name)),
                    );
                }
            }
        }
    }
    ids.len()
}

//! Ids are well-formed and unique, and what is named exists.

use std::collections::HashSet;

use ropg_fixtures::{Problem, Problems};

use super::{Places, near, place};
use crate::corpus::Corpus;
use crate::corpus::case::{ENDPOINT_WORDS, kind, route};
use crate::corpus::expectation::Expectation;
use crate::corpus::flavour::ANY;

pub(super) fn check(corpus: &Corpus, places: &Places, problems: &mut Problems) {
    let mut names = Names { corpus, places, problems };
    names.cases();
    names.catalogue();
    names.shapes_and_answers();
    names.deviations();
    names.flavours();
}

struct Names<'a> {
    corpus: &'a Corpus,
    places: &'a Places,
    problems: &'a mut Problems,
}

impl Names<'_> {
    fn wrong(&mut self, file: &str, path: &[&str], message: String, help: Option<String>) {
        let mut problem = match self.places.files.get(file) {
            Some(document) => Problem::new(document, place(&document.root, path), message),
            None => Problem::of_file(file, message),
        };
        problem.help = help;
        self.problems.push(problem);
    }

    fn cases(&mut self) {
        let mut seen = HashSet::new();
        for (case, document) in self.corpus.cases.iter().zip(&self.places.cases) {
            let at = place(&document.root, &["id"]);
            if !well_formed(&case.id) {
                let message =
                    format!("`{}` is no id: words in lower case, joined by dots or hyphens", case.id);
                self.problems.push(Problem::new(document, at, message));
            }
            if !seen.insert(&case.id) {
                let message = format!("the id `{}` was given to another case before", case.id);
                self.problems.push(Problem::new(document, at, message));
            }
        }
    }

    fn catalogue(&mut self) {
        let mut seen = HashSet::new();
        for row in &self.corpus.requirements {
            if !seen.insert(&row.id) {
                let message = format!("the row `{}` stands in the catalogue twice", row.id);
                self.wrong("requirements", &[], message, None);
            }
        }
    }

    fn shapes_and_answers(&mut self) {
        let mut seen = HashSet::new();
        for shape in &self.corpus.shapes {
            if !seen.insert(&shape.name) {
                self.wrong(&shape.file, &["shape"], format!("there is another shape `{}`", shape.name), None);
            }
            for (name, block) in &shape.blocks {
                self.rows(&shape.file, &["blocks", name, "for"], &shape.name, &block.requirements);
            }
            let mut endpoints = endpoints(self.corpus);
            // What routes of APIs are called together.
            endpoints.push(kind("alias.route").to_owned());
            for endpoint in shape.applies.iter().filter(|endpoint| !endpoints.contains(endpoint)) {
                let message = format!("{}: no flavour has the endpoint `{endpoint}`", shape.name);
                self.wrong(&shape.file, &["applies"], message, near(endpoint, &endpoints));
            }
        }
        let shapes: Vec<String> = self.corpus.shapes.iter().map(|shape| shape.name.clone()).collect();
        let mut seen = HashSet::new();
        for answer in &self.corpus.answers {
            if !seen.insert(&answer.name) {
                let message = format!("there is another answer `{}`", answer.name);
                self.wrong(&answer.file, &["answers", &answer.name], message, None);
            }
            if let Some(shape) = answer.shape.as_ref().filter(|shape| !shapes.contains(shape)) {
                self.wrong(
                    &answer.file,
                    &["shape"],
                    format!("there is no shape `{shape}`"),
                    near(shape, &shapes),
                );
            }
        }
    }

    fn deviations(&mut self) {
        let mut seen = HashSet::new();
        let flavours: Vec<String> = self.corpus.flavours.iter().map(|flavour| flavour.name.clone()).collect();
        for deviation in &self.corpus.deviations {
            let index = self.corpus.deviations.iter().filter(|other| other.file == deviation.file);
            let index = index.take_while(|other| !std::ptr::eq(*other, deviation)).count().to_string();
            let path = ["deviations", index.as_str(), "id"];
            if !well_formed(&deviation.id) || deviation.id.contains('[') {
                let message =
                    format!("`{}` is no id: words in lower case, joined by dots or hyphens", deviation.id);
                self.wrong(&deviation.file, &path, message, None);
            }
            if !seen.insert(&deviation.id) {
                let message = format!("the id `{}` was given to another deviation before", deviation.id);
                self.wrong(&deviation.file, &path, message, None);
            }
            let path = ["deviations", index.as_str(), "violates"];
            self.rows(&deviation.file, &path, &deviation.id, &deviation.violates);
            for flavour in deviation.flavours.iter().flatten().filter(|flavour| !flavours.contains(flavour)) {
                let message = format!("{}: there is no flavour `{flavour}`", deviation.id);
                let path = ["deviations", index.as_str(), "flavours"];
                self.wrong(&deviation.file, &path, message, near(flavour, &flavours));
            }
        }
    }

    fn rows(&mut self, file: &str, path: &[&str], whose: &str, rows: &[String]) {
        for row in rows.iter().filter(|row| self.corpus.requirement(row).is_none()) {
            let known: Vec<String> = self.corpus.requirements.iter().map(|row| row.id.clone()).collect();
            let message = format!("{whose}: the catalogue has no row `{row}`");
            self.wrong(file, path, message, near(row, &known));
        }
    }

    /// Each label that a flavour picks by name exists in the answer or choice of that name.
    fn flavours(&mut self) {
        let choices = choices(self.corpus);
        for flavour in &self.corpus.flavours {
            let file = format!("flavours/{}.toml", flavour.name);
            for (name, label) in &flavour.labels {
                let answer =
                    self.corpus.answer(name).map(|answer| answer.labels.iter().map(|(label, _)| label));
                let mut labels: Vec<String> = answer.into_iter().flatten().cloned().collect();
                let chosen = choices.iter().filter(|(choice, _)| choice == name);
                labels.extend(chosen.map(|(_, label)| label.clone()));
                if labels.is_empty() {
                    let known: Vec<String> =
                        self.corpus.answers.iter().map(|answer| answer.name.clone()).collect();
                    self.wrong(
                        &file,
                        &[],
                        format!("no answer and no choice is called `{name}`"),
                        near(name, &known),
                    );
                } else if label != ANY && !labels.contains(label) {
                    self.wrong(&file, &[], format!("`{name}` has no label `{label}`"), near(label, &labels));
                }
            }
            for endpoint in flavour.endpoints.keys().filter(|endpoint| route(endpoint).is_some()) {
                let message = format!("the endpoint `{endpoint}` looks like the route of an API");
                let words = format!("before a dot stands one of {}", ENDPOINT_WORDS.join(", "));
                self.wrong(&file, &[], message, Some(words));
            }
            if flavour.sections.is_empty() {
                self.wrong(&file, &[], "a flavour that judges no section".to_owned(), None);
            }
            for section in &flavour.sections {
                let known = |row: &crate::corpus::requirement::Requirement| match section.strip_suffix('*') {
                    Some(start) => row.section.starts_with(start),
                    None => row.section == *section,
                };
                if !self.corpus.requirements.iter().any(known) {
                    self.wrong(&file, &[], format!("the catalogue has no section `{section}`"), None);
                }
            }
        }
    }
}

/// The endpoint names of all flavours.
pub(super) fn endpoints(corpus: &Corpus) -> Vec<String> {
    let mut all: Vec<String> =
        corpus.flavours.iter().flat_map(|flavour| flavour.endpoints.keys().cloned()).collect();
    all.sort();
    all.dedup();
    all
}

/// Name and label of all choices in cases.
fn choices(corpus: &Corpus) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for step in corpus.cases.iter().flat_map(|case| &case.steps) {
        for expectation in &step.expect {
            if let Expectation::Choice { name, labels } = expectation {
                all.extend(labels.iter().map(|(label, _)| (name.clone(), label.clone())));
            }
        }
    }
    all
}

/// Words in lower case, joined by dots or hyphens; `[row]` at the end.
fn well_formed(id: &str) -> bool {
    let (base, row) = match id.strip_suffix(']').and_then(|id| id.split_once('[')) {
        Some((base, row)) => (base, Some(row)),
        None => (id, None),
    };
    let word = |word: &str| {
        !word.is_empty() && word.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
    };
    base.split(['.', '-']).all(word) && row.is_none_or(|row| row.split('-').all(word))
}

//! What a step must show under a flavour, as one flat list: shapes unfolded, labels picked, rows that the flavour does
//! not judge dropped, names made unique.

use std::collections::{BTreeSet, HashMap};

use super::Corpus;
use super::case::{Action, Case, Step, kind};
use super::expectation::{Block, Check, Expectation, Facet, Outcome, Status, What};
use super::flavour::{ANY, Flavour};
use super::shape::Shape;
use super::template::Template;

/// One check that is judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Its name inside the step; `CASE#STEP/NAME` is the assertion's id.
    pub name: String,
    /// `shape/SHAPE.BLOCK/CHECK` for a check that all users of a shape share.
    pub shared: Option<String>,
    /// The rows that demand it and are judged under the flavour; never empty.
    pub requirements: Vec<String>,
    /// The check.
    pub check: Check,
    /// Values for `{{ with.NAME }}`.
    pub with: Vec<(String, Template)>,
    /// Judged only if the exchange had this outcome.
    pub when: Option<Outcome>,
}

/// One thing that must hold.
#[derive(Clone, Debug)]
pub enum Resolved {
    /// A check.
    Check(Judged),
    /// The flavour takes any documented alternative: one must hold wholly; which one is recorded.
    Choice {
        /// The answer or choice.
        name: String,
        /// The checks by label.
        alternatives: Vec<(String, Vec<Judged>)>,
    },
}

/// What `step` must show under `flavour`.
///
/// Shapes that apply to the step's endpoint are included, each shape once. A check none of whose rows is judged is
/// dropped, after names were given: an assertion has the same id whatever is judged beside it.
#[must_use]
pub fn resolve(corpus: &Corpus, flavour: &Flavour, case: &Case, step: &Step) -> Vec<Resolved> {
    let mut out = Unfolding { corpus, case, flavour, shapes: BTreeSet::new() };
    let mut all = Vec::new();
    for expectation in &step.expect {
        out.unfold(expectation, &mut all);
    }
    for shape in applied(corpus, case, step) {
        all.extend(out.shape(&shape.name, shape.when).into_iter().map(Resolved::Check));
    }
    number(&mut all);
    all.into_iter().filter_map(|resolved| judged(corpus, flavour, resolved)).collect()
}

/// An answer or a choice and its documented forms by label, each with what it demands.
pub(crate) type Forms = (String, Vec<(String, Vec<Judged>)>);

/// The documented forms of the answers and choices of `step`, the one that passes first: to tell which one a target takes.
/// Shapes are left out, since all forms share them, and so is what accepts any form: its label is told with the verdict.
pub(crate) fn documented(corpus: &Corpus, flavour: &Flavour, case: &Case, step: &Step) -> Vec<Forms> {
    let mut out = Unfolding { corpus, case, flavour, shapes: BTreeSet::new() };
    let mut all = Vec::new();
    for expectation in &step.expect {
        let Some((name, mut labels)) = out.labels(expectation) else { continue };
        let passing = label(flavour, case, name, &labels);
        if labels.len() < 2 || passing == Some(ANY) {
            continue;
        }
        labels.sort_by_key(|label| Some(*label) != passing);
        let forms = labels.into_iter().map(|label| {
            let mut judged = out.flat(expectation, Some(label));
            judged.retain(|one| one.shared.is_none());
            (label.to_owned(), judged)
        });
        let forms: Vec<(String, Vec<Judged>)> = forms.collect();
        let mut rows = forms.iter().flat_map(|(_, judged)| judged).flat_map(|one| &one.requirements);
        // What nobody demands here has no form that could be expected.
        if rows.any(|row| corpus.judged(flavour, row)) {
            all.push((name.to_owned(), forms));
        }
    }
    all
}

/// The shapes that apply unasked to the endpoint of `step`.
pub(crate) fn applied<'a>(corpus: &'a Corpus, case: &Case, step: &Step) -> Vec<&'a Shape> {
    let Some(endpoint) = endpoint(case, step) else { return Vec::new() };
    corpus.shapes.iter().filter(|shape| shape.applies.iter().any(|name| name == endpoint)).collect()
}

/// The endpoint that a step asks and is judged by.
pub(crate) fn endpoint<'a>(case: &'a Case, step: &'a Step) -> Option<&'a str> {
    match &step.action {
        // What is judged is a count, not an answer.
        Action::Send { .. } if step.at_once.is_some() => None,
        Action::Send { request, .. } => named(case, request),
        Action::Until(until) => named(case, &until.request),
        Action::Raw(raw) => Some(kind(&raw.to)),
        Action::Jwt(_)
        | Action::Forge(_)
        | Action::Probe { .. }
        | Action::Clock(_)
        | Action::Configure(_)
        | Action::Log
        | Action::Totp(_)
        | Action::Outbox(_)
        | Action::Push(_) => None,
    }
}

/// The kind of the endpoint that a named request asks.
fn named<'a>(case: &'a Case, request: &str) -> Option<&'a str> {
    case.requests.iter().find(|(name, _)| name == request).map(|(_, request)| kind(&request.to))
}

/// All rows that some assertion of `case` rests on, whatever the flavour.
pub(crate) fn rows(corpus: &Corpus, case: &Case) -> BTreeSet<String> {
    let mut rows = BTreeSet::new();
    each_row(corpus, case, &mut |row| {
        if !rows.contains(row) {
            rows.insert(row.to_owned());
        }
    });
    rows
}

/// Calls `each` with every row that some assertion of `case` rests on; a row may come several times.
pub(crate) fn each_row(corpus: &Corpus, case: &Case, each: &mut dyn FnMut(&str)) {
    for step in &case.steps {
        for expectation in &step.expect {
            expectation_rows(corpus, expectation, each);
        }
        for shape in applied(corpus, case, step) {
            shape_rows(shape, each);
        }
    }
}

fn expectation_rows(corpus: &Corpus, expectation: &Expectation, each: &mut dyn FnMut(&str)) {
    match expectation {
        Expectation::Block(block) => block.requirements.iter().for_each(|row| each(row)),
        Expectation::Shape { name, requirements } => {
            requirements.iter().for_each(|row| each(row));
            corpus.shape(name).into_iter().for_each(|shape| shape_rows(shape, each));
        }
        Expectation::Answer { name, requirements, .. } => {
            requirements.iter().for_each(|row| each(row));
            let shape = corpus.answer(name).and_then(|answer| answer.shape.as_deref());
            shape.and_then(|shape| corpus.shape(shape)).into_iter().for_each(|shape| shape_rows(shape, each));
        }
        Expectation::Choice { labels, .. } => {
            for (_, expectations) in labels {
                expectations.iter().for_each(|expectation| expectation_rows(corpus, expectation, each));
            }
        }
    }
}

fn shape_rows(shape: &Shape, each: &mut dyn FnMut(&str)) {
    shape.blocks.iter().flat_map(|(_, block)| &block.requirements).for_each(|row| each(row));
}

/// The state of unfolding one step: a shape counts once, however often it is named.
struct Unfolding<'a> {
    corpus: &'a Corpus,
    case: &'a Case,
    flavour: &'a Flavour,
    shapes: BTreeSet<String>,
}

impl<'a> Unfolding<'a> {
    /// The name and the labels of an answer or a choice.
    fn labels<'e>(&self, expectation: &'e Expectation) -> Option<(&'e str, Vec<&'e str>)>
    where
        'a: 'e,
    {
        let corpus: &'a Corpus = self.corpus;
        match expectation {
            Expectation::Answer { name, .. } => {
                let answer = corpus.answer(name)?;
                Some((name, answer.labels.iter().map(|(label, _)| label.as_str()).collect()))
            }
            Expectation::Choice { name, labels } => {
                Some((name, labels.iter().map(|(label, _)| label.as_str()).collect()))
            }
            Expectation::Block(_) | Expectation::Shape { .. } => None,
        }
    }

    fn unfold(&mut self, expectation: &Expectation, out: &mut Vec<Resolved>) {
        let Some((name, labels)) = self.labels(expectation) else {
            out.extend(self.flat(expectation, None).into_iter().map(Resolved::Check));
            return;
        };
        match label(self.flavour, self.case, name, &labels) {
            Some(ANY) => {
                let before = self.shapes.clone();
                let mut shapes = before.clone();
                let mut alternatives = Vec::new();
                for label in labels {
                    self.shapes.clone_from(&before);
                    alternatives.push((label.to_owned(), self.flat(expectation, Some(label))));
                    shapes.append(&mut self.shapes);
                }
                self.shapes = shapes;
                out.push(Resolved::Choice { name: name.to_owned(), alternatives });
            }
            picked => out.extend(self.flat(expectation, picked).into_iter().map(Resolved::Check)),
        }
    }

    /// One expectation with `picked` as the label of its answer or choice.
    fn flat(&mut self, expectation: &Expectation, picked: Option<&str>) -> Vec<Judged> {
        match expectation {
            Expectation::Block(block) => plain(block, &[]),
            Expectation::Shape { name, requirements } => {
                let mut all = self.shape(name, None);
                let outcome = self.corpus.shape(name).and_then(Shape::outcome);
                if let Some(outcome) = outcome.filter(|_| !requirements.is_empty()) {
                    all.insert(0, outcome_check(outcome, requirements));
                }
                all
            }
            Expectation::Answer { name, with, requirements } => {
                let Some(answer) = self.corpus.answer(name) else { return Vec::new() };
                let checks = picked.and_then(|label| answer.label(label)).unwrap_or_default().to_vec();
                // What is documented to come with a 2xx is no refusal by its outcome: its error code is all that tells.
                let mut all = Vec::new();
                if !checks.iter().any(|check| comes_granted(&check.what)) {
                    all.push(outcome_check(Outcome::Refused, requirements));
                }
                let block = Block { requirements: requirements.clone(), shared: None, checks };
                all.extend(plain(&block, with));
                // Where nobody demands the answer, nobody demands its form.
                let demanded = requirements.iter().any(|row| self.corpus.judged(self.flavour, row));
                let shape = answer.shape.as_deref().filter(|_| demanded);
                all.extend(shape.map(|shape| self.shape(shape, None)).unwrap_or_default());
                all
            }
            Expectation::Choice { labels, .. } => {
                let chosen = labels.iter().find(|(label, _)| Some(label.as_str()) == picked);
                let mut all = Vec::new();
                for expectation in chosen.map(|(_, expectations)| expectations.as_slice()).unwrap_or_default()
                {
                    let inner = self.inner_label(expectation);
                    all.extend(self.flat(expectation, inner.as_deref()));
                }
                all
            }
        }
    }

    /// The label of an answer inside a choice. `any documented` cannot nest: there the flavour's own label is taken.
    fn inner_label(&self, expectation: &Expectation) -> Option<String> {
        let (name, labels) = self.labels(expectation)?;
        match label(self.flavour, self.case, name, &labels) {
            Some(ANY) => own_label(self.flavour, &labels).map(str::to_owned),
            picked => picked.map(str::to_owned),
        }
    }

    /// The checks of a shape, unless the step has them already. A shape that speaks of refusals says nothing of a grant.
    fn shape(&mut self, name: &str, when: Option<Outcome>) -> Vec<Judged> {
        let Some(shape) = self.corpus.shape(name) else { return Vec::new() };
        let when = when.or(shape.when);
        if !self.shapes.insert(name.to_owned()) {
            return Vec::new();
        }
        let blocks = shape.blocks.iter();
        blocks
            .flat_map(|(block_name, block)| {
                block.checks.iter().map(move |check| Judged {
                    name: format!("{name}.{block_name}.{}", check.name),
                    shared: Some(format!("shape/{name}.{block_name}/{}", check.name)),
                    requirements: block.requirements.clone(),
                    check: check.clone(),
                    with: Vec::new(),
                    when,
                })
            })
            .collect()
    }
}

/// The label that passes: what the case sets, else what the flavour says, else the flavour's own, else `auth0`, else the
/// first. [`ANY`] if each passes.
fn label<'a>(flavour: &'a Flavour, case: &'a Case, name: &str, labels: &[&'a str]) -> Option<&'a str> {
    let set = case.given.tenant.behaviour.iter().find(|(behaviour, _)| behaviour == name);
    let set = set.map(|(_, value)| value.as_str()).filter(|value| labels.contains(value));
    let said = flavour.labels.get(name).map(String::as_str);
    set.or(said.filter(|label| *label == ANY || labels.contains(label)))
        .or_else(|| own_label(flavour, labels))
}

fn own_label<'a>(flavour: &Flavour, labels: &[&'a str]) -> Option<&'a str> {
    let known = |wanted: &str| labels.iter().copied().find(|label| *label == wanted);
    known(&flavour.label).or_else(|| known("auth0")).or_else(|| labels.first().copied())
}

fn plain(block: &Block, with: &[(String, Template)]) -> Vec<Judged> {
    let judged = |check: &Check| Judged {
        name: check.name.clone(),
        shared: None,
        requirements: block.requirements.clone(),
        check: check.clone(),
        with: with.to_vec(),
        when: None,
    };
    block.checks.iter().map(judged).collect()
}

/// Whether a form has a status of success, and no other.
fn comes_granted(what: &What) -> bool {
    let good = |status: &Status| matches!(status, Status::Code(200..=299) | Status::Class(2));
    matches!(what, What::Status(statuses) if statuses.iter().all(good))
}

fn outcome_check(outcome: Outcome, requirements: &[String]) -> Judged {
    Judged {
        name: "outcome".to_owned(),
        shared: None,
        requirements: requirements.to_vec(),
        check: Check { name: "outcome".to_owned(), what: What::Outcome(outcome), facet: Facet::Outcome },
        with: Vec::new(),
        when: None,
    }
}

/// A second check of the same name gets `~2`. Alternatives exclude each other, so each counts from the same state.
fn number(all: &mut [Resolved]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for resolved in all {
        match resolved {
            Resolved::Check(judged) => rename(judged, &mut seen),
            Resolved::Choice { alternatives, .. } => {
                let before = seen.clone();
                for (_, checks) in alternatives {
                    let mut here = before.clone();
                    checks.iter_mut().for_each(|judged| rename(judged, &mut here));
                    for (name, count) in here {
                        let most = seen.entry(name).or_default();
                        *most = count.max(*most);
                    }
                }
            }
        }
    }
}

fn rename(judged: &mut Judged, seen: &mut HashMap<String, usize>) {
    let count = seen.entry(judged.name.clone()).or_default();
    *count += 1;
    if *count > 1 {
        judged.name = format!("{}~{count}", judged.name);
    }
}

/// Keeps the rows that are judged; nothing if none is.
fn judged(corpus: &Corpus, flavour: &Flavour, resolved: Resolved) -> Option<Resolved> {
    let keep = |mut one: Judged| {
        one.requirements.retain(|row| corpus.judged(flavour, row));
        (!one.requirements.is_empty()).then_some(one)
    };
    match resolved {
        Resolved::Check(one) => keep(one).map(Resolved::Check),
        Resolved::Choice { name, alternatives } => {
            let alternatives: Vec<_> = alternatives
                .into_iter()
                .map(|(label, checks)| (label, checks.into_iter().filter_map(keep).collect::<Vec<_>>()))
                .collect();
            let empty = alternatives.iter().all(|(_, checks)| checks.is_empty());
            (!empty).then_some(Resolved::Choice { name, alternatives })
        }
    }
}

//! Mismatches that have one cause stand together: the assertions of one step that one answer broke, the steps that
//! one shared check of a shape fails in, the cases that fail in the same words.

use std::collections::{BTreeSet, HashMap};

use super::record::{CaseRecord, Record};
use crate::run::event::Assertion;
use crate::verdict::Verdict;

/// One cause as far as it can be told from outside.
#[derive(Clone, Debug)]
pub struct Cause<'a> {
    /// The verdict of its worst assertion.
    pub verdict: Verdict,
    /// Where it was seen, first place first.
    pub findings: Vec<Finding<'a>>,
}

/// The mismatches of one step.
#[derive(Clone, Debug)]
pub struct Finding<'a> {
    /// The case.
    pub case: &'a CaseRecord,
    /// Its mismatches of one step, the most telling first.
    pub assertions: Vec<&'a Assertion>,
}

impl<'a> Finding<'a> {
    /// The assertion that names the finding.
    #[must_use]
    pub fn main(&self) -> &'a Assertion {
        self.assertions[0]
    }

    /// The rows of all its assertions, those of the main one first.
    #[must_use]
    pub fn rows(&self) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let all = self.assertions.iter().flat_map(|assertion| &assertion.requirements);
        all.filter(|row| seen.insert(row.as_str())).cloned().collect()
    }
}

/// The causes of all assertions of `verdict` that `wanted` lets through, in the order in which they were met.
#[must_use]
pub fn causes<'a>(
    record: &'a Record,
    verdict: Verdict,
    wanted: &dyn Fn(&Assertion) -> bool,
) -> Vec<Cause<'a>> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut causes: Vec<Cause<'a>> = Vec::new();
    for case in &record.cases {
        for finding in findings(case, verdict, wanted) {
            let keys = keys(&finding);
            let place = keys.iter().find_map(|key| places.get(key).copied()).unwrap_or_else(|| {
                causes.push(Cause { verdict, findings: Vec::new() });
                causes.len() - 1
            });
            causes[place].findings.push(finding);
            for key in keys {
                places.entry(key).or_insert(place);
            }
        }
    }
    causes
}

/// The name of an assertion inside its step: `PWD#step/json.error~2` → `json.error~2`.
#[must_use]
pub fn name(assertion: &Assertion) -> &str {
    let step = assertion.id.split_once('#').map_or(assertion.id.as_str(), |(_, rest)| rest);
    step.split_once('/').map_or(step, |(_, name)| name)
}

/// The mismatches of a case by step: those of the step itself, and those of each shape that its answer breaks.
fn findings<'a>(
    case: &'a CaseRecord,
    verdict: Verdict,
    wanted: &dyn Fn(&Assertion) -> bool,
) -> Vec<Finding<'a>> {
    let mut groups: Vec<((&str, &str), Vec<&'a Assertion>)> = Vec::new();
    for assertion in case.assertions.iter().filter(|one| one.verdict == verdict && wanted(one)) {
        let group = (assertion.step.as_str(), shape(assertion));
        match groups.iter_mut().find(|(known, _)| *known == group) {
            Some((_, assertions)) => assertions.push(assertion),
            None => groups.push((group, vec![assertion])),
        }
    }
    let finding = |mut assertions: Vec<&'a Assertion>| {
        // What was given away says more than the form in which it was given.
        assertions.sort_by_key(|assertion| !matches!(name(assertion), "outcome" | "same_as" | "verified"));
        Finding { case, assertions }
    };
    groups.into_iter().map(|(_, assertions)| finding(assertions)).collect()
}

/// `shape/token-response.caching/header.pragma` → `shape/token-response`; empty for a step's own assertion.
fn shape(assertion: &Assertion) -> &str {
    let shared = assertion.shared.as_deref().unwrap_or_default();
    shared.split_once('.').map_or(shared, |(shape, _)| shape)
}

/// By any of these, two findings have one cause: the same checks of a shape; the same words for the same rows; the same
/// step of the same case, in another flavour or row.
fn keys(finding: &Finding<'_>) -> Vec<String> {
    let list = |text: &dyn Fn(&Assertion) -> String| {
        finding.assertions.iter().map(|one| text(one)).collect::<Vec<_>>().join("\n")
    };
    if finding.main().shared.is_some() {
        return vec![list(&|one| one.shared.clone().unwrap_or_default())];
    }
    let case = finding.case.case.split('[').next().unwrap_or_default();
    vec![
        list(&|one| format!("{} {} {} {}", name(one), one.expected, one.got, one.requirements.join(" "))),
        format!("{case}#{} {}", finding.main().step, list(&|one| format!("{} {}", name(one), one.got))),
    ]
}

//! Mismatches that have one cause stand together: the assertions of one step that one answer broke, the steps that
//! one shared check of a shape fails in, the cases that fail in the same words.

use std::collections::BTreeSet;

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
    let mut keys: Vec<String> = Vec::new();
    let mut causes: Vec<Cause<'a>> = Vec::new();
    for case in &record.cases {
        for (key, finding) in findings(case, verdict, wanted) {
            match keys.iter().position(|known| *known == key) {
                Some(place) => causes[place].findings.push(finding),
                None => {
                    keys.push(key);
                    causes.push(Cause { verdict, findings: vec![finding] });
                }
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

fn findings<'a>(
    case: &'a CaseRecord,
    verdict: Verdict,
    wanted: &dyn Fn(&Assertion) -> bool,
) -> Vec<(String, Finding<'a>)> {
    let mut steps: Vec<(&str, Vec<&'a Assertion>)> = Vec::new();
    let mut all = Vec::new();
    for assertion in &case.assertions {
        if assertion.verdict != verdict || !wanted(assertion) {
            continue;
        }
        if let Some(shared) = &assertion.shared {
            all.push((format!("shared {shared}"), Finding { case, assertions: vec![assertion] }));
            continue;
        }
        match steps.iter_mut().find(|(step, _)| *step == assertion.step) {
            Some((_, assertions)) => assertions.push(assertion),
            None => steps.push((&assertion.step, vec![assertion])),
        }
    }
    for (_, mut assertions) in steps {
        // What was given away says more than the form in which it was given.
        assertions.sort_by_key(|assertion| !matches!(name(assertion), "outcome" | "same_as" | "verified"));
        let key: Vec<String> = assertions
            .iter()
            .map(|one| format!("{} {} {} {}", name(one), one.expected, one.got, one.requirements.join(" ")))
            .collect();
        all.push((key.join("\n"), Finding { case, assertions }));
    }
    all
}

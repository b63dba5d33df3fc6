//! Every expectation has a row of the catalogue, and `covers` lists exactly those that are judged.

use std::collections::BTreeSet;

use super::Lint;
use crate::corpus::expectation::Expectation;
use crate::corpus::resolve;
use crate::corpus::shape::Shape;

pub(super) fn check(lint: &mut Lint<'_>) {
    let case = lint.case;
    let known: Vec<String> = lint.rows.iter().map(|&row| row.to_owned()).collect();
    for row in &case.covers {
        if !lint.rows.contains(row.as_str()) {
            let help = super::near(row, &known);
            lint.wrong(&["covers"], format!("the catalogue has no row `{row}`")).help = help;
        }
    }
    let mut own = BTreeSet::new();
    for (index, step) in case.steps.iter().enumerate() {
        let index = index.to_string();
        for expectation in &step.expect {
            expectation_rows(lint, &["steps", &index, "expect"], expectation, &mut own);
        }
    }
    for row in &own {
        if !lint.rows.contains(row.as_str()) {
            let help = super::near(row, &known);
            lint.wrong(&["steps"], format!("`for` names `{row}`, which is no row of the catalogue")).help =
                help;
        } else if !case.covers.contains(row) {
            lint.wrong(&["covers"], format!("`{row}` is judged but not covered: add it to `covers`"));
        }
    }
    let used = resolve::rows(lint.corpus, case);
    for row in case.covers.iter().filter(|row| !used.contains(*row)) {
        lint.wrong(&["covers"], format!("no expectation is `for` `{row}`"));
    }
}

fn expectation_rows(
    lint: &mut Lint<'_>,
    path: &[&str],
    expectation: &Expectation,
    own: &mut BTreeSet<String>,
) {
    match expectation {
        Expectation::Block(block) => required(lint, path, &block.requirements, own),
        Expectation::Shape { name, requirements } => {
            own.extend(requirements.iter().cloned());
            let Some(shape) = lint.corpus.shape(name) else {
                let known: Vec<String> = lint.corpus.shapes.iter().map(|shape| shape.name.clone()).collect();
                lint.unknown(path, "shape", name, &known);
                return;
            };
            if !requirements.is_empty() && Shape::outcome(shape).is_none() {
                let message = format!("`for` beside `is: {name}` alone demands nothing: say the outcome too");
                lint.wrong(path, message);
            }
        }
        Expectation::Answer { name, requirements, .. } => {
            required(lint, path, requirements, own);
            if lint.corpus.answer(name).is_none() {
                let known: Vec<String> =
                    lint.corpus.answers.iter().map(|answer| answer.name.clone()).collect();
                lint.unknown(path, "answer", name, &known);
            }
        }
        Expectation::Choice { name, labels } => {
            if labels.len() < 2 {
                lint.wrong(path, format!("the choice `{name}` has fewer than two labels"));
            }
            for (_, expectations) in labels {
                for expectation in expectations {
                    expectation_rows(lint, path, expectation, own);
                }
            }
        }
    }
}

fn required(lint: &mut Lint<'_>, path: &[&str], rows: &[String], own: &mut BTreeSet<String>) {
    if rows.is_empty() {
        lint.wrong(path, "an expectation without a row: say with `for` which statement demands it");
    }
    own.extend(rows.iter().cloned());
}

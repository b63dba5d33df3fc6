//! The checks of a step → assertions, each with its verdict.

use super::course::Course;
use super::event::{Assertion, Event};
use crate::corpus::case::{Case, State, Step};
use crate::corpus::flavour::Flavour;
use crate::corpus::{Corpus, Judged, Resolved};
use crate::matcher::check::{Comparison, Context, check};
use crate::step::Seen;
use crate::verdict::{Severity, Verdict, severity};

/// What the checks of a step are held against.
pub(super) enum Judging<'a> {
    /// What was seen.
    Of(&'a Seen),
    /// Nothing; as what they count, and why.
    Unjudged(Verdict, String),
}

/// What `step` must show; a probe is never judged.
pub(super) fn resolved(corpus: &Corpus, flavour: &Flavour, case: &Case, step: &Step) -> Vec<Resolved> {
    crate::corpus::resolve(corpus, flavour, case, step)
}

/// Tells the assertions of a step, and the labels that it took.
pub(super) fn tell_all(
    corpus: &Corpus,
    course: &Course<'_>,
    step: &Step,
    checks: &[Resolved],
    judging: &Judging<'_>,
    tell: &mut dyn FnMut(Event),
) {
    for resolved in checks {
        let (label, assertions) = match resolved {
            Resolved::Check(judged) => {
                (None, one(corpus, course, step, judged, judging).into_iter().collect())
            }
            Resolved::Choice { name, alternatives } => {
                let best = alternatives
                    .iter()
                    .map(|(label, all)| (label, assertions(corpus, course, step, all, judging)))
                    .min_by_key(|(_, assertions)| failures(assertions));
                let Some((label, assertions)) = best else { continue };
                let passed = failures(&assertions) == 0 && matches!(judging, Judging::Of(_));
                (passed.then(|| course.fingerprint(name, label)), assertions)
            }
        };
        label.into_iter().for_each(&mut *tell);
        assertions.into_iter().for_each(|assertion| tell(Event::Assertion(assertion)));
    }
}

fn failures(assertions: &[Assertion]) -> usize {
    assertions.iter().filter(|assertion| assertion.verdict != Verdict::Pass).count()
}

fn assertions(
    corpus: &Corpus,
    course: &Course<'_>,
    step: &Step,
    all: &[Judged],
    judging: &Judging<'_>,
) -> Vec<Assertion> {
    all.iter().filter_map(|judged| one(corpus, course, step, judged, judging)).collect()
}

/// One assertion; `None` if the check speaks of another outcome than that which came.
fn one(
    corpus: &Corpus,
    course: &Course<'_>,
    step: &Step,
    judged: &Judged,
    judging: &Judging<'_>,
) -> Option<Assertion> {
    if judged.when.is_some() && outcome(judging) != judged.when {
        return None;
    }
    let severity = weight(corpus, course, judged);
    let filled = course.bindings.what(&judged.check.what, &judged.with);
    let context = Context { bindings: &course.bindings, now: course.now(), strict: course.strict };
    let (verdict, comparison) = match (judging, &filled) {
        (Judging::Of(seen), Ok(what)) => {
            let comparison = check(what, seen, &context);
            (if comparison.held { Verdict::Pass } else { severity.verdict() }, comparison)
        }
        (Judging::Of(_), Err(why)) => (Verdict::Blocked, unknown(why)),
        (Judging::Unjudged(verdict, why), Ok(what)) => {
            let expected = check(what, &Seen::Nothing(String::new()), &context).expected;
            (*verdict, Comparison { expected, ..unknown(why) })
        }
        (Judging::Unjudged(verdict, why), Err(_)) => (*verdict, unknown(why)),
    };
    let scored = course.case.state == State::Stable;
    Some(Assertion {
        flavour: course.flavour.name.clone(),
        case: course.case.id.clone(),
        step: step.name.clone(),
        id: format!("{}#{}/{}", course.case.id, step.name, judged.name),
        shared: judged.shared.clone(),
        requirements: judged.requirements.clone(),
        verdict: if scored { verdict } else { unscored(verdict) },
        severity,
        expected: course.redacted(&comparison.expected),
        // Redacted first: half a token is a secret that nobody knows any more.
        got: shortened(course.redacted(&comparison.got)),
    })
}

fn outcome(judging: &Judging<'_>) -> Option<crate::corpus::expectation::Outcome> {
    match judging {
        Judging::Of(Seen::Answer(answer)) => answer.outcome(),
        Judging::Of(Seen::Token(_) | Seen::Made(_) | Seen::Nothing(_)) | Judging::Unjudged(..) => None,
    }
}

/// The reference must be exact; a stranger's server is held to each row by how it is founded.
fn weight(corpus: &Corpus, course: &Course<'_>, judged: &Judged) -> Severity {
    if course.strict {
        return Severity::Fail;
    }
    let rows = judged.requirements.iter().filter_map(|id| corpus.requirement(id));
    rows.map(|row| severity(row, judged.check.facet)).max().unwrap_or(Severity::Note)
}

/// A provisional or disputed case is run and told, never held against anybody.
fn unscored(verdict: Verdict) -> Verdict {
    if matches!(verdict, Verdict::Fail | Verdict::Warn) { Verdict::Note } else { verdict }
}

fn unknown(why: &str) -> Comparison {
    Comparison { held: false, expected: "—".to_owned(), got: why.to_owned() }
}

/// Reports are read by people: a page of HTML says no more in full.
fn shortened(text: String) -> String {
    const MOST: usize = 400;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_long_answer_is_shortened() {
        assert_eq!(super::shortened("ä".repeat(9_000)).chars().count(), 401);
        assert_eq!(super::shortened("ä".to_owned()), "ä");
    }
}

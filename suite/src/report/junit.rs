//! JUnit XML for CI: what could not be judged is `skipped` with its reason, a fault of the suite is an `error`, a
//! known failure is `skipped`; the card stands in the body of a failure.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::background::Background;
use super::card::Cards;
use super::cause;
use super::layout::Paint;
use super::record::{CaseRecord, Record};
use super::score::Score;
use crate::run::event::{Assertion, ClaimJudged};
use crate::verdict::Verdict;

/// The whole report of a run as XML.
///
/// # Errors
/// If the XML cannot be written, which takes a fault of the library.
pub fn render(
    record: &Record,
    background: &Background,
    score: &Score<'_>,
    target: &str,
) -> Result<String, String> {
    let mut report = Report::new("ropg-suite");
    for flavour in record.flavours() {
        let mut suite = TestSuite::new(flavour.as_str());
        for case in record.cases.iter().filter(|case| case.flavour == *flavour) {
            suite.add_test_case(test(case, record, background, score, target));
        }
        if let Some(started) = &record.started {
            suite.add_property(Property::new("corpus", started.corpus.as_str()));
            suite.add_property(Property::new("digest", started.digest.as_str()));
            suite.add_property(Property::new("target", started.target.as_str()));
        }
        for claim in record.claims.iter().filter(|claim| claim.flavour == *flavour) {
            suite.add_property(Property::new(format!("claim {}", claim.claim), standing(claim)));
        }
        report.add_test_suite(suite);
    }
    if let Some(finished) = &record.finished {
        report.set_time(seconds(finished.millis));
    }
    report.to_string().map_err(|error| error.to_string())
}

/// `granted`, or what is missing.
fn standing(claim: &ClaimJudged) -> String {
    if claim.granted {
        return "granted".to_owned();
    }
    let missing = claim
        .missing
        .iter()
        .map(|one| format!("{}: {} ({})", one.verdict.word(), one.why, one.requirements.join(" ")));
    format!("not proven: {}", missing.collect::<Vec<_>>().join("; "))
}

fn test(
    case: &CaseRecord,
    record: &Record,
    background: &Background,
    score: &Score<'_>,
    target: &str,
) -> TestCase {
    let verdict = case.verdict.unwrap_or(Verdict::Error);
    let cards = cards(case, record, background, score, target);
    let reason = case.reason.as_deref().unwrap_or_default();
    let skipped = |message: String| {
        let mut status = TestCaseStatus::skipped();
        status.set_message(message);
        status
    };
    let status = match verdict {
        Verdict::Pass | Verdict::Note | Verdict::Warn => TestCaseStatus::success(),
        Verdict::NotApplicable | Verdict::Unrun | Verdict::Inconclusive | Verdict::Blocked => {
            skipped(format!("{}: {reason}", verdict.word()))
        }
        Verdict::Fail if score.excuses(case) => skipped("known: the baseline expects it".to_owned()),
        Verdict::Fail if !background.scored(&case.case) => {
            skipped("provisional or disputed: fails, not scored".to_owned())
        }
        Verdict::Fail => failure(case, score, &cards),
        Verdict::Error => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(if reason.is_empty() { "the case did not end" } else { reason });
            status
        }
    };
    let mut test = TestCase::new(case.case.as_str(), status);
    test.set_classname(format!("{}.{}", case.flavour, background.area(&case.case).replace('/', ".")));
    test.set_time(seconds(case.millis));
    test.set_assertions(case.heard.len());
    test.add_property(Property::new("verdict", verdict.word()));
    test.add_property(Property::new("title", case.title.as_str()));
    for one in case.assertions.iter().filter(|one| one.verdict >= Verdict::Warn) {
        test.add_property(Property::new("requirement", background.standing(&one.requirements)));
    }
    if verdict == Verdict::Warn && !cards.is_empty() {
        test.set_system_out(cards);
    }
    test
}

fn failure(case: &CaseRecord, score: &Score<'_>, cards: &str) -> TestCaseStatus {
    let mut failing =
        case.assertions.iter().filter(|one| one.verdict == Verdict::Fail && !score.is_known(one));
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let message = match (failing.next(), failing.count()) {
        (Some(one), 0) => format!("{}: expected {}, got {}", one.id, one.expected, one.got),
        (Some(one), more) => {
            format!("{}: expected {}, got {}; and {more} more", one.id, one.expected, one.got)
        }
        (None, _) => case.reason.clone().unwrap_or_default(),
    };
    status.set_message(message);
    status.set_description(cards);
    status
}

fn cards(
    case: &CaseRecord,
    record: &Record,
    background: &Background,
    score: &Score<'_>,
    target: &str,
) -> String {
    // The causes of this case alone: a CI page shows one case at a time.
    let here = |one: &Assertion| one.case == case.case && one.flavour == case.flavour && !score.is_known(one);
    let cards = Cards { record, background, width: 100, paint: Paint::default(), target };
    [Verdict::Fail, Verdict::Warn]
        .into_iter()
        .flat_map(|verdict| cause::causes(record, verdict, &here))
        .map(|cause| cards.render(&cause))
        .collect::<Vec<_>>()
        .join("\n")
}

fn seconds(millis: f64) -> Duration {
    Duration::try_from_secs_f64(millis / 1000.0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;
    use crate::report::score::Terms;

    fn xml(record: &Record, terms: &Terms) -> String {
        let background = samples::background();
        let score = Score::of(record, &background, terms);
        render(record, &background, &score, "").unwrap()
    }

    #[test]
    fn failures_carry_their_card_and_blocked_cases_their_reason() {
        let failing = xml(&samples::failing(), &Terms::default());
        assert!(failing.contains("failures=\"2\""), "{failing}");
        assert!(failing.contains("Statement  A wrong password is refused"), "{failing}");
        let blocked = xml(&samples::blocked(), &Terms::default());
        assert!(blocked.contains("<skipped message=\"blocked: no connection"), "{blocked}");
        assert!(blocked.contains("failures=\"0\""), "{blocked}");
        let known = xml(&samples::external(), &samples::external_terms());
        assert!(known.contains("<skipped message=\"known:"), "{known}");
    }

    #[test]
    fn claims_are_properties_of_their_flavour() {
        let mut record = samples::external();
        record.claims = vec![samples::claim(false)];
        let shown = xml(&record, &samples::external_terms());
        let property = "<property name=\"claim rfc6749/ropg@2026.1\" value=\"not proven: fail: ";
        assert!(shown.contains(property), "{shown}");
    }
}

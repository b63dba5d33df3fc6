//! One case: its world, its steps, its verdict.
//!
//! A control that does not hold stops the case: what comes later would mean nothing. Its own assertions are judged.

use super::assertion::{Judging, resolved, tell_all};
use super::budget::Budget;
use super::course::{Course, Did};
use super::event::Event;
use super::taken::tell_taken;
use crate::corpus::case::{Action, Case, Step};
use crate::corpus::expectation::{Expectation, Outcome, What};
use crate::corpus::flavour::Flavour;
use crate::corpus::{Corpus, Resolved};
use crate::step::{Answer, Seen};
use crate::target::{Driver, Unmet};
use crate::verdict::Verdict;

/// Runs `case` and tells all its events but the first and the last; the verdict, and why if it could not be judged.
pub(super) fn case(
    corpus: &Corpus,
    flavour: &Flavour,
    case: &Case,
    driver: &dyn Driver,
    budget: &Budget,
    tell: &mut dyn FnMut(Event),
) -> (Verdict, Option<String>) {
    let steps: Vec<(&Step, Vec<Resolved>)> =
        case.steps.iter().map(|step| (step, resolved(corpus, flavour, case, step))).collect();
    let needed = steps
        .iter()
        .rposition(|(step, checks)| !checks.is_empty() || matches!(step.action, Action::Probe { .. }));
    if steps.iter().all(|(_, checks)| checks.is_empty()) {
        return (Verdict::NotApplicable, Some(format!("no row of it is judged under {}", flavour.name)));
    }
    let world = match driver.prepare(case, flavour) {
        Ok(world) => world,
        Err(Unmet::Capability(what)) => return (Verdict::NotApplicable, Some(what)),
        Err(Unmet::Missing(what)) => return (Verdict::Blocked, Some(what)),
        Err(Unmet::Broken(what)) => return (Verdict::Error, Some(what)),
    };
    let mut course = Course::new(flavour, case, driver, budget, world);
    let mut sum = Sum::default();
    for (step, checks) in steps.iter().take(needed.map_or(0, |last| last + 1)) {
        one_step(corpus, &mut course, step, checks, &mut sum, tell);
        if budget.until_failure() && !sum.passes() {
            break;
        }
    }
    sum.finished()
}

/// What a case has come to so far.
#[derive(Default)]
struct Sum {
    worst: Option<Verdict>,
    /// Why the rest is not judged, and as what it counts.
    stopped: Option<(Verdict, String)>,
    /// The first reason for a step that could not be judged.
    reason: Option<String>,
}

impl Sum {
    fn add(&mut self, verdict: Verdict) {
        self.worst = self.worst.max(Some(verdict));
    }

    fn passes(&self) -> bool {
        self.stopped.is_none() && self.worst.is_none_or(|worst| worst == Verdict::Pass)
    }

    fn finished(self) -> (Verdict, Option<String>) {
        let stopped = self.stopped.as_ref().map(|(verdict, _)| *verdict);
        let verdict = self.worst.max(stopped).unwrap_or(Verdict::Pass);
        let why = self.stopped.map(|(_, why)| why).or(self.reason);
        (verdict, why.filter(|_| verdict != Verdict::Pass))
    }
}

fn one_step(
    corpus: &Corpus,
    course: &mut Course<'_>,
    step: &Step,
    checks: &[Resolved],
    sum: &mut Sum,
    tell: &mut dyn FnMut(Event),
) {
    let stopped = sum.stopped.clone();
    let did = match stopped {
        Some((verdict, why)) => Did::Not(verdict, why),
        None => repeated(course, step, tell),
    };
    let controls = is_control(corpus, step);
    let judging = match &did {
        Did::Saw(Seen::Answer(answer)) if course.overloaded(answer, controls) => {
            Judging::Unjudged(Verdict::Inconclusive, format!("the target answered {}", answer.brief()))
        }
        Did::Saw(seen) => Judging::Of(seen),
        Did::Changed => Judging::Unjudged(Verdict::Pass, String::new()),
        Did::Unanswered(why) => Judging::Unjudged(Verdict::Inconclusive, why.clone()),
        Did::Not(verdict, why) => Judging::Unjudged(*verdict, why.clone()),
    };
    if let Judging::Unjudged(verdict, why) = &judging
        && !matches!(did, Did::Changed)
    {
        sum.add(*verdict);
        sum.reason.get_or_insert_with(|| course.redacted(why));
    }
    tell_all(corpus, course, step, checks, &judging, &mut |event| {
        if let Event::Assertion(assertion) = &event {
            sum.add(assertion.verdict);
        }
        tell(event);
    });
    if let Judging::Of(seen) = &judging {
        tell_taken(corpus, course, step, seen, tell);
    }
    if sum.stopped.is_none() {
        sum.stopped = stop(course, step, controls, &did);
    }
    match did {
        Did::Saw(seen) => course.capture(step, seen),
        Did::Unanswered(_) | Did::Changed | Did::Not(..) => course.forget(step),
    }
}

/// Does a step as often as it says; the last time counts.
fn repeated(course: &mut Course<'_>, step: &Step, tell: &mut dyn FnMut(Event)) -> Did {
    for _ in 1..step.times {
        if let not @ Did::Not(..) = course.act(step, tell) {
            return not;
        }
    }
    course.act(step, tell)
}

/// Whether, and as what, the rest of the case is given up.
fn stop(course: &Course<'_>, step: &Step, controls: bool, did: &Did) -> Option<(Verdict, String)> {
    match did {
        Did::Saw(Seen::Answer(answer)) if controls && !held(step, answer) => {
            let verdict =
                if course.overloaded(answer, true) { Verdict::Inconclusive } else { Verdict::Blocked };
            Some((verdict, format!("the control `{}` did not hold: {}", step.name, answer.brief())))
        }
        Did::Unanswered(why) if controls => {
            let why = format!("the control `{}` got no answer: {why}", step.name);
            Some((Verdict::Inconclusive, course.redacted(&why)))
        }
        Did::Not(verdict @ Verdict::Unrun, why) => Some((*verdict, why.clone())),
        // The world is not what the following steps count on.
        Did::Not(verdict, why) if step.action.changes_world() => Some((*verdict, why.clone())),
        Did::Not(_, why) if controls => {
            let why = format!("the control `{}` could not be sent: {why}", step.name);
            Some((Verdict::Blocked, course.redacted(&why)))
        }
        Did::Saw(_) | Did::Changed | Did::Unanswered(_) | Did::Not(..) => None,
    }
}

/// Whether a control is granted, or refused as it says itself.
fn held(step: &Step, answer: &Answer) -> bool {
    match &step.holds {
        Some(code) => {
            let error = answer.json.as_ref().and_then(|body| body.get("error"));
            answer.outcome() == Some(Outcome::Refused) && error.is_some_and(|error| error == code.as_str())
        }
        None => answer.outcome() == Some(Outcome::Granted),
    }
}

/// A control is a request as it is; one that is expected to be refused controls nothing, unless it says that it does.
fn is_control(corpus: &Corpus, step: &Step) -> bool {
    let plain = match &step.action {
        Action::Send { but, .. } => but.is_none(),
        Action::Raw(raw) => raw.after.is_none(),
        Action::Until(_) => true,
        Action::Jwt(_)
        | Action::Forge(_)
        | Action::Probe { .. }
        | Action::Clock(_)
        | Action::Configure(_)
        | Action::Log
        | Action::Totp(_)
        | Action::Outbox(_)
        | Action::Push(_) => false,
    };
    plain
        && (step.holds.is_some()
            || !step.expect.iter().any(|expectation| expects_refusal(corpus, expectation)))
}

fn expects_refusal(corpus: &Corpus, expectation: &Expectation) -> bool {
    match expectation {
        Expectation::Block(block) => {
            block.checks.iter().any(|check| matches!(check.what, What::Outcome(Outcome::Refused)))
        }
        Expectation::Shape { name, .. } => {
            corpus.shape(name).and_then(|shape| shape.outcome()) == Some(Outcome::Refused)
        }
        Expectation::Answer { .. } => true,
        Expectation::Choice { labels, .. } => {
            labels.iter().any(|(_, all)| all.iter().any(|expectation| expects_refusal(corpus, expectation)))
        }
    }
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;

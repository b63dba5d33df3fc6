//! Which case runs when: on as many threads as the driver allows, told in the plan's order.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::Plan;
use super::budget::Budget;
use super::engine;
use super::event::{CaseFinished, Event, Listener, RunFinished, RunStarted};
use crate::clock::clock;
use crate::corpus::Corpus;
use crate::corpus::case::Case;
use crate::corpus::flavour::Flavour;
use crate::target::Driver;
use crate::verdict::Verdict;

pub(super) fn run(plan: &Plan<'_>, listener: &mut dyn Listener) -> RunFinished {
    let start = clock();
    let budget = Budget::new(plan.limits);
    listener.on(&Event::RunStarted(head(plan)));
    let mut tally = Tally::default();
    let next = AtomicUsize::new(0);
    let (told, events) = mpsc::channel::<(usize, Vec<Event>)>();
    thread::scope(|scope| {
        for _ in 0..plan.driver.parallel().clamp(1, plan.work.len().max(1)) {
            let (told, next, budget) = (told.clone(), &next, &budget);
            scope.spawn(move || {
                while let Some((index, (flavour, case))) = take(next, plan) {
                    let mut events = Vec::new();
                    let mut tell = |event: Event| events.push(event);
                    guarded(plan.corpus, flavour, case, plan.driver, budget, &mut tell);
                    if told.send((index, events)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(told);
        in_order(events, |event| {
            tally.count(event);
            listener.on(event);
        });
    });
    let finished = RunFinished { requests: budget.requests(), millis: millis(start), ..tally.finished() };
    listener.on(&Event::RunFinished(finished.clone()));
    finished
}

pub(super) fn judge(
    corpus: &Corpus,
    flavour: &Flavour,
    case: &Case,
    driver: &dyn Driver,
    listener: &mut dyn Listener,
) -> CaseFinished {
    let budget = Budget::new(driver.limits());
    guarded(corpus, flavour, case, driver, &budget, &mut |event| listener.on(&event))
}

fn head(plan: &Plan<'_>) -> RunStarted {
    let mut flavours: Vec<String> = Vec::new();
    for (flavour, _) in &plan.work {
        if !flavours.contains(&flavour.name) {
            flavours.push(flavour.name.clone());
        }
    }
    RunStarted {
        suite: env!("CARGO_PKG_VERSION").to_owned(),
        corpus: plan.corpus.version.clone(),
        digest: plan.corpus.digest.clone(),
        target: plan.driver.name().to_owned(),
        url: plan.driver.url().map(str::to_owned),
        deviations: plan.deviations.clone(),
        flavours,
        planned: plan.work.len(),
    }
}

fn take<'a>(next: &AtomicUsize, plan: &Plan<'a>) -> Option<(usize, (&'a Flavour, &'a Case))> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    plan.work.get(index).map(|work| (index, *work))
}

/// Hands on the events of each case in the plan's order, as soon as those before it are there.
fn in_order(events: mpsc::Receiver<(usize, Vec<Event>)>, mut tell: impl FnMut(&Event)) {
    let mut waiting = BTreeMap::new();
    let mut due = 0;
    for (index, events) in events {
        waiting.insert(index, events);
        while let Some(events) = waiting.remove(&due) {
            events.iter().for_each(&mut tell);
            due += 1;
        }
    }
}

/// One case; a panic of the suite becomes a verdict of its own.
fn guarded(
    corpus: &Corpus,
    flavour: &Flavour,
    case: &Case,
    driver: &dyn Driver,
    budget: &Budget,
    tell: &mut dyn FnMut(Event),
) -> CaseFinished {
    let start = clock();
    tell(Event::CaseStarted {
        flavour: flavour.name.clone(),
        case: case.id.clone(),
        title: case.title.clone(),
    });
    let judged =
        catch_unwind(AssertUnwindSafe(|| engine::case(corpus, flavour, case, driver, budget, &mut *tell)));
    let (verdict, reason) = judged.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        (Verdict::Error, Some(format!("the suite panicked: {text}")))
    });
    let finished = CaseFinished {
        flavour: flavour.name.clone(),
        case: case.id.clone(),
        verdict,
        reason,
        millis: millis(start),
    };
    tell(Event::CaseFinished(finished.clone()));
    finished
}

fn millis(start: std::time::Instant) -> f64 {
    clock().saturating_duration_since(start).as_secs_f64() * 1000.0
}

/// Counts by verdict.
#[derive(Default)]
struct Tally {
    cases: [usize; Verdict::ALL.len()],
    assertions: [usize; Verdict::ALL.len()],
}

impl Tally {
    fn count(&mut self, event: &Event) {
        let (counts, verdict) = match event {
            Event::CaseFinished(case) => (&mut self.cases, case.verdict),
            Event::Assertion(assertion) => (&mut self.assertions, assertion.verdict),
            Event::RunStarted(_)
            | Event::CaseStarted { .. }
            | Event::Exchange(_)
            | Event::Fingerprint { .. }
            | Event::ClaimJudged(_)
            | Event::RunFinished(_) => return,
        };
        if let Some(place) = Verdict::ALL.iter().position(|known| *known == verdict) {
            counts[place] += 1;
        }
    }

    fn finished(&self) -> RunFinished {
        let pairs = |counts: &[usize]| Verdict::ALL.into_iter().zip(counts.iter().copied()).collect();
        RunFinished {
            cases: pairs(&self.cases),
            assertions: pairs(&self.assertions),
            ..RunFinished::default()
        }
    }
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;

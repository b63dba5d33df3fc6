//! Order, counts and limits of a run, against the embedded server.

use super::*;
use crate::run::Limits;
use crate::target::Embedded;

#[derive(Default)]
struct Heard(Vec<Event>);

impl Listener for Heard {
    fn on(&mut self, event: &Event) {
        self.0.push(event.clone());
    }
}

fn ran(corpus: &Corpus, limits: Limits) -> (Vec<Event>, RunFinished) {
    let driver = Embedded::new();
    let flavour = corpus.flavour("rfc6749").unwrap();
    let work = corpus.cases.iter().take(6).map(|case| (flavour, case)).collect();
    let plan = Plan { corpus, driver: &driver, work, limits, deviations: Vec::new() };
    let mut heard = Heard::default();
    let finished = run(&plan, &mut heard);
    (heard.0, finished)
}

#[test]
fn events_come_in_the_plans_order_and_their_counts_meet() {
    let corpus = Corpus::embedded().unwrap();
    let (events, finished) = ran(&corpus, Limits::default());
    assert!(matches!(events.first(), Some(Event::RunStarted(head)) if head.planned == 6));
    assert!(matches!(events.last(), Some(Event::RunFinished(_))));
    let mut open: Option<String> = None;
    let mut order = Vec::new();
    for event in &events {
        match event {
            Event::CaseStarted { case, .. } => {
                assert!(open.replace(case.clone()).is_none(), "cases do not mix");
                order.push(case.clone());
            }
            Event::Exchange(exchange) => assert_eq!(open.as_deref(), Some(exchange.case.as_str())),
            Event::Assertion(assertion) => assert_eq!(open.as_deref(), Some(assertion.case.as_str())),
            Event::CaseFinished(finished) => assert_eq!(open.take(), Some(finished.case.clone())),
            Event::RunStarted(_)
            | Event::Fingerprint { .. }
            | Event::ClaimJudged(_)
            | Event::RunFinished(_) => {}
        }
    }
    let planned: Vec<String> = corpus.cases.iter().take(6).map(|case| case.id.clone()).collect();
    assert_eq!(order, planned);
    assert_eq!(finished.cases.iter().map(|(_, count)| count).sum::<usize>(), 6);
}

#[test]
fn what_the_budget_does_not_pay_is_not_run() {
    let corpus = Corpus::embedded().unwrap();
    let (_, finished) = ran(&corpus, Limits { max_requests: Some(0), ..Limits::default() });
    let count = |wanted: Verdict| {
        finished.cases.iter().find(|(verdict, _)| *verdict == wanted).map(|(_, count)| *count)
    };
    assert_eq!(finished.requests, 0);
    assert_eq!(count(Verdict::Unrun).unwrap_or(0) + count(Verdict::NotApplicable).unwrap_or(0), 6);
}

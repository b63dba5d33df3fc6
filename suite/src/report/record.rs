//! The events of a run, sorted by case: what the reports that come at the end are made from.

use crate::run::event::{Assertion, ClaimJudged, Event, Exchange, Listener, RunFinished, RunStarted};
use crate::verdict::Verdict;

/// A run as it was heard.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The head.
    pub started: Option<RunStarted>,
    /// The cases in the order of the plan.
    pub cases: Vec<CaseRecord>,
    /// Probes and labels: flavour, case, name, value.
    pub fingerprints: Vec<(String, String, String, String)>,
    /// The claims, in the order in which they were asked for.
    pub claims: Vec<ClaimJudged>,
    /// The foot.
    pub finished: Option<RunFinished>,
}

/// One case under one flavour.
#[derive(Clone, Debug)]
pub struct CaseRecord {
    /// The flavour.
    pub flavour: String,
    /// The case.
    pub case: String,
    /// Its title.
    pub title: String,
    /// Its exchanges; dropped when it ends without anything to tell.
    pub exchanges: Vec<Exchange>,
    /// Its assertions; those that pass are dropped together with the exchanges.
    pub assertions: Vec<Assertion>,
    /// The ids of all its assertions, own and shared, judged or not.
    pub heard: Vec<String>,
    /// How it ended; `None` while it runs, or when the stream broke off.
    pub verdict: Option<Verdict>,
    /// Why it could not be judged.
    pub reason: Option<String>,
    /// Milliseconds in all.
    pub millis: f64,
}

impl Record {
    /// The flavours of the run, in order.
    #[must_use]
    pub fn flavours(&self) -> &[String] {
        self.started.as_ref().map_or(&[], |started| &started.flavours)
    }

    /// Whether the stream ended as a whole: a foot, every planned case with a verdict, and counts that agree.
    #[must_use]
    pub fn whole(&self) -> bool {
        let (Some(started), Some(finished)) = (&self.started, &self.finished) else { return false };
        let counted: usize = finished.cases.iter().map(|(_, count)| count).sum();
        counted == started.planned
            && self.cases.len() == started.planned
            && self.cases.iter().all(|case| case.verdict.is_some())
    }

    /// How many cases have each verdict, over one flavour or all.
    #[must_use]
    pub fn count(&self, verdict: Verdict, flavour: Option<&str>) -> usize {
        self.cases
            .iter()
            .filter(|case| flavour.is_none_or(|flavour| case.flavour == flavour))
            .filter(|case| case.verdict == Some(verdict))
            .count()
    }

    fn case(&mut self, flavour: &str, case: &str) -> &mut CaseRecord {
        let place = self.cases.iter().rposition(|known| known.case == case && known.flavour == flavour);
        let place = place.unwrap_or_else(|| {
            self.cases.push(CaseRecord::new(flavour, case, ""));
            self.cases.len() - 1
        });
        &mut self.cases[place]
    }
}

impl CaseRecord {
    fn new(flavour: &str, case: &str, title: &str) -> Self {
        Self {
            flavour: flavour.to_owned(),
            case: case.to_owned(),
            title: title.to_owned(),
            exchanges: Vec::new(),
            assertions: Vec::new(),
            heard: Vec::new(),
            verdict: None,
            reason: None,
            millis: 0.0,
        }
    }

    /// The exchange of a step: the last one, if it has several.
    #[must_use]
    pub fn exchange(&self, step: &str) -> Option<&Exchange> {
        self.exchanges.iter().rev().find(|exchange| exchange.step == step)
    }
}

impl Listener for Record {
    fn on(&mut self, event: &Event) {
        match event {
            Event::RunStarted(started) => self.started = Some(started.clone()),
            Event::CaseStarted { flavour, case, title } => {
                self.cases.push(CaseRecord::new(flavour, case, title));
            }
            Event::Exchange(exchange) => {
                self.case(&exchange.flavour, &exchange.case).exchanges.push(exchange.clone());
            }
            Event::Assertion(assertion) => {
                let case = self.case(&assertion.flavour, &assertion.case);
                case.heard.push(assertion.id.clone());
                case.heard.extend(assertion.shared.clone());
                case.assertions.push(assertion.clone());
            }
            Event::Fingerprint { flavour, case, name, value } => {
                self.fingerprints.push((flavour.clone(), case.clone(), name.clone(), value.clone()));
            }
            Event::CaseFinished(finished) => {
                let case = self.case(&finished.flavour, &finished.case);
                case.verdict = Some(finished.verdict);
                case.reason.clone_from(&finished.reason);
                case.millis = finished.millis;
                // A thousand passing cases would otherwise keep every body of the run.
                if matches!(finished.verdict, Verdict::Pass | Verdict::NotApplicable | Verdict::Unrun) {
                    case.exchanges = Vec::new();
                    case.assertions = Vec::new();
                }
            }
            Event::ClaimJudged(claim) => self.claims.push(claim.clone()),
            Event::RunFinished(finished) => self.finished = Some(finished.clone()),
        }
    }
}

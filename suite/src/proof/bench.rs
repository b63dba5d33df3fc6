//! The proof as a whole: the reference over all cases, each deviation over the cases that it concerns, each null
//! target over all cases; on all cores.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::evidence::{Evidence, Seen, stands_for};
use super::matrix::Kill;
use super::null_target::NullTarget;
use crate::corpus::Corpus;
use crate::corpus::case::Case;
use crate::corpus::deviation::Deviation;
use crate::corpus::flavour::Flavour;
use crate::run::event::{CaseFinished, Listener};
use crate::target::Driver;

/// In how many cases a check is asked about one deviation. The checks of a shape stand in hundreds: what so many of them
/// have not shown, the others do not show either. Should they, something stays unproven, and the gates say so.
const ENOUGH: u32 = 32;

/// Judges one case at one target; the engine's `judge` with its corpus.
pub type Judge<'a> = dyn Fn(&Flavour, &Case, &dyn Driver, &mut dyn Listener) -> CaseFinished + Sync + 'a;
/// Makes the reference with one deviation switched on.
pub type Deviating<'a> = dyn Fn(&Deviation) -> Result<Box<dyn Driver>, String> + Sync + 'a;

/// What the proof is made with.
pub struct Bench<'a> {
    /// The corpus.
    pub corpus: &'a Corpus,
    /// Judges one case.
    pub judge: &'a Judge<'a>,
    /// The reference without a deviation.
    pub reference: &'a dyn Driver,
    /// The reference with one.
    pub deviating: &'a Deviating<'a>,
    /// Told how far it is: done, all, what.
    pub progress: &'a (dyn Fn(usize, usize, &str) + Sync),
}

/// What came of one deviation under one flavour.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The deviation.
    pub deviation: String,
    /// The flavour.
    pub flavour: String,
    /// What came.
    pub outcome: Outcome,
}

/// Whether a deviation was noticed.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// By these assertions.
    Killed(Kill),
    /// Nobody noticed for the right reason.
    Survived {
        /// Whether anything that can be seen was different.
        effective: bool,
        /// Cases that were tried.
        cases: usize,
        /// Assertions that failed, but stand for other rows.
        besides: Vec<String>,
    },
    /// The deviating server could not be made.
    Broken(String),
}

/// All evidence.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// Each case under each flavour at the reference.
    pub reference: Vec<Evidence>,
    /// Each deviation under each of its flavours.
    pub trials: Vec<Trial>,
    /// Cases that a null target passed: target, flavour, case.
    pub deceived: Vec<(String, String, String)>,
    /// How many null targets there were.
    pub null_targets: usize,
    /// Requests sent in all.
    pub requests: usize,
}

impl Bench<'_> {
    /// Makes the whole proof.
    ///
    /// # Errors
    /// If the null targets cannot be started.
    pub fn prove(&self) -> std::io::Result<Proof> {
        let cases: Vec<(&Flavour, &Case)> = self
            .corpus
            .flavours
            .iter()
            .flat_map(|flavour| self.corpus.cases.iter().map(move |case| (flavour, case)))
            .filter(|(flavour, case)| self.corpus.applies(flavour, case))
            .collect();
        let reference =
            self.each("reference", &cases, |(flavour, case)| self.look(flavour, case, self.reference));
        let jobs = self.jobs();
        let tried = self
            .each("deviations", &jobs, |(deviation, flavour)| self.try_one(deviation, flavour, &reference));
        let nulls = NullTarget::start_all()?;
        let mut pairs = Vec::new();
        for null in &nulls {
            pairs.extend(cases.iter().map(|(flavour, case)| (null, *flavour, *case)));
        }
        let passed = self.each("null targets", &pairs, |(null, flavour, case)| {
            let evidence = self.look(flavour, case, *null);
            let passed = evidence.verdict == Some(crate::verdict::Verdict::Pass);
            (
                passed.then(|| (null.name().to_owned(), flavour.name.clone(), case.id.clone())),
                evidence.requests,
            )
        });
        let requests = reference.iter().map(|evidence| evidence.requests).sum::<usize>()
            + tried.iter().map(|(_, requests)| requests).sum::<usize>()
            + passed.iter().map(|(_, requests)| requests).sum::<usize>();
        Ok(Proof {
            reference,
            trials: tried.into_iter().map(|(trial, _)| trial).collect(),
            deceived: passed.into_iter().filter_map(|(found, _)| found).collect(),
            null_targets: nulls.len(),
            requests,
        })
    }

    /// Each deviation with each flavour in which it must be noticed.
    fn jobs(&self) -> Vec<(&Deviation, &Flavour)> {
        let mut jobs = Vec::new();
        for deviation in &self.corpus.deviations {
            for flavour in &self.corpus.flavours {
                let meant = match &deviation.flavours {
                    Some(named) => named.contains(&flavour.name),
                    None => deviation.violates.iter().any(|row| self.corpus.judged(flavour, row)),
                };
                if meant {
                    jobs.push((deviation, flavour));
                }
            }
        }
        jobs
    }

    fn look(&self, flavour: &Flavour, case: &Case, driver: &dyn Driver) -> Evidence {
        let mut evidence = Evidence::of(&flavour.name, &case.id);
        let finished = (self.judge)(flavour, case, driver, &mut evidence);
        evidence.ended(finished)
    }

    fn try_one(&self, deviation: &Deviation, flavour: &Flavour, reference: &[Evidence]) -> (Trial, usize) {
        let trial = |outcome: Outcome| Trial {
            deviation: deviation.id.clone(),
            flavour: flavour.name.clone(),
            outcome,
        };
        let driver = match (self.deviating)(deviation) {
            Ok(driver) => driver,
            Err(why) => return (trial(Outcome::Broken(why)), 0),
        };
        // What noticed, as assertion and row; how often each was asked; what else failed.
        let (mut noticed, mut asked, mut besides) = (BTreeSet::new(), BTreeMap::new(), BTreeSet::new());
        let (mut effective, mut cases, mut requests) = (false, 0, 0);
        for before in reference.iter().filter(|evidence| evidence.flavour == flavour.name) {
            let pairs = stands_for(before.assertions.iter(), &deviation.violates);
            let open = |pair| !noticed.contains(pair) && asked.get(pair).is_none_or(|times| *times < ENOUGH);
            let Some(case) = self.corpus.case(&before.case).filter(|_| pairs.iter().any(open)) else {
                continue;
            };
            pairs.into_iter().for_each(|pair| *asked.entry(pair).or_insert(0) += 1);
            let after = self.look(flavour, case, &*driver);
            (cases, requests) = (cases + 1, requests + after.requests);
            effective |= after.differs(before);
            // What fails at the reference already has noticed nothing.
            let fails_anyway: BTreeSet<&str> = before.failing().map(|seen| seen.id.as_str()).collect();
            let new: Vec<&Seen> =
                after.failing().filter(|seen| !fails_anyway.contains(seen.id.as_str())).collect();
            noticed.extend(stands_for(new.iter().copied(), &deviation.violates));
            besides.extend(new.iter().map(|seen| seen.key().to_owned()));
        }
        let (by, rows): (BTreeSet<String>, BTreeSet<String>) = noticed.into_iter().unzip();
        let outcome = if by.is_empty() {
            Outcome::Survived { effective, cases, besides: besides.into_iter().collect() }
        } else {
            Outcome::Killed(Kill {
                deviation: deviation.id.clone(),
                flavour: flavour.name.clone(),
                by: by.into_iter().collect(),
                requirements: rows.into_iter().collect(),
            })
        };
        (trial(outcome), requests)
    }

    /// `work` for each item, as many at once as the reference allows; the results in the order of the items.
    fn each<T: Sync, R: Send>(&self, what: &str, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
        let next = AtomicUsize::new(0);
        let done = AtomicUsize::new(0);
        let results: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(items.len()));
        let threads = self.reference.parallel().clamp(1, items.len().max(1));
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let index = next.fetch_add(1, Ordering::Relaxed)
                        && let Some(item) = items.get(index)
                    {
                        let result = work(item);
                        results.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
                        (self.progress)(done.fetch_add(1, Ordering::Relaxed) + 1, items.len(), what);
                    }
                });
            }
        });
        let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
        results.sort_by_key(|(index, _)| *index);
        results.into_iter().map(|(_, result)| result).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::case::{Given, State};
    use crate::corpus::requirement::{Requirement, Status};
    use crate::run::event::{Assertion, Event};
    use crate::target::{Unmet, World};
    use crate::verdict::{Severity, Verdict};

    struct Named(String);

    impl Driver for Named {
        fn name(&self) -> &str {
            &self.0
        }
        fn url(&self) -> Option<&str> {
            None
        }
        fn strict(&self) -> bool {
            true
        }
        fn parallel(&self) -> usize {
            1
        }
        fn prepare(&self, _: &Case, _: &Flavour) -> Result<World, Unmet> {
            Err(Unmet::Broken("never asked".to_owned()))
        }
    }

    fn corpus() -> Corpus {
        let case = Case {
            id: "x".to_owned(),
            title: String::new(),
            area: String::new(),
            file: String::new(),
            line: 0,
            covers: vec!["PWD-07".to_owned()],
            reveals: String::new(),
            needs: Vec::new(),
            given: Given::default(),
            requests: Vec::new(),
            steps: Vec::new(),
            state: State::Stable,
        };
        let row = Requirement {
            id: "PWD-07".to_owned(),
            section: "Password".to_owned(),
            statement: String::new(),
            level: None,
            basis: None,
            effect: None,
            source: String::new(),
            alternative: None,
            status: Status::Implemented,
        };
        let flavour: Flavour = serde_json::from_value(serde_json::json!({
            "name": "auth0", "title": "", "preset": "auth0", "sections": ["Password"], "label": "auth0",
            "endpoints": {}
        }))
        .unwrap();
        let deviation = |id: &str| Deviation {
            id: id.to_owned(),
            title: String::new(),
            violates: vec!["PWD-07".to_owned()],
            how: serde_json::Value::Null,
            flavours: None,
            file: String::new(),
        };
        Corpus {
            cases: vec![case],
            requirements: vec![row],
            flavours: vec![flavour],
            deviations: vec![deviation("noticed"), deviation("unnoticed"), deviation("impossible")],
            ..Corpus::default()
        }
    }

    fn judge(
        flavour: &Flavour,
        case: &Case,
        driver: &dyn Driver,
        listener: &mut dyn Listener,
    ) -> CaseFinished {
        let verdict = match driver.name() {
            // `echo` is a null target that this careless judge lets pass.
            "reference" | "unnoticed" | "echo" => Verdict::Pass,
            _ => Verdict::Fail,
        };
        listener.on(&Event::Assertion(Assertion {
            flavour: flavour.name.clone(),
            case: case.id.clone(),
            step: "s".to_owned(),
            id: "x#s/outcome".to_owned(),
            shared: None,
            requirements: vec!["PWD-07".to_owned()],
            verdict,
            severity: Severity::Fail,
            expected: String::new(),
            got: String::new(),
        }));
        let (flavour, case) = (flavour.name.clone(), case.id.clone());
        CaseFinished { flavour, case, verdict, reason: None, millis: 0.0 }
    }

    #[test]
    fn a_shared_check_is_asked_until_it_notices_or_often_enough() {
        let mut corpus = corpus();
        let case = corpus.cases[0].clone();
        corpus.cases = (0..100).map(|number| Case { id: format!("x{number}"), ..case.clone() }).collect();
        let looks: Mutex<BTreeMap<String, u32>> = Mutex::default();
        let bench = Bench {
            corpus: &corpus,
            judge: &|flavour, case, driver, listener| {
                *looks.lock().unwrap().entry(driver.name().to_owned()).or_default() += 1;
                let mut shared = Sharing(listener);
                judge(flavour, case, driver, &mut shared)
            },
            reference: &Named("reference".to_owned()),
            deviating: &|deviation| Ok(Box::new(Named(deviation.id.clone()))),
            progress: &|_, _, _| {},
        };
        let proof = bench.prove().unwrap();
        let looks = looks.lock().unwrap();
        assert_eq!((looks["reference"], looks["noticed"], looks["unnoticed"]), (100, 1, ENOUGH));
        assert!(matches!(proof.trials[1].outcome, Outcome::Survived { cases: 32, .. }));
    }

    /// Makes every assertion one of a shape.
    struct Sharing<'a>(&'a mut dyn Listener);

    impl Listener for Sharing<'_> {
        fn on(&mut self, event: &Event) {
            let mut event = event.clone();
            if let Event::Assertion(assertion) = &mut event {
                assertion.shared = Some("shape/s.b/status".to_owned());
            }
            self.0.on(&event);
        }
    }

    #[test]
    fn deviations_are_told_apart_and_null_targets_found() {
        let corpus = corpus();
        let bench = Bench {
            corpus: &corpus,
            judge: &judge,
            reference: &Named("reference".to_owned()),
            deviating: &|deviation| match deviation.id.as_str() {
                "impossible" => Err("no such behaviour".to_owned()),
                id => Ok(Box::new(Named(id.to_owned()))),
            },
            progress: &|_, _, _| {},
        };
        let proof = bench.prove().unwrap();
        assert!(matches!(&proof.trials[0].outcome, Outcome::Killed(kill) if kill.by == ["x#s/outcome"]));
        assert!(matches!(proof.trials[1].outcome, Outcome::Survived { effective: false, cases: 1, .. }));
        assert!(matches!(&proof.trials[2].outcome, Outcome::Broken(why) if why == "no such behaviour"));
        assert_eq!(proof.deceived, [("echo".to_owned(), "auth0".to_owned(), "x".to_owned())]);
    }
}

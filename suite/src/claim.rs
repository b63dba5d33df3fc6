//! Whether a run proves a claim, and if not, what is missing: the cheapest first.
//!
//! A listener that hears the whole run and tells one more event for each claim before the last one. It does not look at
//! baselines: a failure that is known is still a failure of what is claimed.

use std::collections::{BTreeMap, BTreeSet};

use crate::corpus::Corpus;
use crate::corpus::case::{Action, Case};
use crate::corpus::claim::Claim;
use crate::run::event::{Assertion, CaseFinished, ClaimJudged, Event, Listener, Missing};
use crate::verdict::Verdict;

/// Hears a run for some claims, and hands on to `inner` what it hears and what it finds.
pub struct Claiming<'a> {
    corpus: &'a Corpus,
    tallies: Vec<Tally<'a>>,
    inner: &'a mut dyn Listener,
}

/// What was heard for one claim.
struct Tally<'a> {
    claim: &'a Claim,
    required: BTreeSet<&'a str>,
    cases: Vec<&'a Case>,
    /// The rows for which an assertion was good enough.
    shown: BTreeSet<String>,
    /// What was not, by case, and there by step or by the check that all answers share.
    broken: BTreeMap<String, BTreeMap<String, Broken>>,
    /// How each case ended.
    ended: BTreeMap<String, (Verdict, String)>,
}

/// What stands against a claim in one place.
struct Broken {
    first: String,
    worst: Verdict,
    more: usize,
    rows: BTreeSet<String>,
}

impl<'a> Claiming<'a> {
    /// A listener for `claims`.
    pub fn new(corpus: &'a Corpus, claims: &[&'a Claim], inner: &'a mut dyn Listener) -> Self {
        let tallies = claims.iter().map(|claim| Tally::new(corpus, claim)).collect();
        Self { corpus, tallies, inner }
    }
}

impl Listener for Claiming<'_> {
    fn on(&mut self, event: &Event) {
        match event {
            Event::Assertion(one) => self.tallies.iter_mut().for_each(|tally| tally.assertion(one)),
            Event::CaseFinished(one) => self.tallies.iter_mut().for_each(|tally| tally.finished(one)),
            Event::RunFinished(_) => {
                for tally in &self.tallies {
                    self.inner.on(&Event::ClaimJudged(tally.judged(self.corpus)));
                }
            }
            Event::RunStarted(_)
            | Event::CaseStarted { .. }
            | Event::Exchange(_)
            | Event::Fingerprint { .. }
            | Event::ClaimJudged(_) => {}
        }
        self.inner.on(event);
    }
}

impl<'a> Tally<'a> {
    fn new(corpus: &'a Corpus, claim: &'a Claim) -> Self {
        Self {
            claim,
            required: claim.required(corpus),
            cases: claim.cases(corpus),
            shown: BTreeSet::new(),
            broken: BTreeMap::new(),
            ended: BTreeMap::new(),
        }
    }

    fn assertion(&mut self, one: &Assertion) {
        let mine = one.flavour == self.claim.flavour && self.cases.iter().any(|case| case.id == one.case);
        let mut rows = one.requirements.iter().filter(|row| self.required.contains(row.as_str())).peekable();
        if !mine || rows.peek().is_none() {
            return;
        }
        if self.claim.accepts(one.verdict) {
            self.shown.extend(rows.cloned());
            return;
        }
        let name = one.id.rsplit('/').next().unwrap_or_default();
        let place = match &one.shared {
            Some(check) => check.clone(),
            None => format!("{}#{}", base(&one.case), one.step),
        };
        let shown = if one.shared.is_some() { place.clone() } else { format!("{place}/{name}") };
        let places = self.broken.entry(one.case.clone()).or_default();
        let broken = places.entry(place).or_insert_with(|| Broken {
            first: format!("{shown}: expected {}, got {}", one.expected, one.got),
            worst: one.verdict,
            more: 0,
            rows: BTreeSet::new(),
        });
        broken.more += 1;
        broken.worst = broken.worst.max(one.verdict);
        broken.rows.extend(rows.cloned());
    }

    fn finished(&mut self, one: &CaseFinished) {
        if one.flavour == self.claim.flavour {
            let reason = one.reason.clone().unwrap_or_default();
            self.ended.insert(one.case.clone(), (one.verdict, reason));
        }
    }

    fn judged(&self, corpus: &Corpus) -> ClaimJudged {
        let mut gaps = Gaps::default();
        let mut excused = BTreeSet::new();
        for case in &self.cases {
            for missing in self.lacks(case) {
                if missing.verdict == Verdict::NotApplicable && self.claim.may_lack(case) {
                    excused.extend(missing.requirements);
                } else {
                    gaps.add(missing, case);
                }
            }
        }
        excused.retain(|row| !gaps.open.contains(row));
        let told = |row: &str| self.shown.contains(row) || gaps.open.contains(row) || excused.contains(row);
        let unseen: Vec<String> =
            self.required.iter().filter(|row| !told(row)).map(|row| (*row).to_owned()).collect();
        if !unseen.is_empty() || self.required.is_empty() {
            gaps.unseen(unseen);
        }
        let missing = gaps.in_order();
        let unproven: BTreeSet<&String> = missing.iter().flat_map(|one| &one.requirements).collect();
        ClaimJudged {
            claim: self.claim.versioned(corpus),
            title: self.claim.title.clone(),
            flavour: self.claim.flavour.clone(),
            granted: missing.is_empty(),
            required: self.required.len(),
            proven: self.required.len() - unproven.len() - excused.len(),
            excused: excused.into_iter().collect(),
            missing,
        }
    }

    /// What `case` leaves missing. A case that does not apply leaves only those rows open that no other case shows.
    fn lacks(&self, case: &Case) -> Vec<Missing> {
        let covered = case.covers.iter().filter(|row| self.required.contains(row.as_str())).cloned();
        let missing = |verdict: Verdict, why: String, requirements: Vec<String>| Missing {
            verdict,
            why,
            requirements,
            cases: vec![case.id.clone()],
        };
        let Some((verdict, reason)) = self.ended.get(&case.id) else {
            let why = "not selected: leave the pattern out".to_owned();
            return vec![missing(Verdict::Unrun, why, covered.collect())];
        };
        if let Some(places) = self.broken.get(&case.id) {
            // What could not be judged has one reason in the whole case.
            let stuck =
                |broken: &&Broken| !matches!(broken.worst, Verdict::Note | Verdict::Warn | Verdict::Fail);
            let rows = |broken: &Broken| broken.rows.iter().cloned().collect::<Vec<_>>();
            let failed = places.values().filter(|broken| !stuck(broken));
            let mut all: Vec<Missing> =
                failed.map(|broken| missing(broken.worst, broken.told(), rows(broken))).collect();
            if let Some(worst) = places.values().filter(stuck).map(|broken| broken.worst).max() {
                let rows = places.values().filter(stuck).flat_map(rows).collect();
                all.push(missing(worst, reason.clone(), rows));
            }
            return all;
        }
        match verdict {
            Verdict::Pass | Verdict::Note | Verdict::Warn | Verdict::Fail => Vec::new(),
            Verdict::NotApplicable => {
                let open: Vec<String> = covered.filter(|row| !self.shown.contains(row)).collect();
                if open.is_empty() { Vec::new() } else { vec![missing(*verdict, reason.clone(), open)] }
            }
            Verdict::Unrun | Verdict::Inconclusive | Verdict::Blocked | Verdict::Error => {
                vec![missing(*verdict, reason.clone(), covered.collect())]
            }
        }
    }
}

impl Broken {
    fn told(&self) -> String {
        let more = self.more.saturating_sub(1);
        if more == 0 { self.first.clone() } else { format!("{}; and {more} more", self.first) }
    }
}

/// What is missing, each reason once, with what it costs to make up for it.
#[derive(Default)]
struct Gaps {
    all: Vec<(Missing, usize)>,
    open: BTreeSet<String>,
}

impl Gaps {
    fn add(&mut self, missing: Missing, case: &Case) {
        self.open.extend(missing.requirements.iter().cloned());
        let cost = case.steps.iter().filter(|step| !matches!(step.action, Action::Jwt(_))).count();
        let same =
            |(known, _): &&mut (Missing, usize)| known.verdict == missing.verdict && known.why == missing.why;
        match self.all.iter_mut().find(same) {
            Some((known, all)) => {
                known.cases.extend(missing.cases);
                known.requirements.extend(missing.requirements);
                *all += cost;
            }
            None => self.all.push((missing, cost)),
        }
    }

    /// Rows of which nobody spoke; none, if the corpus has nothing at all.
    fn unseen(&mut self, requirements: Vec<String>) {
        let why = match requirements.first() {
            Some(_) => "no assertion that speaks of them was judged",
            None => "the corpus has nothing yet that could prove it",
        };
        let missing =
            Missing { verdict: Verdict::Unrun, why: why.to_owned(), requirements, cases: Vec::new() };
        self.all.push((missing, 0));
    }

    /// The cheapest first.
    fn in_order(mut self) -> Vec<Missing> {
        self.all.sort_by_key(|(one, cost)| (dearness(one.verdict), *cost));
        self.all.into_iter().map(|(one, _)| one.tidy()).collect()
    }
}

/// The case without its `for_each` row: rows that fail alike fail for one reason.
fn base(case: &str) -> &str {
    case.split_once('[').map_or(case, |(base, _)| base)
}

impl Missing {
    /// Each row and case once, in order.
    fn tidy(mut self) -> Self {
        self.requirements.sort();
        self.requirements.dedup();
        self.cases.dedup();
        self
    }
}

/// What it takes to get evidence that is missing: another run, a longer run, a line in the profile, a change of the
/// server, a change of the suite.
fn dearness(verdict: Verdict) -> usize {
    match verdict {
        Verdict::Unrun => 0,
        Verdict::Inconclusive => 1,
        Verdict::Blocked => 2,
        Verdict::NotApplicable => 3,
        Verdict::Pass | Verdict::Note | Verdict::Warn => 4,
        Verdict::Fail => 5,
        Verdict::Error => 6,
    }
}

#[cfg(test)]
#[path = "claim_tests.rs"]
mod tests;

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
    /// The first assertion of each case that was not.
    broken: BTreeMap<String, Broken>,
    /// How each case ended.
    ended: BTreeMap<String, (Verdict, String)>,
}

/// What stands against a claim in one case.
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
        let broken = self.broken.entry(one.case.clone()).or_insert_with(|| Broken {
            first: format!("{}: expected {}, got {}", one.id, one.expected, one.got),
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
        let mut missing: Vec<(Missing, usize)> = Vec::new();
        let (mut open, mut excused) = (BTreeSet::new(), BTreeSet::new());
        for case in &self.cases {
            let rows = || case.covers.iter().filter(|row| self.required.contains(row.as_str())).cloned();
            let Some((verdict, why, rows)) = self.lacks(case, rows().collect()) else { continue };
            if verdict == Verdict::NotApplicable && self.claim.may_lack(case) {
                excused.extend(rows);
                continue;
            }
            open.extend(rows.iter().cloned());
            let cost = case.steps.iter().filter(|step| !matches!(step.action, Action::Jwt(_))).count();
            match missing.iter_mut().find(|(known, _)| known.verdict == verdict && known.why == why) {
                Some((known, all)) => {
                    known.cases.push(case.id.clone());
                    known.requirements.extend(rows);
                    *all += cost;
                }
                None => {
                    let requirements = rows.into_iter().collect();
                    missing
                        .push((Missing { verdict, why, requirements, cases: vec![case.id.clone()] }, cost));
                }
            }
        }
        excused.retain(|row| !open.contains(row));
        let unseen: Vec<String> = self
            .required
            .iter()
            .filter(|row| !self.shown.contains(**row) && !open.contains(**row) && !excused.contains(**row))
            .map(|row| (*row).to_owned())
            .collect();
        if !unseen.is_empty() || self.required.is_empty() {
            let why = match unseen.first() {
                Some(_) => "no assertion that speaks of them was judged",
                None => "the corpus has nothing yet that could prove it",
            };
            let missing_here = Missing {
                verdict: Verdict::Unrun,
                why: why.to_owned(),
                requirements: unseen,
                cases: Vec::new(),
            };
            missing.push((missing_here, 0));
        }
        missing.sort_by_key(|(one, cost)| (dearness(one.verdict), *cost));
        let missing: Vec<Missing> = missing.into_iter().map(|(one, _)| one.tidy()).collect();
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

    /// What `case` leaves missing: as what it counts, why, and for which rows. A case that does not apply leaves only
    /// those rows open that no other case shows.
    fn lacks(&self, case: &Case, rows: Vec<String>) -> Option<(Verdict, String, Vec<String>)> {
        let Some((verdict, reason)) = self.ended.get(&case.id) else {
            return Some((Verdict::Unrun, "not selected: leave the pattern out".to_owned(), rows));
        };
        if let Some(broken) = self.broken.get(&case.id) {
            let more =
                if broken.more > 1 { format!("; and {} more", broken.more - 1) } else { String::new() };
            let why = match broken.worst {
                Verdict::Blocked | Verdict::Inconclusive | Verdict::Unrun | Verdict::Error => reason.clone(),
                Verdict::Pass | Verdict::NotApplicable | Verdict::Note | Verdict::Warn | Verdict::Fail => {
                    format!("{}{more}", broken.first)
                }
            };
            return Some((broken.worst, why, broken.rows.iter().cloned().collect()));
        }
        match verdict {
            Verdict::Pass | Verdict::Note | Verdict::Warn | Verdict::Fail => None,
            Verdict::NotApplicable => {
                let open: Vec<String> = rows.into_iter().filter(|row| !self.shown.contains(row)).collect();
                (!open.is_empty()).then(|| (*verdict, reason.clone(), open))
            }
            Verdict::Unrun | Verdict::Inconclusive | Verdict::Blocked | Verdict::Error => {
                Some((*verdict, reason.clone(), rows))
            }
        }
    }
}

impl Missing {
    /// Each row and case once, in order.
    fn tidy(mut self) -> Self {
        self.requirements.sort();
        self.requirements.dedup();
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

//! Which mismatches are expected, which are not, and what the run ends with. Nothing is judged here: the verdicts are
//! the engine's, the expectations are the baseline's.

use std::collections::BTreeSet;

use super::background::Background;
use super::record::{CaseRecord, Record};
use crate::baseline::{Baseline, Entry};
use crate::command::exit::Exit;
use crate::run::event::Assertion;
use crate::verdict::Verdict;

/// What the report's reader asked for.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Ids of cases that were selected by name or are claimed: they must not be blocked.
    pub named: BTreeSet<String>,
    /// Whether the target is the reference itself, which has no excuse.
    pub strict: bool,
    /// The failures that are known.
    pub baseline: Baseline,
    /// Today, for entries with `until`.
    pub today: Option<jiff::civil::Date>,
}

/// The balance of a run.
#[derive(Debug, Default)]
pub struct Score<'a> {
    /// Failing assertions that a baseline entry expects.
    pub known: Vec<(&'a Assertion, &'a Entry)>,
    /// Entries that expect what no longer happens, and what happens instead.
    pub stale: Vec<(&'a Entry, Verdict)>,
    /// Entries past their day whose failure is still there.
    pub expired: Vec<&'a Entry>,
    /// Entries whose case ran but did not come to the place they speak of.
    pub unreached: Vec<&'a Entry>,
    /// Failing assertions that nobody expects, in cases that count.
    pub unexpected: usize,
    /// Everything that holds of the run, for [`Exit::first`].
    pub holding: Vec<Exit>,
    known_ids: BTreeSet<(String, String)>,
}

impl<'a> Score<'a> {
    /// Balances a run.
    #[must_use]
    pub fn of(record: &'a Record, background: &Background, terms: &'a Terms) -> Self {
        let mut score = Self::default();
        for entry in &terms.baseline.entries {
            score.weigh(entry, record, terms);
        }
        for (assertion, _) in &score.known {
            score.known_ids.insert((assertion.flavour.clone(), assertion.id.clone()));
        }
        let counted = record.cases.iter().filter(|case| background.scored(&case.case));
        score.unexpected = counted
            .flat_map(|case| &case.assertions)
            .filter(|one| one.verdict == Verdict::Fail && !score.is_known(one))
            .count();
        score.holding = score.holds(record, background, terms);
        score
    }

    /// Whether the baseline expects this mismatch.
    #[must_use]
    pub fn is_known(&self, assertion: &Assertion) -> bool {
        self.known_ids.contains(&(assertion.flavour.clone(), assertion.id.clone()))
    }

    /// Whether every failure of a case is known.
    #[must_use]
    pub fn excuses(&self, case: &CaseRecord) -> bool {
        let mut failing = case.assertions.iter().filter(|one| one.verdict == Verdict::Fail).peekable();
        failing.peek().is_some() && failing.all(|one| self.is_known(one))
    }

    /// The exit code of the run.
    #[must_use]
    pub fn exit(&self) -> Exit {
        Exit::first(&self.holding)
    }

    fn weigh(&mut self, entry: &'a Entry, record: &'a Record, terms: &Terms) {
        let cases = record.cases.iter().filter(|case| {
            entry.concerns(&case.case)
                && entry.flavour.as_ref().is_none_or(|flavour| case.flavour == *flavour)
        });
        let (mut seen, mut other, mut reached, mut ran) = (Vec::new(), None, false, false);
        for case in cases {
            ran = true;
            let found = entry.found(case);
            reached |= found.is_some();
            match found {
                Some(verdict) if verdict == entry.expect => seen.extend(entry.excused(case)),
                Some(verdict) => other = other.max(Some(verdict)),
                None => {}
            }
        }
        let expired = entry.until.zip(terms.today).is_some_and(|(until, today)| until < today);
        let judged = |verdict: Verdict| {
            matches!(verdict, Verdict::Pass | Verdict::Note | Verdict::Warn | Verdict::Fail)
        };
        match (seen.is_empty(), other) {
            (false, _) if expired => self.expired.push(entry),
            (false, _) => self.known.extend(seen.into_iter().map(|assertion| (assertion, entry))),
            // A verdict that is worse than the expected one is a failure of its own, and one that could not be had
            // says nothing: neither makes an entry stale.
            (true, Some(verdict)) if judged(verdict) && verdict < entry.expect => {
                self.stale.push((entry, verdict))
            }
            (true, Some(verdict)) if !judged(verdict) => self.unreached.push(entry),
            (true, None) if ran && !reached => self.unreached.push(entry),
            (true, _) => {}
        }
    }

    fn holds(&self, record: &Record, background: &Background, terms: &Terms) -> Vec<Exit> {
        let mut holding = Vec::new();
        let any = |wanted: &dyn Fn(&CaseRecord) -> bool| record.cases.iter().any(wanted);
        let is = |case: &CaseRecord, verdict: Verdict| case.verdict == Some(verdict);
        if any(&|case| is(case, Verdict::Error)) || !record.whole() {
            holding.push(Exit::SuiteFault);
        }
        let stuck = |case: &CaseRecord| is(case, Verdict::Blocked) || is(case, Verdict::Inconclusive);
        // A case may fail without a failing assertion only through a fault of ours; it counts all the same.
        let silent = |case: &CaseRecord| is(case, Verdict::Fail) && background.scored(&case.case);
        if self.unexpected > 0 || any(&|case| silent(case) && !self.excuses(case)) {
            holding.push(Exit::Failed);
        }
        // At the reference, what is stuck while something fails is stuck because of it.
        let whole_run = terms.strict && !holding.contains(&Exit::Failed);
        if any(&|case| stuck(case) && (whole_run || terms.named.contains(&case.case))) {
            holding.push(Exit::SetUp);
        }
        if !self.stale.is_empty() || !self.expired.is_empty() {
            holding.push(Exit::Stale);
        }
        // Filters leave no trace in the events: what did not run was too expensive.
        if any(&|case| is(case, Verdict::Unrun)) {
            holding.push(Exit::Budget);
        }
        let judged = [Verdict::Pass, Verdict::Note, Verdict::Warn, Verdict::Fail];
        let unproven = record.claims.iter().any(|claim| !claim.granted);
        if unproven || !any(&|case| judged.iter().any(|verdict| is(case, *verdict))) {
            holding.push(Exit::Unproven);
        }
        holding
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    fn exit(record: &Record, terms: &Terms) -> Exit {
        Score::of(record, &samples::background(), terms).exit()
    }

    #[test]
    fn a_failure_is_1_a_known_one_0_and_a_stale_entry_2() {
        let record = samples::failing();
        assert_eq!(exit(&record, &Terms::default()), Exit::Failed);
        let mut terms = samples::external_terms();
        assert_eq!(exit(&samples::external(), &terms), Exit::AsExpected);
        terms.today = Some(jiff::civil::date(2027, 6, 1));
        assert_eq!(exit(&samples::external(), &terms), Exit::Failed, "an expired entry excuses nothing");
        let mut stale = samples::external_terms();
        stale.baseline.entries[0].id = "password.credentials#wrong-password/header.pragma".to_owned();
        let external = samples::external();
        let score = Score::of(&external, &samples::background(), &stale);
        assert_eq!(score.holding, [Exit::Failed, Exit::Stale], "it warns where a failure was expected");
    }

    #[test]
    fn an_entry_whose_case_is_blocked_is_neither_known_nor_stale() {
        let mut terms = samples::external_terms();
        terms.baseline.entries[0].id = "realm.unknown".to_owned();
        let record = samples::blocked();
        let score = Score::of(&record, &samples::background(), &terms);
        assert_eq!((score.unreached.len(), score.stale.len(), score.exit()), (1, 0, Exit::AsExpected));
    }

    #[test]
    fn blocked_counts_at_the_reference_and_for_a_case_selected_by_name() {
        let record = samples::blocked();
        assert_eq!(exit(&record, &Terms::default()), Exit::AsExpected);
        assert_eq!(exit(&record, &Terms { strict: true, ..Terms::default() }), Exit::SetUp);
        let named = BTreeSet::from(["realm.wrong-directory".to_owned()]);
        assert_eq!(exit(&record, &Terms { named, ..Terms::default() }), Exit::SetUp);
    }

    #[test]
    fn one_entry_excuses_what_a_shape_misses_in_every_answer() {
        let mut terms = samples::external_terms();
        terms.baseline.entries[0].id = "shape/token-response.caching/header.cache-control".to_owned();
        let record = samples::failing();
        let score = Score::of(&record, &samples::background(), &terms);
        assert_eq!((score.known.len(), score.stale.len()), (2, 0));
        let passing = samples::blocked();
        let score = Score::of(&passing, &samples::background(), &terms);
        assert_eq!((score.known.len(), score.unexpected), (0, 0));
    }

    #[test]
    fn a_claim_that_is_not_proven_is_5_though_its_failure_is_known() {
        let mut record = samples::external();
        record.claims = vec![samples::claim(true)];
        assert_eq!(exit(&record, &samples::external_terms()), Exit::AsExpected);
        record.claims.push(samples::claim(false));
        assert_eq!(exit(&record, &samples::external_terms()), Exit::Unproven);
        assert_eq!(
            exit(&record, &Terms::default()),
            Exit::Failed,
            "a failure that nobody expects comes first"
        );
    }

    #[test]
    fn a_stream_that_breaks_off_is_a_fault_of_the_suite() {
        let mut record = samples::blocked();
        record.finished = None;
        assert_eq!(exit(&record, &Terms::default()), Exit::SuiteFault);
    }
}

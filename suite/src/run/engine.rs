//! One case: its world, its steps, its verdict.

use super::budget::Budget;
use super::event::Event;
use crate::corpus::Corpus;
use crate::corpus::case::Case;
use crate::corpus::flavour::Flavour;
use crate::target::{Driver, Unmet};
use crate::verdict::Verdict;

/// Runs `case` and tells all its events but the first and the last; the verdict, and why if it could not be judged.
pub(super) fn case(
    _corpus: &Corpus,
    flavour: &Flavour,
    case: &Case,
    driver: &dyn Driver,
    budget: &Budget,
    _tell: &mut dyn FnMut(Event),
) -> (Verdict, Option<String>) {
    let _ = budget.timeout();
    let _ = budget.may_fail("");
    budget.login("", true);
    match driver.prepare(case, flavour) {
        Ok(_) => (Verdict::Unrun, None),
        Err(Unmet::Capability(what)) => (Verdict::NotApplicable, Some(what)),
        Err(Unmet::Missing(what)) => (Verdict::Blocked, Some(what)),
        Err(Unmet::Broken(what)) => (Verdict::Error, Some(what)),
    }
}

//! Cases × target → events.
//!
//! ```text
//! schedule  which case runs when, told in the plan's order
//! engine    one case: world, steps, verdict
//! course    what its steps do
//! assertion one check against what came, as an event
//! taken     which documented form a target takes
//! budget    requests, failed logins, pace: what a run may cost the target
//! ```

mod schedule;
mod engine;
mod course;
mod assertion;
mod taken;
mod budget;
pub mod event;

use std::time::Duration;

use crate::corpus::Corpus;
use crate::corpus::case::Case;
use crate::corpus::flavour::Flavour;
use crate::target::Driver;

use event::{CaseFinished, Listener, RunFinished};

/// What is run.
pub struct Plan<'a> {
    /// The data.
    pub corpus: &'a Corpus,
    /// Who is judged.
    pub driver: &'a dyn Driver,
    /// The cases, each under one flavour, in the order in which they are reported.
    pub work: Vec<(&'a Flavour, &'a Case)>,
    /// What the run may cost; [`Driver::limits`] is what the target's owner said.
    pub limits: Limits,
    /// The deviations that were switched on, for the head of the report.
    pub deviations: Vec<String>,
}

/// What a run may cost the target. Whatever would exceed it is not run.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in all; `None`: any number.
    pub max_requests: Option<usize>,
    /// Failed logins of one user in a row; `None`: any number. A successful login starts the count anew.
    pub failed_logins_per_user: Option<u32>,
    /// Requests per second; `None`: as fast as it goes.
    pub requests_per_second: Option<f64>,
    /// How long one answer may take, from connecting to the last byte.
    pub timeout: Duration,
    /// How long one step may really wait where nobody can move the target's clock.
    pub longest_wait: Duration,
    /// Whether a case ends with the first step that does not pass: where only whole passes count, the rest tells nothing.
    pub until_failure: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_requests: None,
            failed_logins_per_user: None,
            requests_per_second: None,
            timeout: Duration::from_secs(10),
            longest_wait: Duration::ZERO,
            until_failure: false,
        }
    }
}

/// Runs a plan: up to [`Driver::parallel`] cases at once, their events contiguous and in the plan's order.
///
/// Blocks until the last event ([`event::Event::RunFinished`]) was told, and returns what that says.
pub fn run(plan: &Plan<'_>, listener: &mut dyn Listener) -> RunFinished {
    schedule::run(plan, listener)
}

/// Runs one case, within the driver's own limits, and tells its events.
pub fn judge(
    corpus: &Corpus,
    flavour: &Flavour,
    case: &Case,
    driver: &dyn Driver,
    listener: &mut dyn Listener,
) -> CaseFinished {
    schedule::judge(corpus, flavour, case, driver, listener)
}

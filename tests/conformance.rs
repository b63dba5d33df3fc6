//! Each case of the corpus as a test of its own, under each flavour that judges it: `cargo test --test conformance password`.
//!
//! Small start-up, so that runners which start one process for each test are fine too.

use libtest_mimic::{Arguments, Failed, Trial};
use ropg_suite::claim::Claiming;
use ropg_suite::corpus::Corpus;
use ropg_suite::corpus::case::Case;
use ropg_suite::corpus::claim::Claim;
use ropg_suite::corpus::flavour::Flavour;
use ropg_suite::report::record::Record;
use ropg_suite::run::event::{Event, Listener};
use ropg_suite::run::{self, Limits, Plan};
use ropg_suite::target::Embedded;
use ropg_suite::verdict::Verdict;

fn main() {
    let arguments = Arguments::from_args();
    // Lives as long as the process: trials borrow from it.
    let corpus: &'static Corpus =
        Box::leak(Box::new(Corpus::embedded().unwrap_or_else(|problems| panic!("{problems}"))));
    let mut trials = Vec::new();
    for flavour in &corpus.flavours {
        for case in corpus.cases.iter().filter(|case| corpus.applies(flavour, case)) {
            let name = format!("{}::{}", flavour.name, case.id);
            trials.push(Trial::test(name, move || judge(corpus, flavour, case)));
        }
    }
    for claim in &corpus.claims {
        trials.push(Trial::test(format!("claim::{}", claim.name), move || claimed(corpus, claim)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// The reference is granted each claim of which the corpus can prove anything.
fn claimed(corpus: &Corpus, claim: &Claim) -> Result<(), Failed> {
    let driver = Embedded::new();
    let flavour = corpus.flavour(&claim.flavour).ok_or("the claim's flavour is not there")?;
    let work = claim.cases(corpus).into_iter().map(|case| (flavour, case)).collect();
    let plan = Plan { corpus, driver: &driver, work, limits: Limits::default(), deviations: Vec::new() };
    let mut record = Record::default();
    run::run(&plan, &mut Claiming::new(corpus, &[claim], &mut record));
    let judged = record.claims.first().ok_or("no word of the claim")?;
    let meant = judged.required > 0;
    if judged.granted == meant { Ok(()) } else { Err(format!("{:#?}", judged.missing).into()) }
}

fn judge(corpus: &Corpus, flavour: &Flavour, case: &Case) -> Result<(), Failed> {
    let mut failures = Failures::default();
    let finished = run::judge(corpus, flavour, case, &Embedded::new(), &mut failures);
    if finished.verdict == Verdict::Pass {
        return Ok(());
    }
    let reason = finished.reason.unwrap_or_default();
    Err(format!("{} {reason}\n{}", finished.verdict.word(), failures.0.join("\n")).into())
}

/// The assertions that did not pass.
#[derive(Default)]
struct Failures(Vec<String>);

impl Listener for Failures {
    fn on(&mut self, event: &Event) {
        if let Event::Assertion(seen) = event
            && seen.verdict != Verdict::Pass
        {
            self.0.push(format!("{}: expected {}, got {}", seen.id, seen.expected, seen.got));
        }
    }
}

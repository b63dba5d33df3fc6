//! Each case of the corpus as a test of its own, under each flavour that judges it: `cargo test --test conformance password`.
//!
//! Small start-up, so that runners which start one process for each test are fine too.

use libtest_mimic::{Arguments, Failed, Trial};
use ropg_suite::corpus::Corpus;
use ropg_suite::corpus::case::Case;
use ropg_suite::corpus::flavour::Flavour;
use ropg_suite::run;
use ropg_suite::run::event::{Event, Listener};
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
    libtest_mimic::run(&arguments, trials).exit();
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

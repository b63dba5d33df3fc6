//! The suite judges a running server, by its control listener, as it judges the embedded one.

use std::collections::BTreeMap;

use ropg_server::{Control, Server};
use ropg_suite::corpus::Corpus;
use ropg_suite::corpus::case::Case;
use ropg_suite::run::event::{Event, Listener};
use ropg_suite::run::{self, Limits, Plan};
use ropg_suite::target::{Driver, Embedded, Mock};
use ropg_suite::verdict::Verdict;

/// The verdict of each assertion (flavour, id, the how-manieth of that id) and of each case.
#[derive(Default)]
struct Verdicts {
    assertions: BTreeMap<(String, String, usize), Verdict>,
    cases: BTreeMap<(String, String), (Verdict, Option<String>)>,
}

impl Listener for Verdicts {
    fn on(&mut self, event: &Event) {
        match event {
            Event::Assertion(seen) => {
                let key = |number| (seen.flavour.clone(), seen.id.clone(), number);
                let number = (0..).find(|number| !self.assertions.contains_key(&key(*number)));
                self.assertions.insert(key(number.unwrap_or_default()), seen.verdict);
            }
            Event::CaseFinished(seen) => {
                let key = (seen.flavour.clone(), seen.case.clone());
                self.cases.insert(key, (seen.verdict, seen.reason.clone()));
            }
            _ => {}
        }
    }
}

fn judge(corpus: &Corpus, driver: &dyn Driver, wanted: impl Fn(&Case) -> bool) -> Verdicts {
    let pairs =
        corpus.flavours.iter().flat_map(|flavour| corpus.cases.iter().map(move |case| (flavour, case)));
    let work = pairs.filter(|(flavour, case)| corpus.applies(flavour, case) && wanted(case)).collect();
    let plan = Plan { corpus, driver, work, limits: Limits::default(), deviations: Vec::new() };
    let mut verdicts = Verdicts::default();
    run::run(&plan, &mut verdicts);
    verdicts
}

fn assert_same(embedded: &Verdicts, mock: &Verdicts) {
    let differ = |(key, verdict): (&_, &Verdict)| mock.assertions.get(key) != Some(verdict);
    let differing: Vec<_> = embedded.assertions.iter().filter(|one| differ(*one)).collect();
    assert!(differing.is_empty(), "{differing:#?}");
    assert_eq!(embedded.assertions.len(), mock.assertions.len());
    assert_eq!(embedded.cases, mock.cases);
}

#[test]
fn a_running_server_gets_the_verdicts_of_the_embedded_one() {
    let corpus = Corpus::embedded().unwrap_or_else(|problems| panic!("{problems}"));
    let control = Control::start([]).expect("starts");
    let mock = Mock::connect(&control.url()).expect("control is there");
    let there = judge(&corpus, &mock, |_| true);
    assert!(there.assertions.len() > 10_000, "{} assertions", there.assertions.len());
    assert_same(&judge(&corpus, &Embedded::new(), |_| true), &there);
    // What was made for a case is gone.
    assert_eq!(control.tenants(), Vec::<String>::new());
}

#[test]
fn a_running_server_that_misbehaves_fails_where_the_embedded_one_does() {
    const BUG: &str = "password.any-accepted";
    let corpus = Corpus::embedded().unwrap_or_else(|problems| panic!("{problems}"));
    let how = &corpus.deviation(BUG).expect("it ships").how;
    let misbehaving = |tenant: ropg_server::Tenant| Server::builder(tenant.deviate(BUG).expect("it ships"));
    let control = Control::builder().make(misbehaving).start().expect("starts");
    let mock = Mock::connect(&control.url()).expect("control is there");
    let wanted = |case: &Case| case.id.starts_with("password.login");
    let embedded = judge(&corpus, &Embedded::deviating(BUG, how).expect("known"), wanted);
    assert!(embedded.assertions.values().any(|verdict| *verdict == Verdict::Fail));
    assert_same(&embedded, &judge(&corpus, &mock, wanted));
}

#[test]
fn what_is_no_control_listener_is_told_so() {
    let server = Server::start(ropg_server::Tenant::acme()).expect("starts");
    let fault = Mock::connect(&server.url()).expect_err("a tenant is no control");
    let right = "a running ropg-server names it `control_url` in its ready line";
    assert!(
        fault.starts_with(&format!("no control listener is at {}: 404", server.url()))
            && fault.ends_with(right)
    );
    let url = server.url();
    drop(server);
    assert!(Mock::connect(&url).expect_err("nobody is there").ends_with(right));
}

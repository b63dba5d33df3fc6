//! Where the documents disagree: each disagreement that is carried out names the behaviours behind it, and each of their
//! forms can be chosen in a tenant, comes as the corpus says, and stands in the fingerprint.

use std::collections::{BTreeMap, BTreeSet};

use ropg_server::tenant::behaviour::{Behaviour, Preset};
use ropg_suite::corpus::Corpus;
use ropg_suite::corpus::case::{Action, Case, Given};
use ropg_suite::corpus::expectation::Expectation;
use ropg_suite::run;
use ropg_suite::run::event::{Event, Listener};
use ropg_suite::target::Embedded;
use ropg_suite::verdict::Verdict;

/// One entry of `requirements/disagreements.yaml`.
struct Disagreement {
    id: String,
    behaviour: Vec<String>,
    setting: bool,
    decided: bool,
}

fn disagreements(corpus: &Corpus) -> Vec<Disagreement> {
    let text = ropg_fixtures::file("requirements/disagreements.yaml").expect("it is embedded");
    let file: serde_json::Value = serde_json::from_str(text).expect("it is embedded as JSON");
    let texts = |entry: &serde_json::Value, name: &str| -> Vec<String> {
        let items = entry[name].as_array().into_iter().flatten();
        items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let entries = file["disagreements"].as_array().expect("a list");
    let read = |entry: &serde_json::Value| Disagreement {
        id: entry["id"].as_str().unwrap_or_default().to_owned(),
        behaviour: texts(entry, "behaviour"),
        setting: entry["setting"].is_string() || entry["planned"].is_string(),
        decided: texts(entry, "rows")
            .iter()
            .all(|row| corpus.requirement(row).is_some_and(|row| row.decided())),
    };
    entries.iter().map(read).collect()
}

/// The documented forms of each behaviour, by name.
fn forms() -> BTreeMap<&'static str, Vec<&'static str>> {
    let table = Behaviour::preset(Preset::Auth0).table();
    table.into_iter().map(|entry| (entry.name, entry.alternatives)).collect()
}

/// The answers and choices that a case expects, and how they are labelled.
fn expected(corpus: &Corpus, case: &Case) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for expectation in case.steps.iter().flat_map(|step| &step.expect) {
        let (name, labels): (&String, Vec<&String>) = match expectation {
            Expectation::Answer { name, .. } => {
                let answer = corpus.answer(name).expect("the corpus is linted");
                (name, answer.labels.iter().map(|(label, _)| label).collect())
            }
            Expectation::Choice { name, labels } => (name, labels.iter().map(|(label, _)| label).collect()),
            Expectation::Block(_) | Expectation::Shape { .. } => continue,
        };
        all.entry(name.clone()).or_default().extend(labels.into_iter().cloned());
    }
    all
}

#[test]
fn a_disagreement_that_is_carried_out_names_what_decides_it() {
    let corpus = Corpus::embedded().unwrap_or_else(|problems| panic!("{problems}"));
    let forms = forms();
    let told: BTreeMap<String, BTreeSet<String>> = corpus
        .cases
        .iter()
        .flat_map(|case| expected(&corpus, case))
        .fold(BTreeMap::new(), |mut all, (name, labels)| {
            all.entry(name).or_default().extend(labels);
            all
        });
    let mut faults = Vec::new();
    for one in disagreements(&corpus) {
        if one.decided && one.behaviour.is_empty() && !one.setting {
            faults.push(format!("{}: its rows are decided, but no behaviour or setting is named", one.id));
        }
        for name in &one.behaviour {
            let Some(forms) = forms.get(name.as_str()) else {
                faults.push(format!("{}: the server has no behaviour `{name}`", one.id));
                continue;
            };
            if forms.len() < 2 {
                faults.push(format!("{}: `{name}` leaves no choice", one.id));
            }
            let told = told.get(name).cloned().unwrap_or_default();
            for form in forms.iter().filter(|form| !told.contains(**form)) {
                faults.push(format!("{}: no case would tell `{name}: {form}`", one.id));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn each_documented_form_can_be_chosen_and_comes_as_the_corpus_says() {
    let corpus = Corpus::embedded().unwrap_or_else(|problems| panic!("{problems}"));
    let flavour = corpus.flavour("auth0").expect("there is one");
    let named: BTreeSet<String> = disagreements(&corpus).into_iter().flat_map(|one| one.behaviour).collect();
    let mut faults = Vec::new();
    for (name, forms) in forms().into_iter().filter(|(name, _)| named.contains(*name)) {
        for form in forms {
            let speaks = |case: &&Case| {
                corpus.applies(flavour, case)
                    && expected(&corpus, case).get(name).is_some_and(|labels| labels.contains(form))
            };
            let tried: Vec<String> = corpus
                .cases
                .iter()
                .filter(speaks)
                .take(12)
                .map(|case| chosen(&corpus, case, name, form))
                .collect();
            if !tried.iter().any(String::is_empty) {
                faults.push(format!("{name}: {form}: {}", tried.join("; ")));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Judges a case at a tenant that has chosen `form`; empty if it passes and the fingerprint says so, else what is wrong.
fn chosen(corpus: &Corpus, case: &Case, name: &str, form: &str) -> String {
    let mut case = case.clone();
    let choose = |given: &mut Given| {
        given.tenant.behaviour.retain(|(known, _)| known != name);
        given.tenant.behaviour.push((name.to_owned(), form.to_owned()));
    };
    choose(&mut case.given);
    for step in &mut case.steps {
        // A step that configures the target says the whole of what exists from then on.
        if let Action::Configure(given) = &mut step.action {
            choose(given);
        }
    }
    let flavour = corpus.flavour("auth0").expect("there is one");
    let mut heard = Heard::default();
    let finished = run::judge(corpus, flavour, &case, &Embedded::new(), &mut heard);
    let told = heard.taken.contains(&(name.to_owned(), form.to_owned()));
    match (finished.verdict, told) {
        (Verdict::Pass, true) => String::new(),
        (Verdict::Pass, false) => format!("{} passes, but the fingerprint is {:?}", case.id, heard.taken),
        (verdict, _) => format!("{} is {}: {}", case.id, verdict.word(), heard.failures.join(", ")),
    }
}

#[derive(Default)]
struct Heard {
    taken: Vec<(String, String)>,
    failures: Vec<String>,
}

impl Listener for Heard {
    fn on(&mut self, event: &Event) {
        match event {
            Event::Fingerprint { name, value, .. } => self.taken.push((name.clone(), value.clone())),
            Event::Assertion(one) if one.verdict != Verdict::Pass => self.failures.push(one.id.clone()),
            _ => {}
        }
    }
}

//! Each deviation is caught for the right reason, each MUST assertion has caught one, no null target passes a case, and the
//! committed kill matrix is what this run finds.

use std::collections::BTreeMap;

use ropg_suite::corpus::Corpus;
use ropg_suite::proof::bench::{Bench, Outcome, Proof};
use ropg_suite::proof::gate;
use ropg_suite::proof::matrix::KillMatrix;
use ropg_suite::run;
use ropg_suite::target::{Driver, Embedded};

fn corpus() -> Corpus {
    Corpus::embedded().unwrap_or_else(|problems| panic!("{problems}"))
}

fn prove(corpus: &Corpus) -> Proof {
    let reference = Embedded::new();
    Bench {
        corpus,
        judge: &|flavour, case, driver, listener| run::judge(corpus, flavour, case, driver, listener),
        reference: &reference,
        deviating: &|deviation| {
            let driver = Embedded::deviating(&deviation.id, &deviation.how)?;
            Ok(Box::new(driver) as Box<dyn Driver>)
        },
        progress: &|_, _, _| {},
    }
    .prove()
    .expect("the null targets listen on loopback")
}

#[test]
fn every_gate_holds_and_the_committed_matrix_is_true() {
    let corpus = corpus();
    let proof = prove(&corpus);
    let matrix = gate::matrix(&corpus, &proof);
    let gates = gate::gates(&corpus, &proof, &matrix, &BTreeMap::new());
    let broken: Vec<String> = gates
        .iter()
        .flat_map(|gate| gate.faults.iter().map(move |fault| format!("{}: {fault}", gate.name)))
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert_eq!(
        matrix.text(),
        KillMatrix::embedded().text(),
        "fixtures/proof/kill-matrix.json is stale: `cargo run -- self-check --write`"
    );
}

#[test]
fn the_gates_notice_a_check_that_cannot_fail() {
    let mut corpus = corpus();
    // Without the deviations of the token answers' shape nothing makes its checks fail.
    corpus.deviations.retain(|deviation| !deviation.id.starts_with("token-response."));
    corpus.cases.retain(|case| case.id.starts_with("password."));
    let proof = prove(&corpus);
    let matrix = gate::matrix(&corpus, &proof);
    let gates = gate::gates(&corpus, &proof, &matrix, &BTreeMap::new());
    assert!(gates.iter().any(|gate| gate.faults.iter().any(|fault| fault.contains("shape/token-response"))));
}

#[test]
fn a_deviation_that_changes_nothing_survives() {
    let mut corpus = corpus();
    let mut harmless = corpus.deviations[0].clone();
    harmless.how = serde_json::json!({ "behaviour": { "password.verified": true } });
    corpus.deviations = vec![harmless];
    corpus.cases.retain(|case| case.id.starts_with("password."));
    let proof = prove(&corpus);
    assert!(!proof.trials.is_empty());
    for trial in &proof.trials {
        assert!(matches!(trial.outcome, Outcome::Survived { effective: false, .. }), "{trial:?}");
    }
}

//! What must hold of the evidence. Each gate is mechanical and says what breaks it.

use std::collections::{BTreeMap, BTreeSet};

use super::bench::{Outcome, Proof};
use super::evidence::{keys, without_row};
use super::matrix::KillMatrix;
use crate::corpus::Corpus;
use crate::corpus::requirement::Level;
use crate::verdict::Verdict;

/// One gate.
#[derive(Clone, Debug)]
pub struct Gate {
    /// What must hold, as a sentence without a full stop.
    pub name: &'static str,
    /// How far it was looked at: `34 deviations`.
    pub scope: String,
    /// What breaks it; empty if it holds.
    pub faults: Vec<String>,
}

impl Gate {
    /// Whether nothing breaks it.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.faults.is_empty()
    }
}

/// The matrix that the evidence makes.
#[must_use]
pub fn matrix(corpus: &Corpus, proof: &Proof) -> KillMatrix {
    let kills: Vec<_> = proof
        .trials
        .iter()
        .filter_map(|trial| match &trial.outcome {
            Outcome::Killed(kill) => Some(kill.clone()),
            Outcome::Survived { .. } | Outcome::Broken(_) => None,
        })
        .collect();
    let proven: BTreeSet<String> = kills.iter().flat_map(|kill| &kill.by).map(|id| without_row(id)).collect();
    let all = keys(proof.reference.iter().flat_map(|evidence| &evidence.assertions));
    let unproven = all.difference(&proven).cloned().collect();
    KillMatrix { schema: 1, corpus: corpus.version.clone(), kills, unproven }
}

/// All gates. `excuses` says of assertions why no deviation can make them fail.
#[must_use]
pub fn gates(
    corpus: &Corpus,
    proof: &Proof,
    matrix: &KillMatrix,
    excuses: &BTreeMap<String, String>,
) -> Vec<Gate> {
    vec![
        reference(proof),
        killed(proof),
        effective(proof),
        distinct(corpus),
        proven(corpus, proof, matrix, excuses),
        undeceived(proof),
    ]
}

fn reference(proof: &Proof) -> Gate {
    let fine = |verdict: Option<Verdict>| matches!(verdict, Some(Verdict::Pass | Verdict::NotApplicable));
    let faults = proof.reference.iter().filter(|evidence| !fine(evidence.verdict)).map(|evidence| {
        let word = evidence.verdict.map_or("no verdict", Verdict::word);
        let first = evidence.failing().next().map(|seen| format!("{}: got {}", seen.id, seen.got));
        let why = evidence.reason.clone().or(first).unwrap_or_default();
        format!("{} ({}): {word}: {why}", evidence.case, evidence.flavour)
    });
    Gate {
        name: "the reference passes every case",
        scope: format!("{} cases", proof.reference.len()),
        faults: faults.collect(),
    }
}

fn killed(proof: &Proof) -> Gate {
    let faults = proof.trials.iter().filter_map(|trial| {
        let why = match &trial.outcome {
            Outcome::Killed(_) => return None,
            Outcome::Broken(why) => format!("could not be made: {why}"),
            Outcome::Survived { cases: 0, .. } => "no case has an assertion for its rows".to_owned(),
            Outcome::Survived { besides, cases, .. } if besides.is_empty() => {
                format!("nothing failed in {cases} cases")
            }
            Outcome::Survived { besides, .. } => format!("only other rows failed: {}", besides.join(", ")),
        };
        Some(format!("{} ({}): {why}", trial.deviation, trial.flavour))
    });
    Gate {
        name: "every deviation is noticed, for its own rows",
        scope: format!("{} deviations × flavours", proof.trials.len()),
        faults: faults.collect(),
    }
}

fn effective(proof: &Proof) -> Gate {
    let faults = proof.trials.iter().filter_map(|trial| match &trial.outcome {
        Outcome::Survived { effective: false, cases, .. } if *cases > 0 => {
            Some(format!("{} ({}): nothing that can be seen changed", trial.deviation, trial.flavour))
        }
        Outcome::Survived { .. } | Outcome::Killed(_) | Outcome::Broken(_) => None,
    });
    Gate {
        name: "every deviation has an effect",
        scope: format!("{} deviations × flavours", proof.trials.len()),
        faults: faults.collect(),
    }
}

fn distinct(corpus: &Corpus) -> Gate {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let mut faults = Vec::new();
    for deviation in &corpus.deviations {
        if let Some(twin) = seen.insert(deviation.how.to_string(), &deviation.id) {
            faults.push(format!("{} does the same as {twin}", deviation.id));
        }
    }
    Gate {
        name: "no two deviations are the same",
        scope: format!("{} deviations", corpus.deviations.len()),
        faults,
    }
}

fn proven(corpus: &Corpus, proof: &Proof, matrix: &KillMatrix, excuses: &BTreeMap<String, String>) -> Gate {
    let unproven: BTreeSet<&str> = matrix.unproven.iter().map(String::as_str).collect();
    let is_must = |row: &String| corpus.requirement(row).is_some_and(|row| row.level == Some(Level::Must));
    let all = || proof.reference.iter().flat_map(|evidence| &evidence.assertions);
    let binding = keys(all().filter(|seen| seen.requirements.iter().any(is_must)));
    let mut faults: Vec<String> = binding
        .iter()
        .filter(|key| unproven.contains(key.as_str()) && !excuses.contains_key(*key))
        .map(|key| format!("{key}: no deviation makes it fail"))
        .collect();
    faults.extend(
        excuses
            .keys()
            .filter(|key| !unproven.contains(key.as_str()))
            .map(|key| format!("{key}: needs no excuse")),
    );
    Gate {
        name: "every MUST assertion notices a deviation, or says why none can show it",
        scope: format!("{} assertions, {} excused", binding.len(), excuses.len()),
        faults,
    }
}

fn undeceived(proof: &Proof) -> Gate {
    let faults =
        proof.deceived.iter().map(|(target, flavour, case)| format!("{target} passes {case} ({flavour})"));
    Gate {
        name: "no null target passes a case",
        scope: format!("{} null targets", proof.null_targets),
        faults: faults.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::bench::Trial;
    use crate::proof::evidence::{Evidence, Seen};
    use crate::proof::matrix::Kill;

    fn seen(id: &str) -> Seen {
        Seen {
            id: id.to_owned(),
            shared: None,
            requirements: vec!["PWD-07".to_owned()],
            verdict: Verdict::Pass,
            got: String::new(),
        }
    }

    #[test]
    fn a_kill_of_one_row_proves_all_rows() {
        let mut evidence = Evidence::of("auth0", "x[a]");
        evidence.assertions = vec![seen("x[a]#1/status"), seen("x[b]#1/status"), seen("x[a]#1/order")];
        let kill = Kill {
            deviation: "d".to_owned(),
            flavour: "auth0".to_owned(),
            by: vec!["x[b]#1/status".to_owned()],
            requirements: vec!["PWD-07".to_owned()],
        };
        let trial =
            Trial { deviation: "d".to_owned(), flavour: "auth0".to_owned(), outcome: Outcome::Killed(kill) };
        let proof = Proof { reference: vec![evidence], trials: vec![trial], ..Proof::default() };
        assert_eq!(matrix(&Corpus::default(), &proof).unproven, ["x#1/order"]);
    }

    #[test]
    fn each_gate_says_what_breaks_it() {
        let survived = Outcome::Survived { effective: false, cases: 2, besides: Vec::new() };
        let trial = Trial { deviation: "d".to_owned(), flavour: "auth0".to_owned(), outcome: survived };
        let deceived = vec![("echo".to_owned(), "auth0".to_owned(), "x".to_owned())];
        let failing = Evidence { verdict: Some(Verdict::Fail), ..Evidence::of("auth0", "x") };
        let proof = Proof { trials: vec![trial], deceived, reference: vec![failing], ..Proof::default() };
        let corpus = Corpus::default();
        let excuses = BTreeMap::from([("x#1/order".to_owned(), "…".to_owned())]);
        let gates = gates(&corpus, &proof, &matrix(&corpus, &proof), &excuses);
        let broken: Vec<bool> = gates.iter().map(|gate| !gate.holds()).collect();
        assert_eq!(broken, [true, true, true, false, true, true]);
    }
}

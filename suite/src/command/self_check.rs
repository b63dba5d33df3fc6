//! `self-check`: makes the proof, shows the kill matrix and the gates, and keeps the committed matrix true.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ropg_fixtures::{Document, Problem, Problems};
use serde_json::json;

use super::arguments::{SelfCheckArgs, TextOrJson};
use super::exit::Exit;
use super::{invalid, output};
use crate::corpus::Corpus;
use crate::proof::bench::{Bench, Proof};
use crate::proof::gate::{self, Gate};
use crate::proof::matrix::{FILE, KillMatrix};
use crate::report::Paint;
use crate::report::terminal::Progress;
use crate::run;
use crate::target::{Driver, Embedded};

/// Assertions that no deviation can make fail, each with the reason, below the corpus folder.
const EXCUSES: &str = "proof/unproven.yaml";
/// How many faults of a gate are shown.
const FAULTS: usize = 40;

/// Runs the command.
pub(super) fn run(args: &SelfCheckArgs) -> Exit {
    match attempt(args) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn attempt(args: &SelfCheckArgs) -> Result<Exit, Exit> {
    let corpus = super::corpus(args.corpus.as_deref())?;
    let excuses = excuses(args.corpus.as_deref()).map_err(|problems| invalid(&problems))?;
    let proof = prove(&corpus)?;
    let matrix = gate::matrix(&corpus, &proof);
    let mut gates = gate::gates(&corpus, &proof, &matrix, &excuses);
    let text = matrix.text();
    if args.write {
        write(args.corpus.as_deref(), &text)?;
    } else {
        gates.push(fresh(args.corpus.as_deref(), &text));
    }
    let shown = match args.format {
        TextOrJson::Text => {
            let paint = Paint { colour: output::colour(&std::io::stdout()) };
            format!("{}\n{}", table(&matrix), verdicts(&proof, &gates, paint))
        }
        TextOrJson::Json => machine(&matrix, &gates, &proof),
    };
    output::write(None, &shown).map_err(|why| fault(&why))?;
    Ok(if gates.iter().all(Gate::holds) { Exit::AsExpected } else { Exit::Failed })
}

fn prove(corpus: &Corpus) -> Result<Proof, Exit> {
    let progress = Mutex::new(Progress::new());
    let reference = Embedded::new();
    let bench = Bench {
        corpus,
        judge: &|flavour, case, driver, listener| run::judge(corpus, flavour, case, driver, listener),
        reference: &reference,
        deviating: &|deviation| {
            let driver = Embedded::deviating(&deviation.id, &deviation.how)?;
            Ok(Box::new(driver) as Box<dyn Driver>)
        },
        progress: &|done, all, what| {
            let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
            progress.at(u64::try_from(done).unwrap_or(0), u64::try_from(all).unwrap_or(0), what);
        },
    };
    let proof = bench.prove().map_err(|error| fault(&format!("the null targets cannot be started: {error}")));
    progress.lock().unwrap_or_else(PoisonError::into_inner).end();
    proof
}

/// The gate that the committed matrix is the one that was found.
fn fresh(folder: Option<&Path>, text: &str) -> Gate {
    let committed = match folder {
        Some(folder) => std::fs::read_to_string(folder.join(FILE)).ok(),
        None => ropg_fixtures::file(FILE).map(str::to_owned),
    };
    let faults = match committed {
        Some(committed) if committed == text => Vec::new(),
        Some(committed) => {
            let fault = |sign: &str, line: &str| format!("{sign} {}", line.trim());
            let gone = committed.lines().filter(|line| !text.contains(line)).map(|line| fault("-", line));
            let new = text.lines().filter(|line| !committed.contains(line)).map(|line| fault("+", line));
            let mut faults = vec!["it is stale; `ropg-suite self-check --write` rewrites it".to_owned()];
            faults.extend(gone.chain(new));
            faults
        }
        None => vec!["there is none; `ropg-suite self-check --write` makes it".to_owned()],
    };
    Gate { name: "the committed kill matrix is this one", scope: FILE.to_owned(), faults }
}

fn write(folder: Option<&Path>, text: &str) -> Result<(), Exit> {
    let folder = folder.map_or_else(|| PathBuf::from("fixtures"), Path::to_path_buf);
    let path = folder.join(FILE);
    if !folder.is_dir() {
        return Err(super::usage(
            "--write needs a corpus folder: --corpus DIR, or `fixtures` in the current folder",
        ));
    }
    let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| std::fs::write(&path, text))
        .map_err(|error| fault(&format!("{} cannot be written: {error}", path.display())))
}

/// Reads `proof/unproven.yaml`: `unproven: [{ id, reason }]`.
fn excuses(folder: Option<&Path>) -> Result<BTreeMap<String, String>, Problems> {
    let document = match folder {
        Some(folder) => {
            let Ok(text) = std::fs::read_to_string(folder.join(EXCUSES)) else { return Ok(BTreeMap::new()) };
            Document::read(EXCUSES, &text)
                .map_err(|fault| Problems(vec![Problem::malformed(EXCUSES, &text, fault)]))?
        }
        None => match ropg_fixtures::under("proof").find(|file| file.path == EXCUSES) {
            Some(file) => file.document(),
            None => return Ok(BTreeMap::new()),
        },
    };
    let mut problems = Problems::default();
    let mut excuses = BTreeMap::new();
    let entries = document.root.member("unproven").map(ropg_fixtures::Node::items).unwrap_or_default();
    for entry in entries {
        let text = |name: &str| {
            entry.member(name).and_then(ropg_fixtures::Node::text).filter(|text| !text.is_empty())
        };
        match text("id").zip(text("reason")) {
            Some((id, reason)) => {
                excuses.insert(id.to_owned(), reason.to_owned());
            }
            None => problems.push(Problem::new(&document, entry.at, "an entry needs `id` and `reason`")),
        }
    }
    problems.or(excuses)
}

/// One line for each kill: deviation, flavour, how many assertions noticed, the first of them.
fn table(matrix: &KillMatrix) -> String {
    let wide = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
    let name = wide(&mut matrix.kills.iter().map(|kill| kill.deviation.chars().count())).max(9);
    let flavour = wide(&mut matrix.kills.iter().map(|kill| kill.flavour.chars().count())).max(7);
    let mut kills: Vec<_> = matrix.kills.iter().collect();
    kills.sort();
    let mut out = format!("{:<name$}  {:<flavour$}  noticed by\n", "deviation", "flavour");
    for kill in kills {
        let first = kill.by.first().map_or("", String::as_str);
        let (by, count) = (&kill.deviation, kill.by.len());
        out.push_str(&format!("{by:<name$}  {:<flavour$}  {count:>4}  {first}\n", kill.flavour));
    }
    out
}

fn verdicts(proof: &Proof, gates: &[Gate], paint: Paint) -> String {
    let mut out = String::new();
    for gate in gates {
        let word = if gate.holds() { paint.green("holds") } else { paint.red("FAILS") };
        out.push_str(&format!("{word}  {} ({})\n", gate.name, gate.scope));
        for fault in gate.faults.iter().take(FAULTS) {
            out.push_str(&format!("         {fault}\n"));
        }
        if let Some(more) = gate.faults.len().checked_sub(FAULTS).filter(|more| *more > 0) {
            out.push_str(&format!("         and {more} more\n"));
        }
    }
    out.push_str(&format!("{} requests\n", proof.requests));
    out
}

fn machine(matrix: &KillMatrix, gates: &[Gate], proof: &Proof) -> String {
    let gate = |gate: &Gate| json!({ "name": gate.name, "scope": gate.scope, "holds": gate.holds(), "faults": gate.faults });
    let gates: Vec<_> = gates.iter().map(gate).collect();
    let whole = json!({ "schema": 1, "gates": gates, "requests": proof.requests, "matrix": matrix });
    format!("{whole}\n")
}

fn fault(message: &str) -> Exit {
    eprintln!("ropg-suite: {message}");
    Exit::SuiteFault
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::matrix::Kill;

    #[test]
    fn the_table_names_who_noticed_first() {
        let kill = Kill {
            deviation: "password.any-accepted".to_owned(),
            flavour: "auth0".to_owned(),
            by: vec!["x#1/outcome".to_owned(), "y#1/outcome".to_owned()],
            requirements: Vec::new(),
        };
        let matrix = KillMatrix { kills: vec![kill], ..KillMatrix::default() };
        assert_eq!(
            table(&matrix),
            "deviation              flavour  noticed by\n\
             password.any-accepted  auth0       2  x#1/outcome\n"
        );
    }
}

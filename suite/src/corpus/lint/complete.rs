//! What a release must have besides: every id is registered, every row that is carried out is covered by a case, and
//! every deviation concerns one. Not asked when a corpus is loaded, so that a private one may hold a single case.

use std::collections::BTreeSet;

use ropg_fixtures::{Problem, Problems};

use crate::corpus::Corpus;
use crate::corpus::ids::{Id, Kind};
use crate::corpus::requirement::Status;

/// All gaps of a corpus that loads.
#[must_use]
pub fn complete(corpus: &Corpus) -> Problems {
    let mut problems = Problems::default();
    ids(corpus, &mut problems);
    covered(corpus, &mut problems);
    capabilities(corpus, &mut problems);
    for deviation in &corpus.deviations {
        if corpus.touching(deviation).next().is_none() {
            let message = format!("{}: no case judges a row that it violates", deviation.id);
            problems.push(Problem::of_file(&deviation.file, message));
        }
        let judged = |name: &String| {
            let flavour = corpus.flavour(name);
            flavour.is_none_or(|flavour| deviation.violates.iter().any(|row| corpus.judged(flavour, row)))
        };
        for flavour in deviation.flavours.iter().flatten().filter(|name| !judged(name)) {
            let message = format!("{}: the flavour `{flavour}` judges no row that it violates", deviation.id);
            problems.push(Problem::of_file(&deviation.file, message));
        }
    }
    problems
}

/// The ids that `ids.lock` does not hold yet, sorted.
#[must_use]
pub fn unregistered(corpus: &Corpus) -> Vec<Id> {
    let mut new: Vec<Id> =
        living(corpus).into_iter().filter(|id| corpus.ids.find(id.kind, &id.id).is_none()).collect();
    new.sort();
    new
}

/// The ids that the corpus has.
fn living(corpus: &Corpus) -> BTreeSet<Id> {
    let id = |kind, id: &String| Id { kind, id: id.clone(), retired: false };
    let cases = corpus.cases.iter().map(|case| id(Kind::Case, &case.id));
    cases.chain(corpus.deviations.iter().map(|deviation| id(Kind::Deviation, &deviation.id))).collect()
}

fn ids(corpus: &Corpus, problems: &mut Problems) {
    const FILE: &str = "ids.lock";
    let mut wrong = |message: String, help: &str| problems.push(Problem::of_file(FILE, message).help(help));
    for id in unregistered(corpus) {
        wrong(format!("`{id}` is not registered"), "`ropg-suite lint --write-ids` adds it, for ever");
    }
    let living = living(corpus);
    let mut seen = BTreeSet::new();
    for entry in &corpus.ids.entries {
        let alive = living.contains(&Id { retired: false, ..entry.clone() });
        if entry.retired && alive {
            wrong(format!("`{}` was retired and is used again", entry.id), "an id is never used twice");
        } else if !entry.retired && !alive {
            wrong(format!("`{entry}` is gone"), "ids are permanent: put `retired` before a removed one");
        }
        if !seen.insert((entry.kind, &entry.id)) {
            wrong(format!("`{}` is registered twice", entry.id), "remove one of the lines");
        }
    }
}

/// Every word of `needs` and of a flavour is explained.
fn capabilities(corpus: &Corpus, problems: &mut Problems) {
    let needed: BTreeSet<&String> = corpus.cases.iter().flat_map(|case| &case.needs).collect();
    let known: Vec<String> = corpus.capabilities.keys().cloned().collect();
    let flavours = corpus.flavours.iter().flat_map(|flavour| &flavour.capabilities);
    for word in needed.iter().copied().chain(flavours).filter(|word| !corpus.capabilities.contains_key(*word))
    {
        let mut problem = Problem::of_file("capabilities", format!("`{word}` is needed, but not explained"));
        problem.help = super::near(word, &known);
        problems.push(problem);
    }
}

/// Every row that is carried out has a case, and a row that has a case is carried out.
fn covered(corpus: &Corpus, problems: &mut Problems) {
    let judged: BTreeSet<String> = corpus.cases.iter().flat_map(|case| corpus.rows(case)).collect();
    for row in &corpus.requirements {
        let file = format!("requirements ({})", row.section);
        let in_flavour = corpus.flavours.iter().any(|flavour| flavour.judges(&row.section));
        if row.observable() && !judged.contains(&row.id) {
            let help = "write a case, or say `not_observable`, `excluded` or `planned` and why";
            let message = format!("{}: implemented, but no case judges it", row.id);
            problems.push(Problem::of_file(&file, message).help(help));
        } else if row.observable() && !in_flavour {
            let message = format!("{}: implemented, but no flavour judges its section", row.id);
            problems.push(Problem::of_file(&file, message));
        } else if !row.observable() && judged.contains(&row.id) {
            let status = match row.status {
                Status::Planned(_) => "planned",
                Status::Excluded(_) => "excluded",
                Status::NotObservable(_) | Status::Implemented => "not observable",
            };
            let message = format!("{}: {status}, but a case judges it", row.id);
            problems.push(Problem::of_file(&file, message).help("its status is `implemented`"));
        }
    }
}

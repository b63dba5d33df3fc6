//! `explain`: what a word of reports and data files means, said from the data itself. A word with several meanings
//! gets all of them.

mod words;
mod phrase;
mod case;
mod catalogue;
mod claim;

use super::arguments::ExplainArgs;
use super::exit::Exit;
use super::{output, usage};
use crate::corpus::Corpus;
use crate::proof::matrix::KillMatrix;

/// Runs the command.
pub(super) fn run(args: &ExplainArgs) -> Exit {
    let corpus = match super::corpus(args.corpus.as_deref()) {
        Ok(corpus) => corpus,
        Err(exit) => return exit,
    };
    match explain(&corpus, &KillMatrix::embedded(), &args.id).and_then(|text| output::write(None, &text)) {
        Ok(()) => Exit::AsExpected,
        Err(why) => usage(&why),
    }
}

/// All meanings of `id`, or what was probably meant.
fn explain(corpus: &Corpus, matrix: &KillMatrix, id: &str) -> Result<String, String> {
    let meanings = [
        catalogue::requirement(corpus, matrix, id),
        case::assertion(corpus, matrix, id),
        case::case(corpus, id),
        catalogue::deviation(corpus, matrix, id),
        catalogue::answer(corpus, id),
        catalogue::shape(corpus, id),
        catalogue::flavour(corpus, id),
        claim::claim(corpus, id),
        words::capability(corpus, id),
        words::verdict(id),
        words::exit(id),
        words::level(id),
    ];
    let meanings: Vec<String> = meanings.into_iter().flatten().collect();
    if meanings.is_empty() { Err(unknown(corpus, id)) } else { Ok(meanings.join("\n")) }
}

fn unknown(corpus: &Corpus, id: &str) -> String {
    let mut known: Vec<String> = corpus.requirements.iter().map(|row| row.id.clone()).collect();
    known.extend(corpus.cases.iter().map(|case| case.id.clone()));
    known.extend(
        corpus.cases.iter().filter_map(|case| case.id.split_once('[')).map(|(base, _)| base.to_owned()),
    );
    known.extend(corpus.deviations.iter().map(|deviation| deviation.id.clone()));
    known.extend(corpus.answers.iter().map(|answer| answer.name.clone()));
    known.extend(corpus.shapes.iter().map(|shape| shape.name.clone()));
    known.extend(corpus.flavours.iter().map(|flavour| flavour.name.clone()));
    known.extend(corpus.claims.iter().map(|claim| claim.name.clone()));
    known.extend(corpus.cases.iter().flat_map(|case| case.needs.clone()));
    known.extend(words::all());
    let wanted = id.split('#').next().unwrap_or(id);
    match ropg_fixtures::schema::nearest(wanted, &known) {
        Some(near) if near == wanted => {
            format!("`{near}` has no assertion `{id}`; `ropg-suite explain {near}` lists them")
        }
        Some(near) => format!("nothing is called `{id}`; did you mean `{near}`?"),
        None => format!(
            "nothing is called `{id}`; `ropg-suite list` shows cases, `list --requirements` statements"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_word_has_a_meaning_and_a_slip_gets_a_suggestion() {
        let corpus = Corpus::embedded().unwrap();
        let matrix = KillMatrix::default();
        let case = corpus.cases[0].id.clone();
        for id in [
            "PWD-07",
            "blocked",
            "n/a",
            "7",
            "64",
            "wrong_password",
            "token-response",
            "auth0",
            "rfc6749/ropg",
            "MUST",
            &case,
        ] {
            let text = explain(&corpus, &matrix, id).unwrap_or_else(|why| panic!("{id}: {why}"));
            assert!(text.lines().count() > 1, "{id}: {text}");
        }
        assert!(explain(&corpus, &matrix, "PWD-7O").unwrap_err().contains("PWD-7"));
        assert!(explain(&corpus, &matrix, "wrong_pasword").unwrap_err().contains("wrong_password"));
        assert!(explain(&corpus, &matrix, "zzzzzzzzzzzz").is_err());
    }

    #[test]
    fn each_case_and_row_and_deviation_can_be_explained() {
        let corpus = Corpus::embedded().unwrap();
        let matrix = KillMatrix::default();
        let cases = corpus.cases.iter().map(|case| &case.id);
        let rows = corpus.requirements.iter().map(|row| &row.id);
        for id in cases.chain(rows).chain(corpus.deviations.iter().map(|deviation| &deviation.id)) {
            assert!(explain(&corpus, &matrix, id).is_ok(), "{id}");
        }
    }
}

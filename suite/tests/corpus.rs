//! The data that ships is whole: it loads, and it is the same compiled in as read from the folder.

use ropg_suite::corpus::Corpus;

#[test]
fn the_embedded_corpus_loads() {
    let corpus = Corpus::embedded().unwrap_or_else(|problems| panic!("{problems}"));
    assert!(!corpus.cases.is_empty());
    assert!(!corpus.requirements.is_empty());
}

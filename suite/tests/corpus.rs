//! The data that ships is whole: it loads, and it is the same compiled in as read from the folder.

use ropg_suite::corpus::Corpus;

#[test]
fn the_embedded_corpus_loads() {
    let corpus = Corpus::embedded().unwrap_or_else(|problems| panic!("{problems}"));
    assert!(!corpus.cases.is_empty());
    assert!(!corpus.requirements.is_empty());
}

#[test]
fn the_folder_holds_the_same_corpus_and_matches_the_schemas() {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures"));
    let read = Corpus::from_dir(folder).unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    let embedded = Corpus::embedded().unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(read.digest, embedded.digest);
    assert_eq!(read.cases.len(), embedded.cases.len());
}

#[test]
fn nothing_is_missing_from_it() {
    let corpus = Corpus::linted().unwrap_or_else(|problems| panic!("{problems}"));
    let gaps = ropg_suite::corpus::lint::complete(&corpus);
    assert!(gaps.0.is_empty(), "{gaps}");
    assert!(ropg_suite::corpus::lint::unregistered(&corpus).is_empty());
}

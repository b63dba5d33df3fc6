//! `lint`: the rules that a corpus keeps, and the gaps that a release must not have.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::arguments::LintArgs;
use super::exit::Exit;
use super::{invalid, output, usage};
use crate::corpus::Corpus;
use crate::corpus::ids::Ids;
use crate::corpus::lint::{complete, unregistered};

/// Runs the command.
pub(super) fn run(args: &LintArgs) -> Exit {
    let read = || match &args.corpus {
        Some(folder) => Corpus::from_dir(folder),
        None => Corpus::linted(),
    };
    let mut corpus = match read() {
        Ok(corpus) => corpus,
        Err(problems) => return invalid(&problems),
    };
    if let (true, Some(folder)) = (args.write_ids, &args.corpus) {
        match write_ids(&corpus, folder) {
            Ok((ids, added)) => {
                corpus.ids = ids;
                eprintln!("ids.lock: {added} new");
            }
            Err(why) => return usage(&why),
        }
    }
    let gaps = complete(&corpus);
    if !gaps.0.is_empty() {
        eprint!("{}", gaps.render(output::colour(&std::io::stderr())));
        eprintln!("{} gaps", gaps.0.len());
        return Exit::Failed;
    }
    let summary = format!(
        "corpus {}: {} cases, {} statements, {} answers, {} shapes, {} deviations: no problem\n",
        corpus.version,
        corpus.cases.len(),
        corpus.requirements.len(),
        corpus.answers.len(),
        corpus.shapes.len(),
        corpus.deviations.len()
    );
    match output::write(None, &summary) {
        Ok(()) => Exit::AsExpected,
        Err(why) => usage(&why),
    }
}

/// Appends the ids that are not registered yet; the file as it stands then, and how many were added.
fn write_ids(corpus: &Corpus, folder: &Path) -> Result<(Ids, usize), String> {
    let path = folder.join("ids.lock");
    let mut text = if path.exists() {
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?
    } else {
        String::new()
    };
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    let new = unregistered(corpus);
    for id in &new {
        let _ = writeln!(text, "{id}");
    }
    fs::write(&path, &text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok((Ids::read(&text).0, new.len()))
}

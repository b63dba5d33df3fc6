//! Where the files of a corpus come from: compiled in, or a folder.

use std::path::Path;

use ropg_fixtures::{Document, Problem, Problems};

/// The folders of a corpus, in the order in which they are read.
pub(super) const FOLDERS: &[&str] = &["requirements", "shapes", "answers", "cases", "deviations"];

/// All files of a corpus.
pub(super) struct Sources {
    /// The YAML files by folder, sorted by path.
    pub(super) documents: Vec<(&'static str, Document)>,
    /// Path and text of the flavours.
    pub(super) flavours: Vec<(String, String)>,
    /// `ids.lock`.
    pub(super) ids: Option<String>,
    /// Whether the files were checked against their schemas before.
    pub(super) checked: bool,
}

/// The files that are compiled in.
pub(super) fn embedded() -> Sources {
    let of = |folder: &'static str| ropg_fixtures::under(folder).filter(|file| file.path.ends_with(".yaml"));
    let documents =
        FOLDERS.iter().flat_map(|&folder| of(folder).map(move |file| (folder, file.document()))).collect();
    let flavours = ropg_fixtures::under("flavours").map(|file| (file.path.to_owned(), file.text.to_owned()));
    let ids = ropg_fixtures::file("ids.lock").map(str::to_owned);
    Sources { documents, flavours: flavours.collect(), ids, checked: true }
}

/// The files below `root`.
pub(super) fn folder(root: &Path, problems: &mut Problems) -> Sources {
    let mut sources = Sources { documents: Vec::new(), flavours: Vec::new(), ids: None, checked: false };
    for &folder in FOLDERS {
        for (path, text) in texts(root, folder, "yaml", problems) {
            match Document::read(&path, &text) {
                Ok(document) => sources.documents.push((folder, document)),
                Err(fault) => problems.push(Problem::malformed(&path, &text, fault)),
            }
        }
    }
    sources.flavours = texts(root, "flavours", "toml", problems);
    sources.ids = std::fs::read_to_string(root.join("ids.lock")).ok();
    if sources.documents.is_empty() && problems.0.is_empty() {
        let name = root.display().to_string();
        let help = format!("a corpus has the folders {} and flavours", FOLDERS.join(", "));
        problems.push(Problem::of_file(&name, "no corpus here").help(help));
    }
    sources
}

/// Path below `root` and text of each file with one extension, sorted.
fn texts(root: &Path, folder: &str, extension: &str, problems: &mut Problems) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    collect(&root.join(folder), &mut paths);
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    paths.sort();
    let mut all = Vec::new();
    for path in paths {
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        match std::fs::read_to_string(&path) {
            Ok(text) => all.push((name, text)),
            Err(error) => problems.push(Problem::of_file(&name, error.to_string())),
        }
    }
    all
}

fn collect(folder: &Path, paths: &mut Vec<std::path::PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else {
            paths.push(path);
        }
    }
}

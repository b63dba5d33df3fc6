//! Where the files of a corpus come from: compiled in, or a folder.

use std::fs;
use std::path::{Path, PathBuf};

use ropg_fixtures::{Document, Problem, Problems};

/// The folders of a corpus, in the order in which they are read.
pub(super) const FOLDERS: &[&str] =
    &["requirements", "shapes", "answers", "cases", "deviations", "claims", "capabilities"];

/// The ids that were ever given out.
const IDS: &str = "ids.lock";

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
    let ids = ropg_fixtures::file(IDS).map(str::to_owned);
    Sources { documents, flavours: flavours.collect(), ids, checked: true }
}

/// The files below `root`.
pub(super) fn folder(root: &Path, problems: &mut Problems) -> Sources {
    let mut files = Vec::new();
    for (folder, extension) in FOLDERS.iter().map(|&folder| (folder, "yaml")).chain([("flavours", "toml")]) {
        let mut paths = Vec::new();
        collect(&root.join(folder), &mut paths);
        paths.retain(|path| path.extension().is_some_and(|found| found == extension));
        paths.sort();
        for path in paths {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            match fs::read_to_string(&path) {
                Ok(text) => files.push((name, text)),
                Err(error) => problems.push(Problem::of_file(&name, error.to_string())),
            }
        }
    }
    files.extend(fs::read_to_string(root.join(IDS)).ok().map(|text| (IDS.to_owned(), text)));
    if files.is_empty() && problems.0.is_empty() {
        let help = format!("a corpus has the folders {} and flavours", FOLDERS.join(", "));
        problems.push(Problem::of_file(&root.display().to_string(), "no corpus here").help(help));
    }
    texts(files, problems)
}

/// Files by path below the corpus folder.
pub(super) fn texts(files: Vec<(String, String)>, problems: &mut Problems) -> Sources {
    let mut sources = Sources { documents: Vec::new(), flavours: Vec::new(), ids: None, checked: false };
    for (path, text) in files {
        let top = path.split('/').next().unwrap_or_default();
        if path == IDS {
            sources.ids = Some(text);
        } else if top == "flavours" {
            sources.flavours.push((path, text));
        } else if let Some(&folder) = FOLDERS.iter().find(|&&folder| folder == top) {
            match Document::read(&path, &text) {
                Ok(document) => sources.documents.push((folder, document)),
                Err(fault) => problems.push(Problem::malformed(&path, &text, fault)),
            }
        } else {
            problems.push(Problem::of_file(&path, "belongs to no folder of a corpus"));
        }
    }
    sources
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else {
            paths.push(path);
        }
    }
}

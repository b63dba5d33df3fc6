//! The house rules that a lint cannot see: who may import whom, how long a file may be, what must be said.
//!
//! Each rule is a function over (path, text), so that each is also shown to fail on a text that breaks it.

use std::fs;
use std::path::{Path, PathBuf};

use ropg_server::tenant::behaviour::{Number, Switch};

/// Nothing of ours may be longer.
const LONGEST: usize = 500;

/// A word that only files under `home` may use in code.
struct Fence {
    word: &'static str,
    home: &'static [&'static str],
    why: &'static str,
}

const FENCES: &[Fence] = &[
    Fence { word: "hyper::", home: &["server/src/shell/"], why: "sockets live in the shell" },
    Fence { word: "hyper_util::", home: &["server/src/shell/"], why: "sockets live in the shell" },
    Fence { word: "rustls::", home: &["server/src/shell/tls.rs"], why: "TLS lives there" },
    Fence { word: "rcgen::", home: &["server/src/shell/tls.rs"], why: "certificates live there" },
    Fence {
        word: "tokio::",
        home: &["server/src/shell/", "server/src/main.rs"],
        why: "the core is synchronous",
    },
    Fence {
        word: "aws_lc_rs::rsa",
        home: &["server/src/tenant/signing_key.rs"],
        why: "private keys live there",
    },
    Fence { word: "RsaKeyPair", home: &["server/src/tenant/signing_key.rs"], why: "private keys live there" },
    Fence {
        word: "aws_lc_rs::signature",
        home: &["server/src/tenant/signing_key.rs", "server/src/tenant/credential.rs"],
        why: "keys are parsed at load, where they are held",
    },
    Fence { word: "rand::", home: &["server/src/entropy.rs"], why: "dice are handed in" },
    Fence { word: "rand_chacha::", home: &["server/src/entropy.rs"], why: "dice are handed in" },
];

/// `use crate::X` that a folder of the server must not contain.
const LAYERS: &[(&str, &[&str])] = &[
    (
        "server/src/tenant/",
        &["ledger", "token", "endpoint", "authority", "shell", "server", "control", "deviation"],
    ),
    ("server/src/factor/", &["ledger", "token", "endpoint", "authority", "shell", "server", "deviation"]),
    ("server/src/ledger/", &["token", "endpoint", "authority", "shell", "server", "control", "deviation"]),
    ("server/src/token/", &["endpoint", "authority", "shell", "server", "control", "deviation"]),
    ("server/src/endpoint/", &["authority", "shell", "server", "control"]),
    ("server/src/shell/", &["server", "control"]),
    ("server/src/server.rs", &["control"]),
    (
        "server/src/clock.rs",
        &["tenant", "ledger", "token", "endpoint", "authority", "shell", "server", "control", "deviation"],
    ),
    (
        "server/src/entropy.rs",
        &["tenant", "ledger", "token", "endpoint", "authority", "shell", "server", "control", "deviation"],
    ),
];

/// The flow's types, and the only files that may make one: what a type claims must have happened.
const EARNED: &[(&str, &[&str])] = &[
    ("LoginAttempt", &["server/src/token/connection.rs"]),
    ("AdmittedAttempt", &["server/src/token/admit.rs"]),
    ("AuthenticatedUser", &["server/src/token/authenticate.rs", "server/src/token/grant/refresh_token.rs"]),
    ("ResolvedLogin", &["server/src/token/audience.rs"]),
    ("Suspended", &["server/src/token/challenge.rs"]),
    (
        "SecondFactor",
        &[
            "server/src/token/grant/mfa_otp.rs",
            "server/src/token/grant/mfa_oob.rs",
            "server/src/token/grant/mfa_recovery_code.rs",
        ],
    ),
    ("Authorization", &["server/src/token/challenge.rs"]),
];

#[test]
fn every_source_file_keeps_the_rules() {
    let mut broken = Vec::new();
    for (path, text) in sources() {
        broken.extend(length(&path, &text));
        broken.extend(module_docs(&path, &text));
        broken.extend(fences(&path, &text));
        broken.extend(layers(&path, &text));
        broken.extend(earned(&path, &text));
        broken.extend(independence(&path, &text));
        broken.extend(names(&path, &text));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_median_file_is_short() {
    let mut lines: Vec<usize> = sources().iter().map(|(_, text)| text.lines().count()).collect();
    lines.sort_unstable();
    let median = lines[lines.len() / 2];
    assert!(median <= 170, "the median file has {median} lines");
}

/// A rule that nothing breaks is a branch in the flow for nothing, and nobody knows whether the suite would notice.
#[test]
fn what_only_a_deviation_may_break_is_broken_by_one() {
    let rules = Switch::ALL.map(Switch::name).into_iter().chain(Number::ALL.map(Number::name));
    let broken = |rule: &str| {
        let named = format!("\"{rule}\":");
        ropg_fixtures::under("deviations").any(|file| file.text.contains(&named))
    };
    assert!(!broken("no.such_rule"));
    let unbroken: Vec<&str> = rules.filter(|rule| !broken(rule)).collect();
    assert!(unbroken.is_empty(), "no deviation breaks {unbroken:?}");
}

#[test]
fn each_rule_can_fail() {
    let long = "//! x\n".repeat(LONGEST + 1);
    assert!(length("server/src/a.rs", &long).is_some());
    assert!(module_docs("server/src/a.rs", "use a;\n").is_some());
    assert_eq!(fences("server/src/token/a.rs", "//! x\nuse tokio::net;\n").len(), 1);
    assert_eq!(fences("server/src/shell/a.rs", "//! x\nuse tokio::net;\n").len(), 0);
    assert_eq!(layers("server/src/tenant/a.rs", "use crate::ledger::Ledgers;\n").len(), 1);
    assert_eq!(
        earned("server/src/token/grant/password.rs", "let a = AuthenticatedUser { user };\n").len(),
        1
    );
    assert_eq!(earned("server/src/token/authenticate.rs", "Ok(AuthenticatedUser { user })\n").len(), 0);
    assert!(independence("suite/src/run/mod.rs", "use ropg_server::Tenant;\n").is_some());
    assert!(names("server/src/a.rs", "pub struct TokenManager;\n").is_some());
}

fn length(path: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > LONGEST).then(|| format!("{path}: {lines} lines, {LONGEST} at most"))
}

fn module_docs(path: &str, text: &str) -> Option<String> {
    (!text.starts_with("//!")).then(|| format!("{path}: begins without a `//!` that says what it is"))
}

/// The code of a file without its comments and its tests.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .take_while(|line| line.trim() != "#[cfg(test)]")
        .filter(|line| !line.trim_start().starts_with("//"))
}

fn fences(path: &str, text: &str) -> Vec<String> {
    if !path.starts_with("server/src/") {
        return Vec::new();
    }
    FENCES
        .iter()
        .filter(|fence| !fence.home.iter().any(|home| path.starts_with(home)))
        .filter(|fence| code(text).any(|line| contains_path(line, fence.word)))
        .map(|fence| format!("{path}: names `{}`, but {}", fence.word, fence.why))
        .collect()
}

/// `hyper::` must not be found in `my_hyper::`.
fn contains_path(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        !line[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':')
    })
}

fn layers(path: &str, text: &str) -> Vec<String> {
    let Some((_, forbidden)) = LAYERS.iter().find(|(folder, _)| path.starts_with(folder)) else {
        return Vec::new();
    };
    forbidden
        .iter()
        .filter(|module| code(text).any(|line| line.contains(&format!("crate::{module}::"))))
        .map(|module| format!("{path}: imports `crate::{module}`, which stands above it"))
        .collect()
}

fn earned(path: &str, text: &str) -> Vec<String> {
    if !path.starts_with("server/src/") {
        return Vec::new();
    }
    EARNED
        .iter()
        .filter(|(_, makers)| !makers.contains(&path))
        .filter(|(name, _)| code(text).any(|line| makes(line, name)))
        .map(|(name, _)| format!("{path}: makes a `{name}`, which only the step that earns it may"))
        .collect()
}

/// Whether a line holds the expression `NAME {`; a declaration or a pattern of the same look is something else.
fn makes(line: &str, name: &str) -> bool {
    let line = line.trim_start();
    let declared =
        ["pub struct", "struct", "impl", "pub(crate) struct", "pub enum", "let "].iter().any(|word| {
            line.starts_with(word) && (!word.starts_with("let") || line.contains(&format!("let {name} {{")))
        });
    !declared && contains_path(line, &format!("{name} {{")) && !line.contains("->")
}

fn independence(path: &str, text: &str) -> Option<String> {
    let judge = path.starts_with("suite/src/") && path != "suite/src/target/embedded.rs";
    let server = path.starts_with("server/src/");
    if judge && code(text).any(|line| line.contains("ropg_server")) {
        return Some(format!("{path}: names ropg_server; only suite/src/target/embedded.rs may"));
    }
    (server && code(text).any(|line| line.contains("ropg_suite")))
        .then(|| format!("{path}: names ropg_suite"))
}

fn names(path: &str, text: &str) -> Option<String> {
    if !path.contains("/src/") {
        return None;
    }
    let vague = ["Manager", "Helper", "Service", "Util"];
    code(text)
        .filter(|line| line.contains("struct ") || line.contains("enum ") || line.contains("trait "))
        .find(|line| vague.iter().any(|word| line.contains(word)))
        .map(|line| format!("{path}: `{}` says nothing", line.trim()))
}

fn sources() -> Vec<(String, String)> {
    all_files().into_iter().filter(|(path, _)| path.ends_with(".rs")).collect()
}

/// All text files under version control's eyes: not what was built or installed.
fn all_files() -> Vec<(String, String)> {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests crate stands in the workspace");
    let mut found = Vec::new();
    walk(root, root, &mut found);
    found.sort();
    assert!(found.len() > 50, "the walk found {} files only", found.len());
    found
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder of the workspace is readable") {
        let path: PathBuf = entry.expect("an entry is readable").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // `.git` is a file in a worktree.
        if matches!(name.as_str(), "target" | ".git" | "node_modules" | "proptest-regressions") {
            continue;
        }
        if path.is_dir() {
            walk(root, &path, found);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let below = path.strip_prefix(root).expect("below the root");
            found.push((below.to_string_lossy().replace('\\', "/"), text));
        }
    }
}

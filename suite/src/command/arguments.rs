//! The command line's words, and the help that explains them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

const ABOUT: &str =
    "Checks a server against the documented Resource Owner Password flow, sentence by sentence";

const EXAMPLES: &str = "\
Examples:
  ropg-suite                                     all cases against the embedded reference server, in each flavour
  ropg-suite run password                        one area
  ropg-suite run PWD-07                          the cases that cover one documented statement
  ropg-suite run --deviate password.any-accepted what the report of a broken server looks like
  ropg-suite run --target acme.toml              a server of yours, by its profile
  ropg-suite run --target http://127.0.0.1:9090  a running ropg-server, by the `control_url` of its ready line
  ROPG_CLIENT_SECRET=… ROPG_PASSWORD=… \\
    ropg-suite run --url https://id.example.com --client web --user alice@example.com
                                                 a server of yours, without a profile
  ropg-suite run --claim ropg/core --target acme.toml
                                                 whether a server may say that it serves the core, and what is missing
  ropg-suite explain PWD-07                      what a statement, case, assertion, verdict or exit code means
  ropg-suite self-check                          the proof that each check can fail

Exit codes:
  0   as expected
  1   an unexpected failure; lint: a problem; self-check: a gate that does not hold
  2   the baseline holds entries that are stale or expired
  3   set-up failed, or a case that was selected by name or is claimed is blocked
  4   a fault of the suite
  5   nothing was judged, or a claim is not proven
  6   a budget stopped the run
  7   the corpus, a profile or a baseline is invalid
  64  the command line is wrong
If several hold, the first of 7, 4, 3, 1, 2, 6, 5.";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "ropg-suite", version, about = ABOUT, after_long_help = EXAMPLES, args_conflicts_with_subcommands = true)]
#[command(after_help = "Without a command: run. `ropg-suite --help` has examples and the exit codes.")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Without a command: what `run` takes.
    #[command(flatten)]
    pub run: RunArgs,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run cases against a server and report what does not hold
    #[command(after_long_help = EXAMPLES)]
    Run(Box<RunArgs>),
    /// List cases, documented statements, deviations or claims
    List(ListArgs),
    /// Explain a case, statement, assertion, claim, deviation, answer, capability, verdict or exit code
    Explain(ExplainArgs),
    /// Check the corpus itself: schemas, single faults, data flow, ids
    Lint(LintArgs),
    /// Count which documented statements are covered by cases and proven by deviations
    Coverage(CoverageArgs),
    /// Prove that each check can fail: deviations, null targets, gates
    SelfCheck(SelfCheckArgs),
}

/// What `run` takes.
#[derive(Clone, Debug, Default, Args)]
pub struct RunArgs {
    /// A case, the beginning of its id, an area, a statement (PWD-07), or a pattern with `*`; without one: all cases
    pub pattern: Vec<String>,
    /// What is written
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Where it is written; the report for people is then shown as well
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Only this flavour; repeatable
    #[arg(long, value_name = "NAME")]
    pub flavour: Vec<String>,
    /// What the server claims, such as `ropg/core`: granted, or what is missing; repeatable (`list --claims` names them)
    #[arg(long, value_name = "NAME")]
    pub claim: Vec<String>,
    /// Switch on a deliberate misbehaviour of the embedded server; repeatable (`list --deviations` names them)
    #[arg(long, value_name = "NAME", conflicts_with_all = ["target", "url"])]
    pub deviate: Vec<String>,
    /// The profile of the server to judge (TOML): base address, clients, users, APIs; or the control listener of a running
    /// ropg-server (http://127.0.0.1:PORT), where each case gets a tenant of its own
    #[arg(long, value_name = "FILE|CONTROL", conflicts_with = "url")]
    pub target: Option<PathBuf>,
    /// The issuer of the server to judge; secrets come from ROPG_CLIENT_SECRET and ROPG_PASSWORD
    #[arg(long)]
    pub url: Option<String>,
    /// With --url: the client id
    #[arg(long, value_name = "ID", requires = "url")]
    pub client: Option<String>,
    /// With --url: the username
    #[arg(long, value_name = "NAME", requires = "url")]
    pub user: Option<String>,
    /// With --url: the path of the token endpoint, if the server publishes no metadata
    #[arg(long, value_name = "PATH", requires = "url")]
    pub token_path: Option<String>,
    /// Failures that are known (TOML): they do not fail the run until they are gone or their day has come
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// A corpus folder instead of the one that is compiled in
    #[arg(long, value_name = "DIR")]
    pub corpus: Option<PathBuf>,
}

/// What a run writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Terminal,
    /// One event a line, as it happens
    Ndjson,
    /// For CI
    Junit,
}

/// What `list` takes.
#[derive(Clone, Debug, Default, Args)]
pub struct ListArgs {
    /// Only what matches: see `run`
    pub pattern: Vec<String>,
    /// Only cases that are judged under this flavour
    #[arg(long, value_name = "NAME")]
    pub flavour: Option<String>,
    /// The documented statements instead of the cases
    #[arg(long, conflicts_with = "deviations")]
    pub requirements: bool,
    /// The deliberate misbehaviours instead of the cases
    #[arg(long)]
    pub deviations: bool,
    /// The claims instead of the cases
    #[arg(long, conflicts_with_all = ["requirements", "deviations"])]
    pub claims: bool,
    /// A corpus folder instead of the one that is compiled in
    #[arg(long, value_name = "DIR")]
    pub corpus: Option<PathBuf>,
}

/// What `explain` takes.
#[derive(Clone, Debug, Default, Args)]
pub struct ExplainArgs {
    /// `PWD-07`, a case, `CASE#STEP/NAME`, a deviation, an answer, `blocked`, `3`, `grant.password-realm`
    pub id: String,
    /// A corpus folder instead of the one that is compiled in
    #[arg(long, value_name = "DIR")]
    pub corpus: Option<PathBuf>,
}

/// What `lint` takes.
#[derive(Clone, Debug, Default, Args)]
pub struct LintArgs {
    /// A corpus folder instead of the one that is compiled in
    #[arg(long, value_name = "DIR")]
    pub corpus: Option<PathBuf>,
    /// Add new ids to `ids.lock` of the folder
    #[arg(long, requires = "corpus")]
    pub write_ids: bool,
}

/// What `coverage` takes.
#[derive(Clone, Debug, Default, Args)]
pub struct CoverageArgs {
    /// What is written
    #[arg(long, value_enum, default_value_t)]
    pub format: TextOrJson,
    /// A corpus folder instead of the one that is compiled in
    #[arg(long, value_name = "DIR")]
    pub corpus: Option<PathBuf>,
}

/// What `self-check` takes.
#[derive(Clone, Debug, Default, Args)]
pub struct SelfCheckArgs {
    /// Write the kill matrix to `proof/kill-matrix.json` of the corpus folder
    #[arg(long)]
    pub write: bool,
    /// What is written
    #[arg(long, value_enum, default_value_t)]
    pub format: TextOrJson,
    /// A corpus folder instead of the one that is compiled in
    #[arg(long, value_name = "DIR")]
    pub corpus: Option<PathBuf>,
}

/// For people or for programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TextOrJson {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound_and_runs_by_itself() {
        Cli::command().debug_assert();
        let cli = Cli::parse_from(["ropg-suite", "--flavour", "auth0", "password"]);
        assert!(cli.command.is_none());
        assert_eq!(cli.run.pattern, ["password"]);
        assert!(matches!(Cli::parse_from(["ropg-suite", "self-check"]).command, Some(Command::SelfCheck(_))));
        assert!(Cli::try_parse_from(["ropg-suite", "run", "--deviate", "x", "--url", "http://x"]).is_err());
    }
}

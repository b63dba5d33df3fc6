//! The command line: words, selection, and one module for each command.

pub mod exit;
pub mod arguments;
pub mod select;
mod output;
mod run;
mod self_check;
mod list;
mod explain;
mod lint;
mod coverage;

use std::process::ExitCode;

use clap::Parser;
use ropg_fixtures::Problems;

use crate::corpus::Corpus;
use arguments::{Cli, Command};
use exit::Exit;

/// Does what the command line says.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no faults; clap's own 2 means something else here.
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::AsExpected };
            error.print().ok();
            return ExitCode::from(exit.code());
        }
    };
    let exit = match cli.command.unwrap_or(Command::Run(Box::new(cli.run))) {
        Command::Run(args) => run::run(&args),
        Command::SelfCheck(args) => self_check::run(&args),
        Command::List(args) => list::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Lint(args) => lint::run(&args),
        Command::Coverage(args) => coverage::run(&args),
    };
    ExitCode::from(exit.code())
}

/// The corpus of a folder, or the one that is compiled in; its problems go to standard error.
fn corpus(folder: Option<&std::path::Path>) -> Result<Corpus, Exit> {
    let loaded = match folder {
        Some(folder) => Corpus::from_dir(folder),
        None => Corpus::embedded(),
    };
    loaded.map_err(|problems| invalid(&problems))
}

/// Shows the problems of a data file.
fn invalid(problems: &Problems) -> Exit {
    eprint!("{}", problems.render(output::colour(&std::io::stderr())));
    Exit::Invalid
}

/// Says that nothing has a name, and which was probably meant.
fn unknown(kind: &str, name: &str, known: &[String], else_say: &str) -> String {
    match ropg_fixtures::schema::nearest(name, known) {
        Some(near) => format!("no {kind} `{name}`; did you mean `{near}`?"),
        None => format!("no {kind} `{name}`; {else_say}"),
    }
}

/// Shows what is wrong with the command line.
fn usage(message: &str) -> Exit {
    eprintln!("ropg-suite: {message}");
    Exit::Usage
}

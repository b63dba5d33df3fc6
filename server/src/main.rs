//! The server's command line.

mod command;

use std::process::ExitCode;

use clap::Parser as _;
use command::arguments::{Cli, Command};
use command::{Failure, tell};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(fault) => {
            let _ = fault.print();
            return ExitCode::from(if fault.use_stderr() { 64 } else { 0 });
        }
    };
    let outcome = match cli.command {
        Some(Command::Check { tenant }) => command::check(&tenant),
        Some(Command::Behaviours) => {
            command::behaviours();
            Ok(())
        }
        Some(Command::Deviations) => {
            command::deviations();
            Ok(())
        }
        None => command::serve::serve(&cli.serve),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(code, message)) => {
            tell(message.trim_end());
            ExitCode::from(code)
        }
    }
}

//! The `lazaret` binary: subcommands, settings and exit codes. Everything else is in the libraries.

mod base_command;
mod cli;
mod db_command;
mod engines;
mod explain_command;
mod inspectors;
mod keys;
mod local_command;
mod output;
mod progress;
mod registry_command;
mod scan_command;
mod serve_command;
mod settings;
mod source;
mod verdict;
mod versions_command;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How the program ended, for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Done.
    Done,
    /// Something failed; what could be done was done.
    Failed,
    /// `--fail-on` was met.
    GateFired,
    /// Done, with gaps, under `--strict`.
    Gaps,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Failed => Self::FAILURE,
            Outcome::GateFired => Self::from(2),
            Outcome::Gaps => Self::from(3),
        }
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Scan(arguments) => scan_command::run(&arguments),
        Command::Explain(arguments) => explain_command::run(&arguments),
        Command::Base(arguments) => base_command::run(&arguments),
        Command::Local(arguments) => local_command::run(&arguments),
        Command::Registry(arguments) => registry_command::run(&arguments),
        Command::Serve(arguments) => serve_command::run(&arguments),
        Command::Db(arguments) => db_command::run(&arguments),
        Command::Versions(arguments) => versions_command::run(&arguments),
        Command::Completions { shell } => cli::completions(shell),
    };
    match outcome {
        Ok(outcome) => outcome.into(),
        // Who reads no further, as `head` does, has what was wanted.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            Outcome::Failed.into()
        }
    }
}

/// Whether it is the writing itself that failed so: within another error it is the pipe of somebody else.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// An error of a library with its causes; what only hands on another says the same, and is left out.
fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |cause| (*cause).source());
    let mut told: Vec<String> = causes.map(ToString::to_string).collect();
    told.dedup();
    told.join(": ")
}

/// Shows an error with its causes; the one place that does.
fn report(error: &anyhow::Error) {
    let text = format!("{error:#}");
    anstream::eprintln!("{}error:{} {text}", cli::ERROR.render(), cli::ERROR.render_reset());
}

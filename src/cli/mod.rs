//! The command line: reads charts, runs the rooms below, prints. All input and output of the program is here.

pub mod args;
mod check;
mod find;
mod input;
mod life;
mod output;
mod read;
pub mod render;

use clap::Parser as _;
use std::process::ExitCode;

/// The verdict of a command as an exit code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Exit {
    /// Nothing to report.
    Clean,
    /// Findings, template errors among them.
    Findings,
    /// The command line or the configuration is wrong.
    Usage,
    /// Nothing to lint.
    Nothing,
    /// A chart could not be loaded, or chartlint itself failed.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Runs the command line of the process.
pub fn main() -> ExitCode {
    let arguments = match args::Cli::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no errors and go to standard output.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Clean.into() };
        }
    };
    let threads = rayon::ThreadPoolBuilder::new().stack_size(crate::engine::STACK).build_global();
    if let Err(error) = threads {
        eprintln!("chartlint: no threads can be started: {error}");
        return Exit::Failed.into();
    }
    crate::engine::with_stack(|| run(arguments)).into()
}

fn run(arguments: args::Cli) -> Exit {
    match arguments.command {
        Some(args::Command::Diff(arguments)) => check::diff(&arguments),
        Some(args::Command::Life(arguments)) => life::run(&arguments),
        Some(args::Command::Render(arguments)) => render::run(&arguments),
        None => check::run(&arguments.check),
    }
}

//! The command line: reads charts, runs the rooms below, prints. All input and output of the program is here.

pub mod args;
mod baseline;
mod check;
mod choices;
mod find;
pub mod format;
mod git;
mod input;
mod life;
mod links;
mod output;
mod progress;
mod propose;
mod read;
pub mod render;
mod reproducer;
mod rollback;
mod settings;
mod since;
mod tell;
mod trace;
mod unused;
mod verbs;
mod verdict;

use clap::Parser as _;
use rayon::prelude::*;
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
    // All of it on the large stack: what a thread allocates lies apart from what another does.
    let exit = crate::engine::with_stack(|| match args::Cli::try_parse() {
        Ok(arguments) => run(arguments),
        Err(error) => {
            // Help and version are no errors and go to standard output.
            let _ = error.print();
            if error.use_stderr() { Exit::Usage } else { Exit::Clean }
        }
    });
    exit.into()
}

/// Works on each job, in as many threads as there are cores (`RAYON_NUM_THREADS` chooses another number); on a single one
/// here, where a pool of threads would cost more than it gives.
fn each<Job: Sync, Done: Send>(jobs: &[Job], work: impl Fn(&Job) -> Done + Sync) -> Vec<Done> {
    if jobs.len() > 1
        && let Ok(pool) = rayon::ThreadPoolBuilder::new().stack_size(crate::engine::STACK).build()
    {
        return pool.install(|| jobs.par_iter().map(&work).collect());
    }
    jobs.iter().map(work).collect()
}

fn run(arguments: args::Cli) -> Exit {
    match arguments.command {
        Some(args::Command::Check(arguments)) => check::run(&arguments),
        Some(args::Command::Diff(arguments)) => check::diff(&arguments),
        Some(args::Command::Life(arguments)) => life::run(&arguments),
        Some(args::Command::Render(arguments)) => render::run(&arguments),
        Some(args::Command::Rollback(arguments)) => rollback::run(&arguments),
        Some(args::Command::Trace(arguments)) => trace::run(&arguments),
        Some(args::Command::Explain(arguments)) => verbs::explain(&arguments),
        Some(args::Command::Rules(arguments)) => verbs::rules(&arguments),
        Some(args::Command::Completions(arguments)) => verbs::completions(&arguments),
        Some(args::Command::Man(arguments)) => verbs::man(&arguments),
        Some(args::Command::Init(arguments)) => init(&arguments),
        Some(args::Command::Baseline(arguments)) => baseline::run(&arguments),
        None => check::run(&arguments.check),
    }
}

/// `chartlint init`: a config for a folder.
fn init(arguments: &args::Init) -> Exit {
    match settings::init(&arguments.folder) {
        Ok(path) => output::write(format!("wrote {}: nothing in it is switched on yet\n", path.display()).as_bytes()),
        Err(message) => {
            output::complain(&message);
            Exit::Usage
        }
    }
}

/// A path that could not be read, or another reason why a chart was not checked.
struct Failure {
    path: Option<std::path::PathBuf>,
    message: String,
    exit: Exit,
}

impl From<String> for Failure {
    fn from(message: String) -> Failure {
        Failure { path: None, message, exit: Exit::Failed }
    }
}

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
    // All of it on the large stack.
    let exit = crate::engine::with_stack(|| match args::Command::of_process() {
        Ok(command) => run(command),
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

fn run(command: args::Command) -> Exit {
    match command {
        args::Command::Check(arguments) => check::run(&arguments),
        args::Command::Diff(arguments) => check::diff(&arguments),
        args::Command::Life(arguments) => life::run(&arguments),
        args::Command::Render(arguments) => render::run(&arguments),
        args::Command::Rollback(arguments) => rollback::run(&arguments),
        args::Command::Trace(arguments) => trace::run(&arguments),
        args::Command::Explain(arguments) => verbs::explain(&arguments),
        args::Command::Rules(arguments) => verbs::rules(&arguments),
        args::Command::Completions(arguments) => verbs::completions(&arguments),
        args::Command::Man(arguments) => verbs::man(&arguments),
        args::Command::Init(arguments) => init(&arguments),
        args::Command::Baseline(arguments) => baseline::run(&arguments),
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

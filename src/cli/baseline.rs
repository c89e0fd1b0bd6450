//! `chartlint baseline`: writes down what is known.

use super::check::{self, Asked, Wanted};
use super::settings::{self, Known};
use super::verdict::{self, Kind};
use super::{Exit, args, output};
use crate::baseline::Baseline;
use crate::template::Cache;
use std::path::{Path, PathBuf};

/// Runs the command and prints.
pub fn run(arguments: &args::Baseline) -> Exit {
    match write(arguments) {
        Ok(exit) => exit,
        Err(exit) => exit,
    }
}

fn write(arguments: &args::Baseline) -> Result<Exit, Exit> {
    let args::Baseline { values, release, kube_version, known, prune, .. } = arguments;
    let Wanted { charts, mut exit } = check::wanted(&arguments.paths)?;
    let path = settings::baseline_path(&charts, known);
    let mut known_now = Known { baseline: read(&path, *prune)?, path };
    // What is known is compared, so that findings are as if nothing were.
    let flags = args::KnownFlags { baseline: None, no_baseline: true, config: known.config.clone(), ..*known };
    let jobs = check::jobs(
        &charts,
        &Asked { values, release, kube_version, known: &flags, target: &[], is_reproduced: false },
    )?;
    let cache = Cache::default();
    let is_plain = check::is_plain(values, release, kube_version);
    let heard: Vec<_> = super::each(&jobs, |job| check::found(job, is_plain, &cache));
    let before = known_now.baseline.len();
    for (job, mut heard) in jobs.iter().zip(heard) {
        let key = verdict::key(&known_now, &job.path);
        for outcome in &mut heard.outcomes {
            match &mut outcome.checked {
                Ok(checked) if *prune => {
                    let could_speak =
                        verdict::could_speak(&[&mut *checked], &job.settings, Kind { is_plain, is_between: false });
                    let stale = known_now.baseline.stale(&key, checked.findings.iter(), &could_speak);
                    known_now.baseline.prune(&stale);
                }
                Ok(checked) => known_now.baseline.set(&key, checked.findings.iter()),
                // What is known of a chart that could not be read stays.
                Err((message, code)) => {
                    super::output::complain(message);
                    exit = exit.max(*code);
                }
            }
        }
    }
    if *prune {
        forget_gone(&mut known_now);
    }
    save(&known_now)?;
    let (now, path) = (known_now.baseline.len(), known_now.path.display());
    let count = |n: usize| if n == 1 { "1 finding".to_string() } else { format!("{n} findings") };
    let text = match prune {
        true => format!("{path}: {} taken out, {now} left\n", count(before.saturating_sub(now))),
        false => format!("wrote {path}: {} known\n", count(now)),
    };
    Ok(exit.max(output::write(text.as_bytes())))
}

/// The baseline that is there; a new one where there is none.
fn read(path: &Path, must_be_there: bool) -> Result<Baseline, Exit> {
    if !path.exists() && !must_be_there {
        return Ok(Baseline::default());
    }
    settings::read_baseline(path).map_err(|message| {
        super::output::complain(message.trim_start_matches("chartlint: ").trim_end());
        Exit::Usage
    })
}

/// Charts that are no longer there are forgotten.
fn forget_gone(known: &mut Known) {
    let file = settings::absolute(&known.path);
    let folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
    let gone: Vec<String> =
        known.baseline.charts().filter(|chart| !folder.join(PathBuf::from(chart)).exists()).map(String::from).collect();
    for chart in gone {
        known.baseline.forget(&chart);
    }
}

/// Writes beside the file and moves: nobody reads half a baseline.
fn save(known: &Known) -> Result<(), Exit> {
    let beside = known.path.with_extension("json.new");
    let write = || std::fs::write(&beside, known.baseline.text()).and_then(|()| std::fs::rename(&beside, &known.path));
    write().map_err(|error| {
        // What is left of the attempt, if anything, is of no use.
        let _ = std::fs::remove_file(&beside);
        super::output::complain(&format!("{}: {}", known.path.display(), super::input::system_message(&error)));
        Exit::Failed
    })
}

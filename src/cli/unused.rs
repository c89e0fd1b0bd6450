//! Entries of a config's `ignore` that mean nothing.
//!
//! A config counts for all charts below it, so an entry is called unused only by a run over all of them: not with `--since`, and
//! not where a chart could not be looked at as a whole. What another config that is gone on from says is for others to judge.

use super::args::KnownFlags;
use super::find;
use super::settings::{self, absolute};
use super::tell::Heard;
use crate::config::Mistake;
use crate::source::Sources;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Says on standard error which entries can go.
pub fn tell(heard: &[Heard], flags: &KnownFlags) {
    if flags.config.is_some() {
        // It may be meant for other charts, too.
        return;
    }
    let mut by_config: BTreeMap<&Path, Vec<&Heard>> = BTreeMap::new();
    for one in heard {
        if let Some(file) = one.settings.files.first() {
            by_config.entry(file).or_default().push(one);
        }
    }
    for (file, heard) in by_config {
        // A closed standard error leaves nobody to tell.
        let _ = std::io::stderr().write_all(told(file, &heard).as_bytes());
    }
}

fn told(file: &Path, heard: &[&Heard]) -> String {
    let Some(first) = heard.first() else { return String::new() };
    let sources: &Sources = &first.settings.sources;
    let shown = file.display().to_string();
    let is_own = |span| sources.locate(span).is_some_and(|(source, _)| source.path == shown);
    let ignores = first.settings.config.ignores.iter().enumerate();
    let unused = ignores
        .filter(|(index, ignore)| is_own(ignore.at.start) && heard.iter().all(|one| one.vain.unused.contains(index)));
    let mistakes: Vec<Mistake> = unused
        .map(|(_, ignore)| Mistake {
            message: "this entry ignores nothing".into(),
            span: ignore.at,
            help: Some("take it out: it would hide the next finding that it means".into()),
        })
        .collect();
    if mistakes.is_empty() || !are_all(file, heard) {
        return String::new();
    }
    settings::drawn(&mistakes, sources, miette::Severity::Warning)
}

/// Whether all charts below a config were looked at.
fn are_all(file: &Path, heard: &[&Heard]) -> bool {
    let Some(folder) = absolute(file).parent().map(Path::to_path_buf) else { return false };
    let seen: BTreeSet<PathBuf> = heard.iter().flat_map(|one| &one.outcomes).map(|o| absolute(&o.path)).collect();
    let found = find::find(&[folder]);
    found.unreadable.is_empty() && found.charts.iter().all(|chart| seen.contains(&absolute(chart)))
}

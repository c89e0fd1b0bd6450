//! Provenance is complete: what a rendered line does not name cannot change it.
//!
//! Each chart is rendered, and the causes of every line are gathered: those of its pieces, of their conditions, of the
//! marks in it, and of the changes to maps that the file may have seen. Then one input is changed at a time (a value, the
//! phase, what lookups find, the seed, the clock, capabilities, versions) and the chart rendered again: a line that
//! changed and does not name the input is a violation. Where the number of lines changed, the file as a whole is asked.
//!
//! The charts are those of `provenance/*.md` and of `testcharts`. `CHARTS=folder` takes all charts below a folder
//! instead, or those listed in a file; `CHARTS_INPUTS=n` changes n values of each.

use chartlint::chart::{self, Chart, Ignore, LoadAt, PrepareOptions, Prepared, RawFile};
use chartlint::engine::{
    self, Answer, Capabilities, Cluster, KeySource, Limits, Options, Query, ReleaseInfo, Rendering,
};
use chartlint::manifest::RenderedFile;
use chartlint::profile::Profile;
use chartlint::source::Sources;
use chartlint::template::Cache;
use chartlint::value::origin::Cause;
use chartlint::value::{Key, OriginId, Piece, Plain, PlainData};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[path = "noninterference/inputs.rs"]
mod inputs;
#[path = "noninterference/names.rs"]
mod names;
#[path = "noninterference/sources.rs"]
mod sources_of_charts;

use inputs::World;
use names::Names;
use sources_of_charts::{Subject, subjects};

/// What came of one chart.
#[derive(Default)]
struct Outcome {
    inputs: usize,
    renders: usize,
    /// Lines that an input could have changed and must not.
    lines: usize,
    /// Lines that did change, and name the input.
    changed: usize,
    violations: Vec<String>,
    note: Option<String>,
}

/// How many values of a chart are changed, unless `CHARTS_INPUTS` says so.
const INPUTS: usize = 400;
/// How many violations of one chart are shown.
const SHOWN: usize = 6;

fn check(subject: &Subject, limit: usize) -> Outcome {
    let mut outcome = Outcome::default();
    let prepared = match subject.prepare() {
        Ok(prepared) => prepared,
        Err(message) => return Outcome { note: Some(message), ..outcome },
    };
    let cache = Cache::default();
    let first = World::new(&subject.flags);
    let offline = first.render(&prepared, &cache, &subject.sources);
    let mut worlds = vec![first.clone()];
    if !offline.rt.lookups.is_empty() {
        worlds.push(first.with_objects_of(&offline));
    }
    for world in worlds {
        let base = world.render(&prepared, &cache, &subject.sources);
        outcome.renders += 1;
        if base.rt.arena.has_overflowed() {
            outcome.note = Some("a set of causes was cut off".into());
            continue;
        }
        if let Some(error) = &base.error {
            outcome.note = Some(error.helm_text(&Profile::default()).chars().take(200).collect());
        }
        let names: Vec<Names> = base.files.iter().map(|file| Names::of(file, &base)).collect();
        for input in inputs::all(&prepared, &base, limit) {
            let named = |names: &BTreeSet<Cause>| input.is_named(names, &base, &prepared);
            if names.iter().all(|names| names.lines.iter().all(&named)) {
                continue;
            }
            outcome.inputs += 1;
            for (what, changed) in input.changes(&prepared, &world) {
                outcome.renders += 1;
                let after = changed.1.render(changed.0.as_ref().unwrap_or(&prepared), &cache, &subject.sources);
                for (file, names) in base.files.iter().zip(&names) {
                    let Some(other) = after.files.iter().find(|other| other.name == file.name) else { continue };
                    compare(file, other, names, &named, &mut outcome, &what);
                }
            }
        }
    }
    outcome
}

/// Checks a chart and says at once what was found.
fn told(subject: &Subject, limit: usize) -> Outcome {
    let outcome = check(subject, limit);
    if let Some(note) = &outcome.note {
        println!("{}: {note}", subject.name);
    }
    if std::env::var_os("CHARTS").is_some() || !outcome.violations.is_empty() {
        println!("{}: {} renders, {} violations", subject.name, outcome.renders, outcome.violations.len());
        outcome.violations.iter().take(SHOWN).for_each(|violation| println!("    {violation}"));
    }
    outcome
}

fn compare(
    file: &RenderedFile,
    other: &RenderedFile,
    names: &Names,
    named: &dyn Fn(&BTreeSet<Cause>) -> bool,
    outcome: &mut Outcome,
    what: &str,
) {
    let lines = |file: &RenderedFile| -> Vec<Vec<u8>> {
        file.text.bytes().split(|b| *b == b'\n').map(<[u8]>::to_vec).collect()
    };
    if file.text.bytes() == other.text.bytes() {
        outcome.lines += names.lines.len();
        return;
    }
    let (before, after) = (lines(file), lines(other));
    let at = before.iter().zip(&after).position(|(a, b)| a != b).unwrap_or(before.len().min(after.len()));
    let violation = |outcome: &mut Outcome, line: usize| {
        let shown = |lines: &[Vec<u8>]| {
            let line = lines.get(line).map(|line| String::from_utf8_lossy(line).into_owned());
            line.unwrap_or_default().chars().take(120).collect::<String>()
        };
        let (old, new) = (shown(&before), shown(&after));
        outcome.violations.push(format!("{what}: {}:{}: {old:?} became {new:?}", file.name, line + 1));
    };
    if before.len() != after.len() {
        if !names.lines.iter().any(named) {
            violation(outcome, at);
        } else {
            outcome.changed += 1;
        }
        return;
    }
    for (line, names) in names.lines.iter().enumerate() {
        if before[line] != after[line] {
            if !named(names) {
                violation(outcome, line);
                return;
            }
            outcome.changed += 1;
        }
    }
    outcome.lines += before.len();
}

#[test]
fn what_is_not_named_changes_nothing() {
    let limit = std::env::var("CHARTS_INPUTS").ok().and_then(|n| n.parse().ok()).unwrap_or(INPUTS);
    let threads = rayon::ThreadPoolBuilder::new().stack_size(engine::STACK).build().unwrap();
    let subjects = subjects();
    let outcomes: Vec<(&Subject, Outcome)> =
        threads.install(|| subjects.par_iter().map(|subject| (subject, told(subject, limit))).collect());
    let sum = |of: fn(&Outcome) -> usize| outcomes.iter().map(|(_, outcome)| of(outcome)).sum::<usize>();
    let mut report = String::new();
    for (subject, outcome) in &outcomes {
        if !outcome.violations.is_empty() {
            report.push_str(&format!("{}: {} violations\n", subject.name, outcome.violations.len()));
            for violation in outcome.violations.iter().take(SHOWN) {
                report.push_str(&format!("    {violation}\n"));
            }
        }
    }
    println!(
        "{} charts, {} inputs changed, {} renders, {} lines held, {} changed as named, {} violations",
        outcomes.len(),
        sum(|o| o.inputs),
        sum(|o| o.renders),
        sum(|o| o.lines),
        sum(|o| o.changed),
        sum(|o| o.violations.len())
    );
    assert!(!outcomes.is_empty());
    assert!(report.is_empty(), "\n{report}");
}

//! What a phase or a world takes over from an earlier render is what it would have rendered itself.
//!
//! The charts are those of the cases of the rules, and the folders that `REUSE_CHARTS` names, with colons between them.

#[path = "rules/markdown.rs"]
#[allow(dead_code)]
mod markdown;

use chartlint::chart::{self, LoadAt, RawFile};
use chartlint::engine::{Capabilities, with_stack};
use chartlint::explore::Explorer;
use chartlint::lifecycle::{self, Life, Memory, World, rendered_alone};
use chartlint::profile::Profile;
use chartlint::source::Sources;
use chartlint::template::Cache;
use chartlint::value::Plain;
use std::path::Path;
use std::sync::Arc;

/// The charts of the cases of the rules: the files of each section, with a Chart.yaml where it has none.
fn charts() -> Vec<(String, Vec<RawFile>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut charts = Vec::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "md")) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        for section in markdown::sections(&std::fs::read_to_string(path).unwrap()) {
            if section.files.is_empty() || section.files.iter().any(|(path, _)| path.starts_with("old/")) {
                continue;
            }
            let mut files = section.files;
            if !files.iter().any(|(path, _)| path == "Chart.yaml") {
                files.push(("Chart.yaml".into(), "apiVersion: v2\nname: web\nversion: 1.0.0\n".into()));
            }
            let raw = |(path, text): (String, String)| RawFile { path, bytes: text.into_bytes().into() };
            charts.push((format!("{name}, {}", section.heading), files.into_iter().map(raw).collect()));
        }
    }
    charts
}

/// The charts in folders that somebody asked for.
fn asked_for() -> Vec<(String, Vec<RawFile>)> {
    let folders = std::env::var("REUSE_CHARTS").unwrap_or_default();
    let read = |folder: &str| {
        let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
        let raw = |entry: walkdir::DirEntry| RawFile {
            path: entry.path().strip_prefix(folder).unwrap().to_str().unwrap().into(),
            bytes: std::fs::read(entry.path()).unwrap().into(),
        };
        (folder.to_string(), files.filter(|entry| entry.file_type().is_file()).map(raw).collect())
    };
    folders.split(':').filter(|folder| !folder.is_empty()).map(read).collect()
}

/// Every phase as it is, and as it renders alone.
fn compare(name: &str, life: &Life, differences: &mut Vec<String>) -> usize {
    for phase in &life.phases {
        let alone = rendered_alone(life, phase.kind).unwrap();
        let texts = |phase: &lifecycle::Phase| -> Vec<(String, Vec<u8>)> {
            phase.rendering.files.iter().map(|f| (f.name.to_string(), f.text.bytes().to_vec())).collect()
        };
        let errors = (phase.rendering.error.is_some(), alone.rendering.error.is_some());
        if texts(phase) != texts(&alone) || errors.0 != errors.1 {
            differences.push(format!("{name}: {} with {:?}", phase.kind.name(), life.world.flags));
        }
    }
    life.phases.len()
}

#[test]
fn what_is_taken_over_is_what_would_be_rendered() {
    let (mut differences, mut phases) = (Vec::new(), 0);
    with_stack(|| {
        for (name, files) in charts().into_iter().chain(asked_for()) {
            let profile = Profile::default();
            let (mut sources, cache) = (Sources::default(), Cache::default());
            let at = LoadAt { root: String::new() };
            let Ok(loaded) = chart::load(files, &at, &mut sources, &profile) else { continue };
            let chart = lifecycle::Chart { chart: Arc::new(loaded), sources };
            let world = World::new(Plain::map(), ("web", "default"), profile, Capabilities::defaults(&profile));
            let (mut memory, mut explorer) = (Memory::default(), Explorer::default());
            let life = lifecycle::live(&chart, world, false, &cache, &mut memory);
            explorer.learn(&life, None);
            phases += compare(&name, &life, &mut differences);
            drop(life);
            while let Some(plan) = explorer.next_plan() {
                let life = lifecycle::live(&chart, plan.world.clone(), false, &cache, &mut memory);
                explorer.learn(&life, Some(&plan));
                // A cluster with unknown objects is not that of a phase alone.
                if !plan.world.is_assumed() {
                    phases += compare(&name, &life, &mut differences);
                }
                // Smaller worlds take over from this one.
                let Some(smaller) = explorer.smaller(&plan) else { continue };
                memory.lean_on(life);
                for part in 0..smaller.count().min(3) {
                    let kept: Vec<usize> = (0..smaller.count()).filter(|other| *other != part).collect();
                    let life = lifecycle::live(&chart, smaller.world_again(&kept), false, &cache, &mut memory);
                    if !life.world.is_assumed() && life.refused.is_none() {
                        phases += compare(&name, &life, &mut differences);
                    }
                }
                memory.lean_on_none();
                memory.forget();
            }
        }
    });
    assert!(differences.is_empty(), "{} of {phases}:\n{}", differences.len(), differences.join("\n"));
    assert!(phases > 1_000, "only {phases} phases were compared");
}

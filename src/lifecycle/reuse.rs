//! `helm upgrade --reuse-values`: the new chart rendered with the defaults of the old one.

use super::phases::Phases;
use super::run::{Chart, Life, Phase, PhaseKind};
use crate::chart::{self, PrepareOptions};
use crate::template::Cache;
use crate::value::{Key, Plain};
use std::sync::Arc;

/// An upgrade with `--reuse-values`.
pub struct Reused {
    pub phase: Phase,
    /// The values of the old release: those of its chart under the user's.
    values: Plain,
}

impl Reused {
    /// The old release has a value at this path, or above it one that is no table.
    pub fn has(&self, path: &[Key]) -> bool {
        let mut at = &self.values;
        for key in path {
            let Some(map) = at.as_map() else { return true };
            match map.get(key) {
                Some(next) => at = next,
                None => return false,
            }
        }
        true
    }
}

/// Renders the upgrade of a life between two versions as `--reuse-values` does: Helm puts the old release's values in the
/// place of the new chart's defaults (checked with 3.17 and 4.3). Subcharts keep their own. `None` where the two versions
/// cannot be rendered by themselves.
pub fn reuse_values(old: &Chart, new: &Chart, life: &Life, cache: &Cache) -> Option<Reused> {
    let is_whole = |kind| life.phase(kind).is_some_and(|p| p.rendering.error.is_none() && p.manifests.is_ok());
    if !life.previous || !is_whole(PhaseKind::Install) || !is_whole(PhaseKind::Upgrade) {
        return None;
    }
    let options = PrepareOptions { kube_version: None, skip_schemas: true, allow_library: false };
    let world = &life.world;
    let values = chart::prepare(&old.chart, &world.values, &options, &world.profile).ok()?.values;
    let chart = &new.chart;
    let with_old_defaults = Arc::new(chart::Chart {
        metadata: chart.metadata.clone(),
        values: values.clone(),
        schema: None,
        templates: chart.templates.clone(),
        files: chart.files.clone(),
        lock: None,
        dependencies: chart.dependencies.clone(),
        warnings: Vec::new(),
    });
    let prepared = chart::prepare(&with_old_defaults, &world.values, &options, &world.profile).ok()?;
    let mut phases = Phases::new(world, cache);
    phases.next(PhaseKind::Upgrade, &prepared, &life.live, &new.sources);
    let phase = phases.list.pop()?;
    Some(Reused { phase, values })
}

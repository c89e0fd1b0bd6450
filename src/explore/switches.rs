//! Dependencies that are switched off, and hold something that varies.

use super::Explorer;
use super::goal::{Stand, Target, Try};
use super::setting::Setting;
use super::sites::SOURCES;
use crate::chart::{self, Chart, Metadata, Prepared, Switch, SwitchedBy};
use crate::lifecycle::Life;
use crate::profile::Profile;
use crate::value::{Plain, PlainData};
use std::sync::Arc;

/// Charts within charts are looked at as deep as this.
const MAX_DEPTH: u32 = 8;

impl Explorer {
    /// Plans worlds in which dependencies take part that do not yet.
    pub(super) fn switch_on(&mut self, life: &Life, stand: &Stand) {
        let Some(prepared) = life.prepared.as_deref() else { return };
        for switch in prepared.switches.iter().filter(|switch| !switch.enabled) {
            let path = format!("{}/charts/{}", switch.parent, switch.name);
            if self.coverage.has_chart(&path) || !self.coverage.off.insert(path.clone()) {
                continue;
            }
            let varies =
                dependency(prepared, switch, &life.world.profile).is_some_and(|chart| varies(chart, MAX_DEPTH));
            if !varies {
                continue;
            }
            let on = |path: Vec<String>| Setting::Value { path, value: Plain::from(PlainData::Bool(true)) };
            let candidate: Vec<Setting> = match &switch.by {
                SwitchedBy::Condition { path, .. } => vec![on(path.split('.').map(str::to_string).collect())],
                SwitchedBy::Tags(tags) => {
                    tags.iter().take(1).map(|(tag, ..)| on(vec!["tags".into(), tag.clone()])).collect()
                }
                SwitchedBy::Default => continue,
            };
            let needs = candidate.iter().filter_map(|setting| setting.path().map(<[String]>::to_vec)).collect();
            let stand = Stand { settings: Vec::new(), ..stand.clone() };
            self.aim(Target::Switch(path), Try { stand, candidate, needs });
        }
    }
}

/// The chart that a switch is about. One of another version than was asked for takes part under its own name, and under no
/// alias.
fn dependency<'p>(prepared: &'p Prepared, switch: &Switch, profile: &Profile) -> Option<&'p Chart> {
    let parent = prepared.charts.iter().find(|part| part.path == switch.parent)?;
    let listed = parent.chart.metadata.dependencies.as_deref().unwrap_or_default();
    let is_it = |name: &str, alias: &str| name == switch.name || !alias.is_empty() && alias == switch.name;
    let entry = listed.iter().find(|entry| is_it(&entry.name, &entry.alias))?;
    let is_meant = |chart: &&Arc<Chart>| {
        let Metadata { name, version, .. } = &chart.metadata;
        *name == entry.name && (entry.alias.is_empty() || chart::is_compatible(&entry.version, version, profile))
    };
    parent.chart.dependencies.iter().find(is_meant).map(|chart| &**chart)
}

/// Whether some template of a chart or of what it needs may differ between two renders.
fn varies(chart: &Chart, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let names = || SOURCES.iter().copied().chain(["IsInstall", "IsUpgrade", ".Revision"]);
    let names_one = |text: &[u8]| {
        let text = String::from_utf8_lossy(text);
        names().any(|name| text.contains(name))
    };
    chart.templates.iter().any(|file| names_one(&file.bytes))
        || chart.dependencies.iter().any(|inner| varies(inner, depth))
}

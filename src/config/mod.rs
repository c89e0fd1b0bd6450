//! `.chartlint.yaml`: what its text says, and what that makes of findings.
//!
//! The room reads texts that are handed in and finds no files. A mistake in the text is a [`Mistake`] with its place; a
//! config with mistakes is none. Of several files, joined by `extends`, the one that is nearer to the chart wins.

mod read;
#[cfg(test)]
mod tests;

use crate::finding::{Finding, ObjectRef, Severity, SuppressedBy, Suppression};
use crate::kube::VersionRange;
use crate::profile::Profile;
use crate::rules::{self, Deployer, RULES};
use crate::source::{Sources, Span};
use crate::value::golang::glob::Glob;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use read::read;

/// The name of the file.
pub const FILE: &str = ".chartlint.yaml";

/// What a new config says, all of it as comments.
pub const NEW: &str = include_str!("new.yaml");

/// What the user wants to hear.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Other configs that this one goes on from, with the places where they are named.
    pub extends: Vec<(PathBuf, Span)>,
    pub rules: BTreeMap<String, Level>,
    pub kube_version: Option<VersionRange>,
    pub helm: Option<Profile>,
    /// What brings the charts into the cluster; all that are known where nothing is said.
    pub deployers: Vec<Deployer>,
    /// Values files, with the places where they are named.
    pub values: Vec<(PathBuf, Span)>,
    pub ignores: Vec<Ignore>,
    /// The most worlds that are made up for one chart.
    pub worlds: Option<usize>,
    pub fail_on: Option<Severity>,
}

/// How loud a rule is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    Off,
    /// Its findings have this severity, whatever their consequence.
    At(Severity),
}

/// Findings that nobody wants to hear of. All that is given must hold.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// Any of these rules; all rules when none is named.
    rules: Vec<String>,
    /// `Kind/name`, either with wildcards.
    resource: Option<Glob>,
    /// A file, relative to the config or to the chart.
    path: Option<Glob>,
    reason: String,
    /// The folder of the config.
    folder: PathBuf,
    /// Where the entry stands.
    pub at: Span,
}

/// Something in the text that is not as it should be.
#[derive(Clone, PartialEq, Debug)]
pub struct Mistake {
    pub message: String,
    pub span: Span,
    pub help: Option<String>,
}

/// Where the files of a chart are.
pub struct ChartAt<'a> {
    /// What stands before the paths of its files in messages.
    pub root: &'a str,
    /// Its folder, as an absolute path.
    pub folder: &'a Path,
}

impl Config {
    /// This config, and where it says nothing another one.
    pub fn over(mut self, below: Config) -> Config {
        for (rule, level) in below.rules {
            self.rules.entry(rule).or_insert(level);
        }
        self.kube_version = self.kube_version.or(below.kube_version);
        self.helm = self.helm.or(below.helm);
        self.worlds = self.worlds.or(below.worlds);
        self.fail_on = self.fail_on.or(below.fail_on);
        if self.deployers.is_empty() {
            self.deployers = below.deployers;
        }
        // Later values files win.
        self.values.splice(0..0, below.values);
        self.ignores.extend(below.ignores);
        self
    }

    /// Whether a rule is silent.
    pub fn is_off(&self, rule: &str) -> bool {
        self.rules.get(rule) == Some(&Level::Off)
    }

    /// Gives findings the levels of their rules; those of rules that are off are gone.
    pub fn set_levels(&self, findings: &mut Vec<Finding>) {
        findings.retain(|finding| !self.is_off(finding.rule));
        for finding in findings {
            if let Some(Level::At(severity)) = self.rules.get(finding.rule) {
                finding.severity = *severity;
            }
        }
    }

    /// Marks the findings that `ignore` means, and notes the entries that mean some.
    pub fn suppress(
        &self,
        findings: &mut [Finding],
        sources: &Sources,
        chart: &ChartAt<'_>,
        used: &mut BTreeSet<usize>,
    ) {
        for finding in findings {
            for (index, ignore) in self.ignores.iter().enumerate() {
                if !ignore.means(finding, sources, chart) {
                    continue;
                }
                used.insert(index);
                let by = SuppressedBy::Config;
                finding.suppressed.get_or_insert_with(|| Suppression { by, reason: ignore.reason.clone() });
            }
        }
    }

    /// The entries that mean nothing, and would have, if all of their rules could have spoken.
    pub fn unused(&self, used: &BTreeSet<usize>, could_speak: &dyn Fn(&str) -> bool) -> BTreeSet<usize> {
        let all = self.ignores.iter().enumerate().filter(|(index, _)| !used.contains(index));
        let speak = |ignore: &Ignore| match ignore.rules.as_slice() {
            [] => {
                let alone = RULES.iter().filter(|rule| !rules::OF_TWO_CHARTS.contains(&rule.name));
                alone.into_iter().all(|rule| could_speak(rule.name))
            }
            rules => rules.iter().all(|rule| could_speak(rule)),
        };
        all.filter(|(_, ignore)| speak(ignore)).map(|(index, _)| index).collect()
    }
}

impl Ignore {
    fn means(&self, finding: &Finding, sources: &Sources, chart: &ChartAt<'_>) -> bool {
        let is_rule = self.rules.is_empty() || self.rules.iter().any(|rule| rule == finding.rule);
        is_rule
            && self.resource.as_ref().is_none_or(|glob| finding.object.as_ref().is_some_and(|o| is_resource(glob, o)))
            && self
                .path
                .as_ref()
                .is_none_or(|glob| finding.spans().any(|span| self.is_path(glob, span, sources, chart)))
    }

    /// Whether a place is in a file that is meant.
    fn is_path(&self, glob: &Glob, span: Span, sources: &Sources, chart: &ChartAt<'_>) -> bool {
        let Some((file, _)) = sources.locate(span.start) else { return false };
        let Some(inside) = file.path_below(chart.root) else { return false };
        let below = chart.folder.strip_prefix(&self.folder).ok().map(|folder| match slashes(folder) {
            folder if folder.is_empty() => inside.to_string(),
            folder => format!("{folder}/{inside}"),
        });
        glob.is_match(inside.as_bytes()) || below.is_some_and(|path| glob.is_match(path.as_bytes()))
    }
}

/// `Service/web`, or the kind alone.
fn is_resource(glob: &Glob, object: &ObjectRef) -> bool {
    glob.is_match(object.to_string().as_bytes()) || glob.is_match(object.kind.as_bytes())
}

/// A relative path as it is written in configs on every system.
pub fn slashes(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

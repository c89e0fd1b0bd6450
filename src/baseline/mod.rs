//! Findings that were there when a baseline was written: known ones are silent, and those that are gone are told.
//!
//! A baseline is a text in JSON that people keep with their charts: fingerprints with titles for its readers, grouped by chart
//! and rule, in an order of its own, so that a change of it shows what changed. The room reads and writes the text; files
//! are for others.

use crate::finding::{Finding, SuppressedBy, Suppression};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The name of the file.
pub const FILE: &str = ".chartlint-baseline.json";

/// The version of the format.
const VERSION: u32 = 1;

/// The known findings of charts.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    /// By the chart's path from the folder of the baseline, and by rule: fingerprints with the titles they had.
    charts: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
}

/// A finding that is known and no longer there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stale {
    pub chart: String,
    pub rule: String,
    pub fingerprint: String,
    pub title: String,
}

impl Default for Baseline {
    fn default() -> Baseline {
        Baseline { version: VERSION, charts: BTreeMap::new() }
    }
}

impl Baseline {
    /// Reads a baseline; the error says what is wrong, with line and column where it has one.
    pub fn read(text: &[u8]) -> Result<Baseline, String> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let baseline: Baseline = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        if baseline.version != VERSION {
            let version = baseline.version;
            return Err(format!("its version is {version}, and this chartlint knows {VERSION}; write it anew"));
        }
        Ok(baseline)
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// How many findings are known.
    pub fn len(&self) -> usize {
        self.charts.values().flat_map(BTreeMap::values).map(BTreeMap::len).sum()
    }

    /// Whether none are known.
    pub fn is_empty(&self) -> bool {
        self.charts.is_empty()
    }

    /// The charts that findings are known of.
    pub fn charts(&self) -> impl Iterator<Item = &str> {
        self.charts.keys().map(String::as_str)
    }

    /// Marks the findings of a chart that are known.
    pub fn suppress<'f>(&self, chart: &str, findings: impl Iterator<Item = &'f mut Finding>) {
        let Some(rules) = self.charts.get(chart) else { return };
        for finding in findings.filter(|finding| finding.suppressed.is_none()) {
            if rules.get(finding.rule).is_some_and(|known| known.contains_key(&finding.fingerprint())) {
                finding.suppressed = Some(Suppression { by: SuppressedBy::Baseline, reason: String::new() });
            }
        }
    }

    /// What is known of a chart and not among its findings, of the rules that could speak.
    pub fn stale<'f>(
        &self,
        chart: &str,
        findings: impl Iterator<Item = &'f Finding>,
        could_speak: &dyn Fn(&str) -> bool,
    ) -> Vec<Stale> {
        let present: BTreeSet<String> = findings.map(Finding::fingerprint).collect();
        let rules = self.charts.get(chart).into_iter().flatten().filter(|(rule, _)| could_speak(rule));
        let entries = rules.flat_map(|(rule, known)| known.iter().map(move |entry| (rule, entry)));
        let gone = entries.filter(|(_, (fingerprint, _))| !present.contains(*fingerprint));
        let stale = |(rule, (fingerprint, title)): (&String, (&String, &String))| Stale {
            chart: chart.into(),
            rule: rule.clone(),
            fingerprint: fingerprint.clone(),
            title: title.clone(),
        };
        gone.map(stale).collect()
    }

    /// Puts the findings of a chart in the place of those that were known of it. What is suppressed by others is left out.
    pub fn set<'f>(&mut self, chart: &str, findings: impl Iterator<Item = &'f Finding>) {
        let mut rules: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for finding in findings {
            let is_left_out = finding.suppressed.as_ref().is_some_and(|s| s.by != SuppressedBy::Baseline);
            if !is_left_out {
                // Of several places with one fingerprint the first lends its title.
                let known = rules.entry(finding.rule.into()).or_default();
                known.entry(finding.fingerprint()).or_insert_with(|| finding.title.clone());
            }
        }
        self.charts.remove(chart);
        if !rules.is_empty() {
            self.charts.insert(chart.into(), rules);
        }
    }

    /// Forgets findings that are gone.
    pub fn prune(&mut self, stale: &[Stale]) {
        for Stale { chart, rule, fingerprint, .. } in stale {
            if let Some(known) = self.charts.get_mut(chart).and_then(|rules| rules.get_mut(rule)) {
                known.remove(fingerprint);
            }
        }
        self.charts.values_mut().for_each(|rules| rules.retain(|_, known| !known.is_empty()));
        self.charts.retain(|_, rules| !rules.is_empty());
    }

    /// Forgets all that is known of a chart.
    pub fn forget(&mut self, chart: &str) {
        self.charts.remove(chart);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_baseline_is_what_was_written() {
        let mut baseline = Baseline::default();
        baseline
            .charts
            .entry("größe/图表".into())
            .or_default()
            .entry("a-rule".into())
            .or_default()
            .insert("00ff".into(), "ConfigMap/web differs".into());
        assert_eq!(Baseline::read(baseline.text().as_bytes()), Ok(baseline.clone()));
        assert_eq!(Baseline::read(baseline.text().replace('\n', "\r\n").as_bytes()), Ok(baseline.clone()));
        let gone = baseline.stale("größe/图表", std::iter::empty(), &|_| true);
        assert_eq!(gone.iter().map(|stale| stale.title.as_str()).collect::<Vec<_>>(), ["ConfigMap/web differs"]);
        assert!(baseline.stale("größe/图表", std::iter::empty(), &|_| false).is_empty());
        baseline.prune(&gone);
        assert!(baseline.is_empty());
    }

    #[test]
    fn what_is_no_baseline_is_refused() {
        assert!(Baseline::read(b"{").is_err());
        assert!(Baseline::read(b"{\"version\": 2, \"charts\": {}}").unwrap_err().contains("version is 2"));
        assert!(Baseline::read(b"{\"version\": 1, \"charts\": {}, \"more\": 1}").is_err());
    }
}

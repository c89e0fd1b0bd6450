//! Versions that meet a constraint or do not: of the cluster, or in a value.

use super::super::scope::Scope;
use super::super::setting::Setting;
use super::truth::{path, unquoted};
use super::{Candidate, Want, input};
use crate::chart::is_compatible;
use crate::engine::log::Expression;
use crate::kube::KubeVersion;
use crate::value::origin::{Cause, PathId};
use crate::value::{Plain, PlainData};

/// `semverCompare constraint version`.
pub(super) fn compare(constraint: &Expression, version: &Expression, want: &Want, scope: &Scope<'_>) -> Vec<Candidate> {
    let (Some(wanted), Expression::Constant(constraint)) = (want.truth(), constraint) else { return Vec::new() };
    let Some(constraint) = unquoted(constraint) else { return Vec::new() };
    let is_met = |version: &str| is_compatible(&constraint, version, scope.profile) == wanted;
    if let Expression::Input { cause: Cause::Capabilities { .. }, .. } = version {
        return cluster(scope, |version| is_met(&format!("v{version}")));
    }
    // What the version goes through (`default`, `trimPrefix`, `print`) is looked through.
    if let (None, Expression::Call { operands, .. }) = (path(version, scope), version) {
        return operands.iter().flat_map(|inner| compare_text(&constraint, inner, want, scope)).collect();
    }
    compare_text(&constraint, version, want, scope)
}

fn compare_text(constraint: &str, version: &Expression, want: &Want, scope: &Scope<'_>) -> Vec<Candidate> {
    let Some(wanted) = want.truth() else { return Vec::new() };
    let is_met = |version: &str| is_compatible(constraint, version, scope.profile) == wanted;
    if let Expression::Input { cause: Cause::Capabilities { .. }, .. } = version {
        return cluster(scope, |version| is_met(&format!("v{version}")));
    }
    let Some(keys) = path(version, scope) else { return Vec::new() };
    let fitting = near(constraint).into_iter().find(|version| is_met(version));
    fitting.map(|version| input(&keys, &Want::Equal(Plain::string(&version)), scope)).unwrap_or_default()
}

/// Versions around those that a constraint names.
fn near(constraint: &str) -> Vec<String> {
    let mut found = Vec::new();
    let words = constraint.split(|c: char| !(c.is_ascii_digit() || c == '.')).filter(|word| !word.is_empty());
    for word in words {
        let mut parts = word.split('.').map(|part| part.parse::<u64>().unwrap_or(0));
        let (major, minor, patch) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        found.push(format!("{major}.{minor}.{patch}"));
        found.push(format!("{major}.{minor}.{}", patch.saturating_add(1)));
        found.push(format!("{major}.{}.0", minor.saturating_add(1)));
        if let Some(minor) = minor.checked_sub(1) {
            found.push(format!("{major}.{minor}.0"));
        }
        found.push(format!("{}.0.0", major.saturating_add(1)));
        if let Some(major) = major.checked_sub(1) {
            found.push(format!("{major}.0.0"));
        }
    }
    found.push("0.0.1".into());
    found
}

/// The version of the cluster that is as wanted and the nearest to the one that is assumed.
fn cluster(scope: &Scope<'_>, is_met: impl Fn(&KubeVersion) -> bool) -> Vec<Candidate> {
    let now = KubeVersion::parse(scope.version).ok();
    let range = scope.kubernetes;
    let minors = (range.from.minor..=range.to.minor).map(|minor| KubeVersion::new(range.from.major, minor, 0));
    let distance = |version: &KubeVersion| now.map_or(0, |now| now.minor.abs_diff(version.minor));
    let best = minors.filter(|version| range.contains(*version) && is_met(version)).min_by_key(distance);
    best.map(|version| vec![vec![Setting::KubeVersion(version.to_string())]]).unwrap_or_default()
}

/// `.Capabilities.KubeVersion.Minor` and the like.
pub(super) fn capability(path: PathId, now: &str, want: &Want, scope: &Scope<'_>) -> Vec<Candidate> {
    if scope.keys(path).as_deref() != Some(&["KubeVersion".to_string()]) {
        return Vec::new();
    }
    let of = |version: &KubeVersion| match now {
        // Which part of the version it is, its value tells.
        number if number.parse() == Ok(version.major) => version.major.to_string(),
        number if number.parse::<u16>().is_ok() => version.minor.to_string(),
        _ => format!("v{version}"),
    };
    let text = |plain: &Plain| match &plain.data {
        PlainData::String(text) => String::from_utf8_lossy(text).into_owned(),
        PlainData::Int(number) => number.to_string(),
        _ => String::new(),
    };
    match want {
        Want::Equal(value) => cluster(scope, |version| of(version) == text(value)),
        Want::Other(value) => cluster(scope, |version| of(version) != text(value)),
        Want::Truth(_) => Vec::new(),
    }
}

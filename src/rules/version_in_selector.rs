//! A selector that holds the version of the chart or of the application.

use super::fields::{self, Leaf, leaves_at};
use super::{Evidence, Rule, consequence};
use crate::finding::{Effect, Finding, Severity};
use crate::lifecycle::Phase;
use crate::manifest::Object;

pub static RULE: Rule = Rule {
    name: "version-in-selector",
    severity: Severity::Error,
    summary: "`spec.selector` holds the version of the chart or of the application: the next version is refused",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let Some(phase) = evidence.current() else { return };
    for object in phase.fresh.iter().filter(|object| !object.is_hook()) {
        let leaves = leaves_at(phase, object, &["spec", "selector"]);
        if let Some(finding) = versioned(&RULE, evidence, phase, object, &leaves) {
            findings.push(finding);
        }
    }
}

/// A finding about the leaves that are immutable and hold a version, if there are any.
pub fn versioned(
    rule: &Rule,
    evidence: &Evidence<'_>,
    phase: &Phase,
    object: &Object,
    leaves: &[Leaf<'_>],
) -> Option<Finding> {
    let life = evidence.life;
    let is_wanted = |leaf: &&Leaf<'_>| {
        fields::version_in(life, leaf).is_some() && consequence::is_field_immutable(life, &object.id, &leaf.field)
    };
    let held: Vec<&Leaf<'_>> = leaves.iter().filter(is_wanted).collect();
    let lead = held.first()?;
    // An object of another name is created, not changed.
    let name = leaves_at(phase, object, &["metadata", "name"]);
    if name.iter().any(|leaf| fields::version_in(life, leaf).is_some()) {
        return None;
    }
    let (origin, is_app) = fields::version_in(life, lead)?;
    let what = if is_app { "appVersion" } else { "version" };
    let mut finding = fields::finding(rule, evidence, &held, Severity::Error, "version");
    let id = &object.id;
    finding.title = format!("{id} has the chart's {what} in `{}`, which is immutable", lead.field);
    finding.steps = fields::trace(phase, origin, finding.primary, "is another one in the next version of the chart");
    let shown = fields::shown(object, &lead.node.span);
    finding.effects = vec![
        Effect { operation: "install", says: shown },
        Effect { operation: "next version", says: "refused: the field is immutable".into() },
    ];
    finding.help = format!(
        "select by what stays: the chart's name and the release's; `helm.sh/chart` and `app.kubernetes.io/version` belong \
         into `metadata.labels`\na release that is stuck: `kubectl delete {} {} --cascade=orphan` before the upgrade",
        id.kind.to_lowercase(),
        id.name
    );
    Some(finding)
}

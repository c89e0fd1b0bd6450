//! A second install finds what the first release left behind.

use super::{Evidence, Rule, documents, story, words};
use crate::engine::RenderError;
use crate::finding::{Effect, Finding, Severity};
use crate::lifecycle::{self, Difference, ObjectChange, Phase, PhaseKind};
use crate::manifest::{How, Object};
use std::collections::BTreeMap;

pub static RULE: Rule = Rule {
    name: "install-over-leftovers",
    severity: Severity::Warning,
    summary: "what an uninstall leaves makes the next install fail, or render something else",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let life = evidence.life;
    let Some(install) = life.phase(PhaseKind::Install) else { return };
    let Some(again) = lifecycle::install_again(life) else { return };
    if let Some(error) = &again.rendering.error {
        if let RenderError::Exec(error) = error {
            findings.push(failing(evidence, error));
        }
        return;
    }
    if again.manifests.is_err() {
        return;
    }
    let mut groups: BTreeMap<_, Vec<Difference>> = BTreeMap::new();
    let is_affected = |object: &Object| again.rendering.files.iter().any(|file| file.name == object.file);
    for difference in lifecycle::differences_of(install, &again, is_affected) {
        // A value that is kept is what a lookup is for; that something is there or not is not.
        let is_presence = !matches!(difference.change, ObjectChange::Field { how: How::Changed, .. });
        if is_presence
            && !difference.is_hook
            && !documents::is_helms(&difference)
            && !documents::is_told(findings, &difference.id)
        {
            groups.entry(difference.id.clone()).or_default().push(difference);
        }
    }
    for group in groups.values() {
        let Some(lead) = group.first() else { continue };
        findings.push(differing(evidence, install, &again, lead));
    }
}

const LEFT: &str =
    "leaves objects with `helm.sh/resource-policy: keep`, what hooks made, and the claims of StatefulSets";

fn failing(evidence: &Evidence<'_>, error: &crate::engine::Error) -> Finding {
    let mut finding = words::problem(&RULE, evidence, Severity::Warning, words::innermost(error));
    let message = error.failed_with().map_or_else(|| words::message(error), |text| text.trim().to_string());
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    finding.title = format!("an install over what an uninstall leaves fails: {message}");
    finding.steps = words::call_stack(error);
    finding.effects = vec![
        Effect { operation: "uninstall", says: LEFT.into() },
        Effect { operation: "install again", says: message.clone() },
    ];
    finding.help = "read what is there in every form that the chart itself has left it in; a release that is stuck: \
                    delete what is left, if its data may go, and install again"
        .into();
    finding.cause = message;
    finding
}

fn differing(evidence: &Evidence<'_>, install: &Phase, again: &Phase, difference: &Difference) -> Finding {
    let id = &difference.id;
    let told = story::explain(evidence.life, install, again, difference);
    let place = difference.from.as_ref().map(|p| (install, p)).or(difference.to.as_ref().map(|p| (again, p)));
    let written = place.and_then(|(phase, (index, range))| {
        let object = phase.objects.get(*index)?;
        Some(story::written_at(&phase.rendering, &object.text, range))
    });
    let primary = told.map(|story| story.primary).or(written).unwrap_or_default();
    let mut finding = words::problem(&RULE, evidence, Severity::Warning, primary);
    finding.object = Some(documents::object_ref(id));
    let (what, first, second) = match &difference.change {
        ObjectChange::Removed => (id.to_string(), "renders it", "does not: nothing manages what is left of it"),
        ObjectChange::Added => (id.to_string(), "does not render it", "renders it"),
        ObjectChange::Field { field, how: How::Removed } => {
            (format!("{id} `{field}`"), "renders it", "leaves it out, because of what it finds")
        }
        ObjectChange::Field { field, .. } => {
            (format!("{id} `{field}`"), "does not render it", "renders it, because of what it finds")
        }
    };
    let when = match &difference.change {
        ObjectChange::Removed | ObjectChange::Field { how: How::Removed, .. } => "by the first install alone",
        _ => "only by an install over what an uninstall leaves",
    };
    finding.title = format!("{what} is rendered {when}");
    finding.effects = vec![
        Effect { operation: "install", says: first.into() },
        Effect { operation: "uninstall", says: LEFT.into() },
        Effect { operation: "install again", says: second.into() },
    ];
    finding.help = format!("render {id} in every install, whatever is left; let a value decide, never a lookup");
    finding.cause = "leftovers".into();
    finding
}

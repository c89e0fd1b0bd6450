//! A field that is there only when a lookup finds something.

use super::story::{Mode, Story, Why};
use super::{Evidence, Rule, words};
use crate::finding::{Effect, Finding, Severity};
use crate::lifecycle::{Life, ObjectChange};
use crate::manifest::How;

pub static RULE: Rule = Rule {
    name: "lookup-toggles-field",
    severity: Severity::Warning,
    summary: "a field, an entry or a key of data is there only when a lookup finds something: rollback takes it away",
    check,
};

/// A list that the condition around a part of it makes longer or shorter.
fn is_entry(life: &Life, story: &Story) -> bool {
    let ObjectChange::Field { how: How::Changed, .. } = &story.difference.change else { return false };
    let is_list = |place: &Option<(usize, std::ops::Range<usize>)>, phase| {
        let (Some((index, range)), Some(phase)) = (place, life.phase(phase)) else { return false };
        let text = phase.objects.get(*index).and_then(|object| object.text.bytes().get(range.clone()));
        text.is_some_and(|text| text.starts_with(b"- ") || text.starts_with(b"["))
    };
    story.is_decided()
        && is_list(&story.difference.from, story.phases.0)
        && is_list(&story.difference.to, story.phases.1)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let life = evidence.life;
    let groups = evidence.take(|story| {
        matches!(story.why, Why::Lookup(_))
            && matches!(story.difference.change, ObjectChange::Field { .. })
            && !story.difference.is_hook
            && (story.mode == Mode::Presence || is_entry(life, story))
    });
    for group in groups {
        let lead = group[0];
        let id = &lead.difference.id;
        let field = lead.field().field;
        let mut finding = words::finding(&RULE, evidence, &group, Severity::Warning);
        let is_gone = matches!(lead.difference.change, ObjectChange::Field { how: How::Removed, .. });
        finding.title = match lead.mode {
            Mode::Presence => format!("{id} has `{field}` {}, because of a lookup", words::when(lead)),
            Mode::Value => format!(
                "{id} has other entries in `{field}` on {} than on {}, because of a lookup",
                lead.phases.1.name(),
                lead.phases.0.name()
            ),
        };
        let rollback = if is_gone {
            "sets it again"
        } else {
            "takes it away, also what a controller or a user has put there since"
        };
        finding.effects.push(Effect { operation: "rollback", says: rollback.into() });
        finding.effects.push(Effect {
            operation: "offline",
            says: "helm template and Argo CD never find anything: the field is as on install".into(),
        });
        finding.help = format!(
            "render `{field}` in every phase, from a value or with a fixed default, or never: what the template does \
             not name, an update leaves as it is\n\
             before a rollback, note what the live {} has there: `kubectl get {} {} -o yaml`",
            id.kind,
            id.kind.to_lowercase(),
            id.name
        );
        findings.push(finding);
    }
}

//! A checksum over text that differs from render to render.

use super::story::{Story, Why};
use super::{Deployer, Evidence, Rule, fields, words};
use crate::finding::{Finding, Severity};
use crate::lifecycle::PhaseKind;
use crate::value::origin::Cause;

pub static RULE: Rule = Rule {
    name: "checksum-of-unstable",
    severity: Severity::Warning,
    summary: "a checksum is made over a template that draws values or reads the cluster: upgrades restart pods for nothing",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let life = evidence.life;
    let is_wanted = |s: &Story| {
        let is_place =
            |path: &str| path.contains("annotations") || path.contains("labels") || path.starts_with("spec.template.");
        !s.difference.is_hook
            && s.path().is_some_and(is_place)
            && life.phase(s.told_by).is_some_and(|phase| fields::is_digest(phase, s.origin))
    };
    for group in evidence.take_once(is_wanted) {
        let is_again = is_again(evidence, group[0]);
        let told = Story { why: decisive(evidence, group[0], is_again), ..group[0].clone() };
        let group: Vec<&Story> = std::iter::once(&told).chain(group.into_iter().skip(1)).collect();
        let lead = &told;
        let id = &lead.difference.id;
        let restarts = super::pod_template_unstable::is_pod_template(lead);
        // What a lookup keeps is settled by the first upgrade, and that it is one; where nothing is found, it is drawn at
        // every render.
        let is_settled = matches!(lead.why, Why::Lookup(_) | Why::Phase) && !is_again;
        let severity = match restarts && (!is_settled || evidence.targets.asks_for(Deployer::ArgoCd)) {
            true => Severity::Warning,
            false => Severity::Info,
        };
        let mut finding = words::finding(&RULE, evidence, &group, severity);
        let consequence = if restarts { ": its pods restart" } else { "" };
        let when = match is_settled {
            true => format!("once, on the first {}", lead.phases.1.name()),
            false => format!("on {}", lead.phases.1.name()),
        };
        let field = lead.field().field;
        finding.title =
            format!("{id} has a checksum in `{field}` that {} changes{consequence} {when}", words::why(lead));
        finding.help =
            "make the checksum over what decides, the values (`.Values.auth | toJson | sha256sum`), or keep what is \
                        drawn; a Secret whose content is kept still changes its text when the lookup first finds it"
                .into();
        findings.push(finding);
    }
}

/// What makes the checksum another one, of all that went into the text. What every upgrade draws says more than what was
/// looked at before; what settles comes of what is kept.
fn decisive(evidence: &Evidence<'_>, story: &Story, is_again: bool) -> Why {
    let Some(phase) = evidence.life.phase(story.told_by) else { return story.why };
    let causes = || phase.rendering.rt.arena.causes(story.origin);
    let drawn = causes().find_map(|cause| match cause {
        Cause::Random { draw } if is_again => Some(Why::Random(*draw)),
        _ => None,
    });
    let kept = causes().find_map(|cause| match cause {
        Cause::Lookup { call, .. } if story.why == Why::Phase => Some(Why::Lookup(*call)),
        _ => None,
    });
    drawn.or(kept).unwrap_or(story.why)
}

/// Whether the field differs between two upgrades too, or only there.
fn is_again(evidence: &Evidence<'_>, story: &Story) -> bool {
    evidence.stories.iter().any(|other| {
        other.phases.0 == PhaseKind::Upgrade
            && other.difference.id == story.difference.id
            && other.path() == story.path()
    })
}

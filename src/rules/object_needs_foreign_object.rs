//! An object that is rendered only while an object of somebody else's is there, or only while it is not.

use super::arms::{Arms, Document};
use super::{Evidence, Rule, documents, words};
use crate::engine::LookupCall;
use crate::finding::{Effect, Finding, Severity, TraceStep};
use crate::lifecycle::{Phase, PhaseKind};
use crate::source::Span;
use crate::value::origin::{Cause, Guard};

pub static RULE: Rule = Rule {
    name: "object-needs-foreign-object",
    severity: Severity::Warning,
    summary: "an object exists only if somebody else's object was, or was not, found when the chart was rendered",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let life = evidence.life;
    let Some(phase) = life.phase(PhaseKind::Install).filter(|p| p.rendering.error.is_none()) else { return };
    let arena = &phase.rendering.rt.arena;
    if phase.rendering.rt.lookups.is_empty() {
        return;
    }
    let mut arms: Option<Option<Arms>> = None;
    let mut known: Vec<Span> = Vec::new();
    for object in phase.objects.iter().filter(|o| !o.is_hook()) {
        if documents::is_told(findings, &object.id) {
            continue;
        }
        let conditions = documents::conditions(arena, object);
        let found = conditions.iter().find_map(|guard| Some((guard, documents::foreign_lookup(life, phase, guard)?)));
        let Some((guard, lookup)) = found else { continue };
        // What is drawn where nothing is found stands in for it: the condition holds either way.
        if arena.causes(guard.origin).any(|cause| matches!(cause, Cause::Random { .. })) {
            continue;
        }
        // Where the other arm renders one of the kind too, there always is one.
        let arms = arms.get_or_insert_with(|| Arms::new(life));
        if arms.as_ref().is_some_and(|arms| arms.silent(guard).iter().any(|d| d.kind == object.id.kind)) {
            continue;
        }
        let mut finding = documents::finding(&RULE, evidence, Severity::Warning, (phase, object), &object.node.span);
        let asked = documents::asked(&lookup.query);
        finding.title = format!("{} is rendered only as long as {asked} is not found", object.id);
        finding.effects = vec![Effect {
            operation: "upgrade",
            says: format!("once {asked} is there, {} leaves the manifest: Helm deletes it", object.id),
        }];
        finish(&mut finding, phase, guard, lookup);
        known.push(guard.condition);
        findings.push(finding);
    }
    for guard in &documents::met(phase) {
        let Some(lookup) = documents::foreign_lookup(life, phase, guard) else { continue };
        if known.contains(&guard.condition) {
            continue;
        }
        known.push(guard.condition);
        let arms = arms.get_or_insert_with(|| Arms::new(life));
        let Some(arms) = arms else { return };
        let taken = arms.taken(guard);
        // An object of the kind, named after the release, is the chart's own with other values: what it holds is kept.
        let query = &lookup.query;
        let is_own = |kind: &str| kind == query.kind && query.name.contains(&life.world.release);
        let is_foreign = |d: &&Document| !is_own(&d.kind) && taken.iter().all(|t| t.kind != d.kind);
        for document in arms.silent(guard).iter().filter(is_foreign) {
            findings.push(silent(evidence, phase, guard, lookup, document));
        }
    }
}

/// A document that no phase of this life renders.
fn silent(evidence: &Evidence<'_>, phase: &Phase, guard: &Guard, lookup: &LookupCall, document: &Document) -> Finding {
    let mut finding = words::problem(&RULE, evidence, Severity::Warning, document.span);
    let asked = documents::asked(&lookup.query);
    let kind = if document.kind.is_empty() { "object" } else { &document.kind };
    finding.title = format!("the {kind} here is rendered only if {asked} is found");
    finding.effects = vec![
        Effect {
            operation: "install",
            says: format!("without {asked} the {kind} is missing, and nobody is told; it comes with a later upgrade"),
        },
        Effect { operation: "upgrade", says: format!("once {asked} is gone, Helm deletes the {kind}") },
    ];
    finish(&mut finding, phase, guard, lookup);
    finding.steps.push(TraceStep { span: document.span, says: "this is written only then".into(), is_primary: true });
    finding
}

fn finish(finding: &mut Finding, phase: &Phase, guard: &Guard, lookup: &LookupCall) {
    let _ = phase;
    let asked = documents::asked(&lookup.query);
    let add = |span: Span, says: String, steps: &mut Vec<TraceStep>| {
        if span != Span::default() && steps.iter().all(|s| s.span != span) {
            steps.push(TraceStep { span, says, is_primary: false });
        }
    };
    add(lookup.span, format!("asks for {asked}, which this chart does not render"), &mut finding.steps);
    add(guard.condition, "and decides".into(), &mut finding.steps);
    finding.effects.push(Effect {
        operation: "offline",
        says: "helm template and Argo CD find nothing, ever: Helm and GitOps deploy different things".into(),
    });
    finding.help = format!(
        "let a value decide, never a lookup; where {asked} must be there, say so with a `fail` behind a value that can \
         be turned off"
    );
    finding.cause = documents::lookup_cause(&lookup.query);
}

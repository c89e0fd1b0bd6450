//! A document that only the APIs of the cluster decide about.

use super::arms::{Arms, Document};
use super::{Evidence, Rule, documents, words};
use crate::finding::{Effect, Finding, Severity, TraceStep};
use crate::kube;
use crate::lifecycle::{Phase, PhaseKind};
use crate::source::Span;
use crate::value::Arena;
use crate::value::origin::{Cause, Guard, Step};
use crate::value::way;

pub static RULE: Rule = Rule {
    name: "capability-guards-object",
    severity: Severity::Info,
    summary: "an object is rendered only where `.Capabilities.APIVersions` has an API, and no value can force it",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let life = evidence.life;
    let Some(phase) = life.phase(PhaseKind::Install).filter(|p| p.rendering.error.is_none()) else { return };
    let arena = &phase.rendering.rt.arena;
    let mut arms: Option<Option<Arms>> = None;
    // What one condition lets through is told at the first object of it.
    let mut groups: Vec<(Span, usize, Vec<String>)> = Vec::new();
    for object in phase.objects.iter().filter(|o| !o.is_hook()) {
        let conditions = documents::conditions(arena, object);
        if conditions.iter().any(|guard| has_value(arena, guard)) {
            continue;
        }
        let Some((guard, api)) = conditions.iter().find_map(|g| Some((g, custom_api(phase, g)?))) else { continue };
        let arms = arms.get_or_insert_with(|| Arms::new(life));
        if arms.as_ref().is_some_and(|arms| arms.silent(guard).iter().any(|d| d.kind == object.id.kind)) {
            continue;
        }
        if let Some((.., others)) = groups.iter_mut().find(|(condition, ..)| *condition == guard.condition) {
            others.push(object.id.to_string());
            continue;
        }
        groups.push((guard.condition, findings.len(), Vec::new()));
        let has = if is_known(evidence, &api) { "has" } else { "lacks" };
        let mut finding = documents::finding(&RULE, evidence, Severity::Info, (phase, object), &object.node.span);
        finding.title = format!("{} is rendered only where the cluster {has} {api}; no value forces it", object.id);
        finish(&mut finding, guard, &api, None);
        findings.push(finding);
    }
    for (_, index, others) in groups.into_iter().filter(|(.., others)| !others.is_empty()) {
        let Some(finding) = findings.get_mut(index) else { continue };
        let more = if others.len() > 8 { ", …" } else { "" };
        let says = format!("{}{more}", others.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", "));
        finding.title =
            finding.title.replacen(" is rendered only", &format!(" (and {} more) is rendered only", others.len()), 1);
        finding.effects.push(Effect { operation: "also", says });
    }
    let mut known: Vec<Span> = Vec::new();
    for guard in &documents::met(phase) {
        let Some(api) = custom_api(phase, guard) else { continue };
        if known.contains(&guard.condition) || arena.guards(guard.parent).iter().any(|g| has_value(arena, g)) {
            continue;
        }
        known.push(guard.condition);
        let arms = arms.get_or_insert_with(|| Arms::new(life));
        let Some(arms) = arms else { return };
        let taken = arms.taken(guard);
        let silent = arms.silent(guard);
        let Some(document) = silent.iter().find(|d| taken.iter().all(|t| t.kind != d.kind)) else { continue };
        let kind = if document.kind.is_empty() { "object" } else { &document.kind };
        let has = if is_known(evidence, &api) { "lacks" } else { "has" };
        let mut finding = words::problem(&RULE, evidence, Severity::Info, document.span);
        finding.title = format!("the {kind} here is rendered only where the cluster {has} {api}; no value forces it");
        finish(&mut finding, guard, &api, Some(document));
        findings.push(finding);
    }
}

/// This world's cluster has the API.
fn is_known(evidence: &Evidence<'_>, api: &str) -> bool {
    evidence.life.world.capabilities.api_versions.iter().any(|known| known == api)
}

fn has_value(arena: &Arena, guard: &Guard) -> bool {
    arena.causes(guard.origin).any(|cause| matches!(cause, Cause::Values { .. }))
}

/// The API that is not built into Kubernetes and that a condition asks `.Capabilities.APIVersions` for, alone.
pub(super) fn custom_api(phase: &Phase, guard: &Guard) -> Option<String> {
    let arena = &phase.rendering.rt.arena;
    let is_api = |cause: &Cause| match cause {
        Cause::Capabilities { path } => arena.path_text(*path).starts_with("APIVersions"),
        _ => false,
    };
    // Of `and A B` with a false A the other was not asked for.
    let names_value = names_other(phase, guard.condition);
    if names_value || has_value(arena, guard) || !arena.causes(guard.origin).any(is_api) {
        return None;
    }
    let sources = way::steps(arena, guard.origin).into_iter().filter(|(_, step, _)| *step == Step::Source);
    let mut places: Vec<Span> = sources.map(|(_, _, span)| span).collect();
    places.push(guard.condition);
    let apis: Vec<String> = places.iter().flat_map(|span| quoted(phase, *span)).collect();
    let is_built_in = |api: &String| {
        let group = api.split_once('/').map_or("", |(group, _)| group);
        let group = if group.starts_with('v') && !group.contains('.') { "" } else { group };
        kube::kinds().iter().any(|kind| kind.group() == group)
    };
    if apis.iter().any(is_built_in) { None } else { apis.into_iter().next() }
}

/// Whether a condition names a value, or asks for something else beside capabilities: `and (.Capabilities…) $x.enabled`.
fn names_other(phase: &Phase, condition: Span) -> bool {
    let action = action(phase, condition);
    if action.contains("Values") {
        return true;
    }
    // A condition begins where its action does.
    let words = action.trim_start_matches(['{', '-', ' ']);
    let words = words.trim_start_matches("else ").trim_start_matches("if ").trim_start();
    if !words.contains("Capabilities") || !(words.starts_with("and ") || words.starts_with("or ")) {
        return false;
    }
    let mut depth = 0_usize;
    let mut operands = vec![String::new()];
    for c in words.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match operands.last_mut() {
            Some(last) if depth > 0 || !c.is_whitespace() => last.push(c),
            _ => operands.push(String::new()),
        }
    }
    operands.iter().any(|operand| operand.starts_with(['.', '$', '(']) && !operand.contains("Capabilities"))
}

/// The text from a place to the end of its action.
fn action(phase: &Phase, span: Span) -> String {
    let Some(file) = phase.rendering.sources.file_at(span.start).filter(|_| span.start != 0) else {
        return String::new();
    };
    let rest = file.text.get((span.start - file.base) as usize..).unwrap_or_default();
    let end = rest.windows(2).position(|w| w == b"}}").unwrap_or(rest.len());
    String::from_utf8_lossy(rest.get(..end).unwrap_or_default()).into_owned()
}

/// The texts in quotes from a place to the end of its action that look like an API.
fn quoted(phase: &Phase, span: Span) -> Vec<String> {
    let text = action(phase, span);
    text.split('"').skip(1).step_by(2).filter(|word| word.contains('/')).map(str::to_string).collect()
}

fn finish(finding: &mut Finding, guard: &Guard, api: &str, document: Option<&Document>) {
    finding.steps = vec![TraceStep {
        span: guard.condition,
        says: format!("asks whether the cluster has {api}"),
        is_primary: false,
    }];
    if let Some(document) = document {
        finding.steps.push(TraceStep { span: document.span, says: "and decides about this".into(), is_primary: true });
    }
    finding.effects = vec![
        Effect {
            operation: "offline",
            says: format!("helm template knows no API that is not built in, unless it is told: `--api-versions {api}`"),
        },
        Effect {
            operation: "install",
            says:
                "before the API is there (its operator comes later, or in the same release) it is as if the cluster would \
                 never have it, and nobody is told"
                    .into(),
        },
    ];
    finding.help = "let a value decide, with the capability as its default: `enabled: auto | true | false`".into();
    finding.cause = format!("capabilities {api}");
}

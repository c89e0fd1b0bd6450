//! A lookup's result is used where it can be empty.

use super::{Evidence, Rule, words};
use crate::engine::{Error, RenderError};
use crate::finding::{Effect, Finding, Severity, TraceStep};
use crate::lifecycle::{Phase, PhaseKind};
use crate::value::origin::Cause;

pub static RULE: Rule = Rule {
    name: "lookup-unguarded",
    severity: Severity::Error,
    summary: "a lookup's result is used where it can be empty: the render fails without the object or without a cluster",
    check,
};

/// The call of `lookup` whose empty result an error is about.
pub(super) fn lookup_of(phase: &Phase, error: &Error) -> Option<u32> {
    let level = error.levels().into_iter().last()?;
    let arena = &phase.rendering.rt.arena;
    arena.causes(level.about).find_map(|cause| match cause {
        Cause::Lookup { call, .. } => {
            let lookup = phase.rendering.rt.lookups.get(*call as usize);
            lookup.is_some_and(|lookup| !lookup.found).then_some(*call)
        }
        _ => None,
    })
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let failing: Vec<(&Phase, &Error, u32)> = evidence
        .life
        .phases
        .iter()
        .filter_map(|phase| match &phase.rendering.error {
            Some(RenderError::Exec(error)) if error.failed_with().is_none() => {
                lookup_of(phase, error).map(|call| (phase, error, call))
            }
            _ => None,
        })
        .collect();
    let mut known = Vec::new();
    for (phase, error, call) in &failing {
        let primary = words::innermost(error);
        if known.contains(&primary) {
            continue;
        }
        known.push(primary);
        let Some(lookup) = phase.rendering.rt.lookups.get(*call as usize) else { continue };
        let query = &lookup.query;
        let phases: Vec<PhaseKind> =
            failing.iter().filter(|(_, e, _)| words::innermost(e) == primary).map(|(p, _, _)| p.kind).collect();
        let mut finding = words::problem(&RULE, evidence, Severity::Error, primary);
        finding.title = format!(
            "{}: the lookup of {} {} found nothing, and its result is used all the same",
            words::failing(evidence.life, &phases),
            query.kind,
            query.name
        );
        finding.steps = vec![TraceStep {
            span: lookup.span,
            says: "finds nothing before the object exists, and never without a cluster".into(),
            is_primary: false,
        }];
        let mut stack = words::call_stack(error);
        stack.retain(|step| step.span != lookup.span);
        finding.steps.extend(stack);
        for kind in PhaseKind::ALL {
            if phases.contains(&kind) && !kind.is_again() {
                finding.effects.push(Effect { operation: kind.name(), says: words::message(error) });
            }
        }
        finding.help = "read through empty results: `dig \"data\" \"key\" \"\" $object`, or `{{ with }}`/`{{ if }}` around the use"
            .into();
        finding.cause = format!("lookup {} {} {} {}", query.api_version, query.kind, query.namespace, query.name);
        findings.push(finding);
    }
}

//! What a client-side create lets pass and a server-side apply refuses.

use super::{Evidence, Rule, documents};
use crate::finding::{Effect, FieldAt, Finding, Severity};
use crate::kube::{self, Fault, Mode};
use crate::lifecycle::{Phase, PhaseKind};

pub static RULE: Rule = Rule {
    name: "breaks-server-side-apply",
    severity: Severity::Error,
    summary: "two entries with one key, or a field that the kind does not have: Helm 3 installs it, Helm 4 is refused",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if !evidence.targets.modes.contains(&Mode::Apply) {
        return;
    }
    let life = evidence.life;
    let kind = if life.previous { PhaseKind::Upgrade } else { PhaseKind::Install };
    // A chart may want something of the cluster before it installs; what it renders without one says as much.
    let whole = |kind| life.phase(kind).filter(|p: &&Phase| p.rendering.error.is_none());
    let Some(phase) = whole(kind).or_else(|| whole(PhaseKind::Offline)) else { return };
    for object in phase.fresh.iter().filter(|o| !o.is_hook()) {
        let id = &object.id;
        let faults = kube::apply_faults(&object.node, &id.api_version, &id.kind, evidence.targets.kubernetes);
        // What a patch cannot tell apart either is told with patches.
        let told_by_patch = evidence.targets.modes.contains(&Mode::Patch);
        let is_ours = |fault: &&Fault| {
            let is_told = told_by_patch && matches!(fault, Fault::NoKey { .. });
            let range = documents::range_of(object, fault.field());
            let is_unknown = matches!(fault, Fault::UnknownField { .. });
            // The names of fields in a value that nobody passes are not the chart's.
            let is_invented = documents::is_made_up(life) && documents::is_inserted(object, &range);
            let is_invented = is_invented || documents::is_chance(life, phase, object, fault);
            !(is_told || is_invented || is_unknown && documents::is_picked(phase, object, &range))
        };
        let faults: Vec<&Fault> = faults.iter().filter(is_ours).collect();
        let Some(&lead) = faults.first() else { continue };
        let range = documents::range_of(object, lead.field());
        let mut finding = documents::finding(&RULE, evidence, Severity::Error, (phase, object), &range);
        let field = lead.field();
        let (what, message, helm3, help) = match lead {
            Fault::Twice { key, first, .. } => (
                format!("has `{key}` twice, at `{first}` and `{field}`"),
                format!("duplicate entries for key [{key}]"),
                "takes it, and the last entry counts; a later change of that entry is written into the first one",
                "write each entry once: let the template leave out its own where the user's list has one of that key",
            ),
            Fault::UnknownField { .. } => (
                format!(
                    "has `{field}`, a field that no {} of {} has in Kubernetes {}",
                    id.kind, id.api_version, evidence.targets.kubernetes
                ),
                format!(".{field}: field not declared in schema"),
                "takes it, and the server drops the field: it never had an effect",
                "take the field out, or write it where it belongs: look at its name and at its indentation",
            ),
            Fault::NoKey { key, .. } => (
                format!("has an element without `{key}` at `{field}`"),
                format!("associative list with keys has an element that omits key field \"{key}\""),
                "fails on the first upgrade, if the install is taken",
                "leave the element out where its key is empty",
            ),
        };
        finding.title = format!("{id} {what}: Helm 4 is refused");
        finding.fields =
            faults.iter().map(|f| FieldAt { field: f.field().to_string(), span: finding.primary }).collect();
        finding.effects = vec![
            Effect { operation: "helm 3", says: helm3.into() },
            Effect {
                operation: "helm 4",
                says: format!("install, and upgrade of a release that Helm 4 made: refused with `{message}`"),
            },
        ];
        finding.help =
            format!("{help}\nuntil the chart is mended: `helm install --server-side=false`, which does as Helm 3 did");
        finding.cause = match lead {
            Fault::Twice { .. } => "key twice".into(),
            Fault::UnknownField { .. } => "unknown field".into(),
            Fault::NoKey { .. } => "no key".into(),
        };
        findings.push(finding);
    }
}

//! List elements that a patch cannot tell apart.

use super::{Evidence, Rule, documents};
use crate::finding::{Effect, FieldAt, Finding, Severity};
use crate::kube::{self, Fault, Mode};
use crate::lifecycle::{Phase, PhaseKind};
use crate::manifest::Object;

pub static RULE: Rule = Rule {
    name: "patch-impossible",
    severity: Severity::Error,
    summary: "an element of a list lacks the key that tells it apart: it installs, and every patch of it fails",
    check,
};

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if !evidence.targets.modes.contains(&Mode::Patch) {
        return;
    }
    let life = evidence.life;
    let kind = if life.previous { PhaseKind::Upgrade } else { PhaseKind::Install };
    let Some(phase) = life.phase(kind).filter(|p| p.rendering.error.is_none()) else { return };
    // What Argo CD runs as a hook is deleted and made again, never patched.
    let is_patched = |o: &Object| !o.is_hook() && o.annotation("argocd.argoproj.io/hook").is_none();
    for object in phase.fresh.iter().filter(|o| is_patched(o)) {
        let faults = kube::patch_faults(&object.node, &object.id.api_version, &object.id.kind);
        // An element of a list that nobody passes is not the chart's.
        let is_invented = |fault: &Fault| {
            let range = documents::range_of(object, fault.field());
            documents::is_made_up(life)
                && (documents::is_inserted(object, &range) || documents::is_of_passed_list(life, phase, object, &range))
        };
        // What no upgrade renders again is never patched; what no server takes is refused all the same.
        let is_never_patched = evidence
            .whole(PhaseKind::Upgrade)
            .is_some_and(|upgrade| !upgrade.objects.iter().any(|o| !o.is_hook() && o.id == object.id));
        let is_missing = |fault: &&Fault| match fault {
            Fault::NoKey { is_created, .. } => !(is_invented(fault) || *is_created && is_never_patched),
            _ => false,
        };
        let missing: Vec<&Fault> = faults.iter().filter(is_missing).collect();
        if !missing.is_empty() {
            findings.push(without_key(evidence, (phase, object), &missing));
            continue;
        }
        // Server-side apply refuses entries that are there twice; where it does not count, patches are asked.
        let told_by_apply = evidence.targets.modes.contains(&Mode::Apply);
        let apply =
            kube::apply_faults(&object.node, &object.id.api_version, &object.id.kind, evidence.targets.kubernetes);
        let is_twice = |f: &&Fault| matches!(f, Fault::Twice { .. }) && !documents::is_chance(life, phase, object, f);
        let twice: Vec<&Fault> = apply.iter().filter(is_twice).collect();
        if !told_by_apply && !twice.is_empty() {
            findings.push(with_key_twice(evidence, (phase, object), &twice));
        }
    }
}

fn fields(faults: &[&Fault], primary: crate::source::Span) -> Vec<FieldAt> {
    faults.iter().map(|fault| FieldAt { field: fault.field().to_string(), span: primary }).collect()
}

fn without_key(evidence: &Evidence<'_>, (phase, object): (&Phase, &Object), faults: &[&Fault]) -> Finding {
    let is_created = faults.iter().all(|f| matches!(f, Fault::NoKey { is_created: true, .. }));
    let lead = faults.iter().find(|f| matches!(f, Fault::NoKey { is_created: false, .. })).unwrap_or(&faults[0]);
    let key = match lead {
        Fault::NoKey { key, .. } => key,
        _ => "name",
    };
    let range = documents::range_of(object, lead.field());
    // Whoever passes the value that lets the element through may well pass its name, too.
    // And where nobody passes any values, a chart that needs some cannot be installed as it is.
    let lacks_value = evidence.life.world.flags.is_empty()
        && !is_created
        && documents::is_absent_value(evidence.life, phase, object, lead.field());
    let severity =
        if documents::is_made_up(evidence.life) || lacks_value { Severity::Warning } else { Severity::Error };
    let mut finding = documents::finding(&RULE, evidence, severity, (phase, object), &range);
    let id = &object.id;
    let what = if is_created { "it installs, and no patch can change it" } else { "no server takes it" };
    finding.title = format!("{id} has an element without `{key}` at `{}`: {what}", lead.field());
    finding.fields = fields(faults, finding.primary);
    let refused = format!("fails with `map: map[] does not contain declared merge key: {key}`");
    let effect = |operation: &'static str, says: String| Effect { operation, says };
    finding.effects = if is_created {
        vec![
            effect("install", "is taken: the server stores the element as an empty one".into()),
            effect(
                "upgrade",
                format!("Helm 3, and Helm 4 for releases that Helm 3 made: {refused}, whatever else it changes"),
            ),
            effect("rollback", format!("{refused} too")),
            effect("argo cd", format!("the sync {refused}, unless it applies on the server's side")),
        ]
    } else {
        vec![
            effect("install", format!("is refused: the server wants `{key}`")),
            effect("upgrade", format!("from a version without the element: {refused}, or is refused like the install")),
        ]
    };
    finding.help = match is_created {
        true => format!(
            "leave the element out where its `{key}` is empty: `{{{{- with .Values.… }}}}` around it\n\
             a release that is stuck: upgrade fails as long as the live object has the element; `kubectl edit {} {}` \
             and take it out, then upgrade to the mended chart",
            id.kind.to_lowercase(),
            id.name
        ),
        false => format!(
            "give the value of `{key}` a default, or ask for it in words (`required`); or leave the element out without \
             it: `{{{{- with .Values.… }}}}` around it"
        ),
    };
    finding.cause = "no merge key".into();
    finding
}

fn with_key_twice(evidence: &Evidence<'_>, (phase, object): (&Phase, &Object), faults: &[&Fault]) -> Finding {
    let lead = faults[0];
    let key = match lead {
        Fault::Twice { key, .. } => key.as_str(),
        _ => "",
    };
    let range = documents::range_of(object, lead.field());
    let mut finding = documents::finding(&RULE, evidence, Severity::Warning, (phase, object), &range);
    finding.title = format!("{} has `{key}` twice, at `{}`: a patch of one loses the other", object.id, lead.field());
    finding.fields = fields(faults, finding.primary);
    finding.effects = vec![Effect {
        operation: "upgrade",
        says: "a change of the second entry is written into the first one".into(),
    }];
    finding.help = "write each entry once".into();
    finding.cause = "key twice".into();
    finding
}

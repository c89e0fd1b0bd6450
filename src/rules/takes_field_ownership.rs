//! A field of its own live object that a chart writes back although a controller owns it.

use super::objects::fields;
use super::{Evidence, Rule, documents, story, words};
use crate::finding::{Effect, FieldAt, Finding, Severity, TraceStep};
use crate::kube::Mode;
use crate::lifecycle::{Phase, PhaseKind};
use crate::manifest::Object;
use crate::source::Span;
use crate::value::origin::{Cause, Outcome};
use crate::value::{OriginId, Piece};

pub static RULE: Rule = Rule {
    name: "takes-field-ownership",
    severity: Severity::Warning,
    summary: "a field that a controller owns is copied from the live object: Helm 4 becomes its owner too, and conflicts",
    check,
};

/// The ends of paths that others than the chart write, by kind, and who does.
const OWNED: [(&str, &str, &str); 10] = [
    ("Deployment", "spec.replicas", "an autoscaler"),
    ("StatefulSet", "spec.replicas", "an autoscaler"),
    ("ReplicaSet", "spec.replicas", "an autoscaler"),
    ("PersistentVolumeClaim", "spec.resources.requests.storage", "whoever resizes the claim"),
    ("MutatingWebhookConfiguration", ".caBundle", "the injector of certificates"),
    ("ValidatingWebhookConfiguration", ".caBundle", "the injector of certificates"),
    ("CustomResourceDefinition", ".caBundle", "the injector of certificates"),
    ("APIService", ".caBundle", "the injector of certificates"),
    ("ServiceAccount", "secrets", "the token controller"),
    ("ServiceAccount", "imagePullSecrets", "whoever hands out credentials for images"),
];

/// A copied field: its path in the live object, its owner, the lookup and the piece that depends on it.
struct Copied<'a> {
    path: String,
    owner: &'static str,
    lookup: Span,
    piece: &'a Piece,
    /// The loop over the field that writes it, if one does.
    of_loop: Option<Span>,
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if !evidence.targets.modes.contains(&Mode::Apply) {
        return;
    }
    let life = evidence.life;
    let Some(phase) = life.phase(PhaseKind::Upgrade).filter(|p| p.rendering.error.is_none()) else { return };
    if phase.rendering.rt.lookups.is_empty() {
        return;
    }
    for object in phase.objects.iter().filter(|o| !o.is_hook()) {
        let copied = copied(evidence, phase, object);
        let Some(lead) = copied.first() else { continue };
        let is_known = findings.iter().any(|f| {
            f.object.as_ref().is_some_and(|o| o.kind == object.id.kind && o.name == object.id.name)
                && f.fields.iter().any(|at| at.field.ends_with(last(&lead.path)))
        });
        if is_known {
            continue;
        }
        // The difference of the copied field is told with it.
        let _ = evidence.take(|story| {
            story.difference.id == object.id
                && matches!(story.why, story::Why::Lookup(_))
                && copied.iter().any(|c| story.field().field.ends_with(last(&c.path)))
        });
        findings.push(finding(evidence, phase, object, &copied));
    }
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// The install draws something in the object, such as a certificate.
fn is_drawn(evidence: &Evidence<'_>, object: &Object) -> bool {
    let Some(install) = evidence.life.phase(PhaseKind::Install) else { return false };
    let arena = &install.rendering.rt.arena;
    let pieces = install.objects.iter().filter(|o| o.id == object.id).flat_map(|o| o.text.pieces());
    pieces.flat_map(|piece| arena.causes(piece.origin)).any(|cause| matches!(cause, Cause::Random { .. }))
}

/// The fields of an object that come from, or depend on, the same field of the live one.
fn copied<'a>(evidence: &Evidence<'_>, phase: &Phase, object: &'a Object) -> Vec<Copied<'a>> {
    let arena = &phase.rendering.rt.arena;
    let mut out: Vec<Copied<'a>> = Vec::new();
    let has_random = is_drawn(evidence, object);
    for piece in object.text.pieces() {
        let guards = arena.guards(piece.guard);
        let of_guards = guards.iter().map(|g| {
            let is_loop = matches!(g.outcome, Outcome::Some | Outcome::Empty);
            (g.origin, is_loop.then_some(g.condition))
        });
        let origins: Vec<(OriginId, Option<Span>)> = std::iter::once((piece.origin, None)).chain(of_guards).collect();
        let live = origins.iter().filter(|(origin, _)| origin.is_live());
        for (cause, of_loop) in live.flat_map(|(origin, at)| arena.causes(*origin).map(move |cause| (cause, *at))) {
            let Cause::Lookup { call, path } = cause else { continue };
            let Some(lookup) = phase.rendering.rt.lookups.get(*call) else { continue };
            if !documents::asks_for(&lookup.query, &object.id, evidence.life) {
                continue;
            }
            let path = arena.path_text(*path);
            let owned = OWNED.iter().find(|(kind, end, _)| {
                object.id.kind == *kind && if end.starts_with('.') { path.ends_with(end) } else { path == *end }
            });
            let Some((_, _, owner)) = owned else { continue };
            // A certificate that the chart itself draws is its own.
            if path.ends_with(".caBundle") && has_random || out.iter().any(|c| c.path == path) {
                continue;
            }
            // What is only computed from it goes somewhere else.
            if !is_written_to(object, &path, piece) {
                continue;
            }
            out.push(Copied { path, owner, lookup: lookup.span, piece, of_loop });
        }
    }
    out
}

/// Whether a piece stands in the field of this path, or of the same name in another element of its list; or would, had its
/// arm not stayed silent.
fn is_written_to(object: &Object, path: &str, piece: &Piece) -> bool {
    if piece.is_mark() && path.ends_with(".caBundle") {
        return true;
    }
    let same = |field: &str| field == path || path.ends_with(".caBundle") && field.ends_with(".caBundle");
    let (start, end) = (piece.start as usize, piece.end as usize);
    fields(object).iter().any(|field| same(&field.path) && start <= field.range.end && end >= field.range.start)
}

fn finding(evidence: &Evidence<'_>, phase: &Phase, object: &Object, copied: &[Copied<'_>]) -> Finding {
    let lead = &copied[0];
    let primary = match (lead.of_loop, lead.piece.source) {
        // Whether it goes round or not, the place is the same.
        (Some(head), _) => head,
        (None, 0) => story::written_at(&phase.rendering, &object.text, &lead.piece.range()),
        (None, _) => story::extent(&phase.rendering, lead.piece),
    };
    let mut finding = words::problem(&RULE, evidence, Severity::Warning, primary);
    let (id, field, owner) = (&object.id, &lead.path, lead.owner);
    finding.title = format!("{id} writes its live `{field}` back: Helm 4 owns it together with {owner}");
    finding.object = Some(documents::object_ref(id));
    finding.fields = copied.iter().map(|c| FieldAt { field: c.path.clone(), span: primary }).collect();
    finding.steps = vec![
        TraceStep { span: lead.lookup, says: format!("reads the live {} {}", id.kind, id.name), is_primary: false },
        TraceStep { span: primary, says: format!("and writes its `{field}` back"), is_primary: true },
    ];
    finding.effects = vec![
        Effect {
            operation: "upgrade",
            says: format!(
                "what was read is written a moment later; what {owner} writes in between is undone, or refused"
            ),
        },
        Effect {
            operation: "rollback",
            says: format!(
                "Helm 4 applies the old copy: `conflict with …: .{field}`, unless it is forced, and then {owner} is \
                 overruled"
            ),
        },
    ];
    let example =
        if field.ends_with("replicas") { " (`{{- if not .Values.autoscaling.enabled }}` or the like)" } else { "" };
    finding.help = format!(
        "leave `{field}` out of the template where {owner} decides{example}: what no manifest names stays as it is\n\
         a release that is stuck: `helm rollback --force-conflicts`, or `--server-side=false`"
    );
    finding.cause = format!("lookup {}", id.kind);
    finding
}

//! What is told of worlds in which conditions were forced.
//!
//! Such a world is none that a user can make as it stands, and what comes of it may come of the force alone. So only
//! findings about calls that no other world ran are told, only by rules that speak of what is written, and only where
//! nothing that was assumed decides about them; they name the conditions. Whoever checks a chart must be able to trust them
//! without a reproducer.

use super::Checked;
use crate::explore::{Explorer, Setting};
use crate::finding::{Certainty, Finding, Severity};
use crate::lifecycle::{Life, Phase};
use crate::rules::{self, Targets};
use crate::source::{Sources, Span};
use crate::value::OriginId;
use crate::value::origin::{Cause, Graph, GuardId};
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};

/// The rules that are heard: those about what calls write, and about the calls themselves. Errors, what depends on names and
/// on objects of others, and what depends on what an install left that never was, may come of the force.
const HEARD: &[&str] = &[
    "server-metadata-copied",
    "object-name-unstable",
    "lookup-guards-own-object",
    "phase-guards-object",
    "immutable-object-unstable-data",
    "immutable-field-from-lookup",
    "immutable-field-unstable",
    "job-template-unstable",
    "certificate-split",
    "checksum-of-unstable",
    "pod-template-unstable",
    "random-without-reuse",
    "random-when-offline",
    "lookup-toggles-field",
    "phase-in-stored-output",
    "lookup-unknown-kind",
    "lookup-unserved-group",
    "lookup-without-namespace",
    "list-lookup-as-boolean",
    "lookup-in-notes",
];

/// As many conditions are named.
const MAX_NAMED: usize = 3;

/// Adds what a world shows in which conditions were forced.
pub fn judge(life: &Life, settings: &[Setting], explorer: &Explorer, targets: &Targets, checked: &mut Checked) {
    checked.worlds += 1;
    let new = rules::check_for(life, &checked.name, targets, &HEARD.iter().copied().collect());
    checked.know_sources(life);
    if new.is_empty() {
        return;
    }
    let unsure = unsure_files(life);
    for mut finding in new {
        let is_told = checked.findings.iter().any(|f| {
            f.rule == finding.rule && (f.primary == finding.primary || f.fingerprint() == finding.fingerprint())
        });
        if is_told
            || !HEARD.contains(&finding.rule)
            || !is_about_new(&finding, explorer)
            || is_unsure(life, &finding, &unsure)
        {
            continue;
        }
        let Some(conditions) = conditions(life, &finding, explorer.renders()) else { continue };
        finding.values = values(life, settings, &finding, &conditions, &checked.sources);
        finding.certainty = finding.certainty.min(Certainty::Derived);
        finding.severity = match finding.severity {
            Severity::Error => Severity::Warning,
            Severity::Warning | Severity::Info => Severity::Info,
        };
        checked.findings.push(finding);
    }
}

/// What a finding takes, in words: the settings that it needs, and how the conditions come out.
fn values(
    life: &Life,
    settings: &[Setting],
    finding: &Finding,
    conditions: &[(Span, bool)],
    sources: &Sources,
) -> String {
    let mut named: Vec<String> = conditions.iter().map(|(head, taken)| words(*head, *taken, sources)).collect();
    if named.len() > MAX_NAMED {
        let others = named.len() - (MAX_NAMED - 1);
        named.truncate(MAX_NAMED - 1);
        named.push(format!("{others} more conditions around it do so, too"));
    }
    if named.is_empty() {
        named.push("what ends every render passed over".into());
    }
    let flags: Vec<String> = settings.iter().map(Setting::flag).collect();
    let given = life.world.flags.strip_suffix(&flags.join(" ")).unwrap_or(&life.world.flags).trim_end().to_string();
    let needed = settings.iter().filter(|setting| is_needed(setting, finding, sources)).map(Setting::flag);
    let flags: Vec<String> = std::iter::once(given).filter(|flags| !flags.is_empty()).chain(needed).collect();
    match flags.as_slice() {
        [] => named.join(", and "),
        flags => format!("{}, and {}", flags.join(" "), named.join(", and ")),
    }
}

/// Whether a dependency that a setting brings in may be the one that a finding is about: one of another name is not.
fn is_needed(setting: &Setting, finding: &Finding, sources: &Sources) -> bool {
    let Some([path @ .., _]) = setting.path() else { return true };
    let Some((own, _)) = sources.locate(finding.primary.start) else { return true };
    let root = sources.files().iter().map(|file| file.path.as_str()).filter_map(|path| path.strip_suffix("Chart.yaml"));
    let root = root.min_by_key(|root| root.len()).unwrap_or_default();
    let below = |path: &str| path.strip_prefix(root).unwrap_or(path).to_string();
    let own = below(&own.path);
    if !own.contains("charts/") {
        return false;
    }
    let is_of = |path: &str, name: &str| path.contains(&format!("charts/{name}"));
    path.iter().all(|name| is_of(&own, name) || !sources.files().iter().any(|file| is_of(&below(&file.path), name)))
}

/// Whether a finding is about a call that no other world ran. Of a chart that does not render at all everything is new.
fn is_about_new(finding: &Finding, explorer: &Explorer) -> bool {
    !explorer.renders() || finding.spans().any(|span| explorer.has_forced(span))
}

/// Files whose text may differ between the phases for want of what failed in some of them, or that are no manifests.
fn unsure_files(life: &Life) -> BTreeSet<String> {
    let mut unsure = BTreeSet::new();
    let mut failures: BTreeMap<&str, &[Span]> = BTreeMap::new();
    for phase in &life.phases {
        unsure.extend(phase.dropped.iter().map(|file| file.to_string()));
        for (file, note) in &phase.rendering.journal {
            if *failures.entry(file).or_insert(&note.failures) != &*note.failures {
                unsure.insert(file.to_string());
            }
        }
    }
    unsure
}

/// Whether the object of a finding, or a lookup that it is about, may be another one than the chart's author means.
fn is_unsure(life: &Life, finding: &Finding, unsure: &BTreeSet<String>) -> bool {
    // A text that stands in for something and says only where.
    let is_vague =
        |name: &str| name.split('<').skip(1).any(|rest| rest.split('>').next().unwrap_or(rest).contains(':'));
    let mut lookups = life.phases.iter().flat_map(|phase| phase.rendering.rt.lookups.iter());
    let spans: BTreeSet<Span> = finding.spans().collect();
    if lookups.any(|call| spans.contains(&call.span) && (is_vague(&call.query.name) || is_vague(&call.query.namespace)))
    {
        return true;
    }
    let Some(own) = &finding.object else { return false };
    let is_it = |phase: &Phase| {
        let same = phase.objects.iter().filter(|object| object.id.kind == own.kind && object.id.name == own.name);
        let same: Vec<_> = same.collect();
        same.len() > 1 || same.iter().any(|object| unsure.contains(&*object.file))
    };
    is_vague(&own.name) || life.phases.iter().any(is_it)
}

/// The conditions that were turned on the way to a finding, by their places; nothing where it is not certain that
/// somebody can turn them, or where something that was assumed decides.
fn conditions(life: &Life, finding: &Finding, renders: bool) -> Option<Vec<(Span, bool)>> {
    let turned: BTreeSet<_> =
        life.phases.iter().filter_map(|p| p.rendering.rt.forcing.as_ref()).flat_map(|f| &f.turned).collect();
    let mut named: BTreeMap<u32, (Span, bool)> = BTreeMap::new();
    for phase in &life.phases {
        let graph = &phase.rendering.rt.arena;
        let (guards, origins) = around(phase, finding);
        let guards: Vec<_> = guards.into_iter().flat_map(|guard| graph.guards(guard)).collect();
        let mut all = origins.into_iter().chain(guards.iter().map(|guard| guard.origin));
        if all.any(|origin| is_assumed(graph, origin)) {
            return None;
        }
        for guard in guards {
            let Some(turned) = turned.iter().find(|t| t.head == guard.condition && t.origin == guard.origin) else {
                continue;
            };
            if !graph.causes(turned.origin).any(is_chosen) {
                return None;
            }
            named.insert(turned.head.start, (turned.head, turned.taken));
        }
    }
    (!named.is_empty() || !renders).then(|| named.into_values().collect())
}

/// The conditions under which the places of a finding ran or were written, and what that depended on.
fn around(phase: &Phase, finding: &Finding) -> (FxHashSet<GuardId>, FxHashSet<OriginId>) {
    let rt = &phase.rendering.rt;
    let places: FxHashSet<u32> = finding.spans().map(|span| span.start).filter(|start| *start != 0).collect();
    let mut guards = FxHashSet::default();
    let mut origins = FxHashSet::default();
    guards.extend(rt.lookups.iter().filter(|call| places.contains(&call.span.start)).map(|call| call.guard));
    guards.extend(rt.draws.iter().filter(|draw| places.contains(&draw.span.start)).map(|draw| draw.guard));
    let pieces = phase.rendering.files.iter().flat_map(|file| file.text.pieces());
    for piece in pieces.filter(|piece| places.contains(&piece.source)) {
        guards.insert(piece.guard);
        origins.insert(piece.origin);
    }
    (guards, origins)
}

/// Something that stands in for what is not known went into it.
fn is_assumed(graph: &Graph, origin: OriginId) -> bool {
    graph.causes(origin).any(|cause| matches!(cause, Cause::Files { path } if path.starts_with(b"<")))
}

/// Somebody who installs the chart decides it.
fn is_chosen(cause: &Cause) -> bool {
    matches!(cause, Cause::Values { .. } | Cause::Capabilities { .. })
}

/// "`if .Values.x | foo` at templates/a.yaml:12 comes out true"
fn words(head: Span, taken: bool, sources: &Sources) -> String {
    let Some((file, at)) = sources.locate(head.start) else { return "a condition comes out otherwise".into() };
    let from = head.start.saturating_sub(file.base) as usize;
    let text = file.text.get(from..from + (head.end - head.start) as usize).unwrap_or_default();
    let text = String::from_utf8_lossy(text);
    let text = text.trim_start_matches("{{").trim_start_matches('-').trim_end_matches("}}").trim_end_matches('-');
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > 80 {
        text = text.chars().take(77).collect::<String>() + "...";
    }
    let path = short(&file.path);
    let outcome = match (text.starts_with("range"), taken) {
        (true, true) => "has something to go over",
        (true, false) => "has nothing to go over",
        (false, true) => "comes out true",
        (false, false) => "comes out false",
    };
    format!("`{text}` at {path}:{} {outcome}", at.line)
}

/// A path from `templates` on, and of a dependency with its name.
fn short(path: &str) -> &str {
    let Some(templates) = path.rfind("templates/") else { return path };
    let chart = path.get(..templates).and_then(|above| above.rfind("charts/")).map(|start| start + "charts/".len());
    let is_name = |start: &usize| path.get(*start..templates).is_some_and(|name| name.matches('/').count() <= 1);
    path.get(chart.filter(is_name).unwrap_or(templates)..).unwrap_or(path)
}

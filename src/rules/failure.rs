//! Why a phase fails: each error of a life is told by one rule.

use crate::engine::error::ExecError;
use crate::engine::{Error, LookupCall, RenderError};
use crate::finding::{Effect, Finding, TraceStep};
use crate::lifecycle::{self, Life, Phase, PhaseKind};
use crate::source::Span;
use crate::value::origin::{Cause, GuardId};
use crate::value::{OriginId, PlainData};

use super::{documents, fields, words};

/// What an error of execution is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailureKind {
    /// A budget of ours ran out.
    Budget,
    /// The text of NOTES.txt uses a lookup that found nothing.
    Notes,
    /// A lookup that found nothing is used where the release exists, and no cluster is there to find it in.
    PhaseIsNotExistence,
    /// A lookup that found nothing is used.
    Unguarded,
    /// A list is used as if it were an object.
    ListAsObject,
    /// A field of an object that was found is not there yet.
    FieldNotYetThere,
    /// `fail` or `required` is reached because a lookup found nothing.
    WithoutCluster,
    /// `fail` or `required` is reached by an upgrade with the values that installed.
    UpgradeNeedsValue,
    /// `fail` or `required`: the chart asks for values.
    AsksForValues,
    /// `fail` or `required` is reached by an upgrade that looks for an object that the user names, and that nobody made.
    AsksForObject,
    /// A value that the chart does not have is used, where nobody gave any.
    LacksValue,
    Other,
}

/// A phase that ends with an error of execution.
pub struct Failure<'a> {
    pub kind: FailureKind,
    pub phase: PhaseKind,
    /// The phase, which need not be one of the life's: its graph is what the origins of the error are of.
    rendered: &'a Phase,
    pub error: &'a Error,
    /// The lookup that it is about.
    pub lookup: Option<&'a LookupCall>,
    /// The field of the lookup or the value that it is about.
    pub field: String,
}

impl Failure<'_> {
    /// The place where it fails.
    pub fn primary(&self) -> Span {
        words::innermost(self.error)
    }
}

/// The failures of all phases, in their order.
pub fn failures(life: &Life) -> Vec<Failure<'_>> {
    let is_whole = |phase: &Phase| phase.rendering.error.is_none() && phase.manifests.is_ok();
    let installs = life.phase(PhaseKind::Install).is_some_and(is_whole);
    let mut failures: Vec<Failure<'_>> = life.phases.iter().filter_map(|phase| failure(phase, installs)).collect();
    // What counts is what fails without a cluster. A list is found with one, and may be empty: what fails in the same place
    // without one fails for want of items. And that an object has to be there first is the chart's to ask.
    let offline: Vec<(Span, Option<&LookupCall>)> = failures
        .iter()
        .filter(|failure| failure.kind == FailureKind::WithoutCluster && failure.phase == PhaseKind::Offline)
        .map(|failure| (failure.primary(), failure.lookup))
        .collect();
    let asks = [FailureKind::AsksForValues, FailureKind::WithoutCluster];
    for failure in failures.iter_mut().filter(|failure| asks.contains(&failure.kind)) {
        let primary = failure.primary();
        (failure.kind, failure.lookup) = match offline.iter().find(|(span, _)| *span == primary) {
            Some((_, lookup)) => (FailureKind::WithoutCluster, *lookup),
            None => (FailureKind::AsksForValues, None),
        };
    }
    // What `fail` and `required` stop goes on in lint: what fails then says nothing.
    if failures.iter().any(|failure| failure.phase == PhaseKind::Install && failure.error.failed_with().is_some()) {
        failures.retain(|failure| failure.phase != PhaseKind::Lint);
    }
    for failure in &mut failures {
        let Some(phase) = life.phase(failure.phase) else { continue };
        if failure.kind == FailureKind::UpgradeNeedsValue
            && (life.world.is_assumed() || looks_for_named(life, phase, failure.error))
        {
            failure.kind = FailureKind::AsksForObject;
        }
        // Nobody takes the values away that the chart gives to its sub-charts.
        if failure.kind == FailureKind::UpgradeNeedsValue && life.world.flags.contains("=null") {
            failure.kind = FailureKind::AsksForValues;
        }
        // Where values were given the chart should render; where none were, it may need some.
        if failure.kind == FailureKind::Other
            && !installs
            && life.world.flags.is_empty()
            && let Some(value) = absent_value(life, phase, failure.error)
        {
            failure.kind = FailureKind::LacksValue;
            failure.field = value;
        }
    }
    failures
}

/// Whether an error depends on a lookup of an object that a value names, and that found nothing, or what it found is there
/// by chance: the user has it.
fn looks_for_named(life: &Life, phase: &Phase, error: &Error) -> bool {
    let Some(inner) = error.levels().last().copied() else { return false };
    let is_named = |lookup: &LookupCall| {
        let is_strange = !lookup.found && !documents::is_own(life, &lookup.query);
        is_strange && documents::is_named_by_value(life, phase, lookup)
            || documents::is_brought(life, phase, lookup)
            || is_installed_before(life, lookup)
    };
    let mut origins = vec![inner.about];
    origins.extend(guards(phase, inner.guard));
    origins.into_iter().any(|origin| lookup_among(phase, origin, &is_named).is_some())
}

/// Whether a lookup asks for definitions that Helm creates from the `crds/` of the charts: lives know no such files, and
/// find nothing of them.
fn is_installed_before(life: &Life, lookup: &LookupCall) -> bool {
    let mut charts = life.prepared.iter().flat_map(|prepared| &prepared.charts);
    lookup.query.kind == "CustomResourceDefinition" && charts.any(|chart| chart.chart.crds().next().is_some())
}

/// Which renders a failure ends, in words: where the user names an object that is not there, those that cannot find it.
pub fn ends(life: &Life, failure: &Failure<'_>, when: &str) -> String {
    match looks_for_named(life, failure.rendered, failure.error) {
        true => "renders without a cluster fail".into(),
        false => when.into(),
    }
}

/// The value for want of which an error arises, if it is about one that is not there.
fn absent_value(life: &Life, phase: &Phase, error: &Error) -> Option<String> {
    let (inner, prepared) = (error.levels().last().copied()?, life.prepared.as_ref()?);
    let arena = &phase.rendering.rt.arena;
    arena.causes(inner.about).find_map(|cause| match cause {
        Cause::Values { path } => {
            let value = fields::value_at(&prepared.values, &arena.path_keys(*path));
            value.is_none_or(|value| value.data == PlainData::Null).then(|| arena.path_text(*path))
        }
        _ => None,
    })
}

/// The failure of a phase.
pub fn failure(phase: &Phase, installs: bool) -> Option<Failure<'_>> {
    let Some(RenderError::Exec(error)) = &phase.rendering.error else { return None };
    let levels = error.levels();
    let (outer, inner) = (levels.first()?, levels.last()?);
    let lookups = &phase.rendering.rt.lookups;
    let of = |call: Option<u32>| call.and_then(|call| lookups.get(call));
    let about = |wants: &dyn Fn(&LookupCall) -> bool| of(lookup_among(phase, inner.about, wants));
    let is_upgrade = matches!(phase.kind, PhaseKind::Upgrade | PhaseKind::UpgradeAgain);
    let mut lookup = None;
    let kind = if error.is_budget() {
        FailureKind::Budget
    } else if error.failed_with().is_some() {
        lookup = asked_instead(phase, inner);
        match (is_upgrade && installs, lookup) {
            (true, _) => FailureKind::UpgradeNeedsValue,
            (false, Some(_)) => FailureKind::WithoutCluster,
            (false, None) => FailureKind::AsksForValues,
        }
    } else if let Some(found) = about(&|l| !l.found) {
        lookup = Some(found);
        let is_late = || installs && guards(phase, inner.guard).into_iter().any(|origin| is_of_phase(phase, origin));
        if outer.file.ends_with("NOTES.txt") {
            FailureKind::Notes
        } else if is_late() {
            FailureKind::PhaseIsNotExistence
        } else {
            FailureKind::Unguarded
        }
    } else if let Some(found) = about(&|l| l.found) {
        lookup = Some(found);
        let is_of_item = field_of(phase, inner.about).starts_with("items[");
        match found.query.name.is_empty() && !is_of_item {
            true => FailureKind::ListAsObject,
            false => FailureKind::FieldNotYetThere,
        }
    } else {
        FailureKind::Other
    };
    let field = field_of(phase, inner.about);
    Some(Failure { kind, phase: phase.kind, rendered: phase, error, lookup, field })
}

/// The first call of `lookup` among the causes of an origin that is wanted.
fn lookup_among(phase: &Phase, origin: OriginId, wants: &dyn Fn(&LookupCall) -> bool) -> Option<u32> {
    phase.rendering.rt.arena.causes(origin).find_map(|cause| match cause {
        Cause::Lookup { call, .. } => phase.rendering.rt.lookups.get(*call).is_some_and(wants).then_some(*call),
        _ => None,
    })
}

/// The lookup for want of which `fail` or `required` is reached, where no value could stand in for it.
fn asked_instead<'a>(phase: &'a Phase, error: &ExecError) -> Option<&'a LookupCall> {
    let rt = &phase.rendering.rt;
    let mut origins = vec![error.about];
    origins.extend(guards(phase, error.guard));
    let (origin, call) =
        origins.into_iter().find_map(|origin| Some((origin, lookup_among(phase, origin, &|lookup| !lookup.found)?)))?;
    let lookup = rt.lookups.get(call)?;
    let is_value = |cause: &&Cause| matches!(cause, Cause::Values { .. });
    // The values that say what is looked up are no way out.
    let said: Vec<&Cause> = rt.lookups.iter().flat_map(|lookup| rt.arena.causes(lookup.arguments)).collect();
    let has_way_out = rt.arena.causes(origin).filter(is_value).any(|cause| !said.contains(&cause));
    (!has_way_out).then_some(lookup)
}

/// What the conditions of a chain depend on, innermost first.
fn guards(phase: &Phase, guard: GuardId) -> Vec<OriginId> {
    phase.rendering.rt.arena.guards(guard).iter().map(|guard| guard.origin).collect()
}

fn is_of_phase(phase: &Phase, origin: OriginId) -> bool {
    phase.rendering.rt.arena.causes(origin).any(|cause| matches!(cause, Cause::Phase(_)))
}

/// The longest path of a lookup among the causes of an origin.
fn field_of(phase: &Phase, origin: OriginId) -> String {
    let arena = &phase.rendering.rt.arena;
    let paths = arena.causes(origin).filter_map(|cause| match cause {
        Cause::Lookup { path, .. } => Some(arena.path_text(*path)),
        _ => None,
    });
    paths.max_by_key(String::len).unwrap_or_default()
}

/// The render of an upgrade that sees no cluster (`helm upgrade --dry-run` and `helm template --is-upgrade`), where a
/// condition on the phase and a lookup that hit say that it could be another one.
pub fn upgrade_without_cluster(life: &Life) -> Option<Phase> {
    let upgrade = life.phase(PhaseKind::Upgrade).filter(|phase| phase.rendering.error.is_none())?;
    let rt = &upgrade.rendering.rt;
    let has_phase = rt.arena.all_guards().any(|guard| is_of_phase(upgrade, guard.origin));
    if !has_phase || !rt.lookups.iter().any(|lookup| lookup.found) {
        return None;
    }
    lifecycle::upgrade_without_cluster(life)
}

/// The findings about the failures of a kind, one a place; `says` gives title and help.
pub fn findings(
    rule: &super::Rule,
    evidence: &super::Evidence<'_>,
    kind: FailureKind,
    says: impl Fn(&Failure<'_>, &str) -> (String, String),
) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::new();
    let of_kind = || evidence.failures.iter().filter(|failure| failure.kind == kind);
    for failure in of_kind() {
        let primary = failure.primary();
        if out.iter().any(|finding| finding.primary == primary) {
            continue;
        }
        let same = of_kind().filter(|other| other.primary() == primary);
        let phases: Vec<PhaseKind> = same.map(|failure| failure.phase).collect();
        out.push(finding(rule, evidence, failure, &phases, &says));
    }
    out
}

/// The finding about a failure and the phases that it ends.
pub fn finding(
    rule: &super::Rule,
    evidence: &super::Evidence<'_>,
    failure: &Failure<'_>,
    phases: &[PhaseKind],
    says: &impl Fn(&Failure<'_>, &str) -> (String, String),
) -> Finding {
    let (title, help) = says(failure, &words::failing(evidence.life, phases));
    let mut finding = words::problem(rule, evidence, rule.severity, failure.primary());
    finding.title = title;
    finding.help = help;
    finding.cause = words::message(failure.error);
    let mut stack = words::call_stack(failure.error);
    if let Some(lookup) = failure.lookup {
        finding.cause = words::query(&lookup.query);
        stack.retain(|step| step.span != lookup.span);
        let says = if lookup.found {
            "finds what is live".into()
        } else {
            "finds nothing before the object exists, and never without a cluster".into()
        };
        finding.steps.push(TraceStep { span: lookup.span, says, is_primary: false });
    }
    finding.steps.extend(stack);
    // With a cluster the object that the user names is there.
    let is_named = looks_for_named(evidence.life, failure.rendered, failure.error);
    let is_felt = |kind: PhaseKind| !is_named || matches!(kind, PhaseKind::Offline | PhaseKind::Lint);
    for kind in PhaseKind::ALL {
        if phases.contains(&kind) && !kind.is_again() && is_felt(kind) {
            finding.effects.push(Effect { operation: kind.name(), says: words::message(failure.error) });
        }
    }
    finding
}

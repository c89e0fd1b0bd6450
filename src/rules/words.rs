//! The words that rules share.

use super::story::{Story, Why};
use crate::engine::{Error, Query};
use crate::finding::{Certainty, Effect, Finding, ObjectRef, Severity, TraceStep};
use crate::lifecycle::{Life, ObjectChange, Phase, PhaseKind};
use crate::manifest::{How, Object};
use crate::source::{Sources, Span};
use std::ops::Range;

/// The object of a story.
pub fn object(story: &Story) -> ObjectRef {
    let id = &story.difference.id;
    ObjectRef {
        api_version: id.api_version.clone(),
        kind: id.kind.clone(),
        namespace: id.namespace.clone(),
        name: id.name.clone(),
    }
}

/// The cause without places: what makes two findings the same one.
pub fn cause(life: &Life, story: &Story) -> String {
    let phase = life.phase(story.told_by);
    match story.why {
        Why::Lookup(call) => match phase.and_then(|p| p.rendering.rt.lookups.get(call)) {
            Some(lookup) => query(&lookup.query),
            None => "lookup".into(),
        },
        Why::Phase => "phase".into(),
        // Whatever is drawn in one object is mended together.
        Why::Random(_) => "random".into(),
        Why::Time => "time".into(),
        Why::Dns => "dns".into(),
    }
}

/// What is seen in a world that a user can make is proved.
fn certainty(life: &Life) -> Certainty {
    if life.world.is_assumed() { Certainty::Derived } else { Certainty::Proved }
}

/// A finding about the stories of one object and one cause; the first one leads.
pub fn finding(rule: &super::Rule, evidence: &super::Evidence<'_>, group: &[&Story], severity: Severity) -> Finding {
    let lead = group[0];
    Finding {
        rule: rule.name,
        severity,
        certainty: certainty(evidence.life),
        title: String::new(),
        chart: evidence.chart.into(),
        object: Some(object(lead)),
        fields: group.iter().map(|s| s.field()).filter(|f| !f.field.is_empty()).collect(),
        primary: lead.primary,
        steps: lead.trace(evidence.life),
        effects: effects(evidence.life, lead),
        versions: String::new(),
        help: String::new(),
        values: evidence.life.world.flags.clone(),
        cause: cause(evidence.life, lead),
        suppressed: None,
    }
}

/// The text of a range of a document, cut to one line.
pub fn shown(text: &crate::value::Text, range: &Range<usize>) -> String {
    let bytes = text.bytes().get(range.clone()).unwrap_or_default();
    let shown = String::from_utf8_lossy(bytes);
    let mut words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() > 60 {
        words = words.chars().take(57).collect::<String>() + "...";
    }
    words
}

fn side(phase: Option<&Phase>, place: &Option<(usize, Range<usize>)>) -> String {
    match (phase, place) {
        (Some(phase), Some((object, range))) => match phase.objects.get(*object) {
            Some(object) if *range == object.node.span => "renders the object".into(),
            Some(object) if object.id.kind == "Secret" => "a value (not shown: it is a Secret)".into(),
            Some(object) => shown(&object.text, range),
            None => "absent".into(),
        },
        _ => "absent".into(),
    }
}

/// What the two phases of a story get.
pub fn effects(life: &Life, story: &Story) -> Vec<Effect> {
    let (a, b) = story.phases;
    let name = |kind: PhaseKind| kind.name();
    vec![
        Effect { operation: name(a), says: side(life.phase(a), &story.difference.from) },
        Effect { operation: name(b), says: side(life.phase(b), &story.difference.to) },
    ]
}

/// What makes the phases of a story differ, in a word.
pub fn why(story: &Story) -> &'static str {
    match story.why {
        Why::Lookup(_) => "a lookup",
        Why::Phase => "the phase of the release",
        Why::Random(_) => "a random value",
        Why::Time => "the clock",
        Why::Dns => "the network",
    }
}

/// `every render fails`, `install and lint fail`: what a render again adds is not told.
pub fn failing(life: &Life, phases: &[PhaseKind]) -> String {
    // Without a lint it is not known what that one would say.
    let is_whole = life.phases.len() == 1 || life.phase(PhaseKind::Lint).is_some();
    if is_whole && life.phases.iter().all(|phase| phases.contains(&phase.kind)) {
        return "every render fails".into();
    }
    let is_told = |kind: &PhaseKind| match kind {
        PhaseKind::UpgradeAgain => !phases.contains(&PhaseKind::Upgrade),
        PhaseKind::OfflineAgain => !phases.contains(&PhaseKind::Offline),
        _ => true,
    };
    let names: Vec<&str> = phases.iter().filter(|kind| is_told(kind)).map(|kind| kind.name()).collect();
    match names.as_slice() {
        [one] => format!("{one} fails"),
        [others @ .., last] => format!("{} and {last} fail", others.join(", ")),
        [] => "it fails".into(),
    }
}

/// `on upgrade, not on install`
pub fn when(story: &Story) -> String {
    let (a, b) = (story.phases.0.name(), story.phases.1.name());
    match &story.difference.change {
        ObjectChange::Added => format!("on {b}, not on {a}"),
        ObjectChange::Removed => format!("on {a}, not on {b}"),
        ObjectChange::Field { how: How::Added, .. } => format!("on {b}, not on {a}"),
        ObjectChange::Field { how: How::Removed, .. } => format!("on {a}, not on {b}"),
        ObjectChange::Field { how: How::Changed, .. } => format!("on {b}, and another on {a}"),
    }
}

/// A finding about a place and no object.
pub fn problem(rule: &super::Rule, evidence: &super::Evidence<'_>, severity: Severity, primary: Span) -> Finding {
    Finding {
        rule: rule.name,
        severity,
        certainty: certainty(evidence.life),
        title: String::new(),
        chart: evidence.chart.into(),
        object: None,
        fields: Vec::new(),
        primary,
        steps: Vec::new(),
        effects: Vec::new(),
        versions: String::new(),
        help: String::new(),
        values: evidence.life.world.flags.clone(),
        cause: String::new(),
        suppressed: None,
    }
}

/// The place where an error arose; of what fails in the text of `tpl`, the call: no file holds that text.
pub fn innermost(error: &Error) -> Span {
    let levels = error.levels();
    let in_file = levels.iter().rev().find(|level| &*level.file != "gotpl");
    in_file.or(levels.last()).map_or(Span::default(), |level| level.span)
}

/// The message of the innermost level, without the places.
pub fn message(error: &Error) -> String {
    let root = match error.root() {
        Error::Exec(exec) => exec.message.clone(),
        other => other.raw(),
    };
    root.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A message as far as a title has room for it; the whole of it stands among the effects.
pub fn short(message: &str) -> String {
    const ROOM: usize = 100;
    if message.chars().count() <= ROOM {
        return message.to_string();
    }
    let cut: String = message.chars().take(ROOM).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{} ...", &cut[..end])
}

/// The levels of templates that lead to an error, outermost first.
pub fn call_stack(error: &Error) -> Vec<TraceStep> {
    let levels = error.levels();
    let last = levels.len().saturating_sub(1);
    let primary = innermost(error);
    let mut steps: Vec<TraceStep> = Vec::new();
    for (index, level) in levels.iter().enumerate() {
        // Deep recursion is told by its ends.
        if index > 4 && index + 4 < last || steps.iter().any(|s| s.span == level.span) {
            continue;
        }
        let says = if index == last { "fails here".to_string() } else { "calls".to_string() };
        steps.push(TraceStep { span: level.span, says, is_primary: level.span == primary });
    }
    steps
}

/// What goes wrong in a library chart, or in a text of `tpl`, is told where the chart calls it, as far as the way there is
/// known.
pub fn lift(finding: &mut Finding, sources: &Sources) {
    let is_shared = |span: Span| sources.file_at(span.start).is_some_and(|file| file.is_shared);
    if !is_shared(finding.primary) {
        return;
    }
    let end = finding.steps.iter().position(|step| step.is_primary).unwrap_or(finding.steps.len());
    let before = finding.steps.get(..end).unwrap_or_default();
    let mut callers = before.iter().filter(|step| step.span != Span::default() && !is_shared(step.span));
    let Some(span) = callers.next_back().map(|step| step.span) else { return };
    finding.primary = span;
    finding.steps.iter_mut().for_each(|step| step.is_primary = step.span == span);
}

/// A lookup as the cause of a finding.
pub fn query(query: &Query) -> String {
    format!("lookup {} {} {} {}", query.api_version, query.kind, query.namespace, query.name)
}

/// What a lookup asks for: `Secret web`, `all Secrets in default`.
pub fn asked(query: &Query) -> String {
    if !query.name.is_empty() {
        return format!("{} {}", query.kind, query.name);
    }
    let plural = if query.kind.ends_with('s') { "es" } else { "s" };
    let place = if query.namespace.is_empty() { String::new() } else { format!(" in {}", query.namespace) };
    format!("all {}{plural}{place}", query.kind)
}

/// A finding that the text of a template alone shows, whatever the values.
pub fn of_text(
    rule: &super::Rule,
    evidence: &super::Evidence<'_>,
    primary: Span,
    (title, help): (String, String),
) -> Finding {
    let mut finding = problem(rule, evidence, rule.severity, primary);
    finding.values = String::new();
    finding.cause = title.clone();
    finding.title = title;
    finding.help = help;
    finding
}

/// A finding about an object and a place, with the values of the world.
pub fn about(
    rule: &super::Rule,
    evidence: &super::Evidence<'_>,
    object: &Object,
    primary: Span,
    (title, help): (String, String),
) -> Finding {
    let mut finding = problem(rule, evidence, rule.severity, primary);
    finding.object = Some(super::objects::reference(object));
    finding.title = title;
    finding.help = help;
    finding
}

/// A comment that speaks to chartlint, or a word in it.
pub struct AtComment<'a> {
    /// The chart's name.
    pub chart: &'a str,
    /// The file, in the chart.
    pub path: &'a str,
    pub span: Span,
}

/// A finding about a comment.
pub fn about_comment(rule: &super::Rule, severity: Severity, at: &AtComment<'_>) -> Finding {
    Finding {
        rule: rule.name,
        severity,
        certainty: Certainty::Proved,
        title: String::new(),
        chart: at.chart.into(),
        object: None,
        fields: Vec::new(),
        primary: at.span,
        steps: Vec::new(),
        effects: Vec::new(),
        versions: String::new(),
        help: String::new(),
        values: String::new(),
        cause: String::new(),
        suppressed: None,
    }
}

/// The check of rules about suppressions. A life says nothing of them: `suppress` calls these rules when all findings of all
/// lives are there, and what comments name can be compared with them.
pub fn needs_all_findings(_: &super::Evidence<'_>, _: &mut Vec<Finding>) {}

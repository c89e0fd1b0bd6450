//! A trace for programs, as `docs/trace.schema.json` says.

use super::Told;
use crate::trace::{Condition, Flow, How, Missed, Place, Source, Target, Trace};
use serde::Serialize;

/// The version of the format; a change that readers must know of raises it.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    version: u32,
    chart: Chart<'a>,
    worlds: usize,
    lookups: Count,
    random_calls: Count,
    /// Nothing was left out for want of budget, and no render that nobody made up ended in an error.
    complete: bool,
    errors: &'a [String],
    sources: Vec<Entry<'a>>,
    conditions: Vec<Branch<'a>>,
    missed: Vec<NotReached<'a>>,
}

#[derive(Serialize)]
struct Chart<'a> {
    name: &'a str,
    path: &'a str,
}

#[derive(Serialize)]
struct Count {
    reached: usize,
    total: usize,
}

#[derive(Serialize)]
struct At<'a> {
    path: &'a str,
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Entry<'a> {
    id: usize,
    kind: &'static str,
    what: &'a str,
    places: Vec<At<'a>>,
    flows: Vec<Way<'a>>,
}

/// A flow of a source.
#[derive(Serialize)]
struct Way<'a> {
    how: &'static str,
    /// What of the source is written; empty for itself.
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<usize>,
    #[serde(flatten)]
    target: To<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<At<'a>>,
    values: &'a str,
    assumed: bool,
    phases: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum To<'a> {
    Field(Field<'a>),
    Notes(&'a str),
    Source(usize),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Field<'a> {
    api_version: &'a str,
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
    file: &'a str,
    hook: bool,
    /// Empty for the object as a whole.
    field: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Branch<'a> {
    id: usize,
    text: &'a str,
    #[serde(flatten)]
    at: At<'a>,
    seen_true: bool,
    seen_false: bool,
    by: Vec<By<'a>>,
}

/// What a condition looks at.
#[derive(Serialize)]
struct By<'a> {
    source: usize,
    paths: Vec<&'a str>,
}

#[derive(Serialize)]
struct NotReached<'a> {
    what: &'a str,
    #[serde(flatten)]
    at: At<'a>,
    why: &'a str,
    /// The place of the condition that is named there.
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<At<'a>>,
}

/// The document of a trace.
pub fn text(told: &Told<'_>) -> String {
    let trace = told.trace;
    let count = |(reached, total)| Count { reached, total };
    let report = Report {
        version: VERSION,
        chart: Chart { name: &trace.chart, path: &told.path },
        worlds: trace.lived,
        lookups: count(trace.lookups),
        random_calls: count(trace.draws),
        complete: !trace.is_cut_off && !trace.is_full && trace.errors.is_empty(),
        errors: &trace.errors,
        sources: trace.sources.iter().enumerate().map(|(id, source)| entry(trace, id, source)).collect(),
        conditions: trace.conditions.iter().enumerate().map(|(id, condition)| branch(id, condition)).collect(),
        missed: trace.missed.iter().map(not_reached).collect(),
    };
    // A structure of strings and numbers is always JSON.
    let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
    text.push('\n');
    text
}

fn at(place: &Place) -> At<'_> {
    At { path: &place.path, line: place.line, column: place.column }
}

fn entry<'a>(trace: &'a Trace, id: usize, source: &'a Source) -> Entry<'a> {
    let own = trace.flows.iter().filter(|flow| flow.source == id);
    Entry {
        id,
        kind: source.kind.name(),
        what: &source.what,
        places: source.places.iter().map(at).collect(),
        flows: own.filter_map(|flow| way(trace, flow)).collect(),
    }
}

fn way<'a>(trace: &'a Trace, flow: &'a Flow) -> Option<Way<'a>> {
    let world = trace.worlds.get(flow.world)?;
    Some(Way {
        how: match flow.how {
            How::Value => "value",
            How::Decides(_) => "decides",
            How::Could(_) => "could",
        },
        path: &flow.path,
        condition: flow.how.condition(),
        target: match &flow.target {
            Target::Field { object, field } => {
                let object = trace.objects.get(*object)?;
                To::Field(Field {
                    api_version: &object.api_version,
                    kind: &object.kind,
                    namespace: &object.namespace,
                    name: &object.name,
                    file: &object.file,
                    hook: object.is_hook,
                    field,
                })
            }
            Target::Notes { file } => To::Notes(file),
            Target::Source(to) => To::Source(*to),
        },
        written: flow.written.as_ref().map(at),
        values: &world.flags,
        assumed: world.is_assumed,
        phases: flow.phases.names().collect(),
    })
}

fn branch(id: usize, condition: &Condition) -> Branch<'_> {
    let by = condition.by.iter();
    Branch {
        id,
        text: &condition.text,
        at: at(&condition.place),
        seen_true: condition.outcomes.0,
        seen_false: condition.outcomes.1,
        by: by
            .map(|(source, paths)| By { source: *source, paths: paths.iter().map(String::as_str).collect() })
            .collect(),
    }
}

fn not_reached(missed: &Missed) -> NotReached<'_> {
    NotReached { what: &missed.what, at: at(&missed.place), why: &missed.why, condition: missed.at.as_ref().map(at) }
}

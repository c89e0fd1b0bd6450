//! Where what a chart reads flows, for readers: as a tree, as JSON, as a graph for Graphviz, as a picture.

pub mod dot;
mod graph;
mod groups;
pub mod json;
pub mod svg;
pub mod tree;

use crate::trace::{Kind, ObjectAt, Place, Source, Trace};

/// A trace and what it is a trace of.
pub struct Told<'a> {
    pub trace: &'a Trace,
    /// The path of the chart, as it was given.
    pub path: String,
    /// The fields that alone are told, as they were given.
    pub to: Option<&'a str>,
    /// Nobody said which kinds of sources are wanted.
    pub is_default: bool,
}

/// A place as `path:line`.
fn place(place: &Place) -> String {
    format!("{}:{}", place.path, place.line)
}

/// What is read, with the word for its kind where it does not say itself what it is.
fn title(source: &Source) -> String {
    match source.kind {
        Kind::Lookup | Kind::Random | Kind::File => format!("{} {}", source.kind.name(), source.what),
        Kind::Time => format!("clock {}", source.what),
        _ => source.what.clone(),
    }
}

/// `Service/web`, with what else is needed to tell it from others of that name.
fn object(object: &ObjectAt, trace: &Trace) -> String {
    let is_alike = |o: &&ObjectAt| o.kind == object.kind && o.name == object.name;
    let alike: Vec<&ObjectAt> = trace.objects.iter().filter(is_alike).collect();
    let mut text = format!("{}/{}", object.kind, if object.name.is_empty() { "?" } else { &object.name });
    if alike.iter().any(|o| o.namespace != object.namespace) && !object.namespace.is_empty() {
        text.push_str(&format!(" in {}", object.namespace));
    }
    if alike.iter().any(|o| o.api_version != object.api_version) {
        text.push_str(&format!(" ({})", object.api_version));
    }
    if object.is_hook {
        text.push_str(" (hook)");
    }
    text
}

/// `given --set a=b`: the world of some flows, in words; nothing for the values that were passed.
fn given(flags: &str) -> String {
    // What no flag can make stands in brackets behind the flags.
    match flags.strip_prefix("(and ").and_then(|rest| rest.strip_suffix(')')) {
        _ if flags.is_empty() => String::new(),
        Some(assumed) => format!("given {assumed}"),
        None => format!("given {flags}"),
    }
}

/// `1 lookup, 2 random calls`: how many sources there are of each kind.
fn counts(trace: &Trace) -> String {
    let count = |kind: Kind| {
        let n = trace.sources.iter().filter(|source| source.kind == kind).count();
        let (one, many) = match kind {
            Kind::Lookup => ("lookup", "lookups"),
            Kind::Phase => ("phase field", "phase fields"),
            Kind::Random => ("random call", "random calls"),
            Kind::Time => ("clock reading", "clock readings"),
            Kind::Dns => ("DNS question", "DNS questions"),
            Kind::Capabilities => ("capability", "capabilities"),
            Kind::ChartVersion => ("chart version", "chart versions"),
            Kind::Values => ("value", "values"),
            Kind::File => ("file", "files"),
            Kind::Release => ("release field", "release fields"),
        };
        (n > 0).then(|| format!("{n} {}", if n == 1 { one } else { many }))
    };
    Kind::ALL.into_iter().filter_map(count).collect::<Vec<_>>().join(", ")
}

/// What a reader has to know of how far the analysis got.
fn limits(trace: &Trace) -> Vec<String> {
    let mut notes = Vec::new();
    for error in trace.errors.iter().take(3) {
        let error = error.split_whitespace().collect::<Vec<_>>().join(" ");
        let error = cut(&error, 300);
        notes.push(format!("a render ended in an error, and what comes after it was not seen there: {error}"));
    }
    if trace.is_cut_off {
        notes.push("there were more worlds to live than the budget allows".into());
    }
    if trace.is_full {
        notes.push("there were more flows than are kept".into());
    }
    notes
}

/// What differs between the operations of one life is told in more detail than what flows into labels and versions
/// everywhere.
fn is_varying(kind: Kind) -> bool {
    matches!(kind, Kind::Lookup | Kind::Phase | Kind::Random | Kind::Time | Kind::Dns)
}

/// A text cut to a number of characters.
fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_string();
    }
    let mut cut: String = text.chars().take(room.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

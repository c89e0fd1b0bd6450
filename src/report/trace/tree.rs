//! A trace for people: a tree for each source.

use super::super::human::wrap;
use super::groups::{Group, groups, list};
use super::{Told, counts, given, is_varying, limits, place, title};
use crate::report::diagnostic::Style;
use crate::trace::{Flow, How, Kind, Phases, Place, Source, Target, Trace};
use std::collections::{BTreeMap, BTreeSet};

/// As many objects that get the same are named.
const MAX_OBJECTS: usize = 4;
/// As many fields are named in a line.
const MAX_FIELDS: usize = 8;
/// As many entries are told below one.
const MAX_ENTRIES: usize = 24;
/// As many reasons why something was not reached are told.
const MAX_MISSED: usize = 16;
/// As many worlds are told by themselves.
const MAX_WORLDS: usize = 5;

/// Between a condition and what it decides; drawn as ASCII where need be.
const ARROW: &str = " → ";

/// A line of the tree and what is below it.
#[derive(Default)]
struct Entry {
    text: String,
    /// Where that is; dim.
    place: String,
    is_title: bool,
    below: Vec<Entry>,
}

impl Entry {
    fn new(text: String, at: Option<&Place>) -> Entry {
        Entry { text, place: at.map(place).unwrap_or_default(), ..Entry::default() }
    }
}

/// The text of a trace.
pub fn text(told: &Told<'_>, style: Style) -> String {
    let trace = &told.trace.below(&told.path);
    let mut out = Pen { style, out: String::new() };
    let worlds = if trace.lived == 1 { "1 world".to_string() } else { format!("{} worlds", trace.lived) };
    let read = match (told.to, trace.sources.is_empty()) {
        (None, true) => "reads nothing of what is looked for".to_string(),
        (None, false) => counts(trace),
        (Some(to), true) => format!("nothing of what is looked for comes to {to}"),
        (Some(to), false) => format!("{to} comes from {}", counts(trace)),
    };
    out.line("", &format!("{}: {read} ({worlds})", told.path), "", false);
    for (number, source) in trace.sources.iter().enumerate() {
        out.out.push('\n');
        out.entry(&entry(trace, number, source), "", "");
    }
    missed(&mut out, trace);
    for note in limits(trace) {
        out.out.push('\n');
        out.entry(&Entry::new(note, None), "", "");
    }
    out.out
}

fn missed(out: &mut Pen, trace: &Trace) {
    if trace.missed.is_empty() {
        return;
    }
    out.out.push('\n');
    let mut reasons: BTreeMap<(Option<&Place>, &str), BTreeMap<&str, Vec<String>>> = BTreeMap::new();
    for missed in &trace.missed {
        let of_reason = reasons.entry((missed.at.as_ref(), missed.why.as_str())).or_default();
        of_reason.entry(&missed.what).or_default().push(place(&missed.place));
    }
    let below = reasons.iter().take(MAX_MISSED).map(|((at, why), missed)| {
        let lines = missed.iter().take(MAX_FIELDS).map(|(what, places)| Entry {
            text: (*what).to_string(),
            place: list(places, MAX_OBJECTS),
            ..Entry::default()
        });
        let is_of_itself = why.starts_with("was ") || why.starts_with("is ");
        let why = if is_of_itself { format!("what {why}") } else { (*why).to_string() };
        let below = lines.chain(more(missed.len(), MAX_FIELDS)).collect();
        Entry { below, ..Entry::new(why, *at) }
    });
    let mut entry = Entry { text: "not reached".into(), is_title: true, below: below.collect(), ..Entry::default() };
    entry.below.extend(more(reasons.len(), MAX_MISSED));
    out.entry(&entry, "", "");
}

/// What is said of the rest of something.
fn more(all: usize, told: usize) -> Option<Entry> {
    (all > told).then(|| Entry::new(format!("and {} more, which --format json tells", all - told), None))
}

/// A source with what it flows into, the worlds in which more is seen last.
fn entry(trace: &Trace, number: usize, source: &Source) -> Entry {
    let mut entry = Entry { text: title(source), is_title: true, place: places(source), ..Entry::default() };
    let own: Vec<&Flow> = trace.flows.iter().filter(|flow| flow.source == number).collect();
    let flags = |world: usize| trace.worlds.get(world).map(|world| world.flags.as_str()).unwrap_or_default();
    let most = if is_varying(source.kind) { MAX_WORLDS } else { 0 };
    let all: BTreeSet<usize> = own.iter().map(|flow| flow.world).filter(|world| !flags(*world).is_empty()).collect();
    let named: BTreeSet<usize> = all.into_iter().take(most).collect();
    let mut worlds: BTreeMap<&str, Vec<&Flow>> = BTreeMap::new();
    let mut rest: Vec<&Flow> = Vec::new();
    for flow in &own {
        match flags(flow.world) {
            flags if flags.is_empty() || named.contains(&flow.world) => worlds.entry(flags).or_default().push(flow),
            _ => rest.push(flow),
        }
    }
    let mut worlds: Vec<(&str, Vec<&Flow>)> = worlds.into_iter().collect();
    worlds.sort_by_key(|(_, flows)| flows.iter().map(|flow| flow.world).min());
    for (flags, flows) in worlds {
        let below = in_world(trace, source, &flows);
        match flags {
            "" => entry.below.extend(below),
            flags => entry.below.push(Entry { text: given(flags), below, ..Entry::default() }),
        }
    }
    if !rest.is_empty() {
        let below = in_world(trace, source, &rest);
        entry.below.push(Entry { text: "given other values".into(), below, ..Entry::default() });
    }
    let is_silent = |n: usize| !own.iter().any(|flow| flow.how.condition() == Some(n));
    let conditions = trace.conditions.iter().enumerate().filter(|(n, c)| c.by.contains_key(&number) && is_silent(*n));
    let silent: Vec<String> = conditions.map(|(_, c)| format!("`{}` ({})", c.text, place(&c.place))).collect();
    if !silent.is_empty() {
        entry.below.push(Entry::new(format!("tested by {}", list(&silent, MAX_OBJECTS)), None));
    }
    if entry.below.is_empty() {
        let error = if source.fails { "; a render ended in an error after it" } else { "" };
        entry.below.push(Entry::new(format!("flows into nothing that is rendered{error}"), None));
    }
    entry
}

/// A condition on what does not vary decides what holds it: that is told once.
fn is_told(flow: &Flow, flows: &[&Flow], source: &Source) -> bool {
    let is_same = |other: &Flow| other.how == How::Value && other.target == flow.target;
    flow.how != How::Value && !is_varying(source.kind) && flows.iter().any(|other| is_same(other))
}

fn places(source: &Source) -> String {
    let shown: Vec<String> = source.places.iter().map(place).collect();
    list(&shown, 3)
}

/// What flows in one world: values first, then what conditions decide.
fn in_world(trace: &Trace, source: &Source, flows: &[&Flow]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let values = flows.iter().filter(|flow| flow.how == How::Value).copied();
    let by_place = is_varying(source.kind) || flows.len() <= MAX_FIELDS;
    entries.extend(groups(values.clone(), trace, by_place).iter().map(value));
    entries.extend(others(trace, values));
    let flows: Vec<&Flow> = flows.iter().filter(|flow| !is_told(flow, flows, source)).copied().collect();
    let conditions: BTreeSet<usize> = flows.iter().filter_map(|flow| flow.how.condition()).collect();
    for number in conditions {
        let Some(condition) = trace.conditions.get(number) else { continue };
        let through = || flows.iter().filter(move |flow| flow.how.condition() == Some(number)).copied();
        let when = when(source, through());
        let mut entry = Entry::new(format!("{}{when}", condition.text), Some(&condition.place));
        let decided = through().filter(|flow| matches!(flow.how, How::Decides(_)));
        entry.below.extend(groups(decided, trace, true).iter().map(|group| decision(group, "")));
        let could = through().filter(|flow| matches!(flow.how, How::Could(_)));
        entry.below.extend(groups(could, trace, true).iter().map(|group| decision(group, "could write in ")));
        entry.below.extend(others(trace, through()));
        // One thing that is decided stands beside what decides it.
        if let [one] = entry.below.as_slice()
            && one.place.is_empty()
        {
            entry.text = format!("{}{ARROW}{}", entry.text, one.text);
            entry.below.clear();
        }
        entries.push(entry);
    }
    entries
}

/// `on upgrade`, where that depends.
fn when<'a>(source: &Source, flows: impl Iterator<Item = &'a Flow>) -> &'static str {
    if !matches!(source.kind, Kind::Lookup | Kind::Phase) {
        return "";
    }
    let phases = flows.fold(Phases::default(), |phases, flow| phases.and(flow.phases));
    match (phases.is_only_upgrade(), phases.is_never_upgrade()) {
        (true, _) => " (on upgrade)",
        (_, true) => " (not on upgrade)",
        _ => "",
    }
}

fn value(group: &Group) -> Entry {
    let objects = list(&group.objects, MAX_OBJECTS);
    let line = |fields: &[String], path: &str| {
        let fields = if fields.is_empty() { "all of it".to_string() } else { list(fields, MAX_FIELDS) };
        if path.is_empty() { fields } else { format!("{fields} from {path}") }
    };
    if let [(one, at)] = group.lines.as_slice() {
        return Entry::new(format!("{objects}: {}", line(&one.fields, &one.path)), at.as_ref());
    }
    let lines = group.lines.iter().take(MAX_ENTRIES).map(|(l, at)| Entry::new(line(&l.fields, &l.path), at.as_ref()));
    let mut entry = Entry { text: objects, below: lines.collect(), ..Entry::default() };
    entry.below.extend(more(group.lines.len(), MAX_ENTRIES));
    entry
}

fn decision(group: &Group, word: &str) -> Entry {
    let fields: Vec<String> = group.lines.iter().flat_map(|(line, _)| line.fields.iter().cloned()).collect();
    let objects = list(&group.objects, MAX_OBJECTS);
    let fields = if fields.is_empty() { String::new() } else { format!(": {}", list(&fields, MAX_FIELDS)) };
    // The chart's name says nothing new.
    let files: Vec<String> =
        group.files.iter().map(|f| f.split_once('/').map_or(f.as_str(), |(_, f)| f).into()).collect();
    let whole =
        if fields.is_empty() && word.is_empty() { format!(", all of it ({})", list(&files, 2)) } else { fields };
    Entry::new(format!("{word}{objects}{whole}"), None)
}

/// What is no field: notes, and the arguments of other sources.
fn others<'a>(trace: &Trace, flows: impl Iterator<Item = &'a Flow>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for flow in flows {
        let from = if flow.path.is_empty() { String::new() } else { format!(" from {}", flow.path) };
        let text = match &flow.target {
            Target::Notes { file } => format!("{file}{from}"),
            Target::Source(to) => match trace.sources.get(*to) {
                Some(to) => format!("what {} asks for{from}", title(to)),
                None => continue,
            },
            Target::Field { .. } => continue,
        };
        if entries.iter().all(|entry| entry.text != text) {
            entries.push(Entry::new(text, flow.written.as_ref()));
        }
    }
    entries
}

/// Draws lines.
struct Pen {
    style: Style,
    out: String,
}

impl Pen {
    fn entry(&mut self, entry: &Entry, prefix: &str, below: &str) {
        self.wrapped(entry, prefix, below);
        let count = entry.below.len();
        for (index, child) in entry.below.iter().enumerate() {
            let is_last = index + 1 == count;
            let (branch, trunk) = match (self.style.unicode, is_last) {
                (true, false) => ("├─ ", "│  "),
                (true, true) => ("└─ ", "   "),
                (false, false) => ("|- ", "|  "),
                (false, true) => ("`- ", "   "),
            };
            self.entry(child, &format!("{below}{branch}"), &format!("{below}{trunk}"));
        }
    }

    /// One entry, in as many lines as it needs. What is below it goes on with the trunk.
    fn wrapped(&mut self, entry: &Entry, prefix: &str, below: &str) {
        let trunk = match (entry.below.is_empty(), self.style.unicode) {
            (true, _) => "   ",
            (false, true) => "│  ",
            (false, false) => "|  ",
        };
        let next = format!("{below}{trunk}");
        let room = self.style.width.saturating_sub(next.chars().count()).max(30);
        let mut lines = wrap(&entry.text, room);
        let last = lines.pop().unwrap_or_default();
        let mut start = prefix.to_string();
        for line in lines {
            self.line(&start, &line, "", entry.is_title);
            start = next.clone();
        }
        let fits = start.chars().count() + last.chars().count() + 2 + entry.place.chars().count() <= self.style.width;
        if entry.place.is_empty() || fits {
            self.line(&start, &last, &entry.place, entry.is_title);
            return;
        }
        self.line(&start, &last, "", entry.is_title);
        for line in wrap(&entry.place, room) {
            self.line(&next, "", &line, false);
        }
    }

    fn line(&mut self, prefix: &str, text: &str, place: &str, is_title: bool) {
        let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let clean = if self.style.unicode { clean } else { clean.replace('…', "...").replace('→', "->") };
        let paint = |code: &str, text: &str| match self.style.colour && !text.is_empty() {
            true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            false => text.to_string(),
        };
        let text = if is_title { paint("1", &clean) } else { clean };
        let space = if place.is_empty() || text.is_empty() { "" } else { "  " };
        self.out.push_str(&format!("{}{text}{space}{}\n", paint("2", prefix), paint("2", place)));
    }
}

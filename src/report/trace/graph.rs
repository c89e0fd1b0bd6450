//! A trace as a graph of three columns that stays small enough to be looked at: sources, what is read of them and the
//! conditions on them, and the objects with their fields.

use super::{Told, given, is_varying, object, place, title};
use crate::trace::{Flow, How, Kind, Target, Trace};
use std::collections::{BTreeMap, BTreeSet};

/// As many nodes of each sort are shown.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub sources: usize,
    pub middle: usize,
    pub boxes: usize,
    pub rows: usize,
}

/// A node of the first two columns.
#[derive(Debug)]
pub struct Node {
    pub text: String,
    /// Where that is.
    pub place: String,
    /// The values with which alone it flows anywhere: `given --set a=b`.
    pub given: String,
    /// Of sources.
    pub kind: Option<Kind>,
    /// A condition, which decides.
    pub decides: bool,
}

/// Objects into which the same flows.
#[derive(Debug)]
pub struct Objects {
    pub names: Vec<String>,
    /// The fields of each row.
    pub rows: Vec<Vec<String>>,
}

impl Objects {
    /// The first name, and how many there are beside it.
    pub fn text(&self) -> String {
        super::groups::list(&self.names, 1)
    }
}

/// An end of an edge.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum End {
    Source(usize),
    Middle(usize),
    /// Objects as a whole.
    Objects(usize),
    /// Some fields of objects.
    Row(usize, usize),
}

/// An edge.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Edge {
    pub from: End,
    pub to: End,
    /// It decides whether the other end is written.
    pub decides: bool,
}

/// The graph of a trace.
#[derive(Debug, Default)]
pub struct Graph {
    pub sources: Vec<Node>,
    pub middle: Vec<Node>,
    pub objects: Vec<Objects>,
    pub edges: Vec<Edge>,
    /// `3 sources, 12 fields`; empty when everything is there.
    pub left_out: String,
}

/// A node of the middle column, before it has a number there: what is read of a source, or a condition.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Between {
    Path(usize, String),
    Condition(usize),
}

/// What comes to a target: from which node, and whether it decides.
type Coming = BTreeSet<(End, bool)>;

/// What comes to each field of an object.
type Incoming = BTreeMap<String, Coming>;

impl Graph {
    pub fn new(told: &Told<'_>, limits: Limits) -> Graph {
        let trace = &told.trace.below(&told.path);
        let mut graph = Graph::default();
        let mut left_out: Vec<(usize, &str, &str)> = Vec::new();
        let flowing: BTreeSet<usize> = trace.flows.iter().map(|flow| flow.source).collect();
        let varies = |number: &usize| trace.sources.get(*number).is_some_and(|source| is_varying(source.kind));
        // What flows into labels everywhere hides the rest.
        let is_cleared = told.is_default && flowing.iter().any(varies);
        let (flowing, cleared): (BTreeSet<usize>, BTreeSet<usize>) =
            flowing.into_iter().partition(|number| !is_cleared || varies(number));
        let shown: BTreeMap<usize, usize> =
            flowing.iter().take(limits.sources).enumerate().map(|(new, old)| (*old, new)).collect();
        left_out.push((flowing.len() - shown.len(), "source", "sources"));
        let sources = shown.keys().filter_map(|number| Some((*number, trace.sources.get(*number)?)));
        graph.sources = sources
            .map(|(number, source)| {
                let given = given(world_of(trace, number));
                let places: Vec<String> = source.places.iter().map(place).collect();
                let (text, place) = (title(source), super::groups::list(&places, 1));
                Node { text, place, given, kind: Some(source.kind), decides: false }
            })
            .collect();
        let flows: Vec<&Flow> = trace.flows.iter().filter(|flow| shown.contains_key(&flow.source)).collect();
        let (middle, dropped) = middle(&flows, limits.middle);
        left_out.push((dropped, "node between", "nodes between"));
        graph.add_middle(trace, &flows, &shown, &middle);
        let incoming = graph.incoming(&flows, &shown, &middle, trace);
        let dropped = graph.add_objects(incoming, limits);
        left_out.push((dropped.0, "group of objects", "groups of objects"));
        left_out.push((dropped.1, "field", "fields"));
        graph.edges.sort();
        graph.edges.dedup();
        let said = left_out.iter().filter(|(n, ..)| *n > 0);
        let said: Vec<String> =
            said.map(|(n, one, many)| format!("{n} {}", if *n == 1 { one } else { many })).collect();
        let cleared: BTreeSet<&str> =
            cleared.iter().filter_map(|number| trace.sources.get(*number)).map(|source| source.kind.name()).collect();
        let cleared: Vec<&str> = cleared.into_iter().collect();
        let shown = (!cleared.is_empty()).then(|| format!("what --source {} shows", cleared.join(",")));
        graph.left_out = said.into_iter().chain(shown).collect::<Vec<_>>().join(", ");
        graph
    }

    fn add_middle(
        &mut self,
        trace: &Trace,
        flows: &[&Flow],
        shown: &BTreeMap<usize, usize>,
        middle: &BTreeMap<Between, usize>,
    ) {
        let mut nodes: Vec<(&Between, usize)> = middle.iter().map(|(between, number)| (between, *number)).collect();
        nodes.sort_by_key(|(_, number)| *number);
        for (between, number) in nodes {
            let node = match between {
                Between::Path(_, path) => (path.clone(), String::new(), false),
                Between::Condition(condition) => match trace.conditions.get(*condition) {
                    Some(condition) => (condition.text.clone(), place(&condition.place), true),
                    None => continue,
                },
            };
            let (text, place, decides) = node;
            let node = Node { text, place, given: String::new(), kind: None, decides };
            self.middle.push(node);
            let from: BTreeSet<usize> = flows
                .iter()
                .filter(|flow| between_of(flow).as_ref() == Some(between))
                .map(|flow| flow.source)
                .collect();
            for source in from.iter().filter_map(|source| shown.get(source)) {
                self.edges.push(Edge { from: End::Source(*source), to: End::Middle(number), decides: false });
            }
        }
    }

    /// What comes to each object, by field.
    fn incoming(
        &mut self,
        flows: &[&Flow],
        shown: &BTreeMap<usize, usize>,
        middle: &BTreeMap<Between, usize>,
        trace: &Trace,
    ) -> BTreeMap<String, Incoming> {
        let mut incoming: BTreeMap<String, Incoming> = BTreeMap::new();
        for flow in flows {
            let Some(source) = shown.get(&flow.source) else { continue };
            let from = match between_of(flow) {
                None => End::Source(*source),
                Some(between) => match middle.get(&between) {
                    Some(number) => End::Middle(*number),
                    None => continue,
                },
            };
            let (name, field) = match &flow.target {
                Target::Field { object: number, field } => match trace.objects.get(*number) {
                    Some(found) => (object(found, trace), field.clone()),
                    None => continue,
                },
                Target::Notes { file } => (file.to_string(), String::new()),
                Target::Source(to) => {
                    let to = shown.get(to).map(|to| Edge { from, to: End::Source(*to), decides: false });
                    self.edges.extend(to);
                    continue;
                }
            };
            let decides = flow.how != How::Value;
            incoming.entry(name).or_default().entry(field).or_default().insert((from, decides));
        }
        incoming
    }

    /// Puts objects to which the same comes together, and likewise their fields. Gives how many objects and how many fields
    /// were left out.
    fn add_objects(&mut self, incoming: BTreeMap<String, Incoming>, limits: Limits) -> (usize, usize) {
        let mut alike: Vec<(Incoming, Vec<String>)> = Vec::new();
        for (name, fields) in incoming {
            match alike.iter_mut().find(|(known, _)| *known == fields) {
                Some((_, names)) => names.push(name),
                None => alike.push((fields, vec![name])),
            }
        }
        // Those to which the first sources come stand first.
        let mut first: BTreeMap<End, usize> = BTreeMap::new();
        for edge in &self.edges {
            if let (End::Source(source), End::Middle(_)) = (edge.from, edge.to) {
                let known = first.entry(edge.to).or_insert(source);
                *known = source.min(*known);
            }
        }
        let rank = |end: End| match end {
            End::Source(source) => source,
            other => first.get(&other).copied().unwrap_or(usize::MAX),
        };
        alike.sort_by_cached_key(|(fields, names)| {
            (fields.values().flatten().map(|(end, _)| rank(*end)).min(), names.first().cloned())
        });
        let (mut left, mut fields_left_out) = (limits.rows, 0);
        let left_out = alike.len().saturating_sub(limits.boxes);
        for (fields, names) in alike.into_iter().take(limits.boxes) {
            let number = self.objects.len();
            let mut rows: Vec<(Coming, Vec<String>)> = Vec::new();
            for (field, coming) in fields {
                if field.is_empty() {
                    let edge = |(from, decides)| Edge { from, to: End::Objects(number), decides };
                    self.edges.extend(coming.into_iter().map(edge));
                    continue;
                }
                match rows.iter_mut().find(|(known, _)| *known == coming) {
                    Some((_, fields)) => fields.push(field),
                    None => rows.push((coming, vec![field])),
                }
            }
            let kept = rows.len().min(left);
            left -= kept;
            fields_left_out += rows[kept..].iter().map(|(_, fields)| fields.len()).sum::<usize>();
            rows.truncate(kept);
            for (row, (coming, _)) in rows.iter().enumerate() {
                let edge =
                    |(from, decides): &(End, bool)| Edge { from: *from, to: End::Row(number, row), decides: *decides };
                self.edges.extend(coming.iter().map(edge));
            }
            self.objects.push(Objects { names, rows: rows.into_iter().map(|(_, fields)| fields).collect() });
        }
        (left_out, fields_left_out)
    }
}

/// The flags of the first world in which a source flows anywhere.
fn world_of(trace: &Trace, source: usize) -> &str {
    let first = trace.flows.iter().filter(|flow| flow.source == source).map(|flow| flow.world).min();
    first.and_then(|world| trace.worlds.get(world)).map_or("", |world| world.flags.as_str())
}

fn between_of(flow: &Flow) -> Option<Between> {
    match flow.how.condition() {
        Some(condition) => Some(Between::Condition(condition)),
        None if flow.path.is_empty() => None,
        None => Some(Between::Path(flow.source, flow.path.clone())),
    }
}

/// The nodes between by their numbers, in the order of the sources, and how many are left out.
fn middle(flows: &[&Flow], most: usize) -> (BTreeMap<Between, usize>, usize) {
    let mut first: BTreeMap<Between, usize> = BTreeMap::new();
    for flow in flows {
        let Some(between) = between_of(flow) else { continue };
        let source = first.entry(between).or_insert(flow.source);
        *source = flow.source.min(*source);
    }
    let all = first.len();
    let mut nodes: Vec<(usize, Between)> = first.into_iter().map(|(between, source)| (source, between)).collect();
    nodes.sort();
    let shown: BTreeMap<Between, usize> =
        nodes.into_iter().take(most).enumerate().map(|(number, (_, between))| (between, number)).collect();
    let left_out = all - shown.len();
    (shown, left_out)
}

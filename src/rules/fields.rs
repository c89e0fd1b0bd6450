//! Fields of rendered objects and what they came from: the question of rules that need no difference.

use super::story::{self, step_words};
use super::{Evidence, Rule, words};
use crate::finding::{FieldAt, Finding, ObjectRef, Severity, TraceStep};
use crate::lifecycle::{self, Life, Phase};
use crate::manifest::{Object, ObjectId, push_key};
use crate::source::Span;
use crate::value::origin::{Cause, Step};
use crate::value::way;
use crate::value::yaml::{Kind, Node};
use crate::value::{OriginId, Piece, Plain, PlainData};
use std::ops::Range;
use std::sync::Arc;

/// The node at a path of keys.
pub fn at<'a>(node: &'a Node, path: &[&str]) -> Option<&'a Node> {
    path.iter().try_fold(node, |node, key| node.field(key))
}

/// The value at a path of keys and indices.
pub fn value_at<'a>(values: &'a Plain, keys: &[Arc<[u8]>]) -> Option<&'a Plain> {
    keys.iter().try_fold(values, |at, key| match &at.data {
        PlainData::Map(map) => map.get(key),
        PlainData::List(list) => {
            let index = std::str::from_utf8(key).ok()?.trim_matches(['[', ']']);
            list.get(index.parse::<usize>().ok()?)
        }
        _ => None,
    })
}

/// The text at a path of keys; empty where there is none.
pub fn text(node: &Node, path: &[&str]) -> String {
    at(node, path).and_then(Node::as_go_string).map(|text| text.to_string()).unwrap_or_default()
}

/// The scalars and empty collections below a node, with their paths.
pub fn leaves<'a>(node: &'a Node, path: &str) -> Vec<(String, &'a Node)> {
    leaves_where(node, path, |_| true)
}

/// A step down from a node.
enum Down<'a> {
    None,
    Key(&'a str),
    Index(usize),
}

/// Those of the leaves that are wanted.
fn leaves_where<'a>(node: &'a Node, path: &str, wanted: impl Fn(&Node) -> bool) -> Vec<(String, &'a Node)> {
    let mut out = Vec::new();
    let mut path = path.to_string();
    // Each with the length of the path to what it is in.
    let mut todo = vec![(path.len(), Down::None, node)];
    while let Some((length, step, node)) = todo.pop() {
        path.truncate(length);
        match step {
            Down::None => {}
            Down::Key(key) => push_key(&mut path, key),
            Down::Index(index) => path.push_str(&format!("[{index}]")),
        }
        let length = path.len();
        match &node.kind {
            Kind::Map(entries) if !entries.is_empty() => {
                todo.extend(entries.iter().rev().map(|(key, value)| (length, Down::Key(&key.text), value)));
            }
            Kind::Seq(items) if !items.is_empty() => {
                todo.extend(items.iter().enumerate().rev().map(|(i, item)| (length, Down::Index(i), item)));
            }
            _ if wanted(node) => out.push((path.clone(), node)),
            _ => {}
        }
    }
    out
}

/// A scalar or an empty collection of an object, with the origins of its text.
pub struct Leaf<'a> {
    pub field: String,
    pub node: &'a Node,
    pub object: &'a Object,
    pub phase: &'a Phase,
}

/// The leaves below a path of an object.
pub fn leaves_at<'a>(phase: &'a Phase, object: &'a Object, path: &[&str]) -> Vec<Leaf<'a>> {
    wanted_at(phase, object, path, |_| true)
}

/// Those of them that are wanted.
pub fn wanted_at<'a>(
    phase: &'a Phase,
    object: &'a Object,
    path: &[&str],
    wanted: impl Fn(&Node) -> bool,
) -> Vec<Leaf<'a>> {
    let Some(node) = at(&object.node, path) else { return Vec::new() };
    let leaf = |(field, node)| Leaf { field, node, object, phase };
    leaves_where(node, &path.join("."), wanted).into_iter().map(leaf).collect()
}

impl<'a> Leaf<'a> {
    fn pieces(&self) -> impl Iterator<Item = &'a Piece> {
        lifecycle::pieces_in(&self.object.text, &self.node.span)
    }

    /// What its text came from, marks of what was not written left out.
    pub fn origins(&self) -> Vec<OriginId> {
        let mut origins: Vec<OriginId> = self.pieces().filter(|p| !p.is_mark()).map(|p| p.origin).collect();
        origins.retain(|origin| !origin.is_none());
        origins.dedup();
        origins
    }

    /// The causes of its text.
    pub fn causes(&self) -> Vec<&'a Cause> {
        let arena = &self.phase.rendering.rt.arena;
        let mut causes: Vec<&Cause> = self.origins().into_iter().flat_map(|origin| arena.causes(origin)).collect();
        causes.sort();
        causes.dedup();
        causes
    }

    /// The first origin that has a cause of this sort.
    pub fn origin_with(&self, wanted: impl Fn(&Cause) -> bool) -> Option<OriginId> {
        let arena = &self.phase.rendering.rt.arena;
        self.origins().into_iter().find(|origin| arena.causes(*origin).any(&wanted))
    }

    /// The causes of the conditions around it, and of what could have been written in its place.
    pub fn conditions(&self) -> Vec<&'a Cause> {
        let arena = &self.phase.rendering.rt.arena;
        let mut causes: Vec<&Cause> = Vec::new();
        for piece in self.pieces() {
            causes.extend(arena.guards(piece.guard).iter().flat_map(|guard| arena.causes(guard.origin)));
            if piece.is_mark() {
                causes.extend(arena.causes(piece.origin));
            }
        }
        causes.sort();
        causes.dedup();
        causes
    }

    /// What writes it.
    pub fn place(&self) -> Span {
        story::written_at(&self.phase.rendering, &self.object.text, &self.node.span)
    }

    /// What writes it in the file of its object: where a named template does, the action that calls that one.
    pub fn place_in_file(&self) -> Span {
        let (rendering, text) = (&self.phase.rendering, &self.object.text);
        let base = |span: u32| rendering.sources.file_at(span).map(|file| file.base);
        let file = base(story::written_at(rendering, text, &self.object.node.span).start);
        let at = self.node.span.start as u32;
        let around = |p: &&Piece| p.source != 0 && !p.literal && p.start <= at && p.end > at && base(p.source) == file;
        let piece = text.pieces().iter().rev().filter(around).min_by_key(|p| p.end - p.start);
        piece.map_or_else(|| self.place(), |piece| story::extent(rendering, piece))
    }

    /// Its text.
    pub fn bytes(&self) -> &'a [u8] {
        self.object.text.bytes().get(self.node.span.clone()).unwrap_or_default()
    }
}

/// The functions that make a digest.
const DIGESTS: [&str; 4] = ["sha1sum", "sha256sum", "sha512sum", "adler32sum"];

/// Whether a digest was made on the way of a value.
pub fn is_digest(phase: &Phase, origin: OriginId) -> bool {
    let steps = way::steps(&phase.rendering.rt.arena, origin);
    steps.iter().any(|(_, step, _)| matches!(step, Step::Through(name) if DIGESTS.contains(name)))
}

/// The origin of a leaf that holds the version of the chart or of the application.
pub fn version_in(life: &Life, leaf: &Leaf<'_>) -> Option<(OriginId, bool)> {
    let origin = leaf.origin_with(|cause| matches!(cause, Cause::ChartVersion { .. }))?;
    let shown = String::from_utf8_lossy(leaf.bytes());
    let charts = &life.prepared.as_ref()?.charts;
    // A label that went through fromYaml with others depends on all of them: the version must be in its text.
    let holds = |version: &str| {
        let minor = version.rsplitn(2, '.').last().unwrap_or_default();
        let version = if minor.contains('.') { minor } else { version };
        !version.is_empty()
            && [version, &version.replace('+', "_"), &version.replace('.', "-")].iter().any(|v| shown.contains(*v))
    };
    let is_chart = charts.iter().any(|chart| holds(&chart.metadata.version));
    let is_app = charts.iter().any(|chart| holds(&chart.metadata.app_version));
    if !is_chart && !is_app {
        return None;
    }
    let arena = &leaf.phase.rendering.rt.arena;
    let is_app = arena.causes(origin).any(|cause| matches!(cause, Cause::ChartVersion { app: true }))
        && !(is_chart && arena.causes(origin).any(|cause| matches!(cause, Cause::ChartVersion { app: false })));
    Some((origin, is_app))
}

/// The way of a value to the place that writes it.
pub fn trace(phase: &Phase, origin: OriginId, primary: Span, source: &str) -> Vec<TraceStep> {
    let mut steps: Vec<TraceStep> = Vec::new();
    for (_, step, span) in way::steps(&phase.rendering.rt.arena, origin) {
        let says = if matches!(step, Step::Source) { Some(source.to_string()) } else { step_words(&step) };
        let Some(says) = says else { continue };
        if span != Span::default() && steps.iter().all(|s| s.span != span) {
            steps.push(TraceStep { span, says, is_primary: span == primary });
        }
    }
    if steps.iter().all(|step| !step.is_primary) && primary != Span::default() {
        let says = if steps.is_empty() { source.to_string() } else { "and writes this".into() };
        steps.push(TraceStep { span: primary, says, is_primary: true });
    }
    steps
}

/// The object that a finding is about.
pub fn reference(id: &ObjectId) -> ObjectRef {
    ObjectRef {
        api_version: id.api_version.clone(),
        kind: id.kind.clone(),
        namespace: id.namespace.clone(),
        name: id.name.clone(),
    }
}

/// A finding about leaves of one object; the first one leads.
pub fn finding(rule: &Rule, evidence: &Evidence<'_>, leaves: &[&Leaf<'_>], severity: Severity, cause: &str) -> Finding {
    let primary = leaves.first().map(|leaf| leaf.place()).unwrap_or_default();
    let mut finding = words::problem(rule, evidence, severity, primary);
    finding.object = leaves.first().map(|leaf| reference(&leaf.object.id));
    finding.fields = leaves.iter().map(|leaf| FieldAt { field: leaf.field.clone(), span: leaf.place() }).collect();
    finding.cause = cause.into();
    finding
}

/// The number of the call of `lookup` in a phase that found an object of the release, if there was one.
pub fn own_lookup(life: &Life, phase: &Phase, id: &ObjectId) -> Option<u32> {
    let mut found = phase.rendering.rt.lookups.numbered().filter(|(_, call)| call.found);
    found.find(|(_, call)| is_lookup_of(life, &call.query, id)).map(|(index, _)| index)
}

/// Whether a lookup asks for an object of the release by its name.
pub fn is_lookup_of(life: &Life, query: &crate::engine::Query, id: &ObjectId) -> bool {
    let group = query.api_version.split_once('/').map_or("", |(group, _)| group);
    let namespace = if id.namespace.is_empty() { &life.world.namespace } else { &id.namespace };
    group == id.group()
        && query.kind == id.kind
        && query.name.trim_matches('"') == id.name
        && (query.namespace.is_empty() || query.namespace == *namespace)
}

/// A range of a document as one line, hidden where it belongs to a Secret.
pub fn shown(object: &Object, range: &Range<usize>) -> String {
    if object.id.kind == "Secret" {
        "a value (not shown: it is a Secret)".into()
    } else {
        words::shown(&object.text, range)
    }
}

//! What the solver knows beside a condition: the values of the world, the templates, the chart's own guides.

use super::guides::Guides;
use super::setting::Setting;
use super::shape::{self, Defines, EXAMPLE, Shape};
use crate::chart::Prepared;
use crate::engine::ParsedTemplate;
use crate::kube::VersionRange;
use crate::profile::Profile;
use crate::source::Span;
use crate::template::ast::Node;
use crate::value::origin::{Cause, Graph, PathId};
use crate::value::{Key, Plain, PlainData, PlainMap};
use std::sync::Arc;

/// What a condition is solved in.
pub(super) struct Scope<'a> {
    pub graph: &'a Graph,
    pub prepared: &'a Prepared,
    pub trees: &'a [ParsedTemplate],
    pub guides: &'a Guides,
    pub profile: &'a Profile,
    /// The version of the cluster as it is told to templates.
    pub version: &'a str,
    /// The versions of Kubernetes that count.
    pub kubernetes: VersionRange,
    /// The opening action of the condition.
    pub head: Span,
    /// What the condition depends on.
    pub causes: Vec<Cause>,
}

/// As many guesses are made for one value.
const MAX_GUESSES: usize = 3;

fn boolean(b: bool) -> Plain {
    PlainData::Bool(b).into()
}

/// Whether Go takes a value for true.
pub(super) fn is_truthy(plain: &Plain) -> bool {
    match &plain.data {
        PlainData::Null => false,
        PlainData::Bool(b) => *b,
        PlainData::Int(i) => *i != 0,
        PlainData::Float(f) => *f != 0.0,
        PlainData::String(text) => !text.is_empty(),
        PlainData::List(list) => !list.is_empty(),
        PlainData::Map(map) => !map.is_empty(),
    }
}

impl Scope<'_> {
    /// The keys of a path of values; `[n]` stands for an element of a list.
    pub fn keys(&self, path: PathId) -> Option<Vec<String>> {
        self.graph.path_keys(path).iter().map(|key| String::from_utf8(key.to_vec()).ok()).collect()
    }

    /// A global value of a subchart is one of all charts.
    fn shared(&self, mut keys: Vec<String>) -> Vec<String> {
        let is_global = |part: &crate::chart::PreparedChart| {
            let Some(prefix) = part.values_path.as_ref().filter(|prefix| !prefix.is_empty()) else { return false };
            prefix.iter().zip(&keys).all(|(a, b)| **a == *b.as_bytes())
                && keys.get(prefix.len()).is_some_and(|key| key == "global")
        };
        if let Some(part) = self.prepared.charts.iter().find(|part| is_global(part)) {
            keys.drain(..part.values_path.as_ref().map_or(0, Vec::len));
        }
        keys
    }

    /// What stands at a path now.
    pub fn value(&self, keys: &[String]) -> Option<&Plain> {
        keys.iter().try_fold(&self.prepared.values, |plain, key| match &plain.data {
            PlainData::List(list) => list.get(index(key)?),
            _ => plain.get(key),
        })
    }

    /// The setting that puts a value at a path. What lies in a list is set with the whole list.
    pub fn set(&self, keys: Vec<String>, value: Plain) -> Option<Setting> {
        let keys = self.shared(keys);
        let Some(at) = keys.iter().position(|key| index(key).is_some()) else {
            return (!keys.is_empty()).then_some(Setting::Value { path: keys, value });
        };
        let (path, inner) = keys.split_at(at);
        let mut list = self.value(path)?.clone();
        let mut place = &mut list;
        for key in inner {
            place = match &mut place.data {
                PlainData::List(list) => list.get_mut(index(key)?)?,
                PlainData::Map(map) => map.entry(Key::from(key.as_bytes())).or_default(),
                _ => return None,
            };
        }
        *place = value;
        (!path.is_empty()).then(|| Setting::Value { path: path.to_vec(), value: list })
    }

    /// Values that are true, for a place that holds something that is not.
    pub fn truthy(&self, keys: &[String]) -> Vec<Plain> {
        let now = self.value(keys);
        let name = keys.last().map(String::as_str).unwrap_or_default();
        if let Some(Plain { data: PlainData::Bool(_), .. }) = now {
            return vec![boolean(true)];
        }
        let mut found: Vec<Plain> = self.guides.at(keys).into_iter().filter(is_truthy).collect();
        let made: Vec<Plain> = match now.map(|plain| &plain.data) {
            Some(PlainData::Int(_) | PlainData::Float(_)) => vec![PlainData::Int(1).into()],
            Some(PlainData::String(_)) => match self.shape(keys) {
                shape @ (Shape::Table(_) | Shape::List(_)) => vec![shape.plain(name)],
                shape => vec![shape.plain(name), boolean(true)],
            },
            Some(PlainData::List(_)) => self.lists(keys, name),
            Some(PlainData::Map(_)) => vec![self.table(keys)],
            _ => self.missing(keys, name),
        };
        // What is shown for another type than the value has is no example.
        if let Some(now) = now.filter(|now| !now.is_null()) {
            found.retain(|plain| is_like(plain, now));
        }
        found.truncate(MAX_GUESSES - 1);
        for plain in made {
            if !found.contains(&plain) && self.guides.admits(keys, &plain) {
                found.push(plain);
            }
        }
        found.truncate(MAX_GUESSES);
        found
    }

    /// Values that are not true, for a place that holds one that is.
    pub fn falsy(&self, keys: &[String]) -> Vec<Plain> {
        let empty = match self.value(keys).map(|plain| &plain.data) {
            Some(PlainData::Bool(_)) => boolean(false),
            Some(PlainData::Int(_) | PlainData::Float(_)) => PlainData::Int(0).into(),
            Some(PlainData::String(_)) => Plain::string(""),
            Some(PlainData::List(_)) => PlainData::List(Vec::new()).into(),
            _ => return vec![PlainData::Null.into()],
        };
        let mut found = vec![empty, PlainData::Null.into()];
        found.retain(|plain| self.guides.admits(keys, plain));
        found
    }

    /// Other values than this one, for a place.
    pub fn others(&self, keys: &[String], value: &Plain) -> Vec<Plain> {
        let mut found: Vec<Plain> = match &value.data {
            PlainData::Bool(b) => return vec![boolean(!b)],
            PlainData::Int(i) => vec![PlainData::Int(i.wrapping_add(1)).into()],
            _ => Vec::new(),
        };
        found.extend(self.guides.at(keys).into_iter().filter(|plain| is_like(plain, value)));
        let other = if *value == Plain::string("other") { "another" } else { "other" };
        found.push(Plain::string(other));
        found.retain(|plain| plain.data != value.data && self.guides.admits(keys, plain));
        found.truncate(2);
        found
    }

    /// Lists for a place that holds an empty one.
    fn lists(&self, keys: &[String], name: &str) -> Vec<Plain> {
        let list = |element: Plain| Plain::from(PlainData::List(vec![element]));
        match self.shape(keys) {
            Shape::List(element) if *element != Shape::Any => vec![Shape::List(element).plain(name)],
            Shape::Table(_) | Shape::Like(_) | Shape::Any | Shape::Text | Shape::List(_) => vec![
                list(PlainData::Map(PlainMap::from([(Key::from(&b"name"[..]), Plain::string(EXAMPLE))])).into()),
                list(Plain::string(EXAMPLE)),
            ],
        }
    }

    /// A table for a place that holds an empty one.
    pub fn table(&self, keys: &[String]) -> Plain {
        let name = keys.last().map(String::as_str).unwrap_or_default();
        match self.shape(keys) {
            shape @ Shape::Table(_) => shape.plain(name),
            // Whatever lies in it is ranged over.
            Shape::List(element) => {
                PlainData::Map(PlainMap::from([(Key::from(EXAMPLE.as_bytes()), element.plain(EXAMPLE))])).into()
            }
            _ => PlainData::Map(PlainMap::from([(Key::from(EXAMPLE.as_bytes()), Plain::string(EXAMPLE))])).into(),
        }
    }

    /// What a value that is not set may be.
    fn missing(&self, keys: &[String], name: &str) -> Vec<Plain> {
        match self.shape(keys) {
            Shape::Any => {}
            Shape::List(element) => {
                let list = Shape::List(element.clone()).plain(name);
                return if self.has_named_keys() { vec![self.table(keys), list] } else { vec![list, self.table(keys)] };
            }
            Shape::Text => return vec![shape::named(name), boolean(true)],
            shape => return vec![shape.plain(name)],
        }
        let lower = name.to_lowercase();
        let is_text =
            ["name", "secret", "class", "host", "password", "key", "value", "version", "image", "domain", "url"]
                .iter()
                .any(|end| lower.ends_with(end));
        let is_many = lower.ends_with('s') && !lower.ends_with("ss");
        let table = || PlainData::Map(PlainMap::from([(Key::from(EXAMPLE.as_bytes()), Plain::string(EXAMPLE))])).into();
        match (is_text, is_many) {
            (true, _) => vec![Plain::string(EXAMPLE), boolean(true)],
            (_, true) => vec![table(), PlainData::List(vec![Plain::string(EXAMPLE)]).into(), boolean(true)],
            // A name that says what it is comes first.
            _ => match shape::named(name) {
                named if named.as_str() == Some(EXAMPLE) => vec![boolean(true), named, table()],
                named => vec![named, boolean(true), table()],
            },
        }
    }

    /// What the templates take of a value: in the branch of the condition, and wherever they name it.
    fn shape(&self, keys: &[String]) -> Shape {
        let shape = match self.branch() {
            Some((tree, Node::Range(_), branch)) => {
                Shape::List(Box::new(shape::of_body(tree, branch, &self.defines())))
            }
            Some((tree, Node::With(_), branch)) => shape::of_body(tree, branch, &self.defines()),
            _ => Shape::Any,
        };
        match shape {
            Shape::Any => self.guides.shape(keys, || self.uses(keys, &self.defines())),
            shape => shape,
        }
    }

    fn defines(&self) -> Defines<'_> {
        let defines = self.trees.iter().flat_map(|parsed| parsed.tree.defines.iter().map(move |d| (parsed, d)));
        defines.map(|(parsed, define)| (&*define.name, (&*parsed.tree, define.body))).collect()
    }

    fn uses(&self, keys: &[String], defines: &Defines<'_>) -> Shape {
        let mut all = Shape::List(Box::default());
        let Shape::List(found) = &mut all else { return Shape::Any };
        for part in &self.prepared.charts {
            let Some(prefix) = &part.values_path else { continue };
            let is_inside = prefix.len() < keys.len() && prefix.iter().zip(keys).all(|(a, b)| **a == *b.as_bytes());
            // What is global has the same name in all charts.
            if !is_inside || keys.iter().any(|key| index(key).is_some()) {
                continue;
            }
            let path: Vec<Arc<str>> = std::iter::once("Values")
                .chain(keys[prefix.len()..].iter().map(String::as_str))
                .map(Arc::from)
                .collect();
            let own: Vec<(u32, u32)> = part.chart.templates.iter().map(|f| (f.base, f.span().end)).collect();
            for parsed in self.trees.iter().filter(|t| own.iter().any(|(from, to)| (*from..*to).contains(&t.base))) {
                let bodies = parsed.tree.defines.iter().map(|define| define.body);
                for list in std::iter::once(parsed.tree.root).chain(bodies) {
                    let used = shape::of_path(&parsed.tree, list, &path, defines);
                    found.merge(used);
                }
            }
        }
        std::mem::take(&mut **found)
    }

    /// The branch that the condition opens.
    fn branch(&self) -> Option<(&crate::template::ast::Tree, &Node, &crate::template::ast::Branch)> {
        let start = self.head.start;
        let is_there = |t: &&ParsedTemplate| {
            start.checked_sub(t.base).is_some_and(|offset| (offset as usize) < t.tree.source.len())
        };
        let parsed = self.trees.iter().find(is_there)?;
        let (node, branch) = shape::branch_at(&parsed.tree, start - parsed.base)?;
        Some((&parsed.tree, node, branch))
    }

    /// The loop has a variable for keys that is not called an index.
    fn has_named_keys(&self) -> bool {
        let Some((tree, Node::Range(_), branch)) = self.branch() else { return false };
        let [key, _] = branch.pipeline.declares() else { return false };
        let name = tree.names.get(*key as usize).map(|name| name.trim_start_matches('$')).unwrap_or_default();
        !matches!(name, "_" | "i" | "idx" | "index" | "n" | "j")
    }
}

/// The number of an element, `[3]`.
fn index(key: &str) -> Option<usize> {
    key.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

/// Whether two values are of one type.
fn is_like(a: &Plain, b: &Plain) -> bool {
    let is_number = |plain: &Plain| matches!(plain.data, PlainData::Int(_) | PlainData::Float(_));
    std::mem::discriminant(&a.data) == std::mem::discriminant(&b.data) || is_number(a) && is_number(b)
}

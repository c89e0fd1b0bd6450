//! The tree that a text reads as.

use crate::value::{Plain, PlainData};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// A value and where it stands: bytes of the text it was read from. A node that is not written (`a:`) has an empty
/// span. A copy by an alias has the span of the alias; what is in it, the spans of the original.
#[derive(Debug)]
pub struct Node {
    pub kind: Kind,
    pub span: Range<usize>,
}

/// What a node is. Numbers are as YAML resolves them; see [`Node::as_json_number`] for what Go makes of them.
#[derive(Debug, Default)]
pub enum Kind {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    /// A number that is greater than every `Int`.
    Uint(u64),
    Float(f64),
    Str(Arc<str>),
    Seq(Vec<Node>),
    /// The entries in the order of the text, each key once.
    Map(Vec<(Key, Node)>),
}

/// A key of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The key as JSON has it.
    pub text: Arc<str>,
    pub span: Range<usize>,
    pub kind: KeyKind,
    /// The entry came from another map by `<<`.
    pub is_merged: bool,
}

/// What a key was before it became a string.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KeyKind {
    Str,
    Bool,
    Int,
    Uint(u64),
    Float(f64),
    Null,
}

/// What a reader of a document should hear of.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// A map has a key twice; the later entry replaced the earlier one. The spans are those of the keys.
    DuplicateKey { first: Range<usize>, second: Range<usize> },
    /// Two keys of different types become one string (`1` and `"1"`); which of them wins differs from run to run.
    CollidingKeys { first: Range<usize>, second: Range<usize> },
}

/// The first document of a text.
#[derive(Debug)]
pub struct Document {
    pub root: Node,
    pub notes: Vec<Note>,
    /// Where reading stopped: at the end, or at what no longer belongs to the document.
    pub end: usize,
}

impl Node {
    /// The node as data: what Go's JSON decoder makes of it, integers kept.
    pub fn to_plain(&self) -> Plain {
        let data = match &self.kind {
            Kind::Null => PlainData::Null,
            Kind::Bool(b) => PlainData::Bool(*b),
            Kind::Int(i) => PlainData::Int(*i),
            Kind::Uint(u) => PlainData::Float(*u as f64),
            Kind::Float(f) => PlainData::Float(*f),
            Kind::Str(text) => PlainData::String(text.clone().into()),
            Kind::Seq(items) => PlainData::List(items.iter().map(Node::to_plain).collect()),
            Kind::Map(entries) => {
                PlainData::Map(entries.iter().map(|(k, v)| (k.text.clone().into(), v.to_plain())).collect())
            }
        };
        data.into()
    }

    pub fn new(kind: Kind, span: Range<usize>) -> Self {
        Node { kind, span }
    }

    /// The entries of a map; none for everything else.
    pub fn entries(&self) -> &[(Key, Node)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(k, _)| &*k.text == key).map(|(_, node)| node)
    }

    /// The value that Go decodes into the struct field of this JSON name: case does not matter, and of several keys the
    /// last in byte order wins, unless it is null.
    pub fn field(&self, name: &str) -> Option<&Node> {
        let mut best: Option<&(Key, Node)> = None;
        for entry in self.entries().iter().filter(|(key, _)| equal_fold(&key.text, name)) {
            let rank = |entry: &(Key, Node)| (!entry.1.is_null(), entry.0.text.clone());
            if best.is_none_or(|best| rank(entry) > rank(best)) {
                best = Some(entry);
            }
        }
        best.map(|(_, node)| node)
    }

    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::Str(text) => Some(text),
            _ => None,
        }
    }

    /// What Go gets when it decodes the value into a string: numbers and truth values become text, floats with 32 bits.
    /// `None` for null (which leaves the string as it was) and for collections (which are an error).
    pub fn as_go_string(&self) -> Option<Cow<'_, str>> {
        Some(match &self.kind {
            Kind::Str(text) => Cow::Borrowed(text),
            Kind::Bool(true) => "true".into(),
            Kind::Bool(false) => "false".into(),
            Kind::Int(i) => i.to_string().into(),
            Kind::Uint(u) => u.to_string().into(),
            Kind::Float(f) => super::number::float32_text(*f).into(),
            Kind::Null | Kind::Seq(_) | Kind::Map(_) => return None,
        })
    }

    /// The number that Go gets when it decodes the value into an `interface {}`.
    pub fn as_json_number(&self) -> Option<f64> {
        match self.kind {
            Kind::Int(i) => Some(i as f64),
            Kind::Uint(u) => Some(u as f64),
            Kind::Float(f) => Some(f),
            _ => None,
        }
    }

    /// Both are the same JSON, whatever the order of keys.
    pub fn same_value(&self, other: &Node) -> bool {
        let mut todo = vec![(self, other)];
        while let Some((a, b)) = todo.pop() {
            match (&a.kind, &b.kind) {
                (Kind::Null, Kind::Null) => {}
                (Kind::Bool(x), Kind::Bool(y)) if x == y => {}
                (Kind::Str(x), Kind::Str(y)) if x == y => {}
                (Kind::Int(x), Kind::Int(y)) if x == y => {}
                (Kind::Uint(x), Kind::Uint(y)) if x == y => {}
                (Kind::Int(_), Kind::Int(_)) | (Kind::Uint(_), Kind::Uint(_)) => return false,
                (Kind::Seq(x), Kind::Seq(y)) if x.len() == y.len() => todo.extend(x.iter().zip(y)),
                (Kind::Map(x), Kind::Map(y)) if x.len() == y.len() => {
                    let (x, y) = (sorted(x), sorted(y));
                    for (x, y) in x.into_iter().zip(y) {
                        if x.0.text != y.0.text {
                            return false;
                        }
                        todo.push((&x.1, &y.1));
                    }
                }
                _ => match (a.as_json_number(), b.as_json_number()) {
                    (Some(x), Some(y)) if x == y => {}
                    _ => return false,
                },
            }
        }
        true
    }

    fn has_children(&self) -> bool {
        match &self.kind {
            Kind::Seq(items) => !items.is_empty(),
            Kind::Map(entries) => !entries.is_empty(),
            _ => false,
        }
    }
}

fn sorted(entries: &[(Key, Node)]) -> Vec<&(Key, Node)> {
    let mut sorted: Vec<_> = entries.iter().collect();
    sorted.sort_unstable_by(|a, b| a.0.text.cmp(&b.0.text));
    sorted
}

/// Equality of names as encoding/json sees it. Only two letters outside ASCII fold to ASCII ones.
fn equal_fold(key: &str, name: &str) -> bool {
    let fold = |c: char| match c {
        '\u{17F}' => 's',
        '\u{212A}' => 'k',
        c => c.to_ascii_lowercase(),
    };
    key.chars().map(fold).eq(name.chars().map(fold))
}

/// Trees are as deep as a text makes them, so they are taken apart without recursion.
impl Drop for Node {
    fn drop(&mut self) {
        if !self.has_children() {
            return;
        }
        let mut todo = vec![std::mem::take(&mut self.kind)];
        while let Some(kind) = todo.pop() {
            let mut keep = |node: &mut Node| {
                if node.has_children() {
                    todo.push(std::mem::take(&mut node.kind));
                }
            };
            match kind {
                Kind::Seq(mut items) => items.iter_mut().for_each(&mut keep),
                Kind::Map(mut entries) => entries.iter_mut().for_each(|(_, node)| keep(node)),
                _ => {}
            }
        }
    }
}

/// A collection that is being copied: what is left, and what is done.
enum Copying<'a> {
    Seq(std::slice::Iter<'a, Node>, Vec<Node>, &'a Range<usize>),
    Map(std::slice::Iter<'a, (Key, Node)>, Vec<(Key, Node)>, &'a Range<usize>),
}

impl Clone for Node {
    fn clone(&self) -> Self {
        let mut stack: Vec<Copying<'_>> = Vec::new();
        let mut current = self;
        loop {
            let kind = match &current.kind {
                Kind::Seq(items) => {
                    stack.push(Copying::Seq(items.iter(), Vec::with_capacity(items.len()), &current.span));
                    None
                }
                Kind::Map(entries) => {
                    stack.push(Copying::Map(entries.iter(), Vec::with_capacity(entries.len()), &current.span));
                    None
                }
                Kind::Null => Some(Kind::Null),
                Kind::Bool(b) => Some(Kind::Bool(*b)),
                Kind::Int(i) => Some(Kind::Int(*i)),
                Kind::Uint(u) => Some(Kind::Uint(*u)),
                Kind::Float(f) => Some(Kind::Float(*f)),
                Kind::Str(text) => Some(Kind::Str(text.clone())),
            };
            let mut done = kind.map(|kind| Node::new(kind, current.span.clone()));
            loop {
                if let Some(node) = done.take() {
                    match stack.last_mut() {
                        None => return node,
                        Some(Copying::Seq(_, items, _)) => items.push(node),
                        Some(Copying::Map(_, entries, _)) => {
                            // The entry was pushed when its value began.
                            if let Some(last) = entries.last_mut() {
                                last.1 = node;
                            }
                        }
                    }
                }
                match stack.last_mut() {
                    None => return Node::new(Kind::Null, 0..0),
                    Some(Copying::Seq(left, ..)) => {
                        if let Some(next) = left.next() {
                            current = next;
                            break;
                        }
                    }
                    Some(Copying::Map(left, entries, _)) => {
                        if let Some((key, next)) = left.next() {
                            entries.push((key.clone(), Node::new(Kind::Null, 0..0)));
                            current = next;
                            break;
                        }
                    }
                }
                done = stack.pop().map(|copied| match copied {
                    Copying::Seq(_, items, span) => Node::new(Kind::Seq(items), span.clone()),
                    Copying::Map(_, entries, span) => Node::new(Kind::Map(entries), span.clone()),
                });
            }
        }
    }
}

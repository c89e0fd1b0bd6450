//! Which fields of an object pieces of its text come to.
//!
//! What comes to all fields below one is said of that one: an object that is written under a condition is one flow, not
//! one a field.

use crate::manifest::push_key;
use crate::value::yaml::{Kind, Node};
use std::collections::BTreeSet;
use std::ops::Range;

/// What comes to a field, by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Arrival {
    /// A path of a source.
    Value { source: usize, path: u32 },
    /// A source by way of a condition.
    Decides { condition: usize, source: usize },
}

/// A field of an object.
struct Field {
    path: String,
    parent: usize,
    /// The bytes of the key and the value.
    whole: Range<usize>,
    /// The bytes of the value.
    value: Range<usize>,
    is_leaf: bool,
    /// How many leaves there are at and below it.
    leaves: usize,
    arrivals: BTreeSet<Arrival>,
}

/// The fields of one object.
pub struct Fields {
    fields: Vec<Field>,
    /// The leaves in the order of the text.
    leaves: Vec<usize>,
    /// How many arrivals may still be noted.
    left: usize,
}

/// As many fields of one object are looked at.
const MAX_FIELDS: usize = 50_000;
/// As many arrivals are noted in one object.
const MAX_ARRIVALS: usize = 400_000;

impl Fields {
    pub fn new(root: &Node) -> Fields {
        let mut fields: Vec<Field> = Vec::new();
        let mut todo = vec![(root, String::new(), 0, root.span.clone())];
        while let Some((node, path, parent, whole)) = todo.pop() {
            let number = fields.len();
            if number >= MAX_FIELDS {
                break;
            }
            let before = todo.len();
            match &node.kind {
                Kind::Map(entries) => {
                    for (key, value) in entries.iter().rev() {
                        let mut below = path.clone();
                        push_key(&mut below, &key.text);
                        let whole = key.span.start..value.span.end.max(key.span.end);
                        todo.push((value, below, number, whole));
                    }
                }
                Kind::Seq(items) => {
                    for (i, item) in items.iter().enumerate().rev() {
                        todo.push((item, format!("{path}[{i}]"), number, item.span.clone()));
                    }
                }
                _ => {}
            }
            let is_leaf = todo.len() == before;
            let (value, leaves) = (node.span.clone(), usize::from(is_leaf));
            fields.push(Field { path, parent, whole, value, is_leaf, leaves, arrivals: BTreeSet::new() });
        }
        for number in (1..fields.len()).rev() {
            let (leaves, parent) = (fields[number].leaves, fields[number].parent);
            fields[parent].leaves += leaves;
        }
        let mut leaves: Vec<usize> = (0..fields.len()).filter(|number| fields[*number].is_leaf).collect();
        leaves.sort_by_key(|number| (fields[*number].whole.start, fields[*number].whole.end));
        Fields { fields, leaves, left: MAX_ARRIVALS }
    }

    /// Notes what comes to the leaves in a range of the text.
    pub fn arrive(&mut self, range: &Range<usize>, arrivals: &[Arrival]) {
        if arrivals.is_empty() {
            return;
        }
        let first = self.leaves.partition_point(|leaf| self.fields[*leaf].whole.end <= range.start);
        for index in first..self.leaves.len() {
            let field = &mut self.fields[self.leaves[index]];
            if field.whole.start >= range.end || self.left == 0 {
                break;
            }
            self.left = self.left.saturating_sub(arrivals.len());
            field.arrivals.extend(arrivals);
        }
    }

    /// The path of the innermost map or list around a byte of the text.
    pub fn around(&self, at: usize) -> &str {
        let holds = |field: &&Field| !field.is_leaf && field.value.start <= at && field.value.end >= at;
        let inner = self.fields.iter().filter(holds).min_by_key(|field| field.value.end - field.value.start);
        inner.map_or("", |field| &field.path)
    }

    /// What comes to which field, with the bytes of its value; what comes to everything below a field is said of it.
    pub fn arrivals(mut self) -> Vec<(Arrival, String, Range<usize>)> {
        // From the last field on, those below one are complete before it is.
        let mut shared: Vec<Option<BTreeSet<Arrival>>> = self.fields.iter().map(|_| None).collect();
        for number in (0..self.fields.len()).rev() {
            if !self.fields[number].is_leaf {
                self.fields[number].arrivals = shared[number].take().unwrap_or_default();
            }
            if number == 0 {
                continue;
            }
            let own = &self.fields[number].arrivals;
            let parent = &mut shared[self.fields[number].parent];
            *parent = Some(match parent.take() {
                None => own.clone(),
                Some(all) => all.intersection(own).copied().collect(),
            });
        }
        let mut out = Vec::new();
        for number in 0..self.fields.len() {
            let field = &self.fields[number];
            for arrival in &field.arrivals {
                // One leaf alone is said of itself.
                let is_told_below = !field.is_leaf && field.leaves == 1;
                let mut is_told_above = false;
                let mut at = number;
                while at != 0 && !is_told_above {
                    at = self.fields[at].parent;
                    is_told_above = self.fields[at].leaves > 1 && self.fields[at].arrivals.contains(arrival);
                }
                if !is_told_above && !is_told_below {
                    out.push((*arrival, field.path.clone(), field.value.clone()));
                }
            }
        }
        out
    }
}

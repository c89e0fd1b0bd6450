//! Paths to fields of an object.

use std::fmt;
use std::sync::Arc;

/// A step of a path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Step {
    Key(Arc<str>),
    Index(usize),
}

/// The path to a field: `spec.ports[0].nodePort`, `metadata.labels["app.kubernetes.io/name"]`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct FieldPath(Vec<Step>);

/// Maps whose keys are the user's own: what holds for one key holds for all.
const FREE_MAPS: [&str; 12] = [
    "annotations",
    "binaryData",
    "data",
    "hard",
    "labels",
    "matchLabels",
    "nodeSelector",
    "parameters",
    "selector",
    "stringData",
    "podFixed",
    "volumeAttributes",
];

/// Fields of free maps that are not keys of the user.
const NOT_FREE: [&str; 2] = ["matchLabels", "matchExpressions"];

impl FieldPath {
    /// Reads a path: keys are divided by dots; an index, or a key in quotes, stands in brackets.
    pub fn parse(text: &str) -> FieldPath {
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[') {
                let (step, after) = bracket(inner);
                steps.push(step);
                rest = after;
            } else {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                let (key, after) = rest.split_at(end);
                if !key.is_empty() {
                    steps.push(Step::Key(key.into()));
                }
                rest = after.strip_prefix('.').unwrap_or(after);
            }
        }
        FieldPath(steps)
    }

    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The path to a field of this one.
    pub fn child(&self, key: &str) -> FieldPath {
        let mut steps = self.0.clone();
        steps.push(Step::Key(key.into()));
        FieldPath(steps)
    }

    /// The path without its last step.
    pub fn parent(&self) -> Option<FieldPath> {
        let (_, parent) = self.0.split_last()?;
        Some(FieldPath(parent.to_vec()))
    }

    /// As many steps as both have in common, taking `self` as a pattern: any index stands for all, and so does a key of a
    /// map whose keys are the user's.
    pub(super) fn common(&self, other: &FieldPath) -> usize {
        let mut parent = "";
        let mut count = 0;
        for (a, b) in self.0.iter().zip(&other.0) {
            match (a, b) {
                (Step::Index(_), Step::Index(_)) => {}
                (Step::Key(a), Step::Key(b)) => {
                    let is_free = FREE_MAPS.contains(&parent) && !NOT_FREE.contains(&&**a) && !NOT_FREE.contains(&&**b);
                    if a != b && !is_free {
                        break;
                    }
                    parent = b;
                }
                _ => break,
            }
            count += 1;
        }
        count
    }

    /// The pattern stands for this field.
    pub(super) fn matches(&self, field: &FieldPath) -> bool {
        self.len() == field.len() && self.common(field) == self.len()
    }

    /// The pattern stands for this field or one above it.
    pub(super) fn covers(&self, field: &FieldPath) -> bool {
        self.len() <= field.len() && self.common(field) == self.len()
    }

    /// Without an index at its end.
    pub(super) fn whole(&self) -> FieldPath {
        match self.0.split_last() {
            Some((Step::Index(_), rest)) => FieldPath(rest.to_vec()),
            _ => self.clone(),
        }
    }
}

/// The step in brackets and what follows; a bracket that is not closed ends with the text.
fn bracket(inner: &str) -> (Step, &str) {
    let quoted = inner.strip_prefix('"').and_then(|text| text.split_once("\"]"));
    if let Some((key, after)) = quoted {
        return (Step::Key(key.into()), after.strip_prefix('.').unwrap_or(after));
    }
    let (text, after) = inner.split_once(']').unwrap_or((inner, ""));
    let step = text.parse().map_or_else(|_| Step::Key(text.into()), Step::Index);
    (step, after.strip_prefix('.').unwrap_or(after))
}

impl From<Vec<Step>> for FieldPath {
    fn from(steps: Vec<Step>) -> FieldPath {
        FieldPath(steps)
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) if key.is_empty() || key.contains(['.', '[', ']', '/']) => write!(f, "[\"{key}\"]")?,
                Step::Key(key) if i == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

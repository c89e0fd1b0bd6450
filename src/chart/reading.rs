//! YAML files of a chart as data: values, and files that Helm decodes into structs.

use super::Warning;
use super::limits::MAX_NESTING;
use super::values::merge;
use crate::profile::Profile;
use crate::source::{Span, search};
use crate::value::yaml::{self, Kind, Node, Note, YamlError};
use crate::value::{Key, Plain, PlainData};
use std::ops::Range;

/// Why a file cannot be read: Helm's message, without the name of the file.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct ReadError {
    pub message: String,
    pub span: Option<Span>,
}

/// Where a text lies in the address space; nowhere with a base of 0.
#[derive(Clone, Copy)]
struct Place {
    base: u32,
    offset: usize,
}

impl Place {
    fn span(self, range: &Range<usize>) -> Span {
        let at = |index: usize| u32::try_from(self.offset + index).ok()?.checked_add(self.base);
        match (self.base, at(range.start), at(range.end)) {
            (0, ..) | (_, None, _) | (.., None) => Span::default(),
            (_, Some(start), Some(end)) => Span::new(start, end),
        }
    }

    fn error(self, error: &YamlError) -> ReadError {
        let at = error.offset();
        ReadError {
            message: error.helm_text(),
            span: Some(self.span(&(at..at))).filter(|span| *span != Span::default()),
        }
    }
}

/// The first document of a file, where integers are still integers. `base` is the address of the first byte.
pub(super) fn document(bytes: &[u8], base: u32, warnings: &mut Vec<Warning>) -> Result<Plain, ReadError> {
    read(bytes, Place { base, offset: 0 }, false, warnings)
}

/// The values of values.yaml or of a `-f` file. Helm 4 merges all documents, Helm 3 reads the first.
pub(super) fn values(
    bytes: &[u8],
    base: u32,
    profile: &Profile,
    warnings: &mut Vec<Warning>,
) -> Result<Plain, ReadError> {
    if !profile.is_helm4() {
        return table(bytes, Place { base, offset: 0 }, warnings);
    }
    let start = Place { base, offset: 0 };
    let whole = start.span(&(0..bytes.len()));
    // Most files are one document, which tells so itself.
    if let Some(document) = yaml::read_single(bytes)
        && matches!(document.root.kind, Kind::Map(_))
        && let Some(values) = plain(document.root, start, true)
    {
        return Ok(Plain { span: whole, ..values });
    }
    let mut values = Plain { span: whole, ..Plain::map() };
    for document in documents(bytes) {
        let range = document.map_err(|(separator, range)| ReadError {
            message: format!("error reading yaml document: invalid Yaml document separator: {separator}"),
            span: Some(start.span(&range)),
        })?;
        let place = Place { base, offset: range.start };
        let text = bytes.get(range).unwrap_or_default();
        let table = table(text, place, warnings)
            .map_err(|e| ReadError { message: format!("cannot unmarshal yaml document: {}", e.message), ..e })?;
        merge(&mut values, table);
    }
    Ok(values)
}

/// A document that is a map, or nothing.
fn table(bytes: &[u8], place: Place, warnings: &mut Vec<Warning>) -> Result<Plain, ReadError> {
    let plain = read(bytes, place, true, warnings)?;
    let kind = match plain.data {
        PlainData::Map(_) => return Ok(plain),
        PlainData::Null => return Ok(Plain { span: plain.span, ..Plain::map() }),
        PlainData::Bool(_) => "bool",
        PlainData::Int(_) | PlainData::Float(_) => "number",
        PlainData::String(_) => "string",
        PlainData::List(_) => "array",
    };
    let message = format!(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}"
    );
    Err(ReadError { message, span: Some(plain.span) })
}

/// Where the documents of a text are, cut as Kubernetes' YAML reader cuts them, or what stands after three dashes that
/// must not stand there.
fn documents(bytes: &[u8]) -> impl Iterator<Item = Result<Range<usize>, (String, Range<usize>)>> {
    // Where lines start with three dashes.
    let first = bytes.starts_with(b"---").then_some(0);
    let mut line = 0;
    let others = std::iter::from_fn(move || {
        line = search::find_word(b"\n---", bytes, line)? + 1;
        Some(line)
    });
    let mut separators = first.into_iter().chain(others);
    let mut start = 0;
    std::iter::from_fn(move || {
        for at in separators.by_ref() {
            if at < start {
                continue;
            }
            let rest = &bytes[at..];
            let line = &rest[..search::find(b'\n', rest).map_or(rest.len(), |length| length + 1)];
            let after = String::from_utf8_lossy(&line[3..]).trim().to_string();
            if !after.is_empty() && !after.starts_with('#') {
                start = bytes.len();
                return Some(Err((after, at..at + line.len())));
            }
            if at > start {
                let document = start..at;
                start = at + line.len();
                return Some(Ok(document));
            }
        }
        let last = start..bytes.len();
        start = bytes.len();
        (!last.is_empty()).then_some(Ok(last))
    })
}

fn read(bytes: &[u8], place: Place, through_json: bool, warnings: &mut Vec<Warning>) -> Result<Plain, ReadError> {
    let document = yaml::read(bytes).map_err(|e| place.error(&e))?;
    for note in &document.notes {
        if let Note::CollidingKeys { second, .. } = note {
            let message =
                "two keys of different types become one string; which of them Helm takes changes from run to run";
            warnings.push(Warning { message: message.into(), span: Some(place.span(second)) });
        }
    }
    let span = document.root.span.clone();
    plain(document.root, place, through_json).ok_or_else(|| ReadError {
        message: format!("values are nested more than {MAX_NESTING} levels deep"),
        span: Some(place.span(&span)),
    })
}

/// A node as data; `None` when it is nested too deeply. What went through JSON has no integers.
fn plain(node: Node, place: Place, through_json: bool) -> Option<Plain> {
    Reading { place, through_json, order: Vec::with_capacity(USUAL_ORDER) }.plain(node, 0)
}

/// How many entries maps that are read within each other usually have.
const USUAL_ORDER: usize = 128;

struct Reading {
    place: Place,
    through_json: bool,
    /// For the entries of the maps that are being read, the innermost last, in the order of the keys: what tells most of them
    /// apart, and their places.
    order: Vec<(u64, usize)>,
}

impl Reading {
    fn plain(&mut self, mut node: Node, depth: usize) -> Option<Plain> {
        if depth > MAX_NESTING {
            return None;
        }
        let span = self.place.span(&node.span);
        let data = match std::mem::take(&mut node.kind) {
            Kind::Null => PlainData::Null,
            Kind::Bool(b) => PlainData::Bool(b),
            Kind::Int(i) if !self.through_json => PlainData::Int(i),
            // A string field takes it as it is written; nothing else of Chart.yaml is a number.
            Kind::Uint(u) if !self.through_json => PlainData::String(u.to_string().as_bytes().into()),
            Kind::Int(i) => PlainData::Float(i as f64),
            Kind::Uint(u) => PlainData::Float(u as f64),
            Kind::Float(f) => PlainData::Float(f),
            Kind::Str(text) => PlainData::String(text.into()),
            Kind::Seq(items) => {
                let mut list = Vec::with_capacity(items.len());
                for item in items {
                    list.push(self.plain(item, depth + 1)?);
                }
                PlainData::List(list)
            }
            Kind::Map(entries) => PlainData::Map(self.map(entries, depth + 1)?.into_iter().collect()),
        };
        Some(Plain { data, span })
    }

    /// The entries of a map in the order of their keys: places are moved instead of what lies there.
    fn map(&mut self, mut entries: Vec<(yaml::Key, Node)>, depth: usize) -> Option<Vec<(Key, Plain)>> {
        let base = self.order.len();
        self.order.extend(entries.iter().enumerate().map(|(at, (key, _))| (rank(key.text.as_bytes()), at)));
        self.order[base..].sort_unstable_by(|(a, at), (b, other)| {
            a.cmp(b).then_with(|| entries[*at].0.text.cmp(&entries[*other].0.text)).then(at.cmp(other))
        });
        let mut map = Vec::with_capacity(entries.len());
        for n in base..self.order.len() {
            let (key, value) = &mut entries[self.order[n].1];
            let value = Node::new(std::mem::take(&mut value.kind), value.span.clone());
            map.push((Key::from(key.text.clone()), self.plain(value, depth)?));
        }
        self.order.truncate(base);
        Some(map)
    }
}

/// The first bytes of a key as a number: keys are in the order of their numbers, where those differ.
fn rank(key: &[u8]) -> u64 {
    let mut first = [0; 8];
    let length = key.len().min(first.len());
    first[..length].copy_from_slice(&key[..length]);
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_cut_as_helm_4_cuts_them() {
        let cut = |text: &str| {
            let parts = documents(text.as_bytes()).map(|part| match part {
                Ok(range) => text[range].to_string(),
                Err((separator, _)) => format!("!{separator}"),
            });
            parts.collect::<Vec<_>>().join("|")
        };
        let cases = [
            ("a: 1\n", "a: 1\n"),
            ("a: 1\n---\nb: 2", "a: 1\n|b: 2"),
            ("---\na: 1\n--- # c\nb: 2\n", "---\na: 1\n|b: 2\n"),
            ("a: 1\n---\n---\nb: 2\n", "a: 1\n|---\nb: 2\n"),
            ("a: 1\n--- b: 2\nc", "!b: 2"),
            ("a: |\n ---\n", "a: |\n ---\n"),
            ("", ""),
            ("---", "---"),
        ];
        for (text, expected) in cases {
            assert_eq!(cut(text), expected, "{text:?}");
        }
    }

    #[test]
    fn values_know_their_place_in_any_document() {
        let text = b"a: 1\n---\nb:\n  c: xyz\n";
        let values = values(text, 100, &Profile::default(), &mut Vec::new()).unwrap();
        assert_eq!(values.at(&["b", "c"]).unwrap().span, Span::new(117, 120));
        assert_eq!(values.get("a").unwrap().data, PlainData::Float(1.0));
    }

    #[test]
    fn deep_nesting_is_refused() {
        for text in ["[".repeat(5000) + &"]".repeat(5000), "{a: ".repeat(5000) + &"}".repeat(5000)] {
            let message =
                values(format!("a: {text}").as_bytes(), 1, &Profile::default(), &mut Vec::new()).unwrap_err().message;
            assert!(message.contains("nested more than"), "{message}");
        }
    }
}

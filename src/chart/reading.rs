//! YAML files of a chart as data: values, and files that Helm decodes into structs.

use super::Warning;
use super::limits::MAX_NESTING;
use super::values::merge;
use crate::profile::Profile;
use crate::source::Span;
use crate::value::yaml::{self, Kind, Node, Note, YamlError};
use crate::value::{Key, Plain, PlainData, PlainMap};
use memchr::memchr;
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
    let whole = Place { base, offset: 0 }.span(&(0..bytes.len()));
    let mut values = Plain { span: whole, ..Plain::map() };
    for document in documents(bytes) {
        let range = document.map_err(|(separator, range)| ReadError {
            message: format!("error reading yaml document: invalid Yaml document separator: {separator}"),
            span: Some(Place { base, offset: 0 }.span(&range)),
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
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        while at < bytes.len() {
            let line_start = at;
            let length = memchr(b'\n', &bytes[at..]).map_or(bytes.len() - at, |i| i + 1);
            at += length;
            let line = &bytes[line_start..at];
            let Some(rest) = line.strip_prefix(b"---") else { continue };
            let rest = String::from_utf8_lossy(rest).trim().to_string();
            if !rest.is_empty() && !rest.starts_with('#') {
                at = bytes.len();
                return Some(Err((rest, line_start..line_start + line.len())));
            }
            if line_start > start {
                return Some(Ok(start..line_start));
            }
        }
        (at > start).then_some(Ok(start..at))
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
    plain(&document.root, place, through_json, 0).ok_or_else(|| ReadError {
        message: format!("values are nested more than {MAX_NESTING} levels deep"),
        span: Some(place.span(&document.root.span)),
    })
}

/// A node as data; `None` when it is nested too deeply. What went through JSON has no integers.
fn plain(node: &Node, place: Place, through_json: bool, depth: usize) -> Option<Plain> {
    if depth > MAX_NESTING {
        return None;
    }
    let inner = |node: &Node| plain(node, place, through_json, depth + 1);
    let data = match &node.kind {
        Kind::Null => PlainData::Null,
        Kind::Bool(b) => PlainData::Bool(*b),
        Kind::Int(i) if !through_json => PlainData::Int(*i),
        // A string field takes it as it is written; nothing else of Chart.yaml is a number.
        Kind::Uint(u) if !through_json => PlainData::String(u.to_string().as_bytes().into()),
        Kind::Int(_) | Kind::Uint(_) | Kind::Float(_) => PlainData::Float(node.as_json_number()?),
        Kind::Str(text) => PlainData::String(text.as_bytes().into()),
        Kind::Seq(items) => PlainData::List(items.iter().map(inner).collect::<Option<_>>()?),
        Kind::Map(entries) => {
            let entry = |(key, value): &(yaml::Key, Node)| Some((Key::from(key.text.as_bytes()), inner(value)?));
            PlainData::Map(entries.iter().map(entry).collect::<Option<PlainMap>>()?)
        }
    };
    Some(Plain { data, span: place.span(&node.span) })
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

//! Places and texts in the words of a trace.

use super::{ObjectAt, Place};
use crate::engine::Query;
use crate::manifest::Object;
use crate::source::{Sources, Span};
use crate::value::{Key, Plain};
use std::sync::Arc;

/// An object as a trace names it.
pub fn object_at(object: &Object) -> ObjectAt {
    ObjectAt {
        api_version: object.id.api_version.clone(),
        kind: object.id.kind.clone(),
        namespace: object.id.namespace.clone(),
        name: object.id.name.clone(),
        file: object.file.clone(),
        is_hook: object.is_hook(),
    }
}

/// Where the value at a path of keys was read.
pub fn value_at(values: Option<&Plain>, keys: &[Key]) -> Option<Span> {
    let mut at = values?;
    for key in keys {
        let index = key.strip_prefix(b"[").and_then(|key| key.strip_suffix(b"]"));
        let index = index.and_then(|index| std::str::from_utf8(index).ok()?.parse::<usize>().ok());
        at = match (at.as_list(), index) {
            (Some(list), Some(index)) => list.get(index)?,
            _ => at.as_map()?.get(key)?,
        };
    }
    Some(at.span)
}

/// Whether a path lies above another.
pub fn is_above(path: &str, other: &str) -> bool {
    other.strip_prefix(path).is_some_and(|rest| rest.starts_with(['.', '[']))
}

/// A place that is in a file.
pub fn place(files: &Sources, span: Span) -> Option<Place> {
    let (file, at) = files.locate(span.start).filter(|_| span.start != 0)?;
    Some(Place { path: Arc::from(file.path.as_str()), line: at.line, column: at.column })
}

/// `v1 Secret default/web`; `v1 Secret default/*` for all in a namespace.
pub fn query_text(query: &Query) -> String {
    let or_all = |text: &str| if text.is_empty() { "*".to_string() } else { text.to_string() };
    let object = match (query.namespace.as_str(), query.name.as_str()) {
        ("", name) => or_all(name),
        (namespace, name) => format!("{namespace}/{}", or_all(name)),
    };
    format!("{} {} {object}", query.api_version, query.kind)
}

/// The text of a place, as one line of a length that can be shown.
fn text(files: &Sources, span: Span) -> String {
    const ROOM: usize = 100;
    let Some(file) = files.file_at(span.start) else { return String::new() };
    let range = (span.start - file.base) as usize..(span.end.max(span.start) - file.base) as usize;
    let text = String::from_utf8_lossy(file.text.get(range).unwrap_or_default());
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = words.chars().take(ROOM).collect();
    if cut.len() < words.len() { format!("{cut}…") } else { cut }
}

/// The function that is called at a place.
pub fn call_text(files: &Sources, span: Span) -> String {
    let text = text(files, span);
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    text[..end].to_string()
}

/// The opening action of a branch without its delimiters.
pub fn condition_text(files: &Sources, head: Span) -> String {
    let text = text(files, head);
    let inner = text.strip_prefix("{{").unwrap_or(&text);
    let inner = inner.strip_suffix("}}").unwrap_or(inner);
    let inner = inner.strip_prefix("- ").unwrap_or(inner);
    inner.strip_suffix(" -").unwrap_or(inner).trim().to_string()
}

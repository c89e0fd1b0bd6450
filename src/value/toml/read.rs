//! Reads TOML. The parser is the `toml` crate's; types are those that BurntSushi's package decodes into, its messages are
//! not reproduced word by word.

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A value and the bytes that it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct Toml {
    pub kind: TomlKind,
    pub span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TomlKind {
    Bool(bool),
    /// `int64`
    Int(i64),
    /// `float64`
    Float(f64),
    Str(Arc<str>),
    /// `time.Time`
    Datetime(Datetime),
    /// `[]interface {}`
    Array(Vec<Toml>),
    /// `[[…]]`: `[]map[string]interface {}`
    Tables(Vec<Toml>),
    /// Entries by the bytes of their keys.
    Table(Vec<Entry>),
}

/// A key of a table with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: Arc<str>,
    pub key_span: Range<usize>,
    pub value: Toml,
}

/// A date, a time of day, or both, perhaps with an offset: what is missing makes it a local one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datetime {
    /// Year, month, day.
    pub date: Option<(u16, u8, u8)>,
    /// Hour, minute, second, nanosecond.
    pub time: Option<(u8, u8, u8, u32)>,
    /// Minutes east of UTC.
    pub offset: Option<i16>,
}

/// Why a text is not TOML.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TomlError {
    message: String,
    pub offset: usize,
}

impl fmt::Display for TomlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TomlError {}

/// Reads a document, which is a table.
pub fn read(text: &[u8]) -> Result<Toml, TomlError> {
    let error = |offset: usize, message: &str| {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        TomlError { message: format!("toml: line {line}: {message}"), offset }
    };
    let source = std::str::from_utf8(text).map_err(|e| error(e.valid_up_to(), "files must be UTF-8 encoded"))?;
    let table = DeTable::parse(source).map_err(|e| {
        let offset = e.span().map_or(source.len(), |span| span.start);
        // The most common mistake in Go's words.
        let is_end = source.get(offset..).is_none_or(|rest| rest.trim().is_empty());
        if is_end && e.message().contains("expected `=`") {
            error(offset, "unexpected EOF; expected key separator '='")
        } else {
            error(offset, e.message())
        }
    })?;
    let span = 0..text.len();
    Ok(Toml { kind: table_kind(table.into_inner(), source, 0).map_err(|(at, message)| error(at, &message))?, span })
}

/// A place and what is wrong there.
type Problem = (usize, String);

fn table_kind(table: DeTable<'_>, source: &str, depth: usize) -> Result<TomlKind, Problem> {
    let mut entries = Vec::new();
    for (key, value) in table {
        let key_span = key.span();
        entries.push(Entry {
            key: key.into_inner().as_ref().into(),
            key_span,
            value: value_of(value, source, depth + 1)?,
        });
    }
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(TomlKind::Table(entries))
}

/// The parser bounds how deep values are nested, but not how deep tables are.
const MAX_DEPTH: usize = 1000;

fn value_of(value: Spanned<DeValue<'_>>, source: &str, depth: usize) -> Result<Toml, Problem> {
    let span = value.span();
    if depth > MAX_DEPTH {
        return Err((span.start, format!("tables are nested more than {MAX_DEPTH} levels deep")));
    }
    let kind = match value.into_inner() {
        DeValue::Boolean(b) => TomlKind::Bool(b),
        DeValue::Integer(int) => {
            let i = i64::from_str_radix(int.as_str(), int.radix());
            TomlKind::Int(i.map_err(|_| (span.start, format!("{} is out of range for int64", int.as_str())))?)
        }
        DeValue::Float(float) => match float.as_str().parse() {
            Ok(f) => TomlKind::Float(f),
            Err(_) => return Err((span.start, format!("invalid float value: {:?}", float.as_str()))),
        },
        DeValue::String(text) => TomlKind::Str(text.as_ref().into()),
        DeValue::Datetime(at) => TomlKind::Datetime(Datetime {
            date: at.date.map(|d| (d.year, d.month, d.day)),
            time: at.time.map(|t| (t.hour, t.minute, t.second.unwrap_or(0), t.nanosecond.unwrap_or(0))),
            offset: at.offset.map(|offset| match offset {
                ::toml::value::Offset::Z => 0,
                ::toml::value::Offset::Custom { minutes } => minutes,
            }),
        }),
        DeValue::Array(items) => {
            // Tables of a list in brackets start with a brace, those under headers do not.
            let is_header = |item: &Spanned<DeValue<'_>>| {
                item.get_ref().is_table() && source.as_bytes().get(item.span().start) != Some(&b'{')
            };
            let under_headers = !items.is_empty() && items.iter().all(is_header);
            let items = items.into_iter().map(|item| value_of(item, source, depth + 1)).collect::<Result<_, _>>()?;
            if under_headers { TomlKind::Tables(items) } else { TomlKind::Array(items) }
        }
        DeValue::Table(table) => table_kind(table, source, depth + 1)?,
    };
    Ok(Toml { kind, span })
}

//! The grammar of `--set` and its kin (Helm's `pkg/strvals`).

use crate::chart::gofmt::{plain_type, quoted};
use crate::chart::limits::MAX_NESTING;
use crate::source::{Content, Span};
use crate::value::{Key, Plain, PlainData, PlainMap};

/// The largest index of a list.
const MAX_INDEX: i64 = 65_536;
/// How many dots a key may have.
const MAX_NESTED_NAMES: usize = 30;

/// What the text after `=` means.
pub(super) enum Kind<'a> {
    /// `--set`: integers, booleans and null are what they look like.
    Typed,
    /// `--set-string`
    Text,
    /// `--set-json key=…`
    Json,
    /// `--set-file`: the path of a file, for its content.
    File(&'a mut dyn FnMut(&str) -> Result<Content, String>),
    /// `--set-literal`: all that follows, without escapes.
    Literal,
}

/// Why a part of the text was not read to its end.
enum Stop {
    /// The text is over, which is not an error.
    End,
    Error(String),
}

type Map = PlainMap;

/// Reads `text`, whose first byte has the address `base`, into `dest`. `lenient_end` is Helm 4's way to take an index
/// without `]` for the end of the text.
pub(super) fn parse<'a>(
    text: &'a str,
    base: u32,
    kind: Kind<'a>,
    lenient_end: bool,
    dest: &mut Map,
) -> Result<(), String> {
    let mut parser = Parser { text, at: 0, base, kind, lenient_end };
    loop {
        match parser.key(dest, 0, 0) {
            Ok(()) => {}
            Err(Stop::End) => return Ok(()),
            Err(Stop::Error(message)) => return Err(message),
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    base: u32,
    kind: Kind<'a>,
    lenient_end: bool,
}

fn error<T>(message: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Error(message.into()))
}

/// Go's message for a type assertion that fails, as the parser recovers it.
fn conversion<T>(plain: &Plain, wanted: &str) -> Result<T, Stop> {
    let found = plain_type(plain);
    error(format!("unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}"))
}

fn set(data: &mut Map, key: &str, value: Plain) {
    if !key.is_empty() {
        data.insert(Key::from(key.as_bytes()), value);
    }
}

fn set_index(list: &mut Vec<Plain>, index: i64, value: Plain) -> Result<(), Stop> {
    if index > MAX_INDEX {
        return error(format!("index of {index} is greater than maximum supported index of {MAX_INDEX}"));
    }
    // The index is not negative: `item` has refused it.
    let index = index as usize;
    if list.len() <= index {
        list.resize(index + 1, Plain::default());
    }
    list[index] = value;
    Ok(())
}

impl Parser<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.text[self.at..].chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// The characters before one of `stops`, and that one; none when the text ends first.
    fn until(&mut self, stops: &[char]) -> (String, Option<char>) {
        let mut read = String::new();
        while let Some(c) = self.next() {
            if stops.contains(&c) {
                return (read, Some(c));
            }
            if c != '\\' || matches!(self.kind, Kind::Literal) {
                read.push(c);
                continue;
            }
            match self.next() {
                Some(escaped) => read.push(escaped),
                None => return (read, None),
            }
        }
        (read, None)
    }

    fn key(&mut self, data: &mut Map, names: usize, depth: usize) -> Result<(), Stop> {
        let stops: &[char] = if matches!(self.kind, Kind::Literal) { &['=', '[', '.'] } else { &['=', '[', ',', '.'] };
        let (name, last) = self.until(stops);
        match last {
            None if name.is_empty() => Err(Stop::End),
            None => error(format!("key {} has no value", quoted(&name))),
            Some('[') => self.list(data, &name, names, depth),
            Some('=') => {
                let (value, stop) = self.value()?;
                set(data, &name, value);
                stop.map_or(Ok(()), Err)
            }
            Some(',') => error(format!("key {} has no value (cannot end with ,)", quoted(&name))),
            Some(_) => self.table(data, &name, names + 1, depth),
        }
    }

    fn table(&mut self, data: &mut Map, name: &str, names: usize, depth: usize) -> Result<(), Stop> {
        if names > MAX_NESTED_NAMES {
            return error(format!(
                "value name nested level is greater than maximum supported nested level of {MAX_NESTED_NAMES}"
            ));
        }
        let mut fresh = Map::default();
        let existing = data.get_mut(name.as_bytes());
        let is_new = existing.is_none();
        let inner = match existing {
            None => &mut fresh,
            Some(Plain { data: PlainData::Map(map), .. }) => map,
            Some(other) => return conversion(other, "map[string]interface {}"),
        };
        let result = self.key(inner, names, depth + 1);
        if result.is_ok() && inner.is_empty() {
            return error(format!("key map {} has no value", quoted(name)));
        }
        if is_new && !fresh.is_empty() {
            set(data, name, PlainData::Map(fresh).into());
        }
        result
    }

    fn list(&mut self, data: &mut Map, name: &str, names: usize, depth: usize) -> Result<(), Stop> {
        let index = self.index()?;
        let mut fresh = Vec::new();
        let existing = data.get_mut(name.as_bytes());
        let is_new = existing.is_none();
        let list = match existing {
            None => &mut fresh,
            Some(Plain { data: PlainData::List(list), .. }) => list,
            Some(other) => return conversion(other, "[]interface {}"),
        };
        let result = self.item(list, index, names, depth + 1);
        if is_new {
            set(data, name, PlainData::List(fresh).into());
        }
        result
    }

    /// The index before `]`.
    fn index(&mut self) -> Result<i64, Stop> {
        let (text, last) = self.until(&[']']);
        if last.is_none() {
            return Err(if self.lenient_end { Stop::End } else { Stop::Error("error parsing index: EOF".into()) });
        }
        text.parse().or_else(|e: std::num::ParseIntError| {
            use std::num::IntErrorKind::{NegOverflow, PosOverflow};
            let why =
                if matches!(e.kind(), PosOverflow | NegOverflow) { "value out of range" } else { "invalid syntax" };
            error(format!("error parsing index: strconv.Atoi: parsing {}: {why}", quoted(&text)))
        })
    }

    /// What follows an index.
    fn item(&mut self, list: &mut Vec<Plain>, index: i64, names: usize, depth: usize) -> Result<(), Stop> {
        if index < 0 {
            return error(format!("negative {index} index not allowed"));
        }
        if depth > MAX_NESTING {
            return error(format!("lists are nested more than {MAX_NESTING} levels deep"));
        }
        let (rest, last) = self.until(&['[', '.', '=']);
        if !rest.is_empty() {
            let runes: Vec<_> = rest.chars().map(quoted_rune).collect();
            return error(format!("unexpected data at end of array index: [{}]", runes.join(" ")));
        }
        let existing = usize::try_from(index).ok().and_then(|i| list.get_mut(i));
        match last {
            None => Err(Stop::End),
            Some('=') => {
                let (value, _) = self.value()?;
                set_index(list, index, value)
            }
            Some('[') => {
                let next = self.index()?;
                let mut inner = match existing {
                    None | Some(Plain { data: PlainData::Null, .. }) => Vec::new(),
                    Some(Plain { data: PlainData::List(inner), .. }) => std::mem::take(inner),
                    Some(other) => return conversion(other, "[]interface {}"),
                };
                let result = self.item(&mut inner, next, names, depth + 1);
                if result.is_ok() || (index as usize) < list.len() {
                    set_index(list, index, PlainData::List(inner).into())?;
                }
                result
            }
            Some(_) => {
                let Some(existing) = existing else {
                    let mut inner = Map::default();
                    self.key(&mut inner, names, depth + 1)?;
                    return set_index(list, index, PlainData::Map(inner).into());
                };
                if existing.as_map().is_none() {
                    *existing = Plain::map();
                }
                existing.as_map_mut().map_or(Ok(()), |inner| self.key(inner, names, depth + 1))
            }
        }
    }

    /// The value after `=`. It is kept even where the text ends with it.
    fn value(&mut self) -> Result<(Plain, Option<Stop>), Stop> {
        let start = self.at;
        if matches!(self.kind, Kind::Json) {
            return Ok((self.json()?, None));
        }
        if matches!(self.kind, Kind::Literal) {
            self.at = self.text.len();
            return Ok((self.spanned(Plain::string(&self.text[start..]), start, self.at), None));
        }
        match self.text[start..].chars().next() {
            None => Ok((self.spanned(Plain::string(""), start, start), Some(Stop::End))),
            Some('{') => {
                self.at += 1;
                Ok((self.braces(start)?, None))
            }
            Some(_) => {
                let (text, last) = self.until(&[',']);
                let end = self.at - usize::from(last.is_some());
                let value = self.convert(&text)?;
                Ok((self.spanned(value, start, end), None))
            }
        }
    }

    /// `{a,b}`
    fn braces(&mut self, start: usize) -> Result<Plain, Stop> {
        let mut list = Vec::new();
        loop {
            let from = self.at;
            let (text, last) = self.until(&[',', '}']);
            let Some(last) = last else { return error("list must terminate with '}'") };
            let end = self.at - 1;
            let value = if last == '}' {
                if self.text[self.at..].starts_with(',') {
                    self.at += 1;
                }
                self.convert(&text)?
            } else {
                self.convert(&text)?
            };
            list.push(self.spanned(value, from, end));
            if last == '}' {
                return Ok(self.spanned(PlainData::List(list).into(), start, end + 1));
            }
        }
    }

    fn convert(&mut self, text: &str) -> Result<Plain, Stop> {
        match &mut self.kind {
            Kind::Typed => Ok(typed(text)),
            Kind::File(read) => match read(text) {
                Ok(bytes) => Ok(PlainData::String(bytes[..].into()).into()),
                Err(message) => error(message),
            },
            _ => Ok(Plain::string(text)),
        }
    }

    fn json(&mut self) -> Result<Plain, Stop> {
        if self.is_empty_json() {
            return Ok(Plain::default());
        }
        let start = self.at;
        let mut values = serde_json::Deserializer::from_str(&self.text[start..]).into_iter::<serde_json::Value>();
        let value = match values.next() {
            Some(Ok(value)) => value,
            Some(Err(e)) => return error(e.to_string()),
            None => return error("EOF"),
        };
        self.at = start + values.byte_offset();
        let plain = self.spanned(from_json(&value), start, self.at);
        self.is_empty_json();
        Ok(plain)
    }

    /// Skips blanks up to a comma or the end; whether there was nothing else.
    fn is_empty_json(&mut self) -> bool {
        loop {
            let before = self.at;
            match self.next() {
                None | Some(',') => return true,
                Some(c) if c.is_whitespace() => {}
                Some(_) => {
                    self.at = before;
                    return false;
                }
            }
        }
    }

    fn spanned(&self, plain: Plain, start: usize, end: usize) -> Plain {
        if self.base == 0 {
            return plain;
        }
        // The text lies in the address space, so that its offsets are smaller than 4 GiB.
        Plain { span: Span::new(start as u32, end as u32).at(self.base), ..plain }
    }
}

/// Go's `%q` of a rune.
fn quoted_rune(c: char) -> String {
    let text = quoted(c.encode_utf8(&mut [0; 4]));
    match c {
        '\'' => "'\\''".into(),
        '"' => "'\"'".into(),
        _ => format!("'{}'", &text[1..text.len() - 1]),
    }
}

fn typed(text: &str) -> Plain {
    let data = match text {
        t if t.eq_ignore_ascii_case("true") => PlainData::Bool(true),
        t if t.eq_ignore_ascii_case("false") => PlainData::Bool(false),
        t if t.eq_ignore_ascii_case("null") => PlainData::Null,
        "0" => PlainData::Int(0),
        t => match t.parse() {
            Ok(i) if !t.starts_with('0') => PlainData::Int(i),
            _ => return Plain::string(t),
        },
    };
    data.into()
}

/// JSON as Go's decoder gives it.
pub(super) fn from_json(value: &serde_json::Value) -> Plain {
    use serde_json::Value;
    match value {
        Value::Null => PlainData::Null,
        Value::Bool(b) => PlainData::Bool(*b),
        Value::Number(n) => PlainData::Float(n.as_f64().unwrap_or_default()),
        Value::String(s) => PlainData::String(s.as_bytes().into()),
        Value::Array(list) => PlainData::List(list.iter().map(from_json).collect()),
        Value::Object(map) => {
            PlainData::Map(map.iter().map(|(key, value)| (Key::from(key.as_bytes()), from_json(value))).collect())
        }
    }
    .into()
}

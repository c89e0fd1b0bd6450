//! Values as the trees that writers walk: what JSON makes of each kind, cycles found, origins handed down.

use super::push_change;
use super::{EncodeError, Encoder};
use crate::value::golang::strconv::{format_float, is_short_integer, json_float};
use crate::value::golang::time::{GoTime, duration_text};
use crate::value::origin::GuardId;
use crate::value::{Data, MapId, Object, OriginId, Text, TextBuilder, Value};
use std::borrow::Cow;

/// What a tree is made for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::value) enum Target {
    Json,
    /// YAML by go-yaml v2 out of the JSON text.
    JsonYaml,
    /// YAML by go-yaml v3 out of the Go value.
    Yaml,
    /// TOML out of the Go value.
    Toml,
}

/// A value that is ready to be written.
#[derive(Clone, Debug)]
pub(in crate::value) struct Tree {
    pub data: TreeData,
    pub origin: OriginId,
}

#[derive(Clone, Debug)]
pub(in crate::value) enum TreeData {
    Null,
    /// A truth value or a number, as it is written.
    Plain(Cow<'static, str>),
    /// Text; UTF-8 but for JSON, which says how the rest is written.
    Str(Text),
    /// Base64 of text that is not UTF-8.
    Binary(Text),
    Seq(Vec<Tree>),
    /// Entries by the bytes of their keys (fields of structs in their own order), and what the set of keys depends on.
    Map {
        entries: Vec<(Text, Tree)>,
        shape: OriginId,
    },
}

/// The depth from which on Go looks for cycles.
const CYCLES_FROM: usize = 1000;
/// Nothing that is nested deeper can be written.
const MAX_DEPTH: usize = 10_000;

/// Makes the tree of a value.
pub(in crate::value) fn build(encoder: &mut Encoder<'_>, value: &Value, target: Target) -> Result<Tree, EncodeError> {
    let mut builder = Builder { encoder, target, path: Vec::new(), depth: 0 };
    builder.build(value, OriginId::NONE)
}

struct Builder<'a, 'b> {
    encoder: &'b mut Encoder<'a>,
    target: Target,
    /// The maps that are being built.
    path: Vec<MapId>,
    depth: usize,
}

impl Builder<'_, '_> {
    /// `inherited` is what the collections around the value depend on, as far as their entries do not say it.
    fn build(&mut self, value: &Value, inherited: OriginId) -> Result<Tree, EncodeError> {
        let origin = self.encoder.arena.join(value.origin, inherited);
        let plain = |text: &'static str| TreeData::Plain(Cow::Borrowed(text));
        let data = match &value.data {
            Data::Nil => TreeData::Null,
            Data::NilMap if self.target == Target::Yaml => TreeData::Map { entries: Vec::new(), shape: OriginId::NONE },
            Data::NilMap => TreeData::Null,
            Data::Bool(true) => plain("true"),
            Data::Bool(false) => plain("false"),
            Data::Int(i, _) => TreeData::Plain(i.to_string().into()),
            Data::Uint(u, _) => TreeData::Plain(u.to_string().into()),
            Data::Float(f) => TreeData::Plain(self.float(*f)?),
            Data::Str(text) => self.text(text),
            Data::Bytes(text) if matches!(self.target, Target::Yaml | Target::Toml) => {
                let numbers = text.bytes().iter().map(|b| Tree { data: TreeData::Plain(b.to_string().into()), origin });
                TreeData::Seq(numbers.collect())
            }
            Data::Bytes(text) => TreeData::Str(base64(text)),
            Data::List(list) if list.is_nil() && self.target != Target::Yaml => TreeData::Null,
            Data::List(list) => {
                self.enter(None)?;
                // An element says where it came from; that it is in this list matters when the list itself may differ.
                let inherited = if value.origin.is_live() { origin } else { inherited };
                let items = list.items().iter().map(|item| self.build(item, inherited)).collect::<Result<_, _>>()?;
                self.leave(None);
                TreeData::Seq(items)
            }
            Data::Map(id) => self.map(*id, value.origin, inherited)?,
            Data::Object(object) => self.object(object, origin)?,
            Data::Time(time) => self.time(time)?,
            Data::Duration(nanoseconds) => match self.target {
                Target::Json | Target::JsonYaml => TreeData::Plain(nanoseconds.to_string().into()),
                Target::Yaml | Target::Toml => TreeData::Str(duration_text(*nanoseconds).into()),
            },
            Data::Complex(_) => return Err(self.unsupported("complex128")),
            Data::Unknown(id) => {
                let text = self.encoder.unknown.map_or_else(|| b"unknown"[..].into(), |text| text(*id));
                TreeData::Str(Text::constant(&*text))
            }
        };
        Ok(Tree { data, origin })
    }

    fn map(&mut self, id: MapId, own: OriginId, inherited: OriginId) -> Result<TreeData, EncodeError> {
        self.enter(Some(id))?;
        let heap = self.encoder.heap;
        let map = heap.get(id);
        // Entries that were read with the map know where they came from.
        let inherited = if own == map.own { inherited } else { self.encoder.arena.join(own, inherited) };
        let shape = self.encoder.arena.join(map.shape, inherited);
        let mut entries = Vec::with_capacity(map.entries.len());
        for (key, value) in &map.entries {
            let key = Text::shared(key);
            let key = if matches!(self.target, Target::Json | Target::Toml) { key } else { utf8(&key) };
            entries.push((key, self.build(value, inherited)?));
        }
        self.leave(Some(id));
        Ok(TreeData::Map { entries, shape })
    }

    fn time(&self, time: &GoTime) -> Result<TreeData, EncodeError> {
        let (year, ..) = time.year_month_day();
        let is_json = matches!(self.target, Target::Json | Target::JsonYaml);
        if is_json && !(0..=9999).contains(&year) {
            let problem = "Time.MarshalJSON: year outside of range [0,9999]";
            return Err(self.wrapped(&format!("json: error calling MarshalJSON for type time.Time: {problem}")));
        }
        let zone = time.format(b"MST");
        let layout: &[u8] = match (self.target, zone.as_slice()) {
            // What BurntSushi's package reads without an offset it writes without one.
            (Target::Toml, b"datetime-local") => b"2006-01-02T15:04:05.999999999",
            (Target::Toml, b"date-local") => b"2006-01-02",
            (Target::Toml, b"time-local") => b"15:04:05.999999999",
            _ => b"2006-01-02T15:04:05.999999999Z07:00",
        };
        let text = time.format(layout);
        Ok(if is_json {
            TreeData::Str(Text::from(text))
        } else {
            TreeData::Plain(String::from_utf8_lossy(&text).into_owned().into())
        })
    }

    fn object(&mut self, object: &Object, origin: OriginId) -> Result<TreeData, EncodeError> {
        if let (Some(text), "semver.Version") = (&object.text, object.type_name) {
            return Ok(self.text(text));
        }
        self.enter(None)?;
        let mut entries = Vec::with_capacity(object.fields.len());
        for field in &object.fields {
            let is_empty = || field.value.truth(self.encoder.heap) == Some(false);
            let name = match self.target {
                _ if field.json.is_empty() => continue,
                Target::Yaml => field.name.to_lowercase(),
                Target::Toml => field.name.to_owned(),
                _ if field.json == "-" || (field.omit_empty && is_empty()) => continue,
                _ => field.json.to_owned(),
            };
            entries.push((Text::from(name), self.build(&field.value, origin)?));
        }
        self.leave(None);
        Ok(TreeData::Map { entries, shape: origin })
    }

    fn enter(&mut self, map: Option<MapId>) -> Result<(), EncodeError> {
        self.depth += 1;
        if let Some(id) = map {
            if self.depth > CYCLES_FROM && self.path.contains(&id) {
                let message = match self.target {
                    Target::Yaml | Target::Toml => "stack overflow",
                    _ => "json: unsupported value: encountered a cycle via map[string]interface {}",
                };
                return Err(self.wrapped(message));
            }
            self.path.push(id);
        }
        if self.depth > MAX_DEPTH {
            // Go writes deeper JSON and TOML; here it is a bound of ours.
            return Err(EncodeError(format!("yaml: exceeded max depth of {MAX_DEPTH}")));
        }
        Ok(())
    }

    fn leave(&mut self, map: Option<MapId>) {
        self.depth -= 1;
        if map.is_some() {
            self.path.pop();
        }
    }

    fn unsupported(&self, type_name: &str) -> EncodeError {
        match self.target {
            Target::Yaml => EncodeError(format!("cannot marshal type: {type_name}")),
            Target::Toml => EncodeError(format!("unsupported type: {type_name}")),
            _ => self.wrapped(&format!("json: unsupported type: {type_name}")),
        }
    }

    fn wrapped(&self, message: &str) -> EncodeError {
        match self.target {
            Target::JsonYaml => EncodeError(format!("error marshaling into JSON: {message}")),
            _ => EncodeError(message.to_owned()),
        }
    }

    fn float(&self, f: f64) -> Result<Cow<'static, str>, EncodeError> {
        if self.target == Target::Toml {
            return Ok(toml_float(f, self.encoder.profile.is_helm4()).into());
        }
        if is_short_integer(f) {
            return Ok((f as i32).to_string().into());
        }
        let text = format_float(f, b'g', None, 64);
        if self.target == Target::Yaml {
            return Ok(match text.as_str() {
                "+Inf" => ".inf".into(),
                "-Inf" => "-.inf".into(),
                "NaN" => ".nan".into(),
                _ => text.into(),
            });
        }
        let Some(json) = json_float(f) else { return Err(self.wrapped(&format!("json: unsupported value: {text}"))) };
        if self.target == Target::Json {
            return Ok(json.into());
        }
        Ok(crate::value::yaml::number_from_json(&json).into())
    }

    fn text(&self, text: &Text) -> TreeData {
        match self.target {
            Target::Json | Target::Toml => TreeData::Str(text.clone()),
            Target::JsonYaml => TreeData::Str(utf8(text)),
            Target::Yaml if std::str::from_utf8(text.bytes()).is_ok() => TreeData::Str(text.clone()),
            Target::Yaml => TreeData::Binary(lines_of_70(&base64(text))),
        }
    }
}

/// A float in TOML: Helm 3 writes all digits, Helm 4 exponents.
fn toml_float(f: f64, has_exponents: bool) -> String {
    match (f.is_nan(), f.is_infinite(), f.is_sign_negative()) {
        (true, _, false) => return "nan".into(),
        (true, _, true) => return "-nan".into(),
        (_, true, false) => return "inf".into(),
        (_, true, true) => return "-inf".into(),
        _ => {}
    }
    let text = format_float(f, if has_exponents { b'g' } else { b'f' }, None, 64);
    if text.contains(['.', 'e']) { text } else { text + ".0" }
}

/// The text with U+FFFD for every byte that is not UTF-8.
fn utf8(text: &Text) -> Text {
    let bytes = text.bytes();
    if bytes.is_ascii() || std::str::from_utf8(bytes).is_ok() {
        return text.clone();
    }
    let mut out = TextBuilder::default();
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        let valid = at..at + chunk.valid().len();
        at = valid.end;
        out.push_slice(text, valid);
        for _ in chunk.invalid() {
            push_change(&mut out, text, at..at + 1, "\u{FFFD}".as_bytes());
            at += 1;
        }
    }
    out.finish()
}

/// Base64 of a text; all of it depends on all of the text.
fn base64(text: &Text) -> Text {
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::STANDARD.encode(text.bytes());
    let mut out = TextBuilder::default();
    out.push(encoded.as_bytes());
    for piece in text.pieces() {
        out.cover(0, piece.origin, piece.guard, 0);
    }
    out.finish()
}

fn lines_of_70(text: &Text) -> Text {
    if text.len() < 70 {
        return text.clone();
    }
    let mut out = TextBuilder::default();
    let mut at = 0;
    while at < text.len() {
        let end = (at + 70).min(text.len());
        out.push_slice(text, at..end);
        out.push(b"\n");
        at = end;
    }
    out.cover(0, OriginId::NONE, GuardId::NONE, 0);
    out.finish()
}

//! How values print: Go's fmt over our values, with the pieces of texts and the origins of operands kept.

use crate::engine::Runtime;
use crate::engine::function::Failure;
use crate::profile::Profile;
use crate::value::golang::fmt::{self, Excess, Operand, Output, View};
use crate::value::golang::strconv::shown_float;
use crate::value::golang::time::duration_text;
use crate::value::{Data, Element, Heap, IntKind, Text, TextBuilder, Value};
use std::borrow::Cow;
use std::ops::Range;

/// Texts for messages are cut off here.
const MAX_SHOWN: usize = 1 << 20;

/// Writes a value as `{{ }}` prints it: nothing as `<no value>`, a pointer as what it points to. What the value as a
/// whole depends on is left to the caller.
pub fn print_value(rt: &mut Runtime, value: &Value, out: &mut TextBuilder) -> Result<(), Failure> {
    match &value.data {
        Data::Nil => {
            out.push(b"<no value>");
            Ok(())
        }
        Data::Object(object) if object.printed.is_some() => {
            if let Some(text) = &object.printed {
                out.push_text(text);
            }
            Ok(())
        }
        Data::Object(object) if object.is_pointer && object.text.is_none() => {
            let origin = value.origin;
            let printed = |rt: &Runtime, out: &mut Traced<'_>, limit| {
                let shown = Shown { is_pointee: true, ..Shown::new(rt, value) };
                fmt::print(&[shown], limit, out)
            };
            traced(rt, &[value.clone().with_origin(origin)], out, false, printed)
        }
        _ => write_value(rt, value, out),
    }
}

/// Writes a value as `%v` does. What the value as a whole depends on is left to the caller.
pub fn write_value(rt: &mut Runtime, value: &Value, out: &mut TextBuilder) -> Result<(), Failure> {
    match &value.data {
        Data::Str(text) => {
            rt.spend(text.len())?;
            out.push_text(text);
        }
        Data::Nil => out.push(b"<nil>"),
        Data::Bool(b) => out.push(if *b { b"true" } else { b"false" }),
        Data::Int(i, IntKind::Int | IntKind::Int32 | IntKind::Int64) => out.push(i.to_string().as_bytes()),
        Data::Uint(u, _) => out.push(u.to_string().as_bytes()),
        Data::Float(f) => out.push(shown_float(*f).as_bytes()),
        _ => {
            let operands = std::slice::from_ref(value);
            return traced(rt, operands, out, false, |rt, out, limit| fmt::print(&shown(rt, operands), limit, out));
        }
    }
    Ok(())
}

/// What several values look like to a function of Go's fmt.
pub(super) fn shown<'a>(rt: &'a Runtime, values: &'a [Value]) -> Vec<Shown<'a>> {
    values.iter().map(|value| Shown::new(rt, value)).collect()
}

/// Runs a function of Go's fmt over operands and writes what it prints; with `covers`, the operands' own origins lie
/// over what was printed of each.
pub(super) fn traced(
    rt: &mut Runtime,
    operands: &[Value],
    out: &mut TextBuilder,
    covers: bool,
    print: impl FnOnce(&Runtime, &mut Traced<'_>, usize) -> Result<(), Excess>,
) -> Result<(), Failure> {
    let limit = usize::try_from(rt.left).unwrap_or(usize::MAX).min(u32::MAX as usize / 2);
    let before = out.len();
    let mut traced = Traced { out, printed: Vec::new() };
    let result = print(rt, &mut traced, limit);
    let printed = traced.printed;
    match result {
        Ok(()) => {}
        Err(Excess::Depth) => return Err("stack overflow: a value holds itself".into()),
        Err(Excess::Size) => rt.spend(usize::MAX)?,
    }
    rt.spend(out.len() - before + 1)?;
    for Printed { operand, range, copied } in printed {
        let Some(value) = operands.get(operand) else { continue };
        // The parts of lists and maps that are no strings have no pieces.
        let origin = match &value.data {
            Data::Str(text) => {
                if copied < text.len() && !text.pieces().is_empty() {
                    cover_with_pieces(out, &range, text);
                }
                value.origin
            }
            _ if is_plain(value) => value.origin,
            _ => rt.deep_origin(value),
        };
        note_addresses(rt, value);
        let is_own = matches!(value.data, Data::Str(_)) || is_plain(value);
        if !origin.is_none() && (covers || !is_own) {
            out.push_piece(piece(&range, origin));
        }
    }
    Ok(())
}

/// Without parts.
fn is_plain(value: &Value) -> bool {
    !matches!(value.data, Data::List(_) | Data::Map(_) | Data::Object(_) | Data::Bytes(_) | Data::Unknown(_))
}

fn piece(range: &Range<usize>, origin: crate::value::OriginId) -> crate::value::Piece {
    crate::value::Piece {
        start: range.start as u32,
        end: range.end as u32,
        origin,
        guard: Default::default(),
        source: 0,
        literal: false,
    }
}

/// Lays the pieces of a text that was not printed whole and as it is over all that was printed of it.
fn cover_with_pieces(out: &mut TextBuilder, range: &Range<usize>, text: &Text) {
    let (start, end) = (range.start as u32, range.end as u32);
    let mut known: Vec<(crate::value::OriginId, crate::value::origin::GuardId)> = Vec::new();
    for piece in text.pieces() {
        let key = (piece.origin, piece.guard);
        if (!piece.origin.is_none() || !piece.guard.is_none()) && !known.contains(&key) {
            known.push(key);
            out.push_piece(crate::value::Piece { start, end, literal: false, ..*piece });
        }
    }
}

/// Lists of pointers print addresses, which differ in every process.
fn note_addresses(rt: &mut Runtime, value: &Value) {
    if let Data::List(list) = &value.data
        && matches!(list.element(), Element::Maintainers | Element::Dependencies)
        && !list.is_empty()
    {
        rt.nondeterministic.push((Default::default(), "the address of a value is printed"));
    }
}

/// A value as `%v` prints it, for messages.
pub fn display(rt: &Runtime, value: &Value) -> String {
    with_verb(rt, value, 'v')
}

/// A value as a verb of `printf` prints it, for messages.
pub fn with_verb(rt: &Runtime, value: &Value, verb: char) -> String {
    let mut out = Vec::new();
    // What was written before the limit is shown.
    let _ = fmt::printf(format!("%{verb}").as_bytes(), &[Shown::new(rt, value)], MAX_SHOWN, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// The text that stands for a value whose shape is not known.
pub fn unknown_text(id: u32) -> String {
    format!("unknown-{id}")
}

/// A value as Go's reflection sees it.
pub(super) struct Shown<'a> {
    value: Cow<'a, Value>,
    heap: &'a Heap,
    profile: &'a Profile,
    /// The value is what a pointer points to.
    is_pointee: bool,
}

impl<'a> Shown<'a> {
    fn new(rt: &'a Runtime, value: &'a Value) -> Self {
        Shown { value: Cow::Borrowed(value), heap: &rt.heap, profile: &rt.profile, is_pointee: false }
    }

    fn part(&self, value: Value) -> Shown<'a> {
        Shown { value: Cow::Owned(value), is_pointee: false, ..*self }
    }
}

impl Operand for Shown<'_> {
    fn view(&self) -> View<'_, Self> {
        match &self.value.data {
            Data::Nil => View::Nil,
            Data::Bool(b) => View::Bool(*b),
            Data::Int(i, _) => View::Int(*i),
            Data::Uint(u, _) => View::Uint(*u),
            Data::Float(f) => View::Float(*f),
            Data::Complex(c) => View::Complex(c.0, c.1),
            Data::Str(text) => View::Str(text.bytes()),
            Data::Bytes(text) => View::Bytes(text.bytes()),
            Data::List(list) if list.is_nil() => View::List(None),
            Data::List(list) => View::List(Some(list.items().iter().map(|item| self.part(item.clone())).collect())),
            Data::NilMap => View::Map(None),
            Data::Map(id) => {
                let entries = self.heap.get(*id).entries.iter();
                let entries =
                    entries.map(|(key, value)| (self.part(Value::string(Text::shared(key))), self.part(value.clone())));
                View::Map(Some(entries.collect()))
            }
            Data::Object(object) if object.is_pointer && !self.is_pointee => {
                View::Pointer(Some(Box::new(Shown { is_pointee: true, ..self.part(self.value.as_ref().clone()) })))
            }
            Data::Object(object) => {
                View::Struct(object.fields.iter().map(|f| (f.name, self.part(f.value.clone()))).collect())
            }
            // What a time is made of is Go's own affair.
            Data::Time(_) => View::Struct(Vec::new()),
            Data::Duration(nanoseconds) => View::Int(*nanoseconds),
            // For the verbs of numbers; any other verb shows the text.
            Data::Unknown(id) => View::Int(1000 + i64::from(*id)),
        }
    }

    fn type_name(&self) -> Cow<'static, str> {
        let name = self.value.type_name(self.heap, self.profile);
        if self.is_pointee { name.trim_start_matches('*').to_string().into() } else { name.into() }
    }

    fn method_text(&self) -> Option<Vec<u8>> {
        match &self.value.data {
            Data::Object(object) => object.text.as_ref().map(|text| text.bytes().to_vec()),
            Data::Unknown(id) => Some(unknown_text(*id).into_bytes()),
            Data::Int(number, kind) => kind.text(*number).map(String::into_bytes),
            Data::Time(time) => Some(time.to_string().into_bytes()),
            Data::Duration(nanoseconds) => Some(duration_text(*nanoseconds).into_bytes()),
            _ => None,
        }
    }
}

/// What was printed of an operand.
struct Printed {
    operand: usize,
    range: Range<usize>,
    /// How much of it is bytes of strings, as they are.
    copied: usize,
}

/// Takes what Go's fmt prints, with the pieces of strings.
pub(super) struct Traced<'a> {
    out: &'a mut TextBuilder,
    printed: Vec<Printed>,
}

impl<'s> Output<Shown<'s>> for Traced<'_> {
    fn bytes(&mut self, bytes: &[u8]) {
        self.out.push(bytes);
    }

    fn string(&mut self, operand: &Shown<'s>, range: Range<usize>, bytes: &[u8]) {
        if let Some(printed) = self.printed.last_mut() {
            printed.copied += bytes.len();
        }
        match &operand.value.data {
            Data::Str(text) if text.bytes().get(range.clone()) == Some(bytes) => self.out.push_slice(text, range),
            _ => self.out.push(bytes),
        }
    }

    fn start(&mut self, index: usize) {
        let at = self.out.len();
        self.printed.push(Printed { operand: index, range: at..at, copied: 0 });
    }

    fn end(&mut self, _: usize) {
        let end = self.out.len();
        if let Some(printed) = self.printed.last_mut() {
            printed.range.end = end;
        }
    }
}

//! How values print: Go's `%v`, with the pieces of texts and the origins of elements kept.

use crate::engine::Runtime;
use crate::engine::function::Failure;
use crate::engine::runtime::Unknown;
use crate::value::golang::strconv::shown_float;
use crate::value::{Data, Field, Heap, Object, OriginId, TextBuilder, Value};

/// Values nested deeper than this end the render, as they end Go's; only a map that holds itself is.
const MAX_DEPTH: usize = 5_000;
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
        Data::Object(object) if object.is_pointer && object.text.is_none() => {
            with_printer(rt, out, |printer| printer.fields(&object.fields, 0))
        }
        _ => write_value(rt, value, out),
    }
}

/// Writes a value as `%v` does. What the value as a whole depends on is left to the caller.
pub fn write_value(rt: &mut Runtime, value: &Value, out: &mut TextBuilder) -> Result<(), Failure> {
    with_printer(rt, out, |printer| printer.value(value, 0))
}

/// A value as `%v` prints it, for messages.
pub fn display(rt: &Runtime, value: &Value) -> String {
    let mut out = TextBuilder::default();
    let mut printer = Printer {
        heap: &rt.heap,
        unknowns: &rt.unknowns,
        out: &mut out,
        left: MAX_SHOWN,
        shows_address: false,
    };
    // What was written before the limit is shown.
    let _ = printer.value(value, 0);
    String::from_utf8_lossy(out.bytes()).into_owned()
}

/// The text that stands for a value whose shape is not known.
pub fn unknown_text(id: u32) -> String {
    format!("unknown-{id}")
}

fn with_printer(
    rt: &mut Runtime,
    out: &mut TextBuilder,
    print: impl FnOnce(&mut Printer<'_>) -> Result<(), Stop>,
) -> Result<(), Failure> {
    let left = usize::try_from(rt.left).unwrap_or(usize::MAX);
    let mut printer = Printer { heap: &rt.heap, unknowns: &rt.unknowns, out, left, shows_address: false };
    let result = print(&mut printer);
    let (spent, shows_address) = (left - printer.left, printer.shows_address);
    if shows_address {
        rt.nondeterministic.push((Default::default(), "the address of a value is printed"));
    }
    rt.spend(spent)?;
    match result {
        Ok(()) => Ok(()),
        Err(Stop::Budget) => rt.spend(usize::MAX),
        Err(Stop::Cycle) => Err("stack overflow: a value holds itself".into()),
    }
}

/// Why printing ended early.
enum Stop {
    Budget,
    Cycle,
}

struct Printer<'a> {
    heap: &'a Heap,
    unknowns: &'a [Unknown],
    out: &'a mut TextBuilder,
    left: usize,
    shows_address: bool,
}

impl Printer<'_> {
    fn push(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.left = self.left.checked_sub(bytes.len()).ok_or(Stop::Budget)?;
        self.out.push(bytes);
        Ok(())
    }

    fn value(&mut self, value: &Value, depth: usize) -> Result<(), Stop> {
        if depth > MAX_DEPTH {
            return Err(Stop::Cycle);
        }
        match &value.data {
            Data::Str(text) => {
                self.left = self.left.checked_sub(text.len()).ok_or(Stop::Budget)?;
                self.out.push_text(text);
                Ok(())
            }
            Data::Bytes(text) => {
                let start = self.out.len();
                self.push(b"[")?;
                for (i, byte) in text.bytes().iter().enumerate() {
                    self.push(if i > 0 { b" " } else { b"" })?;
                    self.push(byte.to_string().as_bytes())?;
                }
                self.push(b"]")?;
                for piece in text.pieces() {
                    self.out.cover(start, piece.origin, piece.guard, piece.source);
                }
                Ok(())
            }
            Data::List(list) => {
                self.push(b"[")?;
                for (i, item) in list.items().iter().enumerate() {
                    self.push(if i > 0 { b" " } else { b"" })?;
                    self.part(item, depth)?;
                }
                self.push(b"]")
            }
            Data::Map(id) => {
                let map = self.heap.get(*id);
                let start = self.out.len();
                self.push(b"map[")?;
                for (i, (key, value)) in map.entries.iter().enumerate() {
                    self.push(if i > 0 { b" " } else { b"" })?;
                    self.push(key)?;
                    self.push(b":")?;
                    self.part(value, depth)?;
                }
                self.push(b"]")?;
                self.out.cover(start, map.shape, Default::default(), 0);
                Ok(())
            }
            Data::Object(object) => self.object(object, depth),
            Data::Unknown(id) => {
                let start = self.out.len();
                let origin = self.unknowns.get(*id as usize).map_or(OriginId::NONE, |unknown| unknown.origin);
                self.push(unknown_text(*id).as_bytes())?;
                self.out.cover(start, origin, Default::default(), 0);
                Ok(())
            }
            data => self.push(shown_scalar(data).as_bytes()),
        }
    }

    /// A part of a value, with its origin.
    fn part(&mut self, value: &Value, depth: usize) -> Result<(), Stop> {
        let start = self.out.len();
        self.value(value, depth + 1)?;
        self.out.cover(start, value.origin, Default::default(), 0);
        Ok(())
    }

    fn object(&mut self, object: &Object, depth: usize) -> Result<(), Stop> {
        if let Some(text) = &object.text {
            self.out.push_text(text);
            return Ok(());
        }
        if object.is_pointer {
            if depth > 0 {
                // Another one in every process.
                self.shows_address = true;
                return self.push(b"0xc000000000");
            }
            self.push(b"&")?;
        }
        self.fields(&object.fields, depth)
    }

    fn fields(&mut self, fields: &[Field], depth: usize) -> Result<(), Stop> {
        self.push(b"{")?;
        for (i, field) in fields.iter().enumerate() {
            self.push(if i > 0 { b" " } else { b"" })?;
            self.part(&field.value, depth)?;
        }
        self.push(b"}")
    }
}

/// `%v` of what has no parts.
fn shown_scalar(data: &Data) -> String {
    match data {
        Data::Nil => "<nil>".into(),
        Data::Bool(b) => b.to_string(),
        Data::Int(i, _) => i.to_string(),
        Data::Uint(u, _) => u.to_string(),
        Data::Float(f) => shown_float(*f),
        Data::Complex(c) => {
            let imaginary = shown_float(c.1);
            let sign = if imaginary.starts_with(['+', '-']) { "" } else { "+" };
            format!("({}{sign}{imaginary}i)", shown_float(c.0))
        }
        Data::NilMap => "map[]".into(),
        _ => String::new(),
    }
}

/// A value as a message shows it with a verb of `printf`.
pub fn with_verb(rt: &Runtime, value: &Value, verb: char) -> String {
    let _ = verb;
    display(rt, value)
}

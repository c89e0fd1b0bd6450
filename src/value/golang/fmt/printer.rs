//! Values by verb.

use super::{Excess, MAX_DEPTH, Operand, Output, View};
use crate::value::golang::utf8::runes;
use std::ops::Range;

/// The flags, width and precision of a verb.
#[derive(Clone, Copy, Default)]
pub(super) struct Flags {
    pub minus: bool,
    pub plus: bool,
    pub sharp: bool,
    pub space: bool,
    pub zero: bool,
    /// `%+v`
    pub plus_v: bool,
    /// `%#v`
    pub sharp_v: bool,
    pub width: Option<usize>,
    pub precision: Option<usize>,
}

pub(super) struct Printer<'o, O, S> {
    out: &'o mut S,
    limit: usize,
    written: usize,
    excess: Option<Excess>,
    pub flags: Flags,
    /// Within the text that complains about a verb, methods are not called.
    is_complaining: bool,
    kind: std::marker::PhantomData<fn(&O)>,
}

impl<'o, O: Operand, S: Output<O>> Printer<'o, O, S> {
    pub fn new(limit: usize, out: &'o mut S) -> Self {
        let flags = Flags::default();
        Printer { out, limit, written: 0, excess: None, flags, is_complaining: false, kind: std::marker::PhantomData }
    }

    pub fn finish(self) -> Result<(), Excess> {
        self.excess.map_or(Ok(()), Err)
    }

    pub fn is_over(&self) -> bool {
        self.excess.is_some()
    }

    fn admits(&mut self, len: usize) -> bool {
        self.written = self.written.saturating_add(len);
        if self.written > self.limit {
            self.excess.get_or_insert(Excess::Size);
        }
        self.excess.is_none()
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        if self.admits(bytes.len()) {
            self.out.bytes(bytes);
        }
    }

    pub fn literal(&mut self, format: &[u8], range: Range<usize>) {
        let bytes = format.get(range.clone()).unwrap_or_default();
        if self.admits(bytes.len()) {
            self.out.literal(range, bytes);
        }
    }

    pub fn string(&mut self, operand: &O, range: Range<usize>, bytes: &[u8]) {
        if self.admits(bytes.len()) {
            self.out.string(operand, range, bytes);
        }
    }

    /// Padding for a text of so many runes; `before` it or after it.
    pub fn pad_around(&mut self, runes: usize, before: bool) {
        let missing = self.flags.width.unwrap_or(0).saturating_sub(runes);
        if before != self.flags.minus {
            self.fill(missing);
        }
    }

    pub fn fill(&mut self, count: usize) {
        if count > 0 && self.admits(count) {
            let byte = if self.flags.zero && !self.flags.minus { b'0' } else { b' ' };
            self.out.bytes(&vec![byte; count]);
        }
    }

    pub fn padded(&mut self, bytes: &[u8]) {
        let count = if self.flags.width.is_some() { runes(bytes).count() } else { 0 };
        self.pad_around(count, true);
        self.bytes(bytes);
        self.pad_around(count, false);
    }

    /// Never with zeros.
    pub fn padded_with_spaces(&mut self, bytes: &[u8]) {
        let zero = std::mem::take(&mut self.flags.zero);
        self.padded(bytes);
        self.flags.zero = zero;
    }

    /// Says that an operand decides on what follows.
    pub fn visit(&mut self, index: usize) {
        self.out.start(index);
        self.out.end(index);
    }

    pub fn operand(&mut self, index: usize, operand: &O, verb: char) {
        self.out.start(index);
        self.argument(operand, verb);
        self.out.end(index);
    }

    /// `printArg`
    pub fn argument(&mut self, operand: &O, verb: char) {
        let view = operand.view();
        match (&view, verb) {
            (View::Nil, 'T' | 'v') => return self.padded(b"<nil>"),
            (View::Nil, _) => return self.complain(operand, verb, true),
            (_, 'T') => return self.text(None, operand.type_name().as_bytes(), 's'),
            (View::List(_) | View::Map(_) | View::Bytes(_) | View::Pointer(_), 'p') => {
                return self.pointer(operand, verb, true);
            }
            (_, 'p') => return self.complain(operand, verb, true),
            _ => {}
        }
        match view {
            View::Bytes(bytes) if operand.method_text().is_none() => match verb {
                'v' | 'd' => self.byte_list(bytes, verb, "[]byte"),
                's' | 'x' | 'X' | 'q' => self.text(None, bytes, verb),
                _ => self.value(operand, verb, 0),
            },
            view => {
                if !self.method(operand, verb) {
                    self.view(operand, view, verb, 0, true);
                }
            }
        }
    }

    /// `printValue`
    fn value(&mut self, operand: &O, verb: char, depth: usize) {
        if depth > MAX_DEPTH {
            self.excess.get_or_insert(Excess::Depth);
        }
        if self.is_over() || depth > 0 && self.method(operand, verb) {
            return;
        }
        self.view(operand, operand.view(), verb, depth, false);
    }

    /// `is_argument`: a bad verb is told of the operand as it was passed.
    fn view(&mut self, operand: &O, view: View<'_, O>, verb: char, depth: usize, is_argument: bool) {
        match view {
            View::Nil if self.flags.sharp_v => self.bytes(b"interface {}(nil)"),
            View::Nil => self.bytes(b"<nil>"),
            View::Bool(b) if matches!(verb, 't' | 'v') => self.padded(if b { b"true" } else { b"false" }),
            View::Int(i) if is_integer_verb(verb) => self.integer(i as u64, true, verb),
            View::Uint(u) if is_integer_verb(verb) => self.integer(u, false, verb),
            View::Float(f) if is_float_verb(verb) => self.float(f, verb),
            View::Complex(re, im) if is_float_verb(verb) => {
                let plus = self.flags.plus;
                self.bytes(b"(");
                self.float(re, verb);
                self.flags.plus = true;
                self.float(im, verb);
                self.bytes(b"i)");
                self.flags.plus = plus;
            }
            View::Str(s) if matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') => self.text(Some(operand), s, verb),
            View::Bytes(bytes) if matches!(verb, 's' | 'q' | 'x' | 'X') => self.text(None, bytes, verb),
            View::Bytes(bytes) if is_integer_verb(verb) => self.byte_list(bytes, verb, &operand.type_name()),
            View::Bytes(bytes) => self.bad_bytes(bytes, verb),
            View::List(elements) => self.list(operand, elements, verb, depth),
            View::Map(entries) => self.map(operand, entries, verb, depth),
            View::Struct(fields) => self.structure(operand, fields, verb, depth),
            View::Pointer(Some(target)) if depth == 0 && target.is_composite() => {
                self.bytes(b"&");
                self.value(&target, verb, depth + 1);
            }
            View::Pointer(_) => self.pointer(operand, verb, is_argument),
            _ => self.complain(operand, verb, is_argument),
        }
    }

    /// `handleMethods`
    fn method(&mut self, operand: &O, verb: char) -> bool {
        if self.is_complaining {
            return false;
        }
        if verb == 'w' {
            self.complain(operand, verb, true);
            return true;
        }
        let text = if self.flags.sharp_v { operand.go_syntax() } else { operand.method_text() };
        match text {
            Some(text) if self.flags.sharp_v => self.text(None, &text, 's'),
            Some(text) if matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') => self.text(None, &text, verb),
            _ => return false,
        }
        true
    }

    /// `%!verb(type=value)`
    pub fn complain(&mut self, operand: &O, verb: char, is_argument: bool) {
        self.is_complaining = true;
        self.bytes(format!("%!{verb}(").as_bytes());
        if matches!(operand.view(), View::Nil) {
            self.bytes(b"<nil>");
        } else {
            self.bytes(operand.type_name().as_bytes());
            self.bytes(b"=");
            if is_argument {
                self.argument(operand, 'v');
            } else {
                self.value(operand, 'v', 0);
            }
        }
        self.bytes(b")");
        // Go's flag is not a counter: after a complaint within a complaint it is off.
        self.is_complaining = false;
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.bytes(if self.flags.sharp_v { b", " } else { b" " });
        }
    }

    fn list(&mut self, operand: &O, elements: Option<Vec<O>>, verb: char, depth: usize) {
        if self.flags.sharp_v {
            self.bytes(operand.type_name().as_bytes());
            if elements.is_none() {
                return self.bytes(b"(nil)");
            }
        }
        self.bytes(if self.flags.sharp_v { b"{" } else { b"[" });
        for (index, element) in elements.iter().flatten().enumerate() {
            self.separate(index);
            self.value(element, verb, depth + 1);
            if self.is_over() {
                return;
            }
        }
        self.bytes(if self.flags.sharp_v { b"}" } else { b"]" });
    }

    fn map(&mut self, operand: &O, entries: Option<Vec<(O, O)>>, verb: char, depth: usize) {
        if self.flags.sharp_v {
            self.bytes(operand.type_name().as_bytes());
            if entries.is_none() {
                return self.bytes(b"(nil)");
            }
        }
        self.bytes(if self.flags.sharp_v { b"{" } else { b"map[" });
        for (index, (key, value)) in entries.iter().flatten().enumerate() {
            self.separate(index);
            self.value(key, verb, depth + 1);
            self.bytes(b":");
            self.value(value, verb, depth + 1);
            if self.is_over() {
                return;
            }
        }
        self.bytes(if self.flags.sharp_v { b"}" } else { b"]" });
    }

    fn structure(&mut self, operand: &O, fields: Vec<(&str, O)>, verb: char, depth: usize) {
        if self.flags.sharp_v {
            self.bytes(operand.type_name().as_bytes());
        }
        self.bytes(b"{");
        for (index, (name, value)) in fields.iter().enumerate() {
            self.separate(index);
            if self.flags.plus_v || self.flags.sharp_v {
                self.bytes(name.as_bytes());
                self.bytes(b":");
            }
            self.value(value, verb, depth + 1);
            if self.is_over() {
                return;
            }
        }
        self.bytes(b"}");
    }

    /// `fmtPointer`
    fn pointer(&mut self, operand: &O, verb: char, is_argument: bool) {
        let is_nil = matches!(operand.view(), View::Pointer(None) | View::List(None) | View::Map(None));
        let address = if is_nil { 0 } else { operand.address() };
        match verb {
            'v' if self.flags.sharp_v => {
                self.bytes(format!("({})(", operand.type_name()).as_bytes());
                if is_nil {
                    self.bytes(b"nil");
                } else {
                    self.hexadecimal(address, true);
                }
                self.bytes(b")");
            }
            'v' if is_nil => self.padded(b"<nil>"),
            'v' | 'p' => self.hexadecimal(address, !self.flags.sharp),
            'b' | 'o' | 'd' | 'x' | 'X' => self.integer(address, false, verb),
            _ => self.complain(operand, verb, is_argument),
        }
    }

    fn byte_list(&mut self, bytes: &[u8], verb: char, type_name: &str) {
        if self.flags.sharp_v {
            self.bytes(type_name.as_bytes());
        }
        self.bytes(if self.flags.sharp_v { b"{" } else { b"[" });
        for (index, byte) in bytes.iter().enumerate() {
            self.separate(index);
            match self.flags.sharp_v {
                true => self.hexadecimal(u64::from(*byte), true),
                false => self.integer(u64::from(*byte), false, verb),
            }
            if self.is_over() {
                return;
            }
        }
        self.bytes(if self.flags.sharp_v { b"}" } else { b"]" });
    }

    fn bad_bytes(&mut self, bytes: &[u8], verb: char) {
        self.bytes(b"[");
        for (index, byte) in bytes.iter().enumerate() {
            self.separate(index);
            self.bytes(format!("%!{verb}(uint8=").as_bytes());
            self.integer(u64::from(*byte), false, 'v');
            self.bytes(b")");
            if self.is_over() {
                return;
            }
        }
        self.bytes(b"]");
    }
}

trait Composite {
    fn is_composite(&self) -> bool;
}

impl<O: Operand> Composite for O {
    fn is_composite(&self) -> bool {
        matches!(self.view(), View::List(_) | View::Bytes(_) | View::Map(_) | View::Struct(_))
    }
}

fn is_integer_verb(verb: char) -> bool {
    matches!(verb, 'v' | 'd' | 'b' | 'o' | 'O' | 'x' | 'X' | 'c' | 'q' | 'U')
}

fn is_float_verb(verb: char) -> bool {
    matches!(verb, 'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E')
}

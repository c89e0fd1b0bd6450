//! The format language.

use super::printer::{Flags, Printer};
use super::{Operand, Output, View};
use crate::value::golang::utf8::decode;

/// Widths and precisions beyond this are refused.
const MAX_NUMBER: i64 = 1_000_000;

struct Cursor<'f> {
    format: &'f [u8],
    at: usize,
    argument: usize,
    /// The item before was an index as in `%[3]d`.
    follows_index: bool,
    is_good: bool,
    is_reordered: bool,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    /// `argNumber`: `[n]` at the cursor.
    fn index(&mut self, count: usize) {
        self.follows_index = false;
        if self.peek() != Some(b'[') {
            return;
        }
        self.is_reordered = true;
        let rest = &self.format[self.at..];
        let close = if rest.len() < 3 { None } else { rest.iter().position(|c| *c == b']') };
        let Some(close) = close else {
            self.is_good = false;
            self.at += 1;
            return;
        };
        let (number, end) = parse_number(&rest[..close], 1);
        self.at += close + 1;
        match number.filter(|_| end == close) {
            Some(n) if n >= 1 && n <= count => {
                self.argument = n - 1;
                self.follows_index = true;
            }
            Some(_) => {
                self.is_good = false;
                self.follows_index = true;
            }
            None => self.is_good = false,
        }
    }

    fn number(&mut self) -> Option<usize> {
        let (number, end) = parse_number(self.format, self.at);
        self.at = end;
        number
    }
}

/// `parsenum`: a decimal number and where it ends; one that is too large swallows everything.
fn parse_number(text: &[u8], from: usize) -> (Option<usize>, usize) {
    let mut number = None;
    let mut at = from;
    while let Some(digit) = text.get(at).filter(|c| c.is_ascii_digit()) {
        let so_far = number.unwrap_or(0);
        if so_far > MAX_NUMBER as usize {
            return (None, text.len());
        }
        number = Some(so_far * 10 + usize::from(digit - b'0'));
        at += 1;
    }
    (number, at)
}

impl<O: Operand, S: Output<O>> Printer<'_, O, S> {
    /// `doPrintf`
    pub fn printf(&mut self, format: &[u8], operands: &[O]) {
        let mut cursor =
            Cursor { format, at: 0, argument: 0, follows_index: false, is_good: true, is_reordered: false };
        while cursor.at < format.len() && !self.is_over() {
            cursor.is_good = true;
            let start = cursor.at;
            let len = format[start..].iter().position(|c| *c == b'%').unwrap_or(format.len() - start);
            if len > 0 {
                self.literal(format, start..start + len);
            }
            cursor.at += len;
            if cursor.at < format.len() {
                cursor.at += 1;
                self.directive(&mut cursor, operands);
            }
        }
        if !cursor.is_reordered && cursor.argument < operands.len() {
            self.extra(operands, cursor.argument);
        }
    }

    fn directive(&mut self, cursor: &mut Cursor, operands: &[O]) {
        self.flags = Flags::default();
        while let Some(c) = cursor.peek() {
            match c {
                b'#' => self.flags.sharp = true,
                b'0' => self.flags.zero = true,
                b'+' => self.flags.plus = true,
                b'-' => self.flags.minus = true,
                b' ' => self.flags.space = true,
                _ => break,
            }
            cursor.at += 1;
        }
        // A verb right after the flags is taken as it is. What follows would do the same.
        if !(cursor.peek().is_some_and(|c| c.is_ascii_lowercase()) && cursor.argument < operands.len()) {
            self.width_and_precision(cursor, operands);
        }
        let Some(rest) = cursor.format.get(cursor.at..).filter(|rest| !rest.is_empty()) else {
            return self.bytes(b"%!(NOVERB)");
        };
        let (verb, len) = decode(rest);
        let verb = verb.unwrap_or(char::REPLACEMENT_CHARACTER);
        cursor.at += len;
        if verb == '%' {
            return self.literal(cursor.format, cursor.at - 1..cursor.at);
        }
        if !cursor.is_good {
            return self.bytes(format!("%!{verb}(BADINDEX)").as_bytes());
        }
        let Some(operand) = operands.get(cursor.argument) else {
            return self.bytes(format!("%!{verb}(MISSING)").as_bytes());
        };
        if matches!(verb, 'v' | 'w') {
            self.flags.sharp_v = std::mem::take(&mut self.flags.sharp);
            self.flags.plus_v = std::mem::take(&mut self.flags.plus);
        }
        self.operand(cursor.argument, operand, verb);
        cursor.argument += 1;
    }

    fn width_and_precision(&mut self, cursor: &mut Cursor, operands: &[O]) {
        cursor.index(operands.len());
        if cursor.peek() == Some(b'*') {
            cursor.at += 1;
            match self.number_operand(cursor, operands) {
                Some(width) => {
                    if width < 0 {
                        self.flags.minus = true;
                        self.flags.zero = false;
                    }
                    self.flags.width = Some(width.unsigned_abs() as usize);
                }
                None => self.bytes(b"%!(BADWIDTH)"),
            }
            cursor.follows_index = false;
        } else {
            self.flags.width = cursor.number();
            if cursor.follows_index && self.flags.width.is_some() {
                cursor.is_good = false;
            }
        }
        if cursor.peek() == Some(b'.') && cursor.at + 1 < cursor.format.len() {
            cursor.at += 1;
            if cursor.follows_index {
                cursor.is_good = false;
            }
            cursor.index(operands.len());
            if cursor.peek() == Some(b'*') {
                cursor.at += 1;
                self.flags.precision = self.number_operand(cursor, operands).and_then(|p| usize::try_from(p).ok());
                if self.flags.precision.is_none() {
                    self.bytes(b"%!(BADPREC)");
                }
                cursor.follows_index = false;
            } else {
                self.flags.precision = Some(cursor.number().unwrap_or(0));
            }
        }
        if !cursor.follows_index {
            cursor.index(operands.len());
        }
    }

    /// `intFromArg`
    fn number_operand(&mut self, cursor: &mut Cursor, operands: &[O]) -> Option<i64> {
        let operand = operands.get(cursor.argument)?;
        self.visit(cursor.argument);
        cursor.argument += 1;
        match operand.view() {
            View::Int(i) => Some(i),
            View::Uint(u) => i64::try_from(u).ok(),
            _ => None,
        }
        .filter(|n| (-MAX_NUMBER..=MAX_NUMBER).contains(n))
    }

    fn extra(&mut self, operands: &[O], from: usize) {
        self.flags = Flags::default();
        self.bytes(b"%!(EXTRA ");
        for (index, operand) in operands.iter().enumerate().skip(from) {
            if index > from {
                self.bytes(b", ");
            }
            if !matches!(operand.view(), View::Nil) {
                self.bytes(operand.type_name().as_bytes());
                self.bytes(b"=");
            }
            self.operand(index, operand, 'v');
        }
        self.bytes(b")");
    }
}

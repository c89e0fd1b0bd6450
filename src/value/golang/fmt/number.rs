//! Numbers by verb.

use super::printer::Printer;
use super::text::{printable, rune};
use super::{Operand, Output};
use crate::value::golang::strconv::{format_float, quote_rune, quote_rune_to_ascii};

impl<O: Operand, S: Output<O>> Printer<'_, O, S> {
    /// `fmtInteger` of the printer.
    pub fn integer(&mut self, number: u64, is_signed: bool, verb: char) {
        match verb {
            'v' if self.flags.sharp_v && !is_signed => self.hexadecimal(number, true),
            'v' | 'd' => self.digits(number, 10, is_signed, verb),
            'b' => self.digits(number, 2, is_signed, verb),
            'o' | 'O' => self.digits(number, 8, is_signed, verb),
            'x' | 'X' => self.digits(number, 16, is_signed, verb),
            'c' => self.padded(rune(number).encode_utf8(&mut [0; 4]).as_bytes()),
            'q' if self.flags.plus => self.padded(quote_rune_to_ascii(rune(number).into()).as_bytes()),
            'q' => self.padded(quote_rune(rune(number).into()).as_bytes()),
            _ => self.unicode(number),
        }
    }

    /// `fmt0x64`
    pub fn hexadecimal(&mut self, number: u64, has_prefix: bool) {
        let sharp = std::mem::replace(&mut self.flags.sharp, has_prefix);
        self.digits(number, 16, false, 'v');
        self.flags.sharp = sharp;
    }

    /// `fmtInteger` of the formatter.
    fn digits(&mut self, number: u64, base: u64, is_signed: bool, verb: char) {
        let flags = self.flags;
        let is_negative = is_signed && (number as i64) < 0;
        let number = if is_negative { number.wrapping_neg() } else { number };
        let count = match flags.precision {
            Some(0) if number == 0 => {
                self.flags.zero = false;
                self.fill(flags.width.unwrap_or(0));
                self.flags.zero = flags.zero;
                return;
            }
            Some(count) => count,
            None if flags.zero && !flags.minus && flags.width.is_some() => {
                let sign = usize::from(is_negative || flags.plus || flags.space);
                flags.width.unwrap_or(0).saturating_sub(sign)
            }
            None => 0,
        };
        let mut text = match base {
            2 => format!("{number:b}"),
            8 => format!("{number:o}"),
            16 if verb == 'X' => format!("{number:X}"),
            16 => format!("{number:x}"),
            _ => number.to_string(),
        };
        if count > text.len() {
            text.insert_str(0, &"0".repeat(count - text.len()));
        }
        let prefix = match (flags.sharp, base) {
            (true, 2) => "0b",
            (true, 8) if !text.starts_with('0') => "0",
            (true, 16) if verb == 'X' => "0X",
            (true, 16) => "0x",
            _ => "",
        };
        text.insert_str(0, prefix);
        if verb == 'O' {
            text.insert_str(0, "0o");
        }
        if is_negative {
            text.insert(0, '-');
        } else if flags.plus {
            text.insert(0, '+');
        } else if flags.space {
            text.insert(0, ' ');
        }
        self.padded_with_spaces(text.as_bytes());
    }

    /// `fmtUnicode`: `U+0041`
    fn unicode(&mut self, number: u64) {
        let count = self.flags.precision.unwrap_or(4).max(4);
        let digits = format!("{number:X}");
        let mut text = format!("U+{}{digits}", "0".repeat(count.saturating_sub(digits.len())));
        if let Some(c) = printable(number).filter(|_| self.flags.sharp) {
            text.push_str(&format!(" '{c}'"));
        }
        self.padded_with_spaces(text.as_bytes());
    }

    /// `fmtFloat`
    pub fn float(&mut self, number: f64, verb: char) {
        let (verb, standard) = match verb {
            'v' => (b'g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => (verb as u8, None),
            'F' => (b'f', Some(6)),
            _ => (verb as u8, Some(6)),
        };
        let precision = self.flags.precision.or(standard);
        let text = format_float(number, verb, precision, 64);
        let (mut sign, mut text) = match text.strip_prefix('-') {
            Some(rest) => ('-', rest.to_owned()),
            None => ('+', text.trim_start_matches('+').to_owned()),
        };
        let flags = self.flags;
        if flags.space && sign == '+' && !flags.plus {
            sign = ' ';
        }
        if !number.is_finite() {
            if number.is_infinite() || flags.space || flags.plus {
                text.insert(0, sign);
            }
            return self.padded_with_spaces(text.as_bytes());
        }
        if flags.sharp && verb != b'b' {
            text = with_point(&text, verb, precision);
        }
        if flags.plus || sign != '+' {
            let missing = flags.width.unwrap_or(0).saturating_sub(text.chars().count() + 1);
            if flags.zero && !flags.minus && missing > 0 {
                self.bytes(&[sign as u8]);
                self.fill(missing);
                return self.bytes(text.as_bytes());
            }
            text.insert(0, sign);
        }
        self.padded(text.as_bytes());
    }
}

/// The `#` flag: always a decimal point, and for `%g` the zeros at the end.
fn with_point(text: &str, verb: u8, precision: Option<usize>) -> String {
    let mut digits = match verb {
        b'g' | b'G' | b'x' => precision.map_or(6, |p| p as i64),
        _ => 0,
    };
    let is_hexadecimal = matches!(verb, b'x' | b'X');
    let end = text.find(|c| matches!(c, 'p' | 'P') || !is_hexadecimal && matches!(c, 'e' | 'E')).unwrap_or(text.len());
    let (number, tail) = text.split_at(end);
    let mut is_significant = false;
    for c in number.chars().filter(|c| *c != '.') {
        is_significant |= c != '0';
        digits -= i64::from(is_significant);
    }
    let mut out = number.to_owned();
    if !number.contains('.') {
        if number == "0" {
            digits -= 1;
        }
        out.push('.');
    }
    out.push_str(&"0".repeat(usize::try_from(digits).unwrap_or(0)));
    out.push_str(tail);
    out
}

//! Strings by verb.

use super::printer::Printer;
use super::{Operand, Output};
use crate::value::golang::segment::Segment;
use crate::value::golang::strconv::{quote_segments, quote_to_ascii};
use crate::value::golang::unicode::is_print;
use crate::value::golang::utf8::runes;

impl<O: Operand, S: Output<O>> Printer<'_, O, S> {
    /// A text for one of the verbs `v s x X q`; it is the string of `operand`, if that is given.
    pub fn text(&mut self, operand: Option<&O>, text: &[u8], verb: char) {
        match verb {
            'x' | 'X' => self.hexadecimal_text(text, verb),
            'q' => self.quoted(operand, text),
            'v' if self.flags.sharp_v => self.quoted(operand, text),
            _ => {
                let text = self.truncated(text);
                let count = if self.flags.width.is_some() { runes(text).count() } else { 0 };
                self.pad_around(count, true);
                match operand {
                    Some(operand) => self.string(operand, 0..text.len(), text),
                    None => self.bytes(text),
                }
                self.pad_around(count, false);
            }
        }
    }

    /// The precision is a number of runes.
    fn truncated<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        match self.flags.precision.and_then(|count| runes(text).nth(count)) {
            Some((at, ..)) => &text[..at],
            None => text,
        }
    }

    fn quoted(&mut self, operand: Option<&O>, text: &[u8]) {
        let text = self.truncated(text);
        if self.flags.sharp && can_backquote(text) {
            let count = runes(text).count() + 2;
            self.pad_around(count, true);
            self.bytes(b"`");
            match operand {
                Some(operand) => self.string(operand, 0..text.len(), text),
                None => self.bytes(text),
            }
            self.bytes(b"`");
            self.pad_around(count, false);
            return;
        }
        if self.flags.plus {
            return self.padded(quote_to_ascii(text).as_bytes());
        }
        let mut count = 0;
        if self.flags.width.is_some() {
            quote_segments(text, &mut |segment| {
                count += match segment {
                    Segment::Copy(range) => runes(&text[range]).count(),
                    Segment::Insert(bytes) | Segment::Change(_, bytes) => bytes.len(),
                }
            });
        }
        self.pad_around(count, true);
        quote_segments(text, &mut |segment| match (segment, operand) {
            (Segment::Copy(range), Some(operand)) => self.string(operand, range.clone(), &text[range]),
            (Segment::Copy(range), None) => self.bytes(&text[range]),
            (Segment::Insert(bytes) | Segment::Change(_, bytes), _) => self.bytes(bytes),
        });
        self.pad_around(count, false);
    }

    /// `fmtSbx`
    fn hexadecimal_text(&mut self, text: &[u8], verb: char) {
        let text = &text[..self.flags.precision.unwrap_or(text.len()).min(text.len())];
        let mut out = String::with_capacity(text.len() * 2);
        for (index, byte) in text.iter().enumerate() {
            if index > 0 && self.flags.space {
                out.push(' ');
            }
            if self.flags.sharp && (index == 0 || self.flags.space) {
                out.extend(['0', verb]);
            }
            out.push_str(&if verb == 'x' { format!("{byte:02x}") } else { format!("{byte:02X}") });
        }
        if text.is_empty() {
            // Zeros pad here too, whatever the side.
            return self.fill(self.flags.width.unwrap_or(0));
        }
        self.pad_around(out.len(), true);
        self.bytes(out.as_bytes());
        self.pad_around(out.len(), false);
    }
}

/// `strconv.CanBackquote`
fn can_backquote(text: &[u8]) -> bool {
    runes(text).all(|(_, rune, _)| match rune {
        None | Some('\u{feff}' | '`' | '\x7f') => false,
        Some(c) => c >= ' ' || c == '\t',
    })
}

/// A rune for `%c` and `%q`: what is none becomes U+FFFD.
pub(super) fn rune(number: u64) -> char {
    u32::try_from(number).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The rune that `%#U` shows.
pub(super) fn printable(number: u64) -> Option<char> {
    u32::try_from(number).ok().and_then(char::from_u32).filter(|c| is_print(*c))
}

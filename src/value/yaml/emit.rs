//! Writes a tree as go-yaml's emitter lays it out, and keeps the provenance of every scalar.

use super::style::{Style, choose, has_break, is_break, is_printable};
use super::{Dialect, order};
use crate::value::json::{Tree, TreeData, push_change};
use crate::value::origin::GuardId;
use crate::value::{OriginId, Text, TextBuilder};

/// Words go to the next line after this column.
const WIDTH: usize = 80;
/// Longer keys are written after a `?`.
const MAX_SIMPLE_KEY: usize = 128;

/// What a node is written in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Root,
    Map,
    Seq,
}

pub(super) struct Emitter {
    out: TextBuilder,
    /// Characters on the current line.
    column: usize,
    /// The last character was white space.
    after_blank: bool,
    /// There is only indentation on the line so far.
    in_indentation: bool,
    dialect: Dialect,
    /// Go would write the keys of some map in another order from run to run.
    pub is_unstable: bool,
}

/// The text of a tree, without its last line break.
pub(super) fn document(tree: &Tree, dialect: Dialect) -> (Text, bool) {
    let mut emitter = Emitter {
        out: TextBuilder::with_capacity(128, 8),
        column: 0,
        after_blank: true,
        in_indentation: true,
        dialect,
        is_unstable: false,
    };
    emitter.node(tree, -1, Context::Root);
    emitter.indentation(0);
    let mut out = emitter.out;
    if out.bytes().ends_with(b"\n") {
        out.truncate(out.len() - 1);
    }
    (out.finish(), emitter.is_unstable)
}

impl Emitter {
    fn push(&mut self, text: &str) {
        self.out.push(text.as_bytes());
        self.column += text.chars().count();
    }

    fn line_break(&mut self) {
        self.out.push(b"\n");
        self.column = 0;
        if self.dialect == Dialect::V3 {
            self.in_indentation = true;
        }
    }

    /// Goes to a column, on a new line when this one is used up.
    fn indentation(&mut self, indent: isize) {
        let indent = indent.max(0) as usize;
        if !self.in_indentation || self.column > indent || (self.column == indent && !self.after_blank) {
            self.line_break();
        }
        while self.column < indent {
            const BLANKS: &[u8] = &[b' '; 32];
            let some = BLANKS.get(..indent - self.column).unwrap_or(BLANKS);
            self.out.push(some);
            self.column += some.len();
        }
        self.after_blank = true;
        self.in_indentation = true;
    }

    fn indicator(&mut self, text: &str, needs_blank: bool, is_blank: bool, is_indentation: bool, origin: OriginId) {
        if needs_blank && !self.after_blank {
            self.push(" ");
        }
        let start = self.out.len();
        self.push(text);
        self.out.cover(start, origin, GuardId::NONE, 0);
        self.after_blank = is_blank;
        self.in_indentation = self.in_indentation && is_indentation;
    }

    fn node(&mut self, tree: &Tree, indent: isize, context: Context) {
        match &tree.data {
            TreeData::Map { entries, shape } if entries.is_empty() => {
                let start = self.out.len();
                self.indicator("{", true, true, false, tree.origin);
                self.indicator("}", false, false, false, tree.origin);
                self.out.cover(start, *shape, GuardId::NONE, 0);
            }
            TreeData::Map { entries, shape } => {
                let mut sorted: Vec<(&str, &Text, &Tree)> =
                    entries.iter().map(|(key, value)| (utf8(key), key, value)).collect();
                self.is_unstable |= order::sort(&mut sorted, |(key, ..)| key, self.dialect);
                let indent = if indent < 0 { 0 } else { indent + 2 };
                for (text, key, value) in sorted {
                    self.entry((key, text), *shape, value, indent);
                }
            }
            TreeData::Seq(items) if items.is_empty() => {
                self.indicator("[", true, true, false, tree.origin);
                self.indicator("]", false, false, false, tree.origin);
            }
            TreeData::Seq(items) => {
                let is_flush = self.dialect == Dialect::V2 && context == Context::Map && !self.in_indentation;
                let indent = match indent {
                    ..0 => 0,
                    indent if is_flush => indent,
                    indent => indent + 2,
                };
                for item in items {
                    self.indentation(indent);
                    self.indicator("-", true, false, true, OriginId::NONE);
                    self.node(item, indent, Context::Seq);
                }
            }
            TreeData::Null => self.plain_text("null", tree.origin),
            TreeData::Plain(text) => self.plain_text(text, tree.origin),
            TreeData::Str(text) => self.string((text, utf8(text)), tree.origin, indent, false),
            TreeData::Binary(text) => {
                self.indicator("!!binary", true, false, false, tree.origin);
                self.string((text, utf8(text)), tree.origin, indent, false);
            }
        }
    }

    fn entry(&mut self, key: (&Text, &str), shape: OriginId, value: &Tree, indent: isize) {
        self.indentation(indent);
        let text = key.1;
        if text.len() <= MAX_SIMPLE_KEY && !has_break(text) {
            self.string(key, shape, indent, true);
            self.indicator(":", false, false, false, OriginId::NONE);
        } else {
            self.indicator("?", true, false, true, OriginId::NONE);
            self.string(key, shape, indent, false);
            self.indentation(indent);
            self.indicator(":", true, false, true, OriginId::NONE);
        }
        self.node(value, indent, Context::Map);
    }

    /// What is never quoted.
    fn plain_text(&mut self, text: &str, origin: OriginId) {
        self.indicator(text, true, false, false, origin);
    }

    /// A text, and what it says.
    fn string(&mut self, (text, content): (&Text, &str), origin: OriginId, indent: isize, is_key: bool) {
        let indent = if indent < 0 { 2 } else { indent + 2 };
        let style = choose(content, is_key, self.dialect);
        if !self.after_blank {
            self.push(" ");
        }
        let start = self.out.len();
        let folds = !is_key && self.dialect == Dialect::V2;
        match style {
            Style::Word => {
                self.out.push_text(text);
                self.column += content.len();
            }
            Style::Plain => self.folded(text, content, indent, folds, false),
            Style::Single => {
                self.push("'");
                self.folded(text, content, indent, folds, true);
                self.push("'");
            }
            Style::Double => {
                self.push("\"");
                self.double(text, content, indent, folds);
                self.push("\"");
            }
            Style::Literal => {
                self.literal(text, content, indent, start, origin);
                return;
            }
        }
        self.out.cover(start, origin, GuardId::NONE, 0);
        self.after_blank = false;
        self.in_indentation = false;
    }

    /// Copies a part of a text that is on one line.
    fn copy(&mut self, text: &Text, content: &str, from: usize, to: usize) {
        // What is written of an empty text is its marks.
        if from < to || text.is_empty() {
            self.out.push_slice(text, from..to);
            self.column += content.get(from..to).map_or(0, |part| part.chars().count());
            self.after_blank = false;
            self.in_indentation = false;
        }
    }

    /// The inside of a plain or single-quoted scalar.
    fn folded(&mut self, text: &Text, content: &str, indent: isize, folds: bool, is_quoted: bool) {
        let is_simple = !content.bytes().any(|b| (is_quoted && b == b'\'') || b == b'\n' || b >= 0x80);
        if is_simple && (!folds || self.column + content.len() <= WIDTH) {
            self.copy(text, content, 0, content.len());
            return;
        }
        let mut run = 0;
        let (mut after_space, mut after_break) = (false, false);
        let mut column = self.column;
        for (at, c) in content.char_indices() {
            let next = content.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
            if c == ' ' {
                let inside = !is_quoted || (at > 0 && at + 1 < content.len());
                if folds && !after_space && column > WIDTH && next != Some(' ') && inside {
                    self.copy(text, content, run, at);
                    self.in_indentation = false;
                    self.indentation(indent);
                    run = at + 1;
                    column = self.column;
                } else {
                    column += 1;
                }
                after_space = true;
            } else if is_break(c) {
                self.copy(text, content, run, at);
                if !after_break && c == '\n' {
                    self.line_break();
                }
                self.out.push_slice(text, at..at + c.len_utf8());
                self.column = 0;
                self.in_indentation = true;
                after_break = true;
                run = at + c.len_utf8();
                column = 0;
            } else {
                if after_break {
                    self.copy(text, content, run, at);
                    self.indentation(indent);
                    run = at;
                    column = self.column;
                }
                if is_quoted && c == '\'' {
                    self.copy(text, content, run, at);
                    self.push("'");
                    run = at;
                    column = self.column;
                }
                column += 1;
                (after_space, after_break) = (false, false);
            }
        }
        self.copy(text, content, run, content.len());
    }

    /// The inside of a double-quoted scalar.
    fn double(&mut self, text: &Text, content: &str, indent: isize, folds: bool) {
        // go-yaml escapes everything in a string that starts with a byte order mark.
        let escapes_all = content.starts_with('\u{FEFF}');
        let mut run = 0;
        let mut after_space = false;
        let mut column = self.column;
        for (at, c) in content.char_indices() {
            let end = at + c.len_utf8();
            if escapes_all || !is_printable(c) || is_break(c) || matches!(c, '"' | '\\') {
                self.copy(text, content, run, at);
                let escape = escape(c);
                push_change(&mut self.out, text, at..end, escape.as_bytes());
                self.column += escape.len();
                run = end;
                column = self.column;
                after_space = false;
            } else if c == ' ' {
                if folds && !after_space && column > WIDTH && at > 0 && end < content.len() {
                    self.copy(text, content, run, at);
                    self.in_indentation = false;
                    self.indentation(indent);
                    run = end;
                    if content.get(end..).is_some_and(|rest| rest.starts_with(' ')) {
                        self.push("\\");
                    }
                    column = self.column;
                } else {
                    column += 1;
                }
                after_space = true;
            } else {
                column += 1;
                after_space = false;
            }
        }
        self.copy(text, content, run, content.len());
    }

    fn literal(&mut self, text: &Text, content: &str, indent: isize, start: usize, origin: OriginId) {
        self.push("|");
        if content.starts_with(' ') || content.starts_with(is_break) {
            self.push("2");
        }
        if !content.ends_with(is_break) {
            self.push("-");
        } else {
            let mut from_end = content.chars().rev().skip(1);
            if from_end.next().is_none_or(is_break) {
                self.push("+");
            }
        }
        self.line_break();
        self.after_blank = true;
        self.in_indentation = true;
        let mut run = 0;
        let mut after_break = true;
        for (at, c) in content.char_indices() {
            if is_break(c) {
                self.copy(text, content, run, at);
                self.out.push_slice(text, at..at + c.len_utf8());
                self.column = 0;
                self.in_indentation = true;
                after_break = true;
                run = at + c.len_utf8();
            } else if after_break {
                self.indentation(indent);
                self.in_indentation = false;
                after_break = false;
                run = at;
            }
        }
        self.copy(text, content, run, content.len());
        self.after_blank = true;
        self.out.cover(start, origin, GuardId::NONE, 0);
    }
}

/// The text of a tree, which holds nothing but UTF-8.
fn utf8(text: &Text) -> &str {
    std::str::from_utf8(text.bytes()).unwrap_or_default()
}

fn escape(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\x07' => 'a',
        '\x08' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\x0B' => 'v',
        '\x0C' => 'f',
        '\r' => 'r',
        '\x1B' => 'e',
        '"' | '\\' => c,
        '\u{85}' => 'N',
        '\u{A0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => {
            return match u32::from(c) {
                code @ ..=0xFF => format!("\\x{code:02X}"),
                code @ ..=0xFFFF => format!("\\u{code:04X}"),
                code => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{short}")
}

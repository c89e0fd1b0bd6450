//! The usual actions, read without tree-sitter: many times as fast, and nearly all there are.
//!
//! The reader tells lowering what the grammar's nodes would tell it, as it meets it. It knows no recovery and no
//! rare forms: whatever it does not know it leaves to tree-sitter by returning nothing.

use super::ast::{OperandKind, Pipeline};
use super::grammar::Kind;
use super::lower::{Clause, Lowering};
use crate::source::Span;
use memchr::memchr;

/// The node that begins with a keyword, and the keyword's own.
fn keyword(word: &[u8]) -> Option<(Kind, Kind)> {
    Some(match word {
        b"if" => (Kind::IfClause, Kind::KeywordIf),
        b"with" => (Kind::WithClause, Kind::KeywordWith),
        b"range" => (Kind::RangeClause, Kind::Keyword),
        b"define" => (Kind::DefineClause, Kind::Keyword),
        b"block" => (Kind::BlockClause, Kind::Keyword),
        b"else" => (Kind::ElseClause, Kind::Keyword),
        b"end" => (Kind::EndClause, Kind::Keyword),
        b"template" => (Kind::TemplateAction, Kind::Keyword),
        b"break" => (Kind::BreakAction, Kind::Keyword),
        b"continue" => (Kind::ContinueAction, Kind::Keyword),
        _ => return None,
    })
}

const SPACE: u8 = 1;
/// What names are made of, and what they begin with.
const NAME: u8 = 2;
const FIRST: u8 = 4;
/// What has no meaning of its own in quotes.
const PLAIN: u8 = 8;

/// What a byte may be.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0u8;
    loop {
        let mut class = 0;
        if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
            class |= SPACE;
        }
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            class |= if byte.is_ascii_digit() { NAME } else { NAME | FIRST };
        }
        if !matches!(byte, b'"' | b'\'' | b'\\' | b'\n') {
            class |= PLAIN;
        }
        classes[byte as usize] = class;
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    classes
};

#[inline]
fn is(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// Where the bytes of a class end.
#[inline]
fn end_of(text: &[u8], from: usize, class: u8) -> usize {
    let mut at = from;
    while text.get(at).is_some_and(|byte| is(*byte, class)) {
        at += 1;
    }
    at
}

/// The place of the first `{{` from `from` on.
fn next_open(text: &[u8], mut from: usize) -> Option<usize> {
    loop {
        from += memchr(b'{', text.get(from..)?)?;
        if text.get(from + 1) == Some(&b'{') {
            return Some(from);
        }
        from += 1;
    }
}

fn span(start: usize, end: usize) -> Span {
    Span::new(start as u32, end as u32)
}

/// Reads the items of a text.
pub(super) struct Reader<'r, 'a> {
    text: &'a [u8],
    at: usize,
    /// Where the last operand or parenthesis ended.
    last: usize,
    /// The places of the parentheses that are open.
    parentheses: Vec<usize>,
    /// The word that was looked at last, which may yet be the operand to come: its place and its end.
    word: (usize, usize),
    lowering: &'r mut Lowering<'a>,
}

impl<'r, 'a> Reader<'r, 'a> {
    pub fn new(text: &'a [u8], lowering: &'r mut Lowering<'a>) -> Self {
        Reader { text, at: 0, last: 0, parentheses: Vec::new(), word: (0, 0), lowering }
    }

    pub fn items(&mut self) -> Option<()> {
        while let Some(start) = next_open(self.text, self.at) {
            self.at = start;
            self.item()?;
        }
        Some(())
    }

    #[inline]
    fn byte(&self, ahead: usize) -> u8 {
        // NUL ends nothing that is known here.
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    #[inline]
    fn skip_spaces(&mut self) {
        self.at = end_of(self.text, self.at, SPACE);
    }

    fn item(&mut self) -> Option<()> {
        let start = self.at;
        let is_trimming = self.byte(2) == b'-' && is(self.byte(3), SPACE);
        self.at += if is_trimming { 4 } else { 2 };
        if self.byte(0) == b'/' && self.byte(1) == b'*' {
            return self.comment(start);
        }
        self.lowering.text(start, is_trimming);
        let first = self.at as u32;
        self.skip_spaces();
        let Some((kind, _)) = keyword(self.word()) else {
            let pipeline = self.pipeline(false)?;
            self.close(first)?;
            self.lowering.action(pipeline);
            return Some(());
        };
        let mut clause = Clause::default();
        let variables = self.lowering.begin_item(kind)?;
        self.clause(kind, &mut clause)?;
        self.close(first)?;
        clause.span = span(start, self.at);
        self.lowering.item(kind, clause, variables)
    }

    /// A comment that begins here, in an item that begins at `start`.
    fn comment(&mut self, start: usize) -> Option<()> {
        self.at += 2;
        loop {
            self.at += memchr(b'*', self.text.get(self.at..)?)? + 1;
            if self.byte(0) == b'/' {
                break;
            }
        }
        self.at += 1;
        if is(self.byte(0), SPACE) && self.byte(1) == b'-' {
            self.at += 2;
        }
        if !self.is_at_braces(0) {
            return None;
        }
        self.at += 2;
        self.lowering.comment(span(start, self.at))
    }

    /// The word at this place, which may be empty.
    fn word(&mut self) -> &'a [u8] {
        if !is(self.byte(0), FIRST) {
            return &[];
        }
        self.text.get(self.at..self.word_end()).unwrap_or_default()
    }

    /// The end of the word, or of the variable, that begins here.
    fn word_end(&mut self) -> usize {
        if self.word.0 != self.at {
            self.word = (self.at, end_of(self.text, self.at + 1, NAME));
        }
        self.word.1
    }

    /// Goes behind a keyword and the spaces after it.
    fn skip_keyword(&mut self) -> Option<()> {
        self.at += self.word().len();
        self.lowering.word_ends(self.at as u32)?;
        self.skip_spaces();
        Some(())
    }

    fn clause(&mut self, kind: Kind, clause: &mut Clause) -> Option<()> {
        self.skip_keyword()?;
        if matches!(kind, Kind::DefineClause | Kind::BlockClause | Kind::TemplateAction) {
            clause.name = Some(self.template()?);
        }
        let has_pipeline = match kind {
            Kind::IfClause | Kind::WithClause | Kind::RangeClause | Kind::BlockClause => true,
            Kind::TemplateAction => !self.is_at_close(),
            Kind::ElseClause if !self.word().is_empty() => {
                let (_, word) = keyword(self.word())?;
                clause.follows = Some(word).filter(|word| matches!(word, Kind::KeywordIf | Kind::KeywordWith));
                clause.follows?;
                self.skip_keyword()?;
                true
            }
            _ => false,
        };
        if has_pipeline {
            clause.pipeline = Some(self.pipeline(kind == Kind::RangeClause)?);
        }
        Some(())
    }

    /// The name of a template.
    fn template(&mut self) -> Option<Span> {
        let (start, end) = (self.at, self.string()?);
        self.at = end;
        self.skip_spaces();
        Some(span(start, end))
    }

    fn is_at_braces(&self, ahead: usize) -> bool {
        self.byte(ahead) == b'}' && self.byte(ahead + 1) == b'}'
    }

    fn is_at_close(&self) -> bool {
        self.is_at_braces(usize::from(self.byte(0) == b'-'))
    }

    /// The end of an item, whose first byte after its beginning is at `first`.
    fn close(&mut self, first: u32) -> Option<()> {
        self.skip_spaces();
        let start = self.at;
        let trims = self.byte(0) == b'-';
        self.at += usize::from(trims);
        if !self.is_at_braces(0) {
            return None;
        }
        self.at += 2;
        self.lowering.close(span(start, self.at), trims, first)
    }

    /// A pipeline up to the end of the action, with those in parentheses. `is_range` for the head of a `range`.
    fn pipeline(&mut self, is_range: bool) -> Option<Pipeline> {
        self.parentheses.clear();
        self.begin_pipeline(is_range)?;
        loop {
            self.skip_spaces();
            match self.byte(0) {
                b'(' => {
                    self.parentheses.push(self.at);
                    self.at += 1;
                    self.begin_pipeline(is_range)?;
                }
                b')' => {
                    self.lowering.end_command(self.last as u32)?;
                    let inner = self.lowering.end_pipeline(self.last as u32)?;
                    let start = self.parentheses.pop()?;
                    self.at += 1;
                    self.last = self.at;
                    self.lowering.parenthesized(inner, span(start, self.at))?;
                }
                b'|' => {
                    self.lowering.end_command(self.last as u32)?;
                    self.at += 1;
                    self.skip_spaces();
                    self.lowering.begin_command(self.at as u32)?;
                }
                b'.' if is(self.byte(1), FIRST) => {
                    let path = self.take(self.path_end())?;
                    self.lowering.field(path)?;
                }
                b'$' => {
                    let end = self.word_end();
                    let variable = self.take(end)?;
                    self.lowering.variable(variable)?;
                }
                b'"' | b'`' => {
                    let string = self.take(self.string()?)?;
                    self.lowering.string(string)?;
                }
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.name()?,
                b'}' | b'-' if self.is_at_close() => {
                    self.lowering.end_command(self.last as u32)?;
                    let pipeline = self.lowering.end_pipeline(self.last as u32)?;
                    return self.parentheses.is_empty().then_some(pipeline);
                }
                _ => self.constant()?,
            }
        }
    }

    /// Begins a pipeline, with its declaration and its first command.
    fn begin_pipeline(&mut self, is_range: bool) -> Option<()> {
        self.skip_spaces();
        self.lowering.begin_pipeline(self.at as u32, is_range)?;
        if self.byte(0) == b'$' {
            self.declaration()?;
            self.skip_spaces();
        }
        self.lowering.begin_command(self.at as u32)
    }

    /// `$a :=`, `$a =` and, for `range`, `$a, $b :=`; nothing where the pipeline begins with the value of a variable.
    fn declaration(&mut self) -> Option<()> {
        let start = self.at;
        let first = span(start, self.word_end());
        self.at = first.end as usize;
        self.skip_spaces();
        let mut second = None;
        if self.byte(0) == b',' {
            self.at += 1;
            self.skip_spaces();
            // Without a second variable: not usual.
            if self.byte(0) != b'$' {
                return None;
            }
            let end = self.word_end();
            second = Some(span(self.at, end));
            self.at = end;
            self.skip_spaces();
        }
        let (assign, length) = match (self.byte(0), self.byte(1)) {
            (b':', b'=') => (None, 2),
            (b'=', _) => (Some(self.at as u32), 1),
            // Without an operator: not usual.
            _ if second.is_some() => return None,
            _ => {
                self.at = start;
                return Some(());
            }
        };
        self.at += length;
        match second {
            None => self.lowering.declare(&[first], assign),
            Some(second) => self.lowering.declare(&[first, second], assign),
        }
    }

    /// A function, or a constant that is a word.
    fn name(&mut self) -> Option<()> {
        let word = self.word();
        let place = self.take(self.at + word.len())?;
        match word {
            b"true" => self.lowering.plain(OperandKind::Bool(true), place),
            b"false" => self.lowering.plain(OperandKind::Bool(false), place),
            b"nil" => self.lowering.plain(OperandKind::Nil, place),
            // Lowering knows no function by the name of a keyword.
            _ => self.lowering.function(place),
        }
    }

    /// A number, a character, or the dot.
    fn constant(&mut self) -> Option<()> {
        match self.byte(0) {
            b'0'..=b'9' => self.number(),
            b'.' | b'+' | b'-' if self.byte(1).is_ascii_digit() => self.number(),
            b'.' => {
                let dot = self.take(self.at + 1)?;
                self.lowering.plain(OperandKind::Dot, dot)
            }
            b'\'' => {
                let character = self.take(self.quoted(b'\'')?)?;
                self.lowering.number(Kind::Character, character)
            }
            _ => None,
        }
    }

    /// Takes an operand up to its end. Characters beyond ASCII may go on with a name.
    fn take(&mut self, end: usize) -> Option<Span> {
        if self.text.get(end).is_some_and(|byte| *byte >= 0x80) {
            return None;
        }
        let taken = span(self.at, end);
        self.at = end;
        self.last = end;
        Some(taken)
    }

    /// The end of `.a.b.c`.
    fn path_end(&self) -> usize {
        let mut at = self.at;
        while self.text.get(at) == Some(&b'.') && self.text.get(at + 1).is_some_and(|byte| is(*byte, FIRST)) {
            at = end_of(self.text, at + 2, NAME);
        }
        at
    }

    /// All that Go's lexer may take for a number.
    fn number(&mut self) -> Option<()> {
        let mut end = self.at;
        while self.text.get(end).is_some_and(|byte| is(*byte, NAME) || matches!(byte, b'.' | b'+' | b'-')) {
            end += 1;
        }
        let number = self.take(end)?;
        self.lowering.number(Kind::Number, number)
    }

    fn string(&self) -> Option<usize> {
        match self.byte(0) {
            b'"' => self.quoted(b'"'),
            b'`' => Some(self.at + 2 + memchr(b'`', self.text.get(self.at + 1..)?)?),
            _ => None,
        }
    }

    /// The end of what is in quotes on one line.
    fn quoted(&self, quote: u8) -> Option<usize> {
        let mut at = self.at + 1;
        loop {
            at = end_of(self.text, at, PLAIN);
            match *self.text.get(at)? {
                byte if byte == quote => return Some(at + 1),
                b'\n' => return None,
                b'\\' if *self.text.get(at + 1)? == b'\n' => return None,
                b'\\' => at += 2,
                // The other quote.
                _ => at += 1,
            }
        }
    }
}

//! The usual actions, read without tree-sitter: many times as fast, and nearly all there are.
//!
//! The reader tells lowering what the grammar's nodes would tell it, as it meets it. It knows no recovery and no
//! rare forms: whatever it does not know it leaves to tree-sitter by returning nothing.

use super::ast::Pipeline;
use super::grammar::Kind;
use super::lower::{Clause, Lowering};
use crate::source::Span;
use memchr::{memchr, memmem};

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

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_first_of_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

/// Where the bytes that are so end.
fn end_of(text: &[u8], from: usize, is_in: impl Fn(u8) -> bool) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.iter().position(|byte| !is_in(*byte)).unwrap_or(rest.len())
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
    lowering: &'r mut Lowering<'a>,
}

impl<'r, 'a> Reader<'r, 'a> {
    pub fn new(text: &'a [u8], lowering: &'r mut Lowering<'a>) -> Self {
        Reader { text, at: 0, last: 0, parentheses: Vec::new(), lowering }
    }

    pub fn items(&mut self) -> Option<()> {
        while let Some(start) = next_open(self.text, self.at) {
            self.at = start;
            self.item()?;
        }
        Some(())
    }

    fn byte(&self, ahead: usize) -> u8 {
        // NUL ends nothing that is known here.
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn starts_with(&self, text: &[u8]) -> bool {
        self.text.get(self.at..).is_some_and(|rest| rest.starts_with(text))
    }

    fn skip_spaces(&mut self) {
        while is_space(self.byte(0)) {
            self.at += 1;
        }
    }

    fn item(&mut self) -> Option<()> {
        let start = self.at;
        let is_trimming = self.byte(2) == b'-' && is_space(self.byte(3));
        self.at += if is_trimming { 4 } else { 2 };
        if self.starts_with(b"/*") {
            return self.comment(start);
        }
        self.lowering.text(start, is_trimming);
        let first = self.at as u32;
        self.skip_spaces();
        let mut clause = Clause::default();
        let (kind, variables) = match keyword(self.word()) {
            Some((kind, _)) => {
                let variables = self.lowering.begin_item(kind)?;
                self.clause(kind, &mut clause)?;
                (kind, variables)
            }
            None => {
                let variables = self.lowering.begin_item(Kind::Action)?;
                clause.pipeline = Some(self.pipeline(false)?);
                (Kind::Action, variables)
            }
        };
        self.close(first)?;
        clause.span = span(start, self.at);
        self.lowering.item(kind, clause, variables)
    }

    /// A comment that begins here, in an item that begins at `start`.
    fn comment(&mut self, start: usize) -> Option<()> {
        let from = self.at + 2;
        self.at = from + memmem::find(self.text.get(from..)?, b"*/")? + 2;
        if is_space(self.byte(0)) && self.byte(1) == b'-' {
            self.at += 2;
        }
        if !self.starts_with(b"}}") {
            return None;
        }
        self.at += 2;
        self.lowering.comment(span(start, self.at))
    }

    /// The word at this place, which may be empty.
    fn word(&self) -> &'a [u8] {
        if !is_first_of_name(self.byte(0)) {
            return &[];
        }
        self.text.get(self.at..end_of(self.text, self.at, is_name)).unwrap_or_default()
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
            clause.name = Some(self.name()?);
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
    fn name(&mut self) -> Option<Span> {
        let (start, end) = (self.at, self.string()?);
        self.at = end;
        self.skip_spaces();
        Some(span(start, end))
    }

    fn is_at_close(&self) -> bool {
        self.starts_with(b"}}") || self.starts_with(b"-}}")
    }

    /// The end of an item, whose first byte after its beginning is at `first`.
    fn close(&mut self, first: u32) -> Option<()> {
        self.skip_spaces();
        let start = self.at;
        let trims = self.byte(0) == b'-';
        self.at += usize::from(trims);
        if !self.starts_with(b"}}") {
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
                b'}' | b'-' if self.is_at_close() => {
                    self.lowering.end_command(self.last as u32)?;
                    let pipeline = self.lowering.end_pipeline(self.last as u32)?;
                    return self.parentheses.is_empty().then_some(pipeline);
                }
                _ => self.operand()?,
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

    /// The end of the variable whose `$` is at a place.
    fn variable_end(&self, from: usize) -> usize {
        end_of(self.text, from + 1, is_name)
    }

    /// `$a :=`, `$a =` and, for `range`, `$a, $b :=`; nothing where the pipeline begins with the value of a variable.
    fn declaration(&mut self) -> Option<()> {
        let start = self.at;
        let first = span(start, self.variable_end(start));
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
            let end = self.variable_end(self.at);
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

    fn operand(&mut self) -> Option<()> {
        let start = self.at;
        let (kind, end) = match self.byte(0) {
            b'.' if is_first_of_name(self.byte(1)) => (Kind::Field, self.path_end()),
            b'.' if self.byte(1).is_ascii_digit() => (Kind::Number, self.number_end()),
            b'.' => (Kind::Dot, start + 1),
            b'$' => (Kind::Variable, self.variable_end(start)),
            b'"' | b'`' => (Kind::String, self.string()?),
            b'\'' => (Kind::Character, self.quoted(b'\'')?),
            b'0'..=b'9' => (Kind::Number, self.number_end()),
            b'+' | b'-' if self.byte(1).is_ascii_digit() => (Kind::Number, self.number_end()),
            byte if is_first_of_name(byte) => {
                let word = self.word();
                let kind = match word {
                    b"true" => Kind::True,
                    b"false" => Kind::False,
                    b"nil" => Kind::Nil,
                    // Lowering knows no function by the name of a keyword.
                    _ => Kind::Function,
                };
                (kind, start + word.len())
            }
            _ => return None,
        };
        // Characters beyond ASCII may go on with a name.
        if self.text.get(end).is_some_and(|byte| *byte >= 0x80) {
            return None;
        }
        self.at = end;
        self.last = end;
        self.lowering.operand(kind, span(start, end))
    }

    /// The end of `.a.b.c`.
    fn path_end(&self) -> usize {
        let mut at = self.at;
        while self.text.get(at) == Some(&b'.') && self.text.get(at + 1).copied().is_some_and(is_first_of_name) {
            at = end_of(self.text, at + 1, is_name);
        }
        at
    }

    /// All that Go's lexer may take for a number.
    fn number_end(&self) -> usize {
        end_of(self.text, self.at, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'+' | b'-'))
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
            match *self.text.get(at)? {
                b'\n' => return None,
                b'\\' if *self.text.get(at + 1)? != b'\n' => at += 2,
                b'\\' => return None,
                byte if byte == quote => return Some(at + 1),
                _ => at += 1,
            }
        }
    }
}

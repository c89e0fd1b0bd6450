//! The usual actions, read without tree-sitter: many times as fast, and nearly all there are.
//!
//! The reader tells lowering what the grammar's nodes would tell it, as it meets it. It knows no recovery and no
//! rare forms: whatever it does not know it leaves to tree-sitter by returning nothing.

use super::ast::{OperandKind, Pipeline};
use super::grammar::Kind;
use super::lower::{Block, Clause, Lowering};
use super::runs::{self, FIRST, NAME, SPACE, is, skip};
use crate::source::Span;
use crate::source::search::find;

/// The clause or action that begins with a keyword.
#[inline]
fn keyword(word: &[u8]) -> Option<Kind> {
    Some(match word {
        b"if" => Kind::IfClause,
        b"end" => Kind::EndClause,
        b"else" => Kind::ElseClause,
        b"with" => Kind::WithClause,
        b"range" => Kind::RangeClause,
        b"define" => Kind::DefineClause,
        b"block" => Kind::BlockClause,
        b"template" => Kind::TemplateAction,
        b"break" => Kind::BreakAction,
        b"continue" => Kind::ContinueAction,
        _ => return None,
    })
}

/// The byte at a place. Behind the end is NUL, which ends nothing that is known here.
#[inline]
fn byte(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

#[inline]
fn span(start: usize, end: usize) -> Span {
    Span::new(start as u32, end as u32)
}

fn is_at_braces(text: &[u8], at: usize) -> bool {
    byte(text, at) == b'}' && byte(text, at + 1) == b'}'
}

fn is_at_close(text: &[u8], at: usize) -> bool {
    is_at_braces(text, at + usize::from(byte(text, at) == b'-'))
}

/// Reads the items of a text. What reads a part begins at a place and returns where the part ends.
pub(super) struct Reader<'r, 'a> {
    text: &'a [u8],
    lowering: &'r mut Lowering<'a>,
}

impl<'r, 'a> Reader<'r, 'a> {
    pub fn new(text: &'a [u8], lowering: &'r mut Lowering<'a>) -> Self {
        Reader { text, lowering }
    }

    pub fn items(&mut self) -> Option<()> {
        let mut at = 0;
        while let Some(start) = runs::open(self.text, at) {
            at = self.item(start)?;
        }
        Some(())
    }

    #[inline]
    fn item(&mut self, start: usize) -> Option<usize> {
        let text = self.text;
        let is_trimming = byte(text, start + 2) == b'-' && is(byte(text, start + 3), SPACE);
        let first = start + if is_trimming { 4 } else { 2 };
        if byte(text, first) == b'/' && byte(text, first + 1) == b'*' {
            return self.comment(start, first + 2);
        }
        self.lowering.text(start, is_trimming);
        // The most frequent one.
        if text.get(first..)?.starts_with(b"end }}") {
            let end = first + 6;
            self.lowering.begin_text(end as u32, false);
            self.lowering.end(span(start, end))?;
            return Some(end);
        }
        let at = skip(text, first);
        if !is(byte(text, at), FIRST) {
            let at = self.begin_pipeline(at, false)?;
            return self.action(first, at);
        }
        let (end, key) = runs::name(text, at);
        if let Some(kind) = keyword(text.get(at..end)?) {
            return self.clause(kind, start, first, end);
        }
        self.lowering.begin_pipeline(at as u32, false);
        self.name(at, end, key)?;
        self.action(first, end)
    }

    /// The rest of a pipeline that is an item by itself, and its end.
    #[inline]
    fn action(&mut self, first: usize, at: usize) -> Option<usize> {
        let (pipeline, at) = self.operands(first, at)?;
        self.lowering.action(pipeline);
        Some(at)
    }

    /// The rest of a comment in an item that begins at `start`.
    fn comment(&mut self, start: usize, mut at: usize) -> Option<usize> {
        let text = self.text;
        loop {
            at += find(b'*', text.get(at..)?)? + 1;
            if byte(text, at) == b'/' {
                break;
            }
        }
        at += 1;
        if is(byte(text, at), SPACE) && byte(text, at + 1) == b'-' {
            at += 2;
        }
        if !is_at_braces(text, at) {
            return None;
        }
        self.lowering.comment(span(start, at + 2))?;
        Some(at + 2)
    }

    /// Behind a keyword that ends at a place, and the spaces after it.
    #[inline]
    fn after_keyword(&self, end: usize) -> Option<usize> {
        if byte(self.text, end) != b' ' {
            self.lowering.word_ends(end as u32)?;
        }
        Some(skip(self.text, end))
    }

    /// An item that begins at `start` with a keyword that ends at `at`.
    fn clause(&mut self, kind: Kind, start: usize, first: usize, at: usize) -> Option<usize> {
        let mut at = self.after_keyword(at)?;
        let variables = self.lowering.begin_item(kind)?;
        let block = match kind {
            Kind::IfClause => Block::If,
            Kind::WithClause => Block::With,
            Kind::RangeClause => Block::Range,
            Kind::EndClause => {
                at = self.close(first, at)?;
                self.lowering.end(span(start, at))?;
                return Some(at);
            }
            _ => {
                let mut clause = Clause::default();
                at = self.rare_clause(kind, first, at, &mut clause)?;
                clause.span = span(start, at);
                self.lowering.item(kind, clause, variables)?;
                return Some(at);
            }
        };
        let (pipeline, at) = self.pipeline(first, at, block == Block::Range)?;
        self.lowering.open_branch(block, span(start, at), pipeline, variables, false)?;
        Some(at)
    }

    /// What follows on the keywords that have more than a pipeline, or less, and the end of the item.
    fn rare_clause(&mut self, kind: Kind, first: usize, mut at: usize, clause: &mut Clause) -> Option<usize> {
        if matches!(kind, Kind::DefineClause | Kind::BlockClause | Kind::TemplateAction) {
            let (end, _) = self.string(at)?;
            clause.name = Some(span(at, end));
            at = skip(self.text, end);
        }
        let has_pipeline = match kind {
            Kind::BlockClause => true,
            Kind::TemplateAction => !is_at_close(self.text, at),
            Kind::ElseClause if is(byte(self.text, at), FIRST) => {
                let (end, _) = runs::name(self.text, at);
                clause.follows = Some(match keyword(self.text.get(at..end)?)? {
                    Kind::IfClause => Kind::KeywordIf,
                    Kind::WithClause => Kind::KeywordWith,
                    _ => return None,
                });
                at = self.after_keyword(end)?;
                true
            }
            _ => false,
        };
        if !has_pipeline {
            return self.close(first, at);
        }
        let (pipeline, end) = self.pipeline(first, at, false)?;
        clause.pipeline = Some(pipeline);
        Some(end)
    }

    /// The end of an item, whose first byte after its beginning is at `first`.
    fn close(&mut self, first: usize, at: usize) -> Option<usize> {
        let at = skip(self.text, at);
        if is_at_close(self.text, at) { self.closed(first, at) } else { None }
    }

    /// The end of an item, which is closed at a place.
    #[inline]
    fn closed(&mut self, first: usize, at: usize) -> Option<usize> {
        let trims = byte(self.text, at) == b'-';
        let end = at + if trims { 3 } else { 2 };
        self.lowering.close(span(at, end), trims, first as u32)?;
        Some(end)
    }

    /// A pipeline with those in its parentheses, and the end of the item. `is_range` for the head of a `range`.
    fn pipeline(&mut self, first: usize, at: usize, is_range: bool) -> Option<(Pipeline, usize)> {
        let at = self.begin_pipeline(at, is_range)?;
        self.operands(first, at)
    }

    /// The operands of a pipeline that has begun, and the end of the item.
    fn operands(&mut self, first: usize, mut at: usize) -> Option<(Pipeline, usize)> {
        let text = self.text;
        loop {
            // There is mostly one space, or none.
            at += usize::from(byte(text, at) == b' ');
            let mut next = byte(text, at);
            while is(next, SPACE) {
                at += 1;
                next = byte(text, at);
            }
            match next {
                b'(' => {
                    let start = skip(text, at + 1);
                    self.lowering.begin_inner(at as u32, start as u32)?;
                    at = self.declaration(start)?;
                }
                b')' => {
                    self.lowering.end_command()?;
                    let inner = self.lowering.end_pipeline()?;
                    at += 1;
                    self.lowering.parenthesized(inner, at as u32)?;
                }
                b'|' => {
                    self.lowering.end_command()?;
                    at = skip(text, at + 1);
                    self.lowering.begin_command(at as u32);
                }
                b'.' if is(byte(text, at + 1), FIRST) => {
                    let (end, key) = runs::path(text, at);
                    self.lowering.field(span(at, end), key)?;
                    at = end;
                }
                b'$' => {
                    let (end, key) = runs::name(text, at);
                    self.lowering.variable(span(at, end), key)?;
                    at = end;
                }
                b'"' | b'`' => {
                    let (end, key) = self.string(at)?;
                    self.lowering.string(span(at, end), key)?;
                    at = end;
                }
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                    let (end, key) = runs::name(text, at);
                    self.name(at, end, key)?;
                    at = end;
                }
                b'}' | b'-' if is_at_close(text, at) => {
                    self.lowering.end_command()?;
                    let pipeline = self.lowering.end_last_pipeline()?;
                    return Some((pipeline, self.closed(first, at)?));
                }
                _ => at = self.constant(at)?,
            }
        }
    }

    /// Begins the pipeline of an action, with its declaration and its first command.
    #[inline]
    fn begin_pipeline(&mut self, at: usize, is_range: bool) -> Option<usize> {
        self.lowering.begin_pipeline(at as u32, is_range);
        self.declaration(at)
    }

    /// Goes on with a pipeline that has begun: with its declaration, if it has one.
    #[inline]
    fn declaration(&mut self, at: usize) -> Option<usize> {
        if byte(self.text, at) == b'$' { self.declared(at) } else { Some(at) }
    }

    /// `$a :=`, `$a =` and, for `range`, `$a, $b :=`; nothing where the pipeline begins with the value of a variable.
    #[inline(never)]
    fn declared(&mut self, start: usize) -> Option<usize> {
        let text = self.text;
        let (end, key) = runs::name(text, start);
        let mut variables = [(span(start, end), key); 2];
        let mut count = 1;
        let mut at = skip(text, end);
        if byte(text, at) == b',' {
            at = skip(text, at + 1);
            // Without a second variable: not usual.
            if byte(text, at) != b'$' {
                return None;
            }
            let (end, key) = runs::name(text, at);
            variables[1] = (span(at, end), key);
            count = 2;
            at = skip(text, end);
        }
        let (assign, length) = match (byte(text, at), byte(text, at + 1)) {
            (b':', b'=') => (None, 2),
            (b'=', _) => (Some(at as u32), 1),
            // Without an operator: not usual.
            _ if count == 2 => return None,
            _ => return Some(start),
        };
        self.lowering.declare(variables.get(..count)?, assign)?;
        at = skip(text, at + length);
        self.lowering.begin_command(at as u32);
        Some(at)
    }

    /// A function, or a constant that is a word.
    #[inline]
    fn name(&mut self, at: usize, end: usize, key: u64) -> Option<()> {
        let place = span(at, end);
        match self.text.get(at..end)? {
            b"true" => self.lowering.plain(OperandKind::Bool(true), place),
            b"false" => self.lowering.plain(OperandKind::Bool(false), place),
            b"nil" => self.lowering.plain(OperandKind::Nil, place),
            // Lowering knows no function by the name of a keyword.
            _ => self.lowering.function(place, key),
        }
    }

    /// A number, a character, or the dot.
    fn constant(&mut self, at: usize) -> Option<usize> {
        let end = match byte(self.text, at) {
            b'0'..=b'9' => self.number(at)?,
            b'.' | b'+' | b'-' if byte(self.text, at + 1).is_ascii_digit() => self.number(at)?,
            b'.' => {
                self.lowering.plain(OperandKind::Dot, span(at, at + 1))?;
                at + 1
            }
            b'\'' => {
                let end = runs::quoted_end(self.text, at, b'\'')?;
                self.lowering.number(Kind::Character, span(at, end))?;
                end
            }
            _ => return None,
        };
        Some(end)
    }

    /// All that Go's lexer may take for a number.
    fn number(&mut self, at: usize) -> Option<usize> {
        let mut end = at;
        while is(byte(self.text, end), NAME) || matches!(byte(self.text, end), b'.' | b'+' | b'-') {
            end += 1;
        }
        self.lowering.number(Kind::Number, span(at, end))?;
        Some(end)
    }

    #[inline]
    fn string(&self, at: usize) -> Option<(usize, u64)> {
        match byte(self.text, at) {
            b'"' => runs::string(self.text, at),
            b'`' => runs::raw_string(self.text, at),
            _ => None,
        }
    }
}

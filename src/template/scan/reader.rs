//! Reading an item: its tokens and how they hang together.

use super::super::grammar::Kind;
use super::Node;
use crate::source::Span;
use memchr::memmem;

/// What stands at the beginning of an action.
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

/// Reads one item.
pub(super) struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    nodes: &'a mut Vec<Node>,
    /// The nodes that are open.
    open: &'a mut Vec<u32>,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a [u8], at: usize, nodes: &'a mut Vec<Node>, open: &'a mut Vec<u32>) -> Reader<'a> {
        Reader { text, at, nodes, open }
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

    /// Adds a node that holds no other.
    fn leaf(&mut self, kind: Kind, start: usize, end: usize) {
        let at = self.nodes.len() as u32;
        let parent = self.open.last().copied().unwrap_or(at);
        self.nodes.push(Node { kind, span: Span::new(start as u32, end as u32), parent, end: at + 1 });
        self.at = end;
    }

    /// Adds a node that holds those that follow until it is closed.
    fn begin(&mut self, kind: Kind, start: usize) {
        let (at, here) = (self.nodes.len() as u32, self.at);
        self.leaf(kind, start, start);
        self.at = here;
        self.open.push(at);
    }

    /// Ends the innermost open node where the last one in it ends.
    fn finish(&mut self) -> Option<()> {
        let at = self.open.pop()?;
        // The last node is a leaf.
        let (count, end) = (self.nodes.len() as u32, self.nodes.last()?.span.end);
        let node = self.nodes.get_mut(at as usize)?;
        (node.end, node.span.end) = (count, end);
        Some(())
    }

    /// The end of the item.
    pub fn item(&mut self) -> Option<usize> {
        let start = self.at;
        let is_trimming = self.byte(2) == b'-' && is_space(self.byte(3));
        let inner = start + if is_trimming { 4 } else { 2 };
        if self.text.get(inner..).is_some_and(|rest| rest.starts_with(b"/*")) {
            return self.comment(start, inner + 2);
        }
        self.begin(Kind::Action, start);
        self.leaf(if is_trimming { Kind::TrimOpen } else { Kind::Open }, start, inner);
        self.skip_spaces();
        match keyword(self.word()) {
            Some((kind, word)) => self.clause(kind, word)?,
            None => self.pipeline()?,
        }
        self.close()?;
        self.finish()?;
        Some(self.at)
    }

    /// A comment; its text begins at `from`.
    fn comment(&mut self, start: usize, from: usize) -> Option<usize> {
        self.at = from + memmem::find(self.text.get(from..)?, b"*/")? + 2;
        if is_space(self.byte(0)) && self.byte(1) == b'-' {
            self.at += 2;
        }
        if !self.starts_with(b"}}") {
            return None;
        }
        let end = self.at + 2;
        self.leaf(Kind::Comment, start, end);
        Some(end)
    }

    /// The word at this place, which may be empty.
    fn word(&self) -> &[u8] {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if !rest.first().copied().is_some_and(is_first_of_name) {
            return &[];
        }
        rest.get(..rest.iter().take_while(|byte| is_name(**byte)).count()).unwrap_or_default()
    }

    fn clause(&mut self, kind: Kind, word: Kind) -> Option<()> {
        self.nodes.first_mut()?.kind = kind;
        let length = self.word().len();
        self.leaf(word, self.at, self.at + length);
        self.skip_spaces();
        match kind {
            Kind::IfClause | Kind::WithClause | Kind::RangeClause => self.pipeline(),
            Kind::DefineClause => self.name(),
            Kind::BlockClause => {
                self.name()?;
                self.pipeline()
            }
            Kind::TemplateAction => {
                self.name()?;
                if self.is_at_close() { Some(()) } else { self.pipeline() }
            }
            Kind::ElseClause => match self.word() {
                [] => Some(()),
                word => {
                    let (_, word) = keyword(word).filter(|(_, k)| matches!(k, Kind::KeywordIf | Kind::KeywordWith))?;
                    let length = self.word().len();
                    self.leaf(word, self.at, self.at + length);
                    self.skip_spaces();
                    self.pipeline()
                }
            },
            _ => Some(()),
        }
    }

    /// The name of a template.
    fn name(&mut self) -> Option<()> {
        self.skip_spaces();
        let end = self.string()?;
        self.leaf(Kind::String, self.at, end);
        self.skip_spaces();
        Some(())
    }

    fn is_at_close(&self) -> bool {
        self.starts_with(b"}}") || self.starts_with(b"-}}")
    }

    fn close(&mut self) -> Option<()> {
        self.skip_spaces();
        if self.starts_with(b"-}}") {
            self.leaf(Kind::TrimClose, self.at, self.at + 3);
        } else if self.starts_with(b"}}") {
            self.leaf(Kind::Close, self.at, self.at + 2);
        } else {
            return None;
        }
        Some(())
    }

    /// A pipeline up to the end of the action, with those in parentheses.
    fn pipeline(&mut self) -> Option<()> {
        let outermost = self.open.len();
        self.begin_pipeline()?;
        loop {
            self.skip_spaces();
            match self.byte(0) {
                b'(' => {
                    self.begin(Kind::Parenthesized, self.at);
                    self.leaf(Kind::Other, self.at, self.at + 1);
                    self.begin_pipeline()?;
                }
                b')' => {
                    self.end_command()?;
                    self.finish()?;
                    // The action's own pipeline has no parenthesis.
                    if self.open.len() == outermost {
                        return None;
                    }
                    self.leaf(Kind::Other, self.at, self.at + 1);
                    self.finish()?;
                }
                b'|' => {
                    self.end_command()?;
                    self.leaf(Kind::Other, self.at, self.at + 1);
                    self.skip_spaces();
                    self.begin(Kind::Command, self.at);
                }
                _ if self.is_at_close() => {
                    self.end_command()?;
                    self.finish()?;
                    return (self.open.len() == outermost).then_some(());
                }
                _ => self.operand()?,
            }
        }
    }

    /// Begins a pipeline, its declaration, and its first command.
    fn begin_pipeline(&mut self) -> Option<()> {
        self.skip_spaces();
        self.begin(Kind::Pipeline, self.at);
        if self.byte(0) == b'$' {
            self.declaration()?;
        }
        self.skip_spaces();
        self.begin(Kind::Command, self.at);
        Some(())
    }

    /// A command needs an operand.
    fn end_command(&mut self) -> Option<()> {
        let at = *self.open.last()?;
        let is_command = self.nodes.get(at as usize)?.kind == Kind::Command;
        if !is_command || self.nodes.len() as u32 == at + 1 {
            return None;
        }
        self.finish()
    }

    fn variable_end(&self, from: usize) -> usize {
        let rest = self.text.get(from + 1..).unwrap_or_default();
        from + 1 + rest.iter().take_while(|byte| is_name(**byte)).count()
    }

    /// `$a :=`, `$a =` and, for `range`, `$a, $b :=`; nothing where the pipeline begins with the value of a variable.
    fn declaration(&mut self) -> Option<()> {
        let start = self.at;
        let first = self.variable_end(start);
        self.at = first;
        self.skip_spaces();
        let comma = self.at;
        let second = (self.byte(0) == b',').then(|| {
            self.at += 1;
            self.skip_spaces();
            (self.at, self.variable_end(self.at))
        });
        if let Some((at, end)) = second {
            // Without a second variable, or without an operator: not usual.
            if self.text.get(at) != Some(&b'$') {
                return None;
            }
            self.at = end;
            self.skip_spaces();
        }
        let operator = match (self.byte(0), self.byte(1)) {
            (b':', b'=') => (Kind::Other, self.at, self.at + 2),
            (b'=', _) => (Kind::Assign, self.at, self.at + 1),
            _ if second.is_some() => return None,
            _ => {
                self.at = start;
                return Some(());
            }
        };
        self.begin(Kind::Declaration, start);
        self.leaf(Kind::Variable, start, first);
        if let Some((at, end)) = second {
            self.leaf(Kind::Comma, comma, comma + 1);
            self.leaf(Kind::Variable, at, end);
        }
        self.leaf(operator.0, operator.1, operator.2);
        self.finish()
    }

    fn operand(&mut self) -> Option<()> {
        let start = self.at;
        let (kind, end) = match self.byte(0) {
            b'.' if is_first_of_name(self.byte(1)) => (Kind::Field, self.path_end()?),
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
                    word if keyword(word).is_some() => return None,
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
        self.leaf(kind, start, end);
        Some(())
    }

    /// The end of `.a.b.c`.
    fn path_end(&self) -> Option<usize> {
        let mut at = self.at;
        while self.text.get(at) == Some(&b'.') && self.text.get(at + 1).copied().is_some_and(is_first_of_name) {
            at += 1;
            at += self.text.get(at..)?.iter().take_while(|byte| is_name(**byte)).count();
        }
        Some(at)
    }

    /// All that Go's lexer may take for a number.
    fn number_end(&self) -> usize {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let is_in = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'+' | b'-');
        self.at + rest.iter().take_while(|byte| is_in(byte)).count()
    }

    fn string(&self) -> Option<usize> {
        match self.byte(0) {
            b'"' => self.quoted(b'"'),
            b'`' => {
                let rest = self.text.get(self.at + 1..)?;
                Some(self.at + 2 + rest.iter().position(|byte| *byte == b'`')?)
            }
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

//! Go's lexer of templates (text/template/parse/lex.go, 1.17 to 1.27).

use super::super::Rules;
use super::super::literal::{Scan, scan_number};
use super::super::quote::{code_point, decode, quoted};
use super::super::unicode::is_alphanumeric;
use crate::source::Span;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Error,
    Bool,
    /// A printable character of no other kind.
    Char,
    Character,
    Complex,
    Assign,
    Declare,
    Eof,
    Field,
    Identifier,
    LeftDelim,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelim,
    RightParen,
    Space,
    String,
    Text,
    Variable,
    Block,
    Break,
    Continue,
    Dot,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

use TokenKind::*;

#[derive(Debug, Clone)]
pub(super) struct Token {
    pub kind: TokenKind,
    /// Where it stands; for an error, what the message is about.
    pub span: Span,
    /// The line of its first byte.
    pub line: u32,
    /// Of an error.
    pub message: Option<Box<str>>,
}

impl Token {
    /// What a buffer holds before anything was read.
    pub fn none() -> Self {
        Token { kind: Error, span: Span::default(), line: 0, message: None }
    }

    /// The token in a message.
    pub fn show(&self, source: &[u8]) -> std::string::String {
        let text = source.get(self.span.range()).unwrap_or_default();
        match self.kind {
            Error => self.message.as_deref().unwrap_or_default().to_owned(),
            Eof => "EOF".to_owned(),
            Block | Break | Continue | Dot | Define | Else | End | If | Nil | Range | Template | With => {
                format!("<{}>", text.escape_ascii())
            }
            _ if text.len() > 10 => {
                let mut end = 0;
                for _ in 0..10 {
                    end += text.get(end..).and_then(decode).map_or(0, |(_, length)| length);
                }
                format!("{}...", quoted(text.get(..end).unwrap_or(text)))
            }
            _ => quoted(text),
        }
    }
}

pub(super) struct Lexer<'a> {
    source: &'a [u8],
    rules: Rules,
    /// `break` and `continue` are keywords unless they are functions.
    has_break: bool,
    has_continue: bool,
    /// The start of the next token and its line.
    start: usize,
    line: u32,
    is_inside: bool,
    /// Where the action began.
    action: usize,
    parentheses: i64,
    /// A `)` too many was delivered as a token; the error is the next one.
    has_stray_parenthesis: bool,
    is_dead: bool,
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn count_lines(text: &[u8]) -> u32 {
    text.iter().filter(|b| **b == b'\n').count() as u32
}

impl<'a> Lexer<'a> {
    pub fn new(source: &'a [u8], functions: &dyn Fn(&str) -> Option<u16>, rules: Rules) -> Self {
        Lexer {
            source,
            rules,
            has_break: rules.has_break && functions("break").is_none(),
            has_continue: rules.has_break && functions("continue").is_none(),
            start: 0,
            line: 1,
            is_inside: false,
            action: 0,
            parentheses: 0,
            has_stray_parenthesis: false,
            is_dead: false,
        }
    }

    fn rest(&self, at: usize) -> &'a [u8] {
        self.source.get(at..).unwrap_or_default()
    }

    fn rune(&self, at: usize) -> Option<(char, usize)> {
        decode(self.rest(at))
    }

    /// Moves the start of the next token, counting lines.
    fn skip_to(&mut self, end: usize) {
        self.line += count_lines(self.source.get(self.start..end).unwrap_or_default());
        self.start = end;
    }

    fn emit(&mut self, kind: TokenKind, end: usize) -> Token {
        let token = Token { kind, span: Span::new(self.start as u32, end as u32), line: self.line, message: None };
        self.skip_to(end);
        token
    }

    fn error(&mut self, message: impl Into<Box<str>>, span: Span) -> Token {
        self.is_dead = true;
        Token { kind: Error, span, line: self.line, message: Some(message.into()) }
    }

    /// An error about the bytes from the start of the token to `end`.
    fn error_to(&mut self, message: impl Into<Box<str>>, end: usize) -> Token {
        self.error(message, Span::new(self.start as u32, end as u32))
    }

    pub fn next(&mut self) -> Token {
        if self.is_dead {
            // Go empties its input after an error.
            let kind = if self.is_inside { Error } else { Eof };
            let message = Some("unclosed action".into());
            return Token { kind, span: Span::new(self.start as u32, self.start as u32), line: self.line, message };
        }
        if self.is_inside { self.inside() } else { self.text() }
    }

    fn text(&mut self) -> Token {
        loop {
            let rest = self.rest(self.start);
            let Some(length) = rest.windows(2).position(|pair| pair == b"{{") else {
                let kind = if rest.is_empty() { Eof } else { Text };
                return self.emit(kind, self.source.len());
            };
            let delimiter = self.start + length;
            let trims = matches!(self.rest(delimiter + 2), [b'-', b' ' | b'\t' | b'\r' | b'\n', ..]);
            let text = rest.get(..length).unwrap_or_default();
            let kept = if trims {
                text.iter().rposition(|b| !is_space(*b as char)).map_or(0, |last| last + 1)
            } else {
                length
            };
            if kept > 0 {
                let token = self.emit(Text, self.start + kept);
                self.skip_to(delimiter);
                return token;
            }
            self.skip_to(delimiter);
            let inside = delimiter + if trims { 4 } else { 2 };
            if self.rest(inside).starts_with(b"/*") {
                self.skip_to(inside);
                if let Some(error) = self.comment() {
                    return error;
                }
                continue;
            }
            let token = self.emit(LeftDelim, delimiter + 2);
            self.action = delimiter;
            self.is_inside = true;
            self.skip_to(inside);
            self.parentheses = 0;
            return token;
        }
    }

    /// Skips a comment at its `/*`.
    fn comment(&mut self) -> Option<Token> {
        let rest = self.rest(self.start + 2);
        let Some(length) = rest.windows(2).position(|pair| pair == b"*/") else {
            return Some(self.error_to("unclosed comment", self.start + 2));
        };
        let end = self.start + 2 + length + 2;
        let Some(trims) = self.right_delimiter(end) else {
            return Some(self.error_to("comment ends before closing delimiter", end));
        };
        if self.rules.counts_comment_lines {
            self.skip_to(end);
        } else {
            self.start = end;
        }
        self.close(trims);
        None
    }

    /// Whether a right delimiter comes next, and if so whether it trims.
    fn right_delimiter(&self, at: usize) -> Option<bool> {
        match self.rest(at) {
            [b' ' | b'\t' | b'\r' | b'\n', b'-', b'}', b'}', ..] => Some(true),
            [b'}', b'}', ..] => Some(false),
            _ => None,
        }
    }

    /// Takes the right delimiter and the text it trims.
    fn close(&mut self, trims: bool) -> Token {
        if trims {
            self.skip_to(self.start + 2);
        }
        let token = self.emit(RightDelim, self.start + 2);
        if trims {
            let spaces = self.rest(self.start).iter().take_while(|b| is_space(**b as char)).count();
            self.skip_to(self.start + spaces);
        }
        self.is_inside = false;
        token
    }

    fn inside(&mut self) -> Token {
        if self.has_stray_parenthesis {
            return self.error_to("unexpected right paren U+0029 ')'", self.start);
        }
        let start = self.start;
        if let Some(trims) = self.right_delimiter(start) {
            return match self.parentheses {
                0 => self.close(trims),
                _ => self.error_to("unclosed left paren", start + 2),
            };
        }
        let Some((c, length)) = self.rune(start) else {
            let span = Span::new(self.action as u32, self.action as u32 + 2);
            return self.error("unclosed action", span);
        };
        let next = start + length;
        match c {
            ' ' | '\t' | '\r' | '\n' => self.space(),
            '=' => self.emit(Assign, next),
            ':' if self.source.get(next) == Some(&b'=') => self.emit(Declare, next + 1),
            ':' => self.error_to("expected :=", next),
            '|' => self.emit(Pipe, next),
            '"' => self.quoted(String, b'"', "unterminated quoted string"),
            '\'' => self.quoted(Character, b'\'', "unterminated character constant"),
            '`' => match self.rest(next).iter().position(|b| *b == b'`') {
                Some(length) => self.emit(RawString, next + length + 1),
                None => self.error_to("unterminated raw quoted string", next),
            },
            '$' => self.word(Variable),
            '.' if self.source.get(next).is_some_and(|b| !b.is_ascii_digit()) => self.word(Field),
            '.' | '+' | '-' | '0'..='9' => match scan_number(self.rest(start)) {
                Scan::Number(length, is_complex) => {
                    self.emit(if is_complex { Complex } else { Number }, start + length)
                }
                Scan::Bad(length) => {
                    let text = self.source.get(start..start + length).unwrap_or_default();
                    self.error_to(format!("bad number syntax: {}", quoted(text)), start + length)
                }
            },
            '(' => {
                self.parentheses += 1;
                self.emit(LeftParen, next)
            }
            ')' => {
                self.parentheses -= 1;
                if self.parentheses < 0 && !self.rules.emits_stray_parenthesis {
                    return self.error_to("unexpected right paren", next);
                }
                self.has_stray_parenthesis = self.parentheses < 0;
                self.emit(RightParen, next)
            }
            c if is_alphanumeric(c) => self.word(Identifier),
            '!'..='~' => self.emit(Char, next),
            c => self.error_to(format!("unrecognized character in action: {}", code_point(c)), next),
        }
    }

    /// A run of spaces, except that the last one may belong to a trim marker.
    fn space(&mut self) -> Token {
        let length = self.rest(self.start).iter().take_while(|b| is_space(**b as char)).count();
        let end = self.start + length;
        if self.right_delimiter(end - 1) == Some(true) {
            // One space only would have been taken for the delimiter before.
            return self.emit(Space, end - 1);
        }
        self.emit(Space, end)
    }

    fn quoted(&mut self, kind: TokenKind, quote: u8, message: &str) -> Token {
        let mut at = self.start + 1;
        loop {
            match self.source.get(at) {
                Some(b'\\') if !matches!(self.source.get(at + 1), None | Some(b'\n')) => {
                    at += 1 + self.rune(at + 1).map_or(1, |(_, length)| length);
                }
                None | Some(b'\\' | b'\n') => return self.error_to(message, at),
                Some(byte) if *byte == quote => return self.emit(kind, at + 1),
                Some(_) => at += 1,
            }
        }
    }

    /// A word from its first byte: `.`, `$` or a letter.
    fn word(&mut self, kind: TokenKind) -> Token {
        let mut end = self.start + usize::from(kind != Identifier);
        if kind != Identifier && self.is_terminated(end) {
            return self.emit(if kind == Field { Dot } else { kind }, end);
        }
        while let Some((_, length)) = self.rune(end).filter(|(c, _)| is_alphanumeric(*c)) {
            end += length;
        }
        if !self.is_terminated(end) {
            let (c, length) = self.rune(end).unwrap_or((char::REPLACEMENT_CHARACTER, 0));
            return self
                .error(format!("bad character {}", code_point(c)), Span::new(end as u32, (end + length) as u32));
        }
        let kind = match self.source.get(self.start..end).unwrap_or_default() {
            _ if kind != Identifier => kind,
            b"block" => Block,
            b"break" if self.has_break => Break,
            b"continue" if self.has_continue => Continue,
            b"define" => Define,
            b"else" => Else,
            b"end" => End,
            b"if" => If,
            b"nil" => Nil,
            b"range" => Range,
            b"template" => Template,
            b"with" => With,
            b"true" | b"false" => Bool,
            _ => Identifier,
        };
        self.emit(kind, end)
    }

    fn is_terminated(&self, at: usize) -> bool {
        matches!(
            self.rest(at),
            [] | [b' ' | b'\t' | b'\r' | b'\n' | b'.' | b',' | b'|' | b':' | b'(' | b')', ..] | [b'}', b'}', ..]
        )
    }
}

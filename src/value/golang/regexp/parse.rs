//! Patterns in Go's syntax.

use super::class;
use super::syntax::*;
use super::{RegexpError, syntax};
use crate::value::golang::utf8::decode;

pub(super) struct Parsed {
    pub node: Node,
    pub names: Vec<String>,
}

#[derive(Clone, Copy)]
pub(super) struct Flags {
    pub folds_case: bool,
    is_multiline: bool,
    dot_is_any: bool,
    is_lazy: bool,
}

/// What is open: the whole pattern or a group in it.
struct Group {
    /// It is numbered; `None` also for the whole.
    is_capture: bool,
    /// The flags outside.
    flags: Flags,
    alternatives: Vec<Node>,
    sequence: Vec<Node>,
}

pub(super) fn error<T>(code: &'static str, expression: &[u8]) -> Result<T, RegexpError> {
    Err(RegexpError { code, expression: expression.to_vec() })
}

/// The first rune of a pattern that is not empty, and what follows. Of an empty one, U+FFFD.
pub(super) fn next_rune(text: &[u8]) -> Result<(char, &[u8]), RegexpError> {
    match decode(text) {
        (Some(c), len) => Ok((c, &text[len..])),
        (None, 0) => Ok((char::REPLACEMENT_CHARACTER, text)),
        (None, _) => error(UTF8, text),
    }
}

pub(super) fn check_utf8(text: &[u8]) -> Result<(), RegexpError> {
    let mut rest = text;
    while !rest.is_empty() {
        rest = next_rune(rest)?.1;
    }
    Ok(())
}

struct Parser<'p> {
    pattern: &'p [u8],
    flags: Flags,
    /// The groups that are open; the first is the whole pattern.
    open: Vec<Group>,
    group: Group,
    names: Vec<String>,
    size: u64,
}

fn group(is_capture: bool, flags: Flags) -> Group {
    Group { is_capture, flags, alternatives: Vec::new(), sequence: Vec::new() }
}

pub(super) fn parse(pattern: &[u8]) -> Result<Parsed, RegexpError> {
    let flags = Flags { folds_case: false, is_multiline: false, dot_is_any: false, is_lazy: false };
    let names = Vec::new();
    let mut parser = Parser { pattern, flags, open: Vec::new(), group: group(false, flags), names, size: 0 };
    let mut rest = pattern;
    let mut last_repeat: Option<&[u8]> = None;
    while let Some(c) = rest.first() {
        let mut repeat = None;
        rest = match c {
            b'(' if rest.get(1) == Some(&b'?') => parser.perl_flags(rest)?,
            b'(' => {
                parser.names.push(String::new());
                parser.open_group(true);
                &rest[1..]
            }
            b'|' => {
                parser.end_alternative()?;
                &rest[1..]
            }
            b')' => {
                parser.close_group()?;
                &rest[1..]
            }
            b'^' => {
                parser.push(if parser.flags.is_multiline { Kind::BeginLine } else { Kind::BeginText }, &rest[1..])?
            }
            b'$' => parser.push(if parser.flags.is_multiline { Kind::EndLine } else { Kind::EndText }, &rest[1..])?,
            b'.' => parser.push(if parser.flags.dot_is_any { Kind::Any } else { Kind::AnyButNewline }, &rest[1..])?,
            b'[' => {
                let (class, after) = class::parse(rest)?;
                parser.push(Kind::Class(class), after)?
            }
            b'*' | b'+' | b'?' => {
                repeat = Some(rest);
                let (min, max) = match c {
                    b'*' => (0, None),
                    b'+' => (1, None),
                    _ => (0, Some(1)),
                };
                parser.repeat(min, max, false, rest, &rest[1..], last_repeat)?
            }
            b'{' => match counts(rest) {
                Some((min, max, after)) => {
                    if min.is_none_or(|min| min > 1000 || max.is_some_and(|max| max > 1000 || max < min)) {
                        return error(REPEAT_SIZE, &rest[..rest.len() - after.len()]);
                    }
                    repeat = Some(rest);
                    parser.repeat(min.unwrap_or(0), max, true, rest, after, last_repeat)?
                }
                None => parser.push(Kind::Literal('{'.into()), &rest[1..])?,
            },
            b'\\' => parser.escape(rest)?,
            _ => {
                let (c, after) = next_rune(rest)?;
                parser.push(Kind::Literal(c.into()), after)?
            }
        };
        last_repeat = repeat;
    }
    let node = parser.finish_group()?;
    if !parser.open.is_empty() {
        return error(MISSING_PAREN, pattern);
    }
    Ok(Parsed { node, names: parser.names })
}

/// The least and greatest count, and what follows.
type Counts<'p> = (Option<u32>, Option<u32>, &'p [u8]);

/// `{n}`, `{n,}`, `{n,m}`. The least is `None` when a number is far too large.
fn counts(text: &[u8]) -> Option<Counts<'_>> {
    let (min, rest) = integer(text.get(1..)?)?;
    let (first, after) = rest.split_first()?;
    let (low, high, rest) = if *first != b',' {
        (min, min, rest)
    } else if after.first() == Some(&b'}') {
        (min, None, after)
    } else {
        let (max, rest) = integer(after)?;
        (max.and(min), max, rest)
    };
    (rest.first() == Some(&b'}')).then(|| (low, high, &rest[1..]))
}

/// A decimal number without leading zeros; the number is `None` when it has more than 8 digits.
fn integer(text: &[u8]) -> Option<(Option<u32>, &[u8])> {
    let len = text.iter().take_while(|c| c.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(len);
    if len == 0 || len > 1 && digits[0] == b'0' {
        return None;
    }
    let number = if len > 9 { None } else { std::str::from_utf8(digits).ok().and_then(|s| s.parse().ok()) };
    Some((number, rest))
}

impl<'p> Parser<'p> {
    fn push(&mut self, kind: Kind, after: &'p [u8]) -> Result<&'p [u8], RegexpError> {
        let node = Node::new(kind, self.flags.folds_case);
        self.size = self.size.saturating_add(node.size);
        self.group.sequence.push(self.checked(node)?);
        Ok(after)
    }

    fn checked(&self, node: Node) -> Result<Node, RegexpError> {
        if node.size > MAX_SIZE || self.size > MAX_SIZE {
            return error(LARGE, self.pattern);
        }
        if node.height > syntax::MAX_HEIGHT {
            return error(NESTING_DEPTH, self.pattern);
        }
        Ok(node)
    }

    fn open_group(&mut self, is_capture: bool) {
        let inner = group(is_capture, self.flags);
        self.open.push(std::mem::replace(&mut self.group, inner));
    }

    fn end_alternative(&mut self) -> Result<(), RegexpError> {
        let mut sequence = std::mem::take(&mut self.group.sequence);
        let node = match sequence.pop() {
            None => Node::new(Kind::Empty, false),
            Some(only) if sequence.is_empty() => only,
            Some(last) => {
                sequence.push(last);
                Node::new(Kind::Concat(sequence), false)
            }
        };
        let node = self.checked(node)?;
        self.group.alternatives.push(node);
        Ok(())
    }

    fn finish_group(&mut self) -> Result<Node, RegexpError> {
        self.end_alternative()?;
        let mut alternatives = std::mem::take(&mut self.group.alternatives);
        let node = match alternatives.pop() {
            Some(only) if alternatives.is_empty() => only,
            last => {
                alternatives.extend(last);
                Node::new(Kind::Alternate(alternatives), false)
            }
        };
        self.checked(node)
    }

    fn close_group(&mut self) -> Result<(), RegexpError> {
        let node = self.finish_group()?;
        let Some(outer) = self.open.pop() else { return error(UNEXPECTED_PAREN, self.pattern) };
        let inner = std::mem::replace(&mut self.group, outer);
        self.flags = inner.flags;
        let node = if inner.is_capture { Node::new(Kind::Capture(Box::new(node)), false) } else { node };
        let node = self.checked(node)?;
        self.group.sequence.push(node);
        Ok(())
    }

    fn repeat(
        &mut self,
        min: u32,
        max: Option<u32>,
        is_counted: bool,
        before: &'p [u8],
        mut after: &'p [u8],
        last_repeat: Option<&[u8]>,
    ) -> Result<&'p [u8], RegexpError> {
        let mut is_lazy = self.flags.is_lazy;
        if after.first() == Some(&b'?') {
            after = &after[1..];
            is_lazy = !is_lazy;
        }
        if let Some(last) = last_repeat {
            return error(REPEAT_OP, &last[..last.len() - after.len()]);
        }
        let operator = &before[..before.len() - after.len()];
        let Some(node) = self.group.sequence.pop() else { return error(MISSING_REPEAT_ARGUMENT, operator) };
        let inner = node.repeats;
        let mut node = Node::new(Kind::Repeat { node: Box::new(node), min, max, is_greedy: !is_lazy }, false);
        if !is_counted {
            node.repeats = inner;
        }
        let node = self.checked(node)?;
        if is_counted && (min >= 2 || max.is_some_and(|max| max >= 2)) && node.repeats > 1000 {
            return error(REPEAT_SIZE, operator);
        }
        self.group.sequence.push(node);
        Ok(after)
    }

    /// `(?flags)`, `(?flags:`, `(?P<name>`, `(?<name>`
    fn perl_flags(&mut self, text: &'p [u8]) -> Result<&'p [u8], RegexpError> {
        let name_at = match text {
            [_, _, b'P', b'<', _, ..] => Some(4),
            [_, _, b'<', _, ..] => Some(3),
            _ => None,
        };
        if let Some(start) = name_at {
            let Some(end) = text.iter().position(|c| *c == b'>') else {
                check_utf8(text)?;
                return error(NAMED_CAPTURE, text);
            };
            // The name may start behind its end: `(?<>`.
            let name = text.get(start..end).unwrap_or_default();
            check_utf8(name)?;
            if name.is_empty() || !name.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'_') {
                return error(NAMED_CAPTURE, &text[..=end]);
            }
            self.names.push(String::from_utf8_lossy(name).into_owned());
            self.open_group(true);
            return Ok(&text[end + 1..]);
        }
        let mut rest = &text[2..];
        let mut flags = self.flags;
        let mut is_on = true;
        let mut saw_flag = false;
        while !rest.is_empty() {
            let (c, after) = next_rune(rest)?;
            rest = after;
            match c {
                'i' => flags.folds_case = is_on,
                'm' => flags.is_multiline = is_on,
                's' => flags.dot_is_any = is_on,
                'U' => flags.is_lazy = is_on,
                '-' if is_on => {
                    is_on = false;
                    saw_flag = false;
                    continue;
                }
                ':' | ')' if is_on || saw_flag => {
                    if c == ':' {
                        self.open_group(false);
                    }
                    self.flags = flags;
                    return Ok(rest);
                }
                _ => break,
            }
            saw_flag = true;
        }
        error(PERL_OP, &text[..text.len() - rest.len()])
    }

    /// A backslash and what it means, outside of classes.
    fn escape(&mut self, text: &'p [u8]) -> Result<&'p [u8], RegexpError> {
        let rest = text.get(2..).unwrap_or_default();
        match text.get(1) {
            Some(b'A') => return self.push(Kind::BeginText, rest),
            Some(b'b') => return self.push(Kind::WordBoundary, rest),
            Some(b'B') => return self.push(Kind::NoWordBoundary, rest),
            Some(b'C') => return error(ESCAPE, &text[..2]),
            Some(b'z') => return self.push(Kind::EndText, rest),
            Some(b'Q') => {
                let end = rest.windows(2).position(|pair| pair == br"\E");
                let (mut literal, after) = match end {
                    Some(end) => (&rest[..end], &rest[end + 2..]),
                    None => (rest, &rest[rest.len()..]),
                };
                while !literal.is_empty() {
                    let (c, next) = next_rune(literal)?;
                    self.push(Kind::Literal(c.into()), next)?;
                    literal = next;
                }
                return Ok(after);
            }
            _ => {}
        }
        let mut class = Class::default();
        if let Some(after) = class::named(text, &mut class)? {
            return self.push(Kind::Class(class), after);
        }
        let (c, after) = class::escape(text)?;
        self.push(Kind::Literal(c), after)
    }
}

//! gobwas/glob with the separator `/`, which `.Files.Glob` uses.

use super::utf8::decode;

/// How deep braces may nest.
const MAX_DEPTH: usize = 500;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Glob(Vec<Node>);

#[derive(Clone, Debug)]
enum Node {
    Text(Vec<u8>),
    /// `*`: anything but separators.
    Any,
    /// `**`: anything.
    Super,
    /// `?`: a rune but a separator.
    Single,
    /// `[abc]`, `[!abc]`; separators are runes as others.
    List {
        runes: Vec<char>,
        is_negated: bool,
    },
    /// `[a-c]`
    Range {
        low: char,
        high: char,
        is_negated: bool,
    },
    /// `{a,b}`
    Choice(Vec<Vec<Node>>),
}

impl Glob {
    /// `glob.Compile(pattern, '/')`; `None` for a malformed pattern.
    pub fn compile(pattern: &[u8]) -> Option<Glob> {
        let mut parser = Parser { rest: pattern, open: Vec::new(), sequence: Vec::new() };
        parser.run()?;
        // Braces that are not closed are closed by the end.
        while !parser.open.is_empty() {
            parser.close();
        }
        Some(Glob(parser.sequence))
    }

    /// Whether the whole text matches.
    pub fn is_match(&self, text: &[u8]) -> bool {
        let mut ends = vec![false; text.len() + 1];
        ends[0] = true;
        advance_all(&self.0, text, ends).last().is_some_and(|is_end| *is_end)
    }
}

struct Parser<'p> {
    rest: &'p [u8],
    /// What stands before each open brace, and the choices in it that are complete.
    open: Vec<(Vec<Node>, Vec<Vec<Node>>)>,
    sequence: Vec<Node>,
}

impl Parser<'_> {
    /// The next rune; NUL ends a pattern. `None`: not UTF-8, or U+FFFD, which the library takes for that.
    fn peek(&self) -> Option<(char, usize)> {
        match decode(self.rest) {
            (None, 0) => Some(('\0', 0)),
            (Some(char::REPLACEMENT_CHARACTER) | None, _) => None,
            (Some(c), len) => Some((c, len)),
        }
    }

    fn read(&mut self) -> Option<char> {
        let (c, len) = self.peek()?;
        self.rest = &self.rest[len..];
        Some(c)
    }

    fn run(&mut self) -> Option<()> {
        loop {
            let start = self.rest;
            let is_inside = !self.open.is_empty();
            match self.read()? {
                '\0' => return Some(()),
                '{' if self.open.len() >= MAX_DEPTH => return None,
                '{' => self.open.push((std::mem::take(&mut self.sequence), Vec::new())),
                ',' if is_inside => {
                    let choice = std::mem::take(&mut self.sequence);
                    if let Some((_, choices)) = self.open.last_mut() {
                        choices.push(choice);
                    }
                }
                '}' if is_inside => self.close(),
                '[' => self.class()?,
                '?' => self.sequence.push(Node::Single),
                '*' if self.peek()?.0 == '*' => {
                    self.read()?;
                    self.sequence.push(Node::Super);
                }
                '*' => self.sequence.push(Node::Any),
                _ => {
                    self.rest = start;
                    let text = self.text(if is_inside { "?*[{}," } else { "?*[{" })?;
                    if !text.is_empty() {
                        self.sequence.push(Node::Text(text.into_bytes()));
                    }
                }
            }
        }
    }

    fn close(&mut self) {
        if let Some((before, mut choices)) = self.open.pop() {
            choices.push(std::mem::replace(&mut self.sequence, before));
            self.sequence.push(Node::Choice(choices));
        }
    }

    /// Up to one of the runes that end a text, which may be escaped.
    fn text(&mut self, ends: &str) -> Option<String> {
        let mut text = String::new();
        let mut is_escaped = false;
        loop {
            let (c, len) = self.peek()?;
            if c == '\0' || !is_escaped && ends.contains(c) {
                // The NUL is left for the reader of the next item, which ends there too.
                return Some(text);
            }
            self.rest = &self.rest[len..];
            if c == '\\' && !is_escaped {
                is_escaped = true;
            } else {
                is_escaped = false;
                text.push(c);
            }
        }
    }

    /// What follows `[`.
    fn class(&mut self) -> Option<()> {
        let mut is_negated = false;
        if self.peek()?.0 == '!' {
            self.read()?;
            is_negated = true;
        }
        let start = self.rest;
        let low = self.read().filter(|c| *c != '\0')?;
        let node = if self.peek()?.0 == '-' {
            self.read()?;
            let high = self.read().filter(|c| *c != '\0')?;
            if high < low {
                return None;
            }
            Node::Range { low, high, is_negated }
        } else {
            self.rest = start;
            let runes: Vec<char> = self.text("]")?.chars().collect();
            if runes.is_empty() {
                return None;
            }
            Node::List { runes, is_negated }
        };
        if self.read()? != ']' {
            return None;
        }
        self.sequence.push(node);
        Some(())
    }
}

/// From the places where a match may stand to those where it may stand after the nodes.
fn advance_all(nodes: &[Node], text: &[u8], starts: Vec<bool>) -> Vec<bool> {
    nodes.iter().fold(starts, |starts, node| advance(node, text, starts))
}

/// The depth is that of the braces.
fn advance(node: &Node, text: &[u8], mut starts: Vec<bool>) -> Vec<bool> {
    let none = vec![false; starts.len()];
    match node {
        Node::Text(wanted) => shift(&starts, none, |at| text[at..].starts_with(wanted).then_some(wanted.len())),
        Node::Any | Node::Super => {
            for at in 0..text.len() {
                if starts[at] && (text[at] != b'/' || matches!(node, Node::Super)) {
                    starts[at + 1] = true;
                }
            }
            starts
        }
        Node::Single => rune(text, &starts, none, |c| c != '/'),
        Node::List { runes, is_negated } => rune(text, &starts, none, |c| runes.contains(&c) != *is_negated),
        Node::Range { low, high, is_negated } => {
            rune(text, &starts, none, |c| (*low..=*high).contains(&c) != *is_negated)
        }
        Node::Choice(choices) => choices.iter().fold(none, |mut ends, choice| {
            for (end, is_end) in ends.iter_mut().zip(advance_all(choice, text, starts.clone())) {
                *end |= is_end;
            }
            ends
        }),
    }
}

fn shift(starts: &[bool], mut ends: Vec<bool>, len: impl Fn(usize) -> Option<usize>) -> Vec<bool> {
    for at in (0..starts.len()).filter(|at| starts[*at]) {
        if let Some(end) = len(at).and_then(|len| ends.get_mut(at + len)) {
            *end = true;
        }
    }
    ends
}

fn rune(text: &[u8], starts: &[bool], ends: Vec<bool>, is_wanted: impl Fn(char) -> bool) -> Vec<bool> {
    shift(starts, ends, |at| {
        let (c, len) = decode(&text[at..]);
        (len > 0 && is_wanted(c.unwrap_or(char::REPLACEMENT_CHARACTER))).then_some(len)
    })
}

//! Turns tokens into events: where nodes start and end. The grammar and its complaints are go-yaml v2's.

use super::error::YamlError;
use super::input::{Mark, Readable};
use super::scanner::{Scan, Scanner};
use super::tags::{Directives, Tag};
use super::token::{Chars, Token, TokenKind as T};
use std::ops::Range;

/// The place of the name of an anchor: few nodes have one.
pub(super) type Anchor = Box<(usize, usize)>;

/// A step through a document in the order of its text.
#[derive(Debug)]
pub(super) enum Event {
    Scalar {
        chars: Chars,
        tag: Option<Tag>,
        /// The value may be anything but text: it is plain, or tagged with `!`.
        is_implicit: bool,
        span: Range<usize>,
        anchor: Option<Anchor>,
    },
    /// The place of the name, and the event that it names (which the composer finds).
    Alias {
        name: (usize, usize),
        span: Range<usize>,
        target: usize,
    },
    SequenceStart {
        start: usize,
        anchor: Option<Anchor>,
    },
    MappingStart {
        start: usize,
        anchor: Option<Anchor>,
    },
    /// The end of a collection; `end` is 0 where it is the end of its last node.
    End {
        end: usize,
    },
    /// The end of the document.
    DocumentEnd,
}

/// What stands before a node.
struct Properties {
    anchor: Option<Anchor>,
    tag: Option<Tag>,
}

/// What is expected next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockNodeOrIndentlessSequence,
    FlowNode,
    BlockSequenceEntry { is_first: bool },
    IndentlessSequenceEntry,
    BlockMappingKey { is_first: bool },
    BlockMappingValue,
    FlowSequenceEntry { is_first: bool },
    FlowSequencePairKey,
    FlowSequencePairValue,
    FlowSequencePairEnd,
    FlowMappingKey { is_first: bool },
    FlowMappingValue,
    FlowMappingEmptyValue,
}

pub(super) struct Parser<'a> {
    pub(super) scanner: Scanner<'a>,
    pub(super) state: State,
    states: Vec<State>,
    /// Where the open collections start.
    pub(super) marks: Vec<Mark>,
    directives: Directives,
}

impl<'a> Parser<'a> {
    /// A parser at the first node of the first document; `None` when there is no document.
    pub fn new(readable: &Readable<'a>) -> Scan<Option<Self>> {
        let mut parser = Parser {
            scanner: Scanner::new(readable),
            state: State::BlockNode,
            states: vec![State::DocumentEnd],
            marks: Vec::new(),
            directives: Directives::default(),
        };
        parser.scanner.peek()?;
        parser.scanner.take();
        match parser.scanner.peek()?.kind {
            T::StreamEnd => return Ok(None),
            T::VersionDirective { .. } | T::TagDirective(_) | T::DocumentStart => {
                parser.read_directives()?;
                let token = parser.scanner.peek()?;
                if token.kind != T::DocumentStart {
                    return Err(YamlError::parser("did not find expected <document start>", token.start, None));
                }
                parser.scanner.take();
                parser.state = State::DocumentContent;
            }
            _ => {}
        }
        Ok(Some(parser))
    }

    fn read_directives(&mut self) -> Scan<()> {
        let mut has_version = false;
        loop {
            let token = self.scanner.peek()?;
            let problem = match &token.kind {
                T::VersionDirective { .. } if has_version => Some("found duplicate %YAML directive"),
                T::VersionDirective { major: 1, minor: 1 } => {
                    has_version = true;
                    None
                }
                T::VersionDirective { .. } => Some("found incompatible YAML document"),
                T::TagDirective(tag) if self.directives.add(tag) => None,
                T::TagDirective(_) => Some("found duplicate %TAG directive"),
                _ => return Ok(()),
            };
            if let Some(problem) = problem {
                return Err(YamlError::parser(problem, token.start, None));
            }
            self.scanner.take();
        }
    }

    /// The next event of the document.
    pub fn next(&mut self) -> Scan<Event> {
        match self.state {
            State::DocumentEnd => {
                self.scanner.peek()?;
                Ok(Event::DocumentEnd)
            }
            State::DocumentContent => {
                let token = self.scanner.peek()?;
                if matches!(
                    token.kind,
                    T::VersionDirective { .. } | T::TagDirective(_) | T::DocumentStart | T::DocumentEnd | T::StreamEnd
                ) {
                    let at = token.start.at;
                    self.state = State::DocumentEnd;
                    return Ok(empty_scalar(at));
                }
                self.node(true, false)
            }
            State::BlockNode => self.node(true, false),
            State::BlockNodeOrIndentlessSequence => self.node(true, true),
            State::FlowNode => self.node(false, false),
            State::BlockSequenceEntry { is_first } => self.block_sequence_entry(is_first),
            State::IndentlessSequenceEntry => self.indentless_sequence_entry(),
            State::BlockMappingKey { is_first } => self.block_mapping_key(is_first),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequenceEntry { is_first } => self.flow_sequence_entry(is_first),
            State::FlowSequencePairKey => self.flow_sequence_pair_key(),
            State::FlowSequencePairValue => self.flow_sequence_pair_value(),
            State::FlowSequencePairEnd => {
                self.scanner.peek()?;
                self.state = State::FlowSequenceEntry { is_first: false };
                Ok(Event::End { end: 0 })
            }
            State::FlowMappingKey { is_first } => self.flow_mapping_key(is_first),
            State::FlowMappingValue => self.flow_mapping_value(),
            State::FlowMappingEmptyValue => {
                let at = self.scanner.peek()?.start.at;
                self.state = State::FlowMappingKey { is_first: false };
                Ok(empty_scalar(at))
            }
        }
    }

    /// The place of the next token.
    pub fn position(&mut self) -> usize {
        self.scanner.peek().map_or(0, |token| token.start.at)
    }

    /// The state after the current node or collection.
    fn leave(&mut self) {
        self.state = self.states.pop().unwrap_or(State::DocumentEnd);
    }

    pub(super) fn enter(&mut self, state: State, after: State) -> Scan<Event> {
        self.states.push(after);
        self.state = state;
        self.next()
    }

    pub(super) fn error<T>(&mut self, problem: &str, context: Option<Mark>) -> Scan<T> {
        let mark = self.scanner.peek()?.start;
        Err(YamlError::parser(problem, mark, context))
    }

    /// The end of the collection that the next token ends.
    pub(super) fn end(&mut self) -> Scan<Event> {
        self.leave();
        self.marks.pop();
        let end = self.scanner.take().map_or(0, |token| if token.kind == T::BlockEnd { 0 } else { token.end });
        Ok(Event::End { end })
    }

    /// Passes the token that starts a collection.
    pub(super) fn open(&mut self) -> Scan<()> {
        let mark = self.scanner.peek()?.start;
        self.marks.push(mark);
        self.scanner.take();
        Ok(())
    }

    fn node(&mut self, is_block: bool, may_be_indentless: bool) -> Scan<Event> {
        let token = self.scanner.peek()?;
        let start = token.start;
        if let T::Alias(from, to) = token.kind {
            let span = start.at..token.end;
            self.leave();
            self.scanner.take();
            return Ok(Event::Alias { name: (from, to), span, target: 0 });
        }
        let Properties { anchor, tag } = self.properties()?;
        let token = self.scanner.peek()?;
        let at = token.start.at;
        let next = match &token.kind {
            T::BlockEntry if may_be_indentless => State::IndentlessSequenceEntry,
            T::Scalar { .. } => {
                let Some(Token { kind: T::Scalar { chars, is_plain }, end, .. }) = self.scanner.take() else {
                    return self.error("did not find expected node content", Some(start));
                };
                self.leave();
                let is_implicit = match &tag {
                    None => is_plain,
                    Some(tag) => *tag == Tag::NonSpecific,
                };
                return Ok(Event::Scalar { chars, tag, is_implicit, span: at..end, anchor });
            }
            T::FlowSequenceStart => State::FlowSequenceEntry { is_first: true },
            T::FlowMappingStart => State::FlowMappingKey { is_first: true },
            T::BlockSequenceStart if is_block => State::BlockSequenceEntry { is_first: true },
            T::BlockMappingStart if is_block => State::BlockMappingKey { is_first: true },
            _ if anchor.is_some() || tag.is_some() => {
                self.leave();
                let is_implicit = tag.is_none();
                return Ok(Event::Scalar { chars: Chars::Source(at, at), tag, is_implicit, span: at..at, anchor });
            }
            _ => return self.error("did not find expected node content", Some(start)),
        };
        self.state = next;
        Ok(match next {
            State::FlowMappingKey { .. } | State::BlockMappingKey { .. } => Event::MappingStart { start: at, anchor },
            _ => Event::SequenceStart { start: at, anchor },
        })
    }

    /// Reads the anchor and the tag before a node.
    fn properties(&mut self) -> Scan<Properties> {
        let start = self.scanner.peek()?.start;
        let (mut anchor, mut raw_tag, mut tag_mark) = (None, None, start);
        // One of each, in either order.
        for _ in 0..2 {
            let token = self.scanner.peek()?;
            match &token.kind {
                T::Anchor(from, to) if anchor.is_none() => anchor = Some((*from, *to).into()),
                T::Tag(_) if raw_tag.is_none() => {
                    tag_mark = token.start;
                    if let Some(Token { kind: T::Tag(tag), .. }) = self.scanner.take() {
                        raw_tag = Some(tag);
                    }
                    continue;
                }
                _ => break,
            }
            self.scanner.take();
        }
        let Some(raw) = raw_tag else { return Ok(Properties { anchor, tag: None }) };
        self.scanner.peek()?;
        match self.directives.resolve(&raw) {
            Some(tag) => Ok(Properties { anchor, tag: Some(tag) }),
            None => Err(YamlError::parser("found undefined tag handle", tag_mark, Some(start))),
        }
    }

    fn block_sequence_entry(&mut self, is_first: bool) -> Scan<Event> {
        if is_first {
            self.open()?;
        }
        let token = self.scanner.peek()?;
        match token.kind {
            T::BlockEntry => {
                let mark = token.end;
                self.scanner.take();
                let again = State::BlockSequenceEntry { is_first: false };
                match self.scanner.peek()?.kind {
                    T::BlockEntry | T::BlockEnd => {
                        self.state = again;
                        Ok(empty_scalar(mark))
                    }
                    _ => self.enter(State::BlockNode, again),
                }
            }
            T::BlockEnd => self.end(),
            _ => {
                let context = self.marks.pop();
                self.error("did not find expected '-' indicator", context)
            }
        }
    }

    fn indentless_sequence_entry(&mut self) -> Scan<Event> {
        let token = self.scanner.peek()?;
        if token.kind != T::BlockEntry {
            self.leave();
            return Ok(Event::End { end: 0 });
        }
        let mark = token.end;
        self.scanner.take();
        match self.scanner.peek()?.kind {
            T::BlockEntry | T::Key | T::Value | T::BlockEnd => {
                self.state = State::IndentlessSequenceEntry;
                Ok(empty_scalar(mark))
            }
            _ => self.enter(State::BlockNode, State::IndentlessSequenceEntry),
        }
    }

    fn block_mapping_key(&mut self, is_first: bool) -> Scan<Event> {
        if is_first {
            self.open()?;
        }
        let token = self.scanner.peek()?;
        match token.kind {
            T::Key => {
                let mark = token.end;
                self.scanner.take();
                match self.scanner.peek()?.kind {
                    T::Key | T::Value | T::BlockEnd => {
                        self.state = State::BlockMappingValue;
                        Ok(empty_scalar(mark))
                    }
                    _ => self.enter(State::BlockNodeOrIndentlessSequence, State::BlockMappingValue),
                }
            }
            T::BlockEnd => self.end(),
            _ => {
                let context = self.marks.pop();
                self.error("did not find expected key", context)
            }
        }
    }

    fn block_mapping_value(&mut self) -> Scan<Event> {
        let next = State::BlockMappingKey { is_first: false };
        let token = self.scanner.peek()?;
        let mut mark = token.start.at;
        if token.kind == T::Value {
            mark = token.end;
            self.scanner.take();
            if !matches!(self.scanner.peek()?.kind, T::Key | T::Value | T::BlockEnd) {
                return self.enter(State::BlockNodeOrIndentlessSequence, next);
            }
        }
        self.state = next;
        Ok(empty_scalar(mark))
    }
}

/// A node that is not there.
pub(super) fn empty_scalar(at: usize) -> Event {
    Event::Scalar { chars: Chars::Source(at, at), tag: None, is_implicit: true, span: at..at, anchor: None }
}

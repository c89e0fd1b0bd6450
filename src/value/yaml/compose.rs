//! Makes the tree of a document out of its events: aliases, merge keys, types, keys as strings.
//!
//! The order of steps is go-yaml's, since it decides which error is reported: the whole document is parsed, then decoded
//! (which copies what aliases stand for), and then turned into JSON.

use super::detour;
use super::error::YamlError;
use super::input::Readable;
use super::map::{self, MapBuilder};
use super::node::{Document, Key, KeyKind, Kind, Node};
use super::parser::{Event, Parser};
use super::repeated::Repeated;
use super::resolve::{self, Resolved};
use super::tags::Tag;
use super::token::Chars;
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;

/// The first document; `None` for the root of a text without any.
pub(super) fn document(readable: &Readable<'_>) -> Result<Document, YamlError> {
    let Some(mut parser) = Parser::new(readable)? else {
        let end = readable.text.len();
        return Ok(Document { root: Node::new(Kind::Null, end..end), notes: Vec::new(), end });
    };
    let events = events(readable.text, &mut parser)?;
    let end = parser.position();
    let mut composer = Composer {
        text: readable.text,
        events: &events,
        at: 0,
        frames: Vec::new(),
        maps: Vec::new(),
        active: FxHashSet::default(),
        decoded: 1,
        decoded_by_alias: 0,
        notes: Vec::new(),
        repeated: Repeated::default(),
        needs_check: false,
        depth: 0,
        too_deep: None,
    };
    let root = composer.compose()?;
    if composer.needs_check {
        detour::check(&root)?;
    }
    if let Some((bracket, at)) = composer.too_deep {
        return Err(YamlError::decoding(format!("invalid character '{bracket}' exceeded max depth"), at));
    }
    Ok(Document { root, notes: composer.notes, end })
}

/// All events, with the targets of aliases.
fn events(text: &str, parser: &mut Parser<'_>) -> Result<Vec<Event>, YamlError> {
    let mut events = Vec::with_capacity(text.len() / 32);
    let mut anchors: FxHashMap<&str, usize> = FxHashMap::default();
    let name = |(from, to): (usize, usize)| text.get(from..to).unwrap_or_default();
    loop {
        let mut event = parser.next()?;
        match &mut event {
            Event::DocumentEnd => return Ok(events),
            Event::Scalar { anchor: Some(anchor), .. }
            | Event::SequenceStart { anchor: Some(anchor), .. }
            | Event::MappingStart { anchor: Some(anchor), .. } => {
                anchors.insert(name(**anchor), events.len());
            }
            Event::Alias { name: place, span, target } => match anchors.get(name(*place)) {
                Some(anchor) => *target = *anchor,
                None => {
                    let message = format!("yaml: unknown anchor '{}' referenced", name(*place));
                    return Err(YamlError::plain(message, span.start));
                }
            },
            _ => {}
        }
        events.push(event);
    }
}

/// A collection, or a copy, that is being made.
pub(super) enum Frame {
    Seq {
        items: Vec<Node>,
        start: usize,
    },
    /// A map; its entries go to the last of `Composer::maps`.
    Map {
        start: usize,
        key: Option<Key>,
    },
    /// A map whose entries are merged into the map around it.
    Merged {
        key: Option<Key>,
    },
    /// The node of an alias; goes on at `back` when it is done.
    Alias {
        event: usize,
        back: usize,
        span: Range<usize>,
        merges: bool,
    },
    /// A list of maps to merge; these are left, the next one last.
    MergeList {
        left: Vec<usize>,
        back: usize,
    },
}

pub(super) struct Composer<'a> {
    text: &'a str,
    pub(super) events: &'a [Event],
    pub(super) at: usize,
    pub(super) frames: Vec<Frame>,
    pub(super) maps: Vec<MapBuilder>,
    /// The aliases whose targets are being copied.
    pub(super) active: FxHashSet<usize>,
    decoded: usize,
    decoded_by_alias: usize,
    notes: Vec<super::Note>,
    repeated: Repeated,
    /// There is something that JSON does not have.
    needs_check: bool,
    depth: usize,
    /// The first collection that is too deep for JSON.
    too_deep: Option<(char, usize)>,
}

fn chars_in<'a>(text: &'a str, chars: &'a Chars) -> &'a str {
    match chars {
        Chars::Source(from, to) => text.get(*from..*to).unwrap_or_default(),
        Chars::Owned(text) => text,
    }
}

/// What was made by one step.
pub(super) enum Step {
    Node(Node),
    /// Nothing yet: a collection, an alias or a merge was begun.
    Begun,
    /// A map was merged, which makes no node.
    Merged,
}

impl Composer<'_> {
    fn compose(&mut self) -> Result<Node, YamlError> {
        loop {
            match self.step()? {
                Step::Begun => {}
                Step::Merged => self.end_merge(),
                Step::Node(node) => {
                    if let Some(root) = self.deliver(node)? {
                        return Ok(root);
                    }
                }
            }
        }
    }

    /// Gives a node to what is around it. A node that nothing is around is the root.
    fn deliver(&mut self, mut node: Node) -> Result<Option<Node>, YamlError> {
        loop {
            match self.frames.last_mut() {
                None => return Ok(Some(node)),
                Some(Frame::Seq { items, .. }) => items.push(node),
                Some(frame @ (Frame::Map { .. } | Frame::Merged { .. })) => {
                    let is_merged = matches!(frame, Frame::Merged { .. });
                    let (Frame::Map { key, .. } | Frame::Merged { key }) = frame else { return Ok(None) };
                    match (key.take(), self.maps.last_mut()) {
                        (None, _) => {
                            let made = map::key(node, is_merged)?;
                            self.needs_check |= matches!(made.kind, KeyKind::Null | KeyKind::Uint(_));
                            *key = Some(made);
                        }
                        (Some(key), Some(map)) => {
                            let note = map.insert(key, node);
                            if self.active.is_empty() {
                                self.notes.extend(note);
                            }
                        }
                        (Some(_), None) => {}
                    }
                }
                Some(Frame::Alias { event, back, span, .. }) => {
                    self.active.remove(event);
                    self.at = *back;
                    node.span = span.clone();
                    self.frames.pop();
                    continue;
                }
                // Its items are merged; they are no nodes.
                Some(Frame::MergeList { .. }) => {}
            }
            return Ok(None);
        }
    }

    /// Takes the next event.
    fn step(&mut self) -> Result<Step, YamlError> {
        let events = self.events;
        if let Some(Frame::MergeList { left, back }) = self.frames.last_mut() {
            // Of several maps the first wins, so it is merged last.
            return match left.pop() {
                Some(index) => self.merge_one(index),
                None => {
                    self.at = *back;
                    self.frames.pop();
                    Ok(Step::Begun)
                }
            };
        }
        let index = self.at;
        let Some(event) = events.get(index) else {
            // The parser closes what it opens, so the events of a node are complete.
            return Ok(Step::Node(Node::new(Kind::Null, 0..0)));
        };
        if let Event::End { end } = event {
            self.at += 1;
            return Ok(self.close(*end));
        }
        let is_key = matches!(self.frames.last(), Some(Frame::Map { key: None, .. } | Frame::Merged { key: None }));
        if is_key && self.is_merge(event) {
            self.at += 1;
            return self.begin_merge(self.at);
        }
        self.count(self.offset(event))?;
        self.at += 1;
        match event {
            Event::Scalar { chars, tag, is_implicit, span, .. } => {
                let node = self.scalar(chars, *tag, *is_implicit, span)?;
                Ok(Step::Node(node))
            }
            Event::Alias { target, span, .. } => {
                self.begin_alias(index, *target, span.clone(), false)?;
                Ok(Step::Begun)
            }
            Event::SequenceStart { start, .. } => {
                self.enter('[', *start);
                self.frames.push(Frame::Seq { items: Vec::new(), start: *start });
                Ok(Step::Begun)
            }
            Event::MappingStart { start, .. } => {
                self.enter('{', *start);
                self.maps.push(MapBuilder::default());
                self.frames.push(Frame::Map { start: *start, key: None });
                Ok(Step::Begun)
            }
            Event::End { .. } | Event::DocumentEnd => Ok(Step::Begun),
        }
    }

    pub(super) fn offset(&self, event: &Event) -> usize {
        match event {
            Event::Scalar { span, .. } | Event::Alias { span, .. } => span.start,
            Event::SequenceStart { start, .. } | Event::MappingStart { start, .. } => *start,
            Event::End { .. } | Event::DocumentEnd => 0,
        }
    }

    fn enter(&mut self, bracket: char, start: usize) {
        self.depth += 1;
        if self.depth > detour::MAX_JSON_DEPTH && self.too_deep.is_none() {
            self.too_deep = Some((bracket, start));
        }
    }

    /// Counts a decoded node. Most of a large document must not come from aliases.
    pub(super) fn count(&mut self, offset: usize) -> Result<(), YamlError> {
        self.decoded += 1;
        if !self.active.is_empty() {
            self.decoded_by_alias += 1;
        }
        if self.decoded_by_alias > 100
            && self.decoded > 1000
            && self.decoded_by_alias as f64 / self.decoded as f64 > allowed_alias_ratio(self.decoded)
        {
            return Err(YamlError::plain("yaml: document contains excessive aliasing", offset));
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        chars: &Chars,
        tag: Option<Tag>,
        is_implicit: bool,
        span: &Range<usize>,
    ) -> Result<Node, YamlError> {
        let text = chars_in(self.text, chars);
        let resolved = match tag {
            None if is_implicit => resolve::plain(text),
            None => Resolved::Str,
            Some(Tag::Binary) => {
                let kind = Kind::Str(detour::decode_binary(text, span.start)?);
                return Ok(Node::new(kind, span.clone()));
            }
            Some(tag) => resolve::tagged(tag, text).map_err(|m| YamlError::plain(format!("yaml: {m}"), span.start))?,
        };
        let node = Node::new(resolved.into_kind(|| self.repeated.share(text)), span.clone());
        if matches!(resolved, Resolved::Float(f) if !f.is_finite()) {
            self.needs_check = true;
        }
        Ok(node)
    }

    fn is_merge(&self, event: &Event) -> bool {
        match event {
            Event::Scalar { chars, tag, is_implicit, .. } => {
                (*is_implicit || *tag == Some(Tag::Merge)) && chars_in(self.text, chars) == "<<"
            }
            _ => false,
        }
    }

    pub(super) fn begin_alias(
        &mut self,
        event: usize,
        target: usize,
        span: Range<usize>,
        merges: bool,
    ) -> Result<(), YamlError> {
        if !self.active.insert(event) {
            let name = match self.events.get(event) {
                Some(Event::Alias { name: (from, to), .. }) => self.text.get(*from..*to).unwrap_or_default(),
                _ => "",
            };
            let message = format!("yaml: anchor '{name}' value contains itself");
            return Err(YamlError::plain(message, span.start));
        }
        self.frames.push(Frame::Alias { event, back: self.at, span, merges });
        self.at = target;
        Ok(())
    }

    /// The end of a collection.
    fn close(&mut self, end: usize) -> Step {
        match self.frames.pop() {
            Some(Frame::Seq { items, start }) => {
                self.depth -= 1;
                let end = if end == 0 { items.last().map_or(start, |item| item.span.end.max(start)) } else { end };
                Step::Node(Node::new(Kind::Seq(items), start..end))
            }
            Some(Frame::Map { start, .. }) => {
                self.depth -= 1;
                let map = self.maps.pop().unwrap_or_default();
                let end = if end == 0 { map.end.max(start) } else { end };
                Step::Node(Node::new(Kind::Map(map.entries), start..end))
            }
            Some(Frame::Merged { .. }) => Step::Merged,
            // The parser closes collections only, and in order.
            Some(frame) => {
                self.frames.push(frame);
                Step::Begun
            }
            None => Step::Begun,
        }
    }
}

/// How much of a document may come from aliases: less of a larger one.
fn allowed_alias_ratio(decoded: usize) -> f64 {
    const SMALL: usize = 400_000;
    const LARGE: usize = 4_000_000;
    match decoded {
        ..=SMALL => 0.99,
        LARGE.. => 0.10,
        _ => 0.99 - 0.89 * ((decoded - SMALL) as f64 / (LARGE - SMALL) as f64),
    }
}

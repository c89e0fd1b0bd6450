//! The part of the parser that knows flow collections: `[a, b]`, `{a: b}`.

use super::parser::{Event, Parser, State, empty_scalar};
use super::scanner::Scan;
use super::token::TokenKind as T;

impl Parser<'_> {
    pub(super) fn flow_sequence_entry(&mut self, is_first: bool) -> Scan<Event> {
        if is_first {
            self.open()?;
        }
        if self.scanner.peek()?.kind != T::FlowSequenceEnd {
            if !is_first {
                if self.scanner.peek()?.kind != T::FlowEntry {
                    let context = self.marks.pop();
                    return self.error("did not find expected ',' or ']'", context);
                }
                self.scanner.take();
            }
            let token = self.scanner.peek()?;
            match token.kind {
                T::Key => {
                    let start = token.start.at;
                    self.scanner.take();
                    self.state = State::FlowSequencePairKey;
                    return Ok(Event::MappingStart { start, anchor: None });
                }
                T::FlowSequenceEnd => {}
                _ => return self.enter(State::FlowNode, State::FlowSequenceEntry { is_first: false }),
            }
        }
        self.end()
    }

    pub(super) fn flow_sequence_pair_key(&mut self) -> Scan<Event> {
        let token = self.scanner.peek()?;
        match token.kind {
            T::Value | T::FlowEntry | T::FlowSequenceEnd => {
                // go-yaml passes the token here, whichever it is.
                let mark = token.end;
                self.scanner.take();
                self.state = State::FlowSequencePairValue;
                Ok(empty_scalar(mark))
            }
            _ => self.enter(State::FlowNode, State::FlowSequencePairValue),
        }
    }

    pub(super) fn flow_sequence_pair_value(&mut self) -> Scan<Event> {
        let token = self.scanner.peek()?;
        let mut mark = token.start.at;
        if token.kind == T::Value {
            self.scanner.take();
            let token = self.scanner.peek()?;
            if !matches!(token.kind, T::FlowEntry | T::FlowSequenceEnd) {
                return self.enter(State::FlowNode, State::FlowSequencePairEnd);
            }
            mark = token.start.at;
        }
        self.state = State::FlowSequencePairEnd;
        Ok(empty_scalar(mark))
    }

    pub(super) fn flow_mapping_key(&mut self, is_first: bool) -> Scan<Event> {
        if is_first {
            self.open()?;
        }
        if self.scanner.peek()?.kind != T::FlowMappingEnd {
            if !is_first {
                if self.scanner.peek()?.kind != T::FlowEntry {
                    let context = self.marks.pop();
                    return self.error("did not find expected ',' or '}'", context);
                }
                self.scanner.take();
            }
            match self.scanner.peek()?.kind {
                T::Key => {
                    self.scanner.take();
                    let token = self.scanner.peek()?;
                    if !matches!(token.kind, T::Value | T::FlowEntry | T::FlowMappingEnd) {
                        return self.enter(State::FlowNode, State::FlowMappingValue);
                    }
                    let mark = token.start.at;
                    self.state = State::FlowMappingValue;
                    return Ok(empty_scalar(mark));
                }
                T::FlowMappingEnd => {}
                _ => return self.enter(State::FlowNode, State::FlowMappingEmptyValue),
            }
        }
        self.end()
    }

    pub(super) fn flow_mapping_value(&mut self) -> Scan<Event> {
        let next = State::FlowMappingKey { is_first: false };
        let token = self.scanner.peek()?;
        let mut mark = token.start.at;
        if token.kind == T::Value {
            self.scanner.take();
            let token = self.scanner.peek()?;
            if !matches!(token.kind, T::FlowEntry | T::FlowMappingEnd) {
                return self.enter(State::FlowNode, next);
            }
            mark = token.start.at;
        }
        self.state = next;
        Ok(empty_scalar(mark))
    }
}

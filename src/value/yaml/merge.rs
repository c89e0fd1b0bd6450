//! The part of the composer that merges maps: `<<: *map`, `<<: [*one, *other]`.

use super::compose::{Composer, Frame, Step};
use super::error::YamlError;
use super::parser::Event;

impl Composer<'_> {
    /// Merges the value of `<<`, which starts at an event.
    pub(super) fn begin_merge(&mut self, index: usize) -> Result<Step, YamlError> {
        match self.events.get(index) {
            Some(Event::SequenceStart { .. }) => {
                let (items, back) = self.items(index);
                self.frames.push(Frame::MergeList { left: items, back });
                Ok(Step::Begun)
            }
            _ => self.merge_one(index),
        }
    }

    /// Merges a map, or the map that an alias stands for.
    pub(super) fn merge_one(&mut self, index: usize) -> Result<Step, YamlError> {
        let events = self.events;
        match events.get(index) {
            Some(event @ Event::MappingStart { .. }) => {
                self.count(self.offset(event))?;
                self.at = index + 1;
                self.frames.push(Frame::Merged { key: None });
                Ok(Step::Begun)
            }
            Some(event @ Event::Alias { target, span, .. })
                if matches!(events.get(*target), Some(Event::MappingStart { .. })) =>
            {
                self.count(self.offset(event))?;
                self.at = index + 1;
                if let Some(map) = self.maps.last_mut() {
                    map.end = map.end.max(span.end);
                }
                self.begin_alias(index, *target, span.clone(), true)?;
                self.merge_one(*target)
            }
            event => {
                let offset = event.map_or(0, |event| self.offset(event));
                let message = "yaml: map merge requires map or sequence of maps as the value";
                Err(YamlError::plain(message, offset))
            }
        }
    }

    /// The events that the items of a list start with, and the event after the list.
    fn items(&self, list: usize) -> (Vec<usize>, usize) {
        let mut items = Vec::new();
        let mut depth = 0usize;
        let mut index = list;
        while let Some(event) = self.events.get(index) {
            let is_end = matches!(event, Event::End { .. });
            if depth == 1 && !is_end {
                items.push(index);
            }
            match event {
                Event::SequenceStart { .. } | Event::MappingStart { .. } => depth += 1,
                Event::End { .. } => depth = depth.saturating_sub(1),
                _ => {}
            }
            index += 1;
            if depth == 0 {
                break;
            }
        }
        (items, index)
    }

    /// Goes on after the alias whose map was merged.
    pub(super) fn end_merge(&mut self) {
        while let Some(Frame::Alias { event, back, merges: true, .. }) = self.frames.last() {
            self.active.remove(event);
            self.at = *back;
            self.frames.pop();
        }
    }
}

//! Tags: `!!int`, `!local`, and the directives that name their prefixes.

use super::token::RawTag;

/// A tag with its handle replaced by what it stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tag {
    Null,
    Bool,
    String,
    Int,
    Float,
    Timestamp,
    Binary,
    Merge,
    /// `!` alone.
    NonSpecific,
    /// Any other: the value is text.
    Other,
}

impl Tag {
    fn parse(tag: &[u8]) -> Tag {
        match tag.strip_prefix(b"tag:yaml.org,2002:") {
            Some(b"null") => Tag::Null,
            Some(b"bool") => Tag::Bool,
            Some(b"str") => Tag::String,
            Some(b"int") => Tag::Int,
            Some(b"float") => Tag::Float,
            Some(b"timestamp") => Tag::Timestamp,
            Some(b"binary") => Tag::Binary,
            Some(b"merge") => Tag::Merge,
            None if tag == b"!" => Tag::NonSpecific,
            _ => Tag::Other,
        }
    }

    /// As messages name it.
    pub fn name(self) -> &'static str {
        match self {
            Tag::Null => "!!null",
            Tag::Bool => "!!bool",
            Tag::String => "!!str",
            Tag::Int => "!!int",
            Tag::Float => "!!float",
            Tag::Timestamp => "!!timestamp",
            Tag::Binary => "!!binary",
            Tag::Merge => "!!merge",
            Tag::NonSpecific | Tag::Other => "!",
        }
    }
}

/// The `%TAG` directives of a document.
#[derive(Default, Debug)]
pub(super) struct Directives(Vec<RawTag>);

impl Directives {
    /// Adds a directive, unless there is one for its handle.
    pub fn add(&mut self, directive: &RawTag) -> bool {
        let is_new = !self.0.iter().any(|known| known.handle == directive.handle);
        if is_new {
            self.0.push(directive.clone());
        }
        is_new
    }

    /// `None` when the handle is not known.
    pub fn resolve(&self, raw: &RawTag) -> Option<Tag> {
        if raw.handle.is_empty() {
            return Some(Tag::parse(&raw.suffix));
        }
        let prefix: &[u8] = match self.0.iter().find(|known| known.handle == raw.handle) {
            Some(known) => &known.suffix,
            None if raw.handle == b"!" => b"!",
            None if raw.handle == b"!!" => b"tag:yaml.org,2002:",
            None => return None,
        };
        let tag = [prefix, &raw.suffix].concat();
        // With an empty prefix and suffix go-yaml has no tag, and says that it does not know the handle.
        (!tag.is_empty()).then(|| Tag::parse(&tag))
    }
}

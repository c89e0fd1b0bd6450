//! The error of a template that Go refuses.

use crate::source::Span;

/// Why a text has no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    /// Go refuses the text.
    Refused,
    /// Nested more deeply than we follow; Go might accept it.
    TooDeep,
    /// The grammar and the replay of Go's parser disagree: a bug of ours.
    Internal,
}

/// An error of a template's syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    pub kind: SyntaxErrorKind,
    /// Go's words after `template: NAME:LINE: `.
    pub message: String,
    /// The line that Go names, from 1: that of the last token it had read, which may lie behind the error.
    pub line: u32,
    /// The bytes of the file that the message is about.
    pub span: Span,
}

impl SyntaxError {
    /// The whole message of text/template.
    pub fn full_message(&self, name: &str) -> String {
        format!("template: {name}:{}: {}", self.line, self.message)
    }

    /// The message as Helm prints it: `parse error at (NAME:LINE): ` and what follows the last `: `.
    pub fn helm_message(&self, name: &str) -> String {
        let full = self.full_message(name);
        let mut parts = full.split(": ");
        let place = parts.nth(1).unwrap_or_default();
        let last = parts.last().unwrap_or_default();
        format!("parse error at ({place}): {last}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn helm_shows_what_follows_the_last_colon() {
        let error = |message: &str| SyntaxError {
            kind: SyntaxErrorKind::Refused,
            message: message.to_owned(),
            line: 3,
            span: Span::default(),
        };
        let shown = |message| error(message).helm_message("c/templates/t.yaml");
        assert_eq!(shown("unexpected EOF"), "parse error at (c/templates/t.yaml:3): unexpected EOF");
        assert_eq!(shown("bad number syntax: \"3k\""), "parse error at (c/templates/t.yaml:3): \"3k\"");
    }
}

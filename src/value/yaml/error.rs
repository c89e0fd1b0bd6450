//! Why a text is not the YAML or JSON that Helm reads.

use super::input::Mark;
use std::fmt;

/// An error with Go's text and the place it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct YamlError {
    message: String,
    offset: usize,
    in_decoding: bool,
}

impl YamlError {
    /// A problem that the scanner finds: lines count from 1, and the first is not named.
    pub(super) fn scanner(problem: &str, mark: Mark) -> Self {
        let line = if mark.line == 0 { 0 } else { mark.line + 1 };
        YamlError::at_line(problem, line, mark.at)
    }

    /// A problem that the parser finds: lines count from 0. The line of what the problem is part of stands in for line 0.
    pub(super) fn parser(problem: &str, mark: Mark, context: Option<Mark>) -> Self {
        let line = if mark.line != 0 { mark.line } else { context.map_or(0, |context| context.line) };
        YamlError::at_line(problem, line, mark.at)
    }

    fn at_line(problem: &str, line: usize, offset: usize) -> Self {
        let place = if line == 0 { String::new() } else { format!("line {line}: ") };
        YamlError::plain(format!("yaml: {place}{problem}"), offset)
    }

    pub(super) fn plain(message: impl Into<String>, offset: usize) -> Self {
        YamlError { message: message.into(), offset, in_decoding: false }
    }

    /// The JSON that the YAML became cannot be decoded.
    pub(super) fn decoding(message: impl Into<String>, offset: usize) -> Self {
        YamlError { message: message.into(), offset, in_decoding: true }
    }

    pub(super) fn with_offset(self, offset: usize) -> Self {
        YamlError { offset, ..self }
    }

    /// The byte of the text that the error is about.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The error as Helm words it, with the step that failed.
    pub fn helm_text(&self) -> String {
        if self.in_decoding {
            format!("error unmarshaling JSON: while decoding JSON: {}", self.message)
        } else {
            format!("error converting YAML to JSON: {}", self.message)
        }
    }
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for YamlError {}

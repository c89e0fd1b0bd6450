//! Comments that speak to chartlint: where they are and what they say.

use crate::near::nearest;
use crate::source::{SourceFile, Span};
use std::ops::Range;

/// A comment that begins with `chartlint:`.
#[derive(Clone, PartialEq, Debug)]
pub struct Comment {
    /// The whole comment, its marks included.
    pub span: Span,
    /// The lines that it stands on, from 1.
    pub first: u32,
    pub last: u32,
    /// Nothing else stands on its lines.
    pub is_alone: bool,
    pub says: Says,
}

/// What a comment asks for.
#[derive(Clone, PartialEq, Debug)]
pub enum Says {
    /// `ignore[a,b] reason`: on these lines, or on the next.
    Ignore(Ignored),
    /// `ignore-file[a,b] reason`: in the whole file.
    IgnoreFile(Ignored),
    /// No rule is named.
    Blanket,
    /// A word that is none; the one that was meant, where it can be told.
    Unknown { word: String, meant: Option<&'static str> },
}

/// The rules that are not to speak, and why.
#[derive(Clone, PartialEq, Debug)]
pub struct Ignored {
    /// Each with its place.
    pub rules: Vec<(String, Span)>,
    pub reason: String,
}

const WORDS: [&str; 2] = ["ignore", "ignore-file"];

/// How many comments of a file are read: more are not written by people.
const MAX_COMMENTS: usize = 1_000;

/// The comments of a file, in their order.
pub fn comments(file: &SourceFile) -> Vec<Comment> {
    const NEEDLE: &[u8] = b"chartlint:";
    if memchr::memmem::find(&file.text, NEEDLE).is_none() {
        return Vec::new();
    }
    let is_template = !file.name.is_empty();
    let places = if is_template { in_template(&file.text) } else { in_yaml(&file.text, 0) };
    places.into_iter().filter_map(|place| comment(file, place)).take(MAX_COMMENTS).collect()
}

/// A comment with its marks, and the text between them.
struct Place {
    whole: Range<usize>,
    text: Range<usize>,
}

/// `{{/* … */}}`, and `# …` in the text around the actions, which becomes a comment of the manifest.
fn in_template(text: &[u8]) -> Vec<Place> {
    let mut places = Vec::new();
    let mut at = 0;
    loop {
        let open = find(text, at, b"{{").unwrap_or(text.len());
        // What stands before the text on its line decides whether a `#` in it opens a comment.
        places.extend(in_yaml(text.get(..open).unwrap_or_default(), at));
        if open >= text.len() {
            return places;
        }
        let inner = match text.get(open + 2..open + 4) {
            Some([b'-', space]) if space.is_ascii_whitespace() => open + 4,
            _ => open + 2,
        };
        let comment = text.get(inner..).is_some_and(|rest| rest.starts_with(b"/*"));
        let end = if comment {
            let Some(close) = find(text, inner + 2, b"*/") else { return places };
            let end = find(text, close, b"}}").map_or(text.len(), |end| end + 2);
            places.push(Place { whole: open..end, text: inner + 2..close });
            end
        } else {
            action_end(text, inner)
        };
        at = end;
    }
}

/// Where an action ends; strings in it may hold anything.
fn action_end(text: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = text.get(at) {
        match byte {
            b'}' if text.get(at + 1) == Some(&b'}') => return at + 2,
            b'`' => at = find(text, at + 1, b"`").unwrap_or(text.len()),
            b'"' | b'\'' => at = quoted_end(text, at),
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// The closing quote, or the end of the line: what is not closed there is no string.
fn quoted_end(text: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' => return at,
            byte if Some(&byte) == text.get(open) => return at,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// `# …` from an offset on, to the end of the line or of the text.
fn in_yaml(text: &[u8], from: usize) -> Vec<Place> {
    let mut places = Vec::new();
    let mut at = from;
    while let Some(hash) = find(text, at, b"#") {
        at = hash + 1;
        let opens = hash == 0 || text.get(hash - 1).is_some_and(u8::is_ascii_whitespace);
        if !opens || !text.get(at..).unwrap_or_default().trim_ascii_start().starts_with(b"chartlint:") {
            continue;
        }
        let end = find(text, at, b"\n").unwrap_or(text.len());
        let end = if end > at && text.get(end - 1) == Some(&b'\r') { end - 1 } else { end };
        // White space that spans lines is no way from `#` to the word.
        if find(text, at, b"chartlint:").is_some_and(|word| word < end) {
            places.push(Place { whole: hash..end, text: at..end });
        }
        at = end;
    }
    places
}

/// Where bytes occur from an offset on.
fn find(text: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    let rest = text.get(from..)?;
    rest.windows(wanted.len()).position(|window| window == wanted).map(|at| from + at)
}

/// What the text of a comment says; `None` when it does not speak to chartlint.
fn comment(file: &SourceFile, place: Place) -> Option<Comment> {
    let address = |offset: usize| u32::try_from(offset).ok()?.checked_add(file.base);
    let text = std::str::from_utf8(file.text.get(place.text.clone())?).ok()?;
    let rest = text.trim_start().strip_prefix("chartlint:")?.trim_start();
    let word_end = rest.find(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
    let (word, rest) = rest.split_at(word_end);
    let list = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let says = match (word, list) {
        ("ignore" | "ignore-file", Some((list, reason))) => {
            // The list is a part of the file's text, so its place follows from its address.
            let start = list.as_ptr() as usize - text.as_ptr() as usize + place.text.start;
            let ignored = Ignored { rules: rules(list, address(start)?), reason: reason_of(reason) };
            match (ignored.rules.is_empty(), word) {
                (true, _) => Says::Blanket,
                (false, "ignore") => Says::Ignore(ignored),
                _ => Says::IgnoreFile(ignored),
            }
        }
        ("ignore" | "ignore-file", None) => Says::Blanket,
        (word, list) => {
            let meant = nearest(word, WORDS);
            // Prose that happens to begin with the name asks for nothing.
            if meant.is_none() && list.is_none() {
                return None;
            }
            Says::Unknown { word: word.into(), meant }
        }
    };
    let span = Span::new(address(place.whole.start)?, address(place.whole.end)?);
    let (first, last) = lines(file, &place.whole);
    Some(Comment { span, first, last, is_alone: is_alone(&file.text, &place.whole), says })
}

/// The names between the brackets, with their places.
fn rules(list: &str, address: u32) -> Vec<(String, Span)> {
    let mut rules = Vec::new();
    let mut start = 0;
    for part in list.split(',') {
        let name = part.trim();
        if !name.is_empty() {
            let at = address + (start + part.len() - part.trim_start().len()) as u32;
            rules.push((name.to_string(), Span::new(at, at + name.len() as u32)));
        }
        start += part.len() + 1;
    }
    rules
}

/// The words behind the brackets, without the dash or colon that may lead to them.
fn reason_of(text: &str) -> String {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | '–' | '—'));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn lines(file: &SourceFile, range: &Range<usize>) -> (u32, u32) {
    let line = |offset: usize| file.position(u32::try_from(offset).unwrap_or(u32::MAX)).line;
    (line(range.start), line(range.end.saturating_sub(1).max(range.start)))
}

fn is_alone(text: &[u8], range: &Range<usize>) -> bool {
    let before = text.get(..range.start).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
    let is_blank = |byte: &&u8| byte.is_ascii_whitespace();
    before.iter().rev().take_while(|b| **b != b'\n').all(|b| is_blank(&b))
        && after.iter().take_while(|b| **b != b'\n').all(|b| is_blank(&b))
}

/// Whether nothing but comments and blank lines stands before a comment.
pub fn is_at_top(file: &SourceFile, comment: &Comment) -> bool {
    let start = comment.span.start.saturating_sub(file.base) as usize;
    let mut rest = file.text.get(..start).unwrap_or_default().trim_ascii_start();
    while !rest.is_empty() {
        let end = if rest.starts_with(b"#") {
            find(rest, 0, b"\n").unwrap_or(rest.len())
        } else if rest.starts_with(b"{{/*")
            || (rest.starts_with(b"{{-") && rest[3..].trim_ascii_start().starts_with(b"/*"))
        {
            find(rest, 0, b"*/").and_then(|close| find(rest, close, b"}}")).map_or(rest.len(), |end| end + 2)
        } else {
            return false;
        };
        rest = rest.get(end..).unwrap_or_default().trim_ascii_start();
    }
    true
}

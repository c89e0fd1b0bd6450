//! Camel case, snake case and kebab case, with the word splitter of xstrings 1.5.

use super::super::rewrite::{Rewriter, runes};
use super::at;
use crate::engine::function::{Call, FnResult};
use crate::value::golang::unicode::{is_letter, is_space, is_upper, to_lower, to_upper};
use crate::value::{Text, Value};
use std::ops::Range;
use std::sync::LazyLock;

fn is_connector(char: char) -> bool {
    char == '-' || char == '_' || is_space(char)
}

/// Words start at the start and after connectors. The first rune of a word is put in upper case; the upper-case runes
/// that follow one that was upper case already are put in lower case.
pub(super) fn camelcase(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let text = at(args, 0);
    // Before xstrings 1.4, all of a word but its first rune was put in lower case.
    let lowers_all = !call.rt.profile.since(3, 13, 0);
    let mut out = Rewriter::new(text);
    let mut position = 0;
    let mut in_word = false;
    let mut has_word = false;
    // Connectors since the last word, and whether upper-case runes are being put in lower case.
    let mut connectors: Range<usize> = 0..0;
    let mut last_connector = 0;
    let mut lowering = false;
    for rune in runes(text.bytes()) {
        let end = position + rune.bytes.len();
        let char = rune.char.unwrap_or(char::REPLACEMENT_CHARACTER);
        if is_connector(char) {
            if connectors.is_empty() {
                connectors = position..end;
            }
            connectors.end = end;
            last_connector = position;
            in_word = false;
        } else {
            if !connectors.is_empty() {
                // Between words one connector goes.
                let kept = if has_word { last_connector } else { connectors.end };
                out.copy(kept);
                out.skip(connectors.end);
                connectors = 0..0;
            }
            let mapped = if !in_word {
                lowering = is_upper(char);
                to_upper(char)
            } else if lowers_all || (lowering && is_upper(char)) {
                to_lower(char)
            } else {
                lowering = false;
                char
            };
            if mapped != char || rune.char.is_none() {
                out.copy(position);
                out.replace(end, mapped.encode_utf8(&mut [0; 4]).as_bytes());
            }
            in_word = true;
            has_word = true;
        }
        position = end;
    }
    out.copy(text.len());
    if !has_word && !connectors.is_empty() {
        out.push(&text.bytes()[last_connector..]);
    }
    Ok(Value::string(out.finish()))
}

pub(super) fn snakecase(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    Ok(Value::string(separated(at(args, 0), b"_")))
}

pub(super) fn kebabcase(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    Ok(Value::string(separated(at(args, 0), b"-")))
}

/// What the splitter takes a run of runes for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Number,
    /// Starts with an upper-case rune.
    Upper,
    /// Letters without upper case at the start.
    Letters,
    Connector,
    Punctuation,
    Other,
    /// The end of the text, or bytes that are no runes up to it.
    End,
}

impl Kind {
    /// A run that a connector is put before when it follows a word.
    fn is_word(self) -> bool {
        !matches!(self, Kind::End | Kind::Punctuation | Kind::Connector)
    }

    fn goes_on_after_number(self) -> bool {
        matches!(self, Kind::Letters | Kind::Number)
    }
}

/// A text with its words in lower case and `connector` between them.
fn separated(text: &Text, connector: &[u8]) -> Text {
    let bytes = text.bytes();
    let mut out = Rewriter::new(text);
    let (mut kind, mut word) = next_word(bytes, 0);
    while word.end < bytes.len() {
        if kind != Kind::Connector {
            write(&mut out, kind, &word, connector);
        }
        let (before, last) = (kind, word.clone());
        (kind, word) = next_word(bytes, word.end);
        match before {
            Kind::Number => {
                while kind.goes_on_after_number() {
                    write(&mut out, kind, &word, connector);
                    (kind, word) = next_word(bytes, word.end);
                }
                if kind.is_word() {
                    out.push(connector);
                }
            }
            Kind::Connector => write(&mut out, before, &last, connector),
            Kind::Punctuation => {}
            _ if kind != Kind::Number => {
                if kind.is_word() {
                    out.push(connector);
                }
            }
            _ if word.end == bytes.len() => {}
            _ => {
                let number = word.clone();
                (kind, word) = next_word(bytes, word.end);
                if kind != Kind::Letters {
                    // The number belongs to the word before it.
                    write(&mut out, Kind::Number, &number, connector);
                    if kind.is_word() {
                        out.push(connector);
                    }
                    continue;
                }
                // Lower-case letters after a number make it a word of its own with them.
                out.push(connector);
                write(&mut out, Kind::Number, &number, connector);
                while kind.goes_on_after_number() {
                    write(&mut out, kind, &word, connector);
                    (kind, word) = next_word(bytes, word.end);
                }
                if kind.is_word() {
                    out.push(connector);
                }
            }
        }
    }
    write(&mut out, kind, &word, connector);
    out.finish()
}

/// Writes a word in its new form.
fn write(out: &mut Rewriter<'_>, kind: Kind, word: &Range<usize>, connector: &[u8]) {
    if kind != Kind::Upper && kind != Kind::Connector {
        out.copy(word.end);
        return;
    }
    let mut start = word.start;
    for rune in runes(&out.bytes()[word.clone()]) {
        let end = start + rune.bytes.len();
        let lower = rune.char.map(to_lower);
        if rune.char.is_some_and(is_connector) {
            out.copy(start);
            out.replace(end, connector);
        } else if lower != rune.char || rune.char.is_none() {
            let lower = lower.unwrap_or(char::REPLACEMENT_CHARACTER);
            out.copy(start);
            out.replace(end, lower.encode_utf8(&mut [0; 4]).as_bytes());
        }
        start = end;
    }
    out.copy(word.end);
}

/// A letter that is not one of the common Chinese characters.
fn is_alphabet(char: char) -> bool {
    is_letter(char)
        && !matches!(char, '\u{4E00}'..='\u{9FCC}' | '\u{3400}'..='\u{4D85}' | '\u{20000}'..='\u{2B81D}')
}

fn is_number(char: char) -> bool {
    char.is_numeric()
}

fn is_punctuation(char: char) -> bool {
    static PUNCTUATION: LazyLock<Option<regex::Regex>> = LazyLock::new(|| regex::Regex::new(r"^\p{P}$").ok());
    if char.is_ascii() {
        return char.is_ascii_punctuation() && !"$+<=>^`|~".contains(char);
    }
    PUNCTUATION.as_ref().is_some_and(|regex| regex.is_match(char.encode_utf8(&mut [0; 4])))
}

/// The next rune and where it ends; bytes that are none are passed over and belong to it. Without any rune up to the
/// end, `before` stands for it.
fn next_rune(bytes: &[u8], from: usize, before: Option<char>) -> (Option<char>, usize) {
    let mut end = from;
    for rune in runes(&bytes[from..]) {
        end += rune.bytes.len();
        // A U+FFFD in the text is passed over like a byte that is no rune.
        if let Some(char) = rune.char.filter(|c| *c != char::REPLACEMENT_CHARACTER) {
            return (Some(char), end);
        }
    }
    (before, end)
}

/// The end of the run from `at` whose runes `go_on`, and the rune that was looked at last.
fn run(bytes: &[u8], at: usize, first: char, go_on: impl Fn(char) -> bool) -> (usize, char) {
    let (mut at, mut char) = (at, first);
    while at < bytes.len() {
        let (next, end) = next_rune(bytes, at, Some(char));
        char = next.unwrap_or(char);
        if !go_on(char) {
            break;
        }
        at = end;
    }
    (at, char)
}

/// The next word from `from` on.
fn next_word(bytes: &[u8], from: usize) -> (Kind, Range<usize>) {
    let (first, at) = next_rune(bytes, from, None);
    let Some(first) = first else { return (Kind::End, from..at) };
    let is_lower_letter = |char: char| is_alphabet(char) && !is_upper(char);
    let (kind, end) = if is_connector(first) {
        (Kind::Connector, run(bytes, at, first, is_connector).0)
    } else if is_punctuation(first) {
        (Kind::Punctuation, run(bytes, at, first, is_punctuation).0)
    } else if is_upper(first) {
        (Kind::Upper, upper_word(bytes, at, first))
    } else if is_alphabet(first) {
        (Kind::Letters, run(bytes, at, first, is_lower_letter).0)
    } else if is_number(first) {
        (Kind::Number, run(bytes, at, first, is_number).0)
    } else {
        let goes_on = |c: char| !(is_connector(c) || is_alphabet(c) || is_number(c) || is_punctuation(c));
        (Kind::Other, run(bytes, at, first, goes_on).0)
    };
    (kind, from..end)
}

/// The end of a word whose first rune, which ends at `at`, is in upper case.
fn upper_word(bytes: &[u8], at: usize, first: char) -> usize {
    if at == bytes.len() {
        return at;
    }
    let (second, end) = next_rune(bytes, at, Some(first));
    let second = second.unwrap_or(first);
    if is_upper(second) {
        // The last of several belongs to the next word when letters follow it: HTTP and Status.
        let (mut last, mut at, mut char) = (at, end, second);
        while at < bytes.len() {
            let (next, end) = next_rune(bytes, at, Some(char));
            char = next.unwrap_or(char);
            if !is_upper(char) {
                break;
            }
            (last, at) = (at, end);
        }
        return if at < bytes.len() && is_alphabet(char) { last } else { at };
    }
    if is_alphabet(second) {
        return run(bytes, end, second, |char| is_alphabet(char) && !is_upper(char)).0;
    }
    at
}

//! Camel, snake and kebab case: the rules of xstrings 1.5.0.

use crate::value::golang::segment::{Joiner, Segment};
use crate::value::golang::unicode::{is_letter, is_number, is_punct, is_space, is_upper, to_lower, to_upper};
use crate::value::golang::utf8::{decode, runes};
use std::ops::Range;

const INVALID: char = char::REPLACEMENT_CHARACTER;

fn is_connector(c: char) -> bool {
    c == '-' || c == '_' || is_space(c)
}

/// Letters, without the common Chinese, Japanese and Korean ideographs.
fn is_alphabet(c: char) -> bool {
    is_letter(c) && !matches!(c, '\u{4e00}'..='\u{9fcc}' | '\u{3400}'..='\u{4d85}' | '\u{20000}'..='\u{2b81d}')
}

fn emit(input: &[u8], range: Range<usize>, c: char, out: &mut Joiner) {
    let mut buffer = [0; 4];
    let encoded = c.encode_utf8(&mut buffer).as_bytes();
    if input.get(range.clone()) == Some(encoded) { out.copy(range) } else { out.change(range, encoded) }
}

/// Sprig's `camelcase` (xstrings' Pascal case).
pub fn camelcase(input: &[u8], out: &mut dyn FnMut(Segment)) {
    let mut out = Joiner::new(out);
    let mut runes = runes(input).map(|(at, rune, len)| (at..at + len, rune.unwrap_or(INVALID))).peekable();
    let mut is_lowering = false;
    let Some(mut current) = runes.next() else { return };
    // Leading connectors stay as they are, and of a text of nothing else the last one is doubled.
    while is_connector(current.1) {
        emit(input, current.0.clone(), current.1, &mut out);
        match runes.next() {
            Some(next) => current = next,
            None => {
                emit(input, current.0, current.1, &mut out);
                return out.flush();
            }
        }
    }
    is_lowering |= is_upper(current.1);
    current.1 = to_upper(current.1);
    for (range, mut c) in runes {
        let previous = std::mem::replace(&mut current, (range.clone(), c));
        if is_connector(c) && is_connector(previous.1) {
            emit(input, previous.0, previous.1, &mut out);
            continue;
        }
        if is_connector(previous.1) {
            is_lowering = is_upper(c);
            c = to_upper(c);
        } else {
            if is_lowering && is_upper(c) {
                c = to_lower(c);
            } else {
                is_lowering = false;
            }
            emit(input, previous.0, previous.1, &mut out);
        }
        current = (range, c);
    }
    emit(input, current.0, current.1, &mut out);
    out.flush();
}

/// Sprig's `snakecase`
pub fn snakecase(input: &[u8], out: &mut dyn FnMut(Segment)) {
    joined(input, '_', out);
}

/// Sprig's `kebabcase`
pub fn kebabcase(input: &[u8], out: &mut dyn FnMut(Segment)) {
    joined(input, '-', out);
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// The end of the text, or nothing in it that is UTF-8.
    Invalid,
    Number,
    /// An upper-case letter and what follows it, or a run of them.
    Upper,
    Alphabet,
    Connector,
    Punctuation,
    Other,
}

#[derive(Clone)]
struct Word {
    kind: Kind,
    range: Range<usize>,
}

fn joined(input: &[u8], connector: char, out: &mut dyn FnMut(Segment)) {
    let mut encoded = [0; 4];
    let joint = connector.encode_utf8(&mut encoded).as_bytes();
    let mut out = Joiner::new(out);
    let mut word = next_word(input, 0);
    let is_joined = |kind| !matches!(kind, Kind::Connector | Kind::Punctuation);
    while word.range.end < input.len() {
        if word.kind != Kind::Connector {
            lowered(input, &word, connector, &mut out);
        }
        let previous = word;
        word = next_word(input, previous.range.end);
        match previous.kind {
            Kind::Number => {
                word = take_all_alphanumeric(input, word, connector, &mut out);
                if word.kind != Kind::Invalid && is_joined(word.kind) {
                    out.insert(joint);
                }
            }
            Kind::Connector => lowered(input, &previous, connector, &mut out),
            Kind::Punctuation => {}
            _ if word.kind != Kind::Number => {
                if is_joined(word.kind) {
                    out.insert(joint);
                }
            }
            // A number at the end stays with the word before it.
            _ if word.range.end >= input.len() => {}
            _ => {
                let number = word;
                word = next_word(input, number.range.end);
                if word.kind != Kind::Alphabet {
                    // A number after a word belongs to it: Bld4_Floor.
                    lowered(input, &number, connector, &mut out);
                    if is_joined(word.kind) {
                        out.insert(joint);
                    }
                } else {
                    // A number before a lower-case word belongs to that: http_2xx.
                    out.insert(joint);
                    lowered(input, &number, connector, &mut out);
                    word = take_all_alphanumeric(input, word, connector, &mut out);
                    if word.kind != Kind::Invalid && is_joined(word.kind) {
                        out.insert(joint);
                    }
                }
            }
        }
    }
    lowered(input, &word, connector, &mut out);
    out.flush();
}

fn take_all_alphanumeric(input: &[u8], mut word: Word, connector: char, out: &mut Joiner) -> Word {
    while matches!(word.kind, Kind::Alphabet | Kind::Number) {
        lowered(input, &word, connector, out);
        word = next_word(input, word.range.end);
    }
    word
}

/// Writes a word: upper-case words in lower case, connectors as the one wanted, others as they are.
fn lowered(input: &[u8], word: &Word, connector: char, out: &mut Joiner) {
    if !matches!(word.kind, Kind::Upper | Kind::Connector) {
        return out.copy(word.range.clone());
    }
    for (at, rune, len) in runes(&input[word.range.clone()]) {
        let c = rune.unwrap_or(INVALID);
        let shown = if is_connector(c) {
            connector
        } else if is_upper(c) {
            to_lower(c)
        } else {
            c
        };
        let at = word.range.start + at;
        emit(input, at..at + len, shown, out);
    }
}

/// The first rune that is valid, with the length of everything up to its end. At the end, `previous`.
fn next_valid(input: &[u8], from: usize, previous: char) -> (char, usize) {
    let mut len = 0;
    while let Some(rest) = input.get(from + len..).filter(|rest| !rest.is_empty()) {
        let (rune, size) = decode(rest);
        len += size;
        if let Some(c) = rune.filter(|c| *c != INVALID) {
            return (c, len);
        }
    }
    (previous, len)
}

fn next_word(input: &[u8], start: usize) -> Word {
    let (first, len) = next_valid(input, start, INVALID);
    let mut end = start + len;
    if first == INVALID {
        return Word { kind: Kind::Invalid, range: start..end };
    }
    let mut last = first;
    // Takes runes while they belong; gives the length of the last one taken.
    let mut take = |end: &mut usize, belongs: &dyn Fn(char) -> bool| {
        let mut taken = 0;
        while *end < input.len() {
            let (c, len) = next_valid(input, *end, last);
            last = c;
            if !belongs(c) {
                break;
            }
            taken = len;
            *end += len;
        }
        taken
    };
    let kind = if is_connector(first) {
        take(&mut end, &is_connector);
        Kind::Connector
    } else if is_punct(first) {
        take(&mut end, &is_punct);
        Kind::Punctuation
    } else if is_upper(first) {
        let second = next_valid(input, end, first).0;
        if end < input.len() && is_upper(second) {
            let taken = take(&mut end, &is_upper);
            // The last upper-case letter before a lower-case one starts the next word.
            if end < input.len() && is_alphabet(last) {
                end -= taken;
            }
        } else if end < input.len() && is_alphabet(second) {
            take(&mut end, &|c| is_alphabet(c) && !is_upper(c));
        }
        Kind::Upper
    } else if is_alphabet(first) {
        take(&mut end, &|c| is_alphabet(c) && !is_upper(c));
        Kind::Alphabet
    } else if is_number(first) {
        take(&mut end, &is_number);
        Kind::Number
    } else {
        take(&mut end, &|c| !(is_connector(c) || is_alphabet(c) || is_number(c) || is_punct(c)));
        Kind::Other
    };
    Word { kind, range: start..end }
}

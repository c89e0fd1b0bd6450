//! How go-yaml writes a string: plain, quoted or as a block.

use super::Dialect;
use super::resolve::{self, Resolved};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Style {
    /// Plain, and of nothing but letters, digits and a few signs of ASCII.
    Word,
    Plain,
    Single,
    Double,
    Literal,
}

pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

pub(super) fn has_break(text: &str) -> bool {
    text.bytes().any(|b| matches!(b, b'\n' | b'\r' | 0x80..)) && text.contains(is_break)
}

/// What needs no escape. Neither tabs nor anything beyond the basic plane belong to it.
pub(super) fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{A0}'..='\u{D7FF}' | '\u{E000}'..='\u{FEFE}' | '\u{FF00}'..='\u{FFFD}')
}

/// Base-60 numbers, which are quoted though they are read as strings.
fn is_base_60(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = whole.split(':');
    if !parts.next().is_some_and(is_number) || !is_number(fraction) {
        return false;
    }
    let mut count = 0;
    for part in parts {
        count += 1;
        let is_minute = matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
        if !is_minute {
            return false;
        }
    }
    count > 0
}

/// Whether a plain scalar of this text would be read as something else.
fn is_ambiguous(text: &str, dialect: Dialect) -> bool {
    if resolve::plain(text) != Resolved::Str || is_base_60(text) {
        return true;
    }
    // Version 3 also takes a sign after the prefix of an octal number.
    dialect == Dialect::V3
        && (text.strip_prefix("0o")).is_some_and(|digits| i64::from_str_radix(&digits.replace('_', ""), 8).is_ok())
}

/// What the characters of a text allow.
struct Look {
    plain: bool,
    single: bool,
    literal: bool,
    has_break: bool,
}

fn look(text: &str, dialect: Dialect) -> Look {
    let mut has_special = false;
    let mut has_tab = false;
    let mut has_break = false;
    let mut break_space = false;
    let mut space_break = false;
    let mut has_indicator = text.starts_with("---") || text.starts_with("...");
    let mut previous = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let before_blank = chars.peek().is_none_or(|next| matches!(next, ' ' | '\t'));
        match previous {
            None => {
                has_indicator |= ",#[]{}&*!|>'\"%@`".contains(c) || (matches!(c, '?' | ':' | '-') && before_blank);
            }
            Some(previous) => {
                let after_blank = matches!(previous, ' ' | '\t' | '\0') || is_break(previous);
                has_indicator |= (c == ':' && before_blank) || (c == '#' && after_blank);
                break_space |= is_break(previous) && c == ' ';
                space_break |= previous == ' ' && is_break(c);
            }
        }
        if c == '\t' && dialect == Dialect::V3 {
            has_tab = true;
        } else {
            has_special |= !is_printable(c);
        }
        has_break |= is_break(c);
        previous = Some(c);
    }
    let is_blank_at_end = text.ends_with(' ');
    let edges = text.starts_with([' ', '\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
        || text.ends_with([' ', '\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']);
    let single = !(break_space || space_break || has_special || has_tab);
    Look {
        plain: single && !edges && !has_break && !has_indicator,
        single,
        literal: !text.is_empty() && !is_blank_at_end && !space_break && !has_special,
        has_break,
    }
}

/// A word like most are: nothing in it needs a closer look.
fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/'))
}

/// The style of a string; `is_key` for keys that are written on the line of their value.
pub(super) fn choose(text: &str, is_key: bool, dialect: Dialect) -> Style {
    if is_word(text) {
        return if resolve::plain(text) == Resolved::Str { Style::Word } else { Style::Double };
    }
    let mut style = if text.contains('\n') {
        Style::Literal
    } else if is_ambiguous(text, dialect) {
        Style::Double
    } else {
        Style::Plain
    };
    let look = look(text, dialect);
    if is_key && look.has_break {
        style = Style::Double;
    }
    if style == Style::Plain && !look.plain {
        style = Style::Single;
    }
    if style == Style::Single && !look.single {
        style = Style::Double;
    }
    if style == Style::Literal && (is_key || !look.literal) {
        style = Style::Double;
    }
    style
}

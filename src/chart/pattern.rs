//! Shell patterns as Go's filepath.Match knows them on Unix.

/// A part of a pattern.
#[derive(Clone, Debug)]
enum Part {
    /// `*`: anything but a slash, as much as needed.
    Any,
    /// `?`: one character that is not a slash.
    One,
    Literal(char),
    /// `[…]`: ranges, and whether the character must lie outside them.
    Class(Vec<(char, char)>, bool),
}

/// A pattern that is well formed.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    parts: Vec<Part>,
    /// The first and the last byte of what matches, where the pattern says so.
    first: Option<u8>,
    last: Option<u8>,
}

impl Pattern {
    /// `None` for a pattern that Go calls bad.
    pub fn new(text: &str) -> Option<Self> {
        let mut chars = text.chars().peekable();
        let mut parts = Vec::with_capacity(text.len());
        while let Some(c) = chars.next() {
            parts.push(match c {
                '*' => Part::Any,
                '?' => Part::One,
                '\\' => Part::Literal(chars.next()?),
                '[' => class(&mut chars)?,
                c => Part::Literal(c),
            });
        }
        let literal = |part: Option<&Part>| match part {
            Some(Part::Literal(c)) => Some(c.to_string()),
            _ => None,
        };
        let first = literal(parts.first()).and_then(|text| text.bytes().next());
        let last = literal(parts.last()).and_then(|text| text.bytes().last());
        Some(Pattern { parts, first, last })
    }

    /// Whether the whole of a name matches.
    pub fn matches(&self, name: &str) -> bool {
        // Most names differ in their first or last byte from what is there to match.
        let bytes = name.as_bytes();
        if self.first.is_some_and(|first| bytes.first() != Some(&first))
            || self.last.is_some_and(|last| bytes.last() != Some(&last))
        {
            return false;
        }
        let name: Vec<char> = name.chars().collect();
        let (mut part, mut at) = (0, 0);
        // Where the last star stands, and how far it reaches so far. An earlier star never has to reach farther, as
        // none crosses a slash.
        let mut star: Option<(usize, usize)> = None;
        loop {
            let matched = match (self.parts.get(part), name.get(at)) {
                (None, None) => return true,
                (Some(Part::Any), _) => {
                    star = Some((part, at));
                    part += 1;
                    continue;
                }
                (Some(pattern), Some(c)) => pattern.takes(*c),
                _ => false,
            };
            if matched {
                (part, at) = (part + 1, at + 1);
                continue;
            }
            match star {
                Some((star_part, reach)) if name.get(reach).is_some_and(|c| *c != '/') => {
                    star = Some((star_part, reach + 1));
                    (part, at) = (star_part + 1, reach + 1);
                }
                _ => return false,
            }
        }
    }
}

impl Part {
    fn takes(&self, c: char) -> bool {
        match self {
            Part::Any | Part::One => c != '/',
            Part::Literal(literal) => c == *literal,
            Part::Class(ranges, outside) => ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *outside,
        }
    }
}

fn class(chars: &mut std::iter::Peekable<std::str::Chars>) -> Option<Part> {
    let outside = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && chars.next_if_eq(&']').is_some() {
            return Some(Part::Class(ranges, outside));
        }
        let low = member(chars)?;
        let high = if chars.next_if_eq(&'-').is_some() { member(chars)? } else { low };
        ranges.push((low, high));
    }
}

fn member(chars: &mut std::iter::Peekable<std::str::Chars>) -> Option<char> {
    let c = match chars.next()? {
        '-' | ']' => return None,
        '\\' => chars.next()?,
        c => c,
    };
    chars.peek().map(|_| c)
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn patterns_match_as_in_go() {
        let cases = [
            ("*.bak", "a.bak", true),
            ("*.bak", "d/a.bak", false),
            ("d/*.tmp", "d/x.tmp", true),
            ("d/*.tmp", "d/e/x.tmp", false),
            ("a?c", "abc", true),
            ("a?c", "a/c", false),
            ("[a-c]x", "bx", true),
            ("[^a-c]x", "bx", false),
            (r"\*", "*", true),
            (r"\*", "x", false),
            ("a*b*c", "aXbYbZc", true),
            ("*a*b", "xa/ab", false),
            ("", "", true),
            ("*", "", true),
            ("[]a]", "]", false),
        ];
        for (pattern, name, expected) in cases {
            assert_eq!(Pattern::new(pattern).is_some_and(|p| p.matches(name)), expected, "{pattern} {name}");
        }
        for bad in ["[", "[a", "[]a]", "[-]", r"\", "a["] {
            assert!(Pattern::new(bad).is_none(), "{bad}");
        }
    }
}

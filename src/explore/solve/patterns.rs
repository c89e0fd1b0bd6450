//! Texts that a regular expression matches, and texts that it does not.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Patterns nested deeper than this are not read.
const MAX_DEPTH: u32 = 24;
/// Longer texts are no examples.
const MAX_LENGTH: usize = 256;

/// A short text that a pattern matches.
pub(in crate::explore) fn matching(pattern: &str) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut text = String::new();
    write(&hir, &mut text, MAX_DEPTH)?;
    // What looks around itself is not always met.
    regex::Regex::new(pattern).ok()?.is_match(&text).then_some(text)
}

/// A text that a pattern does not match.
pub(super) fn failing(pattern: &str) -> Option<String> {
    let regex = regex::Regex::new(pattern).ok()?;
    ["", "other", "0", "-", "Other_1 "].into_iter().find(|text| !regex.is_match(text)).map(str::to_string)
}

fn write(hir: &Hir, text: &mut String, depth: u32) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    if text.len() > MAX_LENGTH {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => text.push(character(class)?),
        HirKind::Repetition(repetition) => {
            let count =
                repetition.min.max(u32::from(repetition.max != Some(0) && repetition.min == 0 && text.is_empty()));
            for _ in 0..count {
                write(&repetition.sub, text, depth)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, text, depth)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, text, depth))?,
        HirKind::Alternation(arms) => write(arms.first()?, text, depth)?,
    }
    Some(())
}

/// A character of a class, a letter or a digit if there is one.
fn character(class: &Class) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => class.iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect(),
    };
    let holds = |c: &char| ranges.iter().any(|(from, to)| (*from..=*to).contains(c));
    ['a', 'x', '1', 'A'].into_iter().find(holds).or_else(|| ranges.first().map(|(from, _)| *from))
}

//! Cutting rendered text into documents, as the versions of Helm do (releaseutil.SplitManifests).

use crate::profile::Profile;
use crate::source::search;
use crate::value::Text;
use std::ops::Range;

/// The documents of a rendered file, trimmed as Helm trims them.
pub fn split(text: &Text, profile: &Profile) -> Vec<Text> {
    let keeps_ends = profile.since(4, 2, 0);
    let is_new = profile.since(4, 2, 4);
    let trimmed = trim(text, keeps_ends);
    let mut pieces = Vec::new();
    let mut from = 0;
    while let Some(cut) = separator(trimmed.bytes(), from, is_new) {
        pieces.push(from..cut.start);
        from = cut.end;
    }
    pieces.push(from..trimmed.len());
    let mut documents = Vec::new();
    for range in pieces {
        if range.is_empty() {
            continue;
        }
        let piece = if range == (0..trimmed.len()) {
            trimmed.clone()
        } else {
            let mut builder = crate::value::TextBuilder::default();
            builder.push_slice(&trimmed, range);
            builder.finish()
        };
        let document = trim(&piece, keeps_ends);
        if !(is_new && document.bytes().trim_ascii().is_empty()) {
            documents.push(document);
        }
    }
    documents
}

/// The next three dashes at the start of a line, from `from` on. From Helm 4.2.4 on with the blanks behind them; before with
/// all white space around them, of which there must be a line break that no other separator took.
fn separator(text: &[u8], from: usize, is_new: bool) -> Option<Range<usize>> {
    let is_blank =
        |c: u8| if is_new { matches!(c, b' ' | b'\t') } else { matches!(c, b'\t' | b'\n' | b'\x0C' | b'\r' | b' ') };
    let dashes = if from == 0 && text.starts_with(b"---") {
        0
    } else {
        let free = if is_new { from.saturating_sub(1) } else { from };
        search::find_word(b"\n---", text, free)? + 1
    };
    let blank = |bytes: &[u8], at: usize| bytes.get(at).copied().is_some_and(is_blank);
    let mut start = dashes;
    while !is_new && start > from && blank(text, start - 1) {
        start -= 1;
    }
    let mut end = dashes + 3;
    while blank(text, end) {
        end += 1;
    }
    Some(start..end)
}

/// Go's TrimSpace, or its left half.
fn trim(text: &Text, left_only: bool) -> Text {
    let bytes = text.bytes();
    let start = bytes.len() - trim_start(bytes).len();
    let end = if left_only { bytes.len() } else { start + trim_end(&bytes[start..]).len() };
    if (start, end) == (0, bytes.len()) {
        return text.clone();
    }
    let mut builder = crate::value::TextBuilder::with_capacity(end - start, text.pieces().len());
    builder.push_slice(text, start..end);
    builder.finish()
}

fn trim_start(mut bytes: &[u8]) -> &[u8] {
    while let Some(width) = space_at_start(bytes) {
        bytes = &bytes[width..];
    }
    bytes
}

fn trim_end(mut bytes: &[u8]) -> &[u8] {
    loop {
        let last = (1..=3.min(bytes.len())).find(|n| space_at_start(&bytes[bytes.len() - n..]) == Some(*n));
        match last {
            Some(width) => bytes = &bytes[..bytes.len() - width],
            None => return bytes,
        }
    }
}

/// The width of the white space character (Unicode's, as in Go) at the start.
fn space_at_start(bytes: &[u8]) -> Option<usize> {
    let head = bytes.get(..bytes.len().min(4))?;
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
    };
    let first = valid.chars().next()?;
    // Unlike Rust's, Go's white space has no U+001C to U+001F; neither has Rust's `is_whitespace`.
    first.is_whitespace().then(|| first.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Release;

    fn cut(text: &str, helm: Release) -> Vec<String> {
        let documents = split(&Text::from(text), &Profile { helm });
        documents.iter().map(|d| d.lossy().into_owned()).collect()
    }

    #[test]
    fn three_dashes_need_no_line_end() {
        assert_eq!(cut("a: 1\n---b: 2\n", Release(3, 19, 0)), ["a: 1", "b: 2"]);
    }

    #[test]
    fn a_separator_that_two_cuts_share_stays() {
        assert_eq!(cut("a\n---\n\n---\nb", Release(3, 19, 0)), ["a", "---\nb"]);
    }

    #[test]
    fn newer_versions_keep_the_end_of_a_piece() {
        assert_eq!(cut("a: 1\n\n---\nb: 2\n", Release(4, 3, 1)), ["a: 1\n\n", "b: 2\n"]);
    }
}

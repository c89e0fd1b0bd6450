//! Examples in the comments of values.yaml: what is commented out, what stands after `e.g.`, which values are allowed.
//!
//! The file is looked at line by line, by indentation, since comments are no part of the data.

use crate::value::{Plain, PlainData, yaml};

/// Longer comments are not examples.
const MAX_LINES: usize = 60;

/// Values that the comments around a key show for it.
pub(super) fn examples(text: &[u8], path: &[String]) -> Vec<Plain> {
    let text = String::from_utf8_lossy(text);
    let lines: Vec<&str> = text.lines().collect();
    let Some((key, above)) = path.split_last() else { return Vec::new() };
    let mut found = Vec::new();
    match find(&lines, path) {
        Some(at) => {
            let before = block_before(&lines, at);
            found.extend(commented_out(&before, key));
            found.extend(below(&lines, at));
            found.extend(after_example(&before));
            found.extend(allowed(&before));
        }
        // The key itself may be commented out below the one above it.
        None => {
            let from = if above.is_empty() { Some(0) } else { find(&lines, above).map(|at| at + 1) };
            let Some(from) = from else { return found };
            let end = if above.is_empty() { lines.len() } else { end_of_block(&lines, from - 1) };
            let block: Vec<String> = lines[from..end].iter().filter_map(|line| uncommented(line)).collect();
            found.extend(commented_out(&block, key));
        }
    }
    found.retain(|plain| !plain.is_null());
    found
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn is_data(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with('#')
}

/// What a comment says; a line that is no comment says nothing.
fn uncommented(line: &str) -> Option<String> {
    let inner = line.trim_start().strip_prefix('#')?.trim_start_matches('#');
    Some(inner.strip_prefix(' ').unwrap_or(inner).trim_end().to_string())
}

fn is_key(line: &str, key: &str) -> bool {
    let line = line.trim_start();
    let quoted = |quote: char| line.strip_prefix(quote)?.strip_prefix(key)?.strip_prefix(quote);
    let rest = line.strip_prefix(key).or_else(|| quoted('"')).or_else(|| quoted('\''));
    rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
}

/// The line of a key.
fn find(lines: &[&str], path: &[String]) -> Option<usize> {
    let (mut from, mut to, mut found) = (0, lines.len(), None);
    for key in path {
        let inner = lines.get(from..to)?;
        let depth = indent(inner.iter().find(|line| is_data(line))?);
        let at = inner.iter().position(|line| is_data(line) && indent(line) == depth && is_key(line, key))?;
        found = Some(from + at);
        to = end_of_block(lines, from + at).min(to);
        from += at + 1;
    }
    found
}

/// The line after what belongs to a key.
fn end_of_block(lines: &[&str], at: usize) -> usize {
    let depth = lines.get(at).map_or(0, |line| indent(line));
    let is_next = |line: &&str| is_data(line) && indent(line) <= depth && !line.trim_start().starts_with("- ");
    lines.iter().skip(at + 1).position(is_next).map_or(lines.len(), |length| at + 1 + length)
}

/// The comment that ends above a line.
fn block_before(lines: &[&str], at: usize) -> Vec<String> {
    let mut block: Vec<String> = lines[..at].iter().rev().map_while(|line| uncommented(line)).take(MAX_LINES).collect();
    block.reverse();
    block
}

/// The value of `key:` in a comment, with the lines that belong to it.
fn commented_out(block: &[String], key: &str) -> Option<Plain> {
    let at = block.iter().position(|line| is_key(line, key))?;
    let first = block.get(at)?;
    let depth = indent(first);
    let rest = block[at + 1..].iter().take(MAX_LINES).take_while(|line| {
        let is_inner = indent(line) > depth || line.trim_start().starts_with("- ") && indent(line) >= depth;
        is_inner && !line.trim().is_empty()
    });
    let text = std::iter::once(first).chain(rest).map(|line| format!("{line}\n")).collect::<String>();
    read(&text)?.get(key).cloned()
}

/// What is commented out right below a key that has nothing else.
fn below(lines: &[&str], at: usize) -> Option<Plain> {
    let depth = indent(lines.get(at)?);
    let block = lines.iter().skip(at + 1).take_while(|line| {
        let line = line.trim_end();
        line.trim_start().starts_with('#') && !line.trim_start().starts_with("##")
    });
    let block: Vec<&&str> = block.take(MAX_LINES).collect();
    let is_inner = block.first().is_some_and(|line| {
        let mark = indent(line);
        let text = line.trim_start().trim_start_matches('#');
        mark > depth || indent(text) > 1
    });
    if !is_inner {
        return None;
    }
    let text: String = block.iter().filter_map(|line| uncommented(line)).map(|line| line + "\n").collect();
    read(&text).filter(|plain| plain.as_map().is_some() || plain.as_list().is_some())
}

/// What follows `e.g.` or `Example:` in a comment, as far as it is data.
fn after_example(block: &[String]) -> Option<Plain> {
    let is_start = |line: &String| {
        let line = line.trim().to_lowercase();
        line.ends_with("e.g:") || line.ends_with("e.g.:") || line.ends_with("example:") || line.ends_with("e.g.")
    };
    let at = block.iter().position(is_start)?;
    let rest = block[at + 1..].iter().take_while(|line| !line.trim().is_empty());
    let text: String = rest.map(|line| format!("{line}\n")).collect();
    read(&text).filter(|plain| plain.as_list().is_some())
}

/// The words that a comment lists as the values that are allowed.
fn allowed(block: &[String]) -> Vec<Plain> {
    let starts = ["allowed values", "possible values", "valid values", "one of", "options:", "supported values"];
    let of_line = |line: &String| {
        let lower = line.to_ascii_lowercase();
        let at = starts.iter().filter_map(|start| lower.find(start)).min()?;
        let rest = line.get(at..)?;
        let quote = ['`', '"', '\''].into_iter().find(|quote| rest.matches(*quote).count() >= 2)?;
        Some(rest.split(quote).skip(1).step_by(2).map(Plain::string).collect::<Vec<_>>())
    };
    block.iter().find_map(of_line).unwrap_or_default()
}

fn read(text: &str) -> Option<Plain> {
    if text.trim().is_empty() {
        return None;
    }
    placeless(&yaml::read(text.as_bytes()).ok()?.root.to_plain(), MAX_DEPTH)
}

/// Examples are nested no deeper than this.
const MAX_DEPTH: u32 = 12;

/// The data without its places, which are those of a text that is no file.
fn placeless(plain: &Plain, depth: u32) -> Option<Plain> {
    let depth = depth.checked_sub(1)?;
    let data = match &plain.data {
        PlainData::List(list) => {
            PlainData::List(list.iter().map(|item| placeless(item, depth)).collect::<Option<_>>()?)
        }
        PlainData::Map(map) => {
            let entries = map.iter().map(|(key, value)| Some((key.clone(), placeless(value, depth)?)));
            PlainData::Map(entries.collect::<Option<_>>()?)
        }
        scalar => scalar.clone(),
    };
    Some(data.into())
}

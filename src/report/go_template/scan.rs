//! A first look at a template, before gtmpl reads it.
//!
//! gtmpl runs the `else` of a `range` even when there was something to range over, ranges over maps in the order of their
//! hashes, prints values as Rust shows them, and recurses as deep as the template does. Here actions are rewritten so that
//! values are printed as Go prints them and maps are not ranged over, and what would go wrong is refused with a way out.

use std::collections::{BTreeMap, BTreeSet};

/// The function that every printed pipeline ends in.
pub const SHOWN: &str = "chartlint_shown";

/// The function through which everything goes that is ranged over.
pub const RANGED: &str = "chartlint_ranged";

/// How deep blocks and parentheses may nest.
const MAX_DEPTH: usize = 100;

/// The words that start actions that print nothing.
const KEYWORDS: [&str; 10] = ["if", "else", "end", "range", "with", "define", "block", "template", "break", "continue"];

/// The template with its actions rewritten.
pub fn rewritten(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len() * 2);
    let mut blocks: Vec<&str> = Vec::new();
    let mut calls: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut defined = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        out.push_str(&rest[..start]);
        let inside = &rest[start + 2..];
        let end = action_end(inside)?;
        let (open, action, close) = trimmed(&inside[..end]);
        let word = first_word(action);
        match word {
            "if" | "with" | "range" | "block" | "define" => blocks.push(word),
            "end" => drop(blocks.pop()),
            "else" if blocks.last() == Some(&"range") => {
                return Err("`else` of a `range` is not supported: write \
                            {{if .findings}}{{range .findings}}…{{end}}{{else}}…{{end}}"
                    .into());
            }
            "break" | "continue" => return Err(format!("`{word}` is not supported")),
            _ => {}
        }
        if blocks.len() > MAX_DEPTH {
            return Err(format!("blocks nest deeper than {MAX_DEPTH}"));
        }
        match (word, quoted(action)) {
            ("define" | "block", Some(name)) => defined = name,
            ("template", Some(name)) => drop(calls.entry(defined.clone()).or_default().insert(name)),
            ("end", _) if !blocks.iter().any(|block| matches!(*block, "define" | "block")) => defined.clear(),
            _ => {}
        }
        out.push_str("{{");
        out.push_str(open);
        out.push_str(&rewritten_action(word, action));
        out.push_str(close);
        out.push_str("}}");
        rest = &inside[end + 2..];
    }
    out.push_str(rest);
    if let Some(block) = blocks.last() {
        return Err(format!("a `{block}` has no {{{{end}}}}"));
    }
    if let Some(name) = circle(&calls) {
        return Err(format!("the template {name:?} calls itself"));
    }
    Ok(out)
}

/// Where the action ends: the offset of its `}}`. Strings, raw strings and comments may hold anything.
fn action_end(text: &str) -> Result<usize, String> {
    let bytes = text.as_bytes();
    let after_trim = text.strip_prefix("- ").unwrap_or(text);
    if after_trim.starts_with("/*") {
        let comment = text.find("*/").ok_or("a comment is not closed")?;
        return text[comment..].find("}}").map(|end| comment + end).ok_or_else(|| "a comment is not closed".into());
    }
    let mut at = 0;
    let mut depth = 0usize;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' | b'`' | b'\'' => at = string_end(bytes, at)?,
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'}' if bytes.get(at + 1) == Some(&b'}') => return Ok(at),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(format!("parentheses nest deeper than {MAX_DEPTH}"));
        }
        at += 1;
    }
    Err("an action is not closed: `}}` is missing".into())
}

/// The offset of the quote that ends the string that starts at `start`.
fn string_end(bytes: &[u8], start: usize) -> Result<usize, String> {
    let quote = bytes.get(start).copied().unwrap_or(b'"');
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if quote != b'`' => at += 1,
            byte if *byte == quote => return Ok(at),
            _ => {}
        }
        at += 1;
    }
    Err("a string is not closed".into())
}

/// The marks of trimming, and what stands between them.
fn trimmed(action: &str) -> (&'static str, &str, &'static str) {
    let (open, action) = match action.strip_prefix("- ") {
        Some(rest) => ("- ", rest),
        None => ("", action),
    };
    match action.strip_suffix(" -") {
        Some(rest) => (open, rest.trim(), " -"),
        None => (open, action.trim(), ""),
    }
}

fn first_word(action: &str) -> &str {
    let end = action.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(action.len());
    let word = &action[..end];
    if KEYWORDS.contains(&word) { word } else { "" }
}

/// The first string of an action: the name of a template.
fn quoted(action: &str) -> Option<String> {
    let start = action.find(['"', '`'])?;
    let end = string_end(action.as_bytes(), start).ok()?;
    action.get(start + 1..end).map(str::to_string)
}

fn rewritten_action(word: &str, action: &str) -> String {
    if word == "range" {
        let pipeline = action["range".len()..].trim_start();
        let (variables, pipeline) = match pipeline.split_once(":=") {
            Some((variables, pipeline)) if variables.starts_with('$') => (format!("{variables}:= "), pipeline),
            _ => (String::new(), pipeline),
        };
        return format!("range {variables}{RANGED} ({})", pipeline.trim());
    }
    let is_assignment =
        action.starts_with('$') && action.find(":=").is_some_and(|at| !action[..at].contains(['"', '`', '|', '(']));
    if !word.is_empty() || action.is_empty() || action.starts_with("/*") || is_assignment {
        return action.to_string();
    }
    format!("{action} | {SHOWN}")
}

/// A template that calls itself, however many others are between.
fn circle(calls: &BTreeMap<String, BTreeSet<String>>) -> Option<String> {
    // Again and again those that call none of those left are taken away.
    let mut left: BTreeSet<&String> = calls.keys().collect();
    loop {
        let before = left.len();
        let still: BTreeSet<&String> = left
            .iter()
            .filter(|name| calls.get(**name).is_some_and(|called| called.iter().any(|c| left.contains(c))))
            .copied()
            .collect();
        left = still;
        if left.len() == before {
            return left.first().map(|name| name.to_string());
        }
    }
}

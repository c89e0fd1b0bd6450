//! A Markdown file as a file of cases: headings, the charts below them, and what is to come out.

use std::ops::Range;

/// What stands below one heading.
#[derive(Default, Debug)]
pub struct Section {
    pub heading: String,
    /// The line of the heading, from 1.
    pub line: usize,
    /// The files of the section's chart: blocks with a `title="templates/x.yaml"`.
    pub files: Vec<(String, String)>,
    pub expected: Vec<Expected>,
}

/// A block that says what comes out.
#[derive(Debug)]
pub struct Expected {
    pub how: How,
    /// The lines between the fences, from 0.
    pub lines: Range<usize>,
    pub text: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// A `text` block: the findings of the section's chart, one a line.
    Concise,
    /// A `console` block: commands behind `$ `, and what each prints.
    Console,
}

/// The sections of a document, in their order.
pub fn sections(text: &str) -> Vec<Section> {
    let lines: Vec<&str> = text.lines().collect();
    let mut sections = vec![Section::default()];
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let fence = line.len() - line.trim_start_matches('`').len();
        if fence < 3 {
            if line.starts_with('#') {
                let heading = line.trim_start_matches('#').trim().to_string();
                sections.push(Section { heading, line: at + 1, ..Section::default() });
            }
            at += 1;
            continue;
        }
        let info = &line[fence..];
        let start = at + 1;
        let is_end = |line: &&str| line.trim_end() == "`".repeat(fence);
        let end = start + lines[start..].iter().position(is_end).unwrap_or(lines.len() - start);
        let content: String = lines[start..end].iter().map(|line| format!("{line}\n")).collect();
        let section = sections.last_mut().expect("the list starts with one section");
        let title = info.split_once("title=\"").and_then(|(_, rest)| rest.split_once('"'));
        match (title, info) {
            (Some((path, _)), _) => section.files.push((path.to_string(), content)),
            (None, "text") => section.expected.push(Expected { how: How::Concise, lines: start..end, text: content }),
            (None, "console") => {
                section.expected.push(Expected { how: How::Console, lines: start..end, text: content })
            }
            _ => {}
        }
        at = end + 1;
    }
    sections
}

/// The document with the lines of some blocks replaced; the blocks are in the order of the document.
pub fn replaced(text: &str, blocks: &[(Range<usize>, String)]) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::new();
    let mut at = 0;
    for (range, new) in blocks {
        for line in &lines[at..range.start] {
            out.push_str(line);
            out.push('\n');
        }
        out.push_str(new);
        at = range.end;
    }
    for line in &lines[at..] {
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// The commands of a console block, without the `$ `.
pub fn commands(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("$ ")).collect()
}

/// A command cut into words at spaces, single quotes respected.
pub fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for c in command.chars() {
        match c {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            c => words.last_mut().expect("there is always a word").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

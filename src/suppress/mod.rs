//! Findings that the chart's own comments do not want to hear of, and comments that do not do what they say.
//!
//! `{{- /* chartlint: ignore[rule] reason */ -}}` in a template, or `# chartlint: ignore[rule] reason` in YAML, works on its own
//! line, or on the next one when it stands alone; `ignore-file[rule]` at the top works on the whole file. It holds for a
//! finding when any place of it is there: the one to edit, a step of the trace, or a field. The room works on findings
//! that were made; what it suppresses is kept with the reason. Its own findings come from three rules, which it calls when
//! all others have spoken.

mod comment;

use crate::finding::{Finding, SuppressedBy, Suppression};
use crate::rules::{self, AtComment};
use crate::source::{SourceFile, Sources, Span};
use comment::{Comment, Ignored, Says};
use std::collections::{BTreeMap, BTreeSet};

/// What came of one analysis of a chart; a chart that is also compared with the version before it has two.
pub struct Part {
    pub findings: Vec<Finding>,
    pub sources: Sources,
}

/// What is known of the run.
pub struct Run<'a> {
    /// The chart's name.
    pub chart: &'a str,
    /// What stands before the paths of the chart's own files.
    pub root: &'a str,
    /// Whether a rule could have spoken in this run: a suppression of one that could not is not called unused.
    pub could_speak: &'a dyn Fn(&str) -> bool,
}

/// Marks the findings that comments suppress, and adds those about the comments to the first part.
pub fn apply(parts: &mut [Part], run: &Run<'_>) {
    let mut used = BTreeSet::new();
    for part in parts.iter_mut() {
        let comments = Comments::new(&part.sources);
        for finding in &mut part.findings {
            comments.suppress(finding, &part.sources, &mut used);
        }
    }
    let Some(first) = parts.first_mut() else { return };
    let comments = Comments::new(&first.sources);
    let mut about = comments.about(run);
    for finding in &mut about {
        comments.suppress(finding, &first.sources, &mut used);
    }
    // A comment may suppress that another one is unused, and is used by that.
    for is_about_unused in [false, true] {
        let mut unused = comments.unused(run, &used, is_about_unused);
        // None can say of itself that it is needed.
        for finding in unused.iter_mut().filter(|_| !is_about_unused) {
            comments.suppress(finding, &first.sources, &mut used);
        }
        about.extend(unused);
    }
    about.sort_by_key(|finding| finding.primary);
    first.findings.extend(about);
}

/// The file's path and the place in it: the same comment has one key in every part of a run.
type Key = (String, u32);

/// The comments of all files.
struct Comments<'a> {
    all: Vec<(&'a SourceFile, Comment)>,
    /// Which comments speak to a line of a file, by the file's address and the line.
    by_line: BTreeMap<(u32, u32), Vec<usize>>,
    /// Which comments speak to a whole file, by its address.
    by_file: BTreeMap<u32, Vec<usize>>,
}

impl<'a> Comments<'a> {
    fn new(sources: &'a Sources) -> Comments<'a> {
        let mut comments = Comments { all: Vec::new(), by_line: BTreeMap::new(), by_file: BTreeMap::new() };
        for file in sources.files() {
            let found = comment::comments(file);
            let alone: BTreeMap<u32, u32> = found.iter().filter(|c| c.is_alone).map(|c| (c.first, c.last)).collect();
            for comment in found {
                let index = comments.all.len();
                match &comment.says {
                    Says::Ignore(_) => {
                        for line in lines(&comment, &alone) {
                            comments.by_line.entry((file.base, line)).or_default().push(index);
                        }
                    }
                    Says::IgnoreFile(_) if comment::is_at_top(file, &comment) => {
                        comments.by_file.entry(file.base).or_default().push(index);
                    }
                    _ => {}
                }
                comments.all.push((file, comment));
            }
        }
        comments
    }

    /// The comments that speak to a place.
    fn at(&self, span: Span, sources: &Sources) -> BTreeSet<usize> {
        let Some((file, start)) = sources.locate(span.start) else { return BTreeSet::new() };
        let last = file.position(span.end.saturating_sub(1).max(span.start).saturating_sub(file.base)).line;
        let lines = self.by_line.range((file.base, start.line)..=(file.base, last.max(start.line)));
        lines
            .flat_map(|(_, indices)| indices)
            .chain(self.by_file.get(&file.base).into_iter().flatten())
            .copied()
            .collect()
    }

    /// Marks a finding that a comment suppresses, and notes the comments that do.
    fn suppress(&self, finding: &mut Finding, sources: &Sources, used: &mut BTreeSet<(Key, String)>) {
        if self.all.is_empty() {
            return;
        }
        let spans: BTreeSet<Span> = finding.spans().collect();
        let speaking: BTreeSet<usize> = spans.into_iter().flat_map(|span| self.at(span, sources)).collect();
        for (file, comment) in speaking.into_iter().filter_map(|index| self.all.get(index)) {
            let Some(ignored) = comment.ignored() else { continue };
            if !ignored.rules.iter().any(|(rule, _)| rule == finding.rule) {
                continue;
            }
            used.insert((key(file, comment), finding.rule.into()));
            // Of several comments the first that says why counts.
            if finding.suppressed.as_ref().is_none_or(|known| known.reason.is_empty()) {
                finding.suppressed = Some(Suppression { by: SuppressedBy::Comment, reason: ignored.reason.clone() });
            }
        }
    }

    /// The comments of the chart's own files: those of a dependency are for its authors.
    fn own<'s>(&'s self, run: &'s Run<'_>) -> impl Iterator<Item = &'s (&'a SourceFile, Comment)> {
        self.all.iter().filter(|(file, _)| file.path_below(run.root).is_some_and(|p| !p.starts_with("charts/")))
    }

    /// What is wrong with comments by themselves.
    fn about(&self, run: &Run<'_>) -> Vec<Finding> {
        let mut found = Vec::new();
        for (file, comment) in self.own(run) {
            let at = |span| at(run, file, span);
            match &comment.says {
                Says::Blanket => found.push(rules::suppression_of_nothing(&at(comment.span))),
                Says::Unknown { word, meant } => {
                    found.push(rules::suppression_by_no_word(&at(comment.span), word, *meant))
                }
                Says::IgnoreFile(_) if !comment::is_at_top(file, comment) => {
                    found.push(rules::suppression_of_file_below_top(&at(comment.span)));
                }
                Says::Ignore(_) | Says::IgnoreFile(_) => {}
            }
            for (rule, span) in comment.ignored().into_iter().flat_map(|ignored| &ignored.rules) {
                if !rules::is_rule(rule) {
                    found.push(rules::unknown_suppression(&at(*span), rule));
                }
            }
            if let Some(ignored) = comment.ignored()
                && ignored.reason.is_empty()
            {
                let names: Vec<&str> = ignored.rules.iter().map(|(rule, _)| rule.as_str()).collect();
                found.push(rules::suppression_without_reason(&at(comment.span), &names));
            }
        }
        found
    }

    /// The rules that comments name in vain.
    fn unused(&self, run: &Run<'_>, used: &BTreeSet<(Key, String)>, is_about_unused: bool) -> Vec<Finding> {
        let mut found = Vec::new();
        for (file, comment) in self.own(run) {
            let Some(ignored) = comment.ignored() else { continue };
            if matches!(comment.says, Says::IgnoreFile(_)) && !comment::is_at_top(file, comment) {
                continue;
            }
            for (rule, span) in &ignored.rules {
                let is_used = used.contains(&(key(file, comment), rule.clone()));
                let could_speak = rules::is_rule(rule) && (run.could_speak)(rule);
                if !is_used && could_speak && (rule == rules::UNUSED_SUPPRESSION) == is_about_unused {
                    found.push(rules::unused_suppression(&at(run, file, *span), rule));
                }
            }
        }
        found
    }
}

impl Comment {
    fn ignored(&self) -> Option<&Ignored> {
        match &self.says {
            Says::Ignore(ignored) | Says::IgnoreFile(ignored) => Some(ignored),
            Says::Blanket | Says::Unknown { .. } => None,
        }
    }
}

/// The lines that a comment speaks to: its own, and the next when it stands alone. Comments that follow one another all
/// speak to the line below them.
fn lines(comment: &Comment, alone: &BTreeMap<u32, u32>) -> BTreeSet<u32> {
    let mut lines = BTreeSet::from([comment.first, comment.last]);
    if comment.is_alone {
        let mut next = comment.last.saturating_add(1);
        while let Some(last) = alone.get(&next) {
            next = last.saturating_add(1);
        }
        lines.insert(next);
    }
    lines
}

fn key(file: &SourceFile, comment: &Comment) -> Key {
    (file.path.clone(), comment.span.start.saturating_sub(file.base))
}

fn at<'r>(run: &'r Run<'_>, file: &'r SourceFile, span: Span) -> AtComment<'r> {
    AtComment { chart: run.chart, path: file.path_below(run.root).unwrap_or(&file.path), span }
}

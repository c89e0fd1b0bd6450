//! Findings for people: the trace through the templates, what each operation gets, what to write instead.

use super::diagnostic::{Problem, Style, draw};
use crate::finding::{Finding, Severity, SuppressedBy};
use crate::source::Sources;
use std::fmt::Write;

/// One finding as text.
pub fn finding(finding: &Finding, sources: &Sources, style: Style) -> String {
    let mut labels = Vec::new();
    let numbered = finding.steps.len() > 1;
    for (index, step) in finding.steps.iter().enumerate() {
        let says = if numbered { format!("{}. {}", index + 1, step.says) } else { step.says.clone() };
        labels.push((step.span, says));
    }
    if labels.is_empty() && finding.primary != crate::source::Span::default() {
        labels.push((finding.primary, String::new()));
    }
    let problem = Problem {
        code: Some(format!("{} [{}]", finding.rule, finding.certainty)),
        severity: match finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        },
        message: finding.title.clone(),
        labels,
        help: None,
    };
    let mut out = draw(&problem, sources, style);
    let width = finding.effects.iter().map(|e| e.operation.len()).chain([8]).max().unwrap_or(8);
    let mut row = |name: &str, text: &str| {
        for (index, line) in wrap(text, style.width.saturating_sub(width + 6)).iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            let _ = writeln!(out, "    {name:width$}  {line}");
        }
    };
    for effect in &finding.effects {
        row(effect.operation, &effect.says);
    }
    let others: Vec<String> = finding
        .fields
        .iter()
        .skip(1)
        .map(|field| match sources.locate(field.span.start) {
            Some((file, at)) if field.span.start != 0 => {
                let name = file.path.rsplit('/').next().unwrap_or(&file.path);
                format!("{} ({name}:{})", field.field, at.line)
            }
            _ => field.field.clone(),
        })
        .collect();
    if !others.is_empty() {
        row("also", &others.join(", "));
    }
    if !finding.versions.is_empty() {
        row("versions", &finding.versions);
    }
    if !finding.values.is_empty() {
        row("values", &finding.values);
    }
    if !finding.help.is_empty() {
        row("help", &finding.help);
    }
    out.push('\n');
    out
}

/// Words in lines of a width; paragraphs stay.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// `2 errors, 1 warning in 3 charts (1 suppressed, 4 known)`
pub fn summary(findings: &[Finding], charts: usize) -> String {
    let told = |f: &&Finding| f.suppressed.is_none();
    let count = |severity| findings.iter().filter(told).filter(|f| f.severity == severity).count();
    let mut parts = Vec::new();
    for (severity, one, many) in [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "note", "notes"),
    ] {
        match count(severity) {
            0 => {}
            1 => parts.push(format!("1 {one}")),
            n => parts.push(format!("{n} {many}")),
        }
    }
    let charts = if charts == 1 { "1 chart".to_string() } else { format!("{charts} charts") };
    let silent = |by: &[SuppressedBy]| {
        findings.iter().filter(|f| f.suppressed.as_ref().is_some_and(|s| by.contains(&s.by))).count()
    };
    let suppressed = silent(&[SuppressedBy::Comment, SuppressedBy::Config]);
    let silent = [(suppressed, "suppressed"), (silent(&[SuppressedBy::Baseline]), "known")];
    let silent: Vec<String> = silent.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let silent = if silent.is_empty() { String::new() } else { format!(" ({})", silent.join(", ")) };
    let told = if parts.is_empty() { "no findings".to_string() } else { parts.join(", ") };
    format!("{told} in {charts}{silent}")
}

//! A rendered document that is not YAML, or no object.

use super::{Evidence, Rule, words};
use crate::finding::{Finding, Severity, TraceStep};
use crate::lifecycle::{Phase, PhaseKind};
use crate::manifest::ManifestError;
use crate::source::Span;
use crate::value::Piece;

pub static RULE: Rule = Rule {
    name: "yaml-error",
    severity: Severity::Error,
    summary: "what a template renders to is not YAML that Helm can read",
    check,
};

/// Where the text of the error's place was written: for literal text the first thing there, else its action.
fn place(phase: &Phase, piece: &Piece, error: &ManifestError) -> Span {
    if !piece.literal {
        return super::story::extent(&phase.rendering, piece);
    }
    let from = error.offset.max(piece.start as usize);
    let rest = error.text.bytes().get(from..piece.end as usize).unwrap_or_default();
    let blank = rest.len() - rest.trim_ascii_start().len();
    let start = piece.source + (from - piece.start as usize + blank) as u32;
    let line = rest[blank..].split(|b| *b == b'\n').next().unwrap_or_default().trim_ascii_end();
    Span::new(start, start + (line.len() as u32).max(1))
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let mut known: Vec<String> = Vec::new();
    // Where the chart asks for values, lint goes on without them: what it renders then says nothing.
    let asks = evidence.asks_for_values();
    for phase in &evidence.life.phases {
        if phase.rendering.error.is_some() || asks && phase.kind == PhaseKind::Lint {
            continue;
        }
        let Err(error) = &phase.manifests else { continue };
        if known.contains(&error.message) {
            continue;
        }
        known.push(error.message.clone());
        let piece = error.text.pieces().iter().find(|p| p.end as usize > error.offset && p.source != 0);
        let span = piece.map_or(Span::default(), |p| place(phase, p, error));
        let mut finding = words::problem(&RULE, evidence, Severity::Error, span);
        let phases: Vec<PhaseKind> = evidence
            .life
            .phases
            .iter()
            .filter(|p| p.rendering.error.is_none())
            .filter(|p| matches!(&p.manifests, Err(e) if e.message == error.message))
            .map(|p| p.kind)
            .collect();
        finding.title = format!("{}: {}", words::failing(evidence.life, &phases), error.message);
        if span != Span::default() {
            finding.steps = vec![TraceStep { span, says: "the text written here".into(), is_primary: true }];
        }
        finding.cause = error.file.to_string();
        findings.push(finding);
    }
}

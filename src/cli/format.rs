//! How findings are printed and where they go: `--format` and `--output`, in pairs.

use super::links;
use crate::report::diagnostic::Style;
use crate::report::{Reached, RuleText, Run, concise, github, gitlab, go_template, human, json, junit, sarif};
use crate::rules;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::path::PathBuf;
use std::sync::Arc;

/// How findings are printed.
#[derive(Clone, Debug)]
pub enum Format {
    Human,
    Concise,
    Json,
    Sarif,
    Github,
    Gitlab,
    Junit,
    GoTemplate(Arc<go_template::GoTemplate>),
}

/// The formats with what they are.
const FORMATS: [(&str, &str, Format); 7] = [
    ("human", "The trace through the templates, drawn", Format::Human),
    ("concise", "One line a finding: path:line:col: severity[rule] title", Format::Concise),
    ("json", "For programs; docs/report.schema.json is its schema", Format::Json),
    ("sarif", "SARIF 2.1.0, for code scanning and editors", Format::Sarif),
    ("github", "Annotations of GitHub Actions", Format::Github),
    ("gitlab", "GitLab's code quality report", Format::Gitlab),
    ("junit", "JUnit's XML: a suite a chart, a case a finding", Format::Junit),
];

const GO_TEMPLATE: &str = "go-template";

/// Reads a format of the command line.
#[derive(Clone)]
pub struct FormatParser;

impl TypedValueParser for FormatParser {
    type Value = Format;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Format, clap::Error> {
        let text = StringValueParser::new().parse_ref(command, argument, value)?;
        if let Some((.., format)) = FORMATS.iter().find(|(name, ..)| *name == text) {
            return Ok(format.clone());
        }
        let name = argument.map_or_else(|| "--format".into(), ToString::to_string);
        if let Some(template) = text.strip_prefix("go-template=") {
            return go_template::parse(template).map(|t| Format::GoTemplate(Arc::new(t))).map_err(|message| {
                let message = format!("invalid template for '{name}': {message}\n");
                clap::Error::raw(ErrorKind::ValueValidation, message).with_cmd(command)
            });
        }
        if text == GO_TEMPLATE {
            let message =
                "go-template needs a template: --format 'go-template={{range .findings}}{{.title}}\n{{end}}'\n";
            return Err(clap::Error::raw(ErrorKind::ValueValidation, message).with_cmd(command));
        }
        let names: Vec<&str> = FORMATS.iter().map(|(name, ..)| *name).chain([GO_TEMPLATE]).collect();
        let mut error = clap::Error::new(ErrorKind::InvalidValue).with_cmd(command);
        error.insert(ContextKind::InvalidArg, ContextValue::String(name));
        error.insert(ContextKind::InvalidValue, ContextValue::String(text.clone()));
        let shown =
            names.iter().map(|name| if *name == GO_TEMPLATE { format!("{name}=TEMPLATE") } else { name.to_string() });
        error.insert(ContextKind::ValidValue, ContextValue::Strings(shown.collect()));
        if let Some(near) = super::propose::near(&text, names) {
            error.insert(ContextKind::SuggestedValue, ContextValue::String(near.to_string()));
        }
        Err(error)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let named = FORMATS.iter().map(|(name, help, _)| PossibleValue::new(*name).help(*help));
        let template = PossibleValue::new("go-template=TEMPLATE").help("A Go template over the JSON report");
        Some(Box::new(named.chain([template])))
    }
}

/// Where a report goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    Stdout,
    File(PathBuf),
}

/// The formats with where each goes: the first `--output` is that of the first `--format`, and so on.
pub fn pairs(formats: &[Format], outputs: &[PathBuf]) -> Result<Vec<(Format, Target)>, String> {
    pairs_or(formats, Format::Human, outputs)
}

/// The same for any formats; one of them stands where none is given.
pub fn pairs_or<F: Clone>(formats: &[F], default: F, outputs: &[PathBuf]) -> Result<Vec<(F, Target)>, String> {
    let formats = if formats.is_empty() { &[default] } else { formats };
    let targets: Vec<Target> = match outputs {
        [] if formats.len() == 1 => vec![Target::Stdout],
        outputs => outputs
            .iter()
            .map(|path| if path.as_os_str() == "-" { Target::Stdout } else { Target::File(path.clone()) })
            .collect(),
    };
    if targets.len() < formats.len() {
        return Err(format!(
            "{} times --format and {} times --output: say where each one goes, in the same order, with `-` for standard \
             output: --format human --output - --format sarif --output chartlint.sarif",
            formats.len(),
            outputs.len()
        ));
    }
    if targets.len() > formats.len() {
        return Err(format!(
            "{} times --output and {} times --format: each --output goes with a --format",
            outputs.len(),
            formats.len()
        ));
    }
    for (index, target) in targets.iter().enumerate() {
        if targets[..index].contains(target) {
            let shown = match target {
                Target::Stdout => "standard output".to_string(),
                Target::File(path) => path.display().to_string(),
            };
            return Err(format!("two reports would go to {shown}"));
        }
    }
    Ok(formats.iter().cloned().zip(targets).collect())
}

/// How much is told beside the findings.
#[derive(Clone, Copy, Debug)]
pub struct Telling {
    pub style: Style,
    /// Places are links, for those who show them.
    pub has_links: bool,
    /// Findings alone: no summary.
    pub is_quiet: bool,
    /// How many charts were analysed.
    pub charts: usize,
}

/// The report of a run.
pub fn report(run: &Run<'_>, format: &Format, telling: Telling) -> Result<String, String> {
    Ok(match format {
        Format::Human => {
            let mut text = String::new();
            for (_, told) in run.heard() {
                let drawn = human::finding(told.finding, told.sources, telling.style);
                text.push_str(&if telling.has_links { links::linked(&drawn) } else { drawn });
            }
            // Where nothing was analysed, standard error has said why.
            if !telling.is_quiet && telling.charts > 0 {
                let all = run.charts.iter().flat_map(|chart| &chart.findings);
                let all: Vec<_> = all.map(|told| told.finding.clone()).collect();
                text.push_str(&human::summary(&all, telling.charts));
                text.push('\n');
                if let Some(reached) = Reached::sum(run.charts.iter().map(|chart| &chart.reached)).words() {
                    text.push_str(&reached);
                    text.push('\n');
                }
            }
            text
        }
        Format::Concise => run.heard().map(|(_, told)| concise::finding(told.finding, told.sources)).collect(),
        Format::Json => json::report(run),
        Format::Sarif => sarif::report(run, &rule_texts()),
        Format::Github => github::report(run),
        Format::Gitlab => gitlab::report(run),
        Format::Junit => junit::report(run),
        Format::GoTemplate(template) => {
            go_template::report(run, template).map_err(|message| format!("--format go-template: {message}"))?
        }
    })
}

/// All rules with their pages.
fn rule_texts() -> Vec<RuleText<'static>> {
    let text = |rule: &&'static rules::Rule| RuleText {
        name: rule.name,
        severity: rule.severity,
        summary: rule.summary,
        page: rules::page(rule.name).unwrap_or_default(),
    };
    rules::RULES.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(paths: &[&str]) -> Vec<PathBuf> {
        paths.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn formats_and_outputs_go_in_pairs() {
        let both = [Format::Human, Format::Sarif];
        let file = |path: &str| Target::File(path.into());
        let targets = |formats: &[Format], outputs: &[&str]| -> Result<Vec<Target>, String> {
            Ok(pairs(formats, &paths(outputs))?.into_iter().map(|(_, target)| target).collect())
        };
        assert_eq!(targets(&[], &[]), Ok(vec![Target::Stdout]));
        assert_eq!(targets(&[], &["a"]), Ok(vec![file("a")]));
        assert_eq!(targets(&both, &["-", "a"]), Ok(vec![Target::Stdout, file("a")]));
        assert!(targets(&both, &[]).is_err());
        assert!(targets(&both, &["a"]).is_err());
        assert!(targets(&both, &["a", "a"]).is_err());
        assert!(targets(&both[..1], &["a", "b"]).is_err());
    }
}

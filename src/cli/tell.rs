//! What came of the charts, told in the reports that were asked for.

use super::format::{self, Format, Target, Telling};
use super::output::{self, complain};
use super::{Exit, args};
use crate::check::Checked;
use crate::finding::Severity;
use crate::report::{Chart, Failure, Run, Told};
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

/// What came of one chart.
pub struct Outcome {
    pub path: PathBuf,
    /// Why it was not checked at all, otherwise.
    pub checked: Result<Checked, (String, Exit)>,
    pub time: Duration,
}

/// Prints all results and gives the exit code.
pub fn tell(outcomes: &[Outcome], options: &args::CheckOptions, reports: &[(Format, Target)], charts: usize) -> Exit {
    let mut exit = Exit::Clean;
    let mut run = Run::default();
    for outcome in outcomes {
        let path = outcome.path.display().to_string();
        match &outcome.checked {
            Ok(checked) => {
                let fail_on = options.fail_on.severity();
                run.charts.push(Chart { path, fail_on, findings: told(checked) });
            }
            Err((message, code)) => {
                complain(message);
                run.failures.push(Failure { path, message });
                exit = exit.max(*code);
            }
        }
    }
    if run.heard().any(|(chart, told)| told.finding.severity >= chart.fail_on) {
        exit = exit.max(Exit::Findings);
    }
    let charts = charts.saturating_sub(run.failures.len());
    for (format, target) in reports {
        let style = match target {
            Target::Stdout => output::style(&std::io::stdout()),
            Target::File(_) => output::style_of_files(),
        };
        let written = match format::report(&run, format, Telling { style, is_quiet: options.quiet, charts }) {
            Ok(text) => output::write_to(target, text.as_bytes()),
            Err(message) => {
                complain(&message);
                Exit::Usage
            }
        };
        exit = exit.max(written);
    }
    if options.verbose {
        explain(outcomes);
    }
    exit
}

/// The findings of a chart as they are told: the worst first.
fn told(checked: &Checked) -> Vec<Told<'_>> {
    let tell = |finding| Told { finding, sources: &checked.sources, suppression: None };
    let mut told: Vec<Told<'_>> = checked.findings.iter().map(tell).collect();
    told.sort_by_key(|told| std::cmp::Reverse(told.finding.severity));
    told
}

/// Says on standard error what was analysed, chart by chart.
fn explain(outcomes: &[Outcome]) {
    let counted = |count: usize, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    let mut total = Duration::ZERO;
    for outcome in outcomes {
        total += outcome.time;
        let Ok(checked) = &outcome.checked else { continue };
        let what = match checked.worlds {
            0 => "a library chart, looked at in the charts that use it".to_string(),
            worlds => format!(
                "{}, {}, {}",
                counted(checked.sources.files().len(), "file"),
                counted(worlds, "world"),
                counted(checked.findings.len(), "finding")
            ),
        };
        let (path, time) = (outcome.path.display(), outcome.time.as_millis());
        // A closed standard error leaves nobody to tell.
        let _ = writeln!(std::io::stderr(), "chartlint: {path}: {what}, {time} ms");
    }
    let charts = counted(outcomes.len(), "chart");
    let _ = writeln!(std::io::stderr(), "chartlint: {charts} in {} ms of work", total.as_millis());
}

impl args::FailOn {
    fn severity(self) -> Severity {
        match self {
            args::FailOn::Error => Severity::Error,
            args::FailOn::Warning => Severity::Warning,
            args::FailOn::Info => Severity::Info,
        }
    }
}

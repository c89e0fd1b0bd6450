//! What came of the charts, told in the reports that were asked for.

use super::format::{self, Format, Target, Telling};
use super::output::{self, complain};
use super::settings::Settings;
use super::verdict::Vain;
use super::{Exit, args};
use crate::baseline::Stale;
use crate::check::{Checked, Reason, Site};
use crate::finding::{Finding, Severity, SuppressedBy};
use crate::report::{Chart, Failure, Missed, Reached, Run, Suppression, Told};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What came of one chart.
pub struct Outcome {
    pub path: PathBuf,
    /// Why it was not checked at all, otherwise.
    pub checked: Result<Checked, (String, Exit)>,
    pub time: Duration,
}

/// What the user wants to hear of one chart.
pub struct Heard {
    pub outcomes: Vec<Outcome>,
    /// What the baseline and the config say in vain.
    pub vain: Vain,
    pub settings: Settings,
}

/// Prints all results and gives the exit code.
pub fn tell(heard: &[Heard], options: &args::CheckOptions, reports: &[(Format, Target)]) -> Exit {
    let mut exit = Exit::Clean;
    let mut run = Run::default();
    for (fail_on, outcome) in
        heard.iter().flat_map(|h| h.outcomes.iter().map(move |outcome| (h.settings.config.fail_on, outcome)))
    {
        let path = outcome.path.display().to_string();
        match &outcome.checked {
            Ok(checked) => {
                let fail_on = options.fail_on.map(args::FailOn::severity).or(fail_on).unwrap_or(Severity::Error);
                run.charts.push(Chart { path, fail_on, findings: told(checked), reached: reached(checked) });
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
    let charts = heard.iter().filter(|h| h.outcomes.iter().any(|outcome| outcome.checked.is_ok())).count();
    let telling = |style, target: &Target| Telling {
        style,
        has_links: *target == Target::Stdout && output::has_links(),
        is_quiet: options.quiet,
        charts,
    };
    for (format, target) in reports {
        let style = match target {
            Target::Stdout => output::style(&std::io::stdout()),
            Target::File(_) => output::style_of_files(),
        };
        let written = match format::report(&run, format, telling(style, target)) {
            Ok(text) => output::write_to(target, text.as_bytes()),
            Err(message) => {
                complain(&message);
                Exit::Usage
            }
        };
        exit = exit.max(written);
    }
    tell_stale(heard);
    if options.verbose {
        explain(&heard.iter().flat_map(|h| &h.outcomes).collect::<Vec<_>>());
    }
    exit
}

/// The findings of a chart as they are told: the worst first.
fn told(checked: &Checked) -> Vec<Told<'_>> {
    let mut told = Vec::new();
    for finding in &checked.findings {
        told.push(Told { finding, sources: &checked.sources, suppression: suppression(finding) });
    }
    told.sort_by_key(|told: &Told<'_>| std::cmp::Reverse(told.finding.severity));
    told
}

/// Why nobody wants to hear of a finding.
fn suppression(finding: &Finding) -> Option<Suppression<'_>> {
    let suppressed = finding.suppressed.as_ref()?;
    Some(Suppression { is_in_source: suppressed.by == SuppressedBy::Comment, reason: &suppressed.reason })
}

/// How far the analysis of a chart got.
fn reached(checked: &Checked) -> Reached {
    let coverage = &checked.coverage;
    let missed = coverage.missed().into_iter().filter_map(|missed| {
        let (file, at) = checked.sources.locate(missed.span.start)?;
        let reason = reason(missed.reason, checked);
        let files = missed.files.iter().filter_map(|base| Some(checked.sources.locate(*base)?.0.path.clone()));
        let files = files.collect();
        Some(Missed { what: missed.what, path: file.path.clone(), line: at.line, column: at.column, reason, files })
    });
    let call = |site: &Site, reason: &str| {
        let (file, at) = checked.sources.locate(site.span.start)?;
        let (path, reason) = (file.path.clone(), reason.to_string());
        Some(Missed { what: site.function, path, line: at.line, column: at.column, reason, files: Vec::new() })
    };
    let unreachable = coverage.unreachable().filter_map(|site| call(site, "no template includes it"));
    let forced_calls = coverage.forced_calls();
    let forced_calls = forced_calls.filter_map(|site| call(site, "it ran only where conditions around it were forced"));
    Reached {
        worlds: checked.worlds,
        lookups: coverage.lookups(),
        random_calls: coverage.draws(),
        forced: coverage.forced(),
        conditions: coverage.conditions(),
        forced_calls: forced_calls.collect(),
        missed: missed.collect(),
        unreachable: unreachable.collect(),
        is_cut_off: coverage.is_cut_off,
    }
}

/// The files that a call would write to, where those are others than its own.
fn would_write(path: &str, files: &[String]) -> String {
    const TOLD: usize = 3;
    let name = |path: &String| path.rsplit('/').next().unwrap_or(path).to_string();
    let mut names: Vec<String> = files.iter().filter(|file| *file != path).map(name).collect();
    if names.is_empty() {
        return String::new();
    }
    if names.len() > TOLD {
        let more = names.len() - TOLD;
        names.truncate(TOLD);
        names.push(format!("{more} more"));
    }
    format!("; it would write to {}", names.join(", "))
}

/// Why a place was missed.
fn reason(reason: Reason, checked: &Checked) -> String {
    match reason {
        Reason::Behind(head) => match checked.sources.locate(head.start) {
            Some((file, at)) => {
                let name = file.path.rsplit('/').next().unwrap_or(&file.path);
                format!("it stands behind the condition at {name}:{}, which came out one way only", at.line)
            }
            None => "it stands behind a condition that came out one way only".into(),
        },
        Reason::NeverRendered => "what it stands in was never rendered".into(),
        Reason::NothingRenders => "no world renders to its end".into(),
        Reason::Settled => "the chart itself, its files or the release's name decide it, and no value".into(),
        Reason::NoValue => "no values are known that turn it round".into(),
        Reason::Tried(1) => "the values that were tried did not turn it round".into(),
        Reason::Tried(count) => format!("{count} ways that were tried did not turn it round"),
        Reason::OnlyFails => "it comes out the other way only where the render fails".into(),
        Reason::Budget => "the search ended before its turn came".into(),
    }
}

/// Says on standard error what was analysed, chart by chart.
fn explain(outcomes: &[&Outcome]) {
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
        let reached = reached(checked);
        if let Some(words) = reached.words() {
            let _ = writeln!(std::io::stderr(), "chartlint: {path}: {words}");
        }
        for missed in &reached.missed {
            let Missed { what, path, line, column, reason, files } = missed;
            let says = if *what == "condition" { "came out one way only" } else { "never ran" };
            let to = would_write(path, files);
            let says = format!("{says}: {reason}{to}");
            let _ = writeln!(std::io::stderr(), "chartlint: {path}:{line}:{column}: not analysed: {what} {says}");
        }
        for Missed { what, path, line, column, reason, .. } in &reached.unreachable {
            let _ = writeln!(
                std::io::stderr(),
                "chartlint: {path}:{line}:{column}: not counted: {what} cannot run: {reason}"
            );
        }
    }
    let charts = counted(outcomes.len(), "chart");
    let _ = writeln!(std::io::stderr(), "chartlint: {charts} in {} ms of work", total.as_millis());
}

/// Says what baselines know in vain.
fn tell_stale(heard: &[Heard]) {
    const TOLD: usize = 10;
    let mut by_file: BTreeMap<&Path, Vec<&Stale>> = BTreeMap::new();
    for (path, stale) in
        heard.iter().filter_map(|h| Some((h.settings.baseline.as_ref()?.path.as_path(), &h.vain.stale)))
    {
        by_file.entry(path).or_default().extend(stale);
    }
    for (path, stale) in by_file.into_iter().filter(|(_, stale)| !stale.is_empty()) {
        let (are, it) = if stale.len() == 1 { ("finding that is", "it") } else { ("findings that are", "them") };
        complain(&format!(
            "{} knows {} {are} gone; `chartlint baseline --prune` takes {it} out",
            path.display(),
            stale.len()
        ));
        for Stale { chart, rule, title, .. } in stale.iter().take(TOLD) {
            complain(&format!("  {chart}: [{rule}] {}", title.replace('\n', " ")));
        }
        if stale.len() > TOLD {
            complain(&format!("  and {} more", stale.len() - TOLD));
        }
    }
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

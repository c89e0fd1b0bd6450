//! `chartlint trace`: what a chart reads, and where that flows.

use super::args::{self, TraceFormat};
use super::check::{self, Asked};
use super::format::{self, Target};
use super::{Exit, output};
use crate::check::{Setup, TraceAsked, trace as traced};
use crate::report::diagnostic::Style;
use crate::report::trace::{Told, dot, json, svg, tree};
use crate::template::Cache;
use crate::trace::{Kind, Only, Trace};
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;

/// Runs the command and prints.
pub fn run(arguments: &args::Trace) -> Exit {
    match told(arguments) {
        Ok(exit) => exit,
        Err((message, exit)) => {
            if !message.is_empty() {
                output::complain(&message);
            }
            exit
        }
    }
}

fn told(arguments: &args::Trace) -> Result<Exit, (String, Exit)> {
    let usage = |message: String| (message, Exit::Usage);
    let reports = format::pairs_or(&arguments.format, TraceFormat::Tree, &arguments.output).map_err(usage)?;
    let (setup, asked) = asked(arguments)?;
    let source = check::source(&arguments.chart)
        .map_err(|failure| (format!("{}: {}", arguments.chart.display(), failure.message), failure.exit))?;
    let cache = Cache::default();
    let run = || traced(source, &setup, &asked, &cache);
    let failed = |message: &str| (format!("{}: {message}", arguments.chart.display()), Exit::Failed);
    let trace = std::panic::catch_unwind(AssertUnwindSafe(run))
        .map_err(|_| failed("chartlint failed on this chart; this is a bug of chartlint's, please report it"))?
        .map_err(|message| failed(&message))?;
    if let Some(to) = arguments.to.as_ref().filter(|_| !trace.is_found) {
        return Err(usage(format!("--to {to}: no world of this chart renders that{}", near(to, &trace))));
    }
    let told = Told {
        trace: &trace,
        path: arguments.chart.display().to_string(),
        to: arguments.to.as_deref(),
        is_default: arguments.source.is_empty() && arguments.to.is_none(),
    };
    Ok(reports.iter().fold(Exit::Clean, |exit, (format, target)| exit.max(write(&told, *format, target))))
}

/// What is traced, and in which worlds.
fn asked(arguments: &args::Trace) -> Result<(std::sync::Arc<Setup>, TraceAsked), (String, Exit)> {
    let known = args::KnownFlags {
        config: arguments.config.clone(),
        no_config: arguments.no_config,
        baseline: None,
        no_baseline: true,
    };
    let wanted = Asked {
        values: &arguments.values,
        release: &arguments.release,
        kube_version: &None,
        known: &known,
        target: &[],
        is_reproduced: false,
    };
    let jobs = check::jobs(std::slice::from_ref(&arguments.chart), &wanted).map_err(|exit| (String::new(), exit))?;
    let setup = jobs.into_iter().next().map(|job| job.setup).ok_or((String::new(), Exit::Nothing))?;
    if let Some(version) = &arguments.kube_version {
        let mut capabilities = crate::engine::Capabilities::defaults(&setup.profile);
        capabilities.set_version(version, &setup.profile).map_err(|message| (message, Exit::Usage))?;
    }
    let kinds: BTreeSet<Kind> = match (arguments.source.as_slice(), &arguments.to) {
        ([], None) => Kind::LIVE.into(),
        // Where a field comes from is asked of everything.
        ([], Some(_)) => Kind::ALL.into(),
        (some, _) => some.iter().copied().collect(),
    };
    let only =
        arguments.to.as_ref().map(|to| Only::parse(to).map_err(|error| (format!("--to {to}: {error}"), Exit::Usage)));
    Ok((setup, TraceAsked { kinds, only: only.transpose()?, kube_version: arguments.kube_version.clone() }))
}

fn write(told: &Told<'_>, format: TraceFormat, target: &Target) -> Exit {
    let style: Style = match target {
        Target::Stdout => output::style(&std::io::stdout()),
        Target::File(_) => output::style_of_files(),
    };
    let text = match format {
        TraceFormat::Tree => tree::text(told, style),
        TraceFormat::Json => json::text(told),
        TraceFormat::Dot => dot::text(told),
        TraceFormat::Svg => svg::text(told),
    };
    output::write_to(target, text.as_bytes())
}

/// The object that somebody may have meant.
fn near(to: &str, trace: &Trace) -> String {
    let wanted = to.rsplit_once(':').map_or(to, |(object, _)| object);
    let names: Vec<String> = trace.rendered.iter().cloned().collect();
    let exact = names.iter().find(|name| name.eq_ignore_ascii_case(wanted));
    if exact.is_some() {
        return " (the object is there, the field is not)".into();
    }
    let near = super::propose::near(wanted, names.iter().map(String::as_str));
    near.map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}

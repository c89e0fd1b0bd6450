//! The arguments of the command line.

pub use super::choices::{ErrorFormat, FailOn, OriginFormat, Phase, RulesFormat, StepFormat, Target, TraceFormat};
use super::format::{Format, FormatParser};
use crate::trace::Kind;
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

/// Finds where a Helm chart's output depends on when and where it is rendered, and what that breaks.
#[derive(Parser, Debug)]
#[command(name = "chartlint", version, args_conflicts_with_subcommands = true, max_term_width = 110)]
#[command(after_help = CHECK_HELP)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,

    #[command(flatten)]
    pub check: Check,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Check charts; what is done without a verb
    #[command(after_help = CHECK_HELP)]
    Check(Check),
    /// Live from one version of a chart to the next and back: install OLD, upgrade to NEW, roll back
    Diff(Diff),
    /// Live a chart's life and print it: each operation of Helm, what it changes, and what the server answers
    Life(Life),
    /// Follow what a chart reads to where it ends: which objects, fields and conditions depend on a lookup, the phase, a draw
    Trace(Trace),
    /// Print the manifest of a chart as Helm renders it
    Render(Render),
    /// What a rollback will do: the patch, the server's answer, and the ways out of a release that is stuck
    Rollback(Rollback),
    /// Print the page of a rule: what it finds, why, what to write instead
    Explain(Explain),
    /// List the rules
    Rules(Rules),
    /// Write a config, .chartlint.yaml, that says what it can do
    Init(Init),
    /// Write down the findings that are there, so that only new ones are told
    Baseline(Baseline),
    /// Print a script that completes chartlint's arguments in a shell
    Completions(Completions),
    /// Print the manual page of chartlint, or of one of its verbs
    Man(Man),
}

impl Command {
    /// What the arguments of the process ask for. A chart to render without options needs nobody who knows options. Those of
    /// `render` and of a check without a verb, which may take less time than to know all verbs with all of their arguments,
    /// are read by themselves; what is wrong with them is said by who knows all.
    pub fn of_process() -> clap::error::Result<Command> {
        let mut arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
        let is_verb =
            |argument: &OsString| argument.to_str().is_some_and(|verb| verb == "help" || Command::has_subcommand(verb));
        if let [verb, chart] = arguments.as_slice()
            && verb == "render"
            && chart.as_encoded_bytes().first().is_some_and(|first| *first != b'-')
        {
            return Ok(Command::Render(Render::of(chart.into())));
        }
        let alone = match arguments.first() {
            Some(verb) if verb == "render" => alone(arguments.split_off(1)).map(Command::Render),
            _ if arguments.iter().any(is_verb) => None,
            _ => alone(arguments).map(Command::Check),
        };
        match alone {
            Some(command) => Ok(command),
            None => Cli::try_parse().map(|cli| cli.command.unwrap_or(Command::Check(cli.check))),
        }
    }
}

/// The arguments of one verb; none where something is wrong with them, or help is wanted.
fn alone<T: Args>(arguments: Vec<OsString>) -> Option<T> {
    let command = T::augment_args(clap::Command::default().no_binary_name(true));
    T::from_arg_matches(&command.try_get_matches_from(arguments).ok()?).ok()
}

/// What stands below the options of a check.
const CHECK_HELP: &str = "\
Examples:
  chartlint                                  the chart here
  chartlint charts/ web-1.4.0.tgz            folders of charts, archives, files inside charts
  chartlint web -f prod.yaml --kube-version 1.27..1.34
  chartlint charts --format human --output - --format sarif --output chartlint.sarif
  git diff --name-only | chartlint -         the charts of a list of files

Exit codes:
  0  nothing at or above --fail-on
  1  findings
  2  the command line is wrong
  3  nothing to lint
  4  a chart could not be read (the others are still reported)";

/// A page to print.
#[derive(Args, Debug)]
#[command(after_help = "Example: chartlint explain immutable-field-from-lookup | less")]
pub struct Explain {
    /// The name of a rule, as a finding shows it
    #[arg(value_name = "RULE")]
    pub rule: String,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: chartlint rules --format json")]
pub struct Rules {
    /// How rules are listed
    #[arg(long, value_enum, default_value = "human")]
    pub format: RulesFormat,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  chartlint completions bash > ~/.local/share/bash-completion/completions/chartlint
  chartlint completions zsh > ~/.zfunc/_chartlint
  chartlint completions fish > ~/.config/fish/completions/chartlint.fish")]
pub struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  chartlint man > ~/.local/share/man/man1/chartlint.1
  chartlint man render | man -l -")]
pub struct Man {
    /// A verb; chartlint as a whole without one
    #[arg(value_name = "VERB")]
    pub verb: Option<String>,
}

/// The arguments of a check, which needs no subcommand.
#[derive(Args, Debug)]
pub struct Check {
    /// Charts: a folder, a .tgz, a file inside a chart, or a folder of charts
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The version before: also live from it to this one and back (one chart only). A folder, a .tgz, or a git revision:
    /// `v1.2.0`, `main:charts/web`
    #[arg(long, value_name = "OLD")]
    pub previous: Option<PathBuf>,
    /// Only charts that changed since a git revision, committed or not: `--since origin/main`
    #[arg(long, value_name = "REF")]
    pub since: Option<String>,
    #[command(flatten)]
    pub options: CheckOptions,
}

/// What charts are checked with, and how findings are told.
#[derive(Args, Debug)]
pub struct CheckOptions {
    #[command(flatten)]
    pub values: ValueFlags,
    #[command(flatten)]
    pub release: CheckRelease,
    /// The Kubernetes versions that count: 1.29.4, or 1.27..1.34 [default: the chart's kubeVersion, else all known]
    #[arg(long, value_name = "VERSIONS")]
    pub kube_version: Option<String>,
    #[command(flatten)]
    pub known: KnownFlags,
    /// What brings the chart into the cluster: severities are those on the ones that count [default: all]
    #[arg(long, value_enum, value_name = "TARGET", value_delimiter = ',')]
    pub target: Vec<Target>,
    /// Write a folder for each finding that shows it again on a cluster of yours
    #[arg(long, value_name = "DIR")]
    pub reproducer: Option<PathBuf>,
    /// How findings are printed (repeatable, each with its --output) [default: human]
    #[arg(long, value_name = "FORMAT", value_parser = FormatParser)]
    pub format: Vec<Format>,
    /// Where the report goes: a file, or `-` for standard output (the first one for the first --format, and so on)
    #[arg(long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// The least severity that makes the exit code 1 [default: error]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// Print findings alone: no summary, no progress
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say on standard error what was analysed and how long it took, by chart
    #[arg(short, long)]
    pub verbose: bool,
}

/// The files that say what is not to be told.
#[derive(Args, Debug, Default)]
pub struct KnownFlags {
    /// The config [default: .chartlint.yaml, the nearest from the chart upwards]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Read no config
    #[arg(long)]
    pub no_config: bool,
    /// The known findings [default: .chartlint-baseline.json, the nearest from the chart upwards]
    #[arg(long, value_name = "FILE", conflicts_with = "no_baseline")]
    pub baseline: Option<PathBuf>,
    /// Tell of known findings too
    #[arg(long)]
    pub no_baseline: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: chartlint init charts")]
pub struct Init {
    /// The folder that it is written into
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: chartlint baseline charts, and later chartlint baseline charts --prune")]
pub struct Baseline {
    /// Charts: a folder, a .tgz, a file inside a chart, or a folder of charts
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Only take out what is gone
    #[arg(long)]
    pub prune: bool,
    #[command(flatten)]
    pub values: ValueFlags,
    #[command(flatten)]
    pub release: CheckRelease,
    /// The Kubernetes versions that count: 1.29.4, or 1.27..1.34 [default: the chart's kubeVersion, else all known]
    #[arg(long, value_name = "VERSIONS")]
    pub kube_version: Option<String>,
    #[command(flatten)]
    pub known: KnownFlags,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: chartlint diff kruise-1.1.0.tgz ./kruise --kube-version 1.21.1 --helm 3")]
pub struct Diff {
    /// The version that is installed: a folder or a .tgz
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The version that it is upgraded to
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    #[command(flatten)]
    pub options: CheckOptions,
}

/// The manifests of a rollback.
#[derive(Args, Debug)]
#[command(
    after_help = "Example: helm get manifest web --revision 2 > current.yaml; helm get manifest web --revision 1 > target.yaml; \
                  chartlint rollback current.yaml target.yaml --kube-version 1.21.1 --helm 3"
)]
pub struct Rollback {
    /// The manifest that is deployed: `helm get manifest RELEASE`
    #[arg(value_name = "CURRENT")]
    pub current: PathBuf,
    /// The manifest to go back to: `helm get manifest RELEASE --revision N`
    #[arg(value_name = "TARGET")]
    pub target: PathBuf,
    /// The live objects: `kubectl get … -o yaml --show-managed-fields`
    #[arg(long, value_name = "LIVE")]
    pub live: Option<PathBuf>,
    /// The Kubernetes versions to ask: 1.29.4, or 1.27..1.34 [default: all known]
    #[arg(long, value_name = "VERSIONS")]
    pub kube_version: Option<String>,
    /// The name of the release [default: what the live objects say]
    #[arg(long)]
    pub name: Option<String>,
    /// The namespace of the release [default: what the live objects say, else `default`]
    #[arg(short, long)]
    pub namespace: Option<String>,
    /// The version of Helm to be like: 3, 4, or one such as 3.17.1
    #[arg(long, value_name = "VERSION", default_value = "4", value_parser = profile)]
    pub helm: crate::profile::Profile,
    /// Helm 4 patches, as it does for releases that Helm 3 installed
    #[arg(long)]
    pub client_side: bool,
    /// How it is printed
    #[arg(long, value_enum, default_value = "human")]
    pub format: StepFormat,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Exit codes: 0 every operation succeeds; 1 one fails; 2 the command line is wrong; 4 the chart could \
                  not be read\n\nExamples:\n  chartlint life ./kruise --previous kruise-1.1.0.tgz --kube-version 1.21.1 --helm 3\n  \
                  chartlint life ./kruise --target argocd --server-side"
)]
pub struct Life {
    /// A chart: a folder or a .tgz
    #[arg(value_name = "CHART")]
    pub chart: PathBuf,
    /// Install this version first, then upgrade to CHART
    #[arg(long, value_name = "OLD")]
    pub previous: Option<PathBuf>,
    #[command(flatten)]
    pub values: ValueFlags,
    #[command(flatten)]
    pub release: CheckRelease,
    /// The version of the server [default: the one that this version of Helm assumes without a cluster]
    #[arg(long, value_name = "VERSION")]
    pub kube_version: Option<String>,
    /// What brings the chart into the cluster [default: Helm]. Argo CD syncs instead of the steps of Helm; Flux does what Helm does
    #[arg(long, value_enum, value_name = "TARGET")]
    pub target: Option<Target>,
    /// Argo CD writes by server-side apply (its option ServerSideApply=true)
    #[arg(long)]
    pub server_side: bool,
    /// Run no hooks, and leave them out of what is compared
    #[arg(long)]
    pub no_hooks: bool,
    /// How the life is printed
    #[arg(long, value_enum, default_value = "human")]
    pub format: StepFormat,
}

/// What a chart reads, and where it goes.
#[derive(Args, Debug)]
#[command(after_help = TRACE_HELP)]
pub struct Trace {
    /// A chart: a folder or a .tgz
    #[arg(value_name = "CHART")]
    pub chart: PathBuf,
    /// Only what comes to this: Service/web:spec.clusterIP, Service/web, Service:spec, NOTES; `*` in a name stands for
    /// anything. Values, files and the release's name are told too
    #[arg(long, value_name = "TARGET")]
    pub to: Option<String>,
    /// Only what is read of these kinds [default: all but values, files and the release's name]
    #[arg(long, value_enum, value_name = "KIND", value_delimiter = ',')]
    pub source: Vec<Kind>,
    #[command(flatten)]
    pub values: ValueFlags,
    #[command(flatten)]
    pub release: CheckRelease,
    /// The Kubernetes version that templates are told of
    #[arg(long, value_name = "VERSION")]
    pub kube_version: Option<String>,
    /// The config, of which the values and the version of Helm count [default: .chartlint.yaml, the nearest from the chart
    /// upwards]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Read no config
    #[arg(long)]
    pub no_config: bool,
    /// How it is printed (repeatable, each with its --output) [default: tree]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Vec<TraceFormat>,
    /// Where it goes: a file, or `-` for standard output (the first one for the first --format, and so on)
    #[arg(long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
}

/// What stands below the options of a trace.
const TRACE_HELP: &str = "\
Examples:
  chartlint trace web                                   what each lookup, draw, … flows into
  chartlint trace web --to Service/web:spec.clusterIP   where a field comes from
  chartlint trace web --source lookup --format svg --output lookups.svg
  chartlint trace web --format dot | dot -Tpng -o web.png

Exit codes: 0 it was traced; 2 the command line is wrong, or --to names what no world renders; 4 the chart could not be read";

/// The release that a chart is checked for.
#[derive(Args, Debug)]
pub struct CheckRelease {
    /// The name of the release
    #[arg(long, default_value = "release-name")]
    pub name: String,
    /// The namespace of the release
    #[arg(short, long, default_value = "default")]
    pub namespace: String,
    /// Further API versions that templates are told of
    #[arg(short, long, value_name = "VERSIONS", value_delimiter = ',')]
    pub api_versions: Vec<String>,
    /// The version of Helm to be like: 3, 4, or one such as 3.17.1 [default: 4]
    #[arg(long, value_name = "VERSION", value_parser = profile)]
    pub helm: Option<crate::profile::Profile>,
}

/// Values as Helm takes them.
#[derive(Args, Clone, Debug, Default)]
pub struct ValueFlags {
    /// Values from a YAML file (repeatable; later files win)
    #[arg(short = 'f', long = "values", value_name = "FILE")]
    pub values: Vec<PathBuf>,
    /// Values as `key=value,other.key=value` (repeatable)
    #[arg(long, value_name = "VALUES", allow_hyphen_values = true)]
    pub set: Vec<String>,
    /// The same, all values taken as strings
    #[arg(long, value_name = "VALUES", allow_hyphen_values = true)]
    pub set_string: Vec<String>,
    /// The same, values written as JSON
    #[arg(long, value_name = "VALUES", allow_hyphen_values = true)]
    pub set_json: Vec<String>,
    /// Values read from files: `key=path`
    #[arg(long, value_name = "VALUES", allow_hyphen_values = true)]
    pub set_file: Vec<String>,
    /// One value, taken as it stands: `key=value`
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub set_literal: Vec<String>,
}

/// The release and the cluster that a chart is rendered for.
#[derive(Args, Debug)]
pub struct ReleaseFlags {
    /// The name of the release
    #[arg(long, default_value = "release-name")]
    pub name: String,
    /// The namespace of the release
    #[arg(short, long, default_value = "default")]
    pub namespace: String,
    /// The Kubernetes version that templates are told of
    #[arg(long, value_name = "VERSION")]
    pub kube_version: Option<String>,
    /// Further API versions that templates are told of
    #[arg(short, long, value_name = "VERSIONS", value_delimiter = ',')]
    pub api_versions: Vec<String>,
    /// The version of Helm to be like: 3, 4, or one such as 3.17.1
    #[arg(long, value_name = "VERSION", default_value = "4", value_parser = profile)]
    pub helm: crate::profile::Profile,
}

fn profile(text: &str) -> Result<crate::profile::Profile, String> {
    crate::profile::Profile::parse(text).ok_or_else(|| format!("no version of Helm 3 or 4: {text:?}"))
}

#[derive(Args, Debug)]
#[command(after_help = "Example: chartlint render ./chart -f prod.yaml --phase upgrade --state live.yaml --origins")]
pub struct Render {
    /// A chart: a folder or a .tgz
    #[arg(value_name = "CHART")]
    pub chart: PathBuf,
    #[command(flatten)]
    pub values: ValueFlags,
    #[command(flatten)]
    pub release: ReleaseFlags,
    /// Print only what these template files render to (repeatable)
    #[arg(short, long, value_name = "FILE", value_delimiter = ',')]
    pub show_only: Vec<String>,
    /// Print the files of crds/ too
    #[arg(long)]
    pub include_crds: bool,
    /// Leave out hooks
    #[arg(long)]
    pub no_hooks: bool,
    /// Leave out test hooks
    #[arg(long)]
    pub skip_tests: bool,
    /// `.Release.IsUpgrade` instead of `.Release.IsInstall`, as `helm template --is-upgrade`
    #[arg(long, conflicts_with = "phase")]
    pub is_upgrade: bool,
    /// The moment of the release's life
    #[arg(long, value_enum, default_value = "install")]
    pub phase: Phase,
    /// `.Release.Revision`; the default is that of the phase
    #[arg(long, value_name = "N")]
    pub revision: Option<i64>,
    /// Print just what one template file renders to, before it is cut into documents
    #[arg(long, value_name = "FILE")]
    pub raw: Option<String>,
    /// Live objects that `lookup` sees: a YAML stream
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Do not check the values against values.schema.json
    #[arg(long)]
    pub skip_schema_validation: bool,
    /// What random functions draw from
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// How much work the render may take, in about bytes and steps
    #[arg(long, value_name = "UNITS", hide = true)]
    pub budget: Option<u64>,
    /// Print where the text of each line that is not constant came from
    #[arg(long, value_name = "FORMAT", num_args = 0..=1, default_missing_value = "text")]
    pub origins: Option<OriginFormat>,
    /// How an error is shown
    #[arg(long, value_enum, default_value = "human")]
    pub error_format: ErrorFormat,
}

impl Render {
    /// What a chart without options asks for.
    fn of(chart: PathBuf) -> Render {
        Render {
            chart,
            values: ValueFlags::default(),
            release: ReleaseFlags {
                name: "release-name".into(),
                namespace: "default".into(),
                kube_version: None,
                api_versions: Vec::new(),
                helm: crate::profile::Profile::default(),
            },
            show_only: Vec::new(),
            include_crds: false,
            no_hooks: false,
            skip_tests: false,
            is_upgrade: false,
            phase: Phase::Install,
            revision: None,
            raw: None,
            state: None,
            skip_schema_validation: false,
            seed: 0,
            budget: None,
            origins: None,
            error_format: ErrorFormat::Human,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_without_options_is_asked_for_as_the_options_say() {
        let told: Render = alone(vec!["web".into()]).unwrap();
        assert_eq!(format!("{told:?}"), format!("{:?}", Render::of("web".into())));
    }
}

//! The arguments of the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Finds where a Helm chart's output depends on when and where it is rendered, and what that breaks.
#[derive(Parser, Debug)]
#[command(name = "chartlint", version, args_conflicts_with_subcommands = true, max_term_width = 110)]
#[command(
    after_help = "Exit codes: 0 nothing at or above --fail-on; 1 findings; 2 the command line is wrong; 3 nothing to \
                        lint; 4 a chart could not be read (the others are still reported)"
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,

    #[command(flatten)]
    pub check: Check,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Live from one version of a chart to the next and back: install OLD, upgrade to NEW, roll back
    Diff(Diff),
    /// Live a chart's life and print it: each operation of Helm, what it changes, and what the server answers
    Life(Life),
    /// Print the manifest of a chart as Helm renders it
    Render(Render),
}

/// The arguments of a check, which needs no subcommand.
#[derive(Args, Debug)]
pub struct Check {
    /// Charts: a folder, a .tgz, a file inside a chart, or a folder of charts
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The version before: also live from it to this one and back (one chart only)
    #[arg(long, value_name = "OLD")]
    pub previous: Option<PathBuf>,
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
    /// How findings are printed
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// The least severity that makes the exit code 1
    #[arg(long, value_enum, default_value = "error", value_name = "SEVERITY")]
    pub fail_on: FailOn,
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

#[derive(Args, Debug)]
#[command(
    after_help = "Exit codes: 0 every operation succeeds; 1 one fails; 2 the command line is wrong; 4 the chart could \
                  not be read\n\nExample: chartlint life ./kruise --previous kruise-1.1.0.tgz --kube-version 1.21.1 --helm 3"
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
    /// Run no hooks, and leave them out of what is compared
    #[arg(long)]
    pub no_hooks: bool,
    /// How the life is printed
    #[arg(long, value_enum, default_value = "human")]
    pub format: LifeFormat,
}

/// How a life is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum LifeFormat {
    Human,
    /// For programs
    Json,
}

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
    /// The version of Helm to be like: 3, 4, or one such as 3.17.1
    #[arg(long, value_name = "VERSION", default_value = "4", value_parser = profile)]
    pub helm: crate::profile::Profile,
}

/// How findings are printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// The trace through the templates, drawn
    Human,
    /// One line a finding
    Concise,
    /// For programs
    Json,
}

/// A severity on the command line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum FailOn {
    Error,
    Warning,
    Info,
}

/// Values as Helm takes them.
#[derive(Args, Debug, Default)]
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

/// The moment of a release's life that is rendered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Phase {
    Install,
    Upgrade,
    Lint,
}

/// How an error is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ErrorFormat {
    /// Drawn at its place in the template
    Human,
    /// Helm's message alone
    Plain,
}

/// How provenance is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum OriginFormat {
    Text,
    Json,
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

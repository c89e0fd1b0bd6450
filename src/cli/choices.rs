//! What options choose among.

use crate::check::Deployer;
use crate::trace::Kind;
use clap::ValueEnum;
use clap::builder::PossibleValue;

/// How rules are listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum RulesFormat {
    /// A table: name, severity on the worst target, what it says
    Human,
    /// For programs
    Json,
}

/// What brings a chart into a cluster.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Target {
    Helm3,
    Helm4,
    #[value(name = "argocd")]
    ArgoCd,
    Flux,
}

impl Target {
    /// As the rules know it.
    pub fn deployer(self) -> Deployer {
        match self {
            Target::Helm3 => Deployer::Helm3,
            Target::Helm4 => Deployer::Helm4,
            Target::ArgoCd => Deployer::ArgoCd,
            Target::Flux => Deployer::Flux,
        }
    }
}

/// How a trace is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum TraceFormat {
    /// A tree for each source, for people
    Tree,
    /// For programs; docs/trace.schema.json is its schema
    Json,
    /// A graph for Graphviz
    Dot,
    /// A picture
    Svg,
}

/// How the steps of a life or of a rollback are printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum StepFormat {
    /// What is sent and answered, in words
    Human,
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

impl ValueEnum for Kind {
    fn value_variants<'a>() -> &'a [Kind] {
        &Kind::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(match self {
            Kind::Lookup => "Calls of lookup",
            Kind::Phase => ".Release.IsInstall, .IsUpgrade, .Revision",
            Kind::Random => "Random functions",
            Kind::Time => "The clock",
            Kind::Dns => "getHostByName",
            Kind::Capabilities => ".Capabilities",
            Kind::ChartVersion => ".Chart.Version, .AppVersion",
            Kind::Values => ".Values",
            Kind::File => "Files of the chart",
            Kind::Release => ".Release.Name, .Namespace, .Service",
        }))
    }
}

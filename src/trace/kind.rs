//! Kinds of sources.

use crate::value::origin::{Cause, PhaseField};

/// What sort of thing is read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    Lookup,
    Phase,
    Random,
    Time,
    Dns,
    Capabilities,
    ChartVersion,
    Values,
    File,
    Release,
}

impl Kind {
    /// Those that may differ from one render to the next with the same values, or with the next version of the chart.
    pub const LIVE: [Kind; 7] =
        [Kind::Lookup, Kind::Phase, Kind::Random, Kind::Time, Kind::Dns, Kind::Capabilities, Kind::ChartVersion];

    /// All of them, in the order in which they are told.
    pub const ALL: [Kind; 10] = [
        Kind::Lookup,
        Kind::Phase,
        Kind::Random,
        Kind::Time,
        Kind::Dns,
        Kind::Capabilities,
        Kind::ChartVersion,
        Kind::Values,
        Kind::File,
        Kind::Release,
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Lookup => "lookup",
            Kind::Phase => "phase",
            Kind::Random => "random",
            Kind::Time => "time",
            Kind::Dns => "dns",
            Kind::Capabilities => "capabilities",
            Kind::ChartVersion => "chart-version",
            Kind::Values => "values",
            Kind::File => "file",
            Kind::Release => "release",
        }
    }

    /// The kind of a cause.
    pub fn of(cause: &Cause) -> Kind {
        match cause {
            Cause::Lookup { .. } => Kind::Lookup,
            Cause::Phase(_) => Kind::Phase,
            Cause::Random { .. } => Kind::Random,
            Cause::Time { .. } => Kind::Time,
            Cause::Dns { .. } => Kind::Dns,
            Cause::Capabilities { .. } => Kind::Capabilities,
            Cause::ChartVersion { .. } => Kind::ChartVersion,
            Cause::Values { .. } => Kind::Values,
            Cause::Files { .. } => Kind::File,
            Cause::Release { .. } => Kind::Release,
        }
    }
}

/// The name by which templates read the phase.
pub(super) fn phase_name(field: PhaseField) -> &'static str {
    match field {
        PhaseField::IsInstall => ".Release.IsInstall",
        PhaseField::IsUpgrade => ".Release.IsUpgrade",
        PhaseField::Revision => ".Release.Revision",
    }
}

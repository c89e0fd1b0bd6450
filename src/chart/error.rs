//! What can go wrong before a template runs.

use crate::source::Span;
use std::fmt;

/// Why a chart cannot be loaded.
#[derive(Clone, PartialEq, Debug)]
pub struct LoadError {
    pub kind: LoadErrorKind,
    /// What Helm says, word for word where it says anything.
    pub message: String,
    pub span: Option<Span>,
}

/// The kinds of load errors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LoadErrorKind {
    /// There is no Chart.yaml.
    NotAChart,
    /// A file of the chart says what it must not say.
    Invalid,
    /// An archive is broken, or names files that it must not name.
    Archive,
    /// A file, an archive or the chart as a whole is larger than allowed.
    TooLarge,
}

impl LoadError {
    pub(super) fn new(kind: LoadErrorKind, message: impl Into<String>) -> Self {
        LoadError { kind, message: message.into(), span: None }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        LoadError::new(LoadErrorKind::Invalid, message)
    }

    pub(super) fn at(self, span: Option<Span>) -> Self {
        LoadError { span: span.or(self.span), ..self }
    }

    pub(super) fn within(self, prefix: impl fmt::Display) -> Self {
        LoadError { message: format!("{prefix}: {}", self.message), ..self }
    }
}

/// Why a chart that was loaded cannot be rendered with some values.
#[derive(Clone, PartialEq, Debug)]
pub struct PrepareError {
    pub kind: PrepareErrorKind,
    /// What Helm says, word for word.
    pub message: String,
    pub span: Option<Span>,
}

/// The kinds of prepare errors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PrepareErrorKind {
    /// A library chart, or one of an unsupported API version, cannot be installed.
    NotInstallable,
    /// Dependencies are listed and not there.
    MissingDependency,
    /// The values do not fit the tree of charts.
    Values,
    /// The values do not fit a values.schema.json, or that file is broken.
    Schema,
    /// The chart is not for this Kubernetes.
    KubeVersion,
    /// More than chartlint is ready to compute.
    Limit,
}

impl PrepareError {
    pub(super) fn new(kind: PrepareErrorKind, message: String) -> Self {
        PrepareError { kind, message, span: None }
    }
}

/// Why the user's values cannot be read: the message as Helm words it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ValuesError {
    pub message: String,
    pub span: Option<Span>,
}

macro_rules! an_error {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.message)
            }
        }

        impl std::error::Error for $name {}
    )*};
}

an_error!(LoadError PrepareError ValuesError);

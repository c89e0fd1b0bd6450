//! What an operation of Helm did to a cluster: the writes, the answers, and how it ended.

use super::live::LiveState;
use crate::kube::{FieldChange, FieldPath};
use crate::manifest::ObjectId;
use crate::value::Plain;

/// Why an operation failed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ErrorKind {
    /// The chart and the values cannot be put together, or the chart does not fit.
    Chart,
    /// A template failed.
    Render,
    /// What was rendered is no manifest.
    Manifest,
    /// The server does not serve a kind.
    KindNotServed,
    /// An object exists and does not belong to the release.
    Exists,
    /// An object exists and was not in the manifest that is replaced.
    NotInManifest,
    /// A namespace does not exist.
    NoNamespace,
    /// No patch can be made: an element of a list lacks its merge key.
    MergeKey,
    /// Server-side apply does not take the form of an object.
    Form,
    /// The server refuses an object, or a change of it.
    Refused,
    /// The release is too large to be stored.
    TooLarge,
}

impl ErrorKind {
    /// The name in machine-readable output.
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::Chart => "chart",
            ErrorKind::Render => "render",
            ErrorKind::Manifest => "manifest",
            ErrorKind::KindNotServed => "kind not served",
            ErrorKind::Exists => "exists",
            ErrorKind::NotInManifest => "not in manifest",
            ErrorKind::NoNamespace => "no namespace",
            ErrorKind::MergeKey => "merge key",
            ErrorKind::Form => "form",
            ErrorKind::Refused => "refused",
            ErrorKind::TooLarge => "release too large",
        }
    }
}

/// Why an operation failed, in Helm's words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OperationError {
    pub kind: ErrorKind,
    /// What Helm prints after `Error: `.
    pub message: String,
}

impl OperationError {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> OperationError {
        OperationError { kind, message: message.into() }
    }

    /// The same error with what Helm puts before it.
    pub fn within(self, prefix: &str) -> OperationError {
        OperationError { message: format!("{prefix}{}", self.message), ..self }
    }
}

/// What Helm asks of the server for one object.
#[derive(Clone, Debug)]
pub enum Request {
    Create,
    /// A three-way patch.
    Patch(Plain),
    /// Server-side apply of the whole manifest; what that changes of the live object.
    Apply(Vec<FieldChange>),
    Delete,
    /// It has left the manifest and stays: because its policy says so, or because nobody prunes after a sync.
    Keep,
    /// Nothing is sent: the patch is empty.
    Nothing,
}

/// What the server says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reply {
    /// Done; some fields keep the value that they had.
    Done { kept: Vec<FieldPath> },
    /// Refused, in the server's words.
    Refused(String),
    /// Helm did not come to send it.
    NotSent,
}

/// One object of an operation.
#[derive(Clone, Debug)]
pub struct Write {
    pub id: ObjectId,
    pub is_hook: bool,
    pub request: Request,
    /// Nothing is sent, or what is sent leaves the object as it is.
    pub is_idle: bool,
    pub reply: Reply,
}

/// An operation and what it leaves.
#[derive(Clone, Debug)]
pub struct Applied {
    pub writes: Vec<Write>,
    pub error: Option<OperationError>,
    /// The cluster afterwards; a failed operation may have done a part.
    pub live: LiveState,
}

//! Rendered text as documents, and documents as objects with fields.
//!
//! The room cuts what the templates of a chart rendered to into documents as Helm does, reads enough of each to know
//! hooks and kinds, sorts them, and prints them as `helm template` does. For the analysis it takes each document apart
//! into fields, each with its bytes and, through them, its provenance. It knows the value model and nothing of charts.

mod diff;
mod head;
mod object;
mod order;
mod print;
mod split;

pub use diff::{FieldDifference, How, compare, push_key};
pub use head::{Head, HookEvent, Reader, manifests};
pub use object::{Object, ObjectId, objects};
pub use order::{InstallOrder, sorted};
pub use print::{Printed, print, show_only};
pub use split::split;

use crate::value::Text;
use std::sync::Arc;

/// The text that one template file rendered to.
#[derive(Clone, Debug)]
pub struct RenderedFile {
    /// `chart/templates/x.yaml`
    pub name: Arc<str>,
    pub text: Text,
}

/// One document of a rendered file.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file it came from.
    pub file: Arc<str>,
    /// As Helm stores it.
    pub text: Text,
    pub head: Head,
    /// What it holds, a `List` taken apart; nothing where Helm drops it.
    pub objects: Arc<[Arc<Object>]>,
}

/// Why the rendered files are no manifests.
#[derive(Clone, Debug)]
pub struct ManifestError {
    pub file: Arc<str>,
    /// Helm's words.
    pub message: String,
    /// The document, to find the place in its provenance.
    pub text: Text,
    /// Where in the document, as far as it is known.
    pub offset: usize,
}

/// All documents of a render, in the order in which Helm would install them.
#[derive(Clone, Debug, Default)]
pub struct Manifests {
    /// What is stored in the release.
    pub objects: Vec<Document>,
    /// What is created at the events that it names, and not part of the release.
    pub hooks: Vec<Document>,
    /// Documents with a hook annotation that names no event, which Helm drops silently.
    pub dropped: Vec<Document>,
}

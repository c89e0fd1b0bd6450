//! Documents as Kubernetes objects.

use super::{Document, HookEvent, Manifests};
use crate::value::Text;
use crate::value::yaml::{self, Kind, Node};
use std::fmt;
use std::sync::Arc;

/// What tells one object from another in a cluster.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ObjectId {
    pub api_version: String,
    pub kind: String,
    /// As written; empty where the document names none.
    pub namespace: String,
    pub name: String,
}

impl ObjectId {
    /// The group of the API version; empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// Group, kind, namespace and name: what Helm compares two releases by.
    pub fn identity(&self) -> (&str, &str, &str, &str) {
        (self.group(), &self.kind, &self.namespace, &self.name)
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

/// An object of a manifest.
#[derive(Clone, Debug)]
pub struct Object {
    pub id: ObjectId,
    /// The template file that rendered it.
    pub file: Arc<str>,
    /// The text of its document.
    pub text: Text,
    /// The object in the text: spans are bytes of the text.
    pub node: Node,
    /// Not empty for hooks.
    pub events: Vec<HookEvent>,
}

impl Object {
    /// The value of an annotation.
    pub fn annotation(&self, name: &str) -> Option<String> {
        let annotations = self.node.field("metadata")?.field("annotations")?;
        annotations.field(name)?.as_go_string().map(|s| s.to_string())
    }

    pub fn is_hook(&self) -> bool {
        !self.events.is_empty()
    }

    /// Helm leaves it when it leaves the release.
    pub fn is_kept(&self) -> bool {
        self.annotation("helm.sh/resource-policy").is_some_and(|policy| policy.trim().eq_ignore_ascii_case("keep"))
    }
}

/// The objects of the documents, lists taken apart; hooks after the others.
pub fn objects(manifests: &Manifests) -> Vec<Object> {
    let mut out = Vec::new();
    for document in manifests.objects.iter().chain(&manifests.hooks) {
        // The head was read before, so the document is YAML.
        let Ok(read) = yaml::read(document.text.bytes()) else { continue };
        add(document, read.root, &mut out);
    }
    out
}

fn add(document: &Document, node: Node, out: &mut Vec<Object>) {
    let text = |node: Option<&Node>| node.and_then(|n| n.as_go_string()).map(|s| s.to_string()).unwrap_or_default();
    let kind = text(node.field("kind"));
    if kind.ends_with("List")
        && let Some(Node { kind: Kind::Seq(items), .. }) = node.field("items")
    {
        for item in items.clone() {
            add(document, item, out);
        }
        return;
    }
    if kind.is_empty() && !matches!(&node.kind, Kind::Map(entries) if !entries.is_empty()) {
        return;
    }
    let metadata = node.field("metadata");
    let id = ObjectId {
        api_version: text(node.field("apiVersion")),
        kind,
        namespace: text(metadata.and_then(|m| m.field("namespace"))),
        name: text(metadata.and_then(|m| m.field("name"))),
    };
    out.push(Object {
        id,
        file: document.file.clone(),
        text: document.text.clone(),
        node,
        events: document.head.events.clone(),
    });
}

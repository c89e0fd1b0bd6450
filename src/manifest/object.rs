//! Documents as Kubernetes objects.

use super::{HookEvent, Manifests};
use crate::value::Text;
use crate::value::yaml::{Kind, Node};
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
    pub node: Arc<Node>,
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
pub fn objects(manifests: &Manifests) -> Vec<Arc<Object>> {
    let documents = manifests.objects.iter().chain(&manifests.hooks);
    documents.flat_map(|document| document.objects.iter().cloned()).collect()
}

/// The objects of one document.
pub(super) fn objects_of(root: Node) -> Vec<(ObjectId, Arc<Node>)> {
    let mut objects = Vec::new();
    let mut todo = vec![root];
    // What is pushed last comes next: the items of a list are taken in their order.
    while let Some(node) = todo.pop() {
        let string =
            |node: Option<&Node>| node.and_then(|n| n.as_go_string()).map(|s| s.to_string()).unwrap_or_default();
        let kind = string(node.field("kind"));
        if kind.ends_with("List")
            && let Some(Node { kind: Kind::Seq(items), .. }) = node.field("items")
        {
            todo.extend(items.iter().rev().cloned());
            continue;
        }
        if kind.is_empty() && !matches!(&node.kind, Kind::Map(entries) if !entries.is_empty()) {
            continue;
        }
        let metadata = node.field("metadata");
        let id = ObjectId {
            api_version: string(node.field("apiVersion")),
            kind,
            namespace: string(metadata.and_then(|m| m.field("namespace"))),
            name: string(metadata.and_then(|m| m.field("name"))),
        };
        objects.push((id, Arc::new(node)));
    }
    objects
}

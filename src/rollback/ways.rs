//! Ways out for a release whose update is refused, and what each costs. Rules and `chartlint rollback` use the same words.
//!
//! Each way was tried on a real server with OpenKruise 1.1.0, 1.4.2 and back on Kubernetes 1.21.1, with Helm 3.17.1 and 4.3.1.

use crate::kube::{Mode, VersionRange};
use crate::manifest::ObjectId;

/// An object whose update servers refuse.
#[derive(Clone, Debug)]
pub struct Stuck {
    pub id: ObjectId,
    /// Empty for kinds without namespaces.
    pub namespace: String,
    pub release: String,
    pub release_namespace: String,
    /// How Helm writes the release.
    pub mode: Mode,
    /// The versions asked about that take it.
    pub accepted: Vec<VersionRange>,
    /// The step from the wanted manifest to itself is taken: a second try starts from there.
    pub takes_second_try: bool,
    /// What only the deployed manifest has.
    pub left: Vec<String>,
    /// The fields that are refused.
    pub fields: Vec<String>,
}

/// A way out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Way {
    pub title: String,
    pub commands: Vec<String>,
    pub cost: String,
}

/// What is lost when an object is deleted so that Helm makes it anew.
pub fn deletion_cost(kind: &str) -> &'static str {
    match kind {
        "Service" => "the Service gets another address, and nobody reaches it until it is there again",
        "PersistentVolumeClaim" => "THE DATA IS LOST unless the volume's reclaim policy is Retain",
        "PersistentVolume" => "the claim bound to it loses its volume",
        "StatefulSet" | "Deployment" | "DaemonSet" | "ReplicaSet" => {
            "with --cascade=orphan the Pods go on running, and the new object takes over those that its selector matches"
        }
        "Job" => "the Job runs once more",
        "CustomResourceDefinition" => "ALL ITS CUSTOM RESOURCES ARE DELETED with it",
        "Namespace" => "EVERYTHING IN IT IS DELETED with it",
        "RoleBinding" | "ClusterRoleBinding" => "the rights are missing until it is there again",
        "StorageClass" => "claims made in between find no class; existing volumes stay",
        "Secret" | "ConfigMap" => "Pods that start in between wait for it; what others wrote into it is gone",
        _ => "the object is missing until it is there again, and what others wrote into it is gone",
    }
}

/// The ways out, the cheapest ones first.
pub fn ways(stuck: &Stuck) -> Vec<Way> {
    let kind = stuck.id.kind.to_lowercase();
    let name = &stuck.id.name;
    let namespace = |ns: &str| if ns.is_empty() { String::new() } else { format!(" -n {ns}") };
    let object = format!("{kind} {name}{}", namespace(&stuck.namespace));
    let rollback = format!("helm rollback {} REVISION{}", stuck.release, namespace(&stuck.release_namespace));
    let mut out = Vec::new();
    let way = |title: &str, commands: Vec<String>, cost: String| Way { title: title.into(), commands, cost };
    if stuck.takes_second_try {
        let left = if stuck.left.is_empty() {
            "fields that only the deployed revision had stay as they are".to_string()
        } else {
            format!(
                "what only the deployed revision had stays in the cluster, and no release deletes it: {}; fields that only it \
                 had stay too",
                stuck.left.join(", ")
            )
        };
        out.push(way(
            "roll back a second time after the failure: the failed revision is what Helm then starts from, and it names none of \
             these fields",
            vec![rollback.clone(), rollback.clone()],
            left,
        ));
    }
    let orphan = matches!(stuck.id.kind.as_str(), "StatefulSet" | "Deployment" | "DaemonSet" | "ReplicaSet");
    let delete = format!("kubectl delete {object}{}", if orphan { " --cascade=orphan" } else { "" });
    out.push(way(
        "delete the object first; the rollback makes it anew",
        vec![delete, rollback.clone()],
        deletion_cost(&stuck.id.kind).into(),
    ));
    out.push(way(
        &format!(
            "upgrade to a chart that is mended instead of rolling back: one that writes into {} what the live {} has there",
            stuck.fields.join(", "),
            stuck.id.kind
        ),
        vec![
            format!("kubectl get {object} -o yaml"),
            format!("helm upgrade {} ./mended-chart{}", stuck.release, namespace(&stuck.release_namespace)),
        ],
        "a release of the chart of your own; the object stays as it is".into(),
    ));
    if let (Mode::Patch, "Service") = (stuck.mode, stuck.id.kind.as_str()) {
        out.push(way(
            "roll back with Helm 4 and server-side apply, where Helm 3 wrote the release: it removes only what Helm owns, which an \
             upgrade that copied live values does not make it",
            vec![format!("{rollback} --server-side=true --force-conflicts")],
            "the release is written by server-side apply from then on; what others own and the chart names is taken over".into(),
        ));
    }
    if !stuck.accepted.is_empty() {
        let ranges: Vec<String> = stuck.accepted.iter().map(VersionRange::to_string).collect();
        out.push(way(
            &format!("upgrade the cluster: Kubernetes {} takes it", ranges.join(", ")),
            Vec::new(),
            "an upgrade of the cluster".into(),
        ));
    }
    let force = match stuck.mode {
        Mode::Patch => "--force does not help",
        Mode::Apply => "neither --force-conflicts nor --force-replace --server-side=false helps",
    };
    let why = "the object is sent as a whole, and the server refuses the same fields";
    out.push(way(&format!("{force}: {why}"), Vec::new(), String::new()));
    out
}

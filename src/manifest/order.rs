//! The order in which Helm installs kinds (releaseutil.InstallOrder).

use super::Document;
use crate::profile::Profile;

/// Kinds in the order of their installation; unknown ones follow, by name.
const KINDS: [&str; 35] = [
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
];

/// Where a kind stands in the order of one version of Helm.
#[derive(Clone, Copy, Debug)]
pub struct InstallOrder<'a> {
    profile: &'a Profile,
}

impl<'a> InstallOrder<'a> {
    pub fn new(profile: &'a Profile) -> Self {
        InstallOrder { profile }
    }

    /// A number for a known kind; `None` for others.
    pub fn of(&self, kind: &str) -> Option<usize> {
        // Helm 3.12 and older install PriorityClass among the unknown kinds.
        if kind == "PriorityClass" && !self.profile.since(3, 13, 0) {
            return None;
        }
        let late = ["APIService", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
        let known = KINDS.iter().position(|k| *k == kind);
        known.or_else(|| {
            let index = late.iter().position(|k| *k == kind)?;
            (index == 0 || self.profile.is_helm4()).then_some(KINDS.len() + index)
        })
    }
}

/// The documents sorted by kind; what is equal keeps its order.
pub fn sorted(mut documents: Vec<Document>, profile: &Profile) -> Vec<Document> {
    let order = InstallOrder::new(profile);
    documents.sort_by(|a, b| match (order.of(&a.head.kind), order.of(&b.head.kind)) {
        (None, None) => a.head.kind.cmp(&b.head.kind),
        (a, b) => a.unwrap_or(usize::MAX).cmp(&b.unwrap_or(usize::MAX)),
    });
    documents
}

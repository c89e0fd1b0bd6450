//! What the facts of Kubernetes say in cases that matter.

mod kube_support;

use chartlint::kube::{
    self, Boundary, FieldChange, FieldPath, KindLookup, KubeVersion, Op, Outcome, Target, Verdict, VersionRange,
};
use chartlint::value::Plain;
use serde_json::json;

fn version(text: &str) -> KubeVersion {
    KubeVersion::parse(text).expect("a version")
}

/// The Service of OpenKruise's webhook as it stands after the upgrade that copied the live fields into the manifest.
fn webhook_service() -> Plain {
    kube::from_json(&json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "kruise-webhook-service", "namespace": "kruise-system"},
        "spec": {
            "clusterIP": "10.96.15.26", "clusterIPs": ["10.96.15.26"], "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack", "type": "ClusterIP", "sessionAffinity": "None",
            "selector": {"control-plane": "controller-manager"},
            "ports": [{"port": 443, "protocol": "TCP", "targetPort": 9876}]
        }
    }))
}

fn removed(fields: &[&str]) -> Vec<FieldChange> {
    fields.iter().map(|field| FieldChange { field: FieldPath::parse(field), to: None }).collect()
}

const LOOKED_UP: [&str; 5] =
    ["spec.clusterIP", "spec.clusterIPs", "spec.ipFamilies", "spec.ipFamilyPolicy", "spec.type"];

fn words(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Refused { message, .. } => message,
        Outcome::Accepted { .. } => "accepted",
    }
}

#[test]
fn rollback_of_openkruise() {
    let live = webhook_service();
    let target = Target::new("v1", "Service", &live);
    let says = |at: &str| {
        let outcome = kube::update_outcome(&target, &removed(&LOOKED_UP), version(at));
        words(&outcome).to_string()
    };
    let one = r#"Service "kruise-webhook-service" is invalid: spec.clusterIPs[0]: Invalid value: []string(nil): primary clusterIP can not be unset"#;
    let both = r#"Service "kruise-webhook-service" is invalid: [spec.clusterIPs[0]: Invalid value: []string(nil): primary clusterIP can not be unset, spec.ipFamilies[0]: Invalid value: []core.IPFamily(nil): primary ipFamily can not be unset]"#;
    for (at, expected) in [("1.20.2", one), ("1.20.10", one), ("1.21.0", both), ("1.21.1", both), ("1.21.4", both)] {
        assert_eq!(says(at), expected, "{at}");
    }
    let outcome = kube::update_outcome(&target, &removed(&LOOKED_UP), version("1.20.2"));
    let Outcome::Refused { fields, .. } = outcome else { panic!("accepted") };
    let fields: Vec<String> = fields.iter().map(|field| field.to_string()).collect();
    assert_eq!(fields, ["spec.clusterIP", "spec.clusterIPs"]);
    for at in ["1.20.11", "1.20.15", "1.21.5", "1.21.14", "1.22.0", "1.31.2", "1.37"] {
        assert_eq!(says(at), "accepted", "{at}");
    }
}

#[test]
fn values_are_kept_by_servers_that_carry_them_forward() {
    let live = webhook_service();
    let target = Target::new("v1", "Service", &live);
    let Outcome::Accepted { fields } = kube::update_outcome(&target, &removed(&LOOKED_UP), version("1.30.0")) else {
        panic!("refused");
    };
    assert!(fields.iter().all(|(_, verdict)| *verdict == Verdict::Ignored), "{fields:?}");
}

#[test]
fn boundaries_of_a_known_patch() {
    let live = webhook_service();
    let target = Target::new("v1", "Service", &live);
    let field = FieldPath::parse("spec.clusterIP");
    let stretches = kube::verdicts(&target, &field, Op::Unset, None, VersionRange::ALL);
    let shown: Vec<String> = stretches.iter().map(|s| format!("{} {}", s.range, s.answer.is_refused())).collect();
    assert_eq!(shown, ["1.20.0-1.20.10 true", "1.20.11-1.20.x false", "1.21.0-1.21.4 true", "1.21.5-1.37 false"]);
    assert_eq!(stretches[1].since, Boundary::Exact(version("1.20.11")));
}

#[test]
fn boundaries_between_recorded_versions() {
    let live = kube::from_json(&json!({
        "metadata": {"name": "db"},
        "spec": {"replicas": 1, "serviceName": "db", "revisionHistoryLimit": 10}
    }));
    let target = Target::new("apps/v1", "StatefulSet", &live);
    let field = FieldPath::parse("spec.revisionHistoryLimit");
    let to = kube::from_json(&json!(3));
    let stretches =
        kube::verdicts(&target, &field, Op::Change, Some(&to), VersionRange::parse("1.30..1.35").expect("a range"));
    let last = stretches.last().expect("an answer");
    assert_eq!(last.answer, Verdict::Taken);
    assert_eq!(last.since, Boundary::Between(version("1.32.13"), version("1.33.13")));
}

fn refused(
    api_version: &str,
    kind: &str,
    live: serde_json::Value,
    field: &str,
    to: serde_json::Value,
) -> Option<String> {
    let live = kube::from_json(&live);
    let target = Target::new(api_version, kind, &live);
    match kube::verdict(&target, &FieldPath::parse(field), Op::Change, Some(&kube::from_json(&to)), version("1.31.1")) {
        Verdict::Refused { message } => Some(message),
        _ => None,
    }
}

#[test]
fn fields_below_an_immutable_part_follow_it() {
    let job = json!({"metadata": {"name": "migrate"}, "spec": {"template": {"spec": {"containers": [{"name": "a", "env": []}]}}}});
    let message = refused("batch/v1", "Job", job.clone(), "spec.template.spec.containers[0].env[2].value", json!("x"));
    assert!(
        message.expect("refused").starts_with(r#"Job.batch "migrate" is invalid: spec.template: Invalid value: …"#)
    );
    let mut suspended = job;
    suspended["spec"]["suspend"] = json!(true);
    assert_eq!(refused("batch/v1", "Job", suspended, "spec.template.metadata.annotations.x", json!("y")), None);
    let labels = json!({"app": "a", "helm.sh/chart": "x-1"});
    let deployment = json!({
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}}}
    });
    let message =
        refused("apps/v1", "Deployment", deployment, r#"spec.selector.matchLabels["helm.sh/chart"]"#, json!("x-2"));
    assert_eq!(
        message.expect("refused"),
        concat!(
            r#"Deployment.apps "web" is invalid: [spec.template.metadata.labels: Invalid value: map[string]string{"app":"a", "helm.sh/chart":"x-1"}: `selector` does not match template `labels`, "#,
            r#"spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"a", "helm.sh/chart":"x-2"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable]"#
        )
    );
    let claim = json!({"metadata": {"name": "db"}, "spec": {"volumeClaimTemplates": [{"metadata": {"name": "data"}}]}});
    let message =
        refused("apps/v1", "StatefulSet", claim, "spec.volumeClaimTemplates[0].spec.volumeMode", json!("Block"));
    assert!(message.expect("refused").contains("updates to statefulset spec for fields other than 'replicas'"));
    let set =
        json!({"metadata": {"name": "db"}, "spec": {"template": {"spec": {"containers": [{"name": "a", "env": []}]}}}});
    assert_eq!(
        refused("apps/v1", "StatefulSet", set, "spec.template.spec.containers[0].env[0].value", json!("Block")),
        None
    );
}

#[test]
fn a_selector_and_its_labels_together() {
    let live = kube::from_json(&json!({
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"v": "1"}}, "template": {"metadata": {"labels": {"v": "1"}}}}
    }));
    let change = |field: &str| FieldChange { field: FieldPath::parse(field), to: Some(Plain::string("2")) };
    let changes = [change("spec.selector.matchLabels.v"), change("spec.template.metadata.labels.v")];
    let outcome = kube::update_outcome(&Target::new("apps/v1", "Deployment", &live), &changes, version("1.34.4"));
    assert_eq!(
        words(&outcome),
        r#"Deployment.apps "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"v":"2"}}: field is immutable"#
    );
}

#[test]
fn the_state_of_the_object_decides() {
    let external = json!({"metadata": {"name": "a"}, "spec": {"type": "ExternalName", "externalName": "b.example"}});
    assert_eq!(refused("v1", "Service", external, "spec.clusterIP", json!("10.0.0.1")), None);
    let secret = json!({"metadata": {"name": "a"}, "data": {"k": "djE="}, "immutable": true});
    let message = refused("v1", "Secret", secret.clone(), "data.k", json!("djI="));
    assert_eq!(
        message.expect("refused"),
        "Secret \"a\" is invalid: data: Forbidden: field is immutable when `immutable` is set"
    );
    let mut mutable = secret;
    mutable["immutable"] = json!(false);
    assert_eq!(refused("v1", "Secret", mutable, "data.k", json!("djI=")), None);
}

#[test]
fn an_unset_field_with_a_default_changes_to_it() {
    let class = json!({"metadata": {"name": "fast"}, "provisioner": "x", "reclaimPolicy": "Retain"});
    let live = kube::from_json(&class);
    let verdict = kube::verdict(
        &Target::new("storage.k8s.io/v1", "StorageClass", &live),
        &FieldPath::parse("reclaimPolicy"),
        Op::Unset,
        None,
        version("1.31.1"),
    );
    let Verdict::Refused { message } = verdict else { panic!("{verdict:?}") };
    assert_eq!(
        message,
        r#"StorageClass.storage.k8s.io "fast" is invalid: reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden."#
    );
}

#[test]
fn lookups_of_kinds() {
    let at = version("1.31.1");
    assert!(matches!(kube::lookup("v1", "Secret", at), KindLookup::Served(kind) if kind.plural == "secrets"));
    assert!(matches!(kube::lookup("v1", "secret", at), KindLookup::UnknownKind));
    assert!(matches!(kube::lookup("apps/v1", "ConfigMap", at), KindLookup::UnknownKind));
    let KindLookup::UnknownGroup { message } = kube::lookup("policy/v1beta1", "PodDisruptionBudget", at) else {
        panic!("served");
    };
    assert!(
        message.starts_with("unable to get apiresource from unstructured: policy/v1beta1, Kind=PodDisruptionBudget")
    );
    let served = kube::kind("policy/v1beta1", "PodDisruptionBudget").expect("known").served();
    assert_eq!(served.iter().map(|range| range.to_string()).collect::<Vec<_>>(), ["1.20-1.24"]);
    assert!(!kube::is_namespaced("rbac.authorization.k8s.io/v1", "ClusterRole"));
    assert!(kube::is_namespaced("example.com/v1", "Thing"));
}

#[test]
fn versions_and_ranges() {
    let shown = |text: &str| VersionRange::parse(text).map(|range| range.to_string()).map_err(|e| e.to_string());
    assert_eq!(shown("1.21.2").as_deref(), Ok("1.21.2"));
    assert_eq!(shown("v1.28").as_deref(), Ok("1.28"));
    assert_eq!(shown("1.20..1.31").as_deref(), Ok("1.20-1.31"));
    assert_eq!(shown("1.35..").as_deref(), Ok("1.35-1.37"));
    assert_eq!(shown("1.31..1.20").unwrap_err(), "`1.31..1.20` is an empty range: its end comes before its beginning");
    assert_eq!(shown("1.12").unwrap_err(), "nothing is known of Kubernetes 1.12: known are 1.20 to 1.37");
    assert!(shown("newest").unwrap_err().starts_with("`newest` is no Kubernetes version: expected one like 1.28"));
    assert!(version("1.29.14").is_past_end_of_life() && !version("1.30.0").is_past_end_of_life());
    assert_eq!(version("v1.31.2-eks-5a1b2c"), KubeVersion::new(1, 31, 2));
}

#[test]
fn strange_objects_and_fields_are_survived() {
    let objects =
        [json!(null), json!([]), json!({"spec": 1, "metadata": []}), json!({"spec": {"ports": [1, {}]}, "data": "x"})];
    let fields = [
        "",
        "spec",
        "spec[0].x",
        "data[\"a.b\"]",
        "[",
        "metadata.labels[",
        "status.x",
        "spec.ports[7].port",
        "..",
        "💥[💥]",
    ];
    for kind in kube::kinds() {
        for object in &objects {
            let live = kube::from_json(object);
            let target = Target::new(kind.api_version, kind.kind, &live);
            let changes: Vec<FieldChange> = fields
                .iter()
                .flat_map(|field| {
                    [None, Some(live.clone())].map(|to| FieldChange { field: FieldPath::parse(field), to })
                })
                .collect();
            kube::update_outcome(&target, &changes, version("1.29"));
            for field in fields {
                let field = FieldPath::parse(field);
                for op in [Op::Change, Op::Unset, Op::SetOnce, Op::AddEntry, Op::RemoveEntry] {
                    kube::verdict(&target, &field, op, Some(&live), version("1.21.7"));
                }
            }
        }
    }
}

#[test]
fn paths_read_what_they_print() {
    for text in ["spec.ports[0].port", "metadata.labels[\"app.kubernetes.io/name\"]", "data[\"tls.crt\"].x", "spec"] {
        assert_eq!(FieldPath::parse(text).to_string(), text);
    }
}

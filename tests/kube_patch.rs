//! Patches as Helm makes them, and what servers make of them.

mod kube_support;

use chartlint::kube::{self, Context, KubeVersion, Outcome, Target};
use chartlint::value::Plain;
use kube_support::{objects, plain};
use serde_json::{Value, json};

fn patch(original: &Value, modified: &Value, current: &Value, api_version: &str, kind: &str) -> Value {
    let patch = kube::three_way_patch(&plain(original), &plain(modified), &plain(current), api_version, kind);
    match patch.expect("a patch") {
        Some(patch) => serde_json::from_str(&kube::to_json(&patch)).expect("JSON"),
        None => Value::Null,
    }
}

/// Rolls OpenKruise's webhook Service back: what the upgrade copied from the live object becomes null.
#[test]
fn rollback_of_openkruise() {
    let first = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "kruise-webhook-service"},
        "spec": {"ports": [{"port": 443, "targetPort": 9876}], "selector": {"app": "kruise"}}
    });
    let mut context = Context::new("kruise-system", "kruise");
    context.version = KubeVersion::new(1, 21, 1);
    let live = kube::live_object(&plain(&first), &context);
    let mut second = first.clone();
    for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "type"] {
        let value = live.at(&["spec", field]).expect("a live value");
        second["spec"][field] = serde_json::from_str(&kube::to_json(value)).expect("JSON");
    }
    let live_json: Value = serde_json::from_str(&kube::to_json(&live)).expect("JSON");
    assert_eq!(patch(&first, &second, &live_json, "v1", "Service"), Value::Null, "the upgrade changes nothing");
    let rollback = patch(&second, &first, &live_json, "v1", "Service");
    assert_eq!(
        rollback,
        json!({"spec": {"clusterIP": null, "clusterIPs": null, "ipFamilies": null, "ipFamilyPolicy": null, "type": null}})
    );
    let after = kube::apply_patch(&live, &plain(&rollback), "v1", "Service").expect("applied");
    let outcome =
        kube::update_outcome(&Target::new("v1", "Service", &live), &kube::changes(&live, &after), context.version);
    let Outcome::Refused { message, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(
        message,
        r#"Service "kruise-webhook-service" is invalid: [spec.clusterIPs[0]: Invalid value: []string(nil): primary clusterIP can not be unset, spec.ipFamilies[0]: Invalid value: []core.IPFamily(nil): primary ipFamily can not be unset]"#
    );
}

#[test]
fn lists_are_merged_by_key() {
    let with = |containers: Value| json!({"spec": {"template": {"spec": {"containers": containers}}}});
    let old = with(json!([{"name": "a", "image": "a:1", "args": ["x"]}, {"name": "b", "image": "b:1"}]));
    let new = with(json!([{"name": "a", "image": "a:2"}]));
    let live = with(json!([
        {"name": "a", "image": "a:1", "args": ["x"], "imagePullPolicy": "IfNotPresent"},
        {"name": "b", "image": "b:1"},
        {"name": "injected", "image": "c"}
    ]));
    let made = patch(&old, &new, &live, "apps/v1", "Deployment");
    assert_eq!(
        made["spec"]["template"]["spec"],
        json!({
            "$setElementOrder/containers": [{"name": "a"}],
            "containers": [{"args": null, "image": "a:2", "name": "a"}, {"$patch": "delete", "name": "b"}]
        })
    );
    let after = kube::apply_patch(&plain(&live), &plain(&made), "apps/v1", "Deployment").expect("applied");
    assert_eq!(
        kube::to_json(&after),
        kube::to_json(&plain(&with(json!([
            {"image": "a:2", "imagePullPolicy": "IfNotPresent", "name": "a"}, {"image": "c", "name": "injected"}
        ]))))
    );
}

#[test]
fn elements_without_their_key() {
    let with = |env: Value| json!({"spec": {"containers": [{"name": "a", "env": env}]}});
    let error = kube::three_way_patch(
        &plain(&with(json!([{"value": "1"}]))),
        &plain(&with(json!([{"value": "2"}]))),
        &plain(&with(json!([{"value": "1"}]))),
        "v1",
        "Pod",
    );
    assert_eq!(error.expect_err("no key").to_string(), "map: map[value:1] does not contain declared merge key: name");
}

#[test]
fn custom_resources_are_patched_from_manifest_to_manifest() {
    let old = json!({"spec": {"a": 1, "b": {"c": 1, "d": 2}, "l": [{"name": "x"}]}});
    let new = json!({"spec": {"b": {"c": 1, "d": 3}, "l": [{"name": "y"}]}});
    let live = json!({"spec": {"a": 7, "b": {"c": 9, "d": 2}}});
    let made = patch(&old, &new, &live, "example.com/v1", "Thing");
    assert_eq!(made, json!({"spec": {"a": null, "b": {"d": 3}, "l": [{"name": "y"}]}}));
}

/// Whatever was sent again changes nothing, and whatever changes is what the patch says.
#[test]
fn recorded_objects_sent_again() {
    for version in [KubeVersion::new(1, 24, 17), KubeVersion::new(1, 37, 2)] {
        let pairs = objects(version);
        for pair in &pairs {
            let (sent, stored) = (&pair["sent"], &pair["stored"]);
            let text = |field: &str| sent[field].as_str().expect("text").to_string();
            let mut modified = sent.clone();
            modified["metadata"]["annotations"] = json!({"a": "b"});
            let made = patch(sent, &modified, stored, &text("apiVersion"), &text("kind"));
            let live = plain(stored);
            let after = kube::apply_patch(&live, &plain(&made), &text("apiVersion"), &text("kind")).expect("applied");
            assert_eq!(
                after.at(&["metadata", "annotations", "a"]).and_then(Plain::as_str),
                Some("b"),
                "{}",
                pair["variant"]
            );
            let after = kube::defaulted(&after, version);
            let others = kube::changes(&live, &after).into_iter().map(|c| c.field.to_string());
            let others: Vec<String> = others.filter(|field| !field.starts_with("metadata.annotations")).collect();
            assert!(others.is_empty(), "{version} {}: {others:?}", pair["variant"]);
        }
    }
}

/// Every recorded change, patched as Helm patched it.
#[test]
fn every_recorded_patch() {
    let recording = kube_support::recording("patches");
    let cases = recording["cases"].as_array().expect("cases");
    assert!(cases.len() >= 350, "{}", cases.len());
    let mut wrong = Vec::new();
    for case in cases {
        for (mode, client) in [("helm3", 32), ("migrated", 37)] {
            let mut context = Context::new("ns", "rel");
            context.client = client;
            let [original, modified, live] = ["original", "modified", "live"].map(|part| plain(&case[part]));
            let ours = match kube::helm_patch(&original, &modified, &live, &context) {
                Err(error) => json!({ "error": error.to_string() }),
                Ok(None) => Value::Null,
                Ok(Some(patch)) => {
                    let body: Value = serde_json::from_str(&kube::to_json(&patch.body)).expect("JSON");
                    let form = if patch.is_strategic { "strategic-merge-patch" } else { "merge-patch" };
                    json!({ "body": body, "type": format!("application/{form}+json") })
                }
            };
            if !is_same_patch(&ours, &case[mode]) {
                wrong.push(format!("{mode} {}\n  ours {ours}\n  Helm {}", case["case"], case[mode]));
            }
        }
        let applied = kube::sent_by_helm(&plain(&case["modified"]), &Context::new("ns", "rel"));
        let applied: Value = serde_json::from_str(&kube::to_json(&applied)).expect("JSON");
        if applied != case["helm4"]["body"] {
            wrong.push(format!("helm4 {}\n  ours {applied}\n  Helm {}", case["case"], case["helm4"]["body"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len() * 3, wrong.join("\n"));
}

fn is_same_patch(ours: &Value, recorded: &Value) -> bool {
    match (&ours["error"], recorded["error"].as_str()) {
        (Value::String(ours), Some(error)) => {
            // Two lists stand in the middle of this one.
            let error = error.replace('\n', " ");
            let words: Vec<&str> = ours.split(" doesn't ").collect();
            words.iter().all(|part| error.contains(part))
        }
        (Value::Null, None) => ours["body"] == recorded["body"] && ours["type"] == recorded["type"],
        _ => false,
    }
}

/// What Helm applied and applies no longer goes; what others own stays, and what others own and Helm changes is a conflict.
#[test]
fn server_side_apply() {
    let service = |spec: Value| json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": spec});
    let managed = |fields: Value, manager: &str| json!({"manager": manager, "operation": "Update", "fieldsV1": fields});
    let before = service(json!({"ports": [{"port": 80}, {"port": 81}], "selector": {"a": "b"}, "type": "NodePort"}));
    let mut live = service(json!({
        "ports": [{"port": 80, "protocol": "TCP"}, {"port": 81, "protocol": "TCP"}, {"port": 82, "protocol": "TCP"}],
        "selector": {"a": "b"}, "type": "NodePort", "externalIPs": ["1.1.1.1"]
    }));
    let after = service(json!({"ports": [{"port": 80, "name": "x"}], "selector": {"a": "c"}}));
    let applied = kube::apply(&plain(&live), &plain(&before), &plain(&after));
    assert!(applied.conflicts.is_empty());
    let spec = applied.object.get("spec").map(kube::to_json).expect("a spec");
    assert_eq!(
        spec,
        r#"{"externalIPs":["1.1.1.1"],"ports":[{"name":"x","port":80,"protocol":"TCP"},{"port":82,"protocol":"TCP"}],"selector":{"a":"c"}}"#
    );
    live["metadata"]["managedFields"] = json!([managed(json!({"f:spec": {"f:selector": {}}}), "someone")]);
    let applied = kube::apply(&plain(&live), &plain(&before), &plain(&after));
    assert_eq!(
        kube::conflict_message(&applied.conflicts),
        r#"Apply failed with 1 conflict: conflict with "someone": .spec.selector"#
    );
}

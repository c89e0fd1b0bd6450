//! Sends every recorded object again and compares what the model stores with what the server stored.

mod kube_support;

use chartlint::kube::{self, Context};
use chartlint::value::{Plain, PlainData};
use kube_support::{masked, objects, plain, recorded};
use serde_json::Value;

/// Objects that the recorder changed after they were stored, and such as hold who asked.
const LEFT_OUT: [(&str, &str); 3] = [
    ("csr", "its spec names the user who asked"),
    (
        "status of pvc-bound, pvc-bound-no-expansion, pvc-volumename-bound-by-controller",
        "the recorder bound the claims",
    ),
    ("ObjectMeta.managedFields", "they name the recorder"),
];

/// JSON of an object without what belongs to one run.
fn shown(object: &Plain, variant: &str) -> Value {
    let mut value: Value = serde_json::from_str(&kube::to_json(object)).expect("JSON");
    let metadata = value["metadata"].as_object_mut().expect("metadata");
    metadata.remove("managedFields");
    metadata.remove("resourceVersion");
    if variant.starts_with("pvc-bound") || variant.ends_with("by-controller") {
        value.as_object_mut().expect("an object").remove("status");
    }
    serde_json::from_str(&drawn(&masked(&value.to_string()))).expect("JSON")
}

/// Takes out times and node ports, which are drawn or depend on the clock.
fn drawn(text: &str) -> String {
    let patterns =
        [(r"\d{4}-\d\d-\d\dT[\d:]+Z", "TIME"), (r#""(nodePort|healthCheckNodePort)":3[0-2]\d{3}"#, r#""$1":0"#)];
    patterns.iter().fold(text.to_string(), |text, (pattern, name)| {
        regex::Regex::new(pattern).expect("a pattern").replace_all(&text, *name).into_owned()
    })
}

fn differences(path: &str, server: &Value, model: &Value, out: &mut Vec<String>) {
    match (server, model) {
        (Value::Object(a), Value::Object(b)) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let (x, y) = (a.get(key), b.get(key));
                match (x, y) {
                    (Some(x), Some(y)) => differences(&format!("{path}.{key}"), x, y, out),
                    (x, y) => out.push(format!("{path}.{key}: server {x:?}, model {y:?}")),
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().for_each(|(i, (a, b))| differences(&format!("{path}[{i}]"), a, b, out));
        }
        (a, b) if a == b => {}
        (a, b) => out.push(format!("{path}: server {a}, model {b}")),
    }
}

#[test]
fn every_recorded_object() {
    let (mut same, mut total) = (0, 0);
    let mut failures = Vec::new();
    for version in kube::recorded() {
        if recorded(*version, "objects").is_none() {
            continue;
        }
        for pair in objects(*version) {
            let variant = pair["variant"].as_str().expect("a name");
            if variant == "csr" {
                continue;
            }
            total += 1;
            let mut context = Context::new("default", "x");
            (context.version, context.by_helm) = (*version, false);
            let model = kube::live_object(&plain(&pair["sent"]), &context);
            let mut found = Vec::new();
            differences("", &shown(&plain(&pair["stored"]), variant), &shown(&model, variant), &mut found);
            if found.is_empty() {
                same += 1;
            } else {
                failures.push(format!("{version} {variant}: {}", found.join("; ")));
            }
        }
    }
    println!("{same} of {total} recorded objects are stored alike");
    for (what, why) in LEFT_OUT {
        println!("left out {what}: {why}");
    }
    let shown: Vec<&String> = failures.iter().take(40).collect();
    assert!(failures.is_empty(), "{} objects differ: {shown:#?}", failures.len());
}

#[test]
fn what_helm_sends() {
    let rendered = plain(&serde_json::json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "labels": null}, "stringData": {"k": "v"}
    }));
    let context = Context::new("web", "site");
    let live = kube::live_object(&rendered, &context);
    let at = |path: &[&str]| live.at(path).and_then(Plain::as_str).unwrap_or_default().to_string();
    assert_eq!(at(&["metadata", "namespace"]), "web");
    assert_eq!(at(&["metadata", "labels", "app.kubernetes.io/managed-by"]), "Helm");
    assert_eq!(at(&["metadata", "annotations", "meta.helm.sh/release-name"]), "site");
    assert_eq!(at(&["metadata", "annotations", "meta.helm.sh/release-namespace"]), "web");
    assert_eq!(at(&["data", "k"]), "dg==");
    assert_eq!(live.get("stringData"), None);
    assert_eq!(kube::live_object(&rendered, &context), live, "drawn from the identity");
    let other = Context { seed: 1, ..context };
    assert_ne!(kube::live_object(&rendered, &other).at(&["metadata", "uid"]), live.at(&["metadata", "uid"]));
}

#[test]
fn hostile_objects_are_survived() {
    let deep = (0..2_000).fold(Plain::default(), |inner, _| PlainData::List(vec![inner]).into());
    for object in [
        Plain::default(),
        plain(&serde_json::json!([])),
        plain(&serde_json::json!({"kind": "Service", "apiVersion": "v1", "metadata": 3, "spec": []})),
        plain(&serde_json::json!({"kind": "Job", "apiVersion": "batch/v1", "spec": {"template": 1}})),
        plain(
            &serde_json::json!({"kind": "Deployment", "apiVersion": "apps/v1", "spec": {"strategy": 1, "template": []}}),
        ),
        plain(&serde_json::json!({"kind": "CustomResourceDefinition", "apiVersion": "apiextensions.k8s.io/v1"})),
    ] {
        kube::live_object(&object, &Context::new("a", "b"));
    }
    let mut pod = plain(&serde_json::json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "a"}}));
    pod.as_map_mut().expect("a map").insert(b"spec"[..].into(), deep);
    kube::live_object(&pod, &Context::new("a", "b"));
}

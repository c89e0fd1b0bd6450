//! Applies what was applied to real servers: the merge, the server's answer and what is stored then, as a life strings them
//! together. `kube_edits.rs` asks the same rows of the tables alone.

mod kube_support;

use chartlint::kube::{self, FieldPath, KubeVersion, Mode, Outcome, Step, Target, Verdict};
use chartlint::value::{Plain, PlainData};
use kube_support::{masked, objects, plain, recorded};
use serde_json::Value;
use std::collections::BTreeMap;

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap_or_default()
}

/// What a server says to the form of an object, in its words.
#[test]
fn every_recorded_form() {
    let version = KubeVersion::parse("1.20.2").expect("a version");
    for row in recorded(version, "forms").expect("forms")["rows"].as_array().expect("rows") {
        let said = kube::apply_refusal(&plain(&row["object"]), "q", version);
        assert_eq!(said.as_deref(), row["message"].as_str(), "{}", row["object"]);
    }
}

/// The default of a Service's protocol came with a patch.
#[test]
fn the_key_of_a_port_has_a_default_since_a_patch() {
    let version = KubeVersion::parse("1.20.2").expect("a version");
    let forms = recorded(version, "forms").expect("forms");
    let service = plain(&forms["rows"][0]["object"]);
    let at = |text: &str| kube::apply_refusal(&service, "q", KubeVersion::parse(text).expect("a version"));
    assert!(at("1.20.5").is_some() && at("1.20.6").is_none() && at("1.21.0").is_none());
    let stretches = kube::over_range(kube::VersionRange::ALL, |at| kube::apply_refusal(&service, "q", at).is_some());
    let shown: Vec<String> = stretches.iter().map(|s| format!("{} {}", s.range, s.answer)).collect();
    assert_eq!(shown, ["1.20.0-1.20.5 true", "1.20.6-1.37 false"]);
}

/// The value at a path through maps and lists.
fn at<'a>(object: &'a Plain, path: &FieldPath) -> Option<&'a Plain> {
    path.steps().iter().try_fold(object, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(index) => value.as_list()?.get(*index),
    })
}

/// Puts a value at a path, or takes it out.
fn put(object: &mut Plain, steps: &[Step], value: Option<Plain>) {
    let Some((first, rest)) = steps.split_first() else { return };
    let inner = match (first, &mut object.data) {
        (Step::Key(key), PlainData::Map(map)) if rest.is_empty() => {
            _ = match value {
                Some(value) => map.insert(key.as_bytes().into(), value),
                None => map.remove(key.as_bytes()),
            };
            return;
        }
        (Step::Index(index), PlainData::List(list)) if rest.is_empty() => {
            match value {
                Some(value) if *index < list.len() => list[*index] = value,
                Some(value) => list.push(value),
                None if *index < list.len() => _ = list.remove(*index),
                None => {}
            }
            return;
        }
        (Step::Key(key), PlainData::Map(map)) => map.entry(key.as_bytes().into()).or_insert_with(Plain::map),
        (Step::Index(index), PlainData::List(list)) if *index < list.len() => &mut list[*index],
        _ => return,
    };
    put(inner, rest, value);
}

/// The manifest that the recorder applied second.
fn edited(base: &Plain, row: &Value) -> Plain {
    let field = FieldPath::parse(text(row, "field"));
    let mut edited = base.clone();
    match &row["to"] {
        Value::Object(parts) if matches!(text(row, "field"), "spec" | "data") => {
            for (key, value) in parts {
                let value = (!value.is_null()).then(|| plain(value));
                put(&mut edited, field.child(key).steps(), value);
            }
        }
        to if text(row, "op") == "apply-change" => put(&mut edited, field.steps(), Some(plain(to))),
        _ => put(&mut edited, field.steps(), None),
    }
    edited
}

/// The recorder left out fields that the server's schema did not know.
fn known(mut object: Plain, at: KubeVersion) -> Plain {
    let pattern = regex::Regex::new(r"\.(\S+): field not declared in schema").expect("a pattern");
    for _ in 0..12 {
        let Some(message) = kube::apply_refusal(&object, "default", at) else { break };
        let Some(found) = pattern.captures(&message) else { break };
        put(&mut object, FieldPath::parse(&found[1]).steps(), None);
    }
    object
}

/// Whether the applied object comes out as it did, by way of all that the model knows.
fn compare(row: &Value, base: &Value, at_version: KubeVersion) -> Result<(), String> {
    let (api_version, kind) = (text(row, "apiVersion"), text(row, "kind"));
    let before = known(plain(&base["sent"]), at_version);
    let mut live = plain(&base["stored"]);
    put(&mut live, FieldPath::parse("metadata.managedFields").steps(), None);
    let applied = known(edited(&plain(&base["sent"]), row), at_version);
    let merged = kube::apply(&live, &before, &applied);
    let after = kube::defaulted(&merged.object, at_version);
    let changes = kube::changes(&live, &after);
    let mut target = Target { mode: Mode::Apply, ..Target::new(api_version, kind, &live) };
    target.volumes_grow = Some(text(row, "variant") != "pvc-bound-no-expansion");
    let field = FieldPath::parse(text(row, "field"));
    match kube::update_outcome(&target, &changes, at_version) {
        Outcome::Refused { message, .. } if row["taken"] == true => Err(format!("taken, model: {message}")),
        Outcome::Refused { .. } => Ok(()),
        Outcome::Accepted { .. } if row["taken"] != true => {
            Err(format!("{}, model takes {:?}", masked(text(row, "message")), changes))
        }
        Outcome::Accepted { fields } => {
            let kept = fields.into_iter().filter(|(_, verdict)| *verdict == Verdict::Ignored);
            let kept: Vec<FieldPath> = kept.map(|(field, _)| field).collect();
            let stored = kube::with_kept(&live, &after, &kept);
            let got = at(&stored, &field).map(kube::to_json).unwrap_or_else(|| "null".into());
            let got: Value = serde_json::from_str(&got).unwrap_or_default();
            if got == row["after"] { Ok(()) } else { Err(format!("after {}, model {got}", row["after"])) }
        }
    }
}

/// The object was made anew for each row; what is allocated for it or by chance differs from the one that was kept.
fn is_of_another_run(row: &Value, base: &Value) -> Option<String> {
    let stored = plain(&base["stored"]);
    let before = at(&stored, &FieldPath::parse(text(row, "field"))).map(kube::to_json);
    let before: Value = before.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    (before != row["before"])
        .then(|| "the object that was kept has another value in the field: it is of another run".into())
}

#[test]
fn every_recorded_apply() {
    let left_out = include_str!("kubernetes/left-out-of-apply.txt");
    let left_out = left_out.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'));
    let left_out: Vec<(&str, &str)> = left_out.collect();
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    let (mut asked, mut total) = (0, 0);
    let mut failures: Vec<String> = Vec::new();
    for version in kube::recorded() {
        let bases = objects(*version);
        for row in recorded(*version, "edits").expect("edits")["rows"].as_array().expect("rows") {
            if !text(row, "op").starts_with("apply") {
                continue;
            }
            total += 1;
            let name = format!("{} {} {}", text(row, "variant"), text(row, "field"), text(row, "op"));
            let reason = left_out.iter().find(|(start, _)| name.starts_with(start)).map(|(_, why)| why.to_string());
            let base = bases.iter().find(|o| o["variant"] == row["variant"]);
            let (reason, base) = match (row["created"] == false, reason, base) {
                (true, ..) => (Some("the object could not be made on that server".to_string()), None),
                (_, None, None) => (Some("what the server stored was not recorded".to_string()), None),
                (_, reason, base) => (reason, base),
            };
            let reason = reason.or_else(|| base.and_then(|base| is_of_another_run(row, base)));
            if let (None, Some(base)) = (&reason, base) {
                asked += 1;
                if let Err(why) = compare(row, base, *version) {
                    failures.push(format!("{version} {name} ({}): {why}", text(row, "note")));
                }
            }
            if let Some(reason) = reason {
                *count.entry(reason).or_default() += 1;
            }
        }
    }
    println!("{} of {total} recorded applies come out as they did", asked - failures.len());
    for (reason, n) in &count {
        println!("left out {n}: {reason}");
    }
    let shown: Vec<&String> = failures.iter().take(40).collect();
    assert!(failures.is_empty(), "{} applies differ: {shown:#?}", failures.len());
}

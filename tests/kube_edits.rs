//! Asks every recorded edit of the tables again.

mod kube_support;

use chartlint::kube::{self, FieldChange, FieldPath, KubeVersion, Mode, Outcome, Target, Verdict};
use kube_support::{masked, objects, plain, recorded};
use serde_json::Value;
use std::collections::BTreeMap;

/// Rows that are left out, with the reason, and how many they are.
fn left_out() -> Vec<(String, String)> {
    let lines = include_str!("kubernetes/left-out.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t')).map(|(a, b)| (a.to_string(), b.to_string())).collect()
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap_or_default()
}

/// The changes that a recorded row made.
fn changes(row: &Value) -> Vec<FieldChange> {
    let field = FieldPath::parse(text(row, "field"));
    let is_unset = text(row, "op").contains("unset");
    let mut out = Vec::new();
    if is_unset || row["to"].is_null() {
        out.push(FieldChange { field, to: None });
    } else if let (true, Value::Object(parts)) = (matches!(text(row, "field"), "spec" | "data"), &row["to"]) {
        flatten(&field, &Value::Object(parts.clone()), &mut out);
    } else {
        out.push(FieldChange { field, to: Some(plain(&row["to"])) });
    }
    out
}

fn flatten(path: &FieldPath, value: &Value, out: &mut Vec<FieldChange>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| flatten(&path.child(key), value, out)),
        Value::Null => out.push(FieldChange { field: path.clone(), to: None }),
        other => out.push(FieldChange { field: path.clone(), to: Some(plain(other)) }),
    }
}

/// The words of the tables are those of the server: an ellipsis stands for any text, and the recorder cut after 400
/// characters.
fn says(expected: &str, got: &str) -> bool {
    let cut = expected.chars().count() >= 400;
    let (expected, got) = (masked(expected), masked(got));
    let mut rest = expected.as_str();
    for (i, part) in got.split('…').enumerate() {
        match rest.find(part) {
            Some(at) if i > 0 || at == 0 => rest = &rest[at + part.len()..],
            _ if cut && i == 0 => return part.starts_with(rest),
            _ => return cut && (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|end| part.starts_with(end))),
        }
    }
    rest.is_empty() || got.ends_with('…') || got.ends_with("…]") || cut
}

#[test]
fn every_recorded_edit() {
    let left_out = left_out();
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    let (mut asked, mut total) = (0, 0);
    let mut failures = Vec::new();
    for version in kube::recorded() {
        let pairs = objects(*version);
        for row in recorded(*version, "edits").expect("edits")["rows"].as_array().expect("rows") {
            total += 1;
            let (variant, field, op) = (text(row, "variant"), text(row, "field"), text(row, "op"));
            let (api_version, kind) = (text(row, "apiVersion"), text(row, "kind"));
            let name = format!("{variant} {field} {op}");
            if row["served"] == false {
                // The kind is not served: that is all the row says.
                let is_served = kube::kind(api_version, kind).is_some_and(|k| k.is_served(*version));
                if is_served {
                    failures.push(format!("{version} {api_version} {kind} is served"));
                }
                asked += 1;
                continue;
            }
            let reason = left_out.iter().find(|(pattern, _)| name.starts_with(pattern.as_str()));
            if row["created"] == false {
                *count.entry("the object could not be made on that server".into()).or_default() += 1;
                continue;
            }
            if let Some((_, reason)) = reason {
                *count.entry(reason.clone()).or_default() += 1;
                continue;
            }
            let base = pairs.iter().find(|o| o["variant"] == variant);
            let later =
                || kube::recorded().iter().find_map(|v| objects(*v).into_iter().find(|o| o["variant"] == variant));
            let base = base.cloned().or_else(later).expect("a base object");
            let live = plain(&base["stored"]);
            let mut target = Target::new(api_version, kind, &live);
            target.mode = if op.starts_with("apply") { Mode::Apply } else { Mode::Patch };
            target.volumes_grow = Some(variant != "pvc-bound-no-expansion");
            asked += 1;
            if let Err(why) = compare(row, &target, &changes(row), *version) {
                failures.push(format!("{version} {name} ({}): {why}", text(row, "note")));
            }
        }
    }
    println!("{} of {total} recorded rows are said by the tables", asked - failures.len());
    for (reason, n) in &count {
        println!("left out {n}: {reason}");
    }
    let shown: Vec<&String> = failures.iter().take(40).collect();
    assert!(failures.is_empty(), "{} rows differ: {shown:#?}", failures.len());
}

fn compare(row: &Value, target: &Target<'_>, changes: &[FieldChange], at: KubeVersion) -> Result<(), String> {
    let got = kube::update_outcome(target, changes, at);
    let wrong = || Err(format!("server: {}, tables: {got:?}", summary(row)));
    match (&got, row["taken"] == true) {
        (Outcome::Refused { message, .. }, false) if says(text(row, "message"), message) => Ok(()),
        (Outcome::Accepted { fields }, true) => {
            let is_kept = row["after"] == row["before"];
            let fits = fields.iter().all(|(_, verdict)| match verdict {
                Verdict::Taken => !is_kept || changes.len() > 1,
                Verdict::Ignored => is_kept || changes.len() > 1,
                _ => false,
            });
            if fits { Ok(()) } else { wrong() }
        }
        _ => wrong(),
    }
}

fn summary(row: &Value) -> String {
    match row["taken"] == true {
        true if row["after"] == row["before"] => "ignored".into(),
        true => "taken".into(),
        false => text(row, "message").to_string(),
    }
}

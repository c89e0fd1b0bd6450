//! A life for programs.

use super::fields::{self, FieldLine, masked, masked_field};
use super::{PAIRS, Title, between};
use crate::kube;
use crate::lifecycle::{Journey, Reply, Request, Step, Write};
use crate::manifest::ObjectId;
use crate::value::Plain;
use serde_json::{Map, Value, json};

pub fn text(title: &Title, journey: &Journey<'_>) -> String {
    let steps: Vec<Value> = journey.steps.iter().map(step).collect();
    let mut differences = Map::new();
    for (from, to) in PAIRS {
        if let Some(lines) = between(journey, from, to) {
            differences.insert(format!("{from}..{to}"), lines.iter().map(difference).collect());
        }
    }
    let life = json!({
        "chart": title.chart,
        "previous": title.previous,
        "release": title.release,
        "namespace": title.namespace,
        "target": title.target,
        "helm": title.helm,
        "kubernetes": title.kubernetes,
        "steps": steps,
        "differences": differences,
    });
    format!("{}\n", serde_json::to_string_pretty(&life).unwrap_or_default())
}

fn step(step: &Step) -> Value {
    json!({
        "step": step.name,
        "ok": step.error.is_none(),
        "error": step.error.as_ref().map(|error| json!({"kind": error.kind.name(), "message": error.message})),
        "writes": step.writes.iter().map(write).collect::<Vec<_>>(),
    })
}

fn write(write: &Write) -> Value {
    let mut out = Map::new();
    out.insert("object".into(), object(&write.id));
    if write.is_hook {
        out.insert("hook".into(), true.into());
    }
    let (request, detail) = match &write.request {
        Request::Create => ("create", None),
        Request::Delete => ("delete", None),
        Request::Keep => ("keep", None),
        Request::Nothing => ("nothing", None),
        Request::Patch(patch) => ("patch", Some(("patch", value(&masked(&write.id.kind, patch))))),
        Request::Apply(changes) => {
            let change = |change: &kube::FieldChange| {
                let to = change.to.as_ref().map(|to| value(&masked_field(&write.id.kind, &change.field, to)));
                json!({"field": change.field.to_string(), "to": to})
            };
            ("apply", Some(("changes", changes.iter().map(change).collect())))
        }
    };
    out.insert("request".into(), request.into());
    if let Some((name, detail)) = detail {
        out.insert(name.into(), detail);
    }
    out.insert("changes_nothing".into(), write.is_idle.into());
    match &write.reply {
        Reply::Done { kept } => {
            out.insert("answer".into(), "done".into());
            if !kept.is_empty() {
                out.insert("kept".into(), kept.iter().map(|field| Value::from(field.to_string())).collect());
            }
        }
        Reply::Refused(message) => {
            out.insert("answer".into(), "refused".into());
            out.insert("message".into(), message.as_str().into());
        }
        Reply::NotSent => {
            out.insert("answer".into(), "not sent".into());
        }
    }
    Value::Object(out)
}

fn object(id: &ObjectId) -> Value {
    json!({"apiVersion": id.api_version, "kind": id.kind, "namespace": id.namespace, "name": id.name})
}

fn difference(line: &FieldLine) -> Value {
    let side = |plain: &Option<Plain>| plain.as_ref().map(value);
    json!({
        "object": object(&line.id),
        "field": line.field,
        "how": line.how,
        "from": side(&line.from),
        "to": side(&line.to),
    })
}

fn value(plain: &Plain) -> Value {
    serde_json::from_str(&kube::to_json(plain)).unwrap_or_else(|_| Value::String(fields::shown(plain)))
}

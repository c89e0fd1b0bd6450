//! A life for people: operation by operation, what differs from the one before, what Helm sends, what the server says.

use super::fields::{FieldLine, masked, masked_field, shown};
use super::{Title, between};
use crate::kube;
use crate::lifecycle::{Journey, Reply, Request, Step, Write};
use crate::manifest::ObjectId;
use std::fmt::Write as _;

/// As many fields of one object as are listed.
const MAX_FIELDS: usize = 20;

pub fn text(title: &Title, journey: &Journey<'_>) -> String {
    let mut out = String::new();
    let from = title.previous.as_ref().map(|old| format!("{old} -> ")).unwrap_or_default();
    let _ = writeln!(
        out,
        "{from}{}: release {} in namespace {}, {}Helm {}, Kubernetes {}",
        title.chart,
        title.release,
        title.namespace,
        title.target.map(|target| format!("{target}, ")).unwrap_or_default(),
        title.helm,
        title.kubernetes
    );
    for step in &journey.steps {
        out.push('\n');
        head(&mut out, step);
        if let Some(before) = compared_with(journey, &step.name)
            && let Some(lines) = between(journey, before, &step.name)
        {
            differences(&mut out, before, &lines);
        }
        writes(&mut out, step);
    }
    out
}

/// The step that a reader compares this one with.
fn compared_with(journey: &Journey<'_>, step: &str) -> Option<&'static str> {
    let has = |name: &str| journey.steps.iter().any(|s| s.name == name && s.error.is_none());
    match step {
        "upgrade" => Some("install"),
        "upgrade again" => Some("upgrade"),
        "offline" if has("upgrade") => Some("upgrade"),
        "offline" => Some("install"),
        "offline again" => Some("offline"),
        "sync again" if has("sync the new version") => Some("sync the new version"),
        "sync again" | "sync the new version" | "sync back" => Some("sync"),
        _ => None,
    }
}

fn head(out: &mut String, step: &Step) {
    let counted: Vec<String> = counts(&step.writes);
    let counts = if counted.is_empty() { String::new() } else { format!(" ({})", counted.join(", ")) };
    match &step.error {
        None => {
            let _ = writeln!(out, "{}: ok{counts}", step.name);
        }
        Some(error) => {
            let _ = writeln!(out, "{}: failed{counts}", step.name);
            for line in error.message.lines() {
                let _ = writeln!(out, "    {line}");
            }
        }
    }
}

fn counts(writes: &[Write]) -> Vec<String> {
    let is_refused = |write: &&Write| matches!(write.reply, Reply::Refused(_));
    let is_same = |write: &Write| write.is_idle && !matches!(write.request, Request::Keep);
    let count = |name: &str, is_it: fn(&Request) -> bool| {
        let n = writes.iter().filter(|w| is_it(&w.request) && !is_same(w) && !is_refused(w)).count();
        (n > 0).then(|| format!("{n} {name}"))
    };
    let refused = writes.iter().filter(is_refused).count();
    let unchanged = writes.iter().filter(|w| is_same(w) && w.reply != Reply::NotSent).count();
    [
        count("created", |r| matches!(r, Request::Create)),
        count("patched", |r| matches!(r, Request::Patch(_))),
        count("applied", |r| matches!(r, Request::Apply(_))),
        (unchanged > 0).then(|| format!("{unchanged} unchanged")),
        count("deleted", |r| matches!(r, Request::Delete)),
        count("kept", |r| matches!(r, Request::Keep)),
        (refused > 0).then(|| format!("{refused} refused")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn name(id: &ObjectId) -> String {
    let namespace = if id.namespace.is_empty() { String::new() } else { format!(" in {}", id.namespace) };
    format!("{} {}{namespace}", id.kind, id.name)
}

fn differences(out: &mut String, before: &str, lines: &[FieldLine]) {
    if lines.is_empty() {
        let _ = writeln!(out, "    the same manifest as {before}");
        return;
    }
    let _ = writeln!(out, "    the manifest differs from {before}:");
    let mut last: Option<&ObjectId> = None;
    let mut listed = 0;
    for line in lines {
        match line.how {
            "object added" => {
                let _ = writeln!(out, "    + {}", name(&line.id));
                continue;
            }
            "object removed" => {
                let _ = writeln!(out, "    - {}", name(&line.id));
                continue;
            }
            _ => {}
        }
        if last != Some(&line.id) {
            let _ = writeln!(out, "    {}", name(&line.id));
            last = Some(&line.id);
            listed = 0;
        }
        listed += 1;
        if listed > MAX_FIELDS {
            if listed == MAX_FIELDS + 1 {
                let more = lines.iter().filter(|l| l.id == line.id).count() - MAX_FIELDS;
                let _ = writeln!(out, "        and {more} more");
            }
            continue;
        }
        let side = |plain: &Option<crate::value::Plain>| plain.as_ref().map(shown).unwrap_or_default();
        let _ = match line.how {
            "added" => writeln!(out, "      + {}: {}", line.field, side(&line.to)),
            "removed" => writeln!(out, "      - {}: {}", line.field, side(&line.from)),
            _ => writeln!(out, "      ~ {}: {} -> {}", line.field, side(&line.from), side(&line.to)),
        };
    }
}

/// What was sent and is worth a look, with the answers.
fn writes(out: &mut String, step: &Step) {
    let told = step.error.as_ref().map_or("", |error| error.message.as_str());
    for write in &step.writes {
        if write.is_idle && !matches!(write.request, Request::Keep) {
            continue;
        }
        let refused = matches!(write.reply, Reply::Refused(_));
        let hook = if write.is_hook { " (hook)" } else { "" };
        match &write.request {
            Request::Patch(patch) => {
                let _ = writeln!(out, "    patch of {}{hook}:", name(&write.id));
                yaml(out, &kube::to_json(&masked(&write.id.kind, patch)));
            }
            Request::Apply(changes) if !changes.is_empty() => {
                let _ = writeln!(out, "    apply of {}{hook} changes:", name(&write.id));
                for change in changes.iter().take(MAX_FIELDS) {
                    let _ = match &change.to {
                        Some(to) => {
                            let to = masked_field(&write.id.kind, &change.field, to);
                            writeln!(out, "        {}: {}", change.field, shown(&to))
                        }
                        None => writeln!(out, "        {} is removed", change.field),
                    };
                }
                if changes.len() > MAX_FIELDS {
                    let _ = writeln!(out, "        and {} more", changes.len() - MAX_FIELDS);
                }
            }
            Request::Delete => {
                let _ = writeln!(out, "    delete {}", name(&write.id));
            }
            Request::Keep => {
                let why =
                    if step.name.starts_with("sync") { "stays until it is pruned" } else { "is kept by its policy" };
                let _ = writeln!(out, "    {} has left the manifest and {why}", name(&write.id));
            }
            _ if refused => {
                let _ = writeln!(out, "    {}{hook}", name(&write.id));
            }
            _ => continue,
        }
        match &write.reply {
            // The error of the operation has said it.
            Reply::Refused(message) if told.contains(message.as_str()) => {
                let _ = writeln!(out, "        server: refused");
            }
            Reply::Refused(message) => {
                let _ = writeln!(out, "        server: refused: {}", message.replace('\n', "\n        "));
            }
            Reply::Done { kept } if !kept.is_empty() => {
                let fields: Vec<String> = kept.iter().map(ToString::to_string).collect();
                let _ = writeln!(out, "        server: taken, but keeps {}", fields.join(", "));
            }
            Reply::Done { .. } if matches!(write.request, Request::Patch(_) | Request::Apply(_)) => {
                let _ = writeln!(out, "        server: taken");
            }
            _ => {}
        }
    }
}

/// A patch as YAML, indented; long texts are cut.
fn yaml(out: &mut String, json: &str) {
    const MAX_LINES: usize = 60;
    const MAX_WIDTH: usize = 140;
    let text = serde_json::from_str::<serde_json::Value>(json).ok().and_then(|v| serde_yaml::to_string(&v).ok());
    let text = text.unwrap_or_else(|| json.to_string());
    let count = text.lines().count();
    for line in text.lines().take(MAX_LINES) {
        let cut: String = line.chars().take(MAX_WIDTH).collect();
        let end = if cut.len() < line.len() { "…" } else { "" };
        let _ = writeln!(out, "        {cut}{end}");
    }
    if count > MAX_LINES {
        let _ = writeln!(out, "        … {} more lines", count - MAX_LINES);
    }
}

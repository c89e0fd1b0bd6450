//! The steps of a rollback, for people and for programs.

use super::diagnostic::Style;
use crate::kube::{self, Mode, VersionRange};
use crate::rollback::{Action, Answer, Step, Update};
use serde::Serialize;
use std::fmt::Write;

/// What is told.
pub struct Told<'a> {
    pub steps: &'a [Step],
    pub range: VersionRange,
    /// The major of Helm.
    pub helm: u16,
    pub mode: Mode,
    pub has_live: bool,
}

/// For people.
pub fn human(told: &Told<'_>, style: Style) -> String {
    let mut out = String::new();
    let bold = |text: &str| if style.colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_string() };
    for step in told.steps {
        match &step.action {
            Action::Nothing => {}
            Action::Create => _ = writeln!(out, "{}: is created", bold(&step.id.to_string())),
            Action::Delete => _ = writeln!(out, "{}: is deleted", bold(&step.id.to_string())),
            Action::Leave => _ = writeln!(out, "{}: stays, and the release loses it", bold(&step.id.to_string())),
            Action::Impossible(why) => _ = writeln!(out, "{}: Helm fails: {why}", bold(&step.id.to_string())),
            Action::Update(update) if !step.is_refused() => {
                let _ = writeln!(out, "{}: is changed: {}", bold(&step.id.to_string()), shortly(update));
            }
            Action::Update(update) => {
                let _ = writeln!(out, "{}: {}", bold(&step.id.to_string()), summary(&update.answers));
                one(&mut out, update);
            }
        }
    }
    let refused = told.steps.iter().filter(|step| step.is_refused()).count();
    let idle = told.steps.iter().filter(|step| matches!(step.action, Action::Nothing)).count();
    let how = match told.mode {
        Mode::Patch => "patches",
        Mode::Apply => "server-side apply",
    };
    let _ = writeln!(
        out,
        "{}, {idle} unchanged; {} by Helm {} ({how}) on Kubernetes {}",
        if told.steps.len() == 1 { "1 object".to_string() } else { format!("{} objects", told.steps.len()) },
        if refused == 0 { "none refused".to_string() } else { format!("{refused} refused") },
        told.helm,
        told.range
    );
    out.push_str(if told.has_live {
        "objects that are not among the live ones are taken to be what the current manifest makes of them\n"
    } else {
        "without --live the live objects are taken to be what the current manifest makes of them\n"
    });
    out
}

/// The fields that change, the first ones by name, and what is not known of them.
fn shortly(update: &Update) -> String {
    const SHOWN: usize = 3;
    let mut names: Vec<String> = update.fields.iter().take(SHOWN).map(|(field, _)| field.to_string()).collect();
    if update.fields.len() > SHOWN {
        names.push(format!("and {} more", update.fields.len() - SHOWN));
    }
    let unknown = update.answers.iter().map(|answer| answer.unknown.len()).max().unwrap_or(0);
    let note = match unknown {
        0 => String::new(),
        1 => "; what servers say to one of them was not asked".into(),
        n => format!("; what servers say to {n} of them was not asked"),
    };
    format!("{}{note}", names.join(", "))
}

fn summary(answers: &[Answer]) -> String {
    let refused = answers.iter().filter(|answer| answer.refusal.is_some()).count();
    match refused {
        0 => "is changed".into(),
        n if n == answers.len() => "is refused".into(),
        _ => "is refused by some versions".into(),
    }
}

fn one(out: &mut String, update: &Update) {
    let _ =
        writeln!(out, "  {:8}  {}", update.form.split(' ').next_back().unwrap_or("sent"), kube::to_json(&update.sent));
    for answer in &update.answers {
        let range = format!("Kubernetes {}", answer.range);
        match &answer.refusal {
            Some((message, _)) => _ = writeln!(out, "  refused   {range}: {message}"),
            None => {
                let mut notes = Vec::new();
                if !answer.kept.is_empty() {
                    notes.push(format!("keeps {}", answer.kept.join(", ")));
                }
                if !answer.unknown.is_empty() {
                    notes.push(format!("not known: {}", answer.unknown.join(", ")));
                }
                let notes = if notes.is_empty() { String::new() } else { format!("; {}", notes.join("; ")) };
                let _ = writeln!(out, "  accepted  {range}{notes}");
            }
        }
    }
    if !update.ways.is_empty() {
        out.push_str("  ways out\n");
    }
    for (i, way) in update.ways.iter().enumerate() {
        let _ = writeln!(out, "    {}. {}", i + 1, way.title);
        for command in &way.commands {
            let _ = writeln!(out, "         {command}");
        }
        if !way.cost.is_empty() {
            let _ = writeln!(out, "       costs: {}", way.cost);
        }
    }
}

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    helm: u16,
    kubernetes: String,
    steps: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    api_version: &'a str,
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    answers: Vec<Verdict<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ways_out: Vec<WayOut<'a>>,
}

#[derive(Serialize)]
struct Verdict<'a> {
    kubernetes: String,
    accepted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    refused: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    kept: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unknown: &'a [String],
}

#[derive(Serialize)]
struct WayOut<'a> {
    title: &'a str,
    commands: &'a [String],
    cost: &'a str,
}

/// For programs.
pub fn json(told: &Told<'_>) -> String {
    let steps = told.steps.iter().map(entry).collect();
    let report = Report { version: 1, helm: told.helm, kubernetes: told.range.to_string(), steps };
    let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
    text.push('\n');
    text
}

fn entry(step: &Step) -> Entry<'_> {
    let update = match &step.action {
        Action::Update(update) => Some(update),
        _ => None,
    };
    Entry {
        api_version: &step.id.api_version,
        kind: &step.id.kind,
        namespace: &step.id.namespace,
        name: &step.id.name,
        action: match &step.action {
            Action::Create => "create",
            Action::Delete => "delete",
            Action::Leave => "leave",
            Action::Nothing => "nothing",
            Action::Impossible(_) => "impossible",
            Action::Update(_) => "update",
        },
        error: match &step.action {
            Action::Impossible(why) => Some(why),
            _ => None,
        },
        form: update.map(|update| update.form),
        sent: update.and_then(|update| serde_json::from_str(&kube::to_json(&update.sent)).ok()),
        answers: update.map(|update| update.answers.iter().map(verdict).collect()).unwrap_or_default(),
        ways_out: update.map(|update| update.ways.iter().map(way_out).collect()).unwrap_or_default(),
    }
}

fn way_out(way: &crate::rollback::Way) -> WayOut<'_> {
    WayOut { title: &way.title, commands: &way.commands, cost: &way.cost }
}

fn verdict(answer: &Answer) -> Verdict<'_> {
    let (message, refused) = match &answer.refusal {
        Some((message, fields)) => (Some(message.as_str()), fields.as_slice()),
        None => (None, [].as_slice()),
    };
    Verdict {
        kubernetes: answer.range.to_string(),
        accepted: answer.refusal.is_none(),
        message,
        refused,
        kept: &answer.kept,
        unknown: &answer.unknown,
    }
}

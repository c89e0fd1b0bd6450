//! The server's words for another object than the recorded one.

use super::super::path::FieldPath;
use super::super::tree;
use crate::value::{Plain, PlainData};

/// What a message is about.
pub struct Subject<'a> {
    /// `Deployment.apps`.
    pub kind: &'a str,
    pub plural: &'a str,
    pub name: &'a str,
    /// The object as the edit would leave it.
    pub after: &'a Plain,
}

impl Subject<'_> {
    /// A single error: slots filled, and the recorded field replaced by the one that was edited.
    pub fn item(&self, template: &str, recorded: &FieldPath, edited: &FieldPath) -> String {
        let (from, to) = (recorded.to_string(), edited.to_string());
        let template = if from == to { template.to_string() } else { template.replace(&from, &to) };
        self.fill(&template)
    }

    /// The whole message of these errors.
    pub fn message(&self, head: &str, items: &[String]) -> String {
        let head = self.fill(head);
        match items {
            [] => head,
            [item] => format!("{head} \"{}\" is invalid: {item}", self.name),
            _ => format!("{head} \"{}\" is invalid: [{}]", self.name, items.join(", ")),
        }
    }

    fn fill(&self, template: &str) -> String {
        let mut out = String::new();
        let mut rest = template;
        while let Some((before, slot)) = rest.split_once('⟦') {
            let (slot, after) = slot.split_once('⟧').unwrap_or((slot, ""));
            out.push_str(before);
            out.push_str(&self.slot(slot));
            rest = after;
        }
        out.push_str(rest);
        out
    }

    fn slot(&self, slot: &str) -> String {
        match slot.split_once('|') {
            None if slot == "kind" => self.kind.to_string(),
            None if slot == "plural" => self.plural.to_string(),
            None => self.name.to_string(),
            Some((form, path)) => printed(form, tree::at(self.after, &FieldPath::parse(path))),
        }
    }
}

/// A value as the server prints it for a field of this Go type.
fn printed(form: &str, value: Option<&Plain>) -> String {
    let value = value.filter(|v| !v.is_null());
    match (form, value) {
        ("str", None) => "\"\"".into(),
        ("raw", _) => value.and_then(Plain::as_str).unwrap_or_default().to_string(),
        ("ptr", None) => "\"null\"".into(),
        ("int", None) => "0".into(),
        ("bool", None) => "false".into(),
        ("json", None) => "null".into(),
        ("v1.LabelSelector", None) => "\"null\"".into(),
        (_, None) => format!("{form}(nil)"),
        ("v1.LabelSelector", Some(selector)) => label_selector(selector),
        (_, Some(value)) if form.starts_with("[]") || form.starts_with("map[") => go_literal(form, value),
        (_, Some(value)) => tree::to_json(value),
    }
}

/// A list or map of strings as `%#v` prints it; an ellipsis for others.
fn go_literal(form: &str, value: &Plain) -> String {
    let text = |plain: &Plain| match &plain.data {
        PlainData::String(bytes) => tree::quoted(bytes),
        _ => "…".into(),
    };
    let entries: Vec<String> = match &value.data {
        PlainData::List(items) => items.iter().map(text).collect(),
        PlainData::Map(map) => map.iter().map(|(k, v)| format!("{}:{}", tree::quoted(k), text(v))).collect(),
        _ => return "…".into(),
    };
    format!("{form}{{{}}}", entries.join(", "))
}

fn label_selector(selector: &Plain) -> String {
    let labels = printed("map[string]string", selector.get("matchLabels"));
    let none = "[]v1.LabelSelectorRequirement(nil)".to_string();
    let expressions = selector.get("matchExpressions").and_then(Plain::as_list).map_or(none, |list| {
        let requirement = |r: &Plain| {
            let text = |field: &str| r.get(field).and_then(Plain::as_str).unwrap_or_default();
            format!(
                "v1.LabelSelectorRequirement{{Key:{:?}, Operator:{:?}, Values:{}}}",
                text("key"),
                text("operator"),
                printed("[]string", r.get("values"))
            )
        };
        let requirements: Vec<String> = list.iter().map(requirement).collect();
        format!("[]v1.LabelSelectorRequirement{{{}}}", requirements.join(", "))
    });
    format!("v1.LabelSelector{{MatchLabels:{labels}, MatchExpressions:{expressions}}}")
}

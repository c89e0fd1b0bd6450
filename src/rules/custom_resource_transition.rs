//! A value that changes meets a rule of the chart's own definitions that compares old and new.

use super::fields;
use super::story::{Mode, Story};
use super::{Evidence, Rule, words};
use crate::finding::{Effect, Finding, Severity};
use crate::kube::{FieldPath, Step};
use crate::value::yaml::{self, Kind, Node};

pub static RULE: Rule = Rule {
    name: "custom-resource-transition",
    severity: Severity::Warning,
    summary: "a value that changes meets a transition rule (`oldSelf`) of the chart's own CustomResourceDefinition",
    check,
};

/// A rule on a field of a kind.
struct Transition {
    group: String,
    kind: String,
    path: Vec<String>,
    rule: String,
}

/// The transition rules of all definitions that come with the chart.
fn transitions(evidence: &Evidence<'_>) -> Vec<Transition> {
    let mut out = Vec::new();
    let charts = evidence.life.prepared.iter().flat_map(|prepared| &prepared.charts);
    for file in charts.flat_map(|chart| chart.chart.crds()) {
        let text = crate::value::Text::of_file(&file.bytes);
        for document in crate::manifest::split(&text, &evidence.life.world.profile) {
            if let Ok(read) = yaml::read(document.bytes()) {
                add(&read.root, &mut out);
            }
        }
    }
    for object in evidence.current().iter().flat_map(|phase| &phase.objects) {
        add(&object.node, &mut out);
    }
    out
}

fn add(node: &Node, out: &mut Vec<Transition>) {
    if fields::text(node, &["kind"]) != "CustomResourceDefinition" {
        return;
    }
    let (group, kind) = (fields::text(node, &["spec", "group"]), fields::text(node, &["spec", "names", "kind"]));
    let Some(Node { kind: Kind::Seq(versions), .. }) = fields::at(node, &["spec", "versions"]) else { return };
    for version in versions {
        let Some(schema) = fields::at(version, &["schema", "openAPIV3Schema"]) else { continue };
        let mut todo = vec![(Vec::new(), schema)];
        while let Some((path, schema)) = todo.pop() {
            if let Some(Node { kind: Kind::Seq(rules), .. }) = schema.get("x-kubernetes-validations") {
                let texts = rules.iter().map(|rule| fields::text(rule, &["rule"]));
                for rule in texts.filter(|rule| rule.contains("oldSelf")) {
                    out.push(Transition { group: group.clone(), kind: kind.clone(), path: path.clone(), rule });
                }
            }
            let below = |key: &str| [path.clone(), vec![key.to_string()]].concat();
            for (key, schema) in schema.get("properties").map(Node::entries).unwrap_or_default() {
                todo.push((below(&key.text), schema));
            }
            for (word, key) in [("items", "[]"), ("additionalProperties", "*")] {
                todo.extend(schema.get(word).map(|schema| (below(key), schema)));
            }
        }
    }
}

/// The rule that a story meets.
fn met<'a>(story: &Story, transitions: &'a [Transition]) -> Option<&'a Transition> {
    let id = &story.difference.id;
    let path = FieldPath::parse(story.path()?);
    transitions.iter().find(|t| {
        let fits = t.path.iter().zip(path.steps()).all(|(name, step)| match step {
            Step::Key(key) => name == "*" || **key == **name,
            Step::Index(_) => name == "[]",
        });
        // A rule sees a change of what it stands on; that it comes or goes, only from above.
        let is_reached = match story.mode {
            Mode::Value => t.path.len() <= path.len(),
            Mode::Presence => t.path.len() < path.len(),
        };
        t.kind == id.kind && t.group == id.group() && fits && is_reached
    })
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let is_custom = |story: &&Story| {
        story.path().is_some()
            && crate::kube::kind(&story.difference.id.api_version, &story.difference.id.kind).is_none()
    };
    if !evidence.stories.iter().any(|story| is_custom(&story)) {
        return;
    }
    let transitions = transitions(evidence);
    for group in evidence.take_once(|s| !s.difference.is_hook && met(s, &transitions).is_some()) {
        let lead = group[0];
        let Some(transition) = met(lead, &transitions) else { continue };
        let id = &lead.difference.id;
        let mut finding = words::finding(&RULE, evidence, &group, Severity::Warning);
        finding.title = format!(
            "{id} gets `{}` from {} {}, and the definition of {} compares it with the old one",
            lead.field().field,
            words::why(lead),
            words::when(lead),
            id.kind
        );
        let says = format!("the server judges `{}`", transition.rule);
        finding.effects.push(Effect { operation: "server", says });
        finding.help = "let a value decide what stands here: it must not change by itself".into();
        findings.push(finding);
    }
}

//! An immutable ConfigMap or Secret whose data changes under the same name.

use super::fields::{self, leaves_at};
use super::story::Story;
use super::{Evidence, Rule, words};
use crate::finding::{Effect, Finding, Severity};
use crate::manifest::{Object, ObjectId};
use crate::value::yaml::Kind;
use std::collections::BTreeSet;

pub static RULE: Rule = Rule {
    name: "immutable-object-unstable-data",
    severity: Severity::Error,
    summary: "a ConfigMap or Secret with `immutable: true` has data that changes, and keeps its name",
    check,
};

const DATA: [&str; 3] = ["data", "stringData", "binaryData"];
const REFUSAL: &str = "refused: field is immutable when `immutable` is set";

fn is_immutable(object: &Object) -> bool {
    matches!(object.id.kind.as_str(), "ConfigMap" | "Secret")
        && object.id.api_version == "v1"
        && !object.is_hook()
        && object.node.field("immutable").is_some_and(|node| matches!(node.kind, Kind::Bool(true)))
}

fn is_data(story: &Story) -> bool {
    story.path().is_some_and(|path| DATA.iter().any(|data| path.starts_with(data)))
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let life = evidence.life;
    let mut told: BTreeSet<ObjectId> = BTreeSet::new();
    for group in evidence.take_once(|story| is_data(story) && story.object(life).is_some_and(is_immutable)) {
        let lead = group[0];
        let id = &lead.difference.id;
        let mut finding = words::finding(&RULE, evidence, &group, Severity::Error);
        finding.title = format!(
            "{id} is immutable and gets `{}` from {} {}",
            lead.field().field,
            words::why(lead),
            words::when(lead)
        );
        if let Some(effect) = finding.effects.iter_mut().find(|effect| effect.operation == lead.phases.1.name()) {
            effect.says = format!("{} - {REFUSAL}", effect.says);
        }
        finding.help = help(id);
        told.insert(id.clone());
        findings.push(finding);
    }
    let Some(phase) = evidence.current() else { return };
    for object in phase.objects.iter().filter(|object| is_immutable(object) && !told.contains(&object.id)) {
        let name = leaves_at(phase, object, &["metadata", "name"]);
        if name.iter().any(|leaf| fields::version_in(life, leaf).is_some()) {
            continue;
        }
        let leaves: Vec<_> = DATA.iter().flat_map(|data| leaves_at(phase, object, &[data])).collect();
        let versioned: Vec<_> = leaves.iter().filter(|leaf| fields::version_in(life, leaf).is_some()).collect();
        let Some((origin, _)) = versioned.first().and_then(|leaf| fields::version_in(life, leaf)) else { continue };
        let mut finding = fields::finding(&RULE, evidence, &versioned, Severity::Error, "version");
        finding.title = format!("{} is immutable and holds a version in `{}`", object.id, versioned[0].field);
        finding.steps =
            fields::trace(phase, origin, finding.primary, "is another one in the next version of the chart");
        finding.effects.push(Effect { operation: "next version", says: REFUSAL.into() });
        finding.help = help(&object.id);
        findings.push(finding);
    }
}

fn help(id: &ObjectId) -> String {
    format!(
        "put a digest of the data into the name (`{}-{{{{ .Values.config | toJson | sha256sum | trunc 8 }}}}`), or leave \
         `immutable` out\na release that is stuck: `kubectl delete {} {}` before the upgrade, which creates it again",
        id.name,
        id.kind.to_lowercase(),
        id.name
    )
}

//! Fields that differ between two phases, with their values as they may be shown.

use crate::kube::{self, FieldPath, Step};
use crate::lifecycle::{self, ObjectChange, Phase};
use crate::manifest::{How, ObjectId};
use crate::value::{Plain, PlainData};

/// One difference, ready to be printed.
pub struct FieldLine {
    pub id: ObjectId,
    /// Empty where the whole object is only on one side.
    pub field: String,
    pub how: &'static str,
    pub from: Option<Plain>,
    pub to: Option<Plain>,
}

/// All differences between two phases. The contents of Secrets are replaced by their lengths.
pub fn between(a: &Phase, b: &Phase) -> Vec<FieldLine> {
    let value = |phase: &Phase, at: &Option<(usize, std::ops::Range<usize>)>, field: &FieldPath| {
        let object = phase.objects.get(at.as_ref()?.0)?;
        let whole = masked(&object.id.kind, &lifecycle::plain(&object.node));
        at_path(&whole, field).cloned()
    };
    let mut out = Vec::new();
    for difference in lifecycle::differences(a, b) {
        let (field, how) = match &difference.change {
            ObjectChange::Added => (String::new(), "object added"),
            ObjectChange::Removed => (String::new(), "object removed"),
            ObjectChange::Field { field, how } => (
                field.clone(),
                match how {
                    How::Added => "added",
                    How::Removed => "removed",
                    How::Changed => "changed",
                },
            ),
        };
        let path = FieldPath::parse(&field);
        let (from, to) = if field.is_empty() {
            (None, None)
        } else {
            (value(a, &difference.from, &path), value(b, &difference.to, &path))
        };
        out.push(FieldLine { id: difference.id, field, how, from, to });
    }
    out
}

fn at_path<'a>(object: &'a Plain, path: &FieldPath) -> Option<&'a Plain> {
    path.steps().iter().try_fold(object, |plain, step| match step {
        Step::Key(key) => plain.get(key),
        Step::Index(index) => plain.as_list()?.get(*index),
    })
}

/// An object, or a patch of one, in which the contents of a Secret are replaced by their lengths.
pub fn masked(kind: &str, object: &Plain) -> Plain {
    if kind != "Secret" {
        return object.clone();
    }
    let mut out = object.clone();
    for field in ["data", "stringData"] {
        let inner = out.as_map_mut().and_then(|map| map.get_mut(field.as_bytes()));
        if let Some(inner) = inner {
            *inner = lengths(inner, 0);
        }
    }
    // Client-side apply of other tools leaves a copy of the whole object here.
    let annotations = out
        .as_map_mut()
        .and_then(|map| map.get_mut(&b"metadata"[..])?.as_map_mut()?.get_mut(&b"annotations"[..])?.as_map_mut());
    if let Some(copy) =
        annotations.and_then(|map| map.get_mut(&b"kubectl.kubernetes.io/last-applied-configuration"[..]))
    {
        *copy = lengths(copy, 0);
    }
    out
}

/// The value of one field of an object as it may be shown.
pub fn masked_field(kind: &str, field: &FieldPath, value: &Plain) -> Plain {
    let is_secret = kind == "Secret"
        && matches!(field.steps().first(), Some(Step::Key(key)) if matches!(&**key, "data" | "stringData"));
    if is_secret { lengths(value, 0) } else { value.clone() }
}

fn lengths(value: &Plain, depth: usize) -> Plain {
    match &value.data {
        PlainData::Null => value.clone(),
        PlainData::Map(map) if depth < 8 => {
            PlainData::Map(map.iter().map(|(k, v)| (k.clone(), lengths(v, depth + 1))).collect()).into()
        }
        PlainData::String(bytes) => {
            let count = String::from_utf8_lossy(bytes).chars().count();
            Plain::string(&format!("({count} characters)"))
        }
        _ => Plain::string(&format!("({} characters)", kube::to_json(value).len())),
    }
}

/// The value as JSON on one line, cut where it is long.
pub fn shown(value: &Plain) -> String {
    const MAX: usize = 100;
    let text = match value.as_str() {
        // What is told of a secret is no text of the manifest.
        Some(text) if text.starts_with('(') && text.ends_with(" characters)") => text.to_string(),
        _ => kube::to_json(value),
    };
    if text.chars().count() <= MAX {
        return text;
    }
    format!("{}…", text.chars().take(MAX).collect::<String>())
}

//! `toYaml` and `toYamlPretty`.

use super::node::Kind;
use super::{Dialect, Node, emit};
use crate::value::json::{EncodeError, Encoder, Target, Tree, TreeData, build, json_of};
use crate::value::{OriginId, Text, Value};

/// `toYaml`, without the last line break: the value is written as JSON, read as YAML and written as YAML. The errors
/// are those of `mustToYaml`.
pub fn to_yaml(encoder: &mut Encoder<'_>, value: &Value) -> Result<Text, EncodeError> {
    let mut tree = build(encoder, value, Target::JsonYaml)?;
    if !survives(&tree) {
        // What YAML makes of the JSON text is for the reader to say. Where in it a change went is not followed, so
        // all of the result depends on all of the value.
        let mut origin = OriginId::NONE;
        union(&tree, encoder, &mut origin);
        let json = json_of(&tree);
        // sigs.k8s.io/yaml 1.4, up to Helm 3.18, also names the step that failed.
        let step = if encoder.profile.since(3, 19, 0) { "" } else { "error converting JSON to YAML: " };
        let document = super::read(json.bytes()).map_err(|error| EncodeError(format!("{step}{error}")))?;
        tree = of_node(&document.root, origin);
    }
    let (text, is_unstable) = emit::document(&tree, Dialect::V2);
    encoder.is_unstable |= is_unstable;
    Ok(text)
}

/// `toYamlPretty`, without the last line break: go-yaml v3, without the detour through JSON.
pub fn to_yaml_pretty(encoder: &mut Encoder<'_>, value: &Value) -> Result<Text, EncodeError> {
    let tree = build(encoder, value, Target::Yaml)?;
    let (text, is_unstable) = emit::document(&tree, Dialect::V3);
    encoder.is_unstable |= is_unstable;
    Ok(text)
}

/// The longest JSON text of a key that the reader takes for one.
const MAX_KEY: usize = 1024;

/// Whether the YAML reader gives the JSON of a tree back as it was. `false` means: perhaps not.
fn survives(tree: &Tree) -> bool {
    match &tree.data {
        TreeData::Null | TreeData::Plain(_) => true,
        TreeData::Str(text) | TreeData::Binary(text) => is_harmless(text),
        TreeData::Seq(items) => items.iter().all(survives),
        TreeData::Map { entries, .. } => entries
            .iter()
            // No character of a key has a longer JSON form than six characters.
            .all(|(key, value)| is_harmless(key) && key.len() * 6 < MAX_KEY && survives(value)),
    }
}

fn is_harmless(text: &Text) -> bool {
    let bytes = text.bytes();
    // A loop without an early exit is the fastest for the usual texts.
    if !bytes.iter().fold(false, |found, byte| found | (*byte >= 0x7F)) {
        return true;
    }
    let text = String::from_utf8_lossy(bytes);
    !text.contains(|c| matches!(c, '\u{7F}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}'))
}

fn union(tree: &Tree, encoder: &mut Encoder<'_>, origin: &mut OriginId) {
    *origin = encoder.arena.join(*origin, tree.origin);
    let text = |text: &Text, encoder: &mut Encoder<'_>, origin: &mut OriginId| {
        for piece in text.pieces() {
            *origin = encoder.arena.join(*origin, piece.origin);
            let guard = encoder.arena.guard_origin(piece.guard, crate::value::origin::GuardId::NONE);
            *origin = encoder.arena.join(*origin, guard);
        }
    };
    match &tree.data {
        TreeData::Null | TreeData::Plain(_) => {}
        TreeData::Str(content) | TreeData::Binary(content) => text(content, encoder, origin),
        TreeData::Seq(items) => items.iter().for_each(|item| union(item, encoder, origin)),
        TreeData::Map { entries, shape } => {
            *origin = encoder.arena.join(*origin, *shape);
            entries.iter().for_each(|(_, value)| union(value, encoder, origin));
        }
    }
}

/// The tree of what was read, every part of it with one origin.
fn of_node(node: &Node, origin: OriginId) -> Tree {
    let data = match &node.kind {
        Kind::Seq(items) => TreeData::Seq(items.iter().map(|item| of_node(item, origin)).collect()),
        Kind::Map(entries) => TreeData::Map {
            entries: entries.iter().map(|(key, value)| (Text::from(&*key.text), of_node(value, origin))).collect(),
            shape: origin,
        },
        Kind::Str(text) => TreeData::Str(Text::from(&**text)),
        Kind::Null => TreeData::Null,
        Kind::Bool(b) => TreeData::Plain(b.to_string().into()),
        Kind::Int(i) => TreeData::Plain(i.to_string().into()),
        Kind::Uint(u) => TreeData::Plain(u.to_string().into()),
        Kind::Float(f) => TreeData::Plain(super::number::float_text(*f).into()),
    };
    Tree { data, origin }
}

//! What Helm reads of each document: kind, name, hook annotations.

use super::{Document, ManifestError, Manifests, Object, ObjectId, RenderedFile, object, order, split};
use crate::profile::Profile;
use crate::value::Text;
use crate::value::yaml::{self, Kind, Node};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::collections::hash_map::Entry;
use std::hash::BuildHasher as _;
use std::sync::Arc;

/// An event at which a hook is created.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum HookEvent {
    PreInstall,
    PostInstall,
    PreDelete,
    PostDelete,
    PreUpgrade,
    PostUpgrade,
    PreRollback,
    PostRollback,
    Test,
}

impl HookEvent {
    fn parse(text: &str) -> Option<HookEvent> {
        Some(match text {
            "pre-install" => HookEvent::PreInstall,
            "post-install" => HookEvent::PostInstall,
            "pre-delete" => HookEvent::PreDelete,
            "post-delete" => HookEvent::PostDelete,
            "pre-upgrade" => HookEvent::PreUpgrade,
            "post-upgrade" => HookEvent::PostUpgrade,
            "pre-rollback" => HookEvent::PreRollback,
            "post-rollback" => HookEvent::PostRollback,
            "test" | "test-success" => HookEvent::Test,
            _ => return None,
        })
    }
}

/// The head of a document, as far as Helm reads it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Head {
    pub api_version: String,
    pub kind: String,
    pub name: String,
    pub annotations: Vec<(String, String)>,
    /// Empty for what is no hook.
    pub events: Vec<HookEvent>,
}

impl Head {
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.annotations.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub fn is_test(&self) -> bool {
        self.events.contains(&HookEvent::Test)
    }
}

/// Cuts the rendered files into documents, reads their heads, and sorts them. An error is Helm's, at the first file in
/// the order of their names.
pub fn manifests(files: &[RenderedFile], profile: &Profile) -> Result<Manifests, ManifestError> {
    Reader::new(profile).manifests(files)
}

/// Reads manifests, and a text that several renders share once.
#[derive(Debug)]
pub struct Reader {
    profile: Profile,
    /// By identity of the text, which is held here.
    known: FxHashMap<(Arc<str>, usize), Known>,
    /// Documents by the hash of their bytes: what a file asks of the cluster mostly leaves its text as it was.
    documents: FxHashMap<u64, Parsed>,
    /// How many rounds are over.
    round: usize,
}

/// A text that was read.
#[derive(Debug)]
struct Known {
    /// Keeps its identity from being another text's.
    _text: Text,
    documents: ReadFile,
    /// The rounds in which it was asked for first and last.
    asked: (usize, usize),
}

/// What a document says, whatever wrote it.
#[derive(Debug)]
struct Parsed {
    text: Text,
    head: Head,
    hook: Hook,
    objects: Vec<(ObjectId, Arc<Node>)>,
    /// As those of [`Known`].
    asked: (usize, usize),
}

/// The documents of a file.
type ReadFile = Result<Arc<[(Document, Hook)]>, ManifestError>;

impl Reader {
    pub fn new(profile: &Profile) -> Reader {
        Reader { profile: *profile, known: FxHashMap::default(), documents: FxHashMap::default(), round: 0 }
    }

    /// Ends a round. What was not asked for in the last `rounds`, nor in the first one, is forgotten; gives the objects that
    /// were in it.
    pub fn end_round(&mut self, rounds: usize) -> Vec<Arc<Object>> {
        self.round += 1;
        let oldest = self.round.saturating_sub(rounds);
        let is_old = |(first, last): (usize, usize)| first > 0 && last < oldest;
        self.documents.retain(|_, parsed| !is_old(parsed.asked));
        let old = self.known.extract_if(|_, known| is_old(known.asked));
        old.flat_map(|(_, known)| known.documents.map(|d| d.to_vec()).unwrap_or_default())
            .flat_map(|(document, _)| document.objects.to_vec())
            .collect()
    }

    /// As [`manifests`].
    pub fn manifests(&mut self, files: &[RenderedFile]) -> Result<Manifests, ManifestError> {
        let mut all = Manifests::default();
        for file in files {
            let base = file.name.rsplit('/').next().unwrap_or(&file.name);
            if base.starts_with('_') || file.text.bytes().trim_ascii().is_empty() {
                continue;
            }
            let key = (file.name.clone(), file.text.identity());
            let round = self.round;
            let (documents, profile) = (&mut self.documents, &self.profile);
            let read = || {
                let documents = read_file(file, profile, documents, round);
                Known { _text: file.text.clone(), documents, asked: (round, round) }
            };
            let known = self.known.entry(key).or_insert_with(read);
            known.asked.1 = round;
            for (document, hook) in known.documents.clone()?.iter() {
                match hook {
                    Hook::No => all.objects.push(document.clone()),
                    Hook::Yes => all.hooks.push(document.clone()),
                    Hook::Dropped => all.dropped.push(document.clone()),
                }
            }
        }
        all.objects = order::sorted(all.objects, &self.profile);
        all.hooks = order::sorted(all.hooks, &self.profile);
        Ok(all)
    }
}

fn read_file(file: &RenderedFile, profile: &Profile, documents: &mut FxHashMap<u64, Parsed>, round: usize) -> ReadFile {
    let read = |text: Text| {
        let hash = FxBuildHasher.hash_one(text.bytes());
        let parsed = match documents.entry(hash) {
            Entry::Occupied(known) if known.get().text.bytes() == text.bytes() => known.into_mut(),
            entry => {
                let parsed = parse(&text, profile, round).map_err(|(message, offset)| ManifestError {
                    file: file.name.clone(),
                    message: format!("YAML parse error on {}: {message}", file.name),
                    text: text.clone(),
                    offset,
                })?;
                entry.insert_entry(parsed).into_mut()
            }
        };
        parsed.asked.1 = round;
        let object = |(id, node): &(ObjectId, Arc<Node>)| {
            let (id, node, events) = (id.clone(), node.clone(), parsed.head.events.clone());
            Arc::new(Object { id, file: file.name.clone(), text: text.clone(), node, events })
        };
        let objects = parsed.objects.iter().map(object).collect();
        Ok((Document { file: file.name.clone(), text: text.clone(), head: parsed.head.clone(), objects }, parsed.hook))
    };
    split::split(&file.text, profile).into_iter().map(read).collect()
}

#[derive(Clone, Copy, Debug)]
enum Hook {
    No,
    Yes,
    Dropped,
}

/// Reads a document; the error is Helm's text and the offset in the document.
fn parse(text: &Text, profile: &Profile, round: usize) -> Result<Parsed, (String, usize)> {
    let document = yaml::read(text.bytes()).map_err(|error| {
        let offset = error.offset();
        (format!("error converting YAML to JSON: {error}"), offset)
    })?;
    let (head, hook) = read_head(&document.root, profile)?;
    let objects = match hook {
        Hook::Dropped => Vec::new(),
        Hook::No | Hook::Yes => object::objects_of(document.root),
    };
    Ok(Parsed { text: text.clone(), head, hook, objects, asked: (round, round) })
}

fn read_head(root: &Node, profile: &Profile) -> Result<(Head, Hook), (String, usize)> {
    let mut head = Head::default();
    let entries = match &root.kind {
        Kind::Map(_) => root,
        Kind::Null => return Ok((head, Hook::No)),
        _ => return Err((wrong_type(root, "", simple_head(profile), profile), root.span.start)),
    };
    head.api_version = string(entries, "apiVersion", "version", profile)?.unwrap_or_default();
    head.kind = string(entries, "kind", "kind", profile)?.unwrap_or_default();
    let mut events = None;
    if let Some(metadata) = entries.field("metadata") {
        match &metadata.kind {
            Kind::Map(_) => {}
            Kind::Null => return Ok((head, Hook::No)),
            _ => {
                return Err((
                    wrong_type(
                        metadata,
                        "metadata",
                        "struct { Name string \"json:\\\"name\\\"\"; Annotations map[string]string \"json:\\\"annotations\\\"\" }",
                        profile,
                    ),
                    metadata.span.start,
                ));
            }
        }
        head.name = string(metadata, "name", "metadata.name", profile)?.unwrap_or_default();
        if let Some(annotations) = metadata.field("annotations") {
            match &annotations.kind {
                Kind::Map(entries) => {
                    for (key, value) in entries {
                        // A null is the empty string to Go.
                        let text = if value.is_null() { Some("".into()) } else { value.as_go_string() };
                        let Some(text) = text else {
                            return Err((
                                wrong_type(value, &annotation_path(&key.text, profile), "string", profile),
                                value.span.start,
                            ));
                        };
                        if &*key.text == "helm.sh/hook" {
                            events = Some(text.to_string());
                        }
                        head.annotations.push((key.text.to_string(), text.to_string()));
                    }
                }
                Kind::Null => {}
                _ => {
                    return Err((
                        wrong_type(annotations, "metadata.annotations", "map[string]string", profile),
                        annotations.span.start,
                    ));
                }
            }
        }
    }
    let Some(events) = events else { return Ok((head, Hook::No)) };
    for event in events.split(',') {
        match HookEvent::parse(&event.trim().to_lowercase()) {
            Some(event) => head.events.push(event),
            None => return Ok((head, Hook::Dropped)),
        }
    }
    Ok((head, Hook::Yes))
}

/// A field that Go decodes into a string.
fn string(node: &Node, name: &str, path: &str, profile: &Profile) -> Result<Option<String>, (String, usize)> {
    let Some(value) = node.field(name) else { return Ok(None) };
    match (&value.kind, value.as_go_string()) {
        (Kind::Null, _) => Ok(None),
        (_, Some(text)) => Ok(Some(text.to_string())),
        (_, None) => Err((wrong_type(value, path, "string", profile), value.span.start)),
    }
}

/// Go's name of the type that a head is decoded into.
fn simple_head(profile: &Profile) -> &'static str {
    if profile.is_helm4() { "util.SimpleHead" } else { "releaseutil.SimpleHead" }
}

/// Go 1.27 names the key of the map as well.
fn annotation_path(key: &str, profile: &Profile) -> String {
    let key = if profile.go() >= 27 { format!(".{key}") } else { String::new() };
    format!("metadata.annotations{key}")
}

/// Go names the struct for its own fields, and none for those of the nameless struct in it.
fn holder(path: &str, profile: &Profile) -> &'static str {
    // Go 1.27 names it for neither.
    if path.starts_with("metadata.") || (path == "metadata" && profile.go() >= 27) { "" } else { "SimpleHead" }
}

/// encoding/json's complaint about a value of the wrong type.
fn wrong_type(node: &Node, path: &str, wanted: &str, profile: &Profile) -> String {
    let found = match node.kind {
        Kind::Map(_) => "object",
        Kind::Seq(_) => "array",
        Kind::Str(_) => "string",
        Kind::Bool(_) => "bool",
        _ => "number",
    };
    let field =
        if path.is_empty() { String::new() } else { format!(" Go struct field {}.{path}", holder(path, profile)) };
    let value = if path.is_empty() { " Go value" } else { "" };
    format!(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into{value}{field} of type {wanted}"
    )
}

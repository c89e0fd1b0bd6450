//! Changes to a world: a value that a user could pass, a cluster that serves more, an object of somebody else.

use crate::engine::Query;
use crate::lifecycle::World;
use crate::value::{Key, Plain, PlainData};

/// One change to a world.
#[derive(Clone, PartialEq, Debug)]
pub enum Setting {
    /// A value of the chart.
    Value { path: Vec<String>, value: Plain },
    /// An API version that the cluster serves.
    ApiVersion(String),
    /// The version of the cluster.
    KubeVersion(String),
    /// The namespace that the release goes to.
    Namespace(String),
    /// An object that the chart does not render is there, with a content that is not known.
    Foreign(Query),
    /// A controller has put something into an object that the chart renders.
    Filled { query: Query, path: Vec<String>, value: Plain },
}

/// The word before the name of a kind.
fn article(kind: &str) -> &'static str {
    match kind {
        "Endpoints" => "the",
        _ if kind.starts_with(['A', 'E', 'I', 'O']) => "an",
        _ => "a",
    }
}

impl Setting {
    /// As a user would pass it, or in words where no flag can.
    pub fn flag(&self) -> String {
        match self {
            Setting::Value { path, value } => {
                let path: Vec<String> = path.iter().map(|key| key.replace('.', "\\.").replace(',', "\\,")).collect();
                let (flag, value) = written(value);
                let text = format!("{}={value}", path.join("."));
                let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "._-=/:+".contains(c));
                if is_plain { format!("{flag} {text}") } else { format!("{flag} '{text}'") }
            }
            Setting::ApiVersion(version) => format!("--api-versions {version}"),
            Setting::KubeVersion(version) => format!("--kube-version {version}"),
            Setting::Namespace(name) => format!("--namespace {name}"),
            Setting::Foreign(query) => {
                let place = match query.namespace.as_str() {
                    "" => String::new(),
                    namespace => format!(" in namespace {namespace}"),
                };
                let name = if query.name.is_empty() { "some" } else { &query.name };
                format!("(and {} {} {name}{place} of somebody else's)", article(&query.kind), query.kind)
            }
            Setting::Filled { query, path, .. } => {
                let (kind, path) = (&query.kind, path.join("."));
                format!("(and {} {kind} {} whose {path} a controller has filled in)", article(kind), query.name)
            }
        }
    }

    /// The world with the change.
    pub fn apply(&self, world: &mut World) {
        match self {
            Setting::Value { path, value } => set(&mut world.values, path, value.clone()),
            Setting::ApiVersion(version) => {
                if !world.capabilities.api_versions.contains(version) {
                    world.capabilities.api_versions.push(version.clone());
                }
            }
            Setting::KubeVersion(version) => {
                let profile = world.profile;
                // A version of ours is one that Helm takes.
                let _ = world.capabilities.set_version(version, &profile);
            }
            Setting::Namespace(name) => world.namespace.clone_from(name),
            Setting::Foreign(query) => {
                world.foreign.insert(query.clone());
            }
            Setting::Filled { query, path, value } => {
                world.filled.entry(query.clone()).or_default().insert(path.clone(), value.clone());
            }
        }
    }

    /// The path of the value that is set.
    pub fn path(&self) -> Option<&[String]> {
        match self {
            Setting::Value { path, .. } => Some(path),
            _ => None,
        }
    }
}

/// Whether one path is the other or lies above or below it.
pub(super) fn is_related(a: &[String], b: &[String]) -> bool {
    a.iter().zip(b).all(|(a, b)| a == b)
}

/// Adds a setting to those that are made already; what it overrules goes.
pub(super) fn add(settings: &mut Vec<Setting>, new: Setting) {
    match &new {
        Setting::Value { path, value } => {
            settings.retain(|old| old.path().is_none_or(|old| !old.starts_with(path)));
            for old in settings.iter_mut() {
                if let Setting::Value { path: above, value: outer } = old
                    && path.starts_with(above)
                    && outer.as_map().is_some()
                {
                    set(outer, &path[above.len()..], value.clone());
                    return;
                }
            }
        }
        Setting::KubeVersion(_) => settings.retain(|old| !matches!(old, Setting::KubeVersion(_))),
        Setting::Namespace(_) => settings.retain(|old| !matches!(old, Setting::Namespace(_))),
        Setting::ApiVersion(_) | Setting::Foreign(_) | Setting::Filled { .. } => {
            if settings.contains(&new) {
                return;
            }
        }
    }
    settings.push(new);
}

/// Whether two settings cannot both be made.
pub(super) fn contradict(a: &Setting, b: &Setting) -> bool {
    match (a, b) {
        (Setting::Value { path: a, .. }, Setting::Value { path: b, .. }) => is_related(a, b),
        (Setting::KubeVersion(a), Setting::KubeVersion(b)) => a != b,
        (Setting::Namespace(a), Setting::Namespace(b)) => a != b,
        _ => false,
    }
}

/// The flag and the text of a value.
fn written(value: &Plain) -> (&'static str, String) {
    match &value.data {
        PlainData::Null => ("--set", "null".into()),
        PlainData::Bool(b) => ("--set", b.to_string()),
        PlainData::Int(i) => ("--set", i.to_string()),
        // `--set` would make an integer of a whole number.
        PlainData::Float(f) => ("--set-json", f.to_string()),
        PlainData::String(text) => {
            let text = String::from_utf8_lossy(text).replace(',', "\\,");
            // What `--set` would take for something else.
            let is_text = text.parse::<f64>().is_err() && !matches!(&*text, "true" | "false" | "null" | "");
            (if is_text { "--set" } else { "--set-string" }, text)
        }
        PlainData::List(_) | PlainData::Map(_) => ("--set-json", crate::kube::to_json(value).to_string()),
    }
}

/// Sets a value at a path; what stands in the way becomes a table.
fn set(values: &mut Plain, path: &[String], value: Plain) {
    let Some((last, tables)) = path.split_last() else { return };
    let mut at = values;
    for key in tables {
        if at.as_map().is_none() {
            *at = Plain::map();
        }
        let Some(map) = at.as_map_mut() else { return };
        at = map.entry(Key::from(key.as_bytes())).or_insert_with(Plain::map);
    }
    if at.as_map().is_none() {
        *at = Plain::map();
    }
    if let Some(map) = at.as_map_mut() {
        map.insert(Key::from(last.as_bytes()), value);
    }
}

/// The world with some changes, and with the flags that make them.
pub fn changed(world: &World, settings: &[Setting]) -> World {
    let mut world = world.clone();
    for setting in settings {
        setting.apply(&mut world);
        let space = if world.flags.is_empty() { "" } else { " " };
        world.flags = format!("{}{space}{}", world.flags, setting.flag());
    }
    world
}

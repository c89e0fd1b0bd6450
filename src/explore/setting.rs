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
    /// An object that the chart does not render is there, with a content that is not known.
    Foreign(Query),
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
            Setting::Foreign(query) => {
                let place = match query.namespace.as_str() {
                    "" => String::new(),
                    namespace => format!(" in namespace {namespace}"),
                };
                let name = if query.name.is_empty() { "some" } else { &query.name };
                format!("(and a {} {name}{place} of somebody else's)", query.kind)
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
            Setting::Foreign(query) => {
                world.foreign.insert(query.clone());
            }
        }
    }
}

/// The flag and the text of a value.
fn written(value: &Plain) -> (&'static str, String) {
    match &value.data {
        PlainData::Null => ("--set", "null".into()),
        PlainData::Bool(b) => ("--set", b.to_string()),
        PlainData::Int(i) => ("--set", i.to_string()),
        PlainData::Float(f) => ("--set", f.to_string()),
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

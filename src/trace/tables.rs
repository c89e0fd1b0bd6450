//! The tables that flows refer to by number: sources, conditions, objects, worlds.

use super::{Condition, Kind, ObjectAt, Place, Source, Trace, WorldAt};
use rustc_hash::FxHashMap;

/// What has a number already.
#[derive(Default)]
pub struct Tables {
    sources: FxHashMap<(Kind, String, Option<Place>), usize>,
    conditions: FxHashMap<(Place, String), usize>,
    objects: FxHashMap<ObjectAt, usize>,
    worlds: FxHashMap<(String, bool), usize>,
    /// What of sources is looked at, by number.
    pub paths: Vec<String>,
    path_ids: FxHashMap<String, u32>,
}

impl Tables {
    /// The number of a source. The place tells calls apart.
    pub fn source(&mut self, trace: &mut Trace, kind: Kind, what: String, place: Option<Place>) -> usize {
        let key = (kind, what, place);
        if let Some(number) = self.sources.get(&key) {
            return *number;
        }
        let number = trace.sources.len();
        trace.sources.push(Source { kind, what: key.1.clone(), places: key.2.iter().cloned().collect(), fails: false });
        self.sources.insert(key, number);
        number
    }

    pub fn condition(&mut self, trace: &mut Trace, place: Place, text: String) -> usize {
        let key = (place, text);
        if let Some(number) = self.conditions.get(&key) {
            return *number;
        }
        let number = trace.conditions.len();
        let (place, text) = key.clone();
        trace.conditions.push(Condition { text, place, by: Default::default(), outcomes: (false, false) });
        self.conditions.insert(key, number);
        number
    }

    pub fn object(&mut self, trace: &mut Trace, object: ObjectAt) -> usize {
        if let Some(number) = self.objects.get(&object) {
            return *number;
        }
        let number = trace.objects.len();
        trace.objects.push(object.clone());
        self.objects.insert(object, number);
        number
    }

    pub fn world(&mut self, trace: &mut Trace, flags: &str, is_assumed: bool) -> usize {
        let key = (flags.to_string(), is_assumed);
        if let Some(number) = self.worlds.get(&key) {
            return *number;
        }
        let number = trace.worlds.len();
        trace.worlds.push(WorldAt { flags: key.0.clone(), is_assumed });
        self.worlds.insert(key, number);
        number
    }

    pub fn path(&mut self, path: String) -> u32 {
        if let Some(number) = self.path_ids.get(&path) {
            return *number;
        }
        let number = self.paths.len() as u32;
        self.paths.push(path.clone());
        self.path_ids.insert(path, number);
        number
    }
}

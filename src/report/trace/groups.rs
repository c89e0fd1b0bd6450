//! Flows put together for a reader: objects that get the same are told once.

use super::object;
use crate::trace::{Flow, Place, Target, Trace};
use std::collections::{BTreeMap, BTreeSet};

/// Fields that come from one path of a source.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Line {
    pub path: String,
    /// None for objects as a whole.
    pub fields: Vec<String>,
}

/// Objects into which the same flows.
#[derive(Debug)]
pub struct Group {
    pub objects: Vec<String>,
    /// What writes each line, where that is one place.
    pub lines: Vec<(Line, Option<Place>)>,
    /// The template files.
    pub files: BTreeSet<String>,
}

/// The places that write one line.
type Written<'a> = BTreeSet<Option<&'a Place>>;

/// The groups of some flows, in the order of the first objects. Fields that different places write are told apart only
/// where that is wanted.
pub fn groups<'a>(flows: impl Iterator<Item = &'a Flow>, trace: &Trace, by_place: bool) -> Vec<Group> {
    // By object, by path and place, the fields.
    let mut objects: BTreeMap<usize, BTreeMap<(&str, Option<&Place>), Vec<String>>> = BTreeMap::new();
    for flow in flows {
        if let Target::Field { object, field } = &flow.target {
            let written = flow.written.as_ref().filter(|_| by_place);
            let fields = objects.entry(*object).or_default().entry((&flow.path, written)).or_default();
            if !field.is_empty() && !fields.contains(field) {
                fields.push(field.clone());
            }
        }
    }
    let mut groups: Vec<(Vec<Line>, Vec<usize>, Vec<Written<'a>>)> = Vec::new();
    for (number, lines) in objects {
        let (places, lines): (Vec<Option<&Place>>, Vec<Line>) = lines
            .into_iter()
            .map(|((path, written), fields)| (written, Line { path: path.to_string(), fields }))
            .unzip();
        match groups.iter_mut().find(|(known, ..)| *known == lines) {
            Some((_, numbers, written)) => {
                numbers.push(number);
                written.iter_mut().zip(places).for_each(|(written, place)| _ = written.insert(place));
            }
            None => groups.push((lines, vec![number], places.into_iter().map(|p| BTreeSet::from([p])).collect())),
        }
    }
    groups.into_iter().map(|(lines, numbers, written)| group(lines, &numbers, written, trace)).collect()
}

fn group(lines: Vec<Line>, numbers: &[usize], written: Vec<Written<'_>>, trace: &Trace) -> Group {
    let found: Vec<_> = numbers.iter().filter_map(|number| trace.objects.get(*number)).collect();
    let mut objects: Vec<String> = found.iter().map(|o| object(o, trace)).collect();
    objects.dedup();
    let files = found.iter().map(|object| object.file.to_string()).collect();
    let one = |places: Written<'_>| if places.len() == 1 { places.into_iter().next().flatten().cloned() } else { None };
    let lines = lines.into_iter().zip(written.into_iter().map(one)).collect();
    Group { objects, lines, files }
}

/// Several names in a line: the first ones, and how many there are beside them.
pub fn list(names: &[String], most: usize) -> String {
    // One more is no longer than to say that there is one more.
    if names.len() <= most + 1 {
        return names.join(", ");
    }
    format!("{} and {} more", names[..most].join(", "), names.len() - most)
}

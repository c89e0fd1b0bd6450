//! Which worlds to run.
//!
//! The defaults, what the user passes, each `ci/*-values.yaml`; then, for each condition on plain values that was seen
//! with one outcome and decides about something that varies, the world that flips it by setting the value it tests. The
//! room decides what to run next and does not judge what comes of it.

mod reach;

pub use reach::Reach;

use crate::engine::log::{Condition, Expression};
use crate::lifecycle::{Life, World, is_varying};
use crate::value::origin::{Cause, Outcome, PathId};
use crate::value::{Arena, Key, Plain, PlainData};
use std::collections::BTreeSet;

/// The most worlds that are made by flipping conditions, for one chart.
pub const MAX_FLIPS: usize = 12;

/// A change of one value that turns a condition round.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Flip {
    pub path: Vec<String>,
    pub value: Setting,
}

/// What a value is set to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Setting {
    True,
    False,
    Text(String),
    Number(i64),
}

impl Flip {
    /// As `--set` writes it.
    pub fn flag(&self) -> String {
        let path: Vec<String> = self.path.iter().map(|key| key.replace('.', "\\.").replace(',', "\\,")).collect();
        let value = match &self.value {
            Setting::True => "true".to_string(),
            Setting::False => "false".to_string(),
            Setting::Text(text) => text.replace(',', "\\,"),
            Setting::Number(n) => n.to_string(),
        };
        format!("--set {}={value}", path.join("."))
    }

    /// The values with this one changed.
    pub fn apply(&self, values: &mut Plain) {
        let data = match &self.value {
            Setting::True => PlainData::Bool(true),
            Setting::False => PlainData::Bool(false),
            Setting::Text(text) => PlainData::String(text.as_bytes().into()),
            Setting::Number(n) => PlainData::Int(*n),
        };
        let Some((last, tables)) = self.path.split_last() else { return };
        let mut at = values;
        for key in tables {
            let Some(map) = at.as_map_mut() else { return };
            let entry = map.entry(Key::from(key.as_bytes())).or_insert_with(Plain::map);
            if entry.as_map().is_none() {
                *entry = Plain::map();
            }
            at = entry;
        }
        if let Some(map) = at.as_map_mut() {
            map.insert(Key::from(last.as_bytes()), data.into());
        }
    }
}

/// The world with a flip.
pub fn flipped(world: &World, flip: &Flip) -> World {
    let mut world = world.clone();
    flip.apply(&mut world.values);
    let space = if world.flags.is_empty() { "" } else { " " };
    world.flags = format!("{}{space}{}", world.flags, flip.flag());
    world
}

/// The flips of the conditions of a life that have had one outcome only and whose branch holds something of interest.
/// `interesting` says whether the text of a branch, given by its opening action, does.
pub fn flips(life: &Life, seen: &BTreeSet<Flip>, interesting: impl Fn(&Condition) -> bool) -> Vec<Flip> {
    let mut out = Vec::new();
    let Some(phase) = life.phases.first() else { return out };
    let conditions = &phase.rendering.log.conditions;
    let arena = &phase.rendering.rt.arena;
    for condition in conditions {
        let both = conditions.iter().any(|c| c.head == condition.head && c.outcome != condition.outcome);
        if both || arena.causes(condition.origin).any(is_varying) || !interesting(condition) {
            continue;
        }
        let wanted = !matches!(condition.outcome, Outcome::True | Outcome::Some);
        if let Some(flip) = solve(&condition.expression, wanted, arena)
            && !seen.contains(&flip)
            && !out.contains(&flip)
        {
            out.push(flip);
        }
    }
    out
}

/// The one value that makes an expression come out as wanted.
fn solve(expression: &Expression, wanted: bool, arena: &Arena) -> Option<Flip> {
    match expression {
        Expression::Input { cause: Cause::Values { path }, value } => {
            let value = match (wanted, value.as_str()) {
                (false, _) => Setting::False,
                (true, "" | "<nil>" | "false" | "[]" | "map[]") => Setting::True,
                (true, "0") => Setting::Number(1),
                (true, _) => return None,
            };
            flip(*path, value, arena)
        }
        Expression::Call { function, operands } => match (function.as_str(), operands.as_slice()) {
            ("not" | "empty", [inner]) => solve(inner, !wanted, arena),
            ("and", list) if wanted => list.iter().find_map(|e| solve(e, true, arena)),
            ("and", list) => list.iter().find_map(|e| solve(e, false, arena)),
            ("or", list) => list.iter().find_map(|e| solve(e, wanted, arena)),
            ("eq", [Expression::Input { cause: Cause::Values { path }, .. }, Expression::Constant(text)])
            | ("eq", [Expression::Constant(text), Expression::Input { cause: Cause::Values { path }, .. }]) => {
                equal(*path, text, wanted, arena)
            }
            ("ne", [Expression::Input { cause: Cause::Values { path }, .. }, Expression::Constant(text)])
            | ("ne", [Expression::Constant(text), Expression::Input { cause: Cause::Values { path }, .. }]) => {
                equal(*path, text, !wanted, arena)
            }
            _ => None,
        },
        _ => None,
    }
}

/// A value equal to a constant, or another one.
fn equal(path: PathId, constant: &str, wanted: bool, arena: &Arena) -> Option<Flip> {
    let value = match (constant, wanted) {
        ("true", true) | ("false", false) => Setting::True,
        ("true", false) | ("false", true) => Setting::False,
        (text, true) => match text.parse() {
            Ok(number) => Setting::Number(number),
            Err(_) => Setting::Text(text.trim_matches(['"', '`']).to_string()),
        },
        (_, false) => Setting::Text("other".into()),
    };
    flip(path, value, arena)
}

fn flip(path: PathId, value: Setting, arena: &Arena) -> Option<Flip> {
    let keys = arena.path_keys(path);
    let path: Option<Vec<String>> =
        keys.iter().map(|key| String::from_utf8(key.to_vec()).ok().filter(|k| !k.starts_with('['))).collect();
    path.filter(|path| !path.is_empty()).map(|path| Flip { path, value })
}

//! What servers fill in where it does not depend on more than the place, by type.

use super::super::tree;
use super::super::version::Columns;
use crate::value::Plain;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// One learned fact: in these versions, the field gets this value.
#[derive(Debug)]
pub struct Fact {
    pub field: &'static str,
    columns: Columns,
    json: &'static str,
}

impl Fact {
    pub fn holds(&self, column: usize) -> bool {
        self.columns.has(column)
    }

    pub fn value(&self) -> Plain {
        serde_json::from_str(self.json).map_or_else(|_| Plain::default(), |json| tree::from_json(&json))
    }
}

#[derive(Default)]
struct Table {
    defaults: FxHashMap<&'static str, Vec<Fact>>,
    new: FxHashMap<&'static str, Vec<Fact>>,
    unknown: FxHashMap<&'static str, Vec<Fact>>,
    dropped_when_empty: FxHashMap<&'static str, Vec<Fact>>,
}

fn table() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        let mut table = Table::default();
        for line in include_str!("../data/defaults.txt").lines() {
            let mut cells = line.splitn(4, '\t');
            let mut next = || cells.next().unwrap_or_default();
            let (name, field, columns, json) = (next(), next(), Columns::parse(next()), next());
            let (facts, name) = match name.split_at_checked(1) {
                Some(("!", name)) => (&mut table.new, name),
                Some(("-", name)) => (&mut table.unknown, name),
                Some(("~", name)) => (&mut table.dropped_when_empty, name),
                _ => (&mut table.defaults, name),
            };
            facts.entry(name).or_default().push(Fact { field, columns, json });
        }
        table
    });
    &TABLE
}

fn facts(map: &'static FxHashMap<&'static str, Vec<Fact>>, name: &str) -> &'static [Fact] {
    map.get(name).map_or(&[], Vec::as_slice)
}

/// The defaults of a type. A beta version of a type has those of its first stable one.
pub fn defaults(type_name: &str) -> &'static [Fact] {
    let own = facts(&table().defaults, type_name);
    let mut parts = type_name.splitn(3, '.');
    match (own, parts.next(), parts.next(), parts.next()) {
        ([], Some(group), Some(version), Some(name)) if version.contains("beta") => {
            facts(&table().defaults, &format!("{group}.v1.{name}"))
        }
        _ => own,
    }
}

/// What a new object of a kind gets: `status`, `generation`, `finalizers`.
pub fn new(api_version: &str, kind: &str) -> &'static [Fact] {
    facts(&table().new, &format!("{api_version}/{kind}"))
}

/// The version drops the field although its schema has it.
pub fn is_unknown(type_name: &str, field: &str, column: usize) -> bool {
    facts(&table().unknown, type_name).iter().any(|fact| fact.field == field && fact.holds(column))
}

/// The server does not store the field when it is false or empty.
pub fn is_dropped_when_empty(type_name: &str, field: &str) -> bool {
    facts(&table().dropped_when_empty, type_name).iter().any(|fact| fact.field == field)
}

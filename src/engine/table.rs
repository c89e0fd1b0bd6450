//! The functions that templates of one Helm version can call, by number.

use super::function::{Function, Param};
use super::functions;
use crate::profile::Profile;
use rustc_hash::FxHashMap;

/// A function that the evaluator itself carries out: it runs templates or asks the world.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Special {
    Include,
    Tpl,
    Lookup,
    Required,
    Fail,
}

impl Special {
    const ALL: [Special; 5] = [Special::Include, Special::Tpl, Special::Lookup, Special::Required, Special::Fail];

    /// As many arguments as any of them takes.
    pub const MOST: usize = 4;

    pub fn name(self) -> &'static str {
        match self {
            Special::Include => "include",
            Special::Tpl => "tpl",
            Special::Lookup => "lookup",
            Special::Required => "required",
            Special::Fail => "fail",
        }
    }

    pub fn params(self) -> &'static [Param] {
        match self {
            Special::Include | Special::Tpl | Special::Required => &[Param::Str, Param::Any],
            Special::Lookup => &[Param::Str, Param::Str, Param::Str, Param::Str],
            Special::Fail => &[Param::Str],
        }
    }
}

/// What a name of a function stands for.
#[derive(Clone, Copy)]
pub enum Entry {
    And,
    Or,
    Special(Special),
    Plain(&'static Function),
}

/// All functions of one Helm version.
pub struct FunctionTable {
    entries: Vec<Entry>,
    names: FxHashMap<&'static str, u16>,
}

impl FunctionTable {
    pub fn new(profile: &Profile) -> Self {
        let specials = Special::ALL.map(|s| (s.name(), Entry::Special(s)));
        let plain = functions::all().filter(|f| (f.exists)(profile)).map(|f| (f.name, Entry::Plain(f)));
        let mut table = FunctionTable {
            entries: Vec::with_capacity(256),
            names: FxHashMap::with_capacity_and_hasher(256, Default::default()),
        };
        for (name, entry) in [("and", Entry::And), ("or", Entry::Or)].into_iter().chain(specials).chain(plain) {
            table.names.insert(name, table.entries.len() as u16);
            table.entries.push(entry);
        }
        table
    }

    pub fn get(&self, index: u16) -> Option<Entry> {
        self.entries.get(index as usize).copied()
    }

    /// The number of a function, for the parser.
    pub fn find(&self, name: &str) -> Option<u16> {
        self.names.get(name).copied()
    }

    /// All names, sorted.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.names.keys().copied().collect();
        names.sort_unstable();
        names
    }
}

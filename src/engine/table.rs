//! The functions that templates of one Helm version can call, by number.

use super::function::{Function, Param};
use super::functions;
use crate::profile::Profile;
use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher as _;

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

impl Entry {
    fn name(self) -> &'static str {
        match self {
            Entry::And => "and",
            Entry::Or => "or",
            Entry::Special(special) => special.name(),
            Entry::Plain(function) => function.name,
        }
    }
}

/// All functions of one Helm version.
pub struct FunctionTable {
    entries: Vec<Entry>,
    /// The places of the functions, by their names.
    places: HashTable<u16>,
}

/// More functions than any version has.
const USUAL: usize = 256;

fn hash(name: &str) -> u64 {
    FxBuildHasher.hash_one(name)
}

impl FunctionTable {
    pub fn new(profile: &Profile) -> Self {
        let specials = Special::ALL.map(Entry::Special);
        let plain = functions::all().filter(|f| (f.exists)(profile)).map(Entry::Plain);
        let mut table = FunctionTable { entries: Vec::with_capacity(USUAL), places: HashTable::with_capacity(USUAL) };
        for entry in [Entry::And, Entry::Or].into_iter().chain(specials).chain(plain) {
            let place = table.entries.len() as u16;
            table.entries.push(entry);
            let entries = &table.entries;
            table.places.insert_unique(hash(entry.name()), place, |place| hash(entries[usize::from(*place)].name()));
        }
        table
    }

    pub fn get(&self, index: u16) -> Option<Entry> {
        self.entries.get(index as usize).copied()
    }

    /// The number of a function, for the parser.
    pub fn find(&self, name: &str) -> Option<u16> {
        let is_it = |place: &u16| self.entries[usize::from(*place)].name() == name;
        self.places.find(hash(name), is_it).copied()
    }

    /// All names, sorted.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.entries.iter().map(|entry| entry.name()).collect();
        names.sort_unstable();
        names
    }
}

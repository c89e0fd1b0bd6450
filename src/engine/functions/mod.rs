//! The functions of text/template, Sprig and Helm, one file a family.

mod builtins;
mod casts;
mod compare;
mod crypto;
pub mod dates;
mod decimal;
mod defaults;
mod dicts;
mod durations;
mod encoding;
mod equality;
pub mod files;
mod format;
mod lists;
mod merge;
mod numbers;
mod paths;
pub mod print;
mod random;
#[cfg(test)]
mod recorded;
mod reflection;
pub(super) mod regex;
mod rewrite;
pub mod semver;
mod strings;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use super::function::Function;

/// All functions.
pub fn all() -> impl Iterator<Item = &'static Function> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

const FAMILIES: &[&[Function]] = &[
    builtins::FUNCTIONS,
    crypto::AES,
    crypto::CERTIFICATES,
    crypto::HASHES,
    crypto::KEYS,
    crypto::PASSWORDS,
    dates::FUNCTIONS,
    defaults::FUNCTIONS,
    dicts::FUNCTIONS,
    durations::FUNCTIONS,
    encoding::FUNCTIONS,
    format::FUNCTIONS,
    lists::FUNCTIONS,
    merge::FUNCTIONS,
    numbers::FUNCTIONS,
    paths::FUNCTIONS,
    random::FUNCTIONS,
    reflection::FUNCTIONS,
    regex::FUNCTIONS,
    semver::FUNCTIONS,
    strings::FUNCTIONS,
];

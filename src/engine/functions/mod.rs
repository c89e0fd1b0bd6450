//! The functions of text/template, Sprig and Helm, one file a family.

mod builtins;
mod compare;
mod defaults;
mod encoding;
pub mod files;
mod format;
mod paths;
pub mod print;
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
    defaults::FUNCTIONS,
    encoding::FUNCTIONS,
    format::FUNCTIONS,
    paths::FUNCTIONS,
    regex::FUNCTIONS,
    semver::FUNCTIONS,
    strings::FUNCTIONS,
];

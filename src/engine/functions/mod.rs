//! The functions of text/template, Sprig and Helm, one file a family.

mod builtins;
mod compare;
mod defaults;
mod format;
pub mod print;
mod rewrite;
mod strings;
#[cfg(test)]
mod testing;

use super::function::Function;

/// All functions.
pub fn all() -> impl Iterator<Item = &'static Function> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

const FAMILIES: &[&[Function]] = &[
    builtins::FUNCTIONS,
    defaults::FUNCTIONS,
    format::FUNCTIONS,
    strings::FUNCTIONS,
];

//! The functions of text/template, Sprig and Helm, one file a family.

use super::function::Function;

/// All functions.
pub fn all() -> impl Iterator<Item = &'static Function> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

const FAMILIES: &[&[Function]] = &[];

//! The functions of text/template, Sprig and Helm, one file a family.

use super::function::Function;

/// All functions, sorted by name.
pub fn all() -> Vec<&'static Function> {
    let mut all: Vec<&'static Function> = FAMILIES.iter().flat_map(|family| family.iter()).collect();
    all.sort_by_key(|f| f.name);
    all
}

const FAMILIES: &[&[Function]] = &[];

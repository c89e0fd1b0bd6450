//! The functions of text/template, Sprig and Helm, one file a family.

mod casts;
mod crypto;
mod decimal;
mod dicts;
mod equality;
mod lists;
mod merge;
mod numbers;
mod random;
mod reflection;

use super::function::Function;

/// All functions.
pub fn all() -> impl Iterator<Item = &'static Function> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

const FAMILIES: &[&[Function]] = &[
    crypto::AES,
    crypto::CERTIFICATES,
    crypto::HASHES,
    crypto::KEYS,
    crypto::PASSWORDS,
    dicts::FUNCTIONS,
    lists::FUNCTIONS,
    merge::FUNCTIONS,
    numbers::FUNCTIONS,
    random::FUNCTIONS,
    reflection::FUNCTIONS,
];

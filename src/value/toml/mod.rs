//! TOML as BurntSushi's package reads and writes it for `fromToml` and `toToml`.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{Datetime, Entry, Toml, TomlError, TomlKind, read};
pub use write::{ToTomlError, to_toml};

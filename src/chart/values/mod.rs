//! The user's values: `-f` files and the `--set` family, in Helm's order of precedence.
//!
//! Files come first in their order, then all `--set-json`, all `--set`, all `--set-string`, all `--set-file` and all
//! `--set-literal`, wherever they stand on the command line.

mod set;
#[cfg(test)]
mod tests;

use super::error::ValuesError;
use super::reading;
use crate::profile::Profile;
use crate::source::{Content, Sources, Span};
use crate::value::{Plain, PlainData};
use set::Kind;

/// What the user passes, each kind in its order.
#[derive(Clone, Default, Debug)]
pub struct ValueFlags {
    /// `-f`: the name as it was written, and the content.
    pub files: Vec<(String, Content)>,
    pub set_json: Vec<String>,
    pub set: Vec<String>,
    pub set_string: Vec<String>,
    pub set_file: Vec<String>,
    pub set_literal: Vec<String>,
}

/// The one tree of values that the flags make. Every file, and the text of every flag, becomes a source, so that each
/// value knows where it was said. `read` gives the files that `--set-file` names, or the system's message.
pub fn user_values(
    flags: &ValueFlags,
    read: &mut dyn FnMut(&str) -> Result<Content, String>,
    sources: &mut Sources,
    profile: &Profile,
) -> Result<Plain, ValuesError> {
    let mut base = Plain::map();
    for (name, bytes) in &flags.files {
        let address = sources.add(name.clone(), String::new(), bytes.clone()).unwrap_or(0);
        let values = reading::values(bytes, address, profile, &mut Vec::new())
            .map_err(|e| ValuesError { message: format!("failed to parse {name}: {}", e.message), span: e.span })?;
        merge(&mut base, values);
    }
    for text in &flags.set_json {
        let (flag, address) = ("--set-json", add(sources, "--set-json", text));
        let trimmed = text.trim();
        if profile.is_helm4() && trimmed.starts_with('{') {
            let object = serde_json::from_str(trimmed).map_err(|_| ValuesError {
                message: format!("failed parsing {flag} data JSON: {text}"),
                span: span(text, address),
            })?;
            let mut values = set::from_json(&object);
            values.span = span(text, address).unwrap_or_default();
            merge(&mut base, values);
        } else {
            parse(&mut base, flag, text, address, Kind::Json, profile)?;
        }
    }
    for text in &flags.set {
        let address = add(sources, "--set", text);
        parse(&mut base, "--set", text, address, Kind::Typed, profile)?;
    }
    for text in &flags.set_string {
        let address = add(sources, "--set-string", text);
        parse(&mut base, "--set-string", text, address, Kind::Text, profile)?;
    }
    for text in &flags.set_file {
        let address = add(sources, "--set-file", text);
        parse(&mut base, "--set-file", text, address, Kind::File(read), profile)?;
    }
    for text in &flags.set_literal {
        let address = add(sources, "--set-literal", text);
        parse(&mut base, "--set-literal", text, address, Kind::Literal, profile)?;
    }
    Ok(base)
}

fn add(sources: &mut Sources, flag: &str, text: &str) -> u32 {
    sources.add(flag.into(), String::new(), text.as_bytes().into()).unwrap_or(0)
}

fn span(text: &str, address: u32) -> Option<Span> {
    let end = u32::try_from(text.len()).ok()?;
    (address != 0).then(|| Span::new(0, end).at(address))
}

fn parse<'a>(
    base: &mut Plain,
    flag: &str,
    text: &'a str,
    address: u32,
    kind: Kind<'a>,
    profile: &Profile,
) -> Result<(), ValuesError> {
    let is_json = matches!(kind, Kind::Json);
    // The base is a map from the start.
    let Some(map) = base.as_map_mut() else { return Ok(()) };
    set::parse(text, address, kind, profile.is_helm4(), map).map_err(|message| ValuesError {
        message: if is_json {
            format!("failed parsing {flag} data {text}")
        } else {
            format!("failed parsing {flag} data: {message}")
        },
        span: span(text, address),
    })
}

/// Lays values over others: tables are merged, all else is replaced, nulls too.
pub fn merge(base: &mut Plain, over: Plain) {
    let (Some(base), PlainData::Map(over)) = (base.as_map_mut(), over.data) else { return };
    if base.is_empty() {
        *base = over;
        return;
    }
    for (key, value) in over {
        match base.get_mut(&key) {
            Some(existing) if existing.as_map().is_some() && value.as_map().is_some() => merge(existing, value),
            _ => _ = base.insert(key, value),
        }
    }
}

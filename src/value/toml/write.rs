//! Writes TOML: in each table first the values, then the tables, both by the bytes of their keys.

use crate::value::json::{EncodeError, Encoder, Target, Tree, TreeData, build, push_change};
use crate::value::origin::GuardId;
use crate::value::{OriginId, Text, TextBuilder, Value};

/// Why a value has no TOML.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ToTomlError {
    /// An error, whose text `toToml` gives for a result.
    Error(String),
    /// The encoder panics, and with it the template.
    Panic(String),
}

impl From<EncodeError> for ToTomlError {
    fn from(error: EncodeError) -> Self {
        ToTomlError::Error(error.0)
    }
}

/// `toToml`.
pub fn to_toml(encoder: &mut Encoder<'_>, value: &Value) -> Result<Text, ToTomlError> {
    let tree = build(encoder, value, Target::Toml)?;
    // The package of Helm before 3.14 writes tables only at the top.
    let tables_only = !encoder.profile.since(3, 14, 0);
    let mut writer = Writer { out: TextBuilder::default(), has_written: false };
    match &tree.data {
        TreeData::Map { .. } => writer.table_entries(&tree, &mut Vec::new())?,
        TreeData::Null if matches!(value.data, crate::value::Data::Nil) => {
            let method = if tables_only { "Interface" } else { "Type" };
            return Err(ToTomlError::Panic(format!("reflect: call of reflect.Value.{method} on zero Value")));
        }
        TreeData::Null => {}
        TreeData::Seq(_) if is_table_list(&tree)? => {
            return Err(ToTomlError::Error("toml: top-level values must be Go maps or structs".into()));
        }
        _ if tables_only => {
            return Err(ToTomlError::Error("toml: top-level values must be Go maps or structs".into()));
        }
        _ => writer.element(&tree)?,
    }
    Ok(writer.out.finish())
}

struct Writer {
    out: TextBuilder,
    has_written: bool,
}

/// A key, and what the set of keys that it belongs to depends on.
type Key<'t> = (&'t Text, OriginId);

/// Whether a value is written as a table of its own. Lists are looked through for what TOML does not have.
fn is_table(tree: &Tree) -> Result<bool, ToTomlError> {
    Ok(matches!(tree.data, TreeData::Map { .. }) || is_table_list(tree)?)
}

/// Whether a value is a list of tables only.
fn is_table_list(tree: &Tree) -> Result<bool, ToTomlError> {
    let TreeData::Seq(items) = &tree.data else { return Ok(false) };
    let mut only_tables = !items.is_empty();
    for item in items {
        if matches!(item.data, TreeData::Null) {
            return Err(ToTomlError::Error("toml: cannot encode array with nil element".into()));
        }
        is_table_list(item)?;
        only_tables &= matches!(item.data, TreeData::Map { .. });
    }
    Ok(only_tables)
}

/// The entries of a table in the order in which they are written.
struct InOrder<'t> {
    entries: Vec<(Key<'t>, &'t Tree)>,
    /// So many of them, the first ones, are no tables.
    direct: usize,
}

fn in_order(tree: &Tree) -> Result<InOrder<'_>, ToTomlError> {
    let TreeData::Map { entries, shape } = &tree.data else { return Ok(InOrder { entries: Vec::new(), direct: 0 }) };
    let (mut values, mut tables) = (Vec::new(), Vec::new());
    for (key, value) in entries {
        let list = if is_table(value)? { &mut tables } else { &mut values };
        list.push(((key, *shape), value));
    }
    let direct = values.len();
    values.append(&mut tables);
    Ok(InOrder { entries: values, direct })
}

impl Writer {
    fn push(&mut self, text: &str, origin: OriginId) {
        self.out.push_from(text.as_bytes(), origin);
        self.has_written = true;
    }

    fn line_break(&mut self) {
        if self.has_written {
            self.push("\n", OriginId::NONE);
        }
    }

    fn table_entries<'t>(&mut self, table: &'t Tree, path: &mut Vec<Key<'t>>) -> Result<(), ToTomlError> {
        for (key, value) in in_order(table)?.entries {
            path.push(key);
            match &value.data {
                TreeData::Null => {}
                TreeData::Map { .. } => {
                    if path.len() == 1 {
                        self.line_break();
                    }
                    self.header("[", path, "]");
                    self.table_entries(value, path)?;
                }
                TreeData::Seq(items) if is_table_list(value)? => {
                    for item in items {
                        self.line_break();
                        self.header("[[", path, "]]");
                        self.table_entries(item, path)?;
                    }
                }
                _ => {
                    self.indent(path.len());
                    self.key(key);
                    self.push(" = ", OriginId::NONE);
                    self.element(value)?;
                    self.line_break();
                }
            }
            path.pop();
        }
        Ok(())
    }

    fn indent(&mut self, depth: usize) {
        for _ in 1..depth {
            self.push("  ", OriginId::NONE);
        }
    }

    fn header(&mut self, open: &str, path: &[Key<'_>], close: &str) {
        self.indent(path.len());
        self.push(open, OriginId::NONE);
        for (i, key) in path.iter().enumerate() {
            if i > 0 {
                self.push(".", OriginId::NONE);
            }
            self.key(*key);
        }
        self.push(close, OriginId::NONE);
        self.line_break();
    }

    fn key(&mut self, (key, shape): Key<'_>) {
        let is_bare = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        if !key.is_empty() && key.bytes().iter().all(is_bare) {
            let start = self.out.len();
            self.out.push_text(key);
            self.out.cover(start, shape, GuardId::NONE, 0);
        } else {
            self.string(key, shape);
        }
    }

    /// A value on the line of its key.
    fn element(&mut self, tree: &Tree) -> Result<(), ToTomlError> {
        match &tree.data {
            TreeData::Null => {
                let message = "reflect: call of reflect.Value.Interface on zero Value";
                return Err(ToTomlError::Panic(message.into()));
            }
            TreeData::Plain(text) => self.push(text, tree.origin),
            TreeData::Str(text) | TreeData::Binary(text) => self.string(text, tree.origin),
            TreeData::Seq(items) => {
                let inner = if items.is_empty() { tree.origin } else { OriginId::NONE };
                self.push("[", inner);
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        self.push(", ", OriginId::NONE);
                    }
                    self.element(item)?;
                }
                self.push("]", inner);
            }
            TreeData::Map { .. } => {
                let InOrder { entries, direct } = in_order(tree)?;
                let inner = if entries.is_empty() { tree.origin } else { OriginId::NONE };
                self.push("{", inner);
                let count = entries.len();
                for (i, (key, value)) in entries.into_iter().enumerate() {
                    if matches!(value.data, TreeData::Null) {
                        continue;
                    }
                    self.key(key);
                    self.push(" = ", OriginId::NONE);
                    self.element(value)?;
                    // The package looks at the number of the key, not at whether another is written.
                    let is_last = i + 1 == count || (i + 1 == direct && direct == count);
                    if !is_last {
                        self.push(", ", OriginId::NONE);
                    }
                }
                self.push("}", inner);
            }
        }
        Ok(())
    }

    fn string(&mut self, text: &Text, origin: OriginId) {
        let start = self.out.len();
        self.push("\"", OriginId::NONE);
        let mut run = 0;
        for (at, byte) in text.bytes().iter().enumerate() {
            let escape = match byte {
                b'"' => "\\\"".to_owned(),
                b'\\' => "\\\\".to_owned(),
                0x08 => "\\b".to_owned(),
                b'\t' => "\\t".to_owned(),
                b'\n' => "\\n".to_owned(),
                0x0C => "\\f".to_owned(),
                b'\r' => "\\r".to_owned(),
                ..0x20 | 0x7F => format!("\\u{byte:04x}"),
                _ => continue,
            };
            self.out.push_slice(text, run..at);
            push_change(&mut self.out, text, at..at + 1, escape.as_bytes());
            run = at + 1;
        }
        self.out.push_slice(text, run..text.len());
        self.push("\"", OriginId::NONE);
        self.out.cover(start, origin, GuardId::NONE, 0);
    }
}

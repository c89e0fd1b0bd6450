//! Coalescing: one tree of values from the user's values and the defaults of a chart and all its subcharts
//! (Helm's `pkg/chart/common/util/coalesce.go`; 3.x: `pkg/chartutil/coalesce.go`).

use super::error::{PrepareError, PrepareErrorKind};
use super::gofmt;
use super::graph::{Graph, NodeId};
use super::limits::{MAX_NESTING, MAX_WARNINGS};
use super::tables::{Item, TableId, Tables};
use crate::profile::Profile;
use crate::source::Span;
use crate::value::Key;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Under which key a chart keeps what its subcharts see too.
const GLOBAL: &[u8] = b"global";

/// How versions of Helm treat nulls, and what they copy (engine reference, "Inside the majors").
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// Dependencies are processed without removing nulls (since 3.13).
    pub keeps_nulls_in_dependencies: bool,
    /// Defaults are copied before they are merged (since 3.13).
    copies_defaults: bool,
    /// Nulls for a subchart survive in the section of the parent (since 3.17.1).
    keeps_nulls_for_subcharts: bool,
    /// A null of the user removes the key also where the chart has none (3.20.0, 4.0, 4.1.0 to 4.1.2) …
    marks_nulls: bool,
    /// … but not where the chart had no value (since 3.20.1 and 4.1.3).
    spares_new_nulls: bool,
    /// Nulls in a chart's defaults are dropped (since 4.2).
    drops_default_nulls: bool,
    /// What a child exports wins over the parent's own defaults (3.13 alone).
    pub imports_win: bool,
    /// Imports by path are merged straight into the parent's values, and what was imported before is forgotten (before 3.13).
    pub imports_in_place: bool,
    /// Each alias gets its own copies of its chart's subcharts and of their dependency list (since 4.0).
    pub copies_aliases: bool,
    /// A null in a list crashes Helm (4.1.0).
    pub crashes_on_null_in_list: bool,
}

impl Rules {
    pub fn of(profile: &Profile) -> Self {
        let since = |major, minor, patch| profile.since(major, minor, patch);
        let in_3 = !profile.is_helm4();
        let keeps = since(3, 13, 0);
        Rules {
            keeps_nulls_in_dependencies: keeps,
            copies_defaults: keeps,
            keeps_nulls_for_subcharts: since(3, 17, 1),
            marks_nulls: since(3, 20, 0),
            spares_new_nulls: if in_3 { since(3, 20, 1) } else { since(4, 1, 3) },
            drops_default_nulls: since(4, 2, 0),
            imports_win: keeps && !since(3, 14, 0),
            imports_in_place: !keeps,
            copies_aliases: since(4, 0, 0),
            crashes_on_null_in_list: since(4, 1, 0) && !since(4, 1, 1),
        }
    }
}

/// Something that Helm warns of, or that no chart should count on.
#[derive(Clone, PartialEq, Debug)]
pub struct Warning {
    pub message: String,
    /// Where the value or the line is that gave rise to it.
    pub span: Option<Span>,
}

/// Coalesces values in an arena, collecting warnings.
pub(super) struct Coalescer<'a> {
    pub tables: Tables<'a>,
    pub rules: Rules,
    pub warnings: Vec<Warning>,
}

impl<'a> Coalescer<'a> {
    pub fn new(rules: Rules) -> Self {
        Coalescer { tables: Tables::default(), rules, warnings: Vec::new() }
    }

    pub fn warn(&mut self, message: String, span: Option<Span>) {
        let warning = Warning { message, span: span.filter(|span| *span != Span::default()) };
        if self.warnings.len() < MAX_WARNINGS && !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// An error when the arena has run out.
    pub fn check(&self) -> Result<(), PrepareError> {
        if !self.tables.is_exhausted() {
            return Ok(());
        }
        Err(PrepareError::new(
            PrepareErrorKind::Limit,
            "the values of this chart are too large or too deeply nested".into(),
        ))
    }

    /// The values of a chart and of its subcharts under `values`, which is not changed. With `merge` nulls are kept.
    pub fn values(
        &mut self,
        graph: &Graph,
        node: NodeId,
        values: TableId,
        merge: bool,
    ) -> Result<TableId, PrepareError> {
        let copy = self.tables.copy(values);
        self.chart(graph, node, copy, "", merge)?;
        Ok(copy)
    }

    fn chart(
        &mut self,
        graph: &Graph,
        node: NodeId,
        dest: TableId,
        prefix: &str,
        merge: bool,
    ) -> Result<(), PrepareError> {
        self.check()?;
        self.defaults(graph, node, dest, prefix, merge);
        let inner_prefix = joined(prefix, graph.name(node));
        for &child in graph.children(node) {
            let name = graph.name(child);
            let section = match self.tables.get(dest, name.as_bytes()) {
                Some(Item::Table(section)) => section,
                Some(other) => return Err(mismatch(name, &other)),
                None => {
                    let section = self.tables.make(Span::default());
                    self.tables.set(dest, name.as_bytes().into(), Item::Table(section));
                    section
                }
            };
            self.globals(section, dest, &inner_prefix, merge);
            self.chart(graph, child, section, &inner_prefix, merge)?;
        }
        self.check()
    }

    /// Hands the globals of a chart down to a subchart.
    fn globals(&mut self, dest: TableId, src: TableId, prefix: &str, merge: bool) {
        let theirs = match self.tables.get(dest, GLOBAL) {
            None => self.tables.make(Span::default()),
            Some(Item::Table(table)) => table,
            Some(other) => return self.warn_globals("destination", &other),
        };
        let ours = match self.tables.get(src, GLOBAL) {
            None => None,
            Some(Item::Table(table)) => Some(table),
            Some(other) => return self.warn_globals("source", &other),
        };
        for (key, item) in ours.map(|ours| self.tables.entries(ours)).unwrap_or_default() {
            let existing = self.tables.get(theirs, &key);
            match (item, existing) {
                (Item::Table(table), Some(Item::Table(existing))) => {
                    let copy = self.shallow_copy(table);
                    let prefix = joined(prefix, &String::from_utf8_lossy(&key));
                    self.merge_tables(copy, existing, &prefix, merge || self.rules.copies_defaults, 0);
                    self.tables.set(theirs, key, Item::Table(copy));
                }
                (Item::Table(table), None) => {
                    let copy = self.shallow_copy(table);
                    self.tables.set(theirs, key, Item::Table(copy));
                }
                (Item::Table(_), Some(existing)) => {
                    let key = gofmt::quoted(&String::from_utf8_lossy(&key));
                    self.warn(
                        format!("Conflict: cannot merge map onto non-map for {key}. Skipping."),
                        span_of(&existing),
                    );
                }
                (item, Some(Item::Table(_))) => {
                    let key = String::from_utf8_lossy(&key);
                    self.warn(format!("key {key} is table. Skipping"), span_of(&item));
                }
                (item, _) => self.tables.set(theirs, key, item),
            }
        }
        self.tables.set(dest, GLOBAL.into(), Item::Table(theirs));
    }

    fn warn_globals(&mut self, side: &str, item: &Item<'_>) {
        self.warn(format!("warning: skipping globals because {side} global is not a table."), span_of(item));
    }

    fn shallow_copy(&mut self, table: TableId) -> TableId {
        let copy = self.tables.make(self.tables.span(table));
        for (key, item) in self.tables.entries(table) {
            self.tables.set(copy, key, item);
        }
        copy
    }

    /// Fills in the chart's own defaults.
    fn defaults(&mut self, graph: &Graph, node: NodeId, values: TableId, prefix: &str, merge: bool) {
        let prefix = joined(prefix, graph.name(node));
        let mut defaults = graph.values(node);
        if self.rules.copies_defaults {
            defaults = self.tables.copy(defaults);
        }
        let drops_nulls = self.rules.drops_default_nulls && !merge;
        let children: BTreeSet<&[u8]> =
            graph.children(node).iter().map(|child| graph.name(*child).as_bytes()).collect();
        // Nobody else sees a copy.
        let is_own = self.rules.copies_defaults;
        if is_own && self.tables.len(values) == 0 {
            self.tables.move_entries(defaults, values);
            if drops_nulls {
                self.tables.drop_nulls(values, 0);
            }
            return;
        }
        let entries = if is_own { self.tables.entries_as_they_are(defaults) } else { self.tables.entries(defaults) };
        for (key, default) in entries {
            let Some(value) = self.tables.peek(values, &key) else {
                if drops_nulls && default.is_null() {
                    continue;
                }
                self.tables.set(values, key.clone(), default);
                if drops_nulls
                    && self.tables.may_have_nulls(default, 0)
                    && let Some(Item::Table(table)) = self.tables.get(values, &key)
                {
                    self.tables.drop_nulls(table, 0);
                }
                continue;
            };
            if value.is_null() && !merge {
                self.tables.remove(values, &key);
            } else if value.is_table() && default.is_table() {
                let merge = merge || (self.rules.keeps_nulls_for_subcharts && children.contains(&*key));
                let (Some(Item::Table(dest)), Some(src)) = (self.tables.get(values, &key), self.tables.opened(default))
                else {
                    continue;
                };
                if self.rules.drops_default_nulls && !merge {
                    self.tables.drop_nulls(src, 0);
                }
                let prefix = joined(&prefix, &String::from_utf8_lossy(&key));
                self.merge_into(dest, src, &prefix, Merge { nulls: merge, is_own }, 0);
            } else if value.is_table() && !default.is_null() {
                let key = String::from_utf8_lossy(&key);
                self.warn(format!("warning: skipped value for {prefix}.{key}: Not a table."), span_of(&default));
            }
        }
    }

    /// Merges `src` into `dst`, which wins.
    pub fn merge_tables(&mut self, dst: TableId, src: TableId, prefix: &str, merge: bool, depth: usize) {
        self.merge_into(dst, src, prefix, Merge { nulls: merge, is_own: false }, depth);
    }

    fn merge_into(&mut self, dst: TableId, src: TableId, prefix: &str, merge: Merge, depth: usize) {
        if depth > MAX_NESTING || self.tables.is_exhausted() {
            return;
        }
        let mut nulled: BTreeSet<Key> = BTreeSet::new();
        if self.rules.marks_nulls {
            for (key, item) in self.tables.entries_as_they_are(dst) {
                if !item.is_null() {
                    continue;
                }
                let had_value = self.tables.peek(src, &key).is_some_and(|item| !item.is_null());
                self.tables.set(src, key.clone(), item);
                if had_value || !self.rules.spares_new_nulls {
                    nulled.insert(key);
                }
            }
        }
        let entries = if merge.is_own { self.tables.entries_as_they_are(src) } else { self.tables.entries(src) };
        for (key, item) in entries {
            let full_key = || joined(prefix, &String::from_utf8_lossy(&key));
            let Some(existing) = self.tables.peek(dst, &key) else {
                self.tables.set(dst, key, item);
                continue;
            };
            let is_marked = || !self.rules.marks_nulls || nulled.contains(&key);
            if existing.is_null() && !merge.nulls && is_marked() {
                self.tables.remove(dst, &key);
            } else if existing.is_table() && item.is_table() {
                if let (Some(Item::Table(inner)), Some(table)) = (self.tables.get(dst, &key), self.tables.opened(item))
                {
                    self.merge_into(inner, table, &full_key(), merge, depth + 1);
                }
            } else if existing.is_table() && !item.is_null() {
                let text = gofmt::value(&mut self.tables, &item);
                let message =
                    format!("warning: destination for {} is a table. Ignoring non-table value ({text})", full_key());
                self.warn(message, span_of(&item));
            } else if item.is_table() {
                let text = gofmt::value(&mut self.tables, &item);
                let message = format!("warning: cannot overwrite table with non table for {} ({text})", full_key());
                self.warn(message, span_of(&existing));
            }
        }
    }
}

/// How tables are merged.
#[derive(Clone, Copy)]
struct Merge {
    /// Nulls are kept.
    nulls: bool,
    /// What is merged in is a copy that nobody else sees.
    is_own: bool,
}

fn span_of(item: &Item<'_>) -> Option<Span> {
    item.as_plain().map(|plain| plain.span)
}

fn mismatch(name: &str, item: &Item<'_>) -> PrepareError {
    let text = item.as_plain().map(gofmt::truth).unwrap_or_default();
    let mut error = PrepareError::new(PrepareErrorKind::Values, format!("type mismatch on {name}: {text}"));
    error.span = span_of(item).filter(|span| *span != Span::default());
    error
}

fn joined(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.into() } else { format!("{prefix}.{key}") }
}

/// A key from text.
pub(super) fn key(text: &str) -> Key {
    Arc::from(text.as_bytes())
}

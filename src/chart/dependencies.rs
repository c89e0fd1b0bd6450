//! Which dependencies take part, under which names, and what they export to their parents
//! (Helm's `pkg/chart/v2/util/dependencies.go`; 3.x: `pkg/chartutil/dependencies.go`).

use super::coalesce::{Coalescer, key};
use super::error::{PrepareError, PrepareErrorKind};
use super::gofmt;
use super::graph::{DependencyId, Graph, NodeId};
use super::limits::MAX_NESTING;
use super::tables::{Item, TableId};
use super::versions;
use crate::profile::Profile;
use crate::source::Span;
use crate::value::{Plain, PlainData, PlainMap};
use std::collections::BTreeSet;

/// How it was decided whether a dependency takes part.
#[derive(Clone, PartialEq, Debug)]
pub struct Switch {
    /// The path of the chart that lists the dependency, as in the names of templates.
    pub parent: String,
    /// The name of the dependency, or its alias.
    pub name: String,
    pub enabled: bool,
    pub by: SwitchedBy,
    /// The entry in Chart.yaml or requirements.yaml.
    pub span: Span,
}

/// What decided.
#[derive(Clone, PartialEq, Debug)]
pub enum SwitchedBy {
    /// Nothing did; it is enabled.
    Default,
    /// The value at a path from the root's values.
    Condition { path: String, value: Span },
    /// These of its tags, with their values.
    Tags(Vec<(String, bool, Span)>),
}

/// Works out the dependencies of a tree, and gives how each was decided.
pub(super) fn process(
    graph: &mut Graph,
    root: NodeId,
    user: TableId,
    coalescer: &mut Coalescer<'_>,
    profile: &Profile,
) -> Result<Vec<Switch>, PrepareError> {
    let mut selection = Selection { graph, coalescer, profile, switches: Vec::new() };
    selection.select(root, user, "")?;
    let switches = selection.switches;
    import_all(graph, root, coalescer)?;
    Ok(switches)
}

struct Selection<'a, 'v> {
    graph: &'a mut Graph,
    coalescer: &'a mut Coalescer<'v>,
    profile: &'a Profile,
    switches: Vec<Switch>,
}

impl Selection<'_, '_> {
    /// Picks the subcharts of a chart, and of those that take part.
    fn select(&mut self, node: NodeId, values: TableId, path: &str) -> Result<(), PrepareError> {
        let Some(listed) = self.graph.listed(node).map(<[_]>::to_vec) else { return Ok(()) };
        let picked = self.pick(node, &listed);
        self.graph.set_children(node, picked);
        if self.graph.is_too_large() {
            return Err(PrepareError::new(PrepareErrorKind::Limit, "there are too many charts in this chart".into()));
        }
        for id in &listed {
            self.graph.dependency_mut(*id).enabled = true;
        }
        let values = self.coalescer.values(self.graph, node, values, false)?;
        self.switch(node, &listed, values, path);

        let disabled: BTreeSet<String> = listed
            .iter()
            .map(|id| self.graph.dependency(*id))
            .filter(|dependency| !dependency.enabled)
            .map(|dependency| dependency.name.clone())
            .collect();
        let mut children = self.graph.children(node).to_vec();
        children.retain(|child| !disabled.contains(self.graph.name(*child)));
        let mut kept = listed;
        kept.retain(|id| !disabled.contains(&self.graph.dependency(*id).name));
        for child in &children {
            let path = format!("{path}{}.", self.graph.name(*child));
            self.select(*child, values, &path)?;
        }
        self.graph.set_listed(node, kept);
        self.graph.set_children(node, children);
        Ok(())
    }

    /// The charts that no entry asks for, then those that one asks for, under their aliases.
    fn pick(&mut self, node: NodeId, listed: &[DependencyId]) -> Vec<NodeId> {
        let existing = self.graph.children(node).to_vec();
        let mut picked: Vec<NodeId> =
            existing.iter().copied().filter(|child| !listed.iter().any(|id| self.asks_for(*id, *child))).collect();
        for id in listed {
            if let Some(child) = existing.iter().find(|child| self.asks_for(*id, **child)) {
                let alias = self.graph.dependency(*id).alias.clone();
                picked.push(self.graph.copy(*child, &alias, self.coalescer.rules.copies_aliases));
            }
            let dependency = self.graph.dependency_mut(*id);
            if !dependency.alias.is_empty() {
                dependency.name = dependency.alias.clone();
            }
        }
        picked
    }

    fn asks_for(&self, id: DependencyId, child: NodeId) -> bool {
        let dependency = self.graph.dependency(id);
        dependency.name == self.graph.name(child)
            && versions::is_compatible(&dependency.version, &self.graph.chart(child).metadata.version, self.profile)
    }

    /// Enables and disables by tags, and then by conditions.
    fn switch(&mut self, node: NodeId, listed: &[DependencyId], values: TableId, path: &str) {
        let tags = self.coalescer.tables.table_at(values, "tags").ok();
        let parent = self.graph.full_path(node);
        for id in listed {
            let dependency = self.graph.dependency(*id).clone();
            let mut by = SwitchedBy::Default;
            let mut enabled = true;
            if let Some((set, outcome)) = tags.and_then(|tags| self.by_tags(&dependency, tags)) {
                (by, enabled) = (SwitchedBy::Tags(set), outcome);
            }
            for part in dependency.condition.trim().split(',').filter(|part| !part.is_empty()) {
                let full = format!("{path}{part}");
                let Some(value) = self.coalescer.tables.scalar_at(values, &full) else { continue };
                if let Some(outcome) = value.as_bool() {
                    (by, enabled) = (SwitchedBy::Condition { path: full, value: value.span }, outcome);
                    break;
                }
                let message = if self.profile.is_helm4() {
                    format!("returned non-bool value path={part} chart={}", dependency.name)
                } else {
                    format!("Warning: Condition path '{part}' for chart {} returned non-bool value", dependency.name)
                };
                self.coalescer.warn(message, Some(value.span));
            }
            self.graph.dependency_mut(*id).enabled = enabled;
            let (parent, span) = (parent.clone(), dependency.span);
            self.switches.push(Switch { parent, name: dependency.name, enabled, by, span });
        }
    }

    #[allow(clippy::type_complexity)]
    fn by_tags(&mut self, dependency: &super::Dependency, tags: TableId) -> Option<(Vec<(String, bool, Span)>, bool)> {
        let mut set = Vec::new();
        for tag in dependency.tags.iter().flatten() {
            let Some(value) = self.coalescer.tables.get(tags, tag.as_bytes()) else { continue };
            let plain = value.as_plain();
            if let Some(outcome) = plain.and_then(Plain::as_bool) {
                set.push((tag.clone(), outcome, plain.map(|plain| plain.span).unwrap_or_default()));
                continue;
            }
            let message = if self.profile.is_helm4() {
                format!("returned non-bool value tag={tag} chart={}", dependency.name)
            } else {
                format!("Warning: Tag '{tag}' for chart {} returned non-bool value", dependency.name)
            };
            self.coalescer.warn(message, plain.map(|plain| plain.span));
        }
        let enabled = set.iter().any(|(_, outcome, _)| *outcome);
        (!set.is_empty()).then_some((set, enabled))
    }
}

/// Imports what children export, innermost first.
fn import_all(graph: &mut Graph, node: NodeId, coalescer: &mut Coalescer<'_>) -> Result<(), PrepareError> {
    for child in graph.children(node).to_vec() {
        import_all(graph, child, coalescer)?;
    }
    let Some(listed) = graph.listed(node).map(<[_]>::to_vec) else { return Ok(()) };
    let merge = coalescer.rules.keeps_nulls_in_dependencies;
    let nothing = coalescer.tables.make(Span::default());
    let mut values = coalescer.values(graph, node, nothing, merge)?;
    let mut imported = coalescer.tables.make(Span::default());
    for id in listed {
        let dependency = graph.dependency(id).clone();
        let mut done = Vec::new();
        for import in dependency.import_values.iter().flatten() {
            let Some((child, parent)) = import_paths(import) else { continue };
            done.push(import_map(&child, &parent, import.span));
            let is_export = import.as_map().is_none();
            let table = match coalescer.tables.table_at(values, &format!("{}.{child}", dependency.name)) {
                Ok(table) => table,
                Err(missing) => {
                    let missing = format!("{} is not a table", gofmt::quoted(missing));
                    let message = if is_export {
                        format!("Warning: ImportValues missing table: {missing}")
                    } else {
                        format!("Warning: ImportValues missing table from chart {}: {missing}", dependency.name)
                    };
                    coalescer.warn(message, Some(import.span));
                    continue;
                }
            };
            // Helm's AsMap gives an empty table a new identity.
            let table = if coalescer.tables.len(table) == 0 { coalescer.tables.make(Span::default()) } else { table };
            let source = nested(coalescer, &parent, table)?;
            if coalescer.rules.imports_in_place && !is_export {
                coalescer.merge_tables(values, source, "", merge, 0);
                imported = values;
            } else {
                coalescer.merge_tables(imported, source, "", merge, 0);
            }
        }
        if dependency.import_values.is_some() {
            graph.dependency_mut(id).import_values = (!done.is_empty()).then_some(done);
        }
    }
    coalescer.check()?;
    if coalescer.rules.imports_in_place {
        coalescer.merge_tables(values, imported, "", merge, 0);
    } else {
        values = if merge { coalescer.tables.copy(values) } else { coalescer.tables.copy_without_nulls(values) };
        if coalescer.rules.imports_win {
            coalescer.merge_tables(imported, values, "", merge, 0);
            values = imported;
        } else {
            coalescer.merge_tables(values, imported, "", merge, 0);
        }
    }
    graph.set_values(node, values);
    coalescer.check()
}

/// From which table of the child to which of the parent.
fn import_paths(import: &Plain) -> Option<(String, String)> {
    match &import.data {
        PlainData::String(name) => Some((format!("exports.{}", String::from_utf8_lossy(name)), ".".into())),
        PlainData::Map(_) => {
            let side = |name| import.get(name).map_or_else(|| "<nil>".into(), gofmt::plain);
            Some((side("child"), side("parent")))
        }
        _ => None,
    }
}

fn import_map(child: &str, parent: &str, span: Span) -> Plain {
    let entries = [("child", child), ("parent", parent)].map(|(k, v)| (key(k), Plain::string(v)));
    Plain { data: PlainData::Map(PlainMap::from(entries)), span }
}

/// A table that holds `table` at a path.
fn nested(coalescer: &mut Coalescer<'_>, path: &str, table: TableId) -> Result<TableId, PrepareError> {
    if path == "." {
        return Ok(table);
    }
    if path.split('.').count() > MAX_NESTING {
        return Err(PrepareError::new(PrepareErrorKind::Limit, "the path of import-values is too long".into()));
    }
    Ok(path.rsplit('.').fold(table, |inner, name| {
        let outer = coalescer.tables.make(Span::default());
        coalescer.tables.set(outer, key(name), Item::Table(inner));
        outer
    }))
}

//! The tree of charts while its dependencies are worked out.
//!
//! Helm copies charts shallowly when it renames or picks them, so two charts may share their metadata, a dependency or a
//! subchart, and what is changed through one is seen through the other. Charts, metadata and dependencies are therefore
//! nodes with ids here, as values are tables with ids.

use super::limits::MAX_CHARTS;
use super::model::{Chart, Dependency};
use super::tables::{TableId, Tables};
use std::sync::Arc;

/// A chart in the graph.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct NodeId(usize);

/// The metadata of a chart, as far as it is changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct MetaId(usize);

/// An entry of a dependency list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct DependencyId(usize);

#[derive(Clone, Debug)]
struct Node {
    chart: Arc<Chart>,
    meta: MetaId,
    children: Vec<NodeId>,
    parent: Option<NodeId>,
    values: TableId,
}

#[derive(Clone, Debug)]
struct Meta {
    name: String,
    dependencies: Option<Vec<DependencyId>>,
}

/// All charts of a tree.
#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    metas: Vec<Meta>,
    dependencies: Vec<Dependency>,
}

// Ids come from this graph alone and nothing is ever removed, so indexing with them cannot fail.
impl Graph {
    /// Adds a chart with all its subcharts, and gives the chart.
    pub fn load<'a>(&mut self, chart: &'a Arc<Chart>, tables: &mut Tables<'a>) -> NodeId {
        let dependencies = chart.metadata.dependencies.as_ref().map(|list| {
            let first = self.dependencies.len();
            self.dependencies.extend(list.iter().cloned());
            (first..self.dependencies.len()).map(DependencyId).collect()
        });
        self.metas.push(Meta { name: chart.metadata.name.clone(), dependencies });
        let node = NodeId(self.nodes.len());
        self.nodes.push(Node {
            chart: chart.clone(),
            meta: MetaId(self.metas.len() - 1),
            children: Vec::new(),
            parent: None,
            values: tables.load(&chart.values),
        });
        let children = chart.dependencies.iter().map(|child| self.load(child, tables)).collect();
        self.set_children(node, children);
        node
    }

    /// Whether there are more charts than there may be.
    pub fn is_too_large(&self) -> bool {
        self.nodes.len() > MAX_CHARTS
    }

    pub fn chart(&self, node: NodeId) -> &Arc<Chart> {
        &self.nodes[node.0].chart
    }

    /// The name, or the alias.
    pub fn name(&self, node: NodeId) -> &str {
        &self.metas[self.nodes[node.0].meta.0].name
    }

    pub fn children(&self, node: NodeId) -> &[NodeId] {
        &self.nodes[node.0].children
    }

    pub fn set_children(&mut self, node: NodeId, children: Vec<NodeId>) {
        for child in &children {
            self.nodes[child.0].parent = Some(node);
        }
        self.nodes[node.0].children = children;
    }

    /// The defaults of the chart.
    pub fn values(&self, node: NodeId) -> TableId {
        self.nodes[node.0].values
    }

    pub fn set_values(&mut self, node: NodeId, values: TableId) {
        self.nodes[node.0].values = values;
    }

    /// The dependency list; `None` where there is none.
    pub fn listed(&self, node: NodeId) -> Option<&[DependencyId]> {
        self.metas[self.nodes[node.0].meta.0].dependencies.as_deref()
    }

    pub fn set_listed(&mut self, node: NodeId, listed: Vec<DependencyId>) {
        let meta = self.nodes[node.0].meta;
        self.metas[meta.0].dependencies = (!listed.is_empty()).then_some(listed);
    }

    pub fn dependency(&self, id: DependencyId) -> &Dependency {
        &self.dependencies[id.0]
    }

    pub fn dependency_mut(&mut self, id: DependencyId) -> &mut Dependency {
        &mut self.dependencies[id.0]
    }

    /// The path of the chart in the names of its templates.
    pub fn full_path(&self, node: NodeId) -> String {
        let mut names = vec![self.name(node)];
        let mut at = node;
        while let Some(parent) = self.nodes[at.0].parent {
            names.push(self.name(parent));
            at = parent;
        }
        names.reverse();
        names.join("/charts/")
    }

    /// A copy of a chart for a dependency of its parent. It shares its values, its subcharts and its dependency list with
    /// the original, unless it is `deep`: then it has a list of its own, and copies of its subcharts that in turn share
    /// everything.
    pub fn copy(&mut self, node: NodeId, alias: &str, deep: bool) -> NodeId {
        let mut copy = self.nodes[node.0].clone();
        let mut meta = self.metas[copy.meta.0].clone();
        if !alias.is_empty() {
            meta.name = alias.into();
        }
        if deep {
            meta.dependencies = meta.dependencies.map(|list| {
                let first = self.dependencies.len();
                for id in list {
                    self.dependencies.push(self.dependencies[id.0].clone());
                }
                (first..self.dependencies.len()).map(DependencyId).collect()
            });
        }
        copy.meta = MetaId(self.metas.len());
        self.metas.push(meta);
        let id = NodeId(self.nodes.len());
        let children = copy.children.clone();
        self.nodes.push(copy);
        if deep {
            let copies = children.iter().map(|child| self.copy_sharing_all(*child)).collect();
            self.set_children(id, copies);
        }
        id
    }

    fn copy_sharing_all(&mut self, node: NodeId) -> NodeId {
        let id = NodeId(self.nodes.len());
        self.nodes.push(self.nodes[node.0].clone());
        id
    }
}

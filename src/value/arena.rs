//! The graph of origins of one render, or of several that follow each other.
//!
//! The phases of a life, and the worlds of a chart, meet mostly the same causes under the same conditions: each render
//! takes the graph of the one before and adds to it. When all are done they share it.

use super::origin::Graph;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A graph that is one render's own, or shared with others that read it.
#[derive(Clone, Debug, Default)]
pub struct Arena {
    own: Graph,
    shared: Option<Arc<Graph>>,
}

impl Arena {
    /// The graph for others to read; nothing is copied.
    pub fn share(&mut self) -> Arena {
        if self.shared.is_none() {
            self.shared = Some(Arc::new(std::mem::take(&mut self.own)));
        }
        self.clone()
    }

    /// Whether both are one graph that is shared.
    pub fn is_shared_with(&self, other: &Arena) -> bool {
        matches!((&self.shared, &other.shared), (Some(a), Some(b)) if Arc::ptr_eq(a, b))
    }

    /// The graph to add to. Copied if others still read it.
    pub fn unshared(self) -> Arena {
        match self.shared {
            None => self,
            Some(graph) => {
                let own = Arc::try_unwrap(graph).unwrap_or_else(|graph| graph.as_ref().clone());
                Arena { own, shared: None }
            }
        }
    }

    #[cold]
    fn unshare(&mut self) {
        *self = std::mem::take(self).unshared();
    }
}

impl Deref for Arena {
    type Target = Graph;

    #[inline]
    fn deref(&self) -> &Graph {
        match &self.shared {
            None => &self.own,
            Some(graph) => graph,
        }
    }
}

impl DerefMut for Arena {
    #[inline]
    fn deref_mut(&mut self) -> &mut Graph {
        if self.shared.is_some() {
            self.unshare();
        }
        &mut self.own
    }
}

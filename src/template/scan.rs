//! The usual actions, read without tree-sitter: ten times as fast, and nearly all there are.
//!
//! The scanner gives lowering the nodes that the grammar would give, one action at a time. It knows no recovery and no
//! rare forms: whatever it does not know it leaves to tree-sitter by returning nothing.

mod reader;

use super::grammar::{Kind, Walk};
use crate::source::Span;
use memchr::memmem;
use reader::Reader;

/// A node in the order of the text, parents before their children.
#[derive(Clone, Copy)]
struct Node {
    kind: Kind,
    span: Span,
    /// The index of the node that holds it; its own for the outermost.
    parent: u32,
    /// The index behind its last descendant.
    end: u32,
}

/// The nodes of one item, to be used again for the next.
#[derive(Default)]
pub(super) struct Scanner {
    nodes: Vec<Node>,
    open: Vec<u32>,
}

/// Walks over the nodes of an item.
pub(super) struct Cursor<'a> {
    nodes: &'a [Node],
    at: u32,
}

impl Cursor<'_> {
    fn here(&self) -> Option<&Node> {
        self.nodes.get(self.at as usize)
    }
}

impl Walk for Cursor<'_> {
    fn node(&self) -> (Kind, Span) {
        self.here().map_or((Kind::Error, Span::default()), |node| (node.kind, node.span))
    }

    fn goto_first_child(&mut self) -> bool {
        let has_children = self.here().is_some_and(|node| node.end > self.at + 1);
        self.at += u32::from(has_children);
        has_children
    }

    fn goto_next_sibling(&mut self) -> bool {
        let Some(node) = self.here() else { return false };
        let is_last =
            node.parent == self.at || self.nodes.get(node.parent as usize).is_none_or(|parent| node.end >= parent.end);
        if !is_last {
            self.at = node.end;
        }
        !is_last
    }

    fn goto_parent(&mut self) -> bool {
        let parent = self.here().map_or(self.at, |node| node.parent);
        let is_inner = parent != self.at;
        self.at = parent;
        is_inner
    }
}

/// The place of the first `{{` from `from` on.
pub(super) fn next_open(text: &[u8], from: usize) -> Option<usize> {
    Some(from + memmem::find(text.get(from..)?, b"{{")?)
}

impl Scanner {
    /// The item whose `{{` stands at `start`, and where it ends.
    pub fn item(&mut self, text: &[u8], start: usize) -> Option<(Cursor<'_>, usize)> {
        self.nodes.clear();
        self.open.clear();
        let end = Reader::new(text, start, &mut self.nodes, &mut self.open).item()?;
        Some((Cursor { nodes: &self.nodes, at: 0 }, end))
    }
}

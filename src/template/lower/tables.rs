//! The tables of a tree that is being made.

use super::super::ast::{
    Branch, BranchId, CallId, Command, Define, List, Node, Number, Operand, Pipeline, PipelineId, Run, Symbol,
    TemplateCall, Tree,
};
use crate::source::Content;
use std::sync::Arc;

/// What [`Tree`] holds, as far as it is complete.
#[derive(Default)]
pub(super) struct Tables {
    pub nodes: Vec<Node>,
    pub branches: Vec<Branch>,
    pub calls: Vec<TemplateCall>,
    pub commands: Vec<Command>,
    pub operands: Vec<Operand>,
    pub bases: Vec<Operand>,
    pub pipelines: Vec<Pipeline>,
    pub numbers: Vec<Number>,
    pub strings: Vec<Arc<[u8]>>,
    pub paths: Vec<Arc<[Arc<str>]>>,
    pub functions: Vec<Arc<str>>,
    /// Variables by symbol.
    pub names: Vec<Arc<str>>,
    pub assigns: Vec<Symbol>,
    pub defines: Vec<Define>,
}

/// Makes room in an empty table, of which nothing is to be copied.
fn make_room<T>(table: &mut Vec<T>, count: usize) {
    if table.capacity() < count {
        *table = Vec::with_capacity(count);
    }
}

/// Moves what lies above a place of a stack into a table.
#[inline]
pub(super) fn settle<T: Copy>(stack: &mut Vec<T>, from: usize, table: &mut Vec<T>) -> Run {
    let first = table.len() as u32;
    table.extend_from_slice(stack.get(from..).unwrap_or_default());
    stack.truncate(from);
    Run { first, count: table.len() as u32 - first }
}

/// Adds to a table; returns the place. A file is smaller than 4 GiB, and has no more of anything than bytes.
#[inline]
pub(super) fn push<T>(table: &mut Vec<T>, part: T) -> u32 {
    table.push(part);
    (table.len() - 1) as u32
}

impl Tables {
    /// Empties the tables, but for the empty field path, which has its place. In those that are large is room for what most
    /// texts of so many bytes hold: the tree takes them as they are.
    pub fn begin(&mut self, length: usize) {
        self.defines.clear();
        self.nodes.clear();
        self.branches.clear();
        self.calls.clear();
        self.commands.clear();
        self.operands.clear();
        self.bases.clear();
        self.pipelines.clear();
        self.numbers.clear();
        self.strings.clear();
        self.paths.clear();
        self.functions.clear();
        self.names.clear();
        self.assigns.clear();
        self.paths.push(Arc::default());
        make_room(&mut self.nodes, length / 60 + 4);
        make_room(&mut self.branches, length / 256);
        make_room(&mut self.commands, length / 64 + 16);
        make_room(&mut self.operands, length / 26 + 24);
    }

    pub fn branch(&mut self, branch: Branch) -> BranchId {
        BranchId(push(&mut self.branches, branch))
    }

    pub fn call(&mut self, call: TemplateCall) -> CallId {
        CallId(push(&mut self.calls, call))
    }

    pub fn pipeline(&mut self, pipeline: Pipeline) -> PipelineId {
        PipelineId(push(&mut self.pipelines, pipeline))
    }

    pub fn nodes(&self, list: List) -> &[Node] {
        list.nodes.of(&self.nodes)
    }

    /// Empties the tables into a tree.
    pub fn take_tree(&mut self, source: Content, root: List) -> Tree {
        Tree {
            source,
            root,
            defines: take(&mut self.defines),
            names: take(&mut self.names),
            nodes: give(&mut self.nodes),
            branches: give(&mut self.branches),
            calls: take(&mut self.calls),
            commands: give(&mut self.commands),
            operands: give(&mut self.operands),
            bases: take(&mut self.bases),
            pipelines: take(&mut self.pipelines),
            numbers: take(&mut self.numbers),
            strings: take(&mut self.strings),
            paths: take(&mut self.paths),
            functions: take(&mut self.functions),
            assigns: take(&mut self.assigns),
        }
    }
}

/// A table that was made for its text.
fn give<T>(table: &mut Vec<T>) -> Box<[T]> {
    std::mem::take(table).into_boxed_slice()
}

/// What is in a table, which keeps its room.
fn take<T>(table: &mut Vec<T>) -> Box<[T]> {
    let mut taken = Vec::with_capacity(table.len());
    taken.append(table);
    taken.into_boxed_slice()
}

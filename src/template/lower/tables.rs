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

/// Few texts are longer.
const ROOM: usize = 1 << 16;

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
    /// Empties the tables, but for the empty field path, which has its place. There is room for what a text of so many
    /// bytes may hold that is full of actions; it costs nothing while it is not written to.
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
        let length = length.max(ROOM);
        make_room(&mut self.nodes, length / 32);
        make_room(&mut self.commands, length / 32);
        make_room(&mut self.operands, length / 16);
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
            defines: self.defines.drain(..).collect(),
            names: self.names.drain(..).collect(),
            nodes: take(&mut self.nodes),
            branches: take(&mut self.branches),
            calls: self.calls.drain(..).collect(),
            commands: take(&mut self.commands),
            operands: take(&mut self.operands),
            bases: take(&mut self.bases),
            pipelines: take(&mut self.pipelines),
            numbers: self.numbers.drain(..).collect(),
            strings: self.strings.drain(..).collect(),
            paths: self.paths.drain(..).collect(),
            functions: self.functions.drain(..).collect(),
            assigns: take(&mut self.assigns),
        }
    }
}

/// What is in a table, which keeps its room.
fn take<T: Copy>(table: &mut Vec<T>) -> Box<[T]> {
    let taken = table.as_slice().into();
    table.clear();
    taken
}

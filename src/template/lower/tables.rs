//! The tables of a tree that is being made.

use super::super::ast::{
    Branch, BranchId, CallId, Command, Define, FieldsId, FunctionId, List, Node, Number, NumberId, Operand, OperandId,
    Pipeline, PipelineId, Run, StringId, Symbol, TemplateCall, Tree,
};
use std::sync::Arc;

/// What [`Tree`] holds, as far as it is complete.
#[derive(Default)]
pub(super) struct Tables {
    pub nodes: Vec<Node>,
    pub branches: Vec<Branch>,
    pub calls: Vec<TemplateCall>,
    pub commands: Vec<Command>,
    pub operands: Vec<Operand>,
    pub pipelines: Vec<Pipeline>,
    pub numbers: Vec<Number>,
    pub strings: Vec<Arc<[u8]>>,
    pub paths: Vec<Arc<[Arc<str>]>>,
    pub functions: Vec<Arc<str>>,
    pub assigns: Vec<Symbol>,
    pub defines: Vec<Define>,
}

/// Moves what lies above a place of a stack into a table.
pub(super) fn settle<T: Copy>(stack: &mut Vec<T>, from: usize, table: &mut Vec<T>) -> Run {
    let first = table.len() as u32;
    table.extend_from_slice(stack.get(from..).unwrap_or_default());
    stack.truncate(from);
    Run { first, count: table.len() as u32 - first }
}

/// Adds to a table; returns the place. A file is smaller than 4 GiB, and has no more of anything than bytes.
fn push<T>(table: &mut Vec<T>, part: T) -> u32 {
    table.push(part);
    (table.len() - 1) as u32
}

impl Tables {
    pub fn branch(&mut self, branch: Branch) -> BranchId {
        BranchId(push(&mut self.branches, branch))
    }

    pub fn call(&mut self, call: TemplateCall) -> CallId {
        CallId(push(&mut self.calls, call))
    }

    pub fn pipeline(&mut self, pipeline: Pipeline) -> PipelineId {
        PipelineId(push(&mut self.pipelines, pipeline))
    }

    /// An operand that is none of a command.
    pub fn operand(&mut self, operand: Operand) -> OperandId {
        OperandId(push(&mut self.operands, operand))
    }

    pub fn number(&mut self, number: Number) -> NumberId {
        NumberId(push(&mut self.numbers, number))
    }

    pub fn string(&mut self, value: Arc<[u8]>) -> StringId {
        StringId(push(&mut self.strings, value))
    }

    pub fn fields(&mut self, fields: Arc<[Arc<str>]>) -> FieldsId {
        FieldsId(push(&mut self.paths, fields))
    }

    pub fn function(&mut self, name: Arc<str>) -> FunctionId {
        FunctionId(push(&mut self.functions, name))
    }

    pub fn nodes(&self, list: List) -> &[Node] {
        list.nodes.of(&self.nodes)
    }

    /// The tree of all.
    pub fn into_tree(self, source: Arc<[u8]>, root: List, names: Vec<Arc<str>>) -> Tree {
        Tree {
            source,
            root,
            defines: self.defines.into(),
            names: names.into(),
            nodes: self.nodes.into(),
            branches: self.branches.into(),
            calls: self.calls.into(),
            commands: self.commands.into(),
            operands: self.operands.into(),
            pipelines: self.pipelines.into(),
            numbers: self.numbers.into(),
            strings: self.strings.into(),
            paths: self.paths.into(),
            functions: self.functions.into(),
            assigns: self.assigns.into(),
        }
    }
}

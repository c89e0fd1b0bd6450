//! Blocks that are open: branches with their arms, `define` and `block`.

use super::super::MAX_BLOCKS;
use super::super::ast::{Branch, Define, List, Node, Pipeline, Run, TemplateCall};
use super::super::grammar::Kind;
use super::super::literal::unquote;
use super::names::Assigned;
use super::{Clause, Lowering};
use crate::source::Span;

/// How many entries all `Branch::assigns` of a file may have together. Real files have some hundred.
const MAX_ASSIGNS: usize = 1 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    If,
    With,
    Range,
}

/// An open block, with the list around it.
pub(super) enum Open {
    Branch(Box<OpenBranch>),
    Template(Box<OpenTemplate>),
}

pub(super) struct OpenBranch {
    block: Block,
    head: Span,
    pipeline: Pipeline,
    /// The first arm, once the second has begun.
    body: Option<List>,
    /// An `else if` or `else with`, which ends together with the branch around it.
    is_chained: bool,
    /// Names when the branch began, and when its first arm began.
    depth: usize,
    arm: usize,
    assigns: Vec<Assigned>,
    jumps: bool,
    may_mutate: bool,
    /// How many nodes there were when the arm began.
    start: usize,
}

pub(super) struct OpenTemplate {
    start: u32,
    name: Vec<u8>,
    /// For `block`: what calls it.
    call: Option<TemplateCall>,
    scope: (usize, usize),
    /// Loops around it, which its own `break` does not reach.
    ranges: usize,
    /// How many nodes there were.
    first: usize,
}

impl Lowering<'_> {
    fn push(&mut self, open: Open) -> Option<()> {
        if self.open.len() >= MAX_BLOCKS {
            return None;
        }
        self.open.push(open);
        Some(())
    }

    fn branch(&mut self) -> Option<&mut OpenBranch> {
        match self.open.last_mut() {
            Some(Open::Branch(branch)) => Some(branch),
            _ => None,
        }
    }

    /// Gives what pipelines do to the innermost branch.
    pub(super) fn take_effects(&mut self) {
        if !self.effects.may_mutate && self.effects.assigns.is_empty() {
            return;
        }
        let effects = std::mem::take(&mut self.effects);
        if let Some(branch) = self.branch() {
            branch.may_mutate |= effects.may_mutate;
            branch.assigns.extend(effects.assigns);
        }
    }

    /// Opens a branch. `depth` is how many names there were before its head, whose own belong to the branch.
    pub(super) fn open_branch(&mut self, block: Block, clause: Clause, depth: usize, is_chained: bool) -> Option<()> {
        let pipeline = clause.pipeline?;
        let arm = self.scopes.depth();
        // `range $x = …` assigns once an element, as its body would.
        let own = if block == Block::Range { self.effects.assigns.clone() } else { Vec::new() };
        self.take_effects();
        let start = self.list.len();
        self.ranges += usize::from(block == Block::Range);
        self.push(Open::Branch(Box::new(OpenBranch {
            block,
            head: clause.span,
            pipeline,
            body: None,
            is_chained,
            depth,
            arm,
            assigns: own,
            jumps: false,
            may_mutate: false,
            start,
        })))
    }

    /// Before `else` is read: what the first arm declared is over.
    pub(super) fn end_arm(&mut self) -> Option<()> {
        let arm = self.branch()?.arm;
        self.scopes.end_arm(arm);
        Some(())
    }

    /// `else`: begins the second arm, which for `else if` is a branch of its own.
    pub(super) fn switch(&mut self, clause: Clause, depth: usize) -> Option<()> {
        let has_else_with = self.rules.has_else_with;
        let branch = self.branch()?;
        let (block, start) = (branch.block, branch.start);
        if branch.body.is_some() {
            return None;
        }
        let arm = self.nodes_from(start);
        self.branch()?.body = Some(arm);
        self.ranges -= usize::from(block == Block::Range);
        match clause.follows {
            None => Some(()),
            Some(Kind::KeywordIf) if block == Block::If => self.open_branch(Block::If, clause, depth, true),
            Some(Kind::KeywordWith) if block == Block::With && has_else_with => {
                self.open_branch(Block::With, clause, depth, true)
            }
            Some(_) => None,
        }
    }

    pub(super) fn end(&mut self, end: Span) -> Option<()> {
        loop {
            match self.open.pop()? {
                Open::Template(open) => return self.end_template(*open, end),
                Open::Branch(open) => {
                    if !self.end_branch(*open, end)? {
                        return Some(());
                    }
                }
            }
        }
    }

    /// Ends a branch; whether the one around it ends as well.
    fn end_branch(&mut self, open: OpenBranch, end: Span) -> Option<bool> {
        let arm = self.nodes_from(open.start);
        self.ranges -= usize::from(open.block == Block::Range && open.body.is_none());
        let (body, otherwise) = match open.body {
            Some(body) => (body, Some(arm)),
            None => (arm, None),
        };
        self.scopes.cut(open.depth);
        let mut assigns = open.assigns;
        assigns.retain(|assigned| assigned.declared < open.depth);
        assigns.sort_unstable();
        assigns.dedup();
        let table = &mut self.tables.assigns;
        let first = table.len();
        for assigned in &assigns {
            // Sorted by symbol.
            if table.get(first..)?.last() != Some(&assigned.symbol) {
                table.push(assigned.symbol);
            }
        }
        let symbols = Run { first: first as u32, count: (table.len() - first) as u32 };
        if table.len() > MAX_ASSIGNS {
            self.is_over_budget = true;
            return None;
        }
        if let Some(outer) = self.branch() {
            outer.assigns.extend(assigns);
            outer.may_mutate |= open.may_mutate;
            outer.jumps |= open.jumps && outer.is_left_by_jumps();
        }
        let branch = self.tables.branch(Branch {
            span: Span::new(open.head.start, end.end),
            head: open.head,
            pipeline: open.pipeline,
            body,
            otherwise,
            assigns: symbols,
            jumps: open.jumps,
            may_mutate: open.may_mutate,
        });
        self.list.push(match open.block {
            Block::If => Node::If(branch),
            Block::With => Node::With(branch),
            Block::Range => Node::Range(branch),
        });
        Some(open.is_chained)
    }

    /// `break` and `continue`: only in the body of a `range` of the same template.
    pub(super) fn jump(&mut self, node: Node) -> Option<()> {
        if !self.rules.has_break || self.ranges == 0 {
            return None;
        }
        if let Some(branch) = self.branch() {
            branch.jumps |= branch.is_left_by_jumps();
        }
        self.list.push(node);
        Some(())
    }

    pub(super) fn open_define(&mut self, clause: Clause) -> Option<()> {
        if !self.open.is_empty() {
            return None;
        }
        self.begin_template(&clause, None)
    }

    pub(super) fn open_block(&mut self, clause: Clause) -> Option<()> {
        self.effects.may_mutate = true;
        self.take_effects();
        let call = self.template_call(&clause)?;
        let call = TemplateCall { argument: Some(clause.pipeline?), ..call };
        self.begin_template(&Clause { pipeline: None, ..clause }, Some(call))
    }

    fn begin_template(&mut self, clause: &Clause, call: Option<TemplateCall>) -> Option<()> {
        let name = unquote(self.bytes(clause.name?))?;
        let scope = self.scopes.enter();
        let ranges = std::mem::take(&mut self.ranges);
        let first = self.list.len();
        self.push(Open::Template(Box::new(OpenTemplate { start: clause.span.start, name, call, scope, ranges, first })))
    }

    fn end_template(&mut self, open: OpenTemplate, end: Span) -> Option<()> {
        let body = self.nodes_from(open.first);
        self.scopes.leave(open.scope);
        self.ranges = open.ranges;
        let is_empty = self.is_empty(body);
        self.tables.defines.push(Define {
            name: self.names.share_lossy(&open.name),
            span: Span::new(open.start, end.end),
            body,
            is_empty,
        });
        self.define(open.name, is_empty)?;
        if let Some(call) = open.call {
            let call = self.tables.call(call);
            self.list.push(Node::Template(call));
        }
        Some(())
    }
}

impl OpenBranch {
    /// Whether a `break` in the arm that is open now leaves this branch, rather than being taken by its loop.
    fn is_left_by_jumps(&self) -> bool {
        self.block != Block::Range || self.body.is_some()
    }
}

//! Blocks that are open: branches with their arms, `define` and `block`.

use super::super::MAX_BLOCKS;
use super::super::ast::{Branch, BranchId, CallId, Define, List, Node, Pipeline, Run, TemplateCall};
use super::super::grammar::Kind;
use super::{Clause, Lowering};
use crate::source::Span;
use std::sync::Arc;

/// How many entries all `Branch::assigns` of a file may have together. Real files have some hundred.
const MAX_ASSIGNS: usize = 1 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    If,
    With,
    Range,
}

/// An open block, with the list around it.
pub(super) enum Open {
    Branch(OpenBranch),
    Template(OpenTemplate),
}

pub(super) struct OpenBranch {
    block: Block,
    /// Its place in the table, where its parts are filled in when it ends.
    id: BranchId,
    /// Its second arm has begun.
    has_body: bool,
    /// An `else if` or `else with`, which ends together with the branch around it.
    is_chained: bool,
    /// Names when the branch began, and when its first arm began.
    depth: u32,
    arm: u32,
    /// How many assignments there were before its own.
    assigned: u32,
    /// How many nodes there were when the arm began.
    start: u32,
}

pub(super) struct OpenTemplate {
    start: u32,
    name: Arc<[u8]>,
    /// For `block`: what calls it.
    call: Option<CallId>,
    scope: (usize, usize),
    /// Loops around it, which its own `break` does not reach.
    ranges: usize,
    /// How many nodes there were.
    first: u32,
}

impl Lowering<'_> {
    fn push(&mut self, open: Open) -> Option<()> {
        if self.bench.open.len() >= MAX_BLOCKS {
            return None;
        }
        self.bench.open.push(open);
        Some(())
    }

    fn branch(&self) -> Option<&OpenBranch> {
        match self.bench.open.last() {
            Some(Open::Branch(branch)) => Some(branch),
            _ => None,
        }
    }

    /// What is known of the innermost branch.
    fn known(&mut self) -> Option<&mut Branch> {
        let id = self.branch()?.id;
        self.bench.tables.branches.get_mut(id.0 as usize)
    }

    /// Gives what pipelines do to the innermost branch.
    #[inline]
    pub(super) fn take_effects(&mut self) {
        if self.bench.effects.may_mutate || !self.bench.effects.assigns.is_empty() {
            self.take_some_effects();
        }
    }

    fn take_some_effects(&mut self) {
        let may_mutate = std::mem::take(&mut self.bench.effects.may_mutate);
        if let Some(branch) = self.known() {
            branch.may_mutate |= may_mutate;
            self.bench.assigned.append(&mut self.bench.effects.assigns);
        }
        self.bench.effects.assigns.clear();
    }

    /// Opens a branch. `depth` is how many names there were before its head, whose own belong to the branch.
    pub fn open_branch(
        &mut self,
        block: Block,
        head: Span,
        pipeline: Pipeline,
        depth: u32,
        is_chained: bool,
    ) -> Option<()> {
        let arm = self.bench.scopes.depth() as u32;
        // `range $x = …` assigns once an element, as its body would.
        let own = if block == Block::Range { self.bench.effects.assigns.clone() } else { Vec::new() };
        self.take_effects();
        let assigned = self.bench.assigned.len() as u32;
        if !own.is_empty() {
            self.bench.assigned.extend(own);
        }
        let start = self.bench.list.len() as u32;
        self.ranges += usize::from(block == Block::Range);
        let id = self.bench.tables.branch(Branch {
            span: head,
            head,
            pipeline,
            body: List::default(),
            otherwise: None,
            assigns: Run::default(),
            jumps: false,
            may_mutate: false,
        });
        let has_body = false;
        self.push(Open::Branch(OpenBranch { block, id, has_body, is_chained, depth, arm, assigned, start }))
    }

    /// Before `else` is read: what the first arm declared is over.
    pub(super) fn end_arm(&mut self) -> Option<()> {
        let arm = self.branch()?.arm;
        self.bench.scopes.end_arm(arm as usize);
        Some(())
    }

    /// `else`: begins the second arm, which for `else if` is a branch of its own.
    pub(super) fn switch(&mut self, clause: Clause, depth: u32) -> Option<()> {
        let Some(Open::Branch(branch)) = self.bench.open.last_mut() else { return None };
        let (block, start) = (branch.block, branch.start);
        if std::mem::replace(&mut branch.has_body, true) {
            return None;
        }
        let arm = self.nodes_from(start);
        self.known()?.body = arm;
        self.ranges -= usize::from(block == Block::Range);
        let block = match clause.follows {
            None => return Some(()),
            Some(Kind::KeywordIf) if block == Block::If => Block::If,
            Some(Kind::KeywordWith) if block == Block::With && self.rules.has_else_with => Block::With,
            Some(_) => return None,
        };
        self.open_branch(block, clause.span, clause.pipeline?, depth, true)
    }

    pub fn end(&mut self, end: Span) -> Option<()> {
        loop {
            match self.bench.open.pop()? {
                Open::Template(open) => return self.end_template(open, end),
                Open::Branch(open) => {
                    if !self.end_branch(open, end)? {
                        return Some(());
                    }
                }
            }
        }
    }

    /// Ends a branch; whether the one around it ends as well.
    fn end_branch(&mut self, open: OpenBranch, end: Span) -> Option<bool> {
        let arm = self.nodes_from(open.start);
        self.ranges -= usize::from(open.block == Block::Range && !open.has_body);
        self.bench.scopes.cut(open.depth as usize);
        let assigns = self.assigns(&open)?;
        let branch = self.bench.tables.branches.get_mut(open.id.0 as usize)?;
        branch.span.end = end.end;
        branch.assigns = assigns;
        if open.has_body {
            branch.otherwise = Some(arm);
        } else {
            branch.body = arm;
        }
        let (jumps, may_mutate) = (branch.jumps, branch.may_mutate);
        if jumps || may_mutate {
            self.leave(jumps, may_mutate);
        }
        self.bench.list.push(match open.block {
            Block::If => Node::If(open.id),
            Block::With => Node::With(open.id),
            Block::Range => Node::Range(open.id),
        });
        Some(open.is_chained)
    }

    /// Tells the innermost branch what something in its arm does.
    fn leave(&mut self, jumps: bool, may_mutate: bool) {
        let is_left = self.branch().is_some_and(OpenBranch::is_left_by_jumps);
        if let Some(outer) = self.known() {
            outer.may_mutate |= may_mutate;
            outer.jumps |= jumps && is_left;
        }
    }

    /// The outer variables that a branch assigns that ends. What it assigns, the branch around it does.
    fn assigns(&mut self, open: &OpenBranch) -> Option<Run> {
        let has_outer = self.branch().is_some();
        let (assigned, table) = (&mut self.bench.assigned, &mut self.bench.tables.assigns);
        let first = table.len();
        if assigned.len() > open.assigned as usize {
            let mut own: Vec<_> = assigned.drain(open.assigned as usize..).collect();
            own.retain(|assigned| assigned.declared < open.depth as usize);
            own.sort_unstable();
            own.dedup();
            if has_outer {
                assigned.extend(&own);
            }
            own.dedup_by_key(|assigned| assigned.symbol);
            table.extend(own.iter().map(|assigned| assigned.symbol));
        }
        if table.len() > MAX_ASSIGNS {
            self.is_over_budget = true;
            return None;
        }
        Some(Run { first: first as u32, count: (table.len() - first) as u32 })
    }

    /// `break` and `continue`: only in the body of a `range` of the same template.
    pub(super) fn jump(&mut self, node: Node) -> Option<()> {
        if !self.rules.has_break || self.ranges == 0 {
            return None;
        }
        self.leave(true, false);
        self.bench.list.push(node);
        Some(())
    }

    pub(super) fn open_define(&mut self, clause: Clause) -> Option<()> {
        if !self.bench.open.is_empty() {
            return None;
        }
        self.begin_template(&clause, None)
    }

    pub(super) fn open_block(&mut self, clause: Clause) -> Option<()> {
        self.bench.effects.may_mutate = true;
        self.take_effects();
        let call = self.template_call(&clause)?;
        let call = TemplateCall { argument: Some(clause.pipeline?), ..call };
        let call = self.bench.tables.call(call);
        self.begin_template(&Clause { pipeline: None, ..clause }, Some(call))
    }

    fn begin_template(&mut self, clause: &Clause, call: Option<CallId>) -> Option<()> {
        let name = self.name(clause.name?)?;
        let scope = self.bench.scopes.enter();
        let ranges = std::mem::take(&mut self.ranges);
        let first = self.bench.list.len() as u32;
        self.push(Open::Template(OpenTemplate { start: clause.span.start, name, call, scope, ranges, first }))
    }

    fn end_template(&mut self, open: OpenTemplate, end: Span) -> Option<()> {
        let body = self.nodes_from(open.first);
        self.bench.scopes.leave(open.scope);
        self.ranges = open.ranges;
        let is_empty = self.is_empty(body);
        self.bench.tables.defines.push(Define {
            name: self.bench.words.share(&open.name),
            span: Span::new(open.start, end.end),
            body,
            is_empty,
        });
        self.define(open.name, is_empty)?;
        if let Some(call) = open.call {
            self.bench.list.push(Node::Template(call));
        }
        Some(())
    }
}

impl OpenBranch {
    /// Whether a `break` in the arm that is open now leaves this branch, rather than being taken by its loop.
    fn is_left_by_jumps(&self) -> bool {
        self.block != Block::Range || self.has_body
    }
}

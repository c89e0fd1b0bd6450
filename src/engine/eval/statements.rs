//! Statements: text, actions, control structures.

use super::{At, Evaluator, Frame, MAX_DEPTH, Val, Write};
use crate::engine::error::Error;
use crate::engine::function::Failure;
use crate::source::Span;
use crate::template::ast::{Branch, List, Node, Pipeline, TemplateCall, Tree};
use crate::value::origin::{GuardId, Outcome, Step};
use crate::value::{Data, MapKind, OriginId, Text, Value};
use std::ops::ControlFlow;
use std::sync::Arc;

/// How a list ended: normally, or by `break` or `continue`.
type Flow = ControlFlow<Jump>;

/// What the provenance of a piece of text takes from the budget.
const PIECE: usize = 32;

pub(super) enum Jump {
    Break,
    Continue,
}

impl Evaluator<'_> {
    /// Runs a list to its end; the parser allows jumps in loops alone.
    pub(super) fn list<'t>(&mut self, frame: &mut Frame<'t>, dot: &Val, list: List) -> Result<(), Error> {
        self.nodes(frame, dot, list).map(|_| ())
    }

    fn nodes<'t>(&mut self, frame: &mut Frame<'t>, dot: &Val, list: List) -> Result<Flow, Error> {
        let tree = &frame.unit.tree;
        for node in tree.nodes(list) {
            self.work(frame, 1)?;
            match node {
                Node::Text(span) => {
                    let address = frame.unit.base + span.start;
                    self.note_write(span.at(frame.unit.base));
                    let bytes = frame.unit.tree.source.get(span.range()).unwrap_or_default();
                    self.work(frame, bytes.len() + PIECE)?;
                    self.out.push_literal(bytes, self.rt.guard, address);
                }
                Node::Action(pipeline) => {
                    let value = self.pipeline_or_stand_in(frame, dot, pipeline)?;
                    if pipeline.declares().is_empty() {
                        self.print(frame, &value, pipeline)?;
                    }
                }
                Node::If(branch) => {
                    if let ControlFlow::Break(jump) = self.branch(frame, dot, tree.branch(*branch), false)? {
                        return Ok(ControlFlow::Break(jump));
                    }
                }
                Node::With(branch) => {
                    if let ControlFlow::Break(jump) = self.branch(frame, dot, tree.branch(*branch), true)? {
                        return Ok(ControlFlow::Break(jump));
                    }
                }
                Node::Range(branch) => self.range(frame, dot, tree.branch(*branch))?,
                Node::Template(call) => self.template_call(frame, dot, tree.call(*call))?,
                Node::Break(_) => return Ok(ControlFlow::Break(Jump::Break)),
                Node::Continue(_) => return Ok(ControlFlow::Break(Jump::Continue)),
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    pub(super) fn work(&mut self, frame: &Frame<'_>, amount: usize) -> Result<(), Error> {
        self.rt.spend(amount).map_err(|failure| self.failure(frame, failure))
    }

    /// A failure that is no error of a function.
    pub(super) fn failure(&self, frame: &Frame<'_>, failure: Failure) -> Error {
        match failure {
            Failure::Error(message) => self.error(frame, message, None),
            Failure::Budget(message) => self.error(frame, "", Some(Error::Budget(message))),
        }
    }

    /// Notes which node of the file writes next.
    fn note_write(&mut self, span: Span) {
        if self.rt.is_followed && self.depth == 0 {
            self.writes.push(Write { start: self.out.len() as u32, span });
        }
    }

    fn print<'t>(&mut self, frame: &mut Frame<'t>, value: &Val, pipeline: &'t Pipeline) -> Result<(), Error> {
        let start = self.out.len();
        let span = pipeline.span.at(frame.unit.base);
        self.note_write(span);
        match &value.v.data {
            Data::Str(text) => {
                self.work(frame, text.len() + PIECE * (text.pieces().len() + 1))?;
                self.out.push_text(text);
            }
            _ => {
                let mut out = std::mem::take(&mut self.out);
                let printed = crate::engine::functions::print::print_value(&mut self.rt, &value.v, &mut out);
                self.out = out;
                if let Err(failure) = printed {
                    frame.at = At::Pipeline(pipeline);
                    return Err(self.failure(frame, failure));
                }
            }
        }
        if self.out.len() == start {
            if !value.v.origin.is_none() || !self.rt.guard.is_none() {
                self.out.cover(start, value.v.origin, self.rt.guard, span.start);
            }
        } else {
            self.out.cover(start, value.v.origin, self.rt.guard, span.start);
        }
        Ok(())
    }

    /// `if` and `with`.
    fn branch<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        branch: &'t Branch,
        is_with: bool,
    ) -> Result<Flow, Error> {
        let scope = frame.variables.len();
        let mut value = self.pipeline_or_stand_in(frame, dot, &branch.pipeline)?;
        let (mut truth, origin) = self.truth(&value.v);
        let head = branch.head.at(frame.unit.base);
        let is_turned = self.rt.turns(head, truth, origin);
        if is_turned {
            truth = !truth;
            if truth && is_with {
                value = self.assumed(frame, &value, &branch.pipeline);
            }
        }
        let outcome = if truth { Outcome::True } else { Outcome::False };
        self.log_condition(frame, dot, &branch.pipeline, head, outcome, origin);
        let outer = self.rt.guard;
        let guard = match is_turned {
            true => self.rt.arena.forced_guard(outer, head, outcome, origin),
            false => self.rt.arena.guard(outer, head, outcome, origin),
        };
        self.rt.decided(origin);
        self.rt.guard = guard;
        let written = self.out.len();
        let flow = if truth {
            self.nodes(frame, if is_with { &value } else { dot }, branch.body)?
        } else if let Some(list) = branch.otherwise {
            self.nodes(frame, dot, list)?
        } else {
            ControlFlow::Continue(())
        };
        frame.variables.truncate(scope);
        let ended = self.rt.guard;
        self.rt.guard = outer;
        if guard != outer {
            self.after_branch(frame, branch, origin, guard, written, head);
        }
        if branch.jumps {
            // Whether the rest of the loop runs depends on this condition, and on those in it.
            self.rt.guard = ended;
        }
        Ok(flow)
    }

    /// What a condition decides beyond the text of the arm that ran.
    fn after_branch(
        &mut self,
        frame: &mut Frame<'_>,
        branch: &Branch,
        origin: OriginId,
        guard: GuardId,
        written: usize,
        head: Span,
    ) {
        if self.out.len() == written {
            self.out.mark(guard, head.start);
        }
        for symbol in frame.unit.tree.assigns(branch) {
            let decided = self.rt.arena.step(origin, || Step::Decided, head);
            if let Some((_, variable)) = frame.variables.iter_mut().rev().find(|(s, _)| s == symbol) {
                variable.v.origin = self.rt.arena.join(variable.v.origin, decided);
            }
        }
        if self.rt.is_followed && branch.may_mutate && self.branch_mutates(frame, branch) {
            self.rt.heap_marks = self.rt.arena.join(self.rt.heap_marks, origin);
        }
    }

    fn range<'t>(&mut self, frame: &mut Frame<'t>, dot: &Val, branch: &'t Branch) -> Result<(), Error> {
        let scope = frame.variables.len();
        let outer = self.rt.guard;
        let span = branch.pipeline.span.at(frame.unit.base);
        let head = branch.head.at(frame.unit.base);
        let value = self.range_pipeline(frame, dot, &branch.pipeline);
        let value = self.or_stand_in(frame, value, &branch.pipeline)?;
        let items = self.items(frame, &value, &branch.pipeline, span);
        let mut items = self.or_nothing(items, span)?;
        let origin = self.shape_origin(&value.v);
        let is_turned = self.rt.turns(head, !items.is_empty(), origin);
        if is_turned {
            items = if items.is_empty() { self.assumed_items(frame, &value, &branch.pipeline) } else { Vec::new() };
        }
        let outcome = if items.is_empty() { Outcome::Empty } else { Outcome::Some };
        self.log_condition(frame, dot, &branch.pipeline, head, outcome, origin);
        let guard = match is_turned {
            true => self.rt.arena.forced_guard(outer, head, outcome, origin),
            false => self.rt.arena.guard(outer, head, outcome, origin),
        };
        self.rt.decided(origin);
        self.rt.guard = guard;
        let written = self.out.len();
        let mut decides = origin;
        if items.is_empty() {
            if let Some(list) = branch.otherwise {
                // Jumps in the else part belong to an outer loop; Go's parser refuses them there.
                let _ = self.nodes(frame, dot, list)?;
            }
        } else {
            for (key, element) in items {
                self.work(frame, 1)?;
                let inner = frame.variables.len();
                let is_set = self.loop_variables(frame, &branch.pipeline, key, &element);
                self.or_nothing(is_set, span)?;
                let flow = self.nodes(frame, &element, branch.body)?;
                frame.variables.truncate(inner);
                if let ControlFlow::Break(Jump::Break) = flow {
                    break;
                }
            }
            if branch_has_jumps(&frame.unit.tree, branch) {
                let since = self.rt.arena.guard_origin(self.rt.guard, guard);
                decides = self.rt.arena.join(decides, since);
            }
        }
        frame.variables.truncate(scope);
        self.rt.guard = outer;
        if !decides.is_none() {
            self.after_branch(frame, branch, decides, guard, written, head);
        }
        Ok(())
    }

    /// The variables of one iteration, declared or assigned.
    fn loop_variables<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        pipeline: &'t Pipeline,
        key: Value,
        element: &Val,
    ) -> Result<(), Error> {
        let pairs: [(usize, Val); 2] = match pipeline.declares().len() {
            0 => return Ok(()),
            1 => [(0, element.clone()), (usize::MAX, Val::of(Value::NIL))],
            // Go 1.18 to 1.20 mixed the two up when they were assigned.
            _ if pipeline.is_assign && (18..=20).contains(&self.rt.profile.go()) => {
                [(0, element.clone()), (1, Val::of(key))]
            }
            _ => [(0, Val::of(key)), (1, element.clone())],
        };
        for (index, value) in pairs {
            let Some(symbol) = pipeline.declares().get(index) else { continue };
            if pipeline.is_assign {
                self.assign(frame, *symbol, value)?;
            } else {
                frame.variables.push((*symbol, value));
            }
        }
        Ok(())
    }

    /// What `range` goes over: pairs of key and element.
    fn items(
        &mut self,
        frame: &mut Frame<'_>,
        value: &Val,
        pipeline: &Pipeline,
        span: Span,
    ) -> Result<Vec<(Value, Val)>, Error> {
        let origin = value.v.origin;
        Ok(match &value.v.data {
            Data::Nil | Data::NilMap => Vec::new(),
            Data::List(list) => {
                let boxed = list.element().is_boxed();
                let mut items = Vec::with_capacity(list.len());
                for (index, item) in list.items().iter().enumerate() {
                    let mut item = item.clone();
                    if origin.is_live() && item.origin != origin {
                        let name: Arc<str> = format!("[{index}]").into();
                        item.origin = self.rt.arena.field_step(origin, item.origin, &name, span);
                    }
                    items.push((Value::int(index as i64), Val { v: item, boxed }));
                }
                items
            }
            Data::Bytes(text) => {
                let bytes = text.bytes().iter().enumerate();
                bytes
                    .map(|(i, b)| {
                        let byte = Data::Uint(u64::from(*b), crate::value::UintKind::Uint8);
                        (Value::int(i as i64), Val::of(Value::new(byte, origin)))
                    })
                    .collect()
            }
            Data::Map(id) => {
                let map = self.rt.heap.get(*id);
                let boxed = matches!(map.kind, MapKind::Plain | MapKind::Values);
                let keys: Vec<_> = map.entries.keys().cloned().collect();
                let shape = self.rt.arena.join(map.shape, origin);
                let mut items = Vec::with_capacity(keys.len());
                for key in keys {
                    let element = self.rt.entry(&value.v, &key, span);
                    let key = Value::new(Data::Str(Text::shared(&key)), shape);
                    items.push((key, Val { v: element, boxed }));
                }
                items
            }
            Data::Int(..) | Data::Uint(..) if self.rt.profile.go() >= 24 => {
                if pipeline.declares().len() > 1 {
                    let shown = crate::engine::functions::print::display(&self.rt, &value.v);
                    let message = format!("can't use {shown} to iterate over more than one variable");
                    return Err(self.error(frame, message, None));
                }
                let count = match value.v.data {
                    Data::Int(i, _) => i.max(0) as u64,
                    Data::Uint(u, _) => u,
                    _ => 0,
                };
                self.work(frame, usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(64))?;
                let of = |i: u64| match value.v.data {
                    Data::Uint(_, kind) => Data::Uint(i, kind),
                    Data::Int(_, kind) => Data::Int(i as i64, kind),
                    _ => Data::Nil,
                };
                (0..count).map(|i| (Value::int(i as i64), Val::of(Value::new(of(i), origin)))).collect()
            }
            Data::Unknown(id) => {
                if !self.choose(*id) {
                    return Ok(Vec::new());
                }
                let key: Arc<[u8]> = Arc::from(&b"[0]"[..]);
                let element = self.rt.unknown_child(*id, origin, &key, span);
                vec![(Value::new(Data::Int(0, crate::value::IntKind::Int), origin), Val::boxed(element))]
            }
            _ => {
                if let Some(item) = self.rt.stand_in_below(&value.v, "[0]") {
                    return Ok(vec![(Value::new(Data::Int(0, crate::value::IntKind::Int), origin), Val::boxed(item))]);
                }
                let shown = crate::engine::functions::print::display(&self.rt, &value.v);
                return Err(self.error(frame, format!("range can't iterate over {shown}"), None));
            }
        })
    }

    fn template_call<'t>(&mut self, frame: &mut Frame<'t>, dot: &Val, call: &'t TemplateCall) -> Result<(), Error> {
        frame.at = At::Template(call);
        let Some(template) = self.template(&call.name) else {
            if self.rt.forcing.is_some() {
                self.print_missing(&call.name, call.span.at(frame.unit.base));
                return Ok(());
            }
            let message = format!("template {} not defined", frame.unit.tree.written(call.quoted));
            return Err(self.error(frame, message, None));
        };
        if self.depth >= MAX_DEPTH {
            let message = "exceeded maximum template depth (100000)".to_string();
            if self.rt.forcing.is_some() {
                return Ok(());
            }
            return Err(self.error(frame, message, None));
        }
        let argument = match &call.argument {
            Some(pipeline) => self.pipeline_or_stand_in(frame, dot, pipeline)?,
            None => Val::of(Value::NIL),
        };
        let span = call.span.at(frame.unit.base);
        self.note_write(span);
        if self.is_too_deep_to_force() {
            return Ok(());
        }
        self.depth += 1;
        let outer = self.enter(span);
        let result = self.execute(&call.name, &template, argument);
        self.leave(outer);
        self.depth -= 1;
        result
    }

    /// Steps into a call: places inside are told apart by the path of calls that leads to them.
    pub(super) fn enter(&mut self, span: Span) -> u64 {
        let outer = self.rt.call_path;
        let mixed = (outer ^ u64::from(span.start)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.rt.call_path = mixed.rotate_left(23) ^ u64::from(span.end);
        outer
    }

    pub(super) fn leave(&mut self, outer: u64) {
        self.rt.call_path = outer;
    }
}

/// Some condition in the loop's own body ends or cuts an iteration.
fn branch_has_jumps(tree: &Tree, branch: &Branch) -> bool {
    tree.nodes(branch.body).iter().any(|node| match node {
        Node::If(inner) | Node::With(inner) => tree.branch(*inner).jumps,
        _ => false,
    })
}

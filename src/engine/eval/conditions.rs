//! Logging conditions, with their expression over inputs.

use super::{Evaluator, Frame, Val};
use crate::engine::log::{Condition, Expression};
use crate::source::Span;
use crate::template::ast::{Command, Operand, OperandKind, Pipeline, Tree};
use crate::value::origin::Outcome;
use crate::value::{Data, OriginId, Value};
use std::sync::Arc;

/// Expressions nested deeper than this are told by their causes alone.
const MAX_DEPTH: u32 = 12;
/// As many characters of a text are kept.
const MAX_SHOWN: usize = 100;

/// `.Capabilities.APIVersions.Has`
fn is_has(tree: &Tree, operand: OperandKind) -> bool {
    let (OperandKind::Field(fields) | OperandKind::Variable(_, fields)) = operand else { return false };
    matches!(tree.fields(fields), [.., versions, has] if &**versions == "APIVersions" && &**has == "Has")
}

impl Evaluator<'_> {
    /// Logs that a value that `required` asks for is missing: a condition on it that is not met.
    pub(super) fn log_missing(&mut self, value: &Value, span: Span) {
        let expression = self.input(value);
        let (origin, guard) = (value.origin, self.rt.guard);
        self.log.conditions.push(Condition { head: span, outcome: Outcome::False, origin, guard, expression });
    }

    /// Logs that what `required` asks for is not there, and a lint goes on.
    pub(super) fn log_passed_over(&mut self, value: &Value, span: Span) {
        if self.log.is_new(span, Outcome::False, value.origin) {
            let expression = self.input(value);
            let (origin, guard) = (value.origin, self.rt.guard);
            self.log.missing.push(Condition { head: span, outcome: Outcome::False, origin, guard, expression });
        }
    }

    /// Logs a condition when it, its outcome or its causes are new. A condition without causes is a constant.
    pub(super) fn log_condition(
        &mut self,
        frame: &Frame<'_>,
        dot: &Val,
        pipeline: &Pipeline,
        head: Span,
        outcome: Outcome,
        origin: OriginId,
    ) {
        if !self.rt.is_followed || origin.is_none() || !self.log.is_new(head, outcome, origin) {
            return;
        }
        let expression = self.expression(frame, dot, pipeline, MAX_DEPTH);
        let expression = expression.unwrap_or_else(|| self.computed(origin));
        let guard = self.rt.guard;
        self.log.conditions.push(Condition { head, outcome, origin, guard, expression });
    }

    fn computed(&self, origin: OriginId) -> Expression {
        Expression::Computed { causes: self.rt.arena.causes(origin).cloned().collect() }
    }

    /// Reads a pipeline without running it: literals, fields, variables, and calls over them.
    fn expression(&mut self, frame: &Frame<'_>, dot: &Val, pipeline: &Pipeline, depth: u32) -> Option<Expression> {
        let mut result: Option<Expression> = None;
        for command in frame.unit.tree.commands(pipeline) {
            result = Some(self.command_expression(frame, dot, command, result, depth.checked_sub(1)?)?);
        }
        result
    }

    fn command_expression(
        &mut self,
        frame: &Frame<'_>,
        dot: &Val,
        command: &Command,
        last: Option<Expression>,
        depth: u32,
    ) -> Option<Expression> {
        let tree = &frame.unit.tree;
        let (first, arguments) = tree.operands(command).split_first()?;
        let OperandKind::Function(name, _) = first.kind else {
            if let [argument] = arguments
                && is_has(tree, first.kind)
            {
                let operand = self.operand_expression(frame, dot, argument, depth)?;
                return Some(Expression::Call { function: "Has".into(), operands: vec![operand] });
            }
            if !arguments.is_empty() || last.is_some() {
                return None;
            }
            return self.operand_expression(frame, dot, first, depth);
        };
        let mut operands = Vec::new();
        for argument in arguments {
            operands.push(self.operand_expression(frame, dot, argument, depth)?);
        }
        operands.extend(last);
        Some(Expression::Call { function: tree.function(name).to_string(), operands })
    }

    fn operand_expression(
        &mut self,
        frame: &Frame<'_>,
        dot: &Val,
        operand: &Operand,
        depth: u32,
    ) -> Option<Expression> {
        let constant = || Some(Expression::Constant(crate::template::print::operand(&frame.unit.tree, operand)));
        let span = operand.span.at(frame.unit.base);
        let tree = &frame.unit.tree;
        match operand.kind {
            OperandKind::Nil | OperandKind::Bool(_) | OperandKind::Number(_) | OperandKind::String(_) => constant(),
            OperandKind::Dot => Some(self.input(&dot.v)),
            OperandKind::Field(fields) => {
                let value = self.peek(dot.v.clone(), tree.fields(fields), span)?;
                Some(self.input(&value))
            }
            OperandKind::Variable(symbol, fields) => {
                let (_, value) = frame.variables.iter().rev().find(|(s, _)| *s == symbol)?;
                let value = self.peek(value.v.clone(), tree.fields(fields), span)?;
                Some(self.input(&value))
            }
            OperandKind::Pipeline(inner) => self.expression(frame, dot, tree.pipeline(inner), depth),
            OperandKind::Function(name, _) => {
                Some(Expression::Call { function: tree.function(name).to_string(), operands: vec![] })
            }
            OperandKind::Chain(inner, fields) => {
                let inner = self.operand_expression(frame, dot, tree.operand(inner), depth)?;
                let keys = tree.fields(fields).iter().map(|field| Expression::Constant(format!("{field:?}")));
                Some(Expression::Call {
                    function: "index".into(),
                    operands: std::iter::once(inner).chain(keys).collect(),
                })
            }
        }
    }

    /// Follows fields of maps and of Helm's own objects; anything else is not followed.
    fn peek(&mut self, mut value: Value, fields: &[Arc<str>], span: Span) -> Option<Value> {
        for field in fields {
            if let Data::Object(object) = &value.data {
                // The version of the cluster is the field of that name, and a method.
                let name = if &**field == "GitVersion" { "Version" } else { field };
                value = object.field(name)?.clone();
                continue;
            }
            if self.method(&value, field).is_some() {
                return None;
            }
            let key: Arc<[u8]> = field.clone().into();
            value = self.rt.entry(&value, &key, span);
        }
        Some(value)
    }

    /// A value as Go prints it; of texts, the beginning, and of collections, whether there is anything in them.
    fn shown(&self, value: &Value) -> String {
        match &value.data {
            Data::Str(text) => text.lossy().chars().take(MAX_SHOWN).collect(),
            Data::List(list) => if list.is_empty() { "[]" } else { "[...]" }.to_string(),
            Data::Map(id) => if self.rt.heap.get(*id).entries.is_empty() { "map[]" } else { "map[...]" }.to_string(),
            Data::Object(_) | Data::Bytes(_) => "...".to_string(),
            _ => crate::engine::functions::print::display(&self.rt, value),
        }
    }

    fn input(&mut self, value: &Value) -> Expression {
        let shown = self.shown(value);
        let causes: Vec<_> = self.rt.arena.causes(value.origin).take(2).cloned().collect();
        match causes.as_slice() {
            [] => Expression::Constant(shown),
            [cause] => Expression::Input { cause: cause.clone(), value: shown },
            _ => self.computed(value.origin),
        }
    }
}

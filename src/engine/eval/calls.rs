//! Calls of functions: what their arguments are evaluated to, and the functions that evaluate them only as far as is needed.

use super::{At, Evaluator, Frame, Val};
use crate::engine::error::Error;
use crate::engine::function::{Call, Failure, Flow, Function, Param, Returns};
use crate::engine::table::{Entry, Special};
use crate::source::Span;
use crate::template::ast::Operand;
use crate::value::origin::{Outcome, Step};
use crate::value::{Data, OriginId, Value};

impl Evaluator<'_> {
    /// A call of a function of the table.
    #[expect(clippy::too_many_arguments, reason = "the parts of Go's evalCall")]
    pub(super) fn call<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        index: u16,
        node: At<'t>,
        span: Span,
        arguments: &'t [Operand],
        last: &mut Option<Val>,
    ) -> Result<Val, Error> {
        let table = self.table.clone();
        let Some(entry) = table.get(index) else {
            return Err(self.error(frame, "a function that was not in the table", None));
        };
        let span = span.at(frame.unit.base);
        match entry {
            Entry::And => self.lazy(frame, dot, "and", false, arguments, last),
            Entry::Or => self.lazy(frame, dot, "or", true, arguments, last),
            Entry::Plain(function) => {
                let (from, boxed) =
                    self.arguments(frame, dot, function.name, function.params, function.variadic, arguments, last)?;
                let mut stack = std::mem::take(&mut self.stack);
                let values = &stack[from..];
                let result = match self.run(function, values, boxed, span) {
                    Ok(v) => Ok(Val { v, boxed: function.returns == Returns::Interface }),
                    Err(failure) => {
                        let about = self.failed_over(function, values, span);
                        Err(self.failed(frame, node, function.name, failure).about(about))
                    }
                };
                stack.truncate(from);
                self.stack = stack;
                result
            }
            Entry::Special(special) => {
                let (from, _) = self.arguments(frame, dot, special.name(), special.params(), false, arguments, last)?;
                let mut values = [const { Value::NIL }; Special::MOST];
                let count = self.stack.len() - from;
                values.iter_mut().zip(self.stack.drain(from..)).for_each(|(place, value)| *place = value);
                let values = &values[..count];
                let about = match (special, values.get(1)) {
                    (Special::Required, Some(value)) => self.rt.deep_origin(value),
                    _ => OriginId::NONE,
                };
                match self.special(special, values, span) {
                    Ok(value) => Ok(value),
                    Err(cause) => {
                        frame.at = node;
                        let error = self.error(frame, format!("error calling {}: ", special.name()), Some(cause));
                        Err(error.about(about))
                    }
                }
            }
        }
    }

    /// What a call that failed depended on. Of `index` it is what the last step that there was led to.
    fn failed_over(&mut self, function: &'static Function, values: &[Value], span: Span) -> OriginId {
        if function.name == "index" {
            for count in (2..values.len()).rev() {
                if let Ok(reached) = self.run(function, &values[..count], 0, span) {
                    return self.rt.deep_origin(&reached);
                }
            }
        }
        let mut about = OriginId::NONE;
        for value in values {
            let inner = self.rt.deep_origin(value);
            about = self.rt.arena.join(about, inner);
        }
        about
    }

    /// The error of a call.
    pub(super) fn failed<'t>(&self, frame: &mut Frame<'t>, node: At<'t>, name: &str, failure: Failure) -> Error {
        frame.at = node;
        let cause = match failure {
            Failure::Error(message) => Error::Plain(message),
            Failure::Budget(message) => Error::Budget(message),
        };
        self.error(frame, format!("error calling {name}: "), Some(cause))
    }

    /// Checks the number of arguments, converts them, and puts them on the stack. Gives where they begin there, and which
    /// of them are boxed.
    #[expect(clippy::too_many_arguments, reason = "the parts of Go's evalCall")]
    pub(super) fn arguments<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        name: &str,
        params: &[Param],
        variadic: bool,
        arguments: &'t [Operand],
        last: &mut Option<Val>,
    ) -> Result<(usize, u32), Error> {
        let from = self.stack.len();
        let boxed = self.push_arguments(frame, dot, name, params, variadic, arguments, last);
        if boxed.is_err() {
            self.stack.truncate(from);
        }
        boxed.map(|boxed| (from, boxed))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of Go's evalCall")]
    fn push_arguments<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        name: &str,
        params: &[Param],
        variadic: bool,
        arguments: &'t [Operand],
        last: &mut Option<Val>,
    ) -> Result<u32, Error> {
        let given = arguments.len() + usize::from(last.is_some());
        if variadic {
            let fixed = params.len() - 1;
            if given < fixed {
                let got = arguments.len();
                let message = format!("wrong number of args for {name}: want at least {fixed} got {got}");
                return Err(self.error(frame, message, None));
            }
        } else if given != params.len() {
            let message = format!("wrong number of args for {name}: want {} got {given}", params.len());
            return Err(self.error(frame, message, None));
        }
        let param = |i: usize| params.get(i).or(params.last()).copied().unwrap_or(Param::Any);
        let mut boxed = 0u32;
        let mut push = |value: Val, at: usize, stack: &mut Vec<Value>| {
            if value.boxed && value.v.is_nil() && at < 32 {
                boxed |= 1 << at;
            }
            stack.push(value.v);
        };
        for (i, operand) in arguments.iter().enumerate() {
            let value = self.argument(frame, dot, param(i), operand)?;
            push(value, i, &mut self.stack);
        }
        if let Some(mut last) = last.take() {
            self.convert(frame, &mut last, param(given - 1))?;
            push(last, given - 1, &mut self.stack);
        }
        Ok(boxed)
    }

    /// Runs a function and gives its result the provenance that its flow asks for.
    pub(super) fn run(
        &mut self,
        function: &'static Function,
        values: &[Value],
        boxed: u32,
        span: Span,
    ) -> Result<Value, Failure> {
        if !function.takes_unknown && values.iter().any(|v| matches!(v.data, Data::Unknown(_))) {
            let mut origin = OriginId::NONE;
            for value in values {
                let inner = self.rt.deep_origin(value);
                origin = self.rt.arena.join(origin, inner);
            }
            let origin = self.rt.arena.step(origin, || Step::Through(function.name), span);
            return Ok(self.rt.unknown(origin, crate::value::origin::PathId::NONE));
        }
        self.rt.spend(values.len() + 1)?;
        let mut call = Call { rt: &mut self.rt, span, name: function.name, boxed };
        let mut result = (function.run)(&mut call, values)?;
        match function.flow {
            Flow::Own => {}
            Flow::Whole => {
                for value in values {
                    result.origin = self.rt.arena.join(result.origin, value.origin);
                }
            }
            Flow::Digest => {
                let mut origin = OriginId::NONE;
                for value in values {
                    let inner = self.rt.deep_origin(value);
                    origin = self.rt.arena.join(origin, inner);
                }
                let origin = self.rt.arena.step(origin, || Step::Through(function.name), span);
                result.origin = self.rt.arena.join(result.origin, origin);
            }
        }
        Ok(result)
    }

    /// `and` and `or`: the first operand that decides, or the last.
    fn lazy<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        name: &str,
        stop_at: bool,
        arguments: &'t [Operand],
        last: &mut Option<Val>,
    ) -> Result<Val, Error> {
        if arguments.is_empty() && last.is_none() {
            let message = format!("wrong number of args for {name}: want at least 1 got 0");
            return Err(self.error(frame, message, None));
        }
        // Before Go 1.18 all operands were evaluated first.
        let is_strict = self.rt.profile.go() < 18;
        let mut decided: Option<Val> = None;
        let mut tested = OriginId::NONE;
        for (index, operand) in arguments.iter().enumerate() {
            // Whether an operand runs that changes a map depends on those before it.
            let outer = self.rt.guard;
            let changes_maps = !is_strict && !tested.is_none() && self.operand_mutates(&frame.unit.tree, operand);
            if changes_maps {
                let span = operand.span.at(frame.unit.base);
                let outcome = if stop_at { Outcome::False } else { Outcome::True };
                self.rt.guard = self.rt.arena.guard(outer, span, outcome, tested);
            }
            let value = self.argument(frame, dot, Param::Any, operand);
            self.rt.guard = outer;
            let mut value = value?;
            if decided.is_some() {
                continue;
            }
            let (truth, origin) = self.truth(&value.v);
            tested = self.rt.arena.join(tested, origin);
            if truth == stop_at {
                value.v.origin = self.rt.arena.join(value.v.origin, tested);
                if !is_strict {
                    let rest = &arguments[index + 1..];
                    let tree = &frame.unit.tree;
                    if self.rt.is_followed && rest.iter().any(|operand| self.operand_mutates(tree, operand)) {
                        self.rt.heap_marks = self.rt.arena.join(self.rt.heap_marks, tested);
                    }
                    return Ok(value);
                }
                decided = Some(value);
                continue;
            }
            if index + 1 == arguments.len() && last.is_none() {
                value.v.origin = self.rt.arena.join(value.v.origin, tested);
                return Ok(value);
            }
        }
        if let Some(value) = decided {
            return Ok(value);
        }
        let mut value = last.take().unwrap_or(Val::of(Value::NIL));
        value.v.origin = self.rt.arena.join(value.v.origin, tested);
        Ok(value)
    }
}

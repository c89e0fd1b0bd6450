//! Pipelines, commands, operands, and the conversion of arguments.

use super::{At, Evaluator, Frame, Val};
use crate::engine::error::Error;
use crate::engine::function::Param;
use crate::template::ast::{Command, Number, Operand, OperandKind, Pipeline, Symbol};
use crate::value::origin::Step;
use crate::value::{Data, Element, IntKind, List, MapKind, OriginId, Text, UintKind, Value};
use std::sync::Arc;

impl Evaluator<'_> {
    /// Evaluates a pipeline with its declarations.
    pub(super) fn pipeline<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        pipeline: &'t Pipeline,
    ) -> Result<Val, Error> {
        let value = self.commands(frame, dot, pipeline)?;
        for symbol in pipeline.declares() {
            let mut value = value.clone();
            if value.v.origin.is_live() {
                let name = &frame.unit.tree.names[*symbol as usize];
                let span = pipeline.span.at(frame.unit.base);
                value.v.origin = self.rt.arena.step(value.v.origin, || Step::Assigned(name.clone()), span);
            }
            if pipeline.is_assign {
                self.assign(frame, *symbol, value)?;
            } else {
                frame.variables.push((*symbol, value));
            }
        }
        Ok(value)
    }

    /// The pipeline of a `range`, whose variables are set for each iteration.
    pub(super) fn range_pipeline<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        pipeline: &'t Pipeline,
    ) -> Result<Val, Error> {
        self.commands(frame, dot, pipeline)
    }

    fn commands<'t>(&mut self, frame: &mut Frame<'t>, dot: &Val, pipeline: &'t Pipeline) -> Result<Val, Error> {
        self.work(frame, 1)?;
        frame.at = At::Pipeline(pipeline);
        let tree = &frame.unit.tree;
        let mut value: Option<Val> = None;
        for command in tree.commands(pipeline) {
            let result = self.command(frame, dot, command, &mut value)?;
            // The end of a command takes one interface off: a boxed nil is no value from here on.
            value = Some(Val::of(result.v));
        }
        Ok(value.unwrap_or(Val::of(Value::NIL)))
    }

    pub(super) fn assign(&mut self, frame: &mut Frame<'_>, symbol: Symbol, value: Val) -> Result<(), Error> {
        match frame.variables.iter_mut().rev().find(|(s, _)| *s == symbol) {
            Some((_, variable)) => {
                *variable = value;
                Ok(())
            }
            None => {
                let message = format!("undefined variable: {}", frame.unit.tree.names[symbol as usize]);
                Err(self.error(frame, message, None))
            }
        }
    }

    fn variable<'f>(&self, frame: &'f Frame<'_>, symbol: Symbol) -> Result<&'f Val, Error> {
        match frame.variables.iter().rev().find(|(s, _)| *s == symbol) {
            Some((_, value)) => Ok(value),
            None => {
                let message = format!("undefined variable: {}", frame.unit.tree.names[symbol as usize]);
                Err(self.error(frame, message, None))
            }
        }
    }

    fn command<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        command: &'t Command,
        last: &mut Option<Val>,
    ) -> Result<Val, Error> {
        let tree = &frame.unit.tree;
        // The parser makes no command without operands.
        let Some((first, arguments)) = tree.operands(command).split_first() else { return Ok(Val::of(Value::NIL)) };
        match first.kind {
            OperandKind::Field(fields) => {
                frame.at = At::Operand(first);
                let (receiver, rest) = self.maps_on_the_way(dot, tree.fields(fields));
                self.field_chain(frame, dot, receiver, first, rest, arguments, last)
            }
            OperandKind::Chain(inner, fields) => {
                frame.at = At::Operand(first);
                let receiver = self.any_operand(frame, dot, tree.operand(inner))?;
                self.field_chain(frame, dot, receiver, first, tree.fields(fields), arguments, last)
            }
            OperandKind::Function(_, index) => {
                frame.at = At::Operand(first);
                self.call(frame, dot, index, At::Command(command), command.span, arguments, last)
            }
            OperandKind::Pipeline(inner) => {
                self.not_a_function(frame, first, arguments, last)?;
                self.pipeline(frame, dot, tree.pipeline(inner))
            }
            OperandKind::Variable(symbol, fields) => {
                frame.at = At::Operand(first);
                let value = self.variable(frame, symbol)?;
                if fields.is_empty() {
                    self.not_a_function(frame, first, arguments, last)?;
                    return Ok(value.clone());
                }
                let (receiver, rest) = self.maps_on_the_way(value, tree.fields(fields));
                self.field_chain(frame, dot, receiver, first, rest, arguments, last)
            }
            kind => {
                frame.at = At::Operand(first);
                self.not_a_function(frame, first, arguments, last)?;
                match kind {
                    OperandKind::Bool(b) => Ok(Val::of(Value::bool(b))),
                    OperandKind::Dot => Ok(dot.clone()),
                    OperandKind::Number(number) => self.constant(frame, first, tree.number(number)),
                    OperandKind::String(id) => Ok(Val::of(Value::string(Text::shared(tree.string(id))))),
                    _ => Err(self.error(frame, "nil is not a command", None)),
                }
            }
        }
    }

    fn not_a_function(
        &self,
        frame: &Frame<'_>,
        first: &Operand,
        arguments: &[Operand],
        last: &Option<Val>,
    ) -> Result<(), Error> {
        if arguments.is_empty() && last.is_none() {
            return Ok(());
        }
        let shown = crate::template::print::operand(&frame.unit.tree, first);
        Err(self.error(frame, format!("can't give argument to non-function {shown}"), None))
    }

    /// A number without context.
    fn constant<'t>(&mut self, frame: &mut Frame<'t>, operand: &'t Operand, number: &Number) -> Result<Val, Error> {
        frame.at = At::Operand(operand);
        let text = &*number.text;
        let is_hex = text.len() > 2 && text.starts_with('0') && matches!(text.as_bytes()[1], b'x' | b'X');
        let is_hex_integer = is_hex && !text.contains(['p', 'P']);
        let data = if let Some((re, im)) = number.complex {
            Data::Complex(Arc::new((re, im)))
        } else if let (Some(float), false) =
            (number.float, is_hex_integer || number.is_char || !text.contains(['.', 'e', 'E', 'p', 'P']))
        {
            Data::Float(float)
        } else if let Some(int) = number.int {
            Data::Int(int, IntKind::Int)
        } else {
            return Err(self.error(frame, format!("{text} overflows int"), None));
        };
        Ok(Val::of(data.into()))
    }

    /// An operand where any type will do.
    fn any_operand<'t>(&mut self, frame: &mut Frame<'t>, dot: &Val, operand: &'t Operand) -> Result<Val, Error> {
        frame.at = At::Operand(operand);
        let tree = &frame.unit.tree;
        match operand.kind {
            OperandKind::Dot => Ok(dot.clone()),
            OperandKind::Nil => Ok(Val::of(Value::NIL)),
            OperandKind::Bool(b) => Ok(Val::of(Value::bool(b))),
            OperandKind::String(id) => Ok(Val::of(Value::string(Text::shared(tree.string(id))))),
            OperandKind::Number(number) => self.constant(frame, operand, tree.number(number)),
            OperandKind::Field(fields) => {
                let (receiver, rest) = self.maps_on_the_way(dot, tree.fields(fields));
                self.field_chain(frame, dot, receiver, operand, rest, &[], &mut None)
            }
            OperandKind::Variable(symbol, fields) => {
                let value = self.variable(frame, symbol)?;
                if fields.is_empty() {
                    return Ok(value.clone());
                }
                let (receiver, rest) = self.maps_on_the_way(value, tree.fields(fields));
                self.field_chain(frame, dot, receiver, operand, rest, &[], &mut None)
            }
            OperandKind::Pipeline(inner) => self.pipeline(frame, dot, tree.pipeline(inner)),
            OperandKind::Function(_, index) => {
                self.call(frame, dot, index, At::Operand(operand), operand.span, &[], &mut None)
            }
            OperandKind::Chain(inner, fields) => {
                let receiver = self.any_operand(frame, dot, tree.operand(inner))?;
                self.field_chain(frame, dot, receiver, operand, tree.fields(fields), &[], &mut None)
            }
        }
    }

    /// An operand as an argument of type `param`.
    pub(super) fn argument<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        param: Param,
        operand: &'t Operand,
    ) -> Result<Val, Error> {
        frame.at = At::Operand(operand);
        let found = |expected: &str| {
            let shown = crate::template::print::operand(&frame.unit.tree, operand);
            format!("expected {expected}; found {shown}")
        };
        let tree = &frame.unit.tree;
        match (operand.kind, param) {
            (OperandKind::Nil, Param::Any) => Ok(Val::of(Value::NIL)),
            (OperandKind::Nil, Param::Map) => Ok(Val::of(Data::NilMap.into())),
            (OperandKind::Nil, Param::AnyList) => Ok(Val::of(Data::List(List::nil(Element::Any)).into())),
            (OperandKind::Nil, _) => {
                Err(self.error(frame, format!("cannot assign nil to {}", param.type_name()), None))
            }
            (OperandKind::Bool(_) | OperandKind::Number(_) | OperandKind::String(_), Param::Any) => {
                self.any_operand(frame, dot, operand)
            }
            (OperandKind::Bool(b), Param::Bool) => Ok(Val::of(Value::bool(b))),
            (OperandKind::String(id), Param::Str) => Ok(Val::of(Value::string(Text::shared(tree.string(id))))),
            (OperandKind::Number(number), Param::Int | Param::Int64 | Param::Duration) => match tree.number(number).int
            {
                Some(int) => {
                    let kind = if param == Param::Int { IntKind::Int } else { IntKind::Int64 };
                    Ok(Val::of(Data::Int(int, kind).into()))
                }
                None => Err(self.error(frame, found("integer"), None)),
            },
            (OperandKind::Number(number), Param::Uint32) => match tree.number(number).uint {
                Some(uint) => Ok(Val::of(Data::Uint(u64::from(uint as u32), UintKind::Uint32).into())),
                None => Err(self.error(frame, found("unsigned integer"), None)),
            },
            (OperandKind::Number(number), Param::Float) => match tree.number(number).float {
                Some(float) => Ok(Val::of(Value::float(float))),
                None => Err(self.error(frame, found("float"), None)),
            },
            (OperandKind::Bool(_) | OperandKind::Number(_) | OperandKind::String(_), _) => {
                let message = match param {
                    Param::Bool => found("bool"),
                    Param::Str => found("string"),
                    Param::Int | Param::Int64 | Param::Duration => found("integer"),
                    Param::Uint32 => found("unsigned integer"),
                    Param::Float => found("float"),
                    _ => {
                        let shown = crate::template::print::operand(&frame.unit.tree, operand);
                        format!("can't handle {shown} for arg of type {}", param.type_name())
                    }
                };
                Err(self.error(frame, message, None))
            }
            _ => {
                let mut value = self.any_operand(frame, dot, operand)?;
                self.convert(frame, &mut value, param)?;
                Ok(value)
            }
        }
    }

    /// Go's check that a value can be assigned to a parameter, whose type it has from then on.
    #[inline]
    pub(super) fn convert(&self, frame: &Frame<'_>, value: &mut Val, param: Param) -> Result<(), Error> {
        match (&value.v.data, param) {
            (_, Param::Any) | (Data::Str(_), Param::Str) => Ok(()),
            // The map is the same one, its type is that of the parameter.
            (Data::Map(id), Param::Map) if matches!(self.rt.heap.kind(*id), MapKind::Plain | MapKind::Values) => {
                value.v.data = Data::Map(id.plain());
                Ok(())
            }
            _ => self.convert_other(frame, value, param),
        }
    }

    fn convert_other(&self, frame: &Frame<'_>, value: &mut Val, param: Param) -> Result<(), Error> {
        let fits = match (&value.v.data, param) {
            (Data::Unknown(_), _) => true,
            (Data::Bool(_), Param::Bool) => true,
            (Data::Float(_), Param::Float) => true,
            (Data::Int(_, IntKind::Int), Param::Int) => true,
            (Data::Int(_, IntKind::Int64), Param::Int64) => true,
            (Data::Uint(_, UintKind::Uint32), Param::Uint32) => true,
            (Data::NilMap, Param::Map) => true,
            (Data::List(list), Param::AnyList) => list.element() == Element::Any,
            (Data::Time(_), Param::Time) => true,
            (Data::Duration(_), Param::Duration) => true,
            (Data::Object(object), Param::Certificate) => object.type_name == "sprig.certificate",
            _ => false,
        };
        if fits {
            return Ok(());
        }
        if value.is_invalid() {
            let data = match param {
                Param::Map => Data::NilMap,
                Param::AnyList => Data::List(List::nil(Element::Any)),
                _ => {
                    let message = format!("invalid value; expected {}", param.type_name());
                    return Err(self.error_about(frame, message, value.v.origin));
                }
            };
            *value = Val::of(Value::new(data, value.v.origin));
            return Ok(());
        }
        let got = match value.v.data {
            Data::Nil => "interface {}".to_string(),
            _ => value.v.type_name(&self.rt.heap, &self.rt.profile),
        };
        let message = format!("wrong type for value; expected {}; got {got}", param.type_name());
        Err(self.error_about(frame, message, value.v.origin))
    }

    /// Whether a condition on the value holds, and what that depends on.
    pub(super) fn truth(&mut self, value: &Value) -> (bool, OriginId) {
        let origin = match &value.data {
            Data::Str(text) if !text.pieces().is_empty() => self.rt.deep_origin(value),
            _ => self.shape_origin(value),
        };
        let truth = match value.truth(&self.rt.heap) {
            Some(truth) => truth,
            None => match value.data {
                Data::Unknown(id) => self.choose(id),
                _ => true,
            },
        };
        (truth, origin)
    }

    /// What the emptiness and the length of a value depend on.
    pub(super) fn shape_origin(&mut self, value: &Value) -> OriginId {
        match &value.data {
            Data::Map(id) => {
                let shape = self.rt.heap.get(*id).shape;
                self.rt.arena.join(value.origin, shape)
            }
            _ => value.origin,
        }
    }

    /// Whether an unknown value is taken as true. The worlds of the explorer decide; without them it is there.
    pub(super) fn choose(&mut self, _unknown: u32) -> bool {
        true
    }
}

//! Field chains: maps, structs, methods.

use super::methods::may_be_method;
use super::{At, Evaluator, Frame, Val};
use crate::engine::error::Error;
use crate::template::ast::Operand;
use crate::value::{Data, MapKind, Root, Value};
use std::sync::Arc;

impl Evaluator<'_> {
    /// `.a.b.c args` on a receiver: all fields but the last without arguments.
    #[expect(clippy::too_many_arguments, reason = "the parts of Go's evalFieldChain")]
    pub(super) fn field_chain<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        mut receiver: Val,
        node: &'t Operand,
        fields: &'t [Arc<str>],
        arguments: &'t [Operand],
        last: &mut Option<Val>,
    ) -> Result<Val, Error> {
        let Some((name, path)) = fields.split_last() else { return Ok(receiver) };
        for field in path {
            receiver = self.field(frame, dot, receiver, node, field, &[], &mut None)?;
        }
        self.field(frame, dot, receiver, node, name, arguments, last)
    }

    /// Goes from map to map, as far as the fields but the last lead to maps that are there and nothing else could be meant.
    /// Gives the last one, and the fields that are left.
    pub(super) fn maps_on_the_way<'t>(&mut self, receiver: &Val, fields: &'t [Arc<str>]) -> (Val, &'t [Arc<str>]) {
        let Data::Map(mut id) = receiver.v.data else { return (receiver.clone(), fields) };
        let mut origin = receiver.v.origin;
        let mut rest = fields;
        while let [name, after @ ..] = rest
            && !after.is_empty()
        {
            let (map, kind) = (self.rt.heap.get(id), self.rt.heap.kind(id));
            if !matches!(kind, MapKind::Plain | MapKind::Values) || matches!(map.root, Root::Lookup(_)) {
                break;
            }
            let Some(Value { data: Data::Map(below), origin: own }) = map.entries.get(name.as_bytes()) else { break };
            if may_be_method(name) && self.method(&Value::new(Data::Map(id), origin), name).is_some() {
                break;
            }
            let (below, own, is_own) = (*below, *own, origin == map.own);
            origin = if is_own { own } else { self.rt.arena.join(own, origin) };
            (id, rest) = (below, after);
        }
        let boxed = receiver.boxed || rest.len() < fields.len();
        (Val { v: Value::new(Data::Map(id), origin), boxed }, rest)
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of Go's evalField")]
    fn field<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        receiver: Val,
        node: &'t Operand,
        name: &'t Arc<str>,
        arguments: &'t [Operand],
        last: &mut Option<Val>,
    ) -> Result<Val, Error> {
        if receiver.is_invalid() {
            return Ok(receiver);
        }
        if receiver.v.is_nil() {
            let message = format!("nil pointer evaluating interface {{}}.{name}");
            return Err(self.error_about(frame, message, receiver.v.origin));
        }
        if may_be_method(name)
            && let Some(method) = self.method(&receiver.v, name)
        {
            return self.call_method(frame, dot, receiver.v, method, At::Operand(node), node, arguments, last);
        }
        let has_arguments = !arguments.is_empty() || last.is_some();
        let span = node.span.at(frame.unit.base);
        match &receiver.v.data {
            Data::Map(id) => {
                if has_arguments {
                    let message = format!("{name} is not a method but has arguments");
                    return Err(self.error(frame, message, None));
                }
                let boxed = matches!(self.rt.heap.get(*id).kind, MapKind::Plain | MapKind::Values);
                Ok(Val { v: self.rt.entry(&receiver.v, name.as_bytes(), span), boxed })
            }
            Data::NilMap => Ok(Val::boxed(Value::new(Data::Nil, receiver.v.origin))),
            Data::Unknown(_) => Ok(Val::boxed(self.rt.entry(&receiver.v, name.as_bytes(), span))),
            Data::Object(object) if object.field(name).is_some() => {
                if object.fields.iter().any(|f| f.name == &**name && f.json.is_empty()) {
                    let message = format!("{name} is an unexported field of struct type {}", object.type_name);
                    return Err(self.error(frame, message, None));
                }
                if has_arguments {
                    let message = format!("{name} has arguments but cannot be invoked as function");
                    return Err(self.error(frame, message, None));
                }
                let mut value = object.field(name).cloned().unwrap_or(Value::NIL);
                value.origin = self.rt.arena.join(value.origin, receiver.v.origin);
                Ok(Val::of(value))
            }
            _ => {
                if let Some(value) = self.rt.stand_in_below(&receiver.v, &format!(".{name}")) {
                    return Ok(Val::boxed(value));
                }
                let type_name = if receiver.boxed {
                    "interface {}".to_string()
                } else {
                    receiver.v.type_name(&self.rt.heap, &self.rt.profile)
                };
                let message = format!("can't evaluate field {name} in type {type_name}");
                Err(self.error_about(frame, message, receiver.v.origin))
            }
        }
    }
}

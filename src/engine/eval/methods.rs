//! Methods of Go values that templates can call.

use super::{At, Evaluator, Frame, Val};
use crate::engine::error::Error;
use crate::engine::function::{Call, Method, Returns};
use crate::engine::functions;
use crate::source::Span;
use crate::template::ast::Operand;
use crate::value::{Data, Element, MapKind, Value};

/// Go calls no method from outside whose name does not start so.
#[inline]
pub(super) fn may_be_method(name: &str) -> bool {
    name.as_bytes().first().is_some_and(u8::is_ascii_uppercase)
}

impl Evaluator<'_> {
    /// The method of that name of the value's type.
    pub(super) fn method(&self, receiver: &Value, name: &str) -> Option<Method> {
        if !may_be_method(name) {
            return None;
        }
        let methods = match &receiver.data {
            Data::Map(id) => match self.rt.heap.kind(*id) {
                MapKind::Values => functions::files::VALUES_METHODS,
                MapKind::Files => functions::files::FILES_METHODS,
                _ => return None,
            },
            Data::List(list) if list.element() == Element::Versions => functions::files::VERSIONS_METHODS,
            Data::Object(object) if object.type_name.ends_with(".KubeVersion") => functions::files::KUBE_METHODS,
            Data::Object(object) if object.type_name.ends_with(".Capabilities") => {
                functions::files::CAPABILITIES_METHODS
            }
            Data::Object(object) if object.type_name.starts_with("semver.") => functions::semver::methods_of(object),
            Data::Time(_) => functions::dates::TIME_METHODS,
            Data::Duration(_) => functions::dates::DURATION_METHODS,
            _ => return None,
        };
        methods.iter().find(|m| m.name == name).copied()
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of Go's evalCall")]
    pub(super) fn call_method<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        receiver: Value,
        method: Method,
        node: At<'t>,
        operand: &'t Operand,
        arguments: &'t [Operand],
        last: &mut Option<Val>,
    ) -> Result<Val, Error> {
        let (from, boxed) = self.arguments(frame, dot, method.name, method.params, method.variadic, arguments, last)?;
        let mut values = vec![receiver];
        values.extend(self.stack.drain(from..));
        let span: Span = operand.span.at(frame.unit.base);
        let mut call = Call { rt: &mut self.rt, span, name: method.name, boxed };
        match (method.run)(&mut call, &values) {
            Ok(mut v) => {
                for value in &values {
                    v.origin = self.rt.arena.join(v.origin, value.origin);
                }
                Ok(Val { v, boxed: method.returns == Returns::Interface })
            }
            Err(failure) => Err(self.failed(frame, node, method.name, failure)),
        }
    }
}

//! gtmpl's values as Go's package fmt sees them.

use crate::value::golang::fmt::{self, Operand, View};
use gtmpl::{FuncError, Value};
use std::borrow::Cow;

/// How long a printed text may be.
const MAX_PRINTED: usize = 16 << 20;

/// A value to print.
pub struct Shown<'a>(Cow<'a, Value>);

impl<'a> Shown<'a> {
    fn borrowed(value: &'a Value) -> Self {
        Shown(Cow::Borrowed(value))
    }
}

impl Operand for Shown<'_> {
    fn view(&self) -> View<'_, Self> {
        // The lists of a view own their elements; reports are shallow.
        match self.0.as_ref() {
            Value::NoValue | Value::Nil | Value::Function(_) => View::Nil,
            Value::Bool(b) => View::Bool(*b),
            Value::String(s) => View::Str(s.as_bytes()),
            Value::Number(n) => match (n.as_i64(), n.as_u64(), n.as_f64()) {
                (Some(i), ..) => View::Int(i),
                (None, Some(u), _) => View::Uint(u),
                (None, None, f) => View::Float(f.unwrap_or_default()),
            },
            Value::Array(items) => View::List(Some(items.iter().cloned().map(|v| Shown(Cow::Owned(v))).collect())),
            Value::Object(map) | Value::Map(map) => {
                let mut entries: Vec<(&String, &Value)> = map.iter().collect();
                entries.sort_by_key(|(key, _)| *key);
                let own = |value: Value| Shown(Cow::Owned(value));
                View::Map(Some(entries.into_iter().map(|(k, v)| (own(Value::from(k)), own(v.clone()))).collect()))
            }
        }
    }

    fn type_name(&self) -> Cow<'static, str> {
        match self.0.as_ref() {
            Value::NoValue | Value::Nil | Value::Function(_) => "<nil>",
            Value::Bool(_) => "bool",
            Value::String(_) => "string",
            Value::Number(n) if n.as_i64().is_some() => "int",
            Value::Number(_) => "float64",
            Value::Array(_) => "[]interface {}",
            Value::Object(_) | Value::Map(_) => "map[string]interface {}",
        }
        .into()
    }
}

fn operands(values: &[Value]) -> Vec<Shown<'_>> {
    values.iter().map(Shown::borrowed).collect()
}

fn text(result: Result<(), fmt::Excess>, bytes: Vec<u8>) -> Result<Value, FuncError> {
    match result {
        Ok(()) => Ok(Value::String(String::from_utf8_lossy(&bytes).into_owned())),
        Err(_) => Err(FuncError::Generic("the printed text is too large".into())),
    }
}

/// `printf FORMAT …`
pub fn printf(values: &[Value]) -> Result<Value, FuncError> {
    let Some((Value::String(format), values)) = values.split_first() else {
        return Err(FuncError::Generic("printf needs a format".into()));
    };
    let mut bytes = Vec::new();
    text(fmt::printf(format.as_bytes(), &operands(values), MAX_PRINTED, &mut bytes), bytes)
}

/// `print …`
pub fn print(values: &[Value]) -> Result<Value, FuncError> {
    let mut bytes = Vec::new();
    text(fmt::print(&operands(values), MAX_PRINTED, &mut bytes), bytes)
}

/// `println …`
pub fn println(values: &[Value]) -> Result<Value, FuncError> {
    let mut bytes = Vec::new();
    text(fmt::println(&operands(values), MAX_PRINTED, &mut bytes), bytes)
}

/// What an action prints: `<no value>` for what is not there.
pub fn shown(values: &[Value]) -> Result<Value, FuncError> {
    match values {
        [Value::NoValue | Value::Nil] => Ok(Value::from("<no value>")),
        values => print(values),
    }
}

//! text/template's comparisons, which compare within a kind and fail between kinds.

use super::print;
use crate::engine::function::{Call, Failure, FnResult};
use crate::value::{Data, Value};
use std::cmp::Ordering;

/// Go's basicKind: values are compared within one of these.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Basic<'v> {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(OrderedFloat),
    Complex(OrderedFloat, OrderedFloat),
    String(&'v [u8]),
    /// Maps, lists, structs, nothing.
    Other,
}

/// A float that compares as Go's do: NaN equals nothing. `Eq` is only there for the derive on `Basic`.
#[derive(Clone, Copy)]
struct OrderedFloat(f64);

impl PartialEq for OrderedFloat {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for OrderedFloat {}

fn basic(value: &Value) -> Basic<'_> {
    match &value.data {
        Data::Bool(b) => Basic::Bool(*b),
        Data::Int(i, _) | Data::Duration(i) => Basic::Int(*i),
        Data::Uint(u, _) => Basic::Uint(*u),
        Data::Float(f) => Basic::Float(OrderedFloat(*f)),
        Data::Complex(c) => Basic::Complex(OrderedFloat(c.0), OrderedFloat(c.1)),
        Data::Str(text) => Basic::String(text.bytes()),
        _ => Basic::Other,
    }
}

/// `eq`: the first equals one of the others.
pub(super) fn eq(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [first, others @ ..] = args else { return Err("missing argument for comparison".into()) };
    if others.is_empty() {
        return Err("missing argument for comparison".into());
    }
    for other in others {
        if are_equal(call, first, other)? {
            return Ok(Value::bool(true));
        }
    }
    Ok(Value::bool(false))
}

pub(super) fn ne(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [a, b] = args else { return Err("missing argument for comparison".into()) };
    Ok(Value::bool(!are_equal(call, a, b)?))
}

pub(super) fn lt(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [a, b] = args else { return Err("missing argument for comparison".into()) };
    Ok(Value::bool(is_less(call, a, b)?))
}

pub(super) fn le(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [a, b] = args else { return Err("missing argument for comparison".into()) };
    Ok(Value::bool(is_less(call, a, b)? || are_equal(call, a, b)?))
}

/// Not less and not equal, so that everything is greater than NaN.
pub(super) fn gt(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [a, b] = args else { return Err("missing argument for comparison".into()) };
    Ok(Value::bool(!(is_less(call, a, b)? || are_equal(call, a, b)?)))
}

pub(super) fn ge(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [a, b] = args else { return Err("missing argument for comparison".into()) };
    Ok(Value::bool(!is_less(call, a, b)?))
}

fn incompatible(call: &Call<'_>, a: &Value, b: &Value) -> Failure {
    let mut message = "incompatible types for comparison".to_string();
    if call.rt.profile.go() >= 25 {
        message.push_str(&format!(": {} and {}", call.type_name(a), call.type_name(b)));
    }
    message.into()
}

fn are_equal(call: &Call<'_>, a: &Value, b: &Value) -> Result<bool, Failure> {
    match (basic(a), basic(b)) {
        (Basic::Int(i), Basic::Uint(u)) | (Basic::Uint(u), Basic::Int(i)) => Ok(u64::try_from(i) == Ok(u)),
        (Basic::Other, Basic::Other) => are_others_equal(call, a, b),
        (x, y) if std::mem::discriminant(&x) == std::mem::discriminant(&y) => Ok(x == y),
        _ if a.is_nil() || b.is_nil() => Ok(false),
        _ => Err(incompatible(call, a, b)),
    }
}

/// Values of no basic kind: with nil, they are compared as to being nil; maps and lists cannot be compared.
fn are_others_equal(call: &Call<'_>, a: &Value, b: &Value) -> Result<bool, Failure> {
    let is_nil = |value: &Value| match &value.data {
        Data::Nil | Data::NilMap => true,
        Data::List(list) => list.is_nil(),
        _ => false,
    };
    if !a.is_nil() && !b.is_nil() && a.kind_name() != b.kind_name() {
        let (shown_a, shown_b) = (print::with_verb(call.rt, a, 's'), print::display(call.rt, b));
        let (type_a, type_b) = (call.type_name(a), call.type_name(b));
        return Err(format!("non-comparable types {shown_a}: {type_a}, {type_b}: {shown_b}").into());
    }
    if is_nil(a) || is_nil(b) {
        return Ok(is_nil(a) == is_nil(b));
    }
    match (&a.data, &b.data) {
        // The zone counts as well.
        (Data::Time(x), Data::Time(y)) => Ok(x.go_syntax() == y.go_syntax()),
        (Data::Object(x), Data::Object(y)) if x.is_pointer || y.is_pointer => Ok(std::sync::Arc::ptr_eq(x, y)),
        (Data::Object(x), Data::Object(y)) => Ok(std::sync::Arc::ptr_eq(x, y) || {
            x.type_name == y.type_name
                && x.text.as_ref().map(|t| t.bytes()) == y.text.as_ref().map(|t| t.bytes())
                && x.fields.len() == y.fields.len()
                && x.fields.iter().zip(&y.fields).all(|(f, g)| basic(&f.value) == basic(&g.value))
        }),
        _ => {
            let shown = print::with_verb(call.rt, b, 's');
            Err(format!("non-comparable type {shown}: {}", call.type_name(b)).into())
        }
    }
}

fn is_less(call: &Call<'_>, a: &Value, b: &Value) -> Result<bool, Failure> {
    let (x, y) = (basic(a), basic(b));
    let order = match (x, y) {
        (Basic::Other, _) | (_, Basic::Other) => None,
        (Basic::Int(i), Basic::Uint(u)) => Some(u64::try_from(i).map_or(Ordering::Less, |i| i.cmp(&u))),
        (Basic::Uint(u), Basic::Int(i)) => Some(u64::try_from(i).map_or(Ordering::Greater, |i| u.cmp(&i))),
        (Basic::Int(i), Basic::Int(j)) => Some(i.cmp(&j)),
        (Basic::Uint(i), Basic::Uint(j)) => Some(i.cmp(&j)),
        // NaN is not less than anything.
        (Basic::Float(f), Basic::Float(g)) => Some(f.0.partial_cmp(&g.0).unwrap_or(Ordering::Greater)),
        (Basic::String(s), Basic::String(t)) => Some(s.cmp(t)),
        (Basic::Bool(_), Basic::Bool(_)) | (Basic::Complex(..), Basic::Complex(..)) => None,
        _ => return Err(incompatible(call, a, b)),
    };
    order.map(|o| o == Ordering::Less).ok_or_else(|| "invalid type for comparison".into())
}

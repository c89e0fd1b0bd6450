//! What a template function is, and what it may use.

use super::runtime::Runtime;
use crate::profile::Profile;
use crate::source::Span;
use crate::value::origin::Step;
use crate::value::{Data, OriginId, Text, Value};
use std::sync::Arc;

/// The type of a parameter, as Go's reflection sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Param {
    /// `interface {}`
    Any,
    /// `string`
    Str,
    /// `int`
    Int,
    /// `int64`
    Int64,
    /// `uint32`
    Uint32,
    /// `bool`
    Bool,
    /// `float64`
    Float,
    /// `map[string]interface {}`
    Map,
    /// `[]interface {}`
    AnyList,
    /// `time.Time`
    Time,
    /// `time.Duration`
    Duration,
    /// `sprig.certificate`
    Certificate,
}

/// How the provenance of the arguments reaches the result. What the function itself set is kept in each case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    /// The result depends on everything in the arguments, text pieces and nested entries included (`sha256sum`, `eq`,
    /// `len` of a text, …).
    Digest,
    /// The result keeps the parts of the arguments with their own provenance (pieces of texts, elements of lists); only
    /// the origins of the argument values as a whole are added to it (`trim`, `list`, `indent`, `append`, …).
    Whole,
    /// The function says it all (`default`, `index`, `dig`, …).
    Own,
}

/// The static type of a result: a result of type `interface {}` is boxed until its pipeline stage ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Returns {
    Interface,
    Concrete,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// An error or a panic of the function; `error calling f: ` stands before it when it is shown.
    Error(String),
    /// A budget of ours ran out; not an error of Helm's.
    Budget(String),
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Failure::Error(message)
    }
}

impl From<&str> for Failure {
    fn from(message: &str) -> Self {
        Failure::Error(message.into())
    }
}

pub type FnResult = Result<Value, Failure>;

/// A function that templates can call. Arguments arrive converted to their parameter types: a `Str` is `Data::Str`, an
/// `Int` is `Data::Int`, a `Map` is `Data::Map` or `Data::NilMap`, and so on; a nil for `Any` is `Data::Nil`. Unknown
/// values do not arrive (the caller makes the result unknown) unless `takes_unknown` is set.
pub struct Function {
    pub name: &'static str,
    pub params: &'static [Param],
    /// The last parameter may occur any number of times, also not at all.
    pub variadic: bool,
    pub returns: Returns,
    pub flow: Flow,
    pub takes_unknown: bool,
    /// Whether this version of Helm has it.
    pub exists: fn(&Profile) -> bool,
    pub run: fn(&mut Call<'_>, &[Value]) -> FnResult,
}

/// A method of a Go type: its parameters without the receiver.
#[derive(Clone, Copy)]
pub struct Method {
    pub name: &'static str,
    pub params: &'static [Param],
    pub variadic: bool,
    pub returns: Returns,
    /// The first value is the receiver. The result gets the origins of all values as a whole.
    pub run: fn(&mut Call<'_>, &[Value]) -> FnResult,
}

/// Every version of Helm that is modelled has it.
pub fn always(_: &Profile) -> bool {
    true
}

impl Param {
    /// Go's name of the type, for messages.
    pub fn type_name(self) -> &'static str {
        match self {
            Param::Any => "interface {}",
            Param::Str => "string",
            Param::Int => "int",
            Param::Int64 => "int64",
            Param::Uint32 => "uint32",
            Param::Bool => "bool",
            Param::Float => "float64",
            Param::Map => "map[string]interface {}",
            Param::AnyList => "[]interface {}",
            Param::Time => "time.Time",
            Param::Duration => "time.Duration",
            Param::Certificate => "sprig.certificate",
        }
    }
}

impl Function {
    /// A function with a concrete result and `Flow::Whole`, in all versions.
    pub const fn new(
        name: &'static str,
        params: &'static [Param],
        run: fn(&mut Call<'_>, &[Value]) -> FnResult,
    ) -> Function {
        Function {
            name,
            params,
            variadic: false,
            returns: Returns::Concrete,
            flow: Flow::Whole,
            takes_unknown: false,
            exists: always,
            run,
        }
    }

    pub const fn variadic(self) -> Function {
        Function { variadic: true, ..self }
    }

    pub const fn interface(self) -> Function {
        Function { returns: Returns::Interface, ..self }
    }

    pub const fn digest(self) -> Function {
        Function { flow: Flow::Digest, ..self }
    }

    pub const fn own(self) -> Function {
        Function { flow: Flow::Own, ..self }
    }

    pub const fn takes_unknown(self) -> Function {
        Function { takes_unknown: true, ..self }
    }

    pub const fn exists(self, exists: fn(&Profile) -> bool) -> Function {
        Function { exists, ..self }
    }
}

/// One call of a function: the state of the render and the place of the call.
pub struct Call<'a> {
    pub rt: &'a mut Runtime,
    /// The address of the call.
    pub span: Span,
    pub name: &'static str,
    /// Bit n: argument n is a nil of static type `interface {}` (text/template's own functions can tell it from no value).
    pub boxed: u32,
}

impl Call<'_> {
    /// The union of what two things depend on.
    pub fn join(&mut self, a: OriginId, b: OriginId) -> OriginId {
        self.rt.arena.join(a, b)
    }

    /// Everything a value depends on, its pieces and nested entries included.
    pub fn deep_origin(&mut self, value: &Value) -> OriginId {
        self.rt.deep_origin(value)
    }

    /// A value with one more origin.
    pub fn with(&mut self, mut value: Value, origin: OriginId) -> Value {
        value.origin = self.rt.arena.join(value.origin, origin);
        value
    }

    /// The origin after a step of this call.
    pub fn through(&mut self, origin: OriginId) -> OriginId {
        let name = self.name;
        self.rt.arena.step(origin, || Step::Through(name), self.span)
    }

    /// Takes `bytes` (or steps of a loop) from the budget of the render.
    pub fn spend(&mut self, bytes: usize) -> Result<(), Failure> {
        self.rt.spend(bytes)
    }

    /// Whether Sprig calls the value empty (`default`, `empty`, `coalesce`, `compact`).
    pub fn is_empty(&self, value: &Value) -> bool {
        match &value.data {
            Data::Float(f) => *f == 0.0,
            _ => !value.truth(&self.rt.heap).unwrap_or(true),
        }
    }

    /// The name of a value's type in messages (Go's `%T`).
    pub fn type_name(&self, value: &Value) -> String {
        value.type_name(&self.rt.heap, &self.rt.profile)
    }
}

/// The text of an argument that was declared `Str`.
pub fn text(value: &Value) -> &Text {
    match &value.data {
        Data::Str(text) | Data::Bytes(text) => text,
        // The evaluator converts arguments before a call, so this is reached by no template.
        _ => {
            static EMPTY: std::sync::LazyLock<Text> = std::sync::LazyLock::new(Text::empty);
            &EMPTY
        }
    }
}

/// The number of an argument that was declared `Int` or `Int64`.
pub fn int(value: &Value) -> i64 {
    match value.data {
        Data::Int(i, _) => i,
        Data::Uint(u, _) => u as i64,
        _ => 0,
    }
}

/// A plain map with these entries.
pub fn key(bytes: &[u8]) -> Arc<[u8]> {
    Arc::from(bytes)
}

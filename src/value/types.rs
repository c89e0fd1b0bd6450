//! Go's types of values: names, kinds, truth.

use super::golang::time::{MONTHS, WEEKDAYS};
use super::{Data, Element, Heap, MapKind, Value};
use crate::profile::Profile;

/// The signed integer types that occur.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IntKind {
    Int,
    Int32,
    Int64,
    /// `time.Month`, an int that prints as its name.
    Month,
    /// `time.Weekday`, an int that prints as its name.
    Weekday,
}

/// The unsigned integer types that occur.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UintKind {
    Uint8,
    Uint32,
    Uint64,
}

impl IntKind {
    /// What a number of a named type prints as.
    pub fn text(self, number: i64) -> Option<String> {
        let (type_name, first, names) = match self {
            IntKind::Month => ("Month", 1, &MONTHS[..]),
            IntKind::Weekday => ("Weekday", 0, &WEEKDAYS[..]),
            _ => return None,
        };
        let index = usize::try_from(number.saturating_sub(first)).ok();
        let name = index.and_then(|index| names.get(index).map(|name| name.to_string()));
        Some(name.unwrap_or_else(|| format!("%!{type_name}({number})")))
    }
}

/// A struct value, seen from a template.
#[derive(Debug)]
pub struct Object {
    /// Go's name of the type, without a pointer's `*`.
    pub type_name: &'static str,
    pub is_pointer: bool,
    /// The exported fields in the order of the struct, with the name that JSON gives them ("" when it leaves them out
    /// if empty is said by [`Field::omit_empty`]).
    pub fields: Vec<Field>,
    /// What `%v`, `toString` and the like print where the type has a `String` method.
    pub text: Option<super::Text>,
    /// What `{{ }}` prints where only a pointer to the type has a `String` method.
    pub printed: Option<super::Text>,
}

/// An exported field of a struct.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    /// Empty for a field that is not exported.
    pub json: &'static str,
    pub omit_empty: bool,
    pub value: Value,
}

impl Object {
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|f| f.name == name).map(|f| &f.value)
    }
}

impl Element {
    /// Go's name of the list type.
    pub fn list_type(self, profile: &Profile) -> &'static str {
        match self {
            Element::Any => "[]interface {}",
            Element::String => "[]string",
            Element::Int => "[]int",
            Element::Lists => "[][]interface {}",
            Element::Maps => "[]map[string]interface {}",
            Element::Versions if profile.is_helm4() => "common.VersionSet",
            Element::Versions => "chartutil.VersionSet",
            Element::Maintainers => "[]*chart.Maintainer",
            Element::Dependencies => "[]*chart.Dependency",
        }
    }
}

impl MapKind {
    /// Go's name of the map type.
    pub fn map_type(self, profile: &Profile) -> &'static str {
        match self {
            MapKind::Plain => "map[string]interface {}",
            MapKind::Values if profile.is_helm4() => "common.Values",
            MapKind::Values => "chartutil.Values",
            MapKind::Strings => "map[string]string",
            MapKind::Files => "engine.files",
        }
    }
}

impl Value {
    /// Go's `%T`.
    pub fn type_name(&self, heap: &Heap, profile: &Profile) -> String {
        match &self.data {
            Data::Nil => "<nil>".into(),
            Data::Bool(_) => "bool".into(),
            Data::Int(_, IntKind::Int) => "int".into(),
            Data::Int(_, IntKind::Int32) => "int32".into(),
            Data::Int(_, IntKind::Int64) => "int64".into(),
            Data::Int(_, IntKind::Month) => "time.Month".into(),
            Data::Int(_, IntKind::Weekday) => "time.Weekday".into(),
            Data::Uint(_, UintKind::Uint8) => "uint8".into(),
            Data::Uint(_, UintKind::Uint32) => "uint32".into(),
            Data::Uint(_, UintKind::Uint64) => "uint64".into(),
            Data::Float(_) => "float64".into(),
            Data::Complex(_) => "complex128".into(),
            Data::Str(_) => "string".into(),
            Data::Bytes(_) => "[]uint8".into(),
            Data::List(list) => list.element().list_type(profile).into(),
            Data::Map(id) => heap.kind(*id).map_type(profile).into(),
            Data::NilMap | Data::Unknown(_) => "map[string]interface {}".into(),
            Data::Object(object) if object.is_pointer => format!("*{}", object.type_name),
            Data::Object(object) => object.type_name.into(),
            Data::Time(_) => "time.Time".into(),
            Data::Duration(_) => "time.Duration".into(),
        }
    }

    /// Go's reflect.Kind as text.
    pub fn kind_name(&self) -> &'static str {
        match &self.data {
            Data::Nil => "invalid",
            Data::Bool(_) => "bool",
            Data::Int(_, IntKind::Int | IntKind::Month | IntKind::Weekday) => "int",
            Data::Int(_, IntKind::Int32) => "int32",
            Data::Int(_, IntKind::Int64) => "int64",
            Data::Uint(_, UintKind::Uint8) => "uint8",
            Data::Uint(_, UintKind::Uint32) => "uint32",
            Data::Uint(_, UintKind::Uint64) => "uint64",
            Data::Float(_) => "float64",
            Data::Complex(_) => "complex128",
            Data::Str(_) => "string",
            Data::Bytes(_) | Data::List(_) => "slice",
            Data::Map(_) | Data::NilMap | Data::Unknown(_) => "map",
            Data::Object(object) if object.is_pointer => "ptr",
            Data::Object(_) | Data::Time(_) => "struct",
            Data::Duration(_) => "int64",
        }
    }

    /// The truth of a value in `if`, `and`, `not` … (text/template's IsTrue). `None` for an unknown value.
    pub fn truth(&self, heap: &Heap) -> Option<bool> {
        Some(match &self.data {
            Data::Nil | Data::NilMap => false,
            Data::Bool(b) => *b,
            Data::Int(i, _) => *i != 0,
            Data::Uint(u, _) => *u != 0,
            Data::Float(f) => *f != 0.0,
            Data::Complex(c) => c.0 != 0.0 || c.1 != 0.0,
            Data::Str(text) | Data::Bytes(text) => !text.is_empty(),
            Data::List(list) => !list.is_empty(),
            Data::Map(id) => !heap.get(*id).entries.is_empty(),
            Data::Object(_) | Data::Time(_) => true,
            Data::Duration(nanoseconds) => *nanoseconds != 0,
            Data::Unknown(_) => return None,
        })
    }
}

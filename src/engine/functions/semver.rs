//! Sprig's functions on versions, and the methods of what `semver` gives.

use crate::engine::function::{Call, FnResult, Function, Method, Param, Returns, text};
use crate::value::golang::semver::{Constraints, Library, Part, Version};
use crate::value::{Data, Field, Object, Text, UintKind, Value};
use std::cmp::Ordering;
use std::sync::Arc;

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("semver", &[Param::Str], semver).digest(),
    Function::new("semverCompare", &[Param::Str, Param::Str], semver_compare).digest(),
];

/// The methods of a value that `semver` or one of its methods gave.
pub fn methods_of(object: &Object) -> &'static [Method] {
    if object.is_pointer { METHODS } else { METHODS.get(OF_POINTERS..).unwrap_or_default() }
}

/// So many of the methods are those of a pointer alone.
const OF_POINTERS: usize = 7;

const METHODS: &[Method] = &[
    method("Original", &[], |_, args| Ok(Value::string(version(args, 0).original))),
    method("Compare", OTHER, |_, args| {
        Ok(Value::int(match compared(args)? {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        }))
    }),
    method("Equal", OTHER, |_, args| Ok(Value::bool(compared(args)?.is_eq()))),
    method("LessThan", OTHER, |_, args| Ok(Value::bool(compared(args)?.is_lt()))),
    method("LessThanEqual", OTHER, |_, args| Ok(Value::bool(compared(args)?.is_le()))),
    method("GreaterThan", OTHER, |_, args| Ok(Value::bool(compared(args)?.is_gt()))),
    method("GreaterThanEqual", OTHER, |_, args| Ok(Value::bool(compared(args)?.is_ge()))),
    method("Major", &[], |_, args| Ok(number(version(args, 0).major))),
    method("Minor", &[], |_, args| Ok(number(version(args, 0).minor))),
    method("Patch", &[], |_, args| Ok(number(version(args, 0).patch))),
    method("Prerelease", &[], |_, args| Ok(Value::string(version(args, 0).prerelease))),
    method("Metadata", &[], |_, args| Ok(Value::string(version(args, 0).metadata))),
    method("String", &[], |_, args| Ok(Value::string(version(args, 0).to_string()))),
    method("IncMajor", &[], |call, args| raised(call, args, Part::Major)),
    method("IncMinor", &[], |call, args| raised(call, args, Part::Minor)),
    method("IncPatch", &[], |call, args| raised(call, args, Part::Patch)),
];

/// Another version; any other value is refused when it is called.
const OTHER: &[Param] = &[Param::Any];

const fn method(name: &'static str, params: &'static [Param], run: fn(&mut Call<'_>, &[Value]) -> FnResult) -> Method {
    Method { name, params, variadic: false, returns: Returns::Concrete, run }
}

fn number(number: u64) -> Value {
    Data::Uint(number, UintKind::Uint64).into()
}

/// A version as a value. Its fields are private in Go and of no use to templates; they hold what the text does not.
fn object(version: &Version, is_pointer: bool) -> Value {
    let field = |name, value: &str| Field { name, json: "-", omit_empty: true, value: Value::string(value) };
    let object = Object {
        type_name: "semver.Version",
        is_pointer,
        fields: vec![field("original", &version.original)],
        text: Some(Text::from(version.to_string())),
        printed: None,
    };
    Data::Object(Arc::new(object)).into()
}

/// The version that an argument is.
fn version_of(value: &Value) -> Option<Version> {
    let Data::Object(object) = &value.data else { return None };
    if object.type_name != "semver.Version" {
        return None;
    }
    // The text is one that the library wrote, whose older releases write nothing that the newest does not read, but
    // for its limit of length.
    let mut version = Version::parse(object.text.as_ref()?.bytes(), Library::V3_4).ok()?;
    if let Some(original) = object.field("original").and_then(Value::as_text) {
        version.original = original.lossy().into_owned();
    }
    Some(version)
}

/// The receiver of a method. Only versions have these methods.
fn version(args: &[Value], index: usize) -> Version {
    args.get(index).and_then(version_of).unwrap_or(Version {
        major: 0,
        minor: 0,
        patch: 0,
        prerelease: String::new(),
        metadata: String::new(),
        original: String::new(),
    })
}

fn compared(args: &[Value]) -> Result<Ordering, String> {
    let Some(other) = args.get(1) else { return Err("wrong number of args".into()) };
    match version_of(other) {
        Some(other) => Ok(version(args, 0).compare(&other)),
        None if other.is_nil() => Err("runtime error: invalid memory address or nil pointer dereference".into()),
        None => Err("wrong type for value; expected *semver.Version".into()),
    }
}

fn raised(call: &mut Call<'_>, args: &[Value], part: Part) -> FnResult {
    let next = version(args, 0).raised(part, Library::of(&call.rt.profile))?;
    Ok(object(&next, false))
}

fn semver(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let text = text(args.first().unwrap_or(&Value::NIL));
    call.spend(text.len())?;
    let version = Version::parse(text.bytes(), Library::of(&call.rt.profile))?;
    Ok(object(&version, true))
}

fn semver_compare(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [constraint, version] = args else { return Ok(Value::bool(false)) };
    let (constraint, version) = (text(constraint), text(version));
    call.spend(constraint.len().saturating_mul(16).saturating_add(version.len()))?;
    let library = Library::of(&call.rt.profile);
    let constraints = Constraints::parse(constraint.bytes(), library)?;
    let version = Version::parse(version.bytes(), library)?;
    Ok(Value::bool(constraints.check(&version)))
}

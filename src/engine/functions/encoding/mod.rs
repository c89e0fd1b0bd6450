//! Texts and values in other encodings: base64 and base32, JSON, YAML, TOML.
//!
//! What is written keeps the origins of its parts, and what is read back gives every scalar its own again.

mod base;
mod from;
mod to;

use crate::engine::function::{Call, FnResult, Function, Param, text};
use crate::profile::Profile;
use crate::value::{Text, Value};

const STR: &[Param] = &[Param::Str];
const ANY: &[Param] = &[Param::Any];

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("b64enc", STR, |call, args| encoded(call, args, base::encode64)).digest(),
    Function::new("b32enc", STR, |call, args| encoded(call, args, base::encode32)).digest(),
    Function::new("b64dec", STR, |call, args| decoded(call, args, base::decode64)).digest(),
    Function::new("b32dec", STR, |call, args| decoded(call, args, base::decode32)).digest(),
    Function::new("toYaml", ANY, to::yaml).own().takes_unknown(),
    Function::new("toYamlPretty", ANY, to::yaml_pretty).own().takes_unknown().exists(since_3_17),
    Function::new("mustToYaml", ANY, to::must_yaml).own().takes_unknown().exists(Profile::is_helm4),
    Function::new("toJson", ANY, to::json).own().takes_unknown(),
    Function::new("mustToJson", ANY, to::must_json).own().takes_unknown(),
    Function::new("toPrettyJson", ANY, to::pretty_json).own().takes_unknown(),
    Function::new("mustToPrettyJson", ANY, to::must_pretty_json).own().takes_unknown(),
    Function::new("toRawJson", ANY, to::must_raw_json).own().takes_unknown(),
    Function::new("mustToRawJson", ANY, to::must_raw_json).own().takes_unknown(),
    Function::new("toToml", ANY, to::toml).own().takes_unknown(),
    Function::new("mustToToml", ANY, to::must_toml).own().takes_unknown().exists(|profile| profile.since(4, 2, 0)),
    Function::new("fromYaml", STR, from::yaml).own(),
    Function::new("fromYamlArray", STR, from::yaml_array).own(),
    Function::new("fromJson", STR, from::json).own(),
    Function::new("fromJsonArray", STR, from::json_array).own(),
    Function::new("mustFromJson", STR, from::must_json).interface().own(),
    Function::new("fromToml", STR, from::toml).own().exists(since_3_17),
];

fn since_3_17(profile: &Profile) -> bool {
    profile.since(3, 17, 0)
}

/// The text of an argument that was declared `Str`.
fn at(args: &[Value], index: usize) -> &Text {
    text(args.get(index).unwrap_or(&Value::NIL))
}

fn encoded(call: &mut Call<'_>, args: &[Value], encode: fn(&[u8]) -> Vec<u8>) -> FnResult {
    let bytes = at(args, 0).bytes();
    call.spend(bytes.len().saturating_mul(2))?;
    Ok(Value::string(encode(bytes)))
}

/// What was encoded; the text of an error is as good a result.
fn decoded(call: &mut Call<'_>, args: &[Value], decode: fn(&[u8]) -> Result<Vec<u8>, String>) -> FnResult {
    let bytes = at(args, 0).bytes();
    call.spend(bytes.len())?;
    Ok(match decode(bytes) {
        Ok(bytes) => Value::string(bytes),
        Err(message) => Value::string(message),
    })
}

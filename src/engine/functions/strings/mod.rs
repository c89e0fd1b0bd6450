//! Sprig's functions on strings. Checked against Sprig 3.3 with goutils 1.1 and xstrings 1.5.
//!
//! What moves text about keeps its pieces; what only asks about a text digests it.

mod assemble;
mod case;
mod cut;
mod search;
mod split;
mod words;

pub(super) use assemble::text_of;

use crate::engine::function::{Call, FnResult, Function, Param, text};
use crate::value::{Text, Value};

const STR: &[Param] = &[Param::Str];
const STR2: &[Param] = &[Param::Str, Param::Str];
const STR3: &[Param] = &[Param::Str, Param::Str, Param::Str];
const INT_STR: &[Param] = &[Param::Int, Param::Str];
const ANY: &[Param] = &[Param::Any];

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("hello", &[], |_, _| Ok(Value::string("Hello!"))),
    Function::new("trim", STR, cut::trim),
    Function::new("trimAll", STR2, cut::trim_all),
    Function::new("trimall", STR2, cut::trim_all),
    Function::new("trimPrefix", STR2, cut::trim_prefix),
    Function::new("trimSuffix", STR2, cut::trim_suffix),
    Function::new("substr", &[Param::Int, Param::Int, Param::Str], cut::substr),
    Function::new("trunc", INT_STR, cut::trunc),
    Function::new("abbrev", INT_STR, cut::abbrev),
    Function::new("abbrevboth", &[Param::Int, Param::Int, Param::Str], cut::abbrevboth),
    Function::new("initials", STR, cut::initials),
    Function::new("nospace", STR, cut::nospace),
    Function::new("wrap", INT_STR, cut::wrap),
    Function::new("wrapWith", &[Param::Int, Param::Str, Param::Str], cut::wrap_with),
    Function::new("upper", STR, case::upper),
    Function::new("lower", STR, case::lower),
    Function::new("title", STR, case::title),
    Function::new("untitle", STR, case::untitle),
    Function::new("swapcase", STR, case::swapcase),
    Function::new("camelcase", STR, words::camelcase),
    Function::new("snakecase", STR, words::snakecase),
    Function::new("kebabcase", STR, words::kebabcase),
    Function::new("contains", STR2, |_, args| {
        ask(args, |needle, bytes| search::find(bytes, needle, 0).is_some())
    })
    .digest(),
    Function::new("hasPrefix", STR2, |_, args| ask(args, |prefix, bytes| bytes.starts_with(prefix))).digest(),
    Function::new("hasSuffix", STR2, |_, args| ask(args, |suffix, bytes| bytes.ends_with(suffix))).digest(),
    Function::new("quote", ANY, assemble::quote).variadic().own().takes_unknown(),
    Function::new("squote", ANY, assemble::squote).variadic().own().takes_unknown(),
    Function::new("cat", ANY, assemble::cat).variadic().own().takes_unknown(),
    Function::new("indent", INT_STR, assemble::indent).takes_unknown(),
    Function::new("nindent", INT_STR, assemble::nindent).takes_unknown(),
    Function::new("repeat", INT_STR, assemble::repeat),
    Function::new("replace", STR3, assemble::replace).own(),
    Function::new("plural", &[Param::Str, Param::Str, Param::Int], assemble::plural).own(),
    Function::new("toString", ANY, assemble::to_string),
    Function::new("toStrings", ANY, assemble::to_strings),
    Function::new("join", &[Param::Str, Param::Any], assemble::join).own().takes_unknown(),
    Function::new("split", STR2, split::split),
    Function::new("splitn", &[Param::Str, Param::Int, Param::Str], split::splitn),
    Function::new("splitList", STR2, split::split_list),
    Function::new("sortAlpha", ANY, split::sort_alpha),
    Function::new("shuffle", STR, split::shuffle).digest(),
];

/// A question about the second text that the first one takes part in.
fn ask(args: &[Value], question: impl FnOnce(&[u8], &[u8]) -> bool) -> FnResult {
    let (first, second) = (at(args, 0), at(args, 1));
    Ok(Value::bool(question(first.bytes(), second.bytes())))
}

/// The text of an argument that was declared `Str`.
fn at(args: &[Value], index: usize) -> &Text {
    args.get(index).map_or_else(|| text(&Value::NIL), text)
}

/// Takes the bytes of a text that is about to be made from the budget.
fn spend(call: &mut Call<'_>, bytes: usize) -> Result<(), crate::engine::function::Failure> {
    call.spend(bytes)
}

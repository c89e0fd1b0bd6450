//! Sprig's functions on strings.
//!
//! What they do with bytes is in [`golang::strings`]; here they get their arguments and keep provenance: what moves text
//! about keeps its pieces, and what only asks about a text digests it.

mod assemble;
mod search;
mod split;

use super::rewrite::Rewriter;
use crate::engine::function::{Call, FnResult, Function, Param, int, text};
use crate::value::golang::{self, Segment};
use crate::value::{Text, Value};
use std::ops::Range;

const STR: &[Param] = &[Param::Str];
const STR2: &[Param] = &[Param::Str, Param::Str];
const STR3: &[Param] = &[Param::Str, Param::Str, Param::Str];
const INT_STR: &[Param] = &[Param::Int, Param::Str];
const ANY: &[Param] = &[Param::Any];

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("hello", &[], |_, _| Ok(Value::string("Hello!"))),
    // Parts of a text.
    Function::new("trim", STR, |_, args| part(at(args, 0), golang::strings::trim)),
    Function::new("trimAll", STR2, trim_all),
    Function::new("trimall", STR2, trim_all),
    Function::new("trimPrefix", STR2, |_, args| {
        part(at(args, 1), |bytes| golang::strings::trim_prefix(at(args, 0).bytes(), bytes))
    }),
    Function::new("trimSuffix", STR2, |_, args| {
        part(at(args, 1), |bytes| golang::strings::trim_suffix(at(args, 0).bytes(), bytes))
    }),
    Function::new("trunc", INT_STR, |_, args| {
        part(at(args, 1), |bytes| golang::strings::trunc(number(args, 0), bytes.len()))
    }),
    Function::new("substr", &[Param::Int, Param::Int, Param::Str], |_, args| {
        let text = at(args, 2);
        let range = golang::strings::substr(number(args, 0), number(args, 1), text.len())?;
        Ok(Value::string(text.slice(range)))
    }),
    Function::new("abbrev", INT_STR, |_, args| {
        rewritten(at(args, 1), |bytes, out| golang::strings::abbrev(number(args, 0), bytes, out))
    }),
    Function::new("abbrevboth", &[Param::Int, Param::Int, Param::Str], |_, args| {
        let (left, right) = (number(args, 0), number(args, 1));
        rewritten(at(args, 2), |bytes, out| golang::strings::abbrev_both(left, right, bytes, out))
    }),
    Function::new("initials", STR, |_, args| rewritten(at(args, 0), golang::strings::initials)),
    Function::new("nospace", STR, |_, args| rewritten(at(args, 0), golang::strings::nospace)),
    Function::new("wrap", INT_STR, |_, args| {
        rewritten(at(args, 1), |bytes, out| golang::strings::wrap(number(args, 0), bytes, out))
    }),
    Function::new("wrapWith", &[Param::Int, Param::Str, Param::Str], wrap_with),
    // Other spellings of a text.
    Function::new("upper", STR, |_, args| rewritten(at(args, 0), golang::strings::upper)),
    Function::new("lower", STR, |_, args| rewritten(at(args, 0), golang::strings::lower)),
    Function::new("title", STR, |_, args| rewritten(at(args, 0), golang::strings::title)),
    Function::new("untitle", STR, |_, args| rewritten(at(args, 0), golang::strings::untitle)),
    Function::new("swapcase", STR, |_, args| rewritten(at(args, 0), golang::strings::swapcase)),
    Function::new("camelcase", STR, camelcase),
    Function::new("snakecase", STR, |_, args| rewritten(at(args, 0), golang::strings::snakecase)),
    Function::new("kebabcase", STR, |_, args| rewritten(at(args, 0), golang::strings::kebabcase)),
    // Questions.
    Function::new("contains", STR2, |_, args| {
        Ok(Value::bool(search::is_within(at(args, 0).bytes(), at(args, 1).bytes())))
    })
    .digest(),
    Function::new("hasPrefix", STR2, |_, args| Ok(Value::bool(at(args, 1).bytes().starts_with(at(args, 0).bytes()))))
        .digest(),
    Function::new("hasSuffix", STR2, |_, args| Ok(Value::bool(at(args, 1).bytes().ends_with(at(args, 0).bytes()))))
        .digest(),
    // Texts put together.
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
    // Lists of texts.
    Function::new("split", STR2, split::split),
    Function::new("splitn", &[Param::Str, Param::Int, Param::Str], split::splitn),
    Function::new("splitList", STR2, split::split_list),
    Function::new("sortAlpha", ANY, split::sort_alpha),
    Function::new("shuffle", STR, split::shuffle).digest(),
];

/// The text of an argument that was declared `Str`.
fn at(args: &[Value], index: usize) -> &Text {
    text(args.get(index).unwrap_or(&Value::NIL))
}

/// The number of an argument that was declared `Int`.
fn number(args: &[Value], index: usize) -> i64 {
    args.get(index).map_or(0, int)
}

/// A range of a text.
fn part(text: &Text, range: impl FnOnce(&[u8]) -> Range<usize>) -> FnResult {
    Ok(Value::string(text.slice(range(text.bytes()))))
}

/// A text made from another one by a function of Go's library.
pub(super) fn rewritten(text: &Text, write: impl FnOnce(&[u8], &mut dyn FnMut(Segment))) -> FnResult {
    let mut out = Rewriter::new(text);
    write(text.bytes(), &mut |segment| out.play(segment));
    Ok(Value::string(out.finish()))
}

/// How many bytes `write` writes.
fn length(write: impl FnOnce(&mut dyn FnMut(Segment))) -> usize {
    let mut length = 0_usize;
    write(&mut |segment| {
        length = length.saturating_add(match segment {
            Segment::Copy(range) => range.len(),
            Segment::Insert(bytes) | Segment::Change(_, bytes) => bytes.len(),
        });
    });
    length
}

fn trim_all(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    part(at(args, 1), |bytes| golang::strings::trim_all(at(args, 0).bytes(), bytes))
}

fn wrap_with(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (width, separator, text) = (number(args, 0), at(args, 1), at(args, 2));
    call.spend(length(|out| golang::strings::wrap_with(width, separator.bytes(), text.bytes(), out)))?;
    rewritten(text, |bytes, out| golang::strings::wrap_with(width, separator.bytes(), bytes, out))
}

fn camelcase(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    if call.rt.profile.since(3, 13, 0) {
        return rewritten(at(args, 0), golang::strings::camelcase);
    }
    // The xstrings of that time put all of a word but its first rune in lower case.
    let lower = rewritten(at(args, 0), golang::strings::lower)?;
    rewritten(text(&lower), golang::strings::camelcase)
}

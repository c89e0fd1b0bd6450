//! Sprig's functions on regular expressions.
//!
//! A text that is found or replaced keeps its pieces; whether a pattern matches depends on everything.

use super::rewrite::Rewriter;
use super::strings::rewritten;
use crate::engine::function::{Call, Failure, FnResult, Function, Param, int, text};
use crate::value::golang::Segment;
use crate::value::golang::fmt::Excess;
use crate::value::golang::regexp::{Regexp, RegexpError, Texts, quote_meta};
use crate::value::{Data, Element, List, OriginId, Text, Value};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

const STR2: &[Param] = &[Param::Str, Param::Str];
const STR3: &[Param] = &[Param::Str, Param::Str, Param::Str];
const STR2_INT: &[Param] = &[Param::Str, Param::Str, Param::Int];

/// The functions of this family. A bad pattern is a panic, or an error for the ones that must succeed.
pub const FUNCTIONS: &[Function] = &[
    Function::new("regexMatch", STR2, |call, args| Ok(Value::bool(matches(call, args).unwrap_or(false)))).digest(),
    Function::new("mustRegexMatch", STR2, |call, args| Ok(Value::bool(matches(call, args)?))).digest(),
    Function::new("regexFind", STR2, find).own(),
    Function::new("mustRegexFind", STR2, find).own(),
    Function::new("regexFindAll", STR2_INT, find_all).own(),
    Function::new("mustRegexFindAll", STR2_INT, find_all).own(),
    Function::new("regexReplaceAll", STR3, |call, args| replace(call, args, Regexp::replace_all)).own(),
    Function::new("mustRegexReplaceAll", STR3, |call, args| replace(call, args, Regexp::replace_all)).own(),
    Function::new("regexReplaceAllLiteral", STR3, |call, args| replace(call, args, Regexp::replace_all_literal)).own(),
    Function::new("mustRegexReplaceAllLiteral", STR3, |call, args| replace(call, args, Regexp::replace_all_literal))
        .own(),
    Function::new("regexSplit", STR2_INT, split).own(),
    Function::new("mustRegexSplit", STR2_INT, split).own(),
    Function::new("regexQuoteMeta", &[Param::Str], |call, args| {
        call.spend(at(args, 0).len())?;
        rewritten(at(args, 0), quote_meta)
    }),
];

/// Patterns that were compiled in this render, or in one before.
#[derive(Clone, Default)]
pub struct Patterns {
    for_any: Compiled,
    for_short: Compiled,
}

type Compiled = FxHashMap<Box<[u8]>, Result<Arc<Regexp>, RegexpError>>;

/// More patterns than this are forgotten: templates can make them.
const MAX_PATTERNS: usize = 256;

fn at(args: &[Value], index: usize) -> &Text {
    text(args.get(index).unwrap_or(&Value::NIL))
}

/// The pattern, for a text.
fn compile(call: &mut Call<'_>, pattern: &Text, text: &Text) -> Result<Arc<Regexp>, RegexpError> {
    let texts = Texts::of(text.bytes());
    let patterns = match texts {
        Texts::Any => &mut call.rt.patterns.for_any,
        Texts::Short => &mut call.rt.patterns.for_short,
    };
    if let Some(known) = patterns.get(pattern.bytes()) {
        return known.clone();
    }
    if patterns.len() >= MAX_PATTERNS {
        patterns.clear();
    }
    let compiled = Regexp::compile(pattern.bytes(), texts).map(Arc::new);
    patterns.insert(pattern.bytes().into(), compiled.clone());
    compiled
}

/// The pattern that is the first argument, and what depends on it.
fn pattern(call: &mut Call<'_>, args: &[Value]) -> Result<(Arc<Regexp>, OriginId), Failure> {
    call.spend(at(args, 0).len().saturating_mul(64).saturating_add(at(args, 1).len()))?;
    let pattern = at(args, 0);
    let compiled = compile(call, pattern, at(args, 1)).map_err(|error| match call.name.starts_with("must") {
        true => error.to_string(),
        false => error.panic_text(pattern.bytes()),
    })?;
    let origin = args.first().map_or(OriginId::NONE, |v| call.deep_origin(v));
    let origin = call.through(origin);
    // What the text as a whole depends on stays with every part of it.
    let whole = args.get(1).map_or(OriginId::NONE, |v| v.origin);
    Ok((compiled, call.join(origin, whole)))
}

fn matches(call: &mut Call<'_>, args: &[Value]) -> Result<bool, Failure> {
    let (regexp, _) = pattern(call, args)?;
    Ok(regexp.is_match(at(args, 1).bytes()))
}

fn find(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (regexp, origin) = pattern(call, args)?;
    let text = at(args, 1);
    let found = match regexp.find(text.bytes()) {
        Some(range) => text.slice(range),
        None => text.slice(0..0),
    };
    Ok(Value::string(found).with_origin(origin))
}

/// A list of parts; how many there are, and where, depends on all of the text.
fn parts(call: &mut Call<'_>, args: &[Value], ranges: Vec<Range<usize>>, origin: OriginId) -> FnResult {
    call.spend(ranges.len().saturating_mul(16))?;
    let text = at(args, 1);
    let deep = args.get(1).map_or(OriginId::NONE, |v| call.deep_origin(v));
    let deep = call.through(deep);
    let deep = call.join(deep, origin);
    let mut out = Rewriter::new(text);
    let parts = ranges.into_iter().map(|range| {
        out.skip(range.start);
        out.take();
        out.copy(range.end);
        Value::string(out.take()).with_origin(origin)
    });
    Ok(Value::new(Data::List(List::of(Element::String, parts.collect())), deep))
}

/// Go's nil list of strings.
fn none(call: &mut Call<'_>, args: &[Value], origin: OriginId) -> FnResult {
    let deep = args.get(1).map_or(OriginId::NONE, |v| call.deep_origin(v));
    let deep = call.through(deep);
    let origin = call.join(deep, origin);
    Ok(Value::new(Data::List(List::nil(Element::String)), origin))
}

fn find_all(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (regexp, origin) = pattern(call, args)?;
    let found = regexp.find_all(at(args, 1).bytes(), args.get(2).map_or(-1, int));
    if found.is_empty() { none(call, args, origin) } else { parts(call, args, found, origin) }
}

fn split(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (regexp, origin) = pattern(call, args)?;
    let count = args.get(2).map_or(-1, int);
    if count == 0 {
        return none(call, args, origin);
    }
    let ranges = regexp.split(at(args, 1).bytes(), count);
    parts(call, args, ranges, origin)
}

/// Replaces every match; what the replacement says depends on it as well.
fn replace(
    call: &mut Call<'_>,
    args: &[Value],
    write: fn(&Regexp, &[u8], &[u8], usize, &mut dyn FnMut(Segment)) -> Result<(), Excess>,
) -> FnResult {
    let (regexp, origin) = pattern(call, args)?;
    let (text, replacement) = (at(args, 1), at(args, 2));
    let inserted = args.get(2).map_or(OriginId::NONE, |v| call.deep_origin(v));
    let limit = usize::try_from(call.rt.left).unwrap_or(usize::MAX).min(u32::MAX as usize / 2);
    let mut out = Rewriter::new(text);
    let mut written = 0;
    let result = write(&regexp, text.bytes(), replacement.bytes(), limit, &mut |segment| {
        if let Segment::Insert(bytes) = segment {
            written += bytes.len();
            out.out().push_from(bytes, inserted);
        } else {
            out.play(segment);
        }
    });
    if result.is_err() {
        call.spend(usize::MAX)?;
    }
    call.spend(written)?;
    Ok(Value::string(out.finish()).with_origin(origin))
}

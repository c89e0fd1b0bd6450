//! Functions that put texts together.

use super::super::print;
use super::super::rewrite::Rewriter;
use super::{at, length, rewritten};
use crate::engine::function::{Call, Failure, FnResult, int, text};
use crate::value::golang::{self, Segment, strconv};
use crate::value::{Data, Element, List, OriginId, Text, TextBuilder, Value};

/// Sprig's text of a value: what has a text gives it, anything else is printed as `%v` does. What the value as a whole
/// depends on is not in it.
pub(super) fn text_of(call: &mut Call<'_>, value: &Value) -> Result<Text, Failure> {
    match &value.data {
        Data::Str(text) | Data::Bytes(text) => Ok(text.clone()),
        _ => {
            let mut out = TextBuilder::default();
            print::write_value(call.rt, value, &mut out)?;
            Ok(out.finish())
        }
    }
}

/// Texts of the operands that are not nil, put together by `write` with blanks between them.
fn words(
    call: &mut Call<'_>,
    args: &[Value],
    mut write: impl FnMut(&mut TextBuilder, Text),
) -> Result<TextBuilder, Failure> {
    let mut out = TextBuilder::default();
    let mut is_first = true;
    for value in args {
        let start = out.len();
        if !value.is_nil() {
            if !is_first {
                out.push(b" ");
            }
            is_first = false;
            let text = text_of(call, value)?;
            call.spend(text.len())?;
            write(&mut out, text);
        }
        // A nil leaves a mark: it could have been something.
        out.cover(start, value.origin, Default::default(), 0);
    }
    Ok(out)
}

pub(super) fn quote(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let out = words(call, args, |out, text| push_quoted(out, &text))?;
    Ok(Value::string(out.finish()))
}

/// A text as Go's `%q` writes it, with the pieces of what is between the quotes.
fn push_quoted(out: &mut TextBuilder, text: &Text) {
    let mut rewriter = Rewriter::new(text);
    strconv::quote_segments(text.bytes(), &mut |segment| rewriter.play(segment));
    out.push_text(&rewriter.finish());
}

pub(super) fn squote(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let printed: Result<Vec<Value>, Failure> = args.iter().map(|value| printed(call, value)).collect();
    let out = words(call, &printed?, |out, text| {
        out.push(b"'");
        out.push_text(&text);
        out.push(b"'");
    })?;
    Ok(Value::string(out.finish()))
}

pub(super) fn cat(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let printed: Result<Vec<Value>, Failure> = args.iter().map(|value| printed(call, value)).collect();
    let out = words(call, &printed?, |out, text| out.push_text(&text))?;
    Ok(Value::string(out.finish()))
}

/// A value as `%v` prints it; nil stays nil. Bytes are printed as a list, unlike in `quote`.
fn printed(call: &mut Call<'_>, value: &Value) -> FnResult {
    match &value.data {
        Data::Bytes(_) => {
            let mut out = TextBuilder::default();
            print::write_value(call.rt, value, &mut out)?;
            Ok(Value::string(out.finish()).with_origin(value.origin))
        }
        _ => Ok(value.clone()),
    }
}

/// Sprig's text of a value that may be unknown, for functions that give its text a shape.
fn shaped(call: &mut Call<'_>, args: &[Value], index: usize) -> Result<Text, Failure> {
    match args.get(index) {
        Some(value) => text_of(call, value),
        None => Ok(Text::empty()),
    }
}

/// How many blanks; an unknown number is taken as two.
fn width(args: &[Value]) -> i64 {
    match args.first() {
        Some(Value { data: Data::Unknown(_), .. }) => 2,
        Some(value) => int(value),
        None => 0,
    }
}

pub(super) fn indent(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    indented(call, args, golang::strings::indent)
}

pub(super) fn nindent(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    indented(call, args, golang::strings::nindent)
}

/// Every line moved to the right, the empty ones as well.
fn indented(
    call: &mut Call<'_>,
    args: &[Value],
    write: impl FnOnce(i64, &[u8], &mut dyn FnMut(Segment)) -> Result<(), &'static str>,
) -> FnResult {
    let (width, text) = (width(args), shaped(call, args, 1)?);
    // What stands in for a block is one: an entry of a map, so that the lines around it stay what they are.
    let text = match args.get(1) {
        Some(value) if call.rt.is_stand_in(value) => Text::from(format!("{0}: {0}", text.lossy())),
        _ => text,
    };
    let breaks = text.bytes().iter().filter(|b| **b == b'\n').count();
    let pad = usize::try_from(width).unwrap_or(0);
    call.spend((breaks + 1).saturating_mul(pad).saturating_add(text.len()))?;
    let mut result = Ok(());
    let indented = rewritten(&text, |bytes, out| result = write(width, bytes, out))?;
    result?;
    Ok(indented)
}

pub(super) fn repeat(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let text = at(args, 1);
    let Ok(count) = usize::try_from(args.first().map_or(0, int)) else {
        return Err("strings: negative Repeat count".into());
    };
    let Some(length) = text.len().checked_mul(count).filter(|length| i64::try_from(*length).is_ok()) else {
        return Err("strings: Repeat output length overflow".into());
    };
    call.spend(length)?;
    let mut out = TextBuilder::default();
    if text.is_empty() {
        return Ok(Value::string(text.clone()));
    }
    for _ in 0..count {
        out.push_text(text);
    }
    if count == 0 {
        out.marks_of(text, 0..text.len());
    }
    Ok(Value::string(out.finish()))
}

pub(super) fn replace(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (old, new, text) = (at(args, 0), at(args, 1), at(args, 2));
    let new_origin = args.get(1).map_or(OriginId::NONE, |v| v.origin);
    let write = |out: &mut dyn FnMut(Segment)| golang::strings::replace(text.bytes(), old.bytes(), new.bytes(), out);
    let length = if new.len() > old.len() { length(write) } else { text.len() };
    call.spend(length)?;
    let mut out = Rewriter::new(text);
    write(&mut |segment| match segment {
        Segment::Insert(_) => out.out().push_value(new, new_origin),
        segment => out.play(segment),
    });
    // Where it was replaced depends on what was looked for.
    let mut origin = args.first().map_or(OriginId::NONE, |v| call.deep_origin(v));
    origin = call.through(origin);
    origin = call.join(origin, args.get(2).map_or(OriginId::NONE, |v| v.origin));
    Ok(Value::string(out.finish()).with_origin(origin))
}

pub(super) fn plural(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [one, many, count] = args else { return Ok(Value::NIL) };
    let chosen = if int(count) == 1 { one } else { many };
    let origin = call.through(count.origin);
    Ok(call.with(chosen.clone(), origin))
}

pub(super) fn to_string(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let value = args.first().unwrap_or(&Value::NIL);
    Ok(Value::string(text_of(call, value)?))
}

/// Sprig's list of texts of a value: of its elements, without nil ones, or of the value itself.
pub(super) fn texts(call: &mut Call<'_>, value: &Value) -> Result<Vec<Value>, Failure> {
    let mut texts = Vec::new();
    match &value.data {
        Data::List(list) => {
            for item in list.items() {
                if !item.is_nil() {
                    let text = text_of(call, item)?;
                    texts.push(Value::string(text).with_origin(item.origin));
                }
            }
        }
        Data::Bytes(bytes) => {
            call.spend(bytes.len().saturating_mul(4))?;
            texts.extend(bytes.bytes().iter().map(|byte| Value::string(byte.to_string())));
        }
        Data::Nil => {}
        _ => texts.push(Value::string(text_of(call, value)?)),
    }
    Ok(texts)
}

pub(super) fn to_strings(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let value = args.first().unwrap_or(&Value::NIL);
    if let Data::List(list) = &value.data
        && list.element() == Element::String
    {
        return Ok(value.clone());
    }
    let texts = texts(call, value)?;
    Ok(Data::List(List::of(Element::String, texts)).into())
}

pub(super) fn join(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [separator, list] = args else { return Ok(Value::string("")) };
    let texts = texts(call, list)?;
    let separator_text = text_of(call, separator)?;
    let mut out = TextBuilder::default();
    for (i, value) in texts.iter().enumerate() {
        let part = text(value);
        call.spend(part.len() + separator_text.len())?;
        if i > 0 {
            out.push_value(&separator_text, separator.origin);
        }
        out.push_value(part, value.origin);
    }
    Ok(Value::string(out.finish()).with_origin(list.origin))
}

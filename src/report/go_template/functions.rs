//! The functions of templates beside Go's own: those that kubectl, docker and Helm users reach for.

use super::shown;
use gtmpl::{Func, FuncError, Value};

/// All functions by name.
pub const FUNCTIONS: &[(&str, Func)] = &[
    ("print", shown::print),
    ("printf", shown::printf),
    ("println", shown::println),
    (super::scan::SHOWN, shown::shown),
    (super::scan::RANGED, ranged),
    ("json", json),
    ("toJson", json),
    ("prettyjson", pretty_json),
    ("toPrettyJson", pretty_json),
    ("upper", upper),
    ("lower", lower),
    ("title", title),
    ("trim", trim),
    ("join", join),
    ("split", split),
    ("replace", replace),
    ("contains", contains),
    ("hasPrefix", has_prefix),
    ("hasSuffix", has_suffix),
    ("default", default),
    ("quote", quote),
    ("keys", keys),
    ("add", add),
    ("truncate", truncate),
    ("tab", tab),
];

fn wrong(function: &str, needs: &str) -> FuncError {
    FuncError::Generic(format!("{function} needs {needs}"))
}

/// What a `range` goes over: a map has no order here.
fn ranged(values: &[Value]) -> Result<Value, FuncError> {
    match values {
        [Value::Object(_) | Value::Map(_)] => Err(FuncError::Generic(
            "a range over an object is not supported: {{range $key := keys .object}}{{$key}}={{index $.object $key}}{{end}}"
                .into(),
        )),
        [Value::NoValue | Value::Nil] => Ok(Value::Array(Vec::new())),
        [value] => Ok(value.clone()),
        _ => Err(wrong("range", "one list")),
    }
}

fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::NoValue | Value::Nil | Value::Function(_) => serde_json::Value::Null,
        Value::Bool(b) => (*b).into(),
        Value::String(s) => s.as_str().into(),
        Value::Number(n) => match (n.as_i64(), n.as_u64()) {
            (Some(i), _) => i.into(),
            (None, Some(u)) => u.into(),
            (None, None) => n.as_f64().into(),
        },
        Value::Array(items) => items.iter().map(to_json).collect(),
        Value::Object(map) | Value::Map(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            serde_json::Value::Object(entries.into_iter().map(|(k, v)| (k.clone(), to_json(v))).collect())
        }
    }
}

fn json(values: &[Value]) -> Result<Value, FuncError> {
    let [value] = values else { return Err(wrong("json", "one value")) };
    Ok(Value::String(to_json(value).to_string()))
}

fn pretty_json(values: &[Value]) -> Result<Value, FuncError> {
    let [value] = values else { return Err(wrong("prettyjson", "one value")) };
    Ok(Value::String(serde_json::to_string_pretty(&to_json(value)).unwrap_or_default()))
}

/// A function from text to text.
fn mapped(name: &str, values: &[Value], map: impl Fn(&str) -> String) -> Result<Value, FuncError> {
    let [Value::String(text)] = values else { return Err(wrong(name, "one string")) };
    Ok(Value::String(map(text)))
}

fn upper(values: &[Value]) -> Result<Value, FuncError> {
    mapped("upper", values, str::to_uppercase)
}

fn lower(values: &[Value]) -> Result<Value, FuncError> {
    mapped("lower", values, str::to_lowercase)
}

fn trim(values: &[Value]) -> Result<Value, FuncError> {
    mapped("trim", values, |text| text.trim().to_string())
}

fn title(values: &[Value]) -> Result<Value, FuncError> {
    mapped("title", values, |text| {
        let mut is_start = true;
        let letters = text.chars().map(|c| {
            let shown = if is_start { c.to_uppercase().to_string() } else { c.to_string() };
            is_start = c.is_whitespace();
            shown
        });
        letters.collect()
    })
}

fn quote(values: &[Value]) -> Result<Value, FuncError> {
    let [value] = values else { return Err(wrong("quote", "one value")) };
    shown::printf(&[Value::from("%q"), shown::print(std::slice::from_ref(value))?])
}

/// `join LIST SEPARATOR`, as docker has it, or `join SEPARATOR LIST`, as Sprig does.
fn join(values: &[Value]) -> Result<Value, FuncError> {
    let (Value::Array(items), Value::String(separator)) = (match values {
        [list @ Value::Array(_), separator] | [separator, list @ Value::Array(_)] => (list, separator),
        _ => return Err(wrong("join", "a list and a separator")),
    }) else {
        return Err(wrong("join", "a list and a separator"));
    };
    let mut texts = Vec::new();
    for item in items {
        match shown::print(std::slice::from_ref(item))? {
            Value::String(text) => texts.push(text),
            _ => return Err(wrong("join", "a list and a separator")),
        }
    }
    Ok(Value::String(texts.join(separator)))
}

/// `split TEXT SEPARATOR`
fn split(values: &[Value]) -> Result<Value, FuncError> {
    let [Value::String(text), Value::String(separator)] = values else {
        return Err(wrong("split", "a string and a separator"));
    };
    let parts: Vec<Value> = match separator.as_str() {
        "" => text.chars().map(|c| Value::String(c.to_string())).collect(),
        separator => text.split(separator).map(Value::from).collect(),
    };
    Ok(Value::Array(parts))
}

/// `replace OLD NEW TEXT`, so that text can be piped.
fn replace(values: &[Value]) -> Result<Value, FuncError> {
    let [Value::String(old), Value::String(new), Value::String(text)] = values else {
        return Err(wrong("replace", "what to replace, with what, and a string"));
    };
    if old.is_empty() {
        return Ok(Value::String(text.clone()));
    }
    Ok(Value::String(text.replace(old.as_str(), new)))
}

/// A question about a part and a text, in the order in which Sprig asks it.
fn asked(name: &str, values: &[Value], ask: impl Fn(&str, &str) -> bool) -> Result<Value, FuncError> {
    let [Value::String(part), Value::String(text)] = values else { return Err(wrong(name, "two strings")) };
    Ok(Value::Bool(ask(part, text)))
}

fn contains(values: &[Value]) -> Result<Value, FuncError> {
    asked("contains", values, |part, text| text.contains(part))
}

fn has_prefix(values: &[Value]) -> Result<Value, FuncError> {
    asked("hasPrefix", values, |part, text| text.starts_with(part))
}

fn has_suffix(values: &[Value]) -> Result<Value, FuncError> {
    asked("hasSuffix", values, |part, text| text.ends_with(part))
}

/// `default FALLBACK VALUE`
fn default(values: &[Value]) -> Result<Value, FuncError> {
    let [fallback, value] = values else { return Err(wrong("default", "a fallback and a value")) };
    let is_empty = match value {
        Value::NoValue | Value::Nil | Value::Bool(false) => true,
        Value::String(s) => s.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) | Value::Map(map) => map.is_empty(),
        Value::Number(n) => n.as_i64() == Some(0),
        _ => false,
    };
    Ok(if is_empty { fallback.clone() } else { value.clone() })
}

/// The keys of an object, sorted.
fn keys(values: &[Value]) -> Result<Value, FuncError> {
    let [Value::Object(map) | Value::Map(map)] = values else { return Err(wrong("keys", "an object")) };
    let mut keys: Vec<&String> = map.keys().collect();
    keys.sort();
    Ok(Value::Array(keys.into_iter().map(Value::from).collect()))
}

fn add(values: &[Value]) -> Result<Value, FuncError> {
    let mut numbers = values.iter().map(|value| match value {
        Value::Number(n) => n.as_i64(),
        _ => None,
    });
    let sum = numbers.try_fold(0i64, |sum, n| sum.checked_add(n?));
    sum.map(Value::from).ok_or_else(|| wrong("add", "whole numbers"))
}

/// `truncate TEXT LENGTH`, as docker has it.
fn truncate(values: &[Value]) -> Result<Value, FuncError> {
    let [Value::String(text), Value::Number(length)] = values else {
        return Err(wrong("truncate", "a string and a length"));
    };
    let length = usize::try_from(length.as_i64().unwrap_or(0)).unwrap_or(0);
    Ok(Value::String(text.chars().take(length).collect()))
}

/// A tab, which shells make hard to write.
fn tab(values: &[Value]) -> Result<Value, FuncError> {
    match values {
        [] => Ok(Value::from("\t")),
        _ => Err(wrong("tab", "no value")),
    }
}

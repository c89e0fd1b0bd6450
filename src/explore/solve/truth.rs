//! What an expression is now, as far as that can be told without running it.

use super::super::scope::{Scope, is_truthy};
use crate::engine::log::Expression;
use crate::value::origin::Cause;
use crate::value::{Plain, PlainData};

/// Whether an expression is true now.
pub(super) fn truth(expression: &Expression, scope: &Scope<'_>) -> Option<bool> {
    match expression {
        Expression::Constant(text) => Some(!matches!(text.as_str(), "false" | "nil" | "0" | "\"\"" | "``" | "")),
        Expression::Input { value, .. } => {
            Some(!matches!(value.as_str(), "" | "<nil>" | "<no value>" | "false" | "0" | "[]" | "map[]"))
        }
        Expression::Call { function, operands } => called(function, operands, scope),
        Expression::Computed { .. } => None,
    }
}

fn called(function: &str, operands: &[Expression], scope: &Scope<'_>) -> Option<bool> {
    match (function, operands) {
        ("not" | "empty", [inner]) => truth(inner, scope).map(|t| !t),
        ("and" | "all", list) => list.iter().try_fold(true, |all, inner| Some(all && truth(inner, scope)?)),
        ("or" | "any" | "coalesce", list) => {
            list.iter().try_fold(false, |any, inner| Some(any || truth(inner, scope)?))
        }
        ("eq", [a, rest @ ..]) => {
            let a = plain(a, scope)?;
            rest.iter().try_fold(false, |any, b| Some(any || a.data == plain(b, scope)?.data))
        }
        ("ne", [a, b]) => Some(plain(a, scope)?.data != plain(b, scope)?.data),
        ("default", [default, value]) => match truth(value, scope)? {
            true => Some(true),
            false => truth(default, scope),
        },
        ("list" | "tuple" | "dict", operands) => Some(!operands.is_empty()),
        _ => path(&Expression::Call { function: function.into(), operands: operands.to_vec() }, scope)
            .map(|keys| scope.value(&keys).is_some_and(is_truthy)),
    }
}

/// The value of a constant or an input.
pub(super) fn plain(expression: &Expression, scope: &Scope<'_>) -> Option<Plain> {
    let (shown, is_constant) = match expression {
        Expression::Constant(text) => (text.as_str(), true),
        Expression::Input { cause: Cause::Values { path }, value } => {
            let now = scope.keys(*path).and_then(|keys| scope.value(&keys).cloned());
            // A template may have changed it.
            match now {
                Some(now) if shown(&now).as_deref() == Some(value) => return Some(now),
                _ => (value.as_str(), false),
            }
        }
        Expression::Input { value, .. } => (value.as_str(), false),
        Expression::Call { function, operands } => return result(function, operands, scope),
        Expression::Computed { .. } => return None,
    };
    if is_constant && let Some(text) = unquoted(shown) {
        return Some(Plain::string(&text));
    }
    Some(match shown {
        "true" => PlainData::Bool(true).into(),
        "false" => PlainData::Bool(false).into(),
        "nil" | "<nil>" | "<no value>" => PlainData::Null.into(),
        text => match text.parse::<i64>() {
            Ok(number) => PlainData::Int(number).into(),
            Err(_) => match text.parse::<f64>().ok().filter(|_| is_constant && text.contains('.')) {
                Some(number) => PlainData::Float(number).into(),
                None => Plain::string(text),
            },
        },
    })
}

/// What some functions make of their operands.
fn result(function: &str, operands: &[Expression], scope: &Scope<'_>) -> Option<Plain> {
    let text = |inner: &Expression| plain(inner, scope)?.as_str().map(str::to_string);
    match (function, operands) {
        ("lower", [inner]) => Some(Plain::string(&text(inner)?.to_lowercase())),
        ("upper", [inner]) => Some(Plain::string(&text(inner)?.to_uppercase())),
        ("trim", [inner]) => Some(Plain::string(text(inner)?.trim())),
        ("int" | "int64" | "toString", [inner]) => plain(inner, scope),
        ("default", [default, value]) => plain(if truth(value, scope)? { value } else { default }, scope),
        _ => None,
    }
}

/// A scalar as Go prints it.
fn shown(plain: &Plain) -> Option<String> {
    Some(match &plain.data {
        PlainData::Null => "<nil>".into(),
        PlainData::Bool(b) => b.to_string(),
        PlainData::Int(i) => i.to_string(),
        PlainData::String(text) => String::from_utf8_lossy(text).into_owned(),
        _ => return None,
    })
}

/// The path of values that an expression is read from: a field, or one taken by `index`, `get` or `dig`.
pub(super) fn path(expression: &Expression, scope: &Scope<'_>) -> Option<Vec<String>> {
    match expression {
        Expression::Input { cause: Cause::Values { path }, .. } => scope.keys(*path),
        Expression::Call { function, operands } => {
            let (table, keys) = match (function.as_str(), operands.as_slice()) {
                ("index" | "get", [table, keys @ ..]) => (table, keys),
                ("dig", [keys @ .., _, table]) => (table, keys),
                _ => return None,
            };
            let mut path = self::path(table, scope)?;
            for key in keys {
                match plain(key, scope)?.data {
                    PlainData::String(key) => path.push(String::from_utf8(key.to_vec()).ok()?),
                    PlainData::Int(number) => path.push(format!("[{number}]")),
                    _ => return None,
                }
            }
            Some(path)
        }
        _ => None,
    }
}

/// The text of a string constant.
pub(super) fn unquoted(constant: &str) -> Option<String> {
    let inner = |quote: char| constant.strip_prefix(quote)?.strip_suffix(quote);
    let text = inner('"').or_else(|| inner('`'))?;
    Some(text.replace("\\\"", "\"").replace("\\\\", "\\"))
}

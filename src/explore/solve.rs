//! What to change so that a condition comes out the other way.
//!
//! A condition carries an expression over inputs. Each form of it is solved for the inputs; what cannot be read is tried
//! with the values that it depended on. A solution is a candidate: only the run says whether it was one.

use super::setting::Setting;
use crate::engine::log::{Condition, Expression};
use crate::value::origin::{Cause, Graph, PathId};
use crate::value::{Key, Plain, PlainData};
use std::collections::BTreeMap;

/// What an expression is wanted to be.
#[derive(Clone, PartialEq, Debug)]
enum Want {
    /// Something that Go takes for true, or for false.
    Truth(bool),
    /// This value.
    Equal(Plain),
    /// Any other value than this one.
    Other(Plain),
}

/// Settings that belong together.
type Candidate = Vec<Setting>;

/// Candidates to make a condition come out as wanted, the likeliest first.
pub fn candidates(condition: &Condition, wanted: bool, graph: &Graph) -> Vec<Candidate> {
    let mut found = solve(&condition.expression, &Want::Truth(wanted), graph);
    // Named templates decide by what they depend on.
    let causes = graph.causes(condition.origin).cloned().collect();
    for guess in solve(&Expression::Computed { causes }, &Want::Truth(wanted), graph) {
        if !found.contains(&guess) {
            found.push(guess);
        }
    }
    found.truncate(MAX_CANDIDATES);
    found
}

/// More guesses than this are not made for one outcome.
const MAX_CANDIDATES: usize = 3;

fn text(text: &str) -> Plain {
    Plain::string(text)
}

fn boolean(b: bool) -> Plain {
    PlainData::Bool(b).into()
}

fn solve(expression: &Expression, want: &Want, graph: &Graph) -> Vec<Candidate> {
    match expression {
        Expression::Constant(_) => Vec::new(),
        Expression::Input { cause: Cause::Values { path }, value } => input(*path, value, want, graph),
        Expression::Input { .. } => Vec::new(),
        Expression::Computed { causes } => {
            let paths = causes.iter().filter_map(|cause| match cause {
                Cause::Values { path } => Some(*path),
                _ => None,
            });
            // Which of them decides is not known: each is tried, and the deepest says most.
            let mut paths: Vec<PathId> = paths.collect();
            paths.sort_by_key(|path| std::cmp::Reverse(graph.path_keys(*path).len()));
            paths.into_iter().flat_map(|path| guesses(path, want, graph)).collect()
        }
        Expression::Call { function, operands } => call(function, operands, want, graph),
    }
}

/// Values of an input that has this one now.
fn input(path: PathId, now: &str, want: &Want, graph: &Graph) -> Vec<Candidate> {
    let values = match want {
        Want::Equal(value) => vec![value.clone()],
        Want::Other(value) => vec![another(value)],
        Want::Truth(true) => match now {
            "false" => vec![boolean(true)],
            "0" => vec![PlainData::Int(1).into()],
            "[]" => vec![list(), PlainData::List(vec![text(EXAMPLE)]).into()],
            "map[]" => vec![table()],
            "" => vec![text(EXAMPLE), boolean(true)],
            "<nil>" | "<no value>" => missing(path, graph),
            _ => Vec::new(),
        },
        Want::Truth(false) => match now {
            "true" => vec![boolean(false)],
            "[...]" => vec![PlainData::List(Vec::new()).into()],
            "map[...]" => vec![PlainData::Null.into()],
            number if number.parse::<f64>().is_ok() => vec![PlainData::Int(0).into()],
            "" | "<nil>" | "false" | "[]" | "map[]" => Vec::new(),
            _ => vec![text("")],
        },
    };
    values.into_iter().filter_map(|value| at(path, value, graph)).collect()
}

const EXAMPLE: &str = "example";

fn table() -> Plain {
    PlainData::Map(BTreeMap::from([(Key::from(EXAMPLE.as_bytes()), text(EXAMPLE))])).into()
}

/// An element as most lists of tables have it.
fn list() -> Plain {
    let element = PlainData::Map(BTreeMap::from([(Key::from(&b"name"[..]), text(EXAMPLE))]));
    PlainData::List(vec![element.into()]).into()
}

/// What a value that is not set may be, by its name.
fn missing(path: PathId, graph: &Graph) -> Vec<Plain> {
    let last = graph.path_keys(path).last().map(|key| String::from_utf8_lossy(key).to_lowercase()).unwrap_or_default();
    let is_name = ["name", "secret", "class", "host", "password", "key", "value", "version", "image", "domain", "url"]
        .iter()
        .any(|end| last.ends_with(end));
    let is_many = last.ends_with('s') && !last.ends_with("ss");
    match (is_name, is_many) {
        (true, _) => vec![text(EXAMPLE), boolean(true)],
        (_, true) => vec![table(), list(), boolean(true)],
        _ => vec![boolean(true), text(EXAMPLE), table()],
    }
}

fn guesses(path: PathId, want: &Want, graph: &Graph) -> Vec<Candidate> {
    let values = match want {
        Want::Equal(value) => vec![value.clone()],
        Want::Other(value) => vec![another(value)],
        Want::Truth(true) => missing(path, graph).into_iter().take(2).collect(),
        Want::Truth(false) => vec![boolean(false), text("")],
    };
    values.into_iter().filter_map(|value| at(path, value, graph)).collect()
}

/// A value other than this one, of its type.
fn another(value: &Plain) -> Plain {
    match &value.data {
        PlainData::Bool(b) => boolean(!b),
        PlainData::Int(i) => PlainData::Int(i.wrapping_add(1)).into(),
        PlainData::String(s) if **s == *b"other" => text("another"),
        PlainData::String(_) => text("other"),
        _ => boolean(true),
    }
}

fn at(path: PathId, value: Plain, graph: &Graph) -> Option<Candidate> {
    let keys = graph.path_keys(path);
    // An element of a list has no flag of its own that keeps the others.
    let path: Option<Vec<String>> =
        keys.iter().map(|key| String::from_utf8(key.to_vec()).ok().filter(|k| !k.starts_with('['))).collect();
    let path = path.filter(|path| !path.is_empty())?;
    Some(vec![Setting::Value { path, value }])
}

fn call(function: &str, operands: &[Expression], want: &Want, graph: &Graph) -> Vec<Candidate> {
    let first = operands.first();
    match (function, operands) {
        ("not", [inner]) => truth_of(want).map(|t| solve(inner, &Want::Truth(!t), graph)).unwrap_or_default(),
        ("empty", [inner]) => truth_of(want).map(|t| solve(inner, &Want::Truth(!t), graph)).unwrap_or_default(),
        ("and", list) => junction(list, want, true, graph),
        ("or" | "coalesce" | "any", list) => junction(list, want, false, graph),
        ("all", list) => junction(list, want, true, graph),
        ("eq", [a, b]) => equal(a, b, truth_of(want) == Some(true), graph),
        ("eq", [a, rest @ ..]) if truth_of(want) == Some(true) => {
            rest.iter().flat_map(|b| equal(a, b, true, graph)).collect()
        }
        ("ne", [a, b]) => equal(a, b, truth_of(want) == Some(false), graph),
        ("lt" | "le" | "gt" | "ge", [a, b]) => compare(function, a, b, truth_of(want) == Some(true), graph),
        // A default that is true is never asked for.
        ("default", [_, value]) => solve(value, want, graph),
        ("ternary", [yes, no, condition]) => ternary(yes, no, condition, want, graph),
        ("hasKey", [table, Expression::Constant(key)]) => has_key(table, key, truth_of(want) == Some(true), graph),
        ("has", [item, list]) => has(item, list, truth_of(want) == Some(true), graph),
        ("contains" | "hasPrefix" | "hasSuffix", [Expression::Constant(part), whole]) => {
            let part = unquoted(part);
            let wanted = if truth_of(want) == Some(true) { part } else { Some("other".to_string()) };
            wanted.map(|value| solve(whole, &Want::Equal(text(&value)), graph)).unwrap_or_default()
        }
        ("regexMatch" | "mustRegexMatch", [Expression::Constant(pattern), whole]) => {
            let example = unquoted(pattern).and_then(|pattern| literal(&pattern)).filter(|_| is_true(want));
            example.map(|value| solve(whole, &Want::Equal(text(&value)), graph)).unwrap_or_default()
        }
        ("kindIs" | "typeIs", [Expression::Constant(kind), value]) => kind_is(kind, value, want, graph),
        ("len", [inner]) => match want {
            Want::Truth(t) => solve(inner, &Want::Truth(*t), graph),
            Want::Equal(Plain { data: PlainData::Int(0), .. }) => solve(inner, &Want::Truth(false), graph),
            Want::Equal(_) | Want::Other(_) => solve(inner, &Want::Truth(true), graph),
        },
        ("index" | "get", [table, keys @ ..]) => below(table, keys, want, graph),
        ("dig", [keys @ .., _, table]) => below(table, keys, want, graph),
        ("Has", [Expression::Constant(version)]) if is_true(want) => {
            unquoted(version).map(|version| vec![vec![Setting::ApiVersion(version)]]).unwrap_or_default()
        }
        (
            "toString" | "trim" | "lower" | "upper" | "quote" | "squote" | "int" | "int64" | "float64" | "b64enc"
            | "trimSuffix" | "trimPrefix" | "toYaml" | "toJson" | "keys" | "values" | "first" | "last" | "compact"
            | "uniq" | "required" | "tpl" | "print" | "nindent" | "indent",
            [.., inner],
        ) => match (function, inner) {
            ("tpl", _) => first.map(|inner| solve(inner, want, graph)).unwrap_or_default(),
            (_, inner) => solve(inner, want, graph),
        },
        _ => operands.iter().flat_map(|inner| solve(inner, want, graph)).collect(),
    }
}

fn truth_of(want: &Want) -> Option<bool> {
    match want {
        Want::Truth(t) => Some(*t),
        Want::Equal(Plain { data: PlainData::Bool(b), .. }) => Some(*b),
        Want::Other(Plain { data: PlainData::Bool(b), .. }) => Some(!*b),
        _ => None,
    }
}

fn is_true(want: &Want) -> bool {
    truth_of(want) == Some(true)
}

/// `and` and `or`: all of the operands, or one.
fn junction(list: &[Expression], want: &Want, is_and: bool, graph: &Graph) -> Vec<Candidate> {
    let Some(wanted) = truth_of(want) else {
        return list.iter().rev().flat_map(|inner| solve(inner, want, graph)).collect();
    };
    if wanted != is_and {
        return list.iter().flat_map(|inner| solve(inner, &Want::Truth(wanted), graph)).collect();
    }
    let mut together: Vec<Candidate> = vec![Vec::new()];
    for inner in list.iter().filter(|inner| truth(inner) != Some(wanted)) {
        let Some(solution) = solve(inner, &Want::Truth(wanted), graph).into_iter().next() else {
            // What is computed may be as wanted already.
            if truth(inner).is_none() {
                continue;
            }
            return Vec::new();
        };
        together.iter_mut().for_each(|candidate| candidate.extend(solution.iter().cloned()));
    }
    together.retain(|candidate| !candidate.is_empty());
    together
}

/// Whether an expression is true now, as far as its text says.
fn truth(expression: &Expression) -> Option<bool> {
    match expression {
        Expression::Constant(text) => Some(!matches!(text.as_str(), "false" | "nil" | "0" | "\"\"" | "``")),
        Expression::Input { value, .. } => {
            Some(!matches!(value.as_str(), "" | "<nil>" | "<no value>" | "false" | "0" | "[]" | "map[]"))
        }
        Expression::Call { function, operands } => match (function.as_str(), operands.as_slice()) {
            ("not" | "empty", [inner]) => truth(inner).map(|t| !t),
            ("and", list) => list.iter().map(truth).try_fold(true, |all, t| Some(all && t?)),
            ("or", list) => list.iter().map(truth).try_fold(false, |any, t| Some(any || t?)),
            ("eq", [a, b]) => Some(plain(a)? == plain(b)?),
            ("ne", [a, b]) => Some(plain(a)? != plain(b)?),
            ("default", [default, value]) => match truth(value)? {
                true => Some(true),
                false => truth(default),
            },
            _ => None,
        },
        Expression::Computed { .. } => None,
    }
}

/// The value of a constant or an input, as far as its text says.
fn plain(expression: &Expression) -> Option<Plain> {
    let (shown, is_constant) = match expression {
        Expression::Constant(text) => (text.as_str(), true),
        Expression::Input { value, .. } => (value.as_str(), false),
        _ => return None,
    };
    if is_constant && let Some(text) = unquoted(shown) {
        return Some(Plain::string(&text));
    }
    Some(match shown {
        "true" => boolean(true),
        "false" => boolean(false),
        "nil" | "<nil>" | "<no value>" => PlainData::Null.into(),
        number => match number.parse::<i64>() {
            Ok(number) => PlainData::Int(number).into(),
            Err(_) => text(number),
        },
    })
}

/// The text of a string constant.
fn unquoted(constant: &str) -> Option<String> {
    let inner = |quote: char| constant.strip_prefix(quote)?.strip_suffix(quote);
    let text = inner('"').or_else(|| inner('`'))?;
    Some(text.replace("\\\"", "\"").replace("\\\\", "\\"))
}

fn equal(a: &Expression, b: &Expression, wanted: bool, graph: &Graph) -> Vec<Candidate> {
    let want = |value: Plain| if wanted { Want::Equal(value) } else { Want::Other(value) };
    let mut found = Vec::new();
    if let Some(value) = plain(b) {
        found.extend(solve(a, &want(value), graph));
    }
    if let Some(value) = plain(a) {
        found.extend(solve(b, &want(value), graph));
    }
    found
}

fn compare(function: &str, a: &Expression, b: &Expression, wanted: bool, graph: &Graph) -> Vec<Candidate> {
    let number = |expression: &Expression| match plain(expression)?.data {
        PlainData::Int(i) => Some(i),
        _ => None,
    };
    let is_less = matches!(function, "lt" | "le");
    let mut found = Vec::new();
    // The one side below, at or above the other.
    for (inner, other, below) in [(a, b, is_less == wanted), (b, a, is_less != wanted)] {
        let Some(bound) = number(other) else { continue };
        let value = if below { bound.saturating_sub(1) } else { bound.saturating_add(1) };
        found.extend(solve(inner, &Want::Equal(PlainData::Int(value).into()), graph));
    }
    found
}

fn ternary(yes: &Expression, no: &Expression, condition: &Expression, want: &Want, graph: &Graph) -> Vec<Candidate> {
    let Some(wanted) = truth_of(want) else { return solve(condition, &Want::Truth(true), graph) };
    let mut found = Vec::new();
    for (arm, choice) in [(yes, true), (no, false)] {
        if truth(arm) == Some(wanted) {
            found.extend(solve(condition, &Want::Truth(choice), graph));
        }
    }
    found
}

fn has_key(table: &Expression, key: &str, wanted: bool, graph: &Graph) -> Vec<Candidate> {
    let (Expression::Input { cause: Cause::Values { path }, .. }, Some(key)) = (table, unquoted(key)) else {
        return Vec::new();
    };
    let value = if wanted { text(EXAMPLE) } else { PlainData::Null.into() };
    extended(*path, &[key], value, graph).into_iter().collect()
}

fn extended(path: PathId, keys: &[String], value: Plain, graph: &Graph) -> Option<Candidate> {
    let above = graph.path_keys(path);
    let above: Option<Vec<String>> = above.iter().map(|key| String::from_utf8(key.to_vec()).ok()).collect();
    let mut path = above?;
    path.extend(keys.iter().cloned());
    Some(vec![Setting::Value { path, value }])
}

fn has(item: &Expression, list: &Expression, wanted: bool, graph: &Graph) -> Vec<Candidate> {
    let items = match (wanted, plain(item)) {
        (true, Some(item)) => vec![item],
        (true, None) => return Vec::new(),
        (false, _) => Vec::new(),
    };
    solve(list, &Want::Equal(PlainData::List(items).into()), graph)
}

fn kind_is(kind: &str, value: &Expression, want: &Want, graph: &Graph) -> Vec<Candidate> {
    let of = |kind: &str| -> Option<Plain> {
        Some(match kind {
            "string" => text(EXAMPLE),
            "bool" => boolean(true),
            "map" | "map[string]interface {}" => table(),
            "slice" | "[]interface {}" => PlainData::List(vec![text(EXAMPLE)]).into(),
            "float64" | "int" | "int64" => PlainData::Int(1).into(),
            "invalid" => PlainData::Null.into(),
            _ => return None,
        })
    };
    let kind = unquoted(kind).unwrap_or_default();
    let value_of = match (truth_of(want), kind.as_str()) {
        (Some(true), kind) => of(kind),
        (Some(false), "string") => of("map"),
        (Some(false), _) => of("string"),
        (None, _) => None,
    };
    value_of.map(|plain| solve(value, &Want::Equal(plain), graph)).unwrap_or_default()
}

/// A field below a table, by constant keys.
fn below(table: &Expression, keys: &[Expression], want: &Want, graph: &Graph) -> Vec<Candidate> {
    let names: Option<Vec<String>> = keys
        .iter()
        .map(|key| match key {
            Expression::Constant(text) => unquoted(text),
            Expression::Input { value, .. } => Some(value.clone()),
            _ => None,
        })
        .collect();
    let (Expression::Input { cause: Cause::Values { path }, .. }, Some(names)) = (table, names) else {
        return Vec::new();
    };
    let values = match want {
        Want::Equal(value) => vec![value.clone()],
        Want::Other(value) => vec![another(value)],
        Want::Truth(true) => vec![text(EXAMPLE), boolean(true)],
        Want::Truth(false) => vec![PlainData::Null.into()],
    };
    values.into_iter().filter_map(|value| extended(*path, &names, value, graph)).collect()
}

/// A text that a simple pattern matches: what it says literally.
fn literal(pattern: &str) -> Option<String> {
    let inner = pattern.trim_start_matches('^').trim_end_matches('$');
    let is_simple = !inner.contains(['[', '(', '*', '+', '?', '{', '|', '\\', '.']);
    is_simple.then(|| inner.to_string())
}

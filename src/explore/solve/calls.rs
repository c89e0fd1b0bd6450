//! Conditions that call functions, form by form.

use super::super::scope::Scope;
use super::super::setting::{self, Setting};
use super::super::shape::EXAMPLE;
use super::truth::{path, plain, truth, unquoted};
use super::{Candidate, Want, computed, input, patterns, solve, versions};
use crate::engine::log::Expression;
use crate::value::{Key, Plain, PlainData, PlainMap};

fn text(text: &str) -> Plain {
    Plain::string(text)
}

pub(super) fn call(function: &str, operands: &[Expression], want: &Want, scope: &Scope<'_>) -> Vec<Candidate> {
    let is_true = want.is_true();
    match (function, operands) {
        ("not" | "empty", [inner]) => want.truth().map(|t| solve(inner, &Want::Truth(!t), scope)).unwrap_or_default(),
        ("and" | "all", list) => junction(list, want, true, scope),
        ("or" | "coalesce" | "any", list) => junction(list, want, false, scope),
        ("eq", [a, rest @ ..]) if is_true => rest.iter().flat_map(|b| equal(a, b, true, scope)).collect(),
        ("eq", [a, b]) => equal(a, b, false, scope),
        ("eq", [a, ..]) => solve(a, &Want::Equal(text("none-of-them")), scope),
        ("ne", [a, b]) => equal(a, b, !is_true, scope),
        ("lt" | "le" | "gt" | "ge", [a, b]) => compare(function, a, b, is_true, scope),
        // A default that is true is never asked for.
        ("default", [_, value]) => solve(value, want, scope),
        ("ternary", [yes, no, condition]) => ternary(yes, no, condition, want, scope),
        ("hasKey", [table, key]) => has_key(table, key, is_true, scope),
        ("has", [item, list]) => has(item, list, is_true, scope),
        ("contains" | "hasPrefix" | "hasSuffix", [part, whole]) => part_of(function, part, whole, is_true, scope),
        ("regexMatch" | "mustRegexMatch", [Expression::Constant(pattern), whole]) => {
            let pattern = unquoted(pattern).unwrap_or_default();
            let example = if is_true { patterns::matching(&pattern) } else { patterns::failing(&pattern) };
            example.map(|value| solve(whole, &Want::Equal(text(&value)), scope)).unwrap_or_default()
        }
        ("kindIs" | "typeIs" | "typeIsLike", [kind, value]) => {
            let kind = plain(kind, scope).and_then(|kind| kind.as_str().map(str::to_string));
            kind.map(|kind| kind_is(&kind, value, is_true, scope)).unwrap_or_default()
        }
        ("kindOf" | "typeOf", [value]) => match want {
            Want::Equal(kind) => kind.as_str().map(|kind| kind_is(kind, value, true, scope)).unwrap_or_default(),
            Want::Other(kind) => kind.as_str().map(|kind| kind_is(kind, value, false, scope)).unwrap_or_default(),
            Want::Truth(_) => Vec::new(),
        },
        ("len", [inner]) => length(inner, want, scope),
        ("semverCompare", [constraint, version]) => versions::compare(constraint, version, want, scope),
        ("index" | "get" | "dig", operands) => {
            let whole = Expression::Call { function: function.into(), operands: operands.to_vec() };
            path(&whole, scope).map(|keys| input(&keys, want, scope)).unwrap_or_default()
        }
        ("Has", [version]) if is_true => {
            let version = plain(version, scope).and_then(|version| version.as_str().map(str::to_string));
            version.map(|version| vec![vec![Setting::ApiVersion(version)]]).unwrap_or_default()
        }
        // What a named template answers is often one of the values that it reads.
        ("include", _) if matches!(want, Want::Equal(_) | Want::Other(_)) => computed(&scope.causes, want, scope),
        ("list" | "tuple" | "include" | "lookup" | "Has", _) => Vec::new(),
        ("add1", [inner]) => shifted(inner, want, -1, scope),
        ("tpl", [inner, ..]) => solve(inner, want, scope),
        (
            "toString" | "trim" | "lower" | "upper" | "quote" | "squote" | "int" | "int64" | "float64" | "b64enc"
            | "trimSuffix" | "trimPrefix" | "toYaml" | "toJson" | "keys" | "values" | "first" | "last" | "compact"
            | "uniq" | "required" | "print" | "nindent" | "indent" | "atoi" | "deepCopy" | "sortAlpha",
            [.., inner],
        ) => solve(inner, want, scope),
        _ => operands.iter().flat_map(|inner| solve(inner, want, scope)).collect(),
    }
}

/// `and` and `or`: all of the operands, or one.
fn junction(list: &[Expression], want: &Want, is_and: bool, scope: &Scope<'_>) -> Vec<Candidate> {
    let Some(wanted) = want.truth() else {
        // `or a b` is the first that is true, `and a b` the last.
        let of_operand = |inner: &Expression| solve(inner, want, scope);
        return if is_and {
            list.iter().rev().flat_map(of_operand).collect()
        } else {
            list.iter().flat_map(of_operand).collect()
        };
    };
    if wanted != is_and {
        return list.iter().flat_map(|inner| solve(inner, &Want::Truth(wanted), scope)).collect();
    }
    // Where an operand has several solutions, they are tried one after the other.
    let mut together: Vec<Candidate> = vec![Vec::new(), Vec::new()];
    for inner in list.iter().filter(|inner| truth(inner, scope) != Some(wanted)) {
        let solutions = solve(inner, &Want::Truth(wanted), scope);
        let Some(first) = solutions.first() else {
            // What is computed may be as wanted already.
            if truth(inner, scope).is_none() {
                continue;
            }
            return Vec::new();
        };
        let second = solutions.get(1).unwrap_or(first);
        for (candidate, solution) in together.iter_mut().zip([first, second]) {
            solution.iter().for_each(|new| setting::add(candidate, new.clone()));
        }
    }
    together
}

fn equal(a: &Expression, b: &Expression, wanted: bool, scope: &Scope<'_>) -> Vec<Candidate> {
    let want = |value: Plain| if wanted { Want::Equal(value) } else { Want::Other(value) };
    let mut found = Vec::new();
    if let Some(value) = plain(b, scope) {
        found.extend(solve(a, &want(value), scope));
    }
    if let Some(value) = plain(a, scope) {
        found.extend(solve(b, &want(value), scope));
    }
    found
}

fn compare(function: &str, a: &Expression, b: &Expression, wanted: bool, scope: &Scope<'_>) -> Vec<Candidate> {
    let is_less = matches!(function, "lt" | "le");
    let mut found = Vec::new();
    // The one side below or above the other.
    for (inner, other, below) in [(a, b, is_less == wanted), (b, a, is_less != wanted)] {
        let bound = match plain(other, scope).map(|plain| plain.data) {
            Some(PlainData::Int(bound)) => bound,
            Some(PlainData::Float(bound)) => {
                // Go compares no number of one kind with one of another.
                let value = if below { bound - 1.0 } else { bound + 1.0 };
                found.extend(solve(inner, &Want::Equal(PlainData::Float(value).into()), scope));
                continue;
            }
            Some(PlainData::String(text)) => {
                // Texts are compared too; of numbers in texts, such as a minor version, that goes well.
                let number = std::str::from_utf8(&text).ok().and_then(|text| text.parse::<i64>().ok());
                let Some(bound) = number else { continue };
                let value = if below { bound.saturating_sub(1) } else { bound.saturating_add(1) };
                found.extend(solve(inner, &Want::Equal(Plain::string(&value.to_string())), scope));
                continue;
            }
            _ => continue,
        };
        let value = if below { bound.saturating_sub(1) } else { bound.saturating_add(1) };
        found.extend(solve(inner, &Want::Equal(PlainData::Int(value).into()), scope));
    }
    found
}

/// A number that another is made from by adding.
fn shifted(inner: &Expression, want: &Want, by: i64, scope: &Scope<'_>) -> Vec<Candidate> {
    match want {
        Want::Equal(Plain { data: PlainData::Int(number), .. }) => {
            solve(inner, &Want::Equal(PlainData::Int(number.saturating_add(by)).into()), scope)
        }
        _ => solve(inner, want, scope),
    }
}

fn ternary(
    yes: &Expression,
    no: &Expression,
    condition: &Expression,
    want: &Want,
    scope: &Scope<'_>,
) -> Vec<Candidate> {
    let fits = |arm: &Expression| match want {
        Want::Truth(wanted) => truth(arm, scope).map(|t| t == *wanted),
        Want::Equal(value) => plain(arm, scope).map(|plain| plain.data == value.data),
        Want::Other(value) => plain(arm, scope).map(|plain| plain.data != value.data),
    };
    let mut found = Vec::new();
    for (arm, choice) in [(yes, true), (no, false)] {
        let chosen = solve(condition, &Want::Truth(choice), scope);
        if fits(arm) == Some(true) {
            found.extend(chosen);
            continue;
        }
        // The arm itself has to change, and to be the one that is chosen.
        for solution in solve(arm, want, scope).into_iter().take(1) {
            let mut candidate = solution;
            if truth(condition, scope) != Some(choice) {
                let Some(first) = chosen.first() else { continue };
                first.iter().for_each(|new| setting::add(&mut candidate, new.clone()));
            }
            found.push(candidate);
        }
    }
    found
}

fn has_key(table: &Expression, key: &Expression, wanted: bool, scope: &Scope<'_>) -> Vec<Candidate> {
    let key = plain(key, scope).and_then(|key| key.as_str().map(str::to_string));
    let (Some(mut keys), Some(key)) = (path(table, scope), key) else { return Vec::new() };
    keys.push(key);
    if wanted {
        input(&keys, &Want::Truth(true), scope)
    } else {
        input(&keys, &Want::Equal(PlainData::Null.into()), scope)
    }
}

fn has(item: &Expression, list: &Expression, wanted: bool, scope: &Scope<'_>) -> Vec<Candidate> {
    // One of some constants.
    if let Expression::Call { function, operands } = list
        && matches!(function.as_str(), "list" | "tuple")
    {
        let values = operands.iter().filter_map(|operand| plain(operand, scope));
        return match wanted {
            true => values.flat_map(|value| solve(item, &Want::Equal(value), scope)).collect(),
            false => solve(item, &Want::Equal(text("none-of-them")), scope),
        };
    }
    let Some(item) = plain(item, scope) else { return Vec::new() };
    let now = path(list, scope).and_then(|keys| scope.value(&keys)?.as_list().map(<[Plain]>::to_vec));
    let mut items = now.unwrap_or_default();
    if wanted {
        items.push(item);
    } else {
        items.retain(|other| other.data != item.data);
    }
    solve(list, &Want::Equal(PlainData::List(items).into()), scope)
}

/// `contains`, `hasPrefix` and `hasSuffix`.
fn part_of(function: &str, part: &Expression, whole: &Expression, wanted: bool, scope: &Scope<'_>) -> Vec<Candidate> {
    let of = |expression: &Expression| plain(expression, scope).and_then(|plain| plain.as_str().map(str::to_string));
    let mut found = Vec::new();
    if let Some(part) = of(part).filter(|part| !part.is_empty()) {
        let value = match (wanted, function) {
            (false, _) => {
                ["other", "0", ""].into_iter().find(|text| !text.contains(&part)).unwrap_or_default().to_string()
            }
            // What comes before or after is often needed.
            (true, _) => part.clone(),
        };
        found.extend(solve(whole, &Want::Equal(text(&value)), scope));
    }
    if let Some(whole) = of(whole).filter(|whole| !whole.is_empty()) {
        let value = if wanted { whole } else { "none-of-them".into() };
        found.extend(solve(part, &Want::Equal(text(&value)), scope));
    }
    found
}

fn kind_is(kind: &str, value: &Expression, wanted: bool, scope: &Scope<'_>) -> Vec<Candidate> {
    let of = |kind: &str| -> Option<Plain> {
        Some(match kind {
            "string" => text(EXAMPLE),
            "bool" => PlainData::Bool(true).into(),
            "map" | "map[string]interface {}" => match path(value, scope) {
                Some(keys) => scope.table(&keys),
                None => PlainData::Map(PlainMap::from([(Key::from(EXAMPLE.as_bytes()), text(EXAMPLE))])).into(),
            },
            "slice" | "[]interface {}" | "[]string" => PlainData::List(vec![text(EXAMPLE)]).into(),
            "float64" | "int" | "int64" => PlainData::Int(1).into(),
            "invalid" | "<nil>" => PlainData::Null.into(),
            _ => return None,
        })
    };
    let plain = match (wanted, kind) {
        (true, kind) => of(kind),
        (false, "string") => of("map"),
        (false, _) => of("string"),
    };
    plain.map(|plain| solve(value, &Want::Equal(plain), scope)).unwrap_or_default()
}

/// `len` of a list, a table or a text.
fn length(inner: &Expression, want: &Want, scope: &Scope<'_>) -> Vec<Candidate> {
    let number = match want {
        Want::Truth(wanted) => return solve(inner, &Want::Truth(*wanted), scope),
        Want::Equal(Plain { data: PlainData::Int(number), .. }) => *number,
        Want::Other(Plain { data: PlainData::Int(number), .. }) => number.saturating_add(1),
        _ => return solve(inner, &Want::Truth(true), scope),
    };
    let Ok(number @ 1..=MAX_ELEMENTS) = usize::try_from(number) else {
        return if number == 0 { solve(inner, &Want::Truth(false), scope) } else { Vec::new() };
    };
    let Some(keys) = path(inner, scope) else { return solve(inner, &Want::Truth(true), scope) };
    if scope.value(&keys).is_some_and(|now| now.as_str().is_some()) {
        return input(&keys, &Want::Equal(text(&"x".repeat(number))), scope);
    }
    // As many of the elements that the list would have.
    let mut found = Vec::new();
    for plain in scope.truthy(&keys).into_iter().take(2) {
        let Some(element) = plain.as_list().and_then(|list| list.first()) else {
            found.extend(scope.set(keys.clone(), plain).map(|setting| vec![setting]));
            continue;
        };
        let list = PlainData::List(vec![element.clone(); number]);
        found.extend(scope.set(keys.clone(), list.into()).map(|setting| vec![setting]));
    }
    found
}

/// A list that has to be longer than this to matter is not made.
const MAX_ELEMENTS: usize = 64;

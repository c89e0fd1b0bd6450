//! What to change so that a condition comes out the other way.
//!
//! A condition carries an expression over inputs. Each form of it is solved for the inputs; what cannot be read is tried
//! with the values that it depended on. A solution is a candidate: only the run says whether it was one.

mod calls;
mod patterns;
mod truth;
mod versions;

pub(super) use patterns::matching;

use super::scope::{Scope, is_truthy};
use super::setting::{self, Setting};
use crate::engine::log::{Condition, Expression};
use crate::value::Plain;
use crate::value::origin::Cause;

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

impl Want {
    /// What is wanted of something that is true or false.
    fn truth(&self) -> Option<bool> {
        match self {
            Want::Truth(t) => Some(*t),
            Want::Equal(plain) => plain.as_bool(),
            Want::Other(plain) => plain.as_bool().map(|b| !b),
        }
    }

    fn is_true(&self) -> bool {
        self.truth() == Some(true)
    }
}

/// Settings that belong together.
pub(super) type Candidate = Vec<Setting>;

/// More guesses than this are not made for one outcome.
const MAX_CANDIDATES: usize = 4;
/// A condition that is computed from more values than this is not guessed at by all of them at once.
const MAX_TOGETHER: usize = 8;

/// Whether a value or the cluster alone decides some part of an expression.
pub(super) fn has_choice(expression: &Expression) -> bool {
    match expression {
        Expression::Input { cause, .. } => matches!(cause, Cause::Values { .. } | Cause::Capabilities { .. }),
        Expression::Call { operands, .. } => operands.iter().any(has_choice),
        Expression::Constant(_) | Expression::Computed { .. } => false,
    }
}

/// Candidates by the text of a condition alone.
pub(super) fn of_expression(condition: &Condition, wanted: bool, scope: &Scope<'_>) -> Vec<Candidate> {
    distinct(solve(&condition.expression, &Want::Truth(wanted), scope))
}

/// Candidates to make a condition come out as wanted, the likeliest first.
pub(super) fn candidates(condition: &Condition, wanted: bool, scope: &Scope<'_>) -> Vec<Candidate> {
    let want = Want::Truth(wanted);
    let mut found = solve(&condition.expression, &want, scope);
    // Named templates decide by what they depend on.
    if found.len() < MAX_CANDIDATES {
        found.extend(computed(&scope.causes, &want, scope));
    }
    distinct(found)
}

fn distinct(found: Vec<Candidate>) -> Vec<Candidate> {
    let mut distinct: Vec<Candidate> = Vec::new();
    for candidate in found {
        if !candidate.is_empty() && !distinct.contains(&candidate) {
            distinct.push(candidate);
        }
    }
    distinct.truncate(MAX_CANDIDATES);
    distinct
}

fn solve(expression: &Expression, want: &Want, scope: &Scope<'_>) -> Vec<Candidate> {
    match expression {
        Expression::Constant(_) => Vec::new(),
        Expression::Input { cause: Cause::Values { path }, .. } => {
            scope.keys(*path).map(|keys| input(&keys, want, scope)).unwrap_or_default()
        }
        Expression::Input { cause: Cause::Capabilities { path }, value } => {
            versions::capability(*path, value, want, scope)
        }
        Expression::Input { cause: Cause::Release { field: "Namespace" }, .. } => match want {
            Want::Equal(name) => name.as_str().map(namespace).into_iter().collect(),
            Want::Other(_) => vec![namespace("other")],
            Want::Truth(_) => Vec::new(),
        },
        Expression::Input { .. } => Vec::new(),
        Expression::Computed { causes } => computed(causes, want, scope),
        Expression::Call { function, operands } => calls::call(function, operands, want, scope),
    }
}

fn namespace(name: &str) -> Candidate {
    vec![Setting::Namespace(name.to_string())]
}

/// Values for a place.
fn input(keys: &[String], want: &Want, scope: &Scope<'_>) -> Vec<Candidate> {
    let now = scope.value(keys);
    let values = match want {
        Want::Equal(value) => vec![as_it_is(value, now)],
        Want::Other(value) => scope.others(keys, value),
        // What a template made true or false by itself is still tried.
        Want::Truth(true) => scope.truthy(keys),
        Want::Truth(false) => scope.falsy(keys),
    };
    let values = values.into_iter().filter(|value| now.map(|now| &now.data) != Some(&value.data));
    values.filter_map(|value| scope.set(keys.to_vec(), value)).map(|setting| vec![setting]).collect()
}

/// A value in the type of the one that stands there.
fn as_it_is(value: &Plain, now: Option<&Plain>) -> Plain {
    use crate::value::PlainData;
    match (value.as_str(), now.map(|now| &now.data)) {
        (Some(text @ ("true" | "false")), Some(PlainData::Bool(_))) => PlainData::Bool(text == "true").into(),
        (Some("<nil>"), _) => PlainData::Null.into(),
        (Some(text), Some(PlainData::Int(_) | PlainData::Float(_))) => {
            text.parse().map(|number| PlainData::Int(number).into()).unwrap_or_else(|_| value.clone())
        }
        _ => value.clone(),
    }
}

/// Guesses for what was computed from some values.
fn computed(causes: &[Cause], want: &Want, scope: &Scope<'_>) -> Vec<Candidate> {
    let paths = causes.iter().filter_map(|cause| match cause {
        Cause::Values { path } => scope.keys(*path),
        _ => None,
    });
    let mut paths: Vec<Vec<String>> = paths.filter(|keys| !keys.is_empty()).collect();
    let names_place = |cause: &Cause| matches!(cause, Cause::Release { field: "Namespace" });
    if let Want::Equal(name) = want
        && causes.iter().any(names_place)
        && let Some(name) = name.as_str()
    {
        return vec![namespace(name)];
    }
    // Which of them decides is not known: each is tried, and the deepest says most.
    paths.sort_by_key(|keys| std::cmp::Reverse(keys.len()));
    let useful = |keys: &Vec<String>| match want.truth() {
        Some(wanted) => scope.value(keys).is_some_and(is_truthy) != wanted,
        None => true,
    };
    let (first, last): (Vec<_>, Vec<_>) = paths.into_iter().partition(useful);
    let mut found = Vec::new();
    if matches!(want, Want::Truth(_)) && (2..=MAX_TOGETHER).contains(&first.len()) {
        let mut together = Vec::new();
        for candidate in first.iter().filter_map(|keys| input(keys, want, scope).into_iter().next()) {
            candidate.into_iter().for_each(|setting| setting::add(&mut together, setting));
        }
        found.push(together);
    }
    found.extend(first.iter().filter_map(|keys| input(keys, want, scope).into_iter().next()));
    // A value may work the other way round.
    let opposite = want.truth().map(|wanted| Want::Truth(!wanted));
    if let Some(opposite) = opposite {
        found.extend(last.iter().filter_map(|keys| input(keys, &opposite, scope).into_iter().next()));
    }
    found.truncate(MAX_CANDIDATES * 2);
    found
}

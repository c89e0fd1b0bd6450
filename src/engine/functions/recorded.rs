//! Values that functions give, against what Helm gave for the same expressions.

use super::print;
use super::testing::{evaluate, runtime};
use crate::engine::function::Failure;
use crate::value::TextBuilder;

/// What an expression prints as a value, or its error.
fn shown(helm: &str, expression: &str) -> String {
    let mut rt = runtime(helm);
    let mut out = TextBuilder::default();
    let written = match evaluate(&mut rt, expression, &[]) {
        Ok(value) => print::write_value(&mut rt, &value, &mut out),
        Err(failure) => Err(failure),
    };
    match written {
        Ok(()) => out.finish().lossy().into_owned(),
        Err(Failure::Error(message)) => format!("error: {message}"),
        Err(Failure::Budget(message)) => format!("budget: {message}"),
    }
}

fn check(helm: &str, recorded: &str) {
    let mut lines = recorded.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut wrong = String::new();
    while let (Some(expression), Some(expected)) = (lines.next(), lines.next()) {
        let expected: String = serde_json::from_str(expected.trim()).expect("a JSON string");
        let found = shown(helm, expression);
        if found != expected {
            wrong.push_str(&format!("\n{expression}\n  expected {expected:?}\n  found    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn values_are_those_of_helm_3_11() {
    check("3.11.1", include_str!("../../../tests/functions/values-3.11.1.txt"));
}

#[test]
fn values_are_those_of_helm_4_1() {
    check("4.1.4", include_str!("../../../tests/functions/values-4.1.4.txt"));
}

#[test]
fn values_are_those_of_helm_4_3() {
    check("4.3.1", include_str!("../../../tests/functions/values-4.3.1.txt"));
}

#[test]
fn a_sequence_without_end_ends_the_render() {
    assert!(shown("4.1.4", "until 9000000000000").starts_with("budget: "));
}

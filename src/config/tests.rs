//! Configs and what is wrong with them.

use super::*;
use std::path::Path;

/// Each mistake with the text that it points at.
fn mistakes(text: &str) -> Vec<String> {
    let at = |span: Span| String::from_utf8_lossy(&text.as_bytes()[span.start as usize - 1..span.end as usize - 1]);
    let told =
        |m: Mistake| format!("{}: {}{}", at(m.span), m.message, m.help.map(|h| format!(" ({h})")).unwrap_or_default());
    read(text.as_bytes(), 1, Path::new("/charts")).err().unwrap_or_default().into_iter().map(told).collect()
}

#[test]
fn every_mistake_has_its_place_and_a_way_out() {
    let cases = include_str!("mistakes.txt");
    for case in cases.split("\n---\n") {
        let (text, expected) = case.split_once("\n=>").unwrap_or((case, ""));
        let got = mistakes(&format!("{text}\n")).join("\n");
        assert_eq!(got, expected.trim(), "\n{text}\n");
        // Windows writes other line ends.
        let got = mistakes(&format!("{}\r\n", text.replace('\n', "\r\n"))).join("\n").replace('\r', "");
        assert_eq!(got, expected.trim(), "with CRLF:\n{text}\n");
    }
}

#[test]
fn a_new_config_says_nothing_and_is_right_when_it_is_switched_on() {
    let config = read(NEW.as_bytes(), 1, Path::new("")).unwrap();
    assert!(config.rules.is_empty() && config.ignores.is_empty() && config.fail_on.is_none());
    let config = read(switched_on().as_bytes(), 1, Path::new("/x")).unwrap();
    assert_eq!(config.extends[0].0, Path::new("/x/../shared.chartlint.yaml"));
    assert_eq!(config.fail_on, Some(Severity::Error));
    assert_eq!((config.rules.len(), config.ignores.len(), config.values.len()), (2, 1, 1));
    assert!(config.kube_version.is_some() && config.helm.is_some());
}

/// The new config without the marks of the comments that are no prose.
fn switched_on() -> String {
    let on = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') || rest.starts_with("  ") && !rest.contains("{{") => format!("{rest}\n"),
        _ => String::new(),
    };
    NEW.lines().map(on).collect()
}

#[test]
fn the_nearer_config_wins() {
    let near = read(b"rules: {yaml-error: off}\nvalues: b.yaml\n", 1, Path::new("near")).unwrap();
    let far =
        read(b"rules: {yaml-error: info, syntax-error: info}\nvalues: [a.yaml]\nfail-on: info\n", 1, Path::new("far"));
    let both = near.over(far.unwrap());
    assert!(both.is_off("yaml-error"));
    assert_eq!(both.rules["syntax-error"], Level::At(Severity::Info));
    assert_eq!(both.fail_on, Some(Severity::Info));
    let values: Vec<_> = both.values.iter().map(|(path, _)| path.clone()).collect();
    assert_eq!(values, [Path::new("far/a.yaml"), Path::new("near/b.yaml")]);
}

#[test]
fn the_published_schema_says_the_same() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/config.schema.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    let level = serde_json::json!({ "$ref": "#/$defs/level" });
    let rules: serde_json::Map<_, _> = crate::rules::RULES
        .iter()
        .map(|rule| {
            let mut entry = level.clone();
            entry["description"] = rule.summary.into();
            (rule.name.to_string(), entry)
        })
        .collect();
    let names: Vec<&str> = crate::rules::RULES.iter().map(|rule| rule.name).collect();
    let is_current = schema["properties"]["rules"]["properties"] == serde_json::Value::Object(rules.clone());
    if !is_current || schema["$defs"]["rule"]["enum"] != serde_json::json!(names) {
        assert!(std::env::var_os("BLESS").is_some(), "BLESS=1 writes the rules into {}", path.display());
        schema["properties"]["rules"]["properties"] = rules.into();
        schema["$defs"]["rule"]["enum"] = serde_json::json!(names);
        std::fs::write(&path, serde_json::to_string_pretty(&schema).unwrap() + "\n").unwrap();
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    let value = |text: &str| serde_yaml::from_str::<serde_json::Value>(text).unwrap();
    let errors: Vec<String> = validator.iter_errors(&value(&switched_on())).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    for case in include_str!("mistakes.txt").split("\n---\n") {
        let (text, expected) = case.split_once("\n=>").unwrap_or((case, ""));
        let Ok(value) = serde_yaml::from_str::<serde_json::Value>(text) else { continue };
        // A schema sees no versions, no patterns, and no second key of one name.
        let is_seen = !["Kubernetes", "Helm 3", "pattern", "says nothing"].iter().any(|word| expected.contains(word));
        if is_seen {
            assert_eq!(validator.is_valid(&value), expected.trim().is_empty(), "{text}");
        }
    }
}

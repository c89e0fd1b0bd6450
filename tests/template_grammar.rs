//! The grammar in `grammars/gotmpl`: its generated files are those of its sources, and its cases parse.

use chartlint::template::language;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn grammar() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("grammars/gotmpl")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(grammar().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn generated_files_are_those_of_the_sources() {
    let recorded = read("generated.sha256");
    let files: Vec<&str> = recorded.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(files, ["grammar.js", "src/scanner.c", "src/grammar.json", "src/parser.c"]);
    for line in recorded.lines() {
        let (expected, file) = line.split_once("  ").unwrap();
        let hash: String = Sha256::digest(read(file)).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, expected, "{file} was changed alone: run `npm run generate` in grammars/gotmpl");
    }
}

/// Guards against a hash that was recorded without generating.
#[test]
fn rules_and_tokens_are_the_same_in_source_and_parser() {
    let source = read("grammar.js");
    let rules = source.split_once("  rules: {").unwrap().1;
    let is_name = |text: &str| text.chars().all(|c| c == '_' || c.is_ascii_lowercase());
    let written: BTreeSet<String> = rules
        .lines()
        .filter_map(|line| line.strip_prefix("    ")?.split_once(": ").map(|(name, _)| name.to_owned()))
        .filter(|name| is_name(name))
        .collect();
    let json: serde_json::Value = serde_json::from_str(&read("src/grammar.json")).unwrap();
    let generated: BTreeSet<String> = json["rules"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(written, generated);

    let mut texts = BTreeSet::new();
    collect(&json["rules"], &mut texts);
    let language = language();
    let nodes: BTreeSet<&str> =
        (0..language.node_kind_count() as u16).filter_map(|id| language.node_kind_for_id(id)).collect();
    for text in texts {
        assert!(nodes.contains(text.as_str()), "parser.c knows no {text:?}");
    }
    for rule in generated.iter().filter(|rule| !rule.starts_with('_')) {
        // The names of identifiers come to the tree as functions.
        assert!(nodes.contains(rule.as_str()) || rule == "identifier", "parser.c knows no {rule}");
    }
}

/// All literal tokens of a rule that the tree shows.
fn collect(rule: &serde_json::Value, texts: &mut BTreeSet<String>) {
    match rule {
        serde_json::Value::Object(rule) => {
            let is_inside_token = rule
                .get("type")
                .is_some_and(|kind| kind.as_str().is_some_and(|kind| matches!(kind, "TOKEN" | "IMMEDIATE_TOKEN")));
            match (rule.get("type").and_then(|kind| kind.as_str()), rule.get("value")) {
                (Some("STRING"), Some(value)) => {
                    texts.extend(value.as_str().filter(|text| !is_node_name(text)).map(str::to_owned));
                }
                _ if is_inside_token => {}
                _ => rule.values().for_each(|value| collect(value, texts)),
            }
        }
        serde_json::Value::Array(rules) => rules.iter().for_each(|rule| collect(rule, texts)),
        _ => {}
    }
}

/// Literals that are the whole of a named rule appear under its name.
fn is_node_name(text: &str) -> bool {
    matches!(text, "." | "nil" | "true" | "false")
}

#[test]
fn the_cases_of_the_corpus_parse_as_they_say() {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&language()).unwrap();
    let mut count = 0;
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(grammar().join("test/corpus")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let line = "=".repeat(80) + "\n";
        let mut parts = text.split(line.as_str()).skip(1);
        while let (Some(head), Some(case)) = (parts.next(), parts.next()) {
            let (input, expected) = case.split_once(&("-".repeat(80) + "\n")).unwrap();
            let input = input.strip_suffix('\n').unwrap_or(input);
            let tree = parser.parse(input, None).unwrap();
            let root = tree.root_node();
            count += 1;
            if head.contains(":error") {
                assert!(root.has_error(), "{head}");
            } else {
                let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").replace(" )", ")");
                assert_eq!(words(&root.to_sexp()), words(expected), "{head}");
            }
        }
    }
    assert!(count >= 12, "only {count} cases were found");
}

#[test]
fn the_queries_are_valid() {
    for query in ["highlights", "injections"] {
        if let Err(error) = tree_sitter::Query::new(&language(), &read(&format!("queries/{query}.scm"))) {
            panic!("{query}.scm: {error}");
        }
    }
}

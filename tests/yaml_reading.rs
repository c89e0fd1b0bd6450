//! Values files of recorded charts (`tests/conformance/cases.json`), read and written as JSON: the cases that need nothing
//! else. And texts that are made to hurt.

use chartlint::value::json;
use chartlint::value::yaml::{self, Kind, Node, Note};
use serde::Deserialize;
use std::fmt::Write as _;

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    template: Option<String>,
    values: Option<String>,
    files: Option<std::collections::BTreeMap<String, String>>,
    args: Option<Vec<String>>,
    helm3: Recorded,
}

#[derive(Deserialize)]
struct Recorded {
    output: Option<String>,
    error: Option<String>,
}

/// JSON with sorted keys, all numbers as floats.
fn write(node: &Node, out: &mut String) {
    let number = |f: f64| chartlint::value::golang::strconv::json_float(f).unwrap();
    match &node.kind {
        Kind::Null => out.push_str("null"),
        Kind::Bool(b) => write!(out, "{b}").unwrap(),
        Kind::Str(text) => out.push_str(&quoted(text)),
        Kind::Seq(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                write(item, out);
            }
            out.push(']');
        }
        Kind::Map(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|a, b| a.0.text.cmp(&b.0.text));
            out.push('{');
            for (i, (key, value)) in entries.into_iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                out.push_str(&quoted(&key.text));
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        Kind::Int(_) | Kind::Uint(_) | Kind::Float(_) => out.push_str(&number(node.as_json_number().unwrap())),
    }
}

fn quoted(text: &str) -> String {
    use chartlint::value::{Arena, Heap, Value};
    let (heap, mut arena) = (Heap::default(), Arena::default());
    let mut encoder = yaml::Encoder::new(&heap, &mut arena, Default::default());
    json::to_json(&mut encoder, &Value::string(text)).unwrap().lossy().into_owned()
}

#[test]
fn values_files_are_read_as_helm_reads_them() {
    let cases: Cases = serde_json::from_str(include_str!("conformance/cases.json")).unwrap();
    let mut failures = Vec::new();
    let mut compared = 0;
    for case in cases.cases {
        let is_plain = case.files.is_none_or(|files| files.is_empty()) && case.args.is_none_or(|args| args.is_empty());
        let template = case.template.unwrap_or_default();
        let shows_values = matches!(template.as_str(), "{{ toJson .Values }}" | "{{ .Values | toJson }}");
        let Some(values) = case.values.filter(|_| is_plain && shows_values) else { continue };
        let got = match yaml::read(values.as_bytes()) {
            Err(error) => Err(format!("cannot load values.yaml: {}", error.helm_text())),
            Ok(document) => match document.root.kind {
                Kind::Map(_) => {
                    let mut out = String::new();
                    write(&document.root, &mut out);
                    Ok(out)
                }
                Kind::Null => Ok("{}".into()),
                // What else cannot be values is for the chart to say.
                _ => continue,
            },
        };
        compared += 1;
        let wanted = case.helm3.output.ok_or(case.helm3.error.unwrap_or_default());
        if got != wanted {
            failures.push(format!("{}: {values:?}\n  got    {got:?}\n  wanted {wanted:?}", case.name));
        }
    }
    assert!(compared > 150, "only {compared} cases were found");
    assert!(failures.is_empty(), "{} of {compared} differ:\n{}", failures.len(), failures.join("\n"));
}

/// Runs on a thread with the stack that Rust gives to threads.
fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn depth_costs_no_stack() {
    on_a_small_stack(|| {
        let depth = 10_000;
        for text in [
            "[".repeat(depth) + &"]".repeat(depth),
            "- ".repeat(depth) + "x",
            "{a: ".repeat(depth) + &"}".repeat(depth),
        ] {
            let document = yaml::read(text.as_bytes()).unwrap();
            let copy = document.root.clone();
            assert!(copy.same_value(&document.root));
        }
        let text = "[".repeat(depth) + &"]".repeat(depth);
        assert!(json::read(text.as_bytes()).is_ok());
    });
}

#[test]
fn too_much_depth_is_refused_in_gos_words() {
    on_a_small_stack(|| {
        let read = |text: String| yaml::read(text.as_bytes()).unwrap_err().helm_text();
        assert_eq!(read("[".repeat(10_001)), "error converting YAML to JSON: yaml: exceeded max depth of 10000");
        assert_eq!(read("- ".repeat(10_001)), "error converting YAML to JSON: yaml: exceeded max depth of 10000");
        let wanted = "error unmarshaling JSON: while decoding JSON: invalid character '[' exceeded max depth";
        assert_eq!(read("- ".repeat(6000) + &"[".repeat(6000) + &"]".repeat(6000)), wanted);
    });
}

#[test]
fn aliases_cannot_make_a_small_text_huge() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..20 {
        let alias = format!("*a{}, ", i - 1).repeat(10);
        writeln!(text, "a{i}: &a{i} [{alias}]").unwrap();
    }
    let error = yaml::read(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "yaml: document contains excessive aliasing");
}

#[test]
fn spans_are_the_bytes_that_were_read() {
    let text = "# é\na: one two # c\nb: |\n  x\n\nc: [1, 'é']\nd:\n- e: 1\n  f: \"g\"\nh: &x {i: j}\nk: *x\n";
    let root = yaml::read(text.as_bytes()).unwrap().root;
    let at = |node: &Node| &text[node.span.clone()];
    for (key, wanted) in [
        ("a", "one two"),
        ("b", "|\n  x"),
        ("c", "[1, 'é']"),
        ("d", "- e: 1\n  f: \"g\""),
        ("h", "{i: j}"),
        ("k", "*x"),
    ] {
        assert_eq!(at(root.get(key).unwrap()), wanted);
    }
    let keys: String = root.entries().iter().map(|(key, _)| &text[key.span.clone()]).collect();
    assert_eq!(keys, "abcdhk");
    assert_eq!(at(root.get("k").unwrap().get("i").unwrap()), "j");
    assert_eq!(&text[root.span.clone()], text[5..].trim_end());
}

#[test]
fn keys_that_meet_are_noted() {
    let notes = |text: &str| yaml::read(text.as_bytes()).unwrap().notes;
    assert_eq!(notes("a: 1\na: 2\n"), [Note::DuplicateKey { first: 0..1, second: 5..6 }]);
    assert_eq!(notes("yes: 1\non: 2\n"), [Note::DuplicateKey { first: 0..3, second: 7..9 }]);
    assert_eq!(notes("1: a\n\"1\": b\n"), [Note::CollidingKeys { first: 0..1, second: 5..8 }]);
    assert_eq!(notes("a: &a {x: 1}\nb: {<<: *a, x: 2}\n"), []);
}

#[test]
fn what_follows_the_first_document_is_not_read() {
    for (text, end) in [("a: 1\n---\n{", 5), ("a: 1\n...\n\t{", 5), (" a: 1\nb: {", 6), ("a: 1\n", 5)] {
        let document = yaml::read(text.as_bytes()).unwrap();
        assert_eq!(document.root.get("a").and_then(Node::as_json_number), Some(1.0));
        assert_eq!(document.end, end, "{text:?}");
    }
}

#[test]
fn struct_fields_are_found_whatever_their_case() {
    let root = yaml::read(b"APIVERSION: v1\nname: 1.10\nNAME: ~\nVersion: 0123\n").unwrap().root;
    let field = |name: &str| root.field(name).and_then(Node::as_go_string).unwrap_or_default().into_owned();
    assert_eq!(field("apiVersion"), "v1");
    assert_eq!(field("name"), "1.1");
    assert_eq!(field("version"), "83");
}

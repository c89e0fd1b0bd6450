//! `chartlint trace` in its four forms: what it prints, and whether others can read it.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartlint"));
    // NO_COLOR, CLICOLOR_FORCE, TERM and COLUMNS change what is printed.
    command.env_clear().current_dir(root()).arg("trace").args(arguments);
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn printed(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("trace/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// A chart in a folder of its own; removed with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(test: &str, templates: &[(&str, &str)]) -> Scratch {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("trace-{test}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("templates")).unwrap();
        std::fs::write(folder.join("Chart.yaml"), "apiVersion: v2\nname: c\nversion: 1.0.0\n").unwrap();
        for (name, text) in templates {
            std::fs::write(folder.join("templates").join(name), text).unwrap();
        }
        Scratch(folder)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left behind lies in the target folder and harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_lookup_in_four_forms() {
    for format in ["tree", "json", "dot", "svg"] {
        assert_snapshot(format, &printed(&["testcharts/webhook-service", "--format", format]));
    }
}

#[test]
fn sources_of_every_kind() {
    assert_snapshot("shop", &printed(&["tests/trace/shop"]));
}

#[test]
fn where_a_field_comes_from() {
    let lines = |to: &str| printed(&["tests/trace/shop", "--to", to]);
    assert_snapshot("password", &lines("Secret/shop:data.password"));
    let replicas = lines("deployment/sh*:spec.replicas");
    assert!(replicas.contains("\n.Values.replicas  values.yaml:1\n"), "{replicas}");
    assert!(
        lines("Deployment:spec.selector").contains("nothing of what is looked for comes to Deployment:spec.selector")
    );
    assert!(lines("NOTES").contains(".Release.IsInstall"));
}

#[test]
fn kinds_can_be_chosen() {
    let text = printed(&["tests/trace/shop", "--source", "random,values"]);
    let titles: Vec<&str> = text.lines().filter(|line| line.starts_with("random") || line.starts_with('.')).collect();
    assert!(titles.contains(&".Values.replicas  values.yaml:1"), "{titles:?}");
    assert!(titles.iter().all(|title| title.starts_with("random") || title.starts_with(".Values")), "{titles:?}");
}

#[test]
fn words_that_are_wrong_are_answered() {
    for (arguments, code, says) in [
        (&["tests/trace/shop", "--to", "Secret/shap"][..], 2, "did you mean Secret/shop?"),
        (&["tests/trace/shop", "--to", "Secret/shop:data.passwort"], 2, "the object is there, the field is not"),
        (&["tests/trace/shop", "--to", "Secret/"], 2, "write KIND, KIND/NAME or KIND/NAME:FIELD"),
        (&["tests/trace/shop", "--source", "lookups"], 2, "a similar value exists: 'lookup'"),
        (&["tests/trace/shop", "--kube-version", "x"], 2, "kube version"),
        (&["tests/trace/shop", "--format", "svg", "--format", "dot"], 2, "--output"),
        (&["tests/trace/gone"], 2, "tests/trace/gone"),
        (&["tests/trace"], 4, "Chart.yaml file is missing"),
    ] {
        let output = run(arguments);
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {err}");
        assert!(err.contains(says), "{arguments:?}: {err}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn values_and_versions_are_those_that_are_given() {
    let text = printed(&["tests/trace/shop", "--set", "keepToken=true", "--source", "lookup"]);
    assert!(!text.contains("given --set keepToken"), "{text}");
    let old = printed(&["tests/trace/shop", "--kube-version", "1.29.0", "--source", "capabilities"]);
    assert!(!old.contains("appArmorProfile"), "{old}");
}

#[test]
fn a_tree_is_drawn_for_where_it_is_seen() {
    let coloured = command(&["testcharts/webhook-service"]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(coloured.stdout.contains(&0x1b));
    let dumb = command(&["testcharts/webhook-service"]).env("TERM", "dumb").output().unwrap();
    assert!(dumb.stdout.is_ascii(), "{}", String::from_utf8_lossy(&dumb.stdout));
    let narrow = command(&["testcharts/webhook-service"]).env("COLUMNS", "60").output().unwrap();
    for line in String::from_utf8(narrow.stdout).unwrap().lines() {
        assert!(line.chars().count() <= 70, "{line}");
    }
}

#[test]
fn json_fits_its_schema() {
    let schema = std::fs::read_to_string(root().join("docs/trace.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    for chart in ["tests/trace/shop", "testcharts/webhook-service-mended"] {
        let mut report: Value = serde_json::from_str(&printed(&[chart, "--format", "json"])).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        report["version"] = 0.into();
        assert!(!validator.is_valid(&report));
    }
}

#[test]
fn json_names_what_is_in_it() {
    let report: Value = serde_json::from_str(&printed(&["tests/trace/shop", "--format", "json"])).unwrap();
    let ids = |list: &str| -> BTreeSet<u64> {
        report[list].as_array().unwrap().iter().map(|entry| entry["id"].as_u64().unwrap()).collect()
    };
    let (sources, conditions) = (ids("sources"), ids("conditions"));
    for source in report["sources"].as_array().unwrap() {
        for flow in source["flows"].as_array().unwrap() {
            assert!(flow["condition"].as_u64().is_none_or(|id| conditions.contains(&id)), "{flow}");
            assert!(flow["source"].as_u64().is_none_or(|id| sources.contains(&id)), "{flow}");
        }
    }
}

/// The elements of a small well-formed XML text; panics where it is not well-formed.
fn elements(text: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let (mut open, mut found, mut rest) = (Vec::new(), Vec::new(), text.trim());
    while !rest.is_empty() {
        let Some(inside) = rest.strip_prefix('<') else {
            let end = rest.find('<').expect("text outside of the root");
            assert_entities(&rest[..end]);
            assert!(!open.is_empty(), "text outside of the root: {}", &rest[..end]);
            rest = &rest[end..];
            continue;
        };
        let end = inside.find('>').expect("a tag that ends");
        let tag = &inside[..end];
        rest = &inside[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "elements nest");
            continue;
        }
        let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut values = BTreeMap::new();
        while !attributes.trim().is_empty() {
            let (key, value) = attributes.trim_start().split_once("=\"").expect("a quoted attribute");
            let (value, after) = value.split_once('"').expect("an attribute that ends");
            assert_entities(value);
            assert!(
                !value.contains('<') && values.insert(key.to_string(), value.to_string()).is_none(),
                "{key} {value}"
            );
            attributes = after;
        }
        found.push((name.to_string(), values));
        if !is_empty {
            open.push(name.to_string());
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    found
}

/// Every `&` begins an entity that XML knows.
fn assert_entities(text: &str) {
    for part in text.split('&').skip(1) {
        let name = part.split_once(';').map(|(name, _)| name);
        assert!(matches!(name, Some("amp" | "lt" | "gt" | "quot" | "#39")), "&{part}");
    }
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
}

/// A chart whose conditions and names have everything in them that marks up somewhere.
fn hostile() -> Scratch {
    let template = "{{ if ne (lookup \"v1\" \"Secret\" \"<b>\" \"a&\\\\\\\"'c\" | toJson) `]]>--\\` }}\napiVersion: v1\nkind: \
                    ConfigMap\nmetadata:\n  name: \"<script>&\\\"'\\\\\"\ndata: {\"\\\"a\\\\\": {{ randAlpha 3 }}}\n{{ end \
                    }}\n---\napiVersion: v1\nkind: \"<K>\"\nmetadata:\n  name: \"n\\\\\"\ndata:\n  \"k<&\\\"\\\\\": {{ randAlpha \
                    3 }}\n";
    Scratch::new("hostile", &[("a.yaml", template)])
}

#[test]
fn pictures_are_well_formed_and_tell_what_they_show() {
    let hostile = hostile();
    for chart in ["tests/trace/shop", "testcharts/webhook-service-mended", hostile.path()] {
        let text = printed(&[chart, "--format", "svg"]);
        let elements = elements(&text);
        let (name, attributes) = &elements[0];
        assert_eq!((name.as_str(), attributes["role"].as_str()), ("svg", "img"));
        let ids: BTreeSet<&str> = elements.iter().filter_map(|(_, a)| a.get("id").map(String::as_str)).collect();
        assert!(attributes["aria-labelledby"].split(' ').all(|id| ids.contains(id)), "{attributes:?}");
        assert!(elements.iter().all(|(name, _)| !matches!(name.as_str(), "script" | "image" | "b" | "K")), "{text}");
        assert!(!text.contains("href") && text.matches("http").count() == 1, "nothing is loaded: {text}");
    }
}

/// The tokens of a graph: strings closed, braces balanced; panics where they are not.
fn tokens(text: &str) -> Vec<String> {
    let (mut tokens, mut depth, mut chars) = (Vec::new(), 0, text.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                let mut string = String::from("\"");
                loop {
                    match chars.next().expect("a string that ends") {
                        '"' => break,
                        '\\' => {
                            let next = chars.next().expect("an escape that ends");
                            assert!(matches!(next, '"' | '\\' | 'n'), "\\{next}");
                            string.extend(['\\', next]);
                        }
                        c => {
                            assert!(!c.is_control(), "{string}");
                            string.push(c);
                        }
                    }
                }
                tokens.push(string);
            }
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            c if c.is_alphanumeric() || c == '_' => {
                let mut word = String::from(c);
                while let Some(c) = chars.next_if(|c| c.is_alphanumeric() || matches!(c, '_' | '.')) {
                    word.push(c);
                }
                tokens.push(word);
            }
            c => assert!(c.is_whitespace() || ",;=->".contains(c), "{c:?} outside of a string"),
        }
        assert!(depth >= 0, "a bracket too many");
    }
    assert_eq!(depth, 0, "a bracket is missing");
    tokens
}

#[test]
fn graphs_are_quoted_and_their_edges_end_at_nodes() {
    let hostile = hostile();
    for chart in ["tests/trace/shop", "testcharts/webhook-service-mended", hostile.path()] {
        let text = printed(&[chart, "--format", "dot"]);
        assert_eq!(tokens(&text)[0], "digraph");
        let nodes: BTreeSet<&str> =
            text.lines().filter_map(|line| Some(line.trim_start().split_once(" [label=")?.0)).collect();
        for line in text.lines().filter(|line| line.contains(" -> ") && !line.contains("label=")) {
            let ends = line.trim().trim_end_matches(';').trim_end_matches(" [style=dashed]").split(" -> ");
            ends.for_each(|end| assert!(nodes.contains(end), "{end} of {line} is no node of {nodes:?}"));
        }
    }
}

#[test]
fn pictures_stay_small_and_say_what_is_left_out() {
    let map = |i: usize| {
        format!(
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m{i}}}\ndata: {{a: {{{{ randAlpha {i} }}}}}}\n"
        )
    };
    let many: String = (1..400).map(map).collect();
    let chart = Scratch::new("many", &[("a.yaml", &many)]);
    for (format, most) in [("svg", 60_000), ("dot", 60_000)] {
        let text = printed(&[chart.path(), "--format", format]);
        assert!(text.len() < most, "{format}: {} bytes", text.len());
        assert!(text.contains("left out: "), "{format} does not say that something is left out");
    }
}

#[test]
fn two_runs_trace_the_same_bytes() {
    for format in ["tree", "json", "dot", "svg"] {
        assert_eq!(
            printed(&["tests/trace/shop", "--format", format]),
            printed(&["tests/trace/shop", "--format", format])
        );
    }
}

#[test]
fn reports_go_where_they_should() {
    let chart = Scratch::new("outputs", &[("a.yaml", "a: {{ now }}\n")]);
    let file = chart.0.join("a.svg");
    let text = printed(&[
        chart.path(),
        "--format",
        "json",
        "--output",
        "-",
        "--format",
        "svg",
        "--output",
        file.to_str().unwrap(),
    ]);
    assert!(text.starts_with('{'), "{text}");
    assert!(std::fs::read_to_string(file).unwrap().starts_with("<svg "));
}

//! Reports of real runs, held against what their readers publish: schemas, and the grammar of workflow commands.
//!
//! `tests/sarif/consume.sh` shows them to programs that are not ours.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A run over the charts of `testcharts/`, and what must not be there as well.
fn chartlint(arguments: &[&str]) -> (String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartlint"));
    // NO_COLOR, CLICOLOR_FORCE, TERM and COLUMNS change what is printed.
    let output = command.env_clear().current_dir(root()).args(arguments).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap_or(-1))
}

/// The report of all test charts.
fn report(format: &str) -> String {
    let (text, code) = chartlint(&["testcharts", "--format", format]);
    assert_eq!(code, 1, "testcharts has errors: {text}");
    text
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The violations of a schema.
fn assert_fits(schema: &str, report: &Value) {
    let text = std::fs::read_to_string(root().join(schema)).unwrap();
    // The published pattern of languages has a bracket too many, which strict readers of schemas refuse.
    let schema = json(&text.replace("^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$", "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(report).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

const SARIF: &str = "tests/sarif/sarif-2.1.0-rtm.5.json";

/// All values below a value, itself first.
fn walk<'a>(value: &'a Value, visit: &mut dyn FnMut(&'a Value)) {
    visit(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        Value::Object(fields) => fields.values().for_each(|field| walk(field, visit)),
        _ => {}
    }
}

fn results(log: &Value) -> &Vec<Value> {
    log["runs"][0]["results"].as_array().unwrap()
}

#[test]
fn json_fits_its_schema() {
    let report = json(&report("json"));
    assert!(report["findings"].as_array().unwrap().len() >= 3);
    assert_fits("docs/report.schema.json", &report);
}

#[test]
fn the_schema_of_json_refuses_what_is_no_report() {
    let mut report = json(&report("json"));
    let schema = json(&std::fs::read_to_string(root().join("docs/report.schema.json")).unwrap());
    let validator = jsonschema::validator_for(&schema).unwrap();
    report["findings"][0]["severity"] = "fatal".into();
    assert!(!validator.is_valid(&report));
    report["findings"][0]["severity"] = "error".into();
    report["findings"][0]["steps"][0]["line"] = 0.into();
    assert!(!validator.is_valid(&report));
}

#[test]
fn sarif_fits_the_published_schema() {
    assert_fits(SARIF, &json(&report("sarif")));
    let (clean, code) = chartlint(&["testcharts/webhook-service-mended", "--format", "sarif"]);
    assert_eq!(code, 0);
    assert_fits(SARIF, &json(&clean));
}

#[test]
fn sarif_lists_all_rules_with_their_pages() {
    let log = json(&report("sarif"));
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let names: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    let expected: Vec<&str> = chartlint::rules::RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(names, expected);
    for rule in rules {
        assert!(rule["help"]["markdown"].as_str().unwrap().contains("## When to ignore it"), "{}", rule["id"]);
        assert!(!rule["fullDescription"]["text"].as_str().unwrap().is_empty());
    }
    for result in results(&log) {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(result["ruleId"], rules[index]["id"]);
    }
}

#[test]
fn sarif_has_a_flow_for_each_phase_that_differs() {
    let (text, _) = chartlint(&["testcharts/webhook-service", "--format", "sarif"]);
    let log = json(&text);
    let flows = results(&log)[0]["codeFlows"].as_array().unwrap();
    let says: Vec<&str> = flows.iter().map(|flow| flow["message"]["text"].as_str().unwrap()).collect();
    let phases: Vec<&str> = says.iter().map(|text| text.split(':').next().unwrap()).collect();
    assert_eq!(phases, ["install", "upgrade", "offline"]);
    for flow in flows {
        assert_eq!(flow["threadFlows"][0]["locations"].as_array().unwrap().len(), 5);
    }
}

#[test]
fn links_of_sarif_messages_lead_to_related_locations() {
    let log = json(&report("sarif"));
    let mut links = 0;
    for result in results(&log) {
        let text = result["message"]["text"].as_str().unwrap();
        let ids: Vec<u64> =
            result["relatedLocations"].as_array().unwrap().iter().map(|l| l["id"].as_u64().unwrap()).collect();
        for part in text.split("](").skip(1) {
            let id: u64 = part.split(')').next().unwrap().parse().unwrap();
            assert!(ids.contains(&id), "{text}");
            links += 1;
        }
        assert_eq!(ids, (1..=ids.len() as u64).collect::<Vec<_>>());
    }
    assert!(links > 5);
}

#[test]
fn places_of_sarif_are_relative_and_there() {
    let log = json(&report("sarif"));
    let mut seen = 0;
    walk(&log, &mut |value| {
        let Some(artifact) = value.get("artifactLocation") else { return };
        let uri = artifact["uri"].as_str().unwrap();
        assert_eq!(artifact["uriBaseId"], "%SRCROOT%");
        assert!(root().join(uri).is_file(), "{uri}");
        seen += 1;
    });
    assert!(seen > 10);
}

#[test]
fn fingerprints_of_sarif_are_ours() {
    for result in results(&json(&report("sarif"))) {
        let keys: Vec<&String> = result["partialFingerprints"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["chartlint/v1"]);
    }
}

/// A workflow command as the runner reads it: `::name key=value,key=value::message`.
fn workflow_command(line: &str) -> Option<(&str, Vec<(&str, String)>, String)> {
    let unescaped = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let (head, message) = line.strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head.split_once(' ')?;
    let property = |text| {
        let (key, value) = str::split_once(text, '=')?;
        Some((key, unescaped(&value.replace("%3A", ":").replace("%2C", ","))))
    };
    Some((name, properties.split(',').map(property).collect::<Option<_>>()?, unescaped(message)))
}

#[test]
fn annotations_are_workflow_commands() {
    let text = report("github");
    let (concise, _) = chartlint(&["testcharts", "--format", "concise"]);
    assert_eq!(text.lines().count(), concise.lines().count());
    for (line, concise) in text.lines().zip(concise.lines()) {
        let (name, properties, message) = workflow_command(line).unwrap_or_else(|| panic!("{line}"));
        assert!(["error", "warning", "notice"].contains(&name), "{line}");
        let property = |name: &str| properties.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
        let place = format!("{}:{}:", property("file").unwrap(), property("line").unwrap());
        assert!(concise.starts_with(&place), "{concise} is at {place}");
        assert!(root().join(property("file").unwrap()).is_file());
        assert!(concise.contains(message.lines().next().unwrap()), "{message}");
        for (key, _) in &properties {
            assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(key), "{key}");
        }
    }
}

#[test]
fn gitlab_gets_what_it_asks_for() {
    let report = json(&report("gitlab"));
    let mut fingerprints = Vec::new();
    for issue in report.as_array().unwrap() {
        for key in ["description", "check_name", "fingerprint", "severity"] {
            assert!(!issue[key].as_str().unwrap().is_empty(), "{key}");
        }
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&issue["severity"].as_str().unwrap()));
        let path = issue["location"]["path"].as_str().unwrap();
        assert!(!path.starts_with("./") && root().join(path).is_file(), "{path}");
        assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() > 0);
        fingerprints.push(issue["fingerprint"].as_str().unwrap());
    }
    let all = fingerprints.len();
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), all, "GitLab keeps one of those with the same fingerprint");
}

#[test]
fn junit_counts_a_suite_a_chart() {
    let text = report("junit");
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    let names: Vec<&str> = report.test_suites.iter().map(|suite| suite.name.as_str()).collect();
    assert!(names.contains(&"testcharts/webhook-service-mended"), "a clean chart is a suite that passes: {names:?}");
    let (concise, _) = chartlint(&["testcharts", "--format", "concise"]);
    assert_eq!(report.failures, concise.lines().filter(|line| line.contains(": error[")).count());
}

#[test]
fn several_reports_of_one_run_go_where_each_should() {
    let folder = Scratch::new("several");
    let path = |name: &str| folder.0.join(name).display().to_string();
    let (sarif, json_file) = (path("a.sarif"), path("größe b.json"));
    let arguments = ["testcharts", "--format", "sarif", "--output", &sarif, "--format", "concise", "--output", "-"];
    let (printed, code) = chartlint(&[&arguments[..], &["--format", "json", "--output", &json_file]].concat());
    assert_eq!(code, 1);
    assert_eq!(printed, report("concise"));
    assert_eq!(std::fs::read_to_string(&sarif).unwrap(), report("sarif"));
    assert_eq!(std::fs::read_to_string(&json_file).unwrap(), report("json"));
}

#[test]
fn a_file_is_written_without_colour() {
    let folder = Scratch::new("colour");
    let path = folder.0.join("report.txt");
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartlint"));
    command.env_clear().env("CLICOLOR_FORCE", "1").current_dir(root()).arg("testcharts/webhook-service");
    assert_eq!(command.arg("--output").arg(&path).output().unwrap().stdout, b"");
    assert!(!std::fs::read(&path).unwrap().contains(&0x1b));
}

/// A folder that is gone when the test is.
struct Scratch(PathBuf);

impl Scratch {
    fn new(test: &str) -> Scratch {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("reports-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Scratch(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left behind lies in the target folder and harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

//! The files with which others run chartlint: they are YAML of the right form, and their commands are commands.

use clap::CommandFactory as _;
use serde_yaml::Value;
use std::path::Path;

fn yaml(path: &str) -> Value {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn assert_is_command(words: &[&str]) {
    let arguments = ["chartlint"].iter().chain(words);
    if let Err(error) = chartlint::cli::args::Cli::command().try_get_matches_from(arguments) {
        panic!("{words:?}: {error}");
    }
}

#[test]
fn hooks_of_pre_commit_run_what_is_there() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let languages: Vec<&str> =
        hooks.as_sequence().unwrap().iter().map(|hook| hook["language"].as_str().unwrap()).collect();
    assert_eq!(languages, ["rust", "system"]);
    for hook in hooks.as_sequence().unwrap() {
        assert_eq!(hook["entry"].as_str(), Some("chartlint"));
        let args: Vec<&str> = hook["args"].as_sequence().unwrap().iter().map(|arg| arg.as_str().unwrap()).collect();
        assert_is_command(&[&args[..], &["web/templates/a.yaml"]].concat());
        let files = regex::Regex::new(hook["files"].as_str().unwrap()).unwrap();
        for path in
            ["Chart.yaml", "web/Chart.lock", "web/values-prod.yaml", "a/b/templates/x/y.tpl", "web/charts/a.tgz"]
        {
            assert!(files.is_match(path), "{path}");
        }
        for path in ["README.md", "src/main.rs", "web/Chart.yaml.bak"] {
            assert!(!files.is_match(path), "{path}");
        }
    }
}

#[test]
fn the_action_runs_what_is_there() {
    let action = yaml("action.yml");
    assert_eq!(action["runs"]["using"].as_str(), Some("composite"));
    let step = &action["runs"]["steps"][1];
    let script = step["run"].as_str().unwrap();
    assert!(!script.contains("${{"), "an input in a script is a script");
    for input in ["paths", "args", "fail-on", "sarif"] {
        assert!(action["inputs"][input]["description"].is_string(), "{input}");
        let variable = format!("CHARTLINT_{}", input.to_uppercase().replace('-', "_"));
        assert_eq!(step["env"][variable.as_str()].as_str(), Some(format!("${{{{ inputs.{input} }}}}").as_str()));
        assert!(script.contains(&format!("${variable}")), "{variable}");
    }
    assert_is_command(&[
        "--format",
        "github",
        "--output",
        "-",
        "--format",
        "sarif",
        "--output",
        "x",
        "--fail-on",
        "error",
        ".",
    ]);
}

#[test]
fn the_gitlab_job_reports_what_it_writes() {
    let job = &yaml("packaging/gitlab-ci.yml")["chartlint"];
    let script = job["script"][0].as_str().unwrap();
    let words: Vec<&str> = script.split_whitespace().filter(|word| !word.starts_with('$')).collect();
    assert_eq!(words.first(), Some(&"chartlint"));
    assert_is_command(&words[1..]);
    for report in ["codequality", "junit"] {
        let path = job["artifacts"]["reports"][report].as_str().unwrap();
        assert!(words.contains(&path), "{path}");
    }
}

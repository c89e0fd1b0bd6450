//! The command line as data: what is run, what it exits with, what it says (`tests/cli/*.txt`).

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const SECRET: &str = "\
{{- if not (lookup \"v1\" \"Secret\" .Release.Namespace \"web\") }}
apiVersion: v1
kind: Secret
metadata:
  name: web
{{- end }}
";

const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n";

const SERVICE: &str = "---\n# Source: web/service.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n";

const LIVE: &str = "\
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
  annotations: {meta.helm.sh/release-name: shop-web, meta.helm.sh/release-namespace: shop}
spec:
  type: ClusterIP
  ports: [{port: 80, protocol: TCP, targetPort: 80}]
";

const WARNED: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  rendered: {{ now | quote }}
";

/// All that values, flags and phases can change, in one line each; the name of the Secret shows it in findings.
const VALUED: &str = "\
{{- $has := .Capabilities.APIVersions.Has \"example.com/v1\" }}
{{- if .Release.IsInstall }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Values.name }}-{{ .Release.Name }}{{ if $has }}-told{{ end }}
  namespace: {{ .Release.Namespace }}
{{- end }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: says
data:
  kind: {{ kindOf .Values.name }}
  kubernetes: {{ .Capabilities.KubeVersion.Version }}
  helm: {{ .Capabilities.HelmVersion.Version }}
  revision: {{ .Release.Revision | quote }}
  random: {{ randAlphaNum 8 | quote }}
  found: {{ len (lookup \"v1\" \"Secret\" \"default\" \"there\") | quote }}
";

const HOOK: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: HOOK-hook
  annotations:
    helm.sh/hook: HOOK
";

/// Charts and folders that the commands are run over; removed with the test.
struct Fixture(PathBuf);

impl Fixture {
    fn new(test: &str) -> Fixture {
        let fixture =
            Fixture(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{test}-{}", std::process::id())));
        let _ = std::fs::remove_dir_all(&fixture.0);
        let chart = |folder: &str, name: &str, template: &str, text: &str| {
            fixture.write(&format!("{folder}/Chart.yaml"), &format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n"));
            fixture.write(&format!("{folder}/templates/{template}"), text);
        };
        chart("chart-clean", "clean", "config.yaml", CONFIG);
        chart("chart-found", "found", "secret.yaml", SECRET);
        chart("chart-warned", "warned", "config.yaml", WARNED);
        chart("chart-syntax", "syntax", "config.yaml", "{{ if }}");
        chart("charts/one", "one", "secret.yaml", SECRET);
        chart("charts/two", "two", "config.yaml", CONFIG);
        chart("parent", "parent", "config.yaml", CONFIG);
        chart("parent/charts/child", "child", "secret.yaml", SECRET);
        chart("chart with spaces", "spaces", "secret.yaml", SECRET);
        chart("größe-图表", "beyond", "secret.yaml", SECRET);
        fixture.write("chart-broken/Chart.yaml", "apiVersion: v2\nname: [\n");
        fixture.write("service-1.yaml", &format!("{SERVICE}  ports: [{{port: 80}}]\n"));
        fixture.write("service-2.yaml", &format!("{SERVICE}  ports: [{{port: 80}}]\n  clusterIP: 10.96.0.9\n"));
        fixture.write("broken-values.yaml", "a: [\n");
        chart("chart-valued", "valued", "all.yaml", VALUED);
        for hook in ["pre-install", "test"] {
            fixture.write(&format!("chart-valued/templates/{hook}.yaml"), &HOOK.replace("HOOK", hook));
        }
        fixture.write("chart-valued/values.yaml", "name: web\n");
        fixture.write("chart-valued/values.schema.json", r#"{"properties": {"name": {"maxLength": 12}}}"#);
        fixture.write(
            "chart-valued/crds/thing.yaml",
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n",
        );
        fixture.write("values/file.yaml", "name: from-file\n");
        fixture.write("values/name.txt", "from-text");
        fixture.write("state.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: there, namespace: default}\n");
        fixture.write("config/off.yaml", "rules:\n  lookup-guards-own-object: off\n");
        fixture.write("config/wrong.yaml", "rules:\n  lookup-guards-own-objekt: off\n");
        fixture.write("configured/.chartlint.yaml", "rules:\n  lookup-guards-own-object: off\n");
        chart("configured/chart", "configured", "secret.yaml", SECRET);
        chart("known/chart", "known", "secret.yaml", SECRET);
        chart("windows", "windows", "secret.yaml", &SECRET.replace('\n', "\r\n"));
        fixture.write("windows/Chart.yaml", "apiVersion: v2\r\nname: windows\r\nversion: 1.0.0\r\n");
        fixture.write("library/Chart.yaml", "apiVersion: v2\nname: library\nversion: 1.0.0\ntype: library\n");
        fixture.write("live-2.yaml", &format!("{}  clusterIP: 10.96.0.9\n", LIVE));
        std::fs::create_dir_all(fixture.0.join("empty")).unwrap();
        fixture
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chartlint"));
        // NO_COLOR, CLICOLOR_FORCE, TERM and COLUMNS change what is printed; a test sets what it is about.
        command.env_clear().current_dir(&self.0).args(arguments).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        // What is left behind lies in the target folder and harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The words of a line, single quotes respected.
fn words(line: &str) -> Vec<&str> {
    let mut parts = line.split('\'');
    let mut words = Vec::new();
    while let Some(plain) = parts.next() {
        words.extend(plain.split_whitespace());
        words.extend(parts.next());
    }
    words
}

/// Why the case does not hold; `None` when it does.
fn failure(case: &str, fixture: &Fixture) -> Option<String> {
    let line = case.lines().find_map(|line| line.strip_prefix("$ "))?;
    let output = fixture.run(&words(line));
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    let holds = |expected: &str| {
        if let Some(code) = expected.strip_prefix("exit ") {
            return output.status.code() == code.parse().ok();
        }
        let Some((stream, part)) = expected.split_once(": ") else { return true };
        if let Some(path) = stream.strip_prefix("file ") {
            return std::fs::read_to_string(fixture.0.join(path)).is_ok_and(|text| text.contains(part));
        }
        let text = match stream {
            "out" => &out,
            "err" => &err,
            _ => return true,
        };
        if part == "nothing" { text.is_empty() } else { text.contains(part) }
    };
    let expectations = case.lines().filter(|line| !line.starts_with(['$', '#']));
    let wrong: Vec<&str> = expectations.filter(|line| !holds(line)).collect();
    let shown = format!(
        "{case}\n--- does not hold\n{}\n--- got\nexit {:?}\n{out}{err}\n",
        wrong.join("\n"),
        output.status.code()
    );
    (!wrong.is_empty()).then_some(shown)
}

/// Runs the cases of a file.
fn assert_cases(name: &str, text: &str) {
    let fixture = Fixture::new(name);
    let cases = text.split("\n\n").filter(|case| !case.starts_with('#'));
    let failures: Vec<String> = cases.filter_map(|case| failure(case, &fixture)).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn commands_exit_and_say_as_written_down() {
    assert_cases("codes", include_str!("cli/exit-codes.txt"));
}

#[test]
fn reports_go_where_they_should() {
    assert_cases("formats", include_str!("cli/formats.txt"));
}

#[test]
fn verbs_do_what_they_say() {
    assert_cases("verbs", include_str!("cli/verbs.txt"));
}

#[test]
fn flags_do_what_they_say() {
    assert_cases("flags", include_str!("cli/flags.txt"));
}

/// The command lines of all cases.
fn command_lines() -> Vec<&'static str> {
    let files = [
        include_str!("cli/exit-codes.txt"),
        include_str!("cli/formats.txt"),
        include_str!("cli/verbs.txt"),
        include_str!("cli/flags.txt"),
    ];
    files.into_iter().flat_map(str::lines).filter_map(|line| line.strip_prefix("$ ")).collect()
}

/// A flag without a case is a promise that nobody looks after.
#[test]
fn every_flag_of_every_verb_has_a_case() {
    use clap::CommandFactory as _;
    let mut program = chartlint::cli::args::Cli::command();
    program.build();
    let verbs: Vec<&str> = program.get_subcommands().map(clap::Command::get_name).collect();
    let mut missing = Vec::new();
    for verb in program.get_subcommands().filter(|verb| verb.get_name() != "help") {
        let name = verb.get_name();
        let is_of_verb = |line: &&&str| match words(line).first() {
            // What is done without a verb.
            Some(first) if name == "check" => *first == "check" || !verbs.contains(first),
            first => first == Some(&name),
        };
        let lines = command_lines();
        let lines: Vec<Vec<&str>> = lines.iter().filter(is_of_verb).map(|line| words(line)).collect();
        for flag in verb.get_arguments().filter(|flag| !flag.is_positional() && !flag.is_hide_set()) {
            let long = flag.get_long().map(|long| format!("--{long}"));
            let short = flag.get_short().map(|short| format!("-{short}"));
            let is_it = |word: &&str| {
                let word = word.split('=').next();
                word == long.as_deref() || word == short.as_deref()
            };
            if flag.get_id() != "help" && !lines.iter().flatten().any(is_it) {
                missing.push(format!("{name} {}", long.unwrap_or_default()));
            }
        }
    }
    assert!(missing.is_empty(), "no case runs: {missing:#?}");
}

#[test]
fn every_exit_code_has_a_case() {
    let text = include_str!("cli/exit-codes.txt");
    for code in 0..=4 {
        assert!(text.lines().any(|line| line == format!("exit {code}")), "exit {code}");
    }
}

/// What a container mounts for reading is enough, and a report that cannot be written is said.
#[cfg(unix)]
#[test]
fn folders_that_are_read_only_are_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let fixture = Fixture::new("read-only");
    let folder = fixture.0.join("chart-found");
    let allow = |mode| std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode)).unwrap();
    allow(0o555);
    // The superuser may write all the same, and then there is nothing to see.
    let is_kept_out = std::fs::write(folder.join("probe"), "").is_err();
    let run = |arguments: &[&str]| {
        let mut command = fixture.command(arguments);
        command.current_dir(&folder).output().unwrap()
    };
    let check = run(&["--format", "concise"]);
    assert_eq!(check.status.code(), Some(1), "{}", String::from_utf8_lossy(&check.stderr));
    for arguments in [&["--output", "report.txt"][..], &["baseline"], &["init"], &["--reproducer", "again"]] {
        let output = run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!is_kept_out || said.contains("permission denied"), "{arguments:?}: {said}");
    }
    allow(0o755);
}

#[test]
fn a_list_of_paths_is_read_from_standard_input() {
    let fixture = Fixture::new("stdin");
    let mut child = fixture.command(&["-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all("chart-clean\n\nchart with spaces/Chart.yaml\n".as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("1 error in 2 charts\n"), "{text}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_chart_of_the_working_directory_is_checked_without_a_path() {
    let fixture = Fixture::new("here");
    let output = fixture.command(&["--format", "concise"]).current_dir(fixture.0.join("chart-found")).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("templates/secret.yaml:"), "{text}");
}

#[test]
fn colour_is_for_terminals_and_for_those_who_force_it() {
    let fixture = Fixture::new("colour");
    let is_coloured = |variables: &[(&str, &str)]| {
        let output = fixture.command(&["chart-found"]).envs(variables.iter().copied()).output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(!is_coloured(&[]), "a pipe is no terminal");
    assert!(is_coloured(&[("CLICOLOR_FORCE", "1")]));
    assert!(!is_coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), "NO_COLOR wins");
}

#[test]
fn links_are_for_terminals_that_show_them() {
    let fixture = Fixture::new("links");
    let has_links = |variables: &[(&str, &str)]| {
        let output = fixture.command(&["chart-found"]).envs(variables.iter().copied()).output().unwrap();
        String::from_utf8(output.stdout).unwrap().contains("\u{1b}]8;;file:///")
    };
    assert!(!has_links(&[("TERM", "xterm-kitty")]), "a pipe is no terminal");
    assert!(has_links(&[("FORCE_HYPERLINK", "1")]));
    assert!(!has_links(&[("FORCE_HYPERLINK", "0")]));
}

#[test]
fn a_dumb_terminal_gets_ascii() {
    let fixture = Fixture::new("dumb");
    let output = fixture.command(&["chart-found"]).env("TERM", "dumb").output().unwrap();
    assert!(output.stdout.is_ascii(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn two_runs_print_the_same_bytes() {
    let fixture = Fixture::new("twice");
    let run = || fixture.run(&["chart-found", "charts", "parent", "chart-warned", "--format", "json"]).stdout;
    assert_eq!(run(), run());
}

/// Snapshots are kept beside the cases, not beside this file.
fn assert_printed(name: &str, output: &Output) {
    let text = format!(
        "{}{}exit {}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
        output.status.code().unwrap_or(-1)
    );
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("cli/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// A run over the charts of `testcharts/`, from the root of the repository, so that paths are those that readers see.
fn over_testcharts(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartlint"));
    command.env_clear().current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().unwrap()
}

#[test]
fn help() {
    assert_printed("help", &over_testcharts(&["--help"]));
}

/// Every verb has its help, with an example.
#[test]
fn help_of_verbs() {
    use clap::CommandFactory as _;
    let command = chartlint::cli::args::Cli::command();
    for verb in command.get_subcommands().map(clap::Command::get_name) {
        let output = over_testcharts(&[verb, "--help"]);
        assert!(String::from_utf8_lossy(&output.stdout).contains("Example"), "{verb} has no example");
        assert_printed(&format!("help-{verb}"), &output);
    }
}

#[test]
fn list_of_rules() {
    assert_printed("rules", &over_testcharts(&["rules"]));
}

#[test]
fn webhook_service_as_sarif() {
    // The pages of the rules are long and have their own tests.
    let mut output = over_testcharts(&["testcharts/webhook-service", "--format", "sarif"]);
    let mut log: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    log["runs"][0]["tool"]["driver"]["rules"] = "[rules]".into();
    output.stdout = serde_json::to_vec_pretty(&log).unwrap();
    assert_printed("webhook-service-sarif", &output);
}

#[test]
fn test_charts_in_the_formats_of_forges() {
    for format in ["github", "gitlab", "junit"] {
        assert_printed(&format!("testcharts-{format}"), &over_testcharts(&["testcharts", "--format", format]));
    }
}

/// What shells and `man` read is not read here, but it names every verb.
#[test]
fn completions_and_the_manual_name_every_verb() {
    use clap::CommandFactory as _;
    for arguments in [&["completions", "bash"][..], &["completions", "zsh"], &["completions", "fish"], &["man"]] {
        let text = String::from_utf8(over_testcharts(arguments).stdout).unwrap();
        for verb in chartlint::cli::args::Cli::command().get_subcommands().map(clap::Command::get_name) {
            assert!(text.contains(verb), "{arguments:?} does not name {verb}");
        }
    }
}

#[test]
fn webhook_service() {
    assert_printed("webhook-service", &over_testcharts(&["testcharts/webhook-service"]));
}

#[test]
fn webhook_service_as_json() {
    assert_printed("webhook-service-json", &over_testcharts(&["testcharts/webhook-service", "--format", "json"]));
}

#[test]
fn all_test_charts() {
    assert_printed("testcharts", &over_testcharts(&["testcharts", "--format", "concise"]));
}

//! Charts that are made to hang, to exhaust memory or to crash: each ends soon, with a message that says what was too
//! much, within bounded memory, and never with a panic or a signal.

use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The address space that a run may have, in KiB: two stacks of a GiB for each thread, and what the work needs.
const ADDRESS_SPACE: u64 = 8 << 20;
/// A run in a debug build on a busy machine may take this long. It is no promise of speed: a hang is longer.
const TIME: Duration = Duration::from_secs(240);

const CHART: &str = "apiVersion: v2\nname: c\nversion: 0.1.0\n";

/// A chart in a folder of its own, which goes when this does.
struct Chart(PathBuf);

impl Chart {
    fn new(name: &str) -> Chart {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hostile-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let chart = Chart(folder);
        chart.write("c/Chart.yaml", CHART);
        chart
    }

    fn template(name: &str, template: &str) -> Chart {
        let chart = Chart::new(name);
        chart.write("c/templates/t.yaml", template);
        chart
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// The exit code and what was printed.
    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let program = env!("CARGO_BIN_EXE_chartlint");
        let mut command = if cfg!(unix) {
            let mut command = Command::new("sh");
            // Where the shell cannot set the limit the run goes on without it.
            command.args(["-c", &format!("ulimit -v {ADDRESS_SPACE} 2>/dev/null; exec \"$0\" \"$@\""), program]);
            command
        } else {
            Command::new(program)
        };
        let started = Instant::now();
        command.args(arguments).current_dir(&self.0).stdin(Stdio::null());
        command.env_clear().env("RAYON_NUM_THREADS", "2").env("HOME", &self.0);
        let output = command.output().unwrap();
        assert!(started.elapsed() < TIME, "{arguments:?} took {:?}", started.elapsed());
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let shown = said.chars().take(2000).collect::<String>();
        let code = output.status.code().unwrap_or_else(|| panic!("ended by a signal: {}\n{shown}", output.status));
        assert_ne!(code, 101, "a panic: {shown}");
        (code, said)
    }

    /// `render` ends with this exit code and says this; the check of the chart ends too, and with no failure of ours.
    fn ends(&self, code: i32, says: &str) {
        self.renders(&[], code, says);
        let (found, said) = self.run(&["c"]);
        let shown = said.chars().take(2000).collect::<String>();
        assert!(matches!(found, 0 | 1 | 4), "exit code {found}: {shown}");
        assert!(!said.contains("this is a bug"), "{shown}");
    }

    /// What `render` alone does.
    fn renders(&self, flags: &[&str], code: i32, says: &str) {
        let (found, said) = self.run(&[&["render", "c", "--error-format", "plain"], flags].concat());
        let shown = said.chars().take(2000).collect::<String>();
        assert_eq!(found, code, "{shown}");
        assert!(said.contains(says), "expected {says:?} in:\n{shown}");
    }
}

impl Drop for Chart {
    fn drop(&mut self) {
        // What is left behind lies in a folder that `cargo clean` removes.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A twentieth of the usual budget: a debug build takes its time.
const LIMIT: &str = "20000000";
const BUDGET: &str = "the render was stopped after";

/// Name, template, exit code of `render`, what it says.
const TEMPLATES: &[(&str, &str, i32, &str)] = &[
    (
        "a-template-that-includes-itself",
        r#"{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}"#,
        1,
        "rendering template has a nested reference name: a",
    ),
    (
        "templates-that-include-each-other",
        r#"{{ define "a" }}{{ include "b" . }}{{ end }}{{ define "b" }}{{ include "a" . }}{{ end }}{{ include "a" . }}"#,
        1,
        "rendering template has a nested reference name",
    ),
    (
        "a-template-that-runs-itself",
        r#"{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}"#,
        1,
        "exceeded maximum template depth",
    ),
    ("a-text-that-runs-itself", r#"{{ $d := dict "t" "{{ tpl .t . }}" }}{{ tpl $d.t $d }}"#, 1, ""),
    (
        "texts-that-run-each-other",
        r#"{{ $d := dict "a" "a{{ tpl .b . }}" "b" "b{{ tpl .a . }}" }}{{ tpl $d.a $d }}"#,
        1,
        "",
    ),
    ("a-text-that-grows", r#"{{ $d := dict "t" "{{ tpl (cat .t .t) . }}" }}{{ tpl $d.t $d }}"#, 1, ""),
    ("repeat", r#"{{ repeat 1000000000 "x" }}"#, 1, BUDGET),
    ("repeat-of-repeat", r#"{{ repeat 100000 (repeat 100000 "x") }}"#, 1, BUDGET),
    ("until", r#"{{ until 1000000000 }}"#, 1, BUDGET),
    ("until-step", r#"{{ untilStep 0 1000000000 1 }}"#, 1, BUDGET),
    ("seq", r#"{{ seq 1 1000000000 }}"#, 1, BUDGET),
    ("range-over-a-number", r#"{{ range 1000000000 }}x{{ end }}"#, 1, BUDGET),
    ("range-over-the-largest-number", r#"{{ range 9223372036854775807 }}x{{ end }}"#, 1, BUDGET),
    (
        "nested-loops",
        r#"{{ $l := until 1000 }}{{ range $l }}{{ range $l }}{{ range $l }}{{ range $l }}x{{ end }}{{ end }}{{ end }}{{ end }}"#,
        1,
        BUDGET,
    ),
    (
        "a-text-that-doubles",
        r#"{{ $t := "x" }}{{ range until 100 }}{{ $t = print $t $t }}{{ end }}{{ $t | len }}"#,
        1,
        BUDGET,
    ),
    (
        "a-list-that-doubles",
        r#"{{ $l := list 1 }}{{ range until 100 }}{{ $l = concat $l $l }}{{ end }}{{ $l | len }}"#,
        1,
        BUDGET,
    ),
    (
        "a-list-in-lists-that-doubles",
        r#"{{ $l := list 1 }}{{ range until 60 }}{{ $l = list $l $l }}{{ end }}{{ toJson $l }}"#,
        1,
        "",
    ),
    (
        "a-deep-list",
        r#"{{ $l := list }}{{ range until 200000 }}{{ $l = list $l }}{{ end }}{{ toJson $l | len }}"#,
        1,
        "",
    ),
    (
        "a-list-in-lists-printed",
        r#"{{ $l := list 1 }}{{ range until 60 }}{{ $l = list $l $l }}{{ end }}{{ $l }}"#,
        1,
        BUDGET,
    ),
    (
        "a-list-in-lists-copied",
        r#"{{ $l := list 1 }}{{ range until 60 }}{{ $l = list $l $l }}{{ end }}{{ deepCopy $l }}"#,
        1,
        BUDGET,
    ),
    (
        "a-list-in-lists-digested",
        r#"{{ $l := list 1 }}{{ range until 60 }}{{ $l = list $l $l }}{{ end }}{{ $l | toString | len }}"#,
        1,
        BUDGET,
    ),
    (
        "a-list-in-lists-joined",
        r#"{{ $l := list 1 }}{{ range until 60 }}{{ $l = list $l $l }}{{ end }}{{ join "," $l | len }}"#,
        1,
        BUDGET,
    ),
    (
        "a-map-in-maps-merged",
        r#"{{ $l := dict }}{{ range until 60 }}{{ $l = dict "a" $l "b" $l }}{{ end }}{{ merge (dict) (deepCopy $l) | len }}"#,
        1,
        BUDGET,
    ),
    (
        "a-map-in-maps-as-toml",
        r#"{{ $l := dict }}{{ range until 60 }}{{ $l = dict "a" $l "b" $l }}{{ end }}{{ toToml $l | len }}"#,
        1,
        BUDGET,
    ),
    (
        "a-map-in-maps-as-yaml",
        r#"{{ $l := dict }}{{ range until 60 }}{{ $l = dict "a" $l "b" $l }}{{ end }}{{ toYaml $l | len }}"#,
        1,
        BUDGET,
    ),
    (
        "lists-in-lists-compared",
        r#"{{ $l := list 1 }}{{ $k := list 1 }}{{ range until 60 }}{{ $l = list $l $l }}{{ $k = list $k $k }}{{ end }}{{ deepEqual $l $k }}"#,
        1,
        BUDGET,
    ),
    ("a-range-of-nearly-the-budget", r#"{{ range 390000000 }}{{ end }}"#, 1, BUDGET),
    ("until-nearly-the-budget", r#"{{ until 390000000 | len }}"#, 1, BUDGET),
    (
        "many-maps",
        r#"{{ range until 1000000 }}{{ range until 1000000 }}{{ $_ := dict "a" (dict "b" (dict)) }}{{ end }}{{ end }}"#,
        1,
        BUDGET,
    ),
    (
        "many-conditions",
        r#"{{ range $i := until 1000000 }}{{ range $j := until 1000000 }}{{ if $.Values.a }}{{ else }}x{{ end }}{{ end }}{{ end }}"#,
        1,
        BUDGET,
    ),
    (
        "many-draws",
        r#"{{ range until 1000000 }}{{ range until 1000000 }}{{ $_ := randInt 0 9 }}{{ end }}{{ end }}"#,
        1,
        BUDGET,
    ),
    (
        "many-lookups",
        r#"{{ range until 1000000 }}{{ range until 1000000 }}{{ $_ := lookup "v1" "Pod" "a" "b" }}{{ end }}{{ end }}"#,
        1,
        BUDGET,
    ),
    (
        "many-texts-to-run",
        r#"{{ range $i := until 1000000 }}{{ $_ := tpl (printf "{{/* %d */}}{{ . }}" $i) $i }}{{ end }}"#,
        1,
        "",
    ),
    ("a-width-without-end", r#"{{ printf "%1000000000d" 1 }}"#, 0, "%!(NOVERB)"),
    ("a-width-from-an-argument", r#"{{ printf "%*d" 1000000000 1 }}"#, 0, "%!(BADWIDTH)"),
    ("indent", r#"{{ indent 1000000000 "x" }}"#, 1, BUDGET),
    ("nindent", r#"{{ nindent 1000000000 "x" }}"#, 1, BUDGET),
    ("random-text", r#"{{ randAlphaNum 1000000000 }}"#, 1, BUDGET),
    ("random-bytes", r#"{{ randBytes 1000000000 }}"#, 1, BUDGET),
    ("wrap", r#"{{ wrap 1 (repeat 1000000 "x ") | len }}"#, 0, ""),
    ("replace", r#"{{ replace "" (repeat 100000 "y") (repeat 100000 "x") | len }}"#, 1, BUDGET),
    ("regex-replace", r#"{{ regexReplaceAll "" (repeat 100000 "x") (repeat 100000 "y") | len }}"#, 1, BUDGET),
    ("join", r#"{{ join (repeat 1000000 "x") (until 100000) | len }}"#, 1, BUDGET),
    ("a-negative-count", r#"{{ repeat -1 "x" }}"#, 1, "negative Repeat count"),
    ("trunc", r#"{{ trunc -9223372036854775808 "x" }}"#, 0, "x"),
    ("substr", r#"{{ substr -1 9223372036854775807 "x" }}"#, 1, "slice bounds out of range"),
    ("abbrev", r#"{{ abbrevboth 9223372036854775807 9223372036854775807 "x" }}"#, 0, ""),
    ("division", r#"{{ div 1 0 }}"#, 1, "divide by zero"),
    ("the-least-number-divided", r#"{{ div -9223372036854775808 -1 }} {{ mod -9223372036854775808 -1 }}"#, 0, ""),
    ("chunks", r#"{{ chunk 0 (list 1 2) }}"#, 1, ""),
    ("a-slice-outside", r#"{{ slice (list 1 2) 5 9 }}"#, 1, "out of bounds"),
    ("an-index-outside", r#"{{ index (list 1 2) 9223372036854775807 }}"#, 1, "out of range"),
    ("a-pattern-that-backtracks", r#"{{ regexMatch "(a+)+$" (print (repeat 10000 "a") "b") }}"#, 0, "false"),
    ("a-pattern-that-multiplies", r#"{{ regexMatch "((((a{1,100}){1,100}){1,100}){1,100})" "a" }}"#, 0, "false"),
    ("a-pattern-of-a-thousand-letters", r#"{{ regexMatch "(x{1000}){1000}" "x" }}"#, 0, "false"),
    ("a-deep-pattern", r#"{{ regexMatch (print (repeat 100000 "(") (repeat 100000 ")")) "a" }}"#, 0, "false"),
    ("a-map-that-holds-itself-printed", r#"{{ $d := dict }}{{ $_ := set $d "x" $d }}{{ $d }}"#, 1, ""),
    ("a-map-that-holds-itself-as-yaml", r#"{{ $d := dict }}{{ $_ := set $d "x" $d }}{{ mustToYaml $d }}"#, 1, ""),
    ("a-map-that-holds-itself-as-json", r#"{{ $d := dict }}{{ $_ := set $d "x" $d }}{{ mustToJson $d }}"#, 1, ""),
    (
        "a-map-that-holds-itself-as-toml",
        r#"{{ $d := dict }}{{ $_ := set $d "x" $d }}{{ toToml $d }}"#,
        0,
        "stack overflow",
    ),
    ("a-map-that-holds-itself-formatted", r#"{{ $d := dict }}{{ $_ := set $d "x" $d }}{{ printf "%v" $d }}"#, 1, ""),
    ("a-map-that-holds-itself-copied", r#"{{ $d := dict }}{{ $_ := set $d "x" $d }}{{ deepCopy $d }}"#, 1, ""),
    (
        "a-map-that-holds-itself-compared",
        r#"{{ $d := dict }}{{ $_ := set $d "x" $d }}{{ $e := dict }}{{ $_ := set $e "x" $e }}{{ deepEqual $d $e }}"#,
        0,
        "",
    ),
    (
        "a-map-that-holds-itself-merged",
        r#"{{ $d := dict }}{{ $_ := set $d "x" $d }}{{ $e := dict "x" (dict "x" (dict "y" 1)) }}{{ merge $e $d | len }}"#,
        0,
        "",
    ),
    (
        "two-maps-that-hold-themselves-merged",
        r#"{{ $d := dict }}{{ $_ := set $d "x" $d }}{{ $e := dict }}{{ $_ := set $e "x" $e }}{{ merge $e $d | len }}"#,
        1,
        "stack overflow",
    ),
    (
        "a-map-that-holds-itself-digested",
        r#"{{ $d := dict }}{{ $_ := set $d "x" $d }}{{ sha256sum (toString $d) }}"#,
        1,
        "",
    ),
    (
        "a-list-of-a-map-that-holds-it",
        r#"{{ $d := dict }}{{ $_ := set $d "x" (list $d) }}{{ uniq (list $d $d) | len }}{{ mustToYaml $d }}"#,
        1,
        "",
    ),
    ("deep-yaml", r#"{{ fromYaml (repeat 100000 "[") }}"#, 0, "Error"),
    ("deep-json", r#"{{ fromJson (repeat 100000 "[") }}"#, 0, "Error"),
    ("deep-block-yaml", r#"{{ fromYaml (print (repeat 50000 "- ") "x") }}"#, 0, ""),
    ("a-cost-of-bcrypt", r#"{{ htpasswd "a" (repeat 100 "x") }}"#, 0, ""),
    ("a-date-of-the-end-of-time", r#"{{ date "2006" 9223372036854775807 }}{{ duration 9223372036854775807 }}"#, 0, ""),
    ("a-date-far-away", r#"{{ dateModify "9999999h" now | unixEpoch }}{{ ago (toDate "2006" "0001") }}"#, 0, ""),
    ("a-version-of-huge-numbers", r#"{{ semverCompare ">=99999999999999999999.1" "1.2.3" }}"#, 1, ""),
    (
        "numbers-that-overflow",
        r#"{{ add 9223372036854775807 1 }} {{ mul 9223372036854775807 2 }} {{ int "1e400" }}"#,
        0,
        "",
    ),
    ("round", r#"{{ round 1.5 2147483647 }} {{ round 1.5 -400 }}"#, 0, ""),
];

#[test]
fn templates_end_with_a_message() {
    let only = std::env::var("HOSTILE").ok();
    let cases = TEMPLATES.par_iter().filter(|case| only.as_deref().is_none_or(|only| case.0.contains(only)));
    let run = |(name, template, code, says): &(&str, &str, i32, &str)| {
        // The text of the file: what YAML makes of it is another matter.
        let run =
            || Chart::template(name, template).renders(&["--raw", "templates/t.yaml", "--budget", LIMIT], *code, says);
        let message = *std::panic::catch_unwind(run).err()?.downcast::<String>().ok()?;
        Some(format!("{name}: {message}"))
    };
    let wrong: Vec<String> = cases.filter_map(run).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_check_of_what_is_too_much_ends() {
    Chart::template("check", r#"{{ range until 100000000 }}{{ end }}"#).ends(1, BUDGET);
}

#[test]
fn parentheses_nest_to_a_limit() {
    let template = format!("{{{{ {}1{} }}}}", "(".repeat(20_000), ")".repeat(20_000));
    Chart::template("deep-parentheses", &template).ends(1, "");
}

#[test]
fn blocks_nest_to_a_limit() {
    let template = format!("{}x{}", "{{ if true }}".repeat(20_000), "{{ end }}".repeat(20_000));
    Chart::template("deep-blocks", &template).ends(1, "");
}

#[test]
fn blocks_without_end_nest_to_a_limit() {
    Chart::template("open-blocks", &"{{ if true }}".repeat(20_000)).ends(1, "blocks inside of each other");
}

#[test]
fn chains_of_else_if_nest_to_a_limit() {
    let template = format!("{{{{ if false }}}}{}{{{{ end }}}}", "{{ else if false }}".repeat(20_000));
    let (code, said) = Chart::template("else-if", &template).run(&["render", "c", "--error-format", "plain"]);
    assert!(matches!(code, 0 | 1), "{said:.2000}");
}

#[test]
fn templates_that_are_no_text_are_errors_or_rendered() {
    let chart = Chart::new("no-text");
    chart.write("c/templates/t.yaml", b"a: \xff\xfe{{ \xff }}\n");
    chart.ends(1, "");
    let chart = Chart::new("no-text-outside");
    chart.write("c/templates/t.txt", b"a: \xff\xfe\x00{{ len \"\xff\" }}\n");
    chart.ends(1, "");
}

#[test]
fn values_that_nest_deep_are_refused() {
    let chart = Chart::template("deep-values", "x: {{ .Values.a | toYaml | len }}\n");
    chart.write("c/values.yaml", format!("a: {}{}\n", "[".repeat(10_000), "]".repeat(10_000)));
    chart.ends(4, "");
    let chart = Chart::template("deep-block-values", "x: {{ .Values.a | toYaml | len }}\n");
    chart.write("c/values.yaml", (0..10_000).map(|i| format!("{}a:\n", " ".repeat(i))).collect::<String>());
    let (code, said) = chart.run(&["render", "c", "--error-format", "plain"]);
    assert!(matches!(code, 0 | 1 | 4), "{said:.2000}");
}

#[test]
fn anchors_that_multiply_are_refused() {
    let mut values = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_string();
    for i in 1..12 {
        let before = format!("*a{}, ", i - 1).repeat(10);
        values.push_str(&format!("a{i}: &a{i} [{before}]\n"));
    }
    let chart = Chart::template("anchors", "x: {{ .Values.a1 | toYaml | len }}\n");
    chart.write("c/values.yaml", &values);
    chart.ends(4, "");
    let chart = Chart::template("anchors-in-a-template", "x: {{ .Files.Get \"bomb.yaml\" | fromYaml | len }}\n");
    chart.write("c/bomb.yaml", &values);
    chart.ends(0, "");
    let chart = Chart::new("anchors-in-a-manifest");
    chart.write("c/templates/t.yaml", format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n{values}"));
    chart.ends(1, "");
}

#[test]
fn an_anchor_that_holds_itself_is_refused() {
    let chart = Chart::template("anchor-of-itself", "x: {{ .Values.a | toYaml | len }}\n");
    chart.write("c/values.yaml", "a: &a [*a]\n");
    chart.ends(4, "");
}

#[cfg(unix)]
#[test]
fn links_out_of_the_chart_are_refused() {
    let chart = Chart::template("link", "x: 1\n");
    chart.write("secret", "s");
    std::os::unix::fs::symlink("../../secret", chart.0.join("c/templates/secret.yaml")).unwrap();
    chart.ends(4, "symbolic link out of the chart");
}

/// An archive with one file beside Chart.yaml, whose name is written as it stands.
fn archive(path: &str, bytes: &[u8]) -> Vec<u8> {
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best()));
    for (path, bytes) in [("c/Chart.yaml", CHART.as_bytes()), (path, bytes)] {
        let mut header = tar::Header::new_gnu();
        // `set_path` refuses what is tested here.
        header.as_gnu_mut().unwrap().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, bytes).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

#[test]
fn archives_that_lead_out_of_themselves_write_nothing() {
    // As in Helm, the first part of a path is taken off whatever it is, so the second one is a file of the chart.
    let paths = [("up", "c/../../etc/passwd", 4), ("root", "/etc/passwd", 0), ("drive", "c/C:/x", 4)];
    for (name, path, expected) in paths {
        let chart = Chart::new(&format!("archive-{name}"));
        chart.write("a.tgz", archive(path, b"x"));
        let (code, said) = chart.run(&["render", "a.tgz", "--error-format", "plain"]);
        assert_eq!(code, expected, "{path}: {said:.2000}");
        let left: Vec<_> = std::fs::read_dir(&chart.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 2, "{left:?}");
    }
}

#[test]
fn archives_that_unpack_to_much_are_refused() {
    let chart = Chart::new("archive-bomb");
    chart.write("a.tgz", archive("c/bomb", &vec![0; 200 << 20]));
    let (code, said) = chart.run(&["render", "a.tgz", "--error-format", "plain"]);
    assert_eq!(code, 4, "{said:.2000}");
}

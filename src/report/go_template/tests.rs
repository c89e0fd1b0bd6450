use super::*;
use crate::finding::{Certainty, Effect, Finding, ObjectRef, Severity};
use crate::report::{Chart, Told};
use crate::source::{Sources, Span};

fn finding(rule: &'static str, title: &str) -> Finding {
    Finding {
        rule,
        severity: Severity::Error,
        certainty: Certainty::Proved,
        title: title.into(),
        chart: "web".into(),
        object: Some(ObjectRef {
            api_version: "v1".into(),
            kind: "Secret".into(),
            namespace: "default".into(),
            name: "web".into(),
        }),
        fields: Vec::new(),
        primary: Span::default(),
        steps: Vec::new(),
        effects: vec![Effect { operation: "install", says: "absent".into() }],
        versions: String::new(),
        help: String::new(),
        values: String::new(),
        cause: "phase".into(),
        suppressed: None,
    }
}

fn run(text: &str) -> Result<String, String> {
    let (a, b) = (finding("rule-a", "a, first"), finding("rule-b", "größer"));
    let sources = Sources::default();
    let told = |finding| Told { finding, sources: &sources, suppression: None };
    let chart = Chart {
        path: "web".into(),
        fail_on: Severity::Error,
        findings: vec![told(&a), told(&b)],
        reached: Default::default(),
    };
    let run = Run { charts: vec![chart], failures: Vec::new() };
    report(&run, &parse(text)?)
}

#[test]
fn templates_print_what_go_would_print() {
    for (text, printed) in [
        ("", ""),
        ("plain", "plain"),
        ("{{.version}}", "1"),
        ("{{len .findings}}", "2"),
        ("{{range .findings}}{{.rule}}\n{{end}}", "rule-a\nrule-b\n"),
        ("{{- range $i, $f := .findings -}} {{$i}}={{$f.rule}}; {{- end -}}", "0=rule-a;1=rule-b;"),
        ("{{range .findings}}{{.rule | upper}} {{end}}", "RULE-A RULE-B "),
        (
            "{{range .findings}}{{printf \"%-8s|%5q\" .rule .severity}} {{end}}",
            "rule-a  |\"error\" rule-b  |\"error\" ",
        ),
        (
            "{{range .findings}}{{.object}}{{end}}",
            &"map[apiVersion:v1 kind:Secret name:web namespace:default]".repeat(2),
        ),
        ("{{range .findings}}{{json .operations}}{{end}}", &r#"[{"gets":"absent","operation":"install"}]"#.repeat(2)),
        ("{{(index .findings 1).title}}", "größer"),
        ("{{with (index .findings 0).object}}{{.kind}}/{{.name}}{{else}}none{{end}}", "Secret/web"),
        ("{{range keys (index .findings 0).object}}{{.}} {{end}}", "apiVersion kind name namespace "),
        ("{{.nothing}}", "<no value>"),
        (
            "{{with index .findings 0}}{{.primary.line}} {{if .primary}}placed{{else}}nowhere{{end}}{{end}}",
            "<no value> nowhere",
        ),
        ("{{default \"none\" .nothing}}", "none"),
        ("{{range .nothing}}x{{end}}", ""),
        ("{{if .failures}}failed{{else}}whole{{end}}", "whole"),
        ("{{/* a }} comment */}}x", "x"),
        ("{{\"a }} b\"}}{{`c }}`}}", "a }} bc }}"),
        ("{{define \"line\"}}{{.rule}},{{end}}{{range .findings}}{{template \"line\" .}}{{end}}", "rule-a,rule-b,"),
        ("{{$n := len .findings}}{{$n}} findings", "2 findings"),
        ("{{join (split \"a,b\" \",\") \"+\"}}{{tab}}{{\"abc\" | replace \"b\" \"x\"}}", "a+b\taxc"),
        ("{{range .findings}}{{if eq .rule \"rule-b\"}}{{.title}}{{end}}{{end}}", "größer"),
        ("{{printf \"%v %d %t\" .findings.x 3 true}}", "<nil> 3 true"),
    ] {
        // gtmpl cannot reach into what is not a map.
        if text.contains(".findings.x") {
            assert!(run(text).is_err());
            continue;
        }
        assert_eq!(run(text).as_deref(), Ok(printed), "{text}");
    }
}

#[test]
fn what_would_print_something_else_is_refused() {
    for (text, says) in [
        ("{{range .findings}}{{else}}none{{end}}", "`else` of a `range`"),
        ("{{range $k, $v := (index .findings 0).object}}{{$k}}{{end}}", "a range over an object"),
        (
            "{{define \"a\"}}{{template \"b\"}}{{end}}{{define \"b\"}}{{template \"a\"}}{{end}}{{template \"a\"}}",
            "calls itself",
        ),
        ("{{range .findings}}", "end"),
        ("{{.rule", "not closed"),
        ("{{nosuch .}}", "nosuch"),
        ("{{\"a", "not closed"),
        ("{{range .findings}}{{break}}{{end}}", "`break`"),
    ] {
        let error = run(text).expect_err(text);
        assert!(error.contains(says), "{text}: {error}");
        assert!(!error.contains("chartlint_"), "{text}: {error}");
    }
}

#[test]
fn templates_of_any_shape_end() {
    let deep = "{{if 1}}".repeat(500) + &"{{end}}".repeat(500);
    let parentheses = format!("{{{{{}1{}}}}}", "(".repeat(5000), ")".repeat(5000));
    let wide = "{{printf \"%1000000000d\" 1}}";
    for text in [
        deep.as_str(),
        &parentheses,
        wide,
        "{{",
        "}}",
        "{{}}",
        "{{-}}",
        "{{- -}}",
        "{{é}}",
        "{{\"\\",
        "{{/*",
        "{{printf \"%é\"}}",
    ] {
        let _ = run(text);
    }
}

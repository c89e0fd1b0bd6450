//! Templates: what is refused and with which words, and what the tree of the others looks like.

use chartlint::template::ast::{Branch, Node, Tree};
use chartlint::template::{MAX_BLOCKS, MAX_PARENTHESES, Rules, SyntaxError, SyntaxErrorKind, parse};
use std::collections::BTreeMap;

#[path = "syntax/show.rs"]
mod show;

const NAME: &str = "c/templates/t.yaml";

#[derive(serde::Deserialize)]
struct Recorded {
    functions: Vec<String>,
    refused: Vec<Refused>,
    accepted: Vec<String>,
}

#[derive(serde::Deserialize)]
struct Refused {
    template: String,
    /// `None` where it is accepted.
    error: Option<String>,
    #[serde(default)]
    by_go: BTreeMap<u32, Option<String>>,
}

/// What Go's parser made of random tokens (`tests/syntax/go/verdicts -soup`).
#[derive(serde::Deserialize)]
struct Verdict {
    source: String,
    error: String,
    tree: String,
}

fn recorded() -> Recorded {
    serde_json::from_str(include_str!("syntax/refusals.json")).unwrap()
}

fn parse_for_go(text: &[u8], minor: u32) -> Result<Tree, SyntaxError> {
    let functions = recorded_functions();
    parse(&text.into(), NAME, &|name| functions.iter().position(|f| f == name).map(|i| i as u16), Rules::of_go(minor))
}

fn recorded_functions() -> &'static [String] {
    static FUNCTIONS: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
    FUNCTIONS.get_or_init(|| recorded().functions)
}

/// The tree in Go's notation, or the error.
fn shown(text: &[u8]) -> String {
    match parse_for_go(text, 26) {
        Ok(tree) => show::show(&tree, NAME),
        Err(error) => error.full_message(NAME),
    }
}

#[test]
fn refusals_read_as_helm_prints_them() {
    let mut wrong = Vec::new();
    for case in recorded().refused {
        for minor in [17, 20, 22, 23, 24, 25, 26, 27] {
            let expected = case.by_go.get(&minor).unwrap_or(&case.error);
            let actual = match parse_for_go(case.template.as_bytes(), minor) {
                Ok(_) => None,
                Err(error) => Some(error.helm_message(NAME)),
            };
            if actual != *expected {
                wrong.push(format!(
                    "{:?} (Go 1.{minor})\n  expected {expected:?}\n  but got  {actual:?}",
                    case.template
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_helm_accepts_is_accepted() {
    for template in recorded().accepted {
        if let Err(error) = parse_for_go(template.as_bytes(), 24) {
            panic!("{template:?}: {}", error.helm_message(NAME));
        }
    }
}

#[test]
fn random_tokens_are_judged_as_go_judges_them() {
    for line in include_str!("syntax/verdicts.jsonl").lines() {
        let verdict: Verdict = serde_json::from_str(line).unwrap();
        let expected = if verdict.error.is_empty() { &verdict.tree } else { &verdict.error };
        assert_eq!(shown(verdict.source.as_bytes()), *expected, "{:?}", verdict.source);
    }
}

#[test]
fn text_may_hold_any_byte() {
    for (text, expected) in [
        (
            &b"\xff\x00 {{- 1 }}"[..],
            "[(text 0 2)(pipe 7 assign=false(command 7(number 7 1 int=1 uint=1 float=3ff0000000000000)))]",
        ),
        (b"\xef\xbb\xbf{{ . }}\x00", "[(text 0 3)(pipe 6 assign=false(command 6(6 .)))(text 10 1)]"),
        (b"{{ \"a\x00\xff\" }}", "[(pipe 3 assign=false(command 3(string 3 6100efbfbd)))]"),
        (b"{{ `\x00\xff\r` }}", "[(pipe 3 assign=false(command 3(string 3 00ff)))]"),
        (b"{{/* \x00\xff */}}", "[]"),
    ] {
        let actual = shown(text);
        let list = &actual[actual.find('[').unwrap_or(0)..];
        assert_eq!(list.trim_end(), expected, "{}", text.escape_ascii());
    }
    let refused = |text: &[u8]| parse_for_go(text, 26).unwrap_err().message;
    assert_eq!(refused(b"{{ \x00 }}"), "unrecognized character in action: U+0000");
    assert_eq!(refused(b"{{ .a\xff }}"), "bad character U+FFFD '\u{fffd}'");
    assert_eq!(refused("{{ .a\u{301} }}".as_bytes()), "bad character U+0301 '\u{301}'");
}

#[test]
fn the_span_of_an_error_is_what_it_is_about() {
    for (text, expected) in [
        ("a\n{{ nofunc 1 }}", "nofunc"),
        ("{{ .a-b }}", "-"),
        ("{{ $x }}", "$x"),
        ("x {{ if .a }} b", "{{"),
        ("x {{ if ", "{{"),
        ("{{ 1 | 2 }}", "}}"),
        ("{{ \"a }}", "\"a }}"),
        ("{{ end }}", "end"),
    ] {
        let error = parse_for_go(text.as_bytes(), 26).unwrap_err();
        assert_eq!(&text[error.span.range()], expected, "{text}: {}", error.message);
    }
}

#[test]
fn parentheses_have_the_limit_of_go() {
    let nested = |depth: usize| ["{{ ", &"(".repeat(depth), "1", &")".repeat(depth), " }}"].concat();
    let outcome =
        |depth, minor| parse_for_go(nested(depth).as_bytes(), minor).map(drop).map_err(|e| (e.kind, e.message));
    let message = "max expression depth exceeded".to_owned();
    assert_eq!(outcome(MAX_PARENTHESES, 25), Ok(()));
    assert_eq!(outcome(MAX_PARENTHESES + 1, 25), Err((SyntaxErrorKind::Refused, message.clone())));
    assert_eq!(outcome(MAX_PARENTHESES + 1, 24), Err((SyntaxErrorKind::TooDeep, message.clone())));
    assert_eq!(outcome(1_000_000, 25), Err((SyntaxErrorKind::Refused, message)));
}

#[test]
fn blocks_have_a_limit_of_ours() {
    for open in ["{{ if . }}", "{{ if . }}{{ else }}", "{{ range . }}"] {
        let nested = |depth: usize| [open.repeat(depth), "{{ end }}".repeat(depth)].concat().into_bytes();
        assert!(parse_for_go(&nested(MAX_BLOCKS), 26).is_ok(), "{open}");
        for depth in [MAX_BLOCKS + 1, 100_000] {
            assert_eq!(parse_for_go(&nested(depth), 26).unwrap_err().kind, SyntaxErrorKind::TooDeep, "{open}");
        }
    }
    let chain = ["{{ if . }}", &"{{ else if . }}".repeat(MAX_BLOCKS - 1), "{{ end }}"].concat();
    assert!(parse_for_go(chain.as_bytes(), 26).is_ok());
}

#[test]
fn broken_files_are_refused_in_time() {
    for piece in ["{{ if ", "{{ ( ", "{{ . ", "{{/* ", "{{ $x := 1 }}{{ range ", "\"{{", "{{ end }}", "{{ `"] {
        let error = parse_for_go(piece.repeat(50_000).as_bytes(), 26).unwrap_err();
        assert_ne!(error.kind, SyntaxErrorKind::Internal, "{piece}");
    }
}

/// The first branch of a text.
fn branch(text: &str, with: impl FnOnce(&Tree, &Branch)) {
    let tree = parse_for_go(text.as_bytes(), 26).unwrap();
    let branch = tree.nodes(tree.root).iter().find_map(|node| match node {
        Node::If(branch) | Node::With(branch) | Node::Range(branch) => Some(tree.branch(*branch)),
        _ => None,
    });
    with(&tree, branch.unwrap());
}

#[test]
fn branches_know_what_their_arms_assign() {
    for (text, expected) in [
        ("{{ $x := 1 }}{{ if . }}{{ $x = 2 }}{{ end }}", "$x"),
        ("{{ $x := 1 }}{{ if . }}{{ else }}{{ with . }}{{ $x = 2 }}{{ end }}{{ end }}", "$x"),
        ("{{ $x := 1 }}{{ if . }}{{ $x := 2 }}{{ $x = 3 }}{{ end }}", ""),
        ("{{ $x := 1 }}{{ if . }}{{ $x := 2 }}{{ else }}{{ $x = 3 }}{{ end }}", "$x"),
        ("{{ $x := 1 }}{{ if . }}{{ else if . }}{{ $x = 3 }}{{ end }}", "$x"),
        ("{{ $x := 1 }}{{ if $x = 2 }}{{ end }}", ""),
        ("{{ if $x := 1 }}{{ $x = 2 }}{{ end }}", ""),
        ("{{ $x := 1 }}{{ range $x = . }}{{ end }}", "$x"),
        ("{{ $y := 1 }}{{ $x := 1 }}{{ range . }}{{ $x = 1 }}{{ $y = (len ($x = 2)) }}{{ end }}", "$x $y"),
        ("{{ $x := 1 }}{{ if . }}{{ block `b` . }}{{ $x := 1 }}{{ $x = 2 }}{{ end }}{{ end }}", ""),
    ] {
        branch(text, |tree, branch| {
            let mut names: Vec<&str> = tree.assigns(branch).iter().map(|s| &*tree.names[*s as usize]).collect();
            names.sort_unstable();
            assert_eq!(names.join(" "), expected, "{text}");
        });
    }
}

#[test]
fn branches_know_whether_they_are_left_early() {
    for (text, expected) in [
        ("{{ range . }}{{ break }}{{ end }}", false),
        ("{{ range . }}{{ if . }}{{ break }}{{ end }}{{ end }}", false),
        ("{{ range . }}{{ end }}{{ if . }}{{ end }}", false),
    ] {
        branch(text, |_, branch| assert_eq!(branch.jumps, expected, "{text}"));
    }
    for (text, expected) in [
        ("{{ range . }}{{ if . }}{{ else }}{{ continue }}{{ end }}{{ end }}", true),
        ("{{ range . }}{{ if . }}{{ with . }}{{ break }}{{ end }}{{ end }}{{ end }}", true),
        ("{{ range . }}{{ if . }}{{ range . }}{{ break }}{{ end }}{{ end }}{{ end }}", false),
        ("{{ range . }}{{ range . }}{{ else }}{{ break }}{{ end }}{{ end }}", true),
        ("{{ range . }}{{ if . }}{{ end }}{{ break }}{{ end }}", false),
    ] {
        branch(text, |tree, outer| {
            let Some(Node::If(inner) | Node::With(inner) | Node::Range(inner)) = tree.nodes(outer.body).first() else {
                panic!("{text}");
            };
            assert_eq!(tree.branch(*inner).jumps, expected, "{text}");
        });
    }
}

#[test]
fn branches_know_whether_an_arm_may_change_a_map() {
    for (text, expected) in [
        ("{{ if . }}{{ $_ := set . `a` 1 }}{{ end }}", true),
        ("{{ if set . `a` 1 }}{{ end }}", false),
        ("{{ if . }}{{ else if set . `a` 1 }}{{ end }}", true),
        ("{{ if . }}{{ if . }}{{ else }}{{ template `a` }}{{ end }}{{ end }}", true),
        ("{{ if . }}{{ print (include `a` .) }}{{ end }}", true),
        ("{{ if . }}{{ print 1 }}{{ end }}{{ include `a` . }}", false),
    ] {
        branch(text, |_, branch| assert_eq!(branch.may_mutate, expected, "{text}"));
    }
}

#[test]
fn a_block_is_a_template_and_its_call() {
    let tree = parse_for_go(b"{{ define `a` }} {{/* x */}}{{ end }}{{ block `b` .x }}y{{ end }}", 26).unwrap();
    let defines: Vec<_> = tree.defines.iter().map(|d| (&*d.name, d.is_empty, d.span.start)).collect();
    assert_eq!(defines, [("a", true, 0), ("b", false, 37)]);
    let [Node::Template(call)] = tree.nodes(tree.root) else { panic!("{tree:?}") };
    let call = tree.call(*call);
    assert!(&*call.name == "b" && call.argument.is_some());
}

//! Functions against what Helm made of the same expressions, and what becomes of provenance.

use super::testing::{evaluate, run, runtime};
use crate::engine::Runtime;
use crate::source::Span;
use crate::value::origin::{Cause, PathId};
use crate::value::{Data, List, OriginId, TextBuilder, Value};
use std::sync::Arc;

#[test]
fn expressions_print_what_helm_printed() {
    let recorded = include_str!("../../../tests/functions/helm-4.1.4.txt");
    let mut lines = recorded.lines().filter(|line| !line.starts_with('#'));
    let mut wrong = String::new();
    while let (Some(expression), Some(expected)) = (lines.next(), lines.next()) {
        let expected: String = serde_json::from_str(expected.trim()).expect("a JSON string");
        let found = run("4.1.4", expression);
        if found != expected {
            wrong.push_str(&format!("\n{expression}\n  expected {expected:?}\n  found    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The origin of a value of the chart, `.Values.a` and so on.
fn origin(rt: &mut Runtime, name: &str) -> OriginId {
    let path = rt.arena.path(PathId::NONE, &Arc::from(name.as_bytes()));
    rt.arena.source(Cause::Values { path }, Span::default())
}

/// `$a` is a text from `.Values.a`; `$b` an included text with a part from `.Values.b`; `$c` a list whose second element
/// is from `.Values.c`; `$d` an empty text from `.Values.d`; `$e` YAML with parts from `.Values.e` and `.Values.f`.
fn variables(rt: &mut Runtime) -> Vec<Value> {
    let names = ["a", "b", "c", "d", "e", "f"];
    let [a, b, c, d, e, f] = names.map(|name| origin(rt, name));
    let mut included = TextBuilder::default();
    included.push(b"x: ");
    included.push_from(b"b1\nb2", b);
    included.push(b"\ny");
    let list = List::new(vec![Value::string("one"), Value::string("two").with_origin(c)]);
    let mut yaml = TextBuilder::default();
    yaml.push(b"e: ");
    yaml.push_from(b"5", e);
    yaml.push(b"\nf: \"");
    yaml.push_from(b"g h", f);
    yaml.push(b"\"\nk: [1, 2]\n");
    vec![
        Value::string("aa").with_origin(a),
        Value::string(included.finish()),
        Data::List(list).into(),
        Value::string("").with_origin(d),
        Value::string(yaml.finish()),
    ]
}

/// The keys of `.Values` that an origin depends on.
fn causes(rt: &Runtime, origin: OriginId) -> String {
    let mut names: Vec<String> = rt
        .arena
        .causes(origin)
        .map(|cause| match cause {
            Cause::Values { path } => rt.arena.path_text(*path),
            _ => "?".into(),
        })
        .collect();
    names.sort();
    names.concat()
}

/// A text with the causes of each range, and of the whole: `a[b: 1]c whole`.
fn shown(rt: &mut Runtime, expression: &str) -> String {
    let variables = variables(rt);
    let value = evaluate(rt, expression, &variables).expect("a value");
    let mut out = TextBuilder::default();
    super::print::print_value(rt, &value, &mut out).expect("a text");
    let text = out.finish();
    let mut result = String::new();
    let mut last = None;
    for at in 0..=text.len() {
        let here = text.pieces().iter().filter(|p| p.range().contains(&at) && !p.is_mark());
        let here = here.fold(OriginId::NONE, |all, piece| rt.arena.join(all, piece.origin));
        let marks: Vec<_> = text.pieces().iter().filter(|p| p.is_mark() && p.start as usize == at).collect();
        if last != Some(here) && last.is_some_and(|o: OriginId| !o.is_none()) {
            result.push(']');
        }
        for mark in marks {
            result.push_str(&format!("({})", causes(rt, mark.origin)));
        }
        if last != Some(here) && !here.is_none() {
            result.push_str(&format!("[{}: ", causes(rt, here)));
        }
        last = Some(here);
        if let Some(byte) = text.bytes().get(at) {
            result.push(if *byte == b'\n' { '⏎' } else { char::from(*byte) });
        }
    }
    let whole = causes(rt, value.origin);
    if whole.is_empty() { result } else { format!("{result} whole {whole}") }
}

#[test]
fn parts_of_texts_keep_their_provenance() {
    let cases = [
        // What moves text about.
        (r#"indent 2 $b"#, r#"  x: [b: b1⏎]  [b: b2]⏎  y"#),
        (r#"nindent 1 $a"#, r#"⏎ aa whole a"#),
        (r#"quote $a"#, r#"[a: "aa"]"#),
        (r#"quote $b"#, r#""x: [b: b1\nb2]\ny""#),
        (r#"quote nil $d"#, r#"[d: ""]"#),
        (r#"trim $b"#, r#"x: [b: b1⏎b2]⏎y"#),
        (r#"trunc 4 $b"#, r#"x: [b: b](b)"#),
        (r#"trunc 2 $b"#, r#"x:(b)"#),
        (r#"upper $b"#, r#"X: [b: B1⏎B2]⏎Y"#),
        (r#"replace "b" $a $b"#, r#"x: [a: aa](b)[b: 1⏎][a: aa](b)[b: 2]⏎y"#),
        (r#"printf "%s-%d-%q" $a 5 $b"#, r#"[a: aa]-5-[b: "x: b1\nb2\ny"]"#),
        (r#"print $a 1 $b"#, r#"[a: aa]1x: [b: b1⏎b2]⏎y"#),
        (r#"join "," $c"#, r#"one,[c: two]"#),
        (r#"cat $a nil "x""#, r#"[a: aa] x"#),
        (r#"splitList "\n" $b | join "|""#, r#"x: [b: b1]|[b: b2]|y whole b"#),
        (r#"regexReplaceAll "[0-9]" $b $a"#, r#"x: [b: b][a: aa](b)[b: ⏎b][a: aa](b)⏎y"#),
        (r#"regexFind "b." $b"#, r#"[b: b1](b)"#),
        (r#"html $b"#, r#"x: [b: b1⏎b2]⏎y"#),
        // Lists and maps print with the origins of what is in them.
        (r#"toString $c"#, r#"[c: [one two]]"#),
        // What digests.
        (r#"b64enc $b"#, r#"eDogYjEKYjIKeQ== whole b"#),
        (r#"contains "x" $b"#, r#"true whole b"#),
        (r#"eq $a "aa""#, r#"true whole a"#),
        (r#"len $b"#, r#"10 whole b"#),
        (r#"len $c"#, r#"2"#),
        // What chooses.
        (r#"default "x" $d"#, r#"x whole d"#),
        (r#"default $a $d"#, r#"aa whole ad"#),
        (r#"default "x" $b"#, r#"x: [b: b1⏎b2]⏎y"#),
        (r#"coalesce $d $a $b"#, r#"aa whole ad"#),
        (r#"ternary $a $d (empty $d)"#, r#"aa whole ad"#),
        (r#"index $c 0"#, r#"one"#),
        (r#"index $c 1"#, r#"two whole c"#),
        (r#"not $d"#, r#"true whole d"#),
        // Round trips.
        (r#"index (fromYaml $e) "e""#, r#"5 whole e"#),
        (r#"index (fromYaml $e) "f""#, r#"[f: g h]"#),
        (r#"index (fromYaml $e) "k" 1"#, r#"2"#),
        (r#"fromYaml $e | toYaml"#, r#"e: [e: 5]⏎f: [f: g h]⏎k:⏎- 1⏎- 2"#),
        (r#"fromYaml $e | toJson"#, r#"{"e":[e: 5],"f":"[f: g h]","k":[1,2]}"#),
    ];
    let mut wrong = String::new();
    for (expression, expected) in cases {
        let found = shown(&mut runtime("4.1.4"), expression);
        if found != expected {
            wrong.push_str(&format!("\n{expression}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn values_that_hold_themselves_end() {
    let mut rt = runtime("4.1.4");
    let d = origin(&mut rt, "d");
    let id = rt.new_map([(Arc::from(&b"k"[..]), Value::string("v").with_origin(d))]);
    let map = Value::from(Data::Map(id));
    rt.heap.get_mut(id).entries.insert(Arc::from(&b"self"[..]), map.clone());
    assert_eq!(rt.deep_origin(&map), d);
    // A list that doubles forty times is printed by no one.
    let mut list = Value::from(Data::List(List::new(vec![Value::int(1)])));
    for _ in 0..40 {
        list = Data::List(List::new(vec![list.clone(), list])).into();
    }
    let expressions =
        ["quote $a", "toString $a | len", "eq $a 1", "printf \"%d\" $a", "print $b", "join \",\" (list $a)"];
    for expression in expressions.into_iter().chain(["toYaml $a", "mustToJson $b"]) {
        let variables = [list.clone(), map.clone()];
        let result = std::thread::scope(|scope| {
            let big = std::thread::Builder::new().stack_size(256 << 20);
            let rt = &mut rt;
            rt.left = 200_000;
            let run = big.spawn_scoped(scope, move || evaluate(rt, expression, &variables).is_err());
            run.expect("a thread").join().expect("no panic")
        });
        assert!(result, "{expression}");
    }
}

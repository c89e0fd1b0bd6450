//! What the reader refuses, in Go's words, and what the writers keep of provenance.

use super::*;
use crate::profile::Profile;
use crate::value::origin::{Cause, GuardId};
use crate::value::yaml::{Kind, to_yaml};
use crate::value::{Arena, Data, Heap, List, MapObject, OriginId, Value};

#[test]
fn errors_are_gos() {
    for (text, wanted) in [
        ("", "unexpected end of JSON input"),
        ("{\"a\"", "unexpected end of JSON input"),
        ("x", "invalid character 'x' looking for beginning of value"),
        ("[1,]", "invalid character ']' looking for beginning of value"),
        ("{a: 1}", "invalid character 'a' looking for beginning of object key string"),
        ("{\"a\" 1}", "invalid character '1' after object key"),
        ("{\"a\":1 2}", "invalid character '2' after object key:value pair"),
        ("[1 2]", "invalid character '2' after array element"),
        ("01", "invalid character '1' after top-level value"),
        ("1.x", "invalid character 'x' after decimal point in numeric literal"),
        ("-", "invalid character ' ' in numeric literal"),
        ("tru", "invalid character ' ' in literal true (expecting 'e')"),
        ("\"a\nb\"", "invalid character '\\n' in string literal"),
        ("\"\\x\"", "invalid character 'x' in string escape code"),
        ("é", "invalid character 'Ã' looking for beginning of value"),
        ("1e999", "json: cannot unmarshal number 1e999 into Go value of type float64"),
    ] {
        assert_eq!(read(text.as_bytes()).unwrap_err().to_string(), wanted, "{text}");
    }
}

#[test]
fn strings_are_decoded() {
    for (text, wanted) in [
        (r#""\u0041\n\/""#, "A\n/"),
        (r#""\ud83d\ude00""#, "\u{1F600}"),
        (r#""\ud800x""#, "\u{FFFD}x"),
        (r#""\ud83d\u0041""#, "\u{FFFD}A"),
    ] {
        assert_eq!(read(text.as_bytes()).unwrap().as_str(), Some(wanted), "{text}");
    }
}

#[test]
fn the_last_of_equal_keys_wins() {
    let node = read(br#" {"a": 1, "a": [2]} "#).unwrap();
    assert_eq!(node.span, 1..19);
    assert_eq!(node.entries().len(), 1);
    assert!(matches!(node.get("a").map(|n| &n.kind), Some(Kind::Seq(_))));
}

#[test]
fn a_value_may_be_followed_by_others() {
    let (node, end) = read_prefix(b" [1] x").unwrap();
    assert_eq!((node.span.clone(), end), (1..4, 4));
}

/// What of the text depends on something, in brackets.
fn traced(text: &Text) -> String {
    let mut out = String::new();
    for (i, c) in text.lossy().char_indices() {
        let depends = text.pieces().iter().any(|p| p.range().contains(&i));
        if depends { out.push_str(&format!("[{c}]")) } else { out.push(c) }
    }
    out.replace("][", "")
}

/// A map whose entry `b` and part of whose entry `c` depend on something, and an empty list that does.
fn sample(heap: &mut Heap, origin: OriginId) -> Value {
    let mut part = TextBuilder::default();
    part.push(b"p \"");
    part.push_from(b"q\n", origin);
    part.push(b"r");
    let mut map = MapObject::default();
    for (key, value) in [
        ("a", Value::string("x")),
        ("b", Value::float(1.0).with_origin(origin)),
        ("c", Value::string(part.finish())),
        ("d", Value::new(Data::List(List::new(vec![])), origin)),
    ] {
        map.entries.insert(key.as_bytes().into(), value);
    }
    Data::Map(heap.add(map)).into()
}

#[test]
fn parts_keep_their_origins() {
    let mut heap = Heap::default();
    let mut arena = Arena::default();
    let origin = arena.source(Cause::Dns { at: Default::default() }, Default::default());
    let value = sample(&mut heap, origin);
    let mut encoder = Encoder::new(&heap, &mut arena, Profile::default());
    let json = to_json(&mut encoder, &value).unwrap();
    assert_eq!(traced(&json), r#"{"a":"x","b":[1],"c":"p \"[q\n]r","d":[[]]}"#);
    let yaml = to_yaml(&mut encoder, &value).unwrap();
    assert_eq!(traced(&yaml), "a: x\nb: [1]\nc: |-\n  p \"[q\n]  r\nd: [[]]");
}

#[test]
fn keys_depend_on_what_their_set_does() {
    let mut heap = Heap::default();
    let mut arena = Arena::default();
    let shape = arena.source(Cause::Dns { at: Default::default() }, Default::default());
    let entries = [(b"k".as_slice().into(), Value::string("v"))].into();
    let id = heap.add(MapObject { entries, shape, ..MapObject::default() });
    let mut encoder = Encoder::new(&heap, &mut arena, Profile::default());
    let text = to_yaml(&mut encoder, &Data::Map(id).into()).unwrap();
    assert_eq!(traced(&text), "[k]: v");
    assert!(text.pieces().iter().all(|p| p.origin == shape && p.guard == GuardId::NONE));
}

//! Tables written and read as BurntSushi's package does.

use super::*;
use crate::profile::Profile;
use crate::value::json::{self, Encoder};
use crate::value::yaml::{Kind, Node};
use crate::value::{Arena, Data, Heap, List, MapObject, Value};

fn value(node: &Node, heap: &mut Heap) -> Value {
    match &node.kind {
        Kind::Null => Value::NIL,
        Kind::Bool(b) => Value::bool(*b),
        Kind::Str(text) => Value::string(&**text),
        Kind::Seq(items) => Data::List(List::new(items.iter().map(|item| value(item, heap)).collect())).into(),
        Kind::Map(entries) => {
            let entries = entries.iter().map(|(key, node)| (key.text.as_bytes().into(), value(node, heap))).collect();
            Data::Map(heap.add(MapObject { entries, ..MapObject::default() })).into()
        }
        Kind::Int(_) | Kind::Uint(_) | Kind::Float(_) => Value::float(node.as_json_number().unwrap_or_default()),
    }
}

fn written(input: &str, helm: &str) -> Result<String, ToTomlError> {
    let mut heap = Heap::default();
    let value = value(&json::read(input.as_bytes()).unwrap(), &mut heap);
    let mut arena = Arena::default();
    let mut encoder = Encoder::new(&heap, &mut arena, Profile::parse(helm).unwrap());
    to_toml(&mut encoder, &value).map(|text| text.lossy().into_owned())
}

#[test]
fn values_come_before_tables() {
    for (input, wanted) in [
        ("{}", ""),
        ("1", "1.0"),
        (r#"{"b": {"c": 1, "a": {"x": "y"}}, "a": true}"#, "a = true\n\n[b]\n  c = 1.0\n  [b.a]\n    x = \"y\"\n"),
        (r#"{"t": [{"x": 1}, {"y": 2}]}"#, "[[t]]\n  x = 1.0\n\n[[t]]\n  y = 2.0\n"),
        (r#"{"t": [{"x": 1}, 5], "n": null}"#, "t = [{x = 1.0}, 5.0]\n"),
        (r#"{"a b": "q\"\u0001\u007f", "": []}"#, "\"\" = []\n\"a b\" = \"q\\\"\\u0001\\u007f\"\n"),
    ] {
        assert_eq!(written(input, "3.19.0").unwrap(), wanted, "{input}");
    }
}

#[test]
fn floats_differ_between_the_majors() {
    let input = r#"{"a": 1000000, "b": 1e21, "c": 0.5}"#;
    assert_eq!(written(input, "3.19.0").unwrap(), "a = 1000000.0\nb = 1000000000000000000000.0\nc = 0.5\n");
    assert_eq!(written(input, "4.1.4").unwrap(), "a = 1e+06\nb = 1e+21\nc = 0.5\n");
}

#[test]
fn null_has_no_place_in_a_list() {
    let wanted = ToTomlError::Error("toml: cannot encode array with nil element".into());
    assert_eq!(written(r#"{"a": [[null]]}"#, "4").unwrap_err(), wanted);
}

#[test]
fn types_are_those_of_the_package() {
    let text = "i = 0x1F\nf = 1.5\nd = 2020-01-02\na = [{x = 1}]\n[[t]]\nx = 1\n[[t]]\n";
    let root = read(text.as_bytes()).unwrap();
    let TomlKind::Table(entries) = root.kind else { panic!("{root:?}") };
    let kind = |key: &str| &entries.iter().find(|entry| &*entry.key == key).unwrap().value.kind;
    assert_eq!(*kind("i"), TomlKind::Int(31));
    assert_eq!(*kind("f"), TomlKind::Float(1.5));
    assert_eq!(*kind("d"), TomlKind::Datetime(Datetime { date: Some((2020, 1, 2)), time: None, offset: None }));
    assert!(matches!(kind("a"), TomlKind::Array(items) if items.len() == 1));
    assert!(matches!(kind("t"), TomlKind::Tables(items) if items.len() == 2));
}

#[test]
fn errors_name_their_line() {
    let error = |text: &str| read(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(error("bad"), "toml: line 1: unexpected EOF; expected key separator '='");
    assert!(error("a = 1\nb = ]\n").starts_with("toml: line 2: "));
    assert!(error("a = 99999999999999999999\n").starts_with("toml: line 1: "));
}

#[test]
fn deep_tables_are_refused() {
    let keys = vec!["a"; 5000].join(".");
    assert!(read(format!("[{keys}]\n").as_bytes()).is_err());
}

//! `toYaml` and `toYamlPretty` of recorded inputs (`tests/conformance/toyaml-samples.json`).

use chartlint::profile::Profile;
use chartlint::value::json;
use chartlint::value::yaml::{self, EncodeError, Encoder, Kind, Node};
use chartlint::value::{Arena, Data, Heap, List, MapObject, Text, Value};
use serde::Deserialize;

#[derive(Deserialize)]
struct Samples {
    samples: Vec<Sample>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sample {
    name: String,
    #[serde(rename = "input_json")]
    input: String,
    to_yaml: String,
    to_yaml_pretty: String,
}

/// What `fromJson` gives.
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
        Kind::Int(_) | Kind::Uint(_) | Kind::Float(_) => Value::float(node.as_json_number().unwrap()),
    }
}

type Write = fn(&mut Encoder<'_>, &Value) -> Result<Text, EncodeError>;

fn written(input: &str, write: Write) -> String {
    let mut heap = Heap::default();
    let value = value(&json::read(input.as_bytes()).unwrap(), &mut heap);
    let mut arena = Arena::default();
    let mut encoder = Encoder::new(&heap, &mut arena, Profile::default());
    write(&mut encoder, &value).map_or_else(|_| String::new(), |text| text.lossy().into_owned())
}

fn compare(wanted: fn(&Sample) -> &str, write: Write) {
    let samples: Samples = serde_json::from_str(include_str!("conformance/toyaml-samples.json")).unwrap();
    assert!(samples.samples.len() > 300);
    let mut failures = Vec::new();
    for sample in &samples.samples {
        let (got, wanted) = (written(&sample.input, write), wanted(sample));
        if got != wanted {
            failures.push(format!("{}: {}\n  got    {got:?}\n  wanted {wanted:?}", sample.name, sample.input));
        }
    }
    assert!(failures.is_empty(), "{} samples differ:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn values_are_written_as_to_yaml_writes_them() {
    compare(|sample| &sample.to_yaml, yaml::to_yaml);
}

#[test]
fn values_are_written_as_to_yaml_pretty_writes_them() {
    compare(|sample| &sample.to_yaml_pretty, yaml::to_yaml_pretty);
}

/// Go looks for cycles from a depth of 1000 on; values of that depth are written on the large stacks of renders only.
#[test]
fn a_map_that_holds_itself_is_an_error() {
    let error = std::thread::Builder::new().stack_size(64 << 20).spawn(|| {
        let mut heap = Heap::default();
        let id = heap.add(MapObject::default());
        heap.get_mut(id).entries.insert(b"a".as_slice().into(), Data::Map(id).into());
        let mut arena = Arena::default();
        let mut encoder = Encoder::new(&heap, &mut arena, Profile::default());
        yaml::to_yaml(&mut encoder, &Data::Map(id).into()).unwrap_err().to_string()
    });
    let wanted = "error marshaling into JSON: json: unsupported value: encountered a cycle via map[string]interface {}";
    assert_eq!(error.unwrap().join().unwrap(), wanted);
}

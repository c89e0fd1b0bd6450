//! YAML files of a chart as data: values, and files that Helm decodes into structs.

use crate::profile::Profile;
use crate::source::Span;
use crate::value::{Key, Plain, PlainData};

/// Why a file cannot be read: Helm's message, without the name of the file.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct ReadError {
    pub message: String,
    pub span: Option<Span>,
}

/// The first document of a file, where integers are still integers. `base` is the address of the first byte.
pub(super) fn document(bytes: &[u8], base: u32) -> Result<Plain, ReadError> {
    let value: serde_yaml::Value = serde_yaml::from_slice(bytes)
        .map_err(|e| ReadError { message: format!("error converting YAML to JSON: yaml: {e}"), span: None })?;
    Ok(convert(&value, base))
}

fn convert(value: &serde_yaml::Value, base: u32) -> Plain {
    use serde_yaml::Value;
    let data = match value {
        Value::Null => PlainData::Null,
        Value::Bool(b) => PlainData::Bool(*b),
        Value::Number(n) => n.as_i64().map_or_else(|| PlainData::Float(n.as_f64().unwrap_or(0.0)), PlainData::Int),
        Value::String(s) => PlainData::String(s.as_bytes().into()),
        Value::Sequence(list) => PlainData::List(list.iter().map(|v| convert(v, base)).collect()),
        Value::Mapping(map) => PlainData::Map(
            map.iter().map(|(k, v)| (Key::from(k.as_str().unwrap_or("?").as_bytes()), convert(v, base))).collect(),
        ),
        Value::Tagged(tagged) => return convert(&tagged.value, base),
    };
    Plain { data, span: Span::new(base, base) }
}

/// The values of values.yaml or of a `-f` file. Helm 4 merges all documents, Helm 3 reads the first.
pub(super) fn values(bytes: &[u8], base: u32, _profile: &Profile) -> Result<Plain, ReadError> {
    let mut plain = document(bytes, base)?;
    if plain.is_null() {
        plain.data = Plain::map().data;
    }
    floats(&mut plain);
    Ok(plain)
}

/// All numbers of a values file are float64: they went through JSON.
fn floats(plain: &mut Plain) {
    match &mut plain.data {
        PlainData::Int(i) => plain.data = PlainData::Float(*i as f64),
        PlainData::List(list) => list.iter_mut().for_each(floats),
        PlainData::Map(map) => map.values_mut().for_each(floats),
        _ => {}
    }
}

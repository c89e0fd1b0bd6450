//! Methods of `.Values`, `.Files` and `.Capabilities`.

use crate::engine::function::{Call, FnResult, Method, Param, Returns, text};
use crate::value::golang::path;
use crate::value::{Data, Element, Key, List, MapKind, MapObject, Text, Value, golang, yaml};
use std::sync::Arc;

const fn method(name: &'static str, params: &'static [Param], run: fn(&mut Call<'_>, &[Value]) -> FnResult) -> Method {
    Method { name, params, variadic: false, returns: Returns::Concrete, run }
}

/// A value as YAML.
fn to_yaml(call: &mut Call<'_>, value: &Value) -> Result<Text, yaml::EncodeError> {
    let rt = &mut *call.rt;
    yaml::to_yaml(&mut yaml::Encoder::new(&rt.heap, &mut rt.arena, rt.profile), value)
}

/// The methods of the named type of `.Values` and of the context.
pub const VALUES_METHODS: &[Method] = &[
    method("YAML", &[], |call, args| {
        let text = to_yaml(call, &args[0]).map_err(|e| e.to_string())?;
        let mut out = crate::value::TextBuilder::default();
        out.push_text(&text);
        out.push(b"\n");
        Ok(Value::string(out.finish()))
    }),
    // It wants an io.Writer, which no template has.
    method("Encode", &[Param::Any], |_, _| Err("interface conversion: not an io.Writer".into())),
    method("AsMap", &[], |_, args| {
        let Data::Map(id) = args[0].data else { return Ok(args[0].clone()) };
        Ok(Value::new(Data::Map(id.plain()), args[0].origin))
    }),
    method("Table", &[Param::Str], |call, args| {
        let path = text(&args[1]).lossy().into_owned();
        let mut value = args[0].clone();
        for part in path.split('.') {
            value = table(call, &value, part)?;
        }
        Ok(value)
    }),
    Method {
        returns: Returns::Interface,
        ..method("PathValue", &[Param::Str], |call, args| {
            let path = text(&args[1]).lossy().into_owned();
            if path.is_empty() {
                return Err("YAML path cannot be empty".into());
            }
            let mut value = args[0].clone();
            let (tables, last) = match path.rsplit_once('.') {
                Some((tables, last)) => (tables, last),
                None => ("", path.as_str()),
            };
            for part in tables.split('.').filter(|part| !part.is_empty()) {
                value = table(call, &value, part).map_err(|_| format!("{tables:?} is not a table"))?;
            }
            let found = call.rt.entry(&value, &Arc::from(last.as_bytes()), call.span);
            match found.data {
                Data::Nil | Data::Map(_) | Data::NilMap => Err(format!("{path:?} is not a value").into()),
                _ => Ok(found),
            }
        })
    },
];

fn table(call: &mut Call<'_>, value: &Value, name: &str) -> FnResult {
    let inner = call.rt.entry(value, &Arc::from(name.as_bytes()), call.span);
    match inner.data {
        Data::Map(id) => Ok(Value::new(Data::Map(id.named()), inner.origin)),
        _ => Err(format!("{name:?} is not a table").into()),
    }
}

/// The methods of `.Files`.
pub const FILES_METHODS: &[Method] = &[
    method("Get", &[Param::Str], |call, args| Ok(get(call, args))),
    method("GetBytes", &[Param::Str], |call, args| {
        let value = get(call, args);
        Ok(Value::new(Data::Bytes(text(&value).clone()), value.origin))
    }),
    method("Lines", &[Param::Str], lines),
    method("Glob", &[Param::Str], glob),
    method("AsConfig", &[], |call, args| as_yaml(call, &args[0], false)),
    method("AsSecrets", &[], |call, args| as_yaml(call, &args[0], true)),
];

fn get(call: &mut Call<'_>, args: &[Value]) -> Value {
    let key: Key = Arc::from(text(&args[1]).bytes());
    let value = call.rt.entry(&args[0], &key, call.span);
    Value::new(Data::Str(text(&value).clone()), value.origin)
}

fn lines(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let key: Key = Arc::from(text(&args[1]).bytes());
    let exists = match args[0].data {
        Data::Map(id) => call.rt.heap.get(id).entries.contains_key(&key),
        _ => false,
    };
    let value = get(call, args);
    if !exists {
        return Ok(Value::new(Data::List(List::of(Element::String, vec![])), value.origin));
    }
    let content = text(&value).clone();
    let bytes = content.bytes();
    let profile = call.rt.profile;
    if bytes.is_empty() && profile.since(3, 13, 0) {
        if profile.since(4, 3, 0) || (profile.since(3, 21, 4) && !profile.is_helm4()) {
            return Ok(Value::new(Data::List(List::of(Element::String, vec![])), value.origin));
        }
        return Err("runtime error: index out of range [-1]".into());
    }
    call.spend(bytes.len())?;
    let keeps_last = !profile.since(3, 13, 0);
    let end = if bytes.ends_with(b"\n") && !keeps_last { bytes.len() - 1 } else { bytes.len() };
    let mut items = Vec::new();
    let mut from = 0;
    for line in bytes[..end].split(|b| *b == b'\n') {
        items.push(Value::string(content.slice(from..from + line.len())).with_origin(value.origin));
        from += line.len() + 1;
    }
    Ok(Value::new(Data::List(List::of(Element::String, items)), value.origin))
}

fn glob(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let Data::Map(id) = args[0].data else { return Ok(args[0].clone()) };
    let pattern = text(&args[1]).clone();
    // A malformed pattern means everything, as in Helm.
    let glob = golang::glob::Glob::compile(pattern.bytes());
    let map = call.rt.heap.get(id);
    let entries = map.entries.iter().filter(|(path, _)| match &glob {
        Some(glob) => glob.is_match(path),
        None => true,
    });
    let entries = entries.map(|(path, file)| (path.clone(), file.clone())).collect();
    let found = MapObject { kind: MapKind::Files, entries, ..MapObject::default() };
    Ok(Data::Map(call.rt.heap.add(found)).into())
}

/// `AsConfig` and `AsSecrets`: contents by the last component of the path, as YAML.
fn as_yaml(call: &mut Call<'_>, files: &Value, encode: bool) -> FnResult {
    let Data::Map(id) = files.data else { return Ok(Value::string(Text::empty())) };
    let files: Vec<(Key, Value)> = call.rt.heap.get(id).entries.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    let mut entries: Vec<(Key, Value)> = Vec::new();
    for (path, file) in files {
        let name: Key = Arc::from(golang::collect(&path, |out| path::base(&path, out)));
        call.spend(text(&file).len())?;
        if entries.iter().any(|(known, _)| *known == name) {
            call.rt.nondeterministic.push((call.span, "two files have the same base name"));
        }
        let content = if encode {
            use base64::Engine as _;
            let encoded = base64::engine::general_purpose::STANDARD.encode(text(&file).bytes());
            Value::string(encoded).with_origin(file.origin)
        } else {
            Value::new(Data::Str(text(&file).clone()), file.origin)
        };
        entries.push((name, content));
    }
    let map = Value::from(Data::Map(call.rt.new_map(entries)));
    let text = to_yaml(call, &map).unwrap_or_else(|_| Text::empty());
    Ok(Value::string(text))
}

/// The methods of `.Capabilities.APIVersions`.
pub const VERSIONS_METHODS: &[Method] = &[method("Has", &[Param::Str], |call, args| {
    let wanted = text(&args[1]).bytes().to_vec();
    let has = match &args[0].data {
        Data::List(list) => list.items().iter().any(|v| text(v).bytes() == wanted),
        _ => false,
    };
    let path = call.rt.arena.path(crate::value::origin::PathId::NONE, &Arc::from(&b"APIVersions"[..]));
    let path = call.rt.arena.path(path, &Arc::from(wanted));
    let cause = crate::value::origin::Cause::Capabilities { path };
    let origin = call.rt.arena.source(cause, call.span);
    Ok(Value::bool(has).with_origin(origin))
})];

/// The methods of `.Capabilities.KubeVersion`.
pub const KUBE_METHODS: &[Method] = &[
    method("String", &[], |_, args| Ok(printed(&args[0]))),
    method("GitVersion", &[], |_, args| match &args[0].data {
        Data::Object(object) => Ok(object.field("Version").cloned().unwrap_or(Value::NIL)),
        _ => Ok(Value::NIL),
    }),
];

fn printed(value: &Value) -> Value {
    match &value.data {
        Data::Object(object) => Value::string(object.printed.clone().unwrap_or_else(Text::empty)),
        _ => Value::NIL,
    }
}

/// The method of `.Capabilities` itself.
pub const CAPABILITIES_METHODS: &[Method] = &[method("Copy", &[], |_, args| Ok(args[0].clone()))];

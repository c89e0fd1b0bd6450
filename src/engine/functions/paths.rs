//! Sprig's functions on paths and URLs.

use super::strings::rewritten;
use crate::engine::function::{Call, Failure, FnResult, Function, Param, key, text};
use crate::value::golang::path;
use crate::value::golang::url::Url;
use crate::value::{Data, OriginId, Text, Value};

const STR: &[Param] = &[Param::Str];

/// The functions of this family. Templates run on a system whose own paths are like those of URLs.
pub const FUNCTIONS: &[Function] = &[
    Function::new("base", STR, base),
    Function::new("osBase", STR, base),
    Function::new("dir", STR, dir),
    Function::new("osDir", STR, dir),
    Function::new("clean", STR, clean),
    Function::new("osClean", STR, clean),
    Function::new("ext", STR, ext),
    Function::new("osExt", STR, ext),
    Function::new("isAbs", STR, is_abs).digest(),
    Function::new("osIsAbs", STR, is_abs).digest(),
    Function::new("urlParse", STR, url_parse).own(),
    Function::new("urlJoin", &[Param::Map], url_join).digest(),
];

fn first(args: &[Value]) -> &Text {
    text(args.first().unwrap_or(&Value::NIL))
}

fn base(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    rewritten(first(args), path::base)
}

fn dir(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    rewritten(first(args), path::dir)
}

fn clean(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    rewritten(first(args), path::clean)
}

fn ext(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    let text = first(args);
    Ok(Value::string(text.slice(path::ext(text.bytes()))))
}

fn is_abs(_: &mut Call<'_>, args: &[Value]) -> FnResult {
    Ok(Value::bool(path::is_abs(first(args).bytes())))
}

fn url_parse(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let text = first(args);
    call.spend(text.len())?;
    let url = Url::parse(text.bytes()).map_err(|error| format!("unable to parse url: {error}"))?;
    let hostname = url.hostname().to_vec();
    let userinfo = url.user.as_ref().map(|user| user.text()).unwrap_or_default();
    let origin = args.first().map_or(OriginId::NONE, |value| call.deep_origin(value));
    let origin = call.through(origin);
    let parts = [
        ("scheme", url.scheme),
        ("host", url.host),
        ("hostname", hostname),
        ("path", url.path),
        ("query", url.raw_query),
        ("opaque", url.opaque),
        ("fragment", url.fragment),
        ("userinfo", userinfo),
    ];
    let entries = parts.map(|(name, part)| (key(name.as_bytes()), Value::string(part).with_origin(origin)));
    // Every URL has all keys.
    Ok(Data::Map(call.rt.new_map(entries)).into())
}

/// The text under a key of a URL's parts; nothing when it is not there.
fn part(call: &Call<'_>, parts: &Value, name: &str) -> Result<Vec<u8>, Failure> {
    let Data::Map(id) = parts.data else { return Ok(Vec::new()) };
    let Some(value) = call.rt.heap.get(id).entries.get(name.as_bytes()) else { return Ok(Vec::new()) };
    match &value.data {
        Data::Str(text) => Ok(text.bytes().to_vec()),
        Data::Nil => Err("runtime error: invalid memory address or nil pointer dereference".into()),
        _ => {
            let kind = value.kind_name();
            Err(format!("unable to parse {name} key, must be of type string, but {kind} found").into())
        }
    }
}

fn url_join(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let parts = args.first().unwrap_or(&Value::NIL);
    let mut url = Url {
        scheme: part(call, parts, "scheme")?,
        host: part(call, parts, "host")?,
        path: part(call, parts, "path")?,
        raw_query: part(call, parts, "query")?,
        opaque: part(call, parts, "opaque")?,
        fragment: part(call, parts, "fragment")?,
        ..Url::default()
    };
    let userinfo = part(call, parts, "userinfo")?;
    if !userinfo.is_empty() {
        let sample = [b"proto://", &*userinfo, b"@host"].concat();
        let parsed = Url::parse(&sample).map_err(|error| format!("unable to parse userinfo in dict: {error}"))?;
        url.user = parsed.user;
    }
    Ok(Value::string(url.text()))
}

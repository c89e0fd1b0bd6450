//! Chart.yaml, requirements.yaml and lock files: decoding as Go's JSON decoder does it, and Helm's checks
//! (Helm's `pkg/chart/v2/metadata.go` and `dependency.go`).

use super::error::LoadError;
use super::gofmt::{float32, quoted};
use super::model::{Dependency, Lock, Maintainer, Metadata};
use super::reading::ReadError;
use super::versions;
use crate::profile::Profile;
use crate::source::Span;
use crate::value::golang::unicode;
use crate::value::{Plain, PlainData};
use std::collections::BTreeSet;

/// The entry of a map that Go decodes into the field of this name: case does not matter, and the last in byte order that
/// is not null wins.
pub(super) fn field<'p>(plain: &'p Plain, name: &str) -> Option<&'p Plain> {
    let matching =
        || plain.as_map().into_iter().flatten().rev().filter(|(key, _)| key.eq_ignore_ascii_case(name.as_bytes()));
    matching().find(|(_, value)| !value.is_null()).or_else(|| matching().next()).map(|(_, value)| value)
}

/// Fills a struct from a map. The first entry of the wrong type is the error.
struct Decoder<'p> {
    path: String,
    plain: &'p Plain,
    error: Option<ReadError>,
}

impl<'p> Decoder<'p> {
    fn new(type_name: &'static str, path: &str, plain: &'p Plain) -> Self {
        let mut decoder = Decoder { path: path.into(), plain, error: None };
        if !plain.is_null() && plain.as_map().is_none() {
            let target = if path.is_empty() {
                format!("value of type chart.{type_name}")
            } else {
                decoder.target("", type_name)
            };
            decoder.fail(plain, target);
        }
        decoder
    }

    fn target(&self, name: &str, go_type: &str) -> String {
        let dot = if self.path.is_empty() || name.is_empty() { "" } else { "." };
        format!("struct field Metadata.{}{dot}{name} of type {go_type}", self.path)
    }

    fn fail(&mut self, plain: &Plain, target: String) {
        let kind = match plain.data {
            PlainData::Null => "null",
            PlainData::Bool(_) => "bool",
            PlainData::Int(_) | PlainData::Float(_) => "number",
            PlainData::String(_) => "string",
            PlainData::List(_) => "array",
            PlainData::Map(_) => "object",
        };
        let message =
            format!("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {kind} into Go {target}");
        self.error.get_or_insert(ReadError { message, span: Some(plain.span) });
    }

    fn text(&mut self, name: &str, into: &mut String) {
        let Some(plain) = field(self.plain, name) else { return };
        match scalar_text(plain) {
            Some(text) => *into = text,
            None if plain.is_null() => {}
            None => self.fail(plain, self.target(name, "string")),
        }
    }

    fn flag(&mut self, name: &str, into: &mut bool) {
        let Some(plain) = field(self.plain, name) else { return };
        match plain.data {
            PlainData::Bool(b) => *into = b,
            PlainData::Null => {}
            _ => self.fail(plain, self.target(name, "bool")),
        }
    }

    /// A list, each element by `each`; null gives `None`.
    fn list<T>(
        &mut self,
        name: &str,
        go_type: &str,
        into: &mut Option<Vec<T>>,
        mut each: impl FnMut(&mut Self, &'p Plain) -> T,
    ) {
        let Some(plain) = field(self.plain, name) else { return };
        match plain.as_list() {
            Some(list) => *into = Some(list.iter().map(|element| each(self, element)).collect()),
            None if plain.is_null() => *into = None,
            None => self.fail(plain, self.target(name, go_type)),
        }
    }

    fn texts(&mut self, name: &'static str, into: &mut Option<Vec<String>>) {
        self.list(name, "[]string", into, |decoder, element| {
            scalar_text(element).unwrap_or_else(|| {
                if !element.is_null() {
                    decoder.fail(element, decoder.target(name, "string"));
                }
                String::new()
            })
        });
    }
}

/// A scalar where a string is wanted, as sigs.k8s.io/yaml turns it into one.
fn scalar_text(plain: &Plain) -> Option<String> {
    match &plain.data {
        PlainData::String(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        PlainData::Bool(b) => Some(b.to_string()),
        PlainData::Int(i) => Some(i.to_string()),
        PlainData::Float(f) => Some(float32(*f)),
        _ => None,
    }
}

/// Decodes Chart.yaml or requirements.yaml over what is there.
pub(super) fn decode(plain: &Plain, metadata: &mut Metadata) -> Result<(), ReadError> {
    let mut d = Decoder::new("Metadata", "", plain);
    d.text("name", &mut metadata.name);
    d.text("home", &mut metadata.home);
    d.texts("sources", &mut metadata.sources);
    d.text("version", &mut metadata.version);
    d.text("description", &mut metadata.description);
    d.texts("keywords", &mut metadata.keywords);
    d.list("maintainers", "[]*chart.Maintainer", &mut metadata.maintainers, maintainer);
    d.text("icon", &mut metadata.icon);
    d.text("apiVersion", &mut metadata.api_version);
    d.text("condition", &mut metadata.condition);
    d.text("tags", &mut metadata.tags);
    d.text("appVersion", &mut metadata.app_version);
    d.flag("deprecated", &mut metadata.deprecated);
    annotations(&mut d, &mut metadata.annotations);
    d.text("kubeVersion", &mut metadata.kube_version);
    d.list("dependencies", "[]*chart.Dependency", &mut metadata.dependencies, |d, plain| dependency(d, plain));
    d.text("type", &mut metadata.kind);
    d.error.map_or(Ok(()), Err)
}

fn annotations(d: &mut Decoder, into: &mut Option<Vec<(String, String)>>) {
    let Some(plain) = field(d.plain, "annotations") else { return };
    let Some(map) = plain.as_map() else {
        if plain.is_null() {
            *into = None;
        } else {
            d.fail(plain, d.target("annotations", "map[string]string"));
        }
        return;
    };
    let entries = map.iter().map(|(key, value)| {
        let text = scalar_text(value).unwrap_or_else(|| {
            if !value.is_null() {
                d.fail(value, d.target("annotations", "string"));
            }
            String::new()
        });
        (String::from_utf8_lossy(key).into_owned(), text)
    });
    *into = Some(entries.collect());
}

fn maintainer(d: &mut Decoder, plain: &Plain) -> Maintainer {
    let mut inner = Decoder::new("Maintainer", "maintainers", plain);
    let mut maintainer = Maintainer::default();
    inner.text("name", &mut maintainer.name);
    inner.text("email", &mut maintainer.email);
    inner.text("url", &mut maintainer.url);
    d.error = d.error.take().or(inner.error);
    maintainer
}

fn dependency(d: &mut Decoder, plain: &Plain) -> Dependency {
    let mut inner = Decoder::new("Dependency", "dependencies", plain);
    let mut dependency = Dependency { span: plain.span, ..Dependency::default() };
    inner.text("name", &mut dependency.name);
    inner.text("version", &mut dependency.version);
    inner.text("repository", &mut dependency.repository);
    inner.text("condition", &mut dependency.condition);
    inner.texts("tags", &mut dependency.tags);
    inner.flag("enabled", &mut dependency.enabled);
    inner.list("import-values", "[]interface {}", &mut dependency.import_values, |_, plain| plain.clone());
    inner.text("alias", &mut dependency.alias);
    dependency.condition_span = field(plain, "condition").map(|plain| plain.span).unwrap_or_default();
    d.error = d.error.take().or(inner.error);
    dependency
}

/// Decodes a lock file.
pub(super) fn decode_lock(plain: Plain) -> Result<Lock, ReadError> {
    let mut lock = Lock::default();
    let mut dependencies = None;
    let mut d = Decoder::new("Lock", "", &plain);
    d.text("generated", &mut lock.generated);
    d.text("digest", &mut lock.digest);
    d.list("dependencies", "[]*chart.Dependency", &mut dependencies, |d, plain| dependency(d, plain));
    if let Some(error) = d.error {
        return Err(error);
    }
    lock.dependencies = dependencies.unwrap_or_default();
    Ok(Lock { raw: plain, ..lock })
}

/// White space becomes blanks, and what cannot be printed is dropped.
fn sanitize(text: &mut String) {
    if !text.bytes().all(|b| (b' '..0x7f).contains(&b)) {
        *text = text
            .chars()
            .map(|c| if unicode::is_space(c) { ' ' } else { c })
            .filter(|c| unicode::is_print(*c))
            .collect();
    }
}

/// Cleans the texts, and checks what Helm checks.
pub(super) fn validate(metadata: &mut Metadata, profile: &Profile) -> Result<(), LoadError> {
    let texts = [
        &mut metadata.name,
        &mut metadata.description,
        &mut metadata.home,
        &mut metadata.icon,
        &mut metadata.condition,
        &mut metadata.tags,
        &mut metadata.app_version,
        &mut metadata.kube_version,
    ];
    texts.into_iter().for_each(sanitize);
    metadata.sources.iter_mut().flatten().for_each(sanitize);
    metadata.keywords.iter_mut().flatten().for_each(sanitize);

    let span = |name: &str| metadata.field(name).map(|plain| plain.span);
    let fail = |message: String, span: Option<Span>| Err(LoadError::invalid(format!("validation: {message}")).at(span));
    if metadata.api_version.is_empty() {
        return fail("chart.metadata.apiVersion is required".into(), None);
    }
    let name = &metadata.name;
    if name.is_empty() {
        return fail("chart.metadata.name is required".into(), span("name"));
    }
    if profile.is_helm4() && matches!(name.as_str(), "." | "..") {
        return fail(format!("chart.metadata.name {} is not allowed", quoted(name)), span("name"));
    }
    if profile.since(3, 14, 1) && name.contains('/') && name != "/" {
        return fail(format!("chart.metadata.name {} is invalid", quoted(name)), span("name"));
    }
    if metadata.version.is_empty() {
        return fail("chart.metadata.version is required".into(), span("version"));
    }
    if !versions::is_version(&metadata.version) {
        return fail(format!("chart.metadata.version {} is invalid", quoted(&metadata.version)), span("version"));
    }
    if !matches!(metadata.kind.as_str(), "" | "application" | "library") {
        return fail("chart.metadata.type must be application or library".into(), span("type"));
    }
    if let Some(null) = null_entry(metadata, "maintainers") {
        return fail("maintainers must not contain empty or null nodes".into(), Some(null));
    }
    for maintainer in metadata.maintainers.iter_mut().flatten() {
        [&mut maintainer.name, &mut maintainer.email, &mut maintainer.url].into_iter().for_each(sanitize);
    }
    validate_dependencies(metadata, profile)
}

/// The first null in a list of the metadata.
fn null_entry(metadata: &Metadata, name: &str) -> Option<Span> {
    let list = metadata.field(name)?.as_list()?;
    list.iter().find(|plain| plain.is_null()).map(|plain| plain.span)
}

fn validate_dependencies(metadata: &mut Metadata, profile: &Profile) -> Result<(), LoadError> {
    let fail = |message: String, span: Span| Err(LoadError::invalid(format!("validation: {message}")).at(Some(span)));
    let null = null_entry(metadata, "dependencies");
    let mut names = BTreeSet::new();
    for dependency in metadata.dependencies.iter_mut().flatten() {
        if null.is_some_and(|null| null == dependency.span) {
            return fail("dependencies must not contain empty or null nodes".into(), dependency.span);
        }
        for text in
            [&mut dependency.name, &mut dependency.version, &mut dependency.repository, &mut dependency.condition]
        {
            sanitize(text);
        }
        dependency.tags.iter_mut().flatten().for_each(sanitize);
        let (name, alias) = (&dependency.name, &dependency.alias);
        if !alias.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) {
            return fail(
                format!("dependency {} has disallowed characters in the alias", quoted(name)),
                dependency.span,
            );
        }
        let key = if alias.is_empty() { name } else { alias };
        if !names.insert(key.clone()) && profile.since(3, 14, 0) {
            return fail(format!("more than one dependency with name or alias {}", quoted(key)), dependency.span);
        }
    }
    Ok(())
}

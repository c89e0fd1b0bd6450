//! The context that templates see: `.Values`, `.Chart`, `.Release`, `.Capabilities`, `.Files`, `.Subcharts`.

use super::capabilities::Capabilities;
use super::runtime::Runtime;
use crate::chart::{Chart, Metadata, Prepared};
use crate::source::Span;
use crate::value::origin::{Cause, PathId, PhaseField};
use crate::value::{
    Data, Element, Entries, Heap, Key, List, MapKind, MapObject, Object, OriginId, Plain, PlainData, Root,
};
use crate::value::{Field, IntKind, MapId, Text, Value};
use std::sync::Arc;

/// The release that a render is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReleaseInfo {
    pub name: String,
    pub namespace: String,
    pub is_install: bool,
    pub is_upgrade: bool,
    pub revision: i64,
}

/// More maps than a chart tells of itself.
const FEW: usize = 32;
/// As many maps as the templates of most charts make.
const MANY: usize = 256;

// The many fields below would be much code if these were not called.
#[inline(never)]
fn key(text: &str) -> Key {
    Arc::from(text.as_bytes())
}

#[inline(never)]
fn string(text: &str) -> Value {
    Value::string(text)
}

/// A field of Chart.yaml.
#[inline(never)]
fn field(name: &'static str, json: &'static str, value: Value) -> Field {
    Field { name, json, omit_empty: true, value }
}

/// What templates see of charts and their values, in a heap that renders share.
#[derive(Clone)]
pub(super) struct Imported {
    heap: Heap,
    capabilities: Value,
    /// The parts of each chart's context.
    charts: Arc<[[(&'static str, Value); 3]]>,
}

/// Brings data into the heap; every part of it comes from its path of the root chart's values.
pub(super) struct Importer<'a> {
    pub rt: &'a mut Runtime,
}

impl Importer<'_> {
    /// The values of the root chart with those of its subcharts.
    fn values(&mut self, prepared: &Prepared) -> Value {
        self.rt.arena.reserve(prepared.size.entries + 1);
        self.rt.heap.reserve(prepared.size.maps + FEW);
        let is_first = self.rt.arena.has_no_values();
        let value = self.value(&prepared.values, PathId::NONE, is_first);
        for path in prepared.charts.iter().filter_map(|chart| chart.values_path.as_ref()) {
            self.name_globals(&prepared.values, path, &value);
        }
        for places in &prepared.shared {
            let Some((first, others)) = places.split_first() else { continue };
            let Some(shared) = self.value_at(&value, first) else { continue };
            for place in others {
                let Some((last, table)) = place.split_last() else { continue };
                if let Some(id) = self.map_at(&value, table) {
                    self.rt.heap.get_mut(id).entries.insert(last.clone(), shared.clone());
                }
            }
        }
        value
    }

    fn value_at(&self, value: &Value, path: &[Key]) -> Option<Value> {
        path.iter().try_fold(value.clone(), |value, key| match value.data {
            Data::Map(id) => self.rt.heap.get(id).entries.get(key).cloned(),
            _ => None,
        })
    }

    fn map_at(&self, value: &Value, path: &[Key]) -> Option<MapId> {
        match self.value_at(value, path)?.data {
            Data::Map(id) => Some(id),
            _ => None,
        }
    }

    /// The globals of a subchart are copies of the root's: they come from there.
    fn name_globals(&mut self, values: &Plain, section: &[Key], root: &Value) {
        let global = key("global");
        let Some(globals) = values.get("global").and_then(Plain::as_map) else { return };
        if section.is_empty() {
            return;
        }
        let mut path = section.to_vec();
        path.push(global.clone());
        let Some(copy) = self.map_at(root, &path) else { return };
        let own = path.iter().try_fold(values, |plain, key| plain.as_map()?.get(key));
        let Some(own) = own.and_then(Plain::as_map) else { return };
        let top = self.rt.arena.path(PathId::NONE, &global);
        for (name, plain) in globals {
            let is_copied = self.rt.heap.get(copy).entries.contains_key(name);
            let Some(own) = own.get(name).filter(|_| is_copied) else { continue };
            // Tables are merged with what the subchart has of its own; what the root says wins.
            if own.as_map().is_some() || own.data == plain.data {
                let path = self.rt.arena.path(top, name);
                let value = self.value(own, path, false);
                self.rt.heap.get_mut(copy).entries.insert(name.clone(), value);
            }
        }
    }

    /// The value at a path. When values come in for the first time nothing else has paths of several keys.
    fn value(&mut self, plain: &Plain, path: PathId, is_first: bool) -> Value {
        let own = self.rt.arena.source(Cause::Values { path }, plain.span);
        let data = match &plain.data {
            PlainData::Null => Data::Nil,
            PlainData::Bool(b) => Data::Bool(*b),
            PlainData::Int(i) => Data::Int(*i, IntKind::Int64),
            PlainData::Float(f) => Data::Float(*f),
            PlainData::String(bytes) => Data::Str(Text::shared(bytes)),
            PlainData::List(items) => {
                let mut list = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    let path = self.below(path, &Arc::from(format!("[{index}]").into_bytes()), is_first);
                    list.push(self.value(item, path, is_first));
                }
                Data::List(List::new(list))
            }
            PlainData::Map(entries) => {
                let mut list = Vec::with_capacity(entries.len());
                for (key, entry) in entries {
                    let path = self.below(path, key, is_first);
                    list.push((key.clone(), self.value(entry, path, is_first)));
                }
                let entries = Entries::of_sorted(list);
                Data::Map(self.rt.heap.add(MapObject {
                    entries,
                    root: Root::Values,
                    path,
                    own,
                    ..MapObject::default()
                }))
            }
        };
        Value::new(data, own)
    }

    #[inline]
    fn below(&mut self, path: PathId, key: &Key, is_first: bool) -> PathId {
        if is_first && !path.is_none() { self.rt.arena.new_path(path, key) } else { self.rt.arena.path(path, key) }
    }

    /// `.Release`, one map for all charts.
    pub fn release(&mut self, release: &ReleaseInfo) -> Value {
        let mut entries = Vec::new();
        for (field, text) in [("Name", &release.name), ("Namespace", &release.namespace)] {
            let origin = self.rt.arena.source(Cause::Release { field }, Span::default());
            entries.push((key(field), string(text).with_origin(origin)));
        }
        entries.push((key("Service"), string("Helm")));
        for (name, field, value) in [
            ("IsInstall", PhaseField::IsInstall, Data::Bool(release.is_install)),
            ("IsUpgrade", PhaseField::IsUpgrade, Data::Bool(release.is_upgrade)),
            ("Revision", PhaseField::Revision, Data::Int(release.revision, IntKind::Int)),
        ] {
            let origin = self.rt.phase_origin(field);
            entries.push((key(name), Value::new(value, origin)));
        }
        Data::Map(self.rt.new_map(entries)).into()
    }

    /// `.Capabilities`
    pub fn capabilities(&mut self, capabilities: &Capabilities) -> Value {
        let is_helm4 = self.rt.profile.is_helm4();
        let origin_of = |rt: &mut Runtime, names: &[&str]| {
            let path = names.iter().fold(PathId::NONE, |path, name| rt.arena.path(path, &key(name)));
            rt.arena.source(Cause::Capabilities { path }, Span::default())
        };
        let version_origin = origin_of(self.rt, &["KubeVersion"]);
        let text = |s: &str| string(s).with_origin(version_origin);
        let field = |name: &'static str, value: Value| Field { name, json: name, omit_empty: false, value };
        // Helm 3 keeps no second form; Helm 4's is not shown by JSON.
        let mut fields = vec![field("Version", text(&capabilities.version))];
        if is_helm4 {
            fields.push(Field { json: "", ..field("normalizedVersion", text(&capabilities.normalized)) });
        }
        fields.push(field("Major", text(&capabilities.major)));
        fields.push(field("Minor", text(&capabilities.minor)));
        let printed = if is_helm4 { &capabilities.normalized } else { &capabilities.version };
        let kube_version = Object {
            type_name: if is_helm4 { "common.KubeVersion" } else { "chartutil.KubeVersion" },
            is_pointer: false,
            fields,
            text: None,
            printed: Some(Text::from(printed.as_str())),
        };
        let versions_origin = origin_of(self.rt, &["APIVersions"]);
        let versions = capabilities.api_versions.iter().map(|v| string(v)).collect();
        let helm = self.rt.profile.helm;
        let build = Object {
            type_name: "version.BuildInfo",
            is_pointer: false,
            fields: vec![
                Field { json: "version", omit_empty: true, ..field("Version", string(&format!("v{helm}"))) },
                Field { json: "git_commit", omit_empty: true, ..field("GitCommit", string("")) },
                Field { json: "git_tree_state", omit_empty: true, ..field("GitTreeState", string("")) },
                Field {
                    json: "go_version",
                    omit_empty: true,
                    ..field("GoVersion", string(&format!("go1.{}", self.rt.profile.go())))
                },
            ],
            text: None,
            printed: None,
        };
        let object = Object {
            type_name: if is_helm4 { "common.Capabilities" } else { "chartutil.Capabilities" },
            is_pointer: true,
            fields: vec![
                field("KubeVersion", Value::new(Data::Object(Arc::new(kube_version)), version_origin)),
                field("APIVersions", Value::new(Data::List(List::of(Element::Versions, versions)), versions_origin)),
                field("HelmVersion", Data::Object(Arc::new(build)).into()),
            ],
            text: None,
            printed: None,
        };
        Data::Object(Arc::new(object)).into()
    }

    /// `.Files` of a chart.
    fn files(&mut self, chart: &Chart) -> Value {
        let mut map = MapObject { kind: MapKind::Files, ..MapObject::default() };
        for file in &chart.files {
            let path = key(&file.path);
            let origin = self.rt.arena.source(Cause::Files { path: path.clone() }, Span::default());
            map.entries.insert(path, Value::new(Data::Bytes(Text::of_file(&file.bytes)), origin));
        }
        Data::Map(self.rt.heap.add(map)).into()
    }

    fn strings(&self, list: Option<&Vec<String>>) -> Value {
        let is_helm4 = self.rt.profile.is_helm4();
        let element = if is_helm4 { Element::Any } else { Element::String };
        let Some(list) = list else {
            // Helm 4 makes a new list of every list.
            return Data::List(if is_helm4 { List::new(vec![]) } else { List::nil(element) }).into();
        };
        Data::List(List::of(element, list.iter().map(|s| string(s)).collect())).into()
    }

    fn annotations(&mut self, metadata: &Metadata) -> Value {
        let mut map = MapObject { kind: MapKind::Strings, ..MapObject::default() };
        for (name, value) in metadata.annotations.iter().flatten() {
            map.entries.insert(key(name), string(value));
        }
        Data::Map(self.rt.heap.add(map)).into()
    }

    fn structs(&mut self, element: Element, items: Vec<Vec<Field>>, type_name: &'static str, is_nil: bool) -> Value {
        if self.rt.profile.is_helm4() {
            let maps = items
                .into_iter()
                .map(|fields| {
                    let entries = fields.into_iter().map(|f| (key(f.name), f.value));
                    Data::Map(self.rt.new_map(entries.collect::<Vec<_>>())).into()
                })
                .collect();
            return Data::List(List::new(maps)).into();
        }
        let objects = items
            .into_iter()
            .map(|fields| {
                Data::Object(Arc::new(Object { type_name, is_pointer: true, fields, text: None, printed: None })).into()
            })
            .collect();
        if is_nil { Data::List(List::nil(element)).into() } else { Data::List(List::of(element, objects)).into() }
    }

    /// `.Chart`: a struct in Helm 3, a map in Helm 4.
    fn metadata(&mut self, metadata: &Metadata, is_root: bool) -> Value {
        let maintainers = metadata.maintainers.iter().flatten().map(|m| {
            vec![
                field("Name", "name", string(&m.name)),
                field("Email", "email", string(&m.email)),
                field("URL", "url", string(&m.url)),
            ]
        });
        let maintainers = maintainers.collect();
        let maintainers =
            self.structs(Element::Maintainers, maintainers, "chart.Maintainer", metadata.maintainers.is_none());
        let mut dependencies = Vec::new();
        for d in metadata.dependencies.iter().flatten() {
            let import_values = match &d.import_values {
                None if self.rt.profile.is_helm4() => Data::List(List::new(vec![])).into(),
                None => Data::List(List::nil(Element::Any)).into(),
                Some(list) => {
                    let items = list.iter().map(|plain| self.constant(plain)).collect();
                    Data::List(List::new(items)).into()
                }
            };
            dependencies.push(vec![
                Field { omit_empty: false, ..field("Name", "name", string(&d.name)) },
                field("Version", "version", string(&d.version)),
                Field { omit_empty: false, ..field("Repository", "repository", string(&d.repository)) },
                field("Condition", "condition", string(&d.condition)),
                field("Tags", "tags", self.strings(d.tags.as_ref())),
                field("Enabled", "enabled", Value::bool(d.enabled)),
                field("ImportValues", "import-values", import_values),
                field("Alias", "alias", string(&d.alias)),
            ]);
        }
        let dependencies =
            self.structs(Element::Dependencies, dependencies, "chart.Dependency", metadata.dependencies.is_none());
        let version = self.rt.arena.source(Cause::ChartVersion { app: false }, Span::default());
        let app_version = self.rt.arena.source(Cause::ChartVersion { app: true }, Span::default());
        let annotations = self.annotations(metadata);
        let fields = vec![
            field("Name", "name", string(&metadata.name)),
            field("Home", "home", string(&metadata.home)),
            field("Sources", "sources", self.strings(metadata.sources.as_ref())),
            field("Version", "version", string(&metadata.version).with_origin(version)),
            field("Description", "description", string(&metadata.description)),
            field("Keywords", "keywords", self.strings(metadata.keywords.as_ref())),
            field("Maintainers", "maintainers", maintainers),
            field("Icon", "icon", string(&metadata.icon)),
            field("APIVersion", "apiVersion", string(&metadata.api_version)),
            field("Condition", "condition", string(&metadata.condition)),
            field("Tags", "tags", string(&metadata.tags)),
            field("AppVersion", "appVersion", string(&metadata.app_version).with_origin(app_version)),
            field("Deprecated", "deprecated", Value::bool(metadata.deprecated)),
            field("Annotations", "annotations", annotations),
            field("KubeVersion", "kubeVersion", string(&metadata.kube_version)),
            field("Dependencies", "dependencies", dependencies),
            field("Type", "type", string(&metadata.kind)),
            Field { omit_empty: false, ..field("IsRoot", "IsRoot", Value::bool(is_root)) },
        ];
        if self.rt.profile.is_helm4() {
            let entries: Vec<_> = fields.into_iter().map(|f| (key(f.name), f.value)).collect();
            return Data::Map(self.rt.new_map(entries)).into();
        }
        // The metadata is a struct of its own in Go's struct, which printing shows.
        let mut fields = fields;
        let root = fields.pop();
        let metadata = Object { type_name: "chart.Metadata", is_pointer: false, fields, text: None, printed: None };
        let metadata = Value::from(Data::Object(Arc::new(metadata)));
        let shown = format!("{{{} {is_root}}}", super::functions::print::display(self.rt, &metadata));
        let Data::Object(metadata) = metadata.data else { return Value::NIL };
        // Nobody else holds the object yet.
        let mut fields = Arc::into_inner(metadata).map(|m| m.fields).unwrap_or_default();
        fields.extend(root);
        let type_name = "struct { chart.Metadata; IsRoot bool }";
        let text = Some(Text::from(shown));
        Data::Object(Arc::new(Object { type_name, is_pointer: false, fields, text, printed: None })).into()
    }

    /// Data that depends on nothing.
    fn constant(&mut self, plain: &Plain) -> Value {
        match &plain.data {
            PlainData::Null => Value::NIL,
            PlainData::Bool(b) => Value::bool(*b),
            PlainData::Int(i) => Value::int64(*i),
            PlainData::Float(f) => Value::float(*f),
            PlainData::String(bytes) => Value::string(Text::shared(bytes)),
            PlainData::List(items) => {
                let items = items.iter().map(|item| self.constant(item)).collect();
                Data::List(List::new(items)).into()
            }
            PlainData::Map(entries) => {
                let entries: Vec<_> = entries.iter().map(|(k, v)| (k.clone(), self.constant(v))).collect();
                Data::Map(self.rt.new_map(entries)).into()
            }
        }
    }

    /// Brings in what is the same in all renders of these charts with these values.
    pub fn import(&mut self, prepared: &Prepared, capabilities: &Capabilities) -> Imported {
        let capabilities = self.capabilities(capabilities);
        let values = self.values(prepared);
        let mut charts = Vec::new();
        for chart in &prepared.charts {
            // Templates see each chart's values under the named type; the map is the one below its parent's.
            let section = chart.values_path.as_ref().and_then(|path| self.value_at(&values, path));
            let section = match section {
                Some(Value { data: Data::Map(id), origin }) => Value::new(Data::Map(id.named()), origin),
                _ => Data::Map(self.rt.heap.add(MapObject::default()).named()).into(),
            };
            let metadata = self.metadata(&chart.metadata, chart.is_root());
            charts.push([("Chart", metadata), ("Files", self.files(&chart.chart)), ("Values", section)]);
        }
        Imported { heap: std::mem::take(&mut self.rt.heap).freeze(), capabilities, charts: charts.into() }
    }

    /// The contexts of all charts of the tree, in the order of `prepared.charts`.
    pub fn contexts(&mut self, prepared: &Prepared, imported: &Imported, release: &ReleaseInfo) -> Vec<MapId> {
        self.rt.heap = imported.heap.clone();
        self.rt.heap.reserve(MANY);
        let release = self.release(release);
        let mut contexts: Vec<MapId> = Vec::new();
        for (chart, own) in prepared.charts.iter().zip(&*imported.charts) {
            let subcharts = self.rt.heap.add(MapObject::default());
            let mut map = MapObject::default();
            map.entries.extend(own.iter().map(|(name, value)| (key(name), value.clone())));
            map.entries.insert(key("Release"), release.clone());
            map.entries.insert(key("Capabilities"), imported.capabilities.clone());
            map.entries.insert(key("Subcharts"), Data::Map(subcharts).into());
            let context = self.rt.heap.add(map);
            contexts.push(context);
            if let Some(parent) = chart.parent
                && let Some(Value { data: Data::Map(all), .. }) =
                    self.rt.heap.get(contexts[parent]).entries.get(&b"Subcharts"[..]).cloned()
            {
                let entry = Value::new(Data::Map(context), OriginId::NONE);
                self.rt.heap.get_mut(all).entries.insert(key(chart.name()), entry);
            }
        }
        contexts
    }
}

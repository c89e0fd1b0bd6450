//! The inputs of a render, and how each is changed.

use super::*;

/// Everything but the chart and its values.
#[derive(Clone)]
pub struct World {
    release: ReleaseInfo,
    capabilities: Capabilities,
    seed: u64,
    now: (i64, u32),
    /// What lookups find.
    objects: BTreeMap<Query, Arc<Plain>>,
}

struct Objects<'a>(&'a BTreeMap<Query, Arc<Plain>>);

impl Cluster for Objects<'_> {
    fn lookup(&self, query: &Query) -> Answer {
        self.0.get(query).map_or(Answer::Nothing, |object| Answer::Found(object.clone()))
    }
}

impl World {
    pub fn new(flags: &[String]) -> World {
        let is_upgrade = flags.iter().any(|flag| flag == "upgrade");
        let release = ReleaseInfo {
            name: "rel".into(),
            namespace: "default".into(),
            is_install: !is_upgrade,
            is_upgrade,
            revision: if is_upgrade { 2 } else { 1 },
        };
        let capabilities = Capabilities::defaults(&Profile::default());
        World { release, capabilities, seed: 0, now: (1_700_000_000, 0), objects: BTreeMap::new() }
    }

    pub fn render(&self, prepared: &Prepared, cache: &Cache, sources: &Sources) -> Rendering {
        let options = Options {
            release: self.release.clone(),
            capabilities: self.capabilities.clone(),
            lint: false,
            seed: self.seed,
            now: self.now,
            keys: KeySource::Sample,
            limits: Limits::default(),
            profile: Profile::default(),
            forced: None,
            is_followed: true,
        };
        engine::render(prepared, &options, &Objects(&self.objects), cache, sources.clone())
    }

    /// The world in which every lookup of a render finds what the chart renders there, or something like it.
    pub fn with_objects_of(&self, rendering: &Rendering) -> World {
        let mut world = self.clone();
        let mut rendered = Vec::new();
        for file in &rendering.files {
            for text in chartlint::manifest::split(&file.text, &Profile::default()) {
                if let Ok(document) = chartlint::value::yaml::read(text.bytes()) {
                    rendered.push(chartlint::lifecycle::plain(&document.root));
                }
            }
        }
        for lookup in rendering.rt.lookups.iter() {
            world.objects.insert(lookup.query.clone(), Arc::new(found(&lookup.query, &rendered)));
        }
        world
    }
}

/// What a lookup finds.
fn found(query: &Query, rendered: &[Plain]) -> Plain {
    let is_it = |object: &&Plain| {
        let name = object.at(&["metadata", "name"]).and_then(Plain::as_str);
        object.get("kind").and_then(Plain::as_str) == Some(&query.kind) && name == Some(&query.name)
    };
    let object = rendered.iter().find(is_it).cloned().unwrap_or_else(|| {
        let map = |entries: &[(&str, Plain)]| -> Plain {
            let entries = entries.iter().map(|(key, value)| (Key::from(key.as_bytes()), value.clone()));
            PlainData::Map(entries.collect()).into()
        };
        let name = if query.name.is_empty() { "x" } else { &query.name };
        map(&[
            ("apiVersion", Plain::string(&query.api_version)),
            ("kind", Plain::string(&query.kind)),
            (
                "metadata",
                map(&[
                    ("name", Plain::string(name)),
                    ("namespace", Plain::string(&query.namespace)),
                    ("labels", map(&[("app", Plain::string("x"))])),
                    ("annotations", map(&[("note", Plain::string("x"))])),
                ]),
            ),
            ("data", map(&[("password", Plain::string("cGFzcw==")), ("tls.crt", Plain::string("Y3J0"))])),
            ("spec", map(&[("clusterIP", Plain::string("10.0.0.1")), ("replicas", PlainData::Int(3).into())])),
        ])
    });
    if query.name.is_empty() {
        let items = Key::from(&b"items"[..]);
        return PlainData::Map([(items, PlainData::List(vec![object]).into())].into()).into();
    }
    object
}

/// An input that can be changed.
pub enum Input {
    /// A value: its path, and all places where the tree of values has it.
    Value(Vec<Key>, Vec<Vec<Key>>),
    Phase,
    Lookup(Query),
    Seed,
    Clock,
    KubeVersion,
    ApiVersions,
    ChartVersion,
    AppVersion,
    ReleaseName,
    ReleaseNamespace,
    File(String),
}

/// A changed chart, where it is changed, and the world to render it in.
pub type Changed = (Option<Prepared>, World);

/// The inputs of a render: of the values at most `limit`, spread evenly.
pub fn all(prepared: &Prepared, base: &Rendering, limit: usize) -> Vec<Input> {
    let mut inputs = vec![
        Input::Phase,
        Input::Seed,
        Input::Clock,
        Input::KubeVersion,
        Input::ApiVersions,
        Input::ChartVersion,
        Input::AppVersion,
        Input::ReleaseName,
        Input::ReleaseNamespace,
    ];
    let queries: BTreeSet<_> = base.rt.lookups.iter().map(|lookup| lookup.query.clone()).collect();
    inputs.extend(queries.into_iter().map(Input::Lookup));
    let files = prepared.charts.iter().flat_map(|chart| chart.chart.files.iter());
    inputs.extend(files.take(20).map(|file| Input::File(file.path.clone())));
    let mut places: BTreeMap<Vec<Key>, Vec<Vec<Key>>> = BTreeMap::new();
    let mut todo = vec![(Vec::new(), &prepared.values)];
    while let Some((path, plain)) = todo.pop() {
        let children: Vec<(Key, &Plain)> = match &plain.data {
            PlainData::Map(map) => map.iter().map(|(key, value)| (key.clone(), value)).collect(),
            PlainData::List(list) => {
                let key = |i: usize| Key::from(format!("[{i}]").as_bytes());
                list.iter().enumerate().map(|(i, value)| (key(i), value)).collect()
            }
            _ => Vec::new(),
        };
        for (key, value) in children {
            let mut path = path.clone();
            path.push(key);
            todo.push((path, value));
        }
        if !path.is_empty() {
            places.entry(canonical(&path, prepared)).or_default().push(path);
        }
    }
    let step = places.len().div_ceil(limit.max(1)).max(1);
    inputs.extend(places.into_iter().step_by(step).map(|(path, places)| Input::Value(path, places)));
    inputs
}

/// A path as provenance names it: globals of subcharts are the root's, and tables that are one have their first name.
fn canonical(path: &[Key], prepared: &Prepared) -> Vec<Key> {
    let mut path = path.to_vec();
    for places in &prepared.shared {
        let Some((first, others)) = places.split_first() else { continue };
        for other in others {
            if let Some(rest) = path.strip_prefix(other.as_slice()) {
                path = [first.as_slice(), rest].concat();
                break;
            }
        }
    }
    for chart in prepared.charts.iter().filter_map(|chart| chart.values_path.as_ref()) {
        if let Some(rest) = path.strip_prefix(chart.as_slice())
            && rest.first().is_some_and(|key| **key == *b"global")
        {
            return rest.to_vec();
        }
    }
    path
}

impl Input {
    /// Whether one of the causes is this input.
    pub fn is_named(&self, names: &BTreeSet<Cause>, base: &Rendering, prepared: &Prepared) -> bool {
        let arena = &base.rt.arena;
        names.iter().any(|cause| match (self, cause) {
            (Input::Value(path, _), Cause::Values { path: named }) => {
                let named = canonical(&arena.path_keys(*named), prepared);
                path.starts_with(&named) || named.starts_with(path)
            }
            (Input::Phase, Cause::Phase(_)) => true,
            (Input::Lookup(query), Cause::Lookup { call, .. }) => {
                base.rt.lookups.get(*call).is_none_or(|lookup| lookup.query == *query)
            }
            (Input::Seed, Cause::Random { .. }) => true,
            // Certificates and tokens say when they were made.
            (Input::Clock, Cause::Time { .. } | Cause::Random { .. }) => true,
            (Input::KubeVersion | Input::ApiVersions, Cause::Capabilities { path }) => {
                let wanted = if matches!(self, Input::KubeVersion) { "KubeVersion" } else { "APIVersions" };
                arena.path_keys(*path).first().is_none_or(|key| **key == *wanted.as_bytes())
            }
            (Input::ChartVersion, Cause::ChartVersion { app }) => !app,
            (Input::AppVersion, Cause::ChartVersion { app }) => *app,
            (Input::ReleaseName, Cause::Release { field }) => *field == "Name",
            (Input::ReleaseNamespace, Cause::Release { field }) => *field == "Namespace",
            (Input::File(wanted), Cause::Files { path }) => **path == *wanted.as_bytes(),
            _ => false,
        })
    }

    /// The ways to change it.
    pub fn changes(&self, prepared: &Prepared, world: &World) -> Vec<(String, Changed)> {
        let mut other = world.clone();
        let mut changed: Option<Prepared> = None;
        let what = match self {
            Input::Value(path, places) => return changes_of_value(path, places, prepared, world),
            Input::Phase => {
                let release = &mut other.release;
                (release.is_install, release.is_upgrade) = (release.is_upgrade, release.is_install);
                release.revision += 1;
                "phase".to_string()
            }
            Input::Lookup(query) => {
                if other.objects.remove(query).is_none() {
                    other.objects.insert(query.clone(), Arc::new(found(query, &[])));
                }
                format!("lookup {} {} {}", query.kind, query.namespace, query.name)
            }
            Input::Seed => {
                other.seed = 12345;
                "seed".into()
            }
            Input::Clock => {
                other.now = (1_811_111_111, 5);
                "clock".into()
            }
            Input::KubeVersion => {
                // The list of API versions stays.
                let versions = other.capabilities.api_versions.clone();
                other.capabilities.set_version("v1.19.16", &Profile::default()).unwrap();
                other.capabilities.api_versions = versions;
                "kube version".into()
            }
            Input::ApiVersions => {
                other.capabilities.api_versions = vec!["v1".into(), "monitoring.coreos.com/v1".into()];
                "api versions".into()
            }
            Input::ChartVersion | Input::AppVersion => {
                let mut copy = copy(prepared);
                for chart in &mut copy.charts {
                    let field = match self {
                        Input::ChartVersion => &mut chart.metadata.version,
                        _ => &mut chart.metadata.app_version,
                    };
                    *field = "99.88.77".into();
                }
                changed = Some(copy);
                "chart version".into()
            }
            Input::ReleaseName => {
                other.release.name = "other-name".into();
                "release name".into()
            }
            Input::ReleaseNamespace => {
                other.release.namespace = "other-namespace".into();
                "release namespace".into()
            }
            Input::File(path) => {
                let mut copy = copy(prepared);
                for chart in &mut copy.charts {
                    let mut inner = chart_with(&chart.chart, path);
                    std::mem::swap(&mut chart.chart, &mut inner);
                }
                changed = Some(copy);
                format!("file {path}")
            }
        };
        vec![(what, (changed, other))]
    }
}

/// The chart with another content in one file.
fn chart_with(chart: &Arc<Chart>, path: &str) -> Arc<Chart> {
    let mut files = chart.files.clone();
    for file in files.iter_mut().filter(|file| file.path == path) {
        file.bytes = b"changed: true\n"[..].into();
    }
    Arc::new(Chart {
        metadata: chart.metadata.clone(),
        values: Plain::map(),
        schema: None,
        templates: chart.templates.clone(),
        files,
        lock: None,
        dependencies: Vec::new(),
        warnings: Vec::new(),
    })
}

fn copy(prepared: &Prepared) -> Prepared {
    Prepared {
        charts: prepared.charts.clone(),
        values: prepared.values.clone(),
        size: prepared.size,
        shared: prepared.shared.clone(),
        switches: Vec::new(),
        warnings: Vec::new(),
    }
}

fn changes_of_value(path: &[Key], places: &[Vec<Key>], prepared: &Prepared, world: &World) -> Vec<(String, Changed)> {
    let Some(old) = places.first().and_then(|place| at(&prepared.values, place)) else { return Vec::new() };
    let string = |text: &str| Some(PlainData::String(text.as_bytes().into()));
    let new: Vec<Option<PlainData>> = match &old.data {
        PlainData::Null => vec![string("other")],
        PlainData::Bool(b) => vec![Some(PlainData::Bool(!b)), None],
        PlainData::Int(i) => vec![Some(PlainData::Int(i.wrapping_add(1))), Some(PlainData::Int(0)), None],
        PlainData::Float(f) => vec![Some(PlainData::Float(f + 1.0)), Some(PlainData::Float(0.0)), None],
        PlainData::String(s) if s.is_empty() => vec![string("other"), None],
        PlainData::String(_) => vec![string("other"), string(""), None],
        PlainData::Map(map) => {
            let mut more = map.clone();
            more.insert(Key::from(&b"other"[..]), Plain::string("other"));
            vec![Some(PlainData::Map(more)), Some(PlainData::Map(BTreeMap::new().into()))]
        }
        PlainData::List(list) => {
            let more = list.iter().cloned().chain(list.first().cloned()).collect();
            vec![Some(PlainData::List(more)), Some(PlainData::List(Vec::new()))]
        }
    };
    let shown: Vec<_> = path.iter().map(|key| String::from_utf8_lossy(key)).collect();
    let shown = shown.join(".");
    let mut changes = Vec::new();
    for new in new {
        let mut copy = copy(prepared);
        let is_in_list = path.last().is_some_and(|key| key.starts_with(b"["));
        if new.is_none() && is_in_list {
            continue;
        }
        for place in places {
            change(&mut copy.values, place, new.as_ref());
        }
        let short = format!("{:?}", new).chars().take(60).collect::<String>();
        changes.push((format!("{shown} = {short}"), (Some(copy), world.clone())));
    }
    changes
}

fn at<'a>(plain: &'a Plain, path: &[Key]) -> Option<&'a Plain> {
    path.iter().try_fold(plain, |plain, key| match &plain.data {
        PlainData::Map(map) => map.get(key),
        PlainData::List(list) => list.get(index(key)?),
        _ => None,
    })
}

fn index(key: &[u8]) -> Option<usize> {
    std::str::from_utf8(key).ok()?.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

/// Sets or removes the value at a path.
fn change(plain: &mut Plain, path: &[Key], new: Option<&PlainData>) {
    let Some((key, rest)) = path.split_first() else { return };
    match &mut plain.data {
        PlainData::Map(map) if rest.is_empty() => match (new, map.get_mut(key)) {
            (Some(new), Some(old)) => old.data = new.clone(),
            (None, Some(_)) => {
                map.remove(key);
            }
            _ => {}
        },
        PlainData::Map(map) => {
            if let Some(inner) = map.get_mut(key) {
                change(inner, rest, new);
            }
        }
        PlainData::List(list) => {
            if let Some(inner) = index(key).and_then(|i| list.get_mut(i)) {
                match (rest.is_empty(), new) {
                    (true, Some(new)) => inner.data = new.clone(),
                    (true, None) => {}
                    (false, _) => change(inner, rest, new),
                }
            }
        }
        _ => {}
    }
}

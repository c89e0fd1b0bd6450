//! From a chart and the user's values to what templates see: which charts take part, and one tree of values.

use super::coalesce::{Coalescer, Rules, Warning};
use super::dependencies::{self, Switch};
use super::error::{PrepareError, PrepareErrorKind};
use super::graph::{Graph, NodeId};
use super::limits::{MAX_CHARTS, MAX_NESTING};
use super::model::{Chart, Metadata};
use super::schema;
use super::tables::Size;
use super::versions;
use crate::profile::Profile;
use crate::value::{Key, Plain, PlainData};
use std::sync::Arc;

/// What a chart is prepared for.
#[derive(Clone, Debug, Default)]
pub struct PrepareOptions {
    /// The version of Kubernetes as Helm prints it, for the chart's `kubeVersion`; none to check nothing.
    pub kube_version: Option<String>,
    /// Do not look at values.schema.json (`--skip-schema-validation`).
    pub skip_schemas: bool,
    /// Do not refuse library charts, as `helm lint` does not.
    pub allow_library: bool,
}

/// A chart with values, ready to be rendered.
#[derive(Debug)]
pub struct Prepared {
    /// The charts that take part, each before its subcharts; the first is the root.
    pub charts: Vec<PreparedChart>,
    /// The one tree of values: a subchart's own lie under its name.
    pub values: Plain,
    /// How large it is, lists left out.
    pub size: Size,
    /// Places in the tree that are one table in Helm, so that what a template sets in one is seen in the others.
    pub shared: Vec<Vec<Vec<Key>>>,
    /// How it was decided which dependencies take part.
    pub switches: Vec<Switch>,
    /// What Helm warns of, and what cannot be told.
    pub warnings: Vec<Warning>,
}

/// A chart that takes part.
#[derive(Clone, Debug)]
pub struct PreparedChart {
    pub chart: Arc<Chart>,
    /// Its path in the names of templates: `c/charts/s`, with aliases.
    pub path: String,
    /// With the alias for a name, and the dependencies that take part.
    pub metadata: Metadata,
    /// The number of the chart that it is in; none for the root.
    pub parent: Option<usize>,
    /// The numbers of its subcharts.
    pub subcharts: Vec<usize>,
    /// Where its values lie in the tree. None where Helm finds none for the chart's name, and gives it an empty table.
    pub values_path: Option<Vec<Key>>,
}

impl PreparedChart {
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    pub fn is_root(&self) -> bool {
        self.parent.is_none()
    }
}

/// Prepares a chart as `helm template` does before it parses templates.
pub fn prepare(
    root: &Arc<Chart>,
    user: &Plain,
    options: &PrepareOptions,
    profile: &Profile,
) -> Result<Prepared, PrepareError> {
    let installable = |text: String| Err(PrepareError::new(PrepareErrorKind::NotInstallable, text));
    if root.is_library() && !options.allow_library {
        return installable(format!("{} charts are not installable", root.metadata.kind));
    }
    check_dependencies(root, profile)?;
    if profile.is_helm4() && root.metadata.api_version == "v3" {
        return installable("invalid chart apiVersion".into());
    }
    let mut coalescer = Coalescer::new(Rules::of(profile));
    check_lists(root, user, &coalescer.rules)?;
    let mut graph = Graph::default();
    let node = graph.load(root, &mut coalescer.tables);
    let user = coalescer.tables.load(user);
    let switches = dependencies::process(&mut graph, node, user, &mut coalescer, profile).map_err(|e| {
        let prefix = if profile.is_helm4() { "chart dependencies processing failed: " } else { "" };
        PrepareError { message: format!("{prefix}{}", e.message), ..e }
    })?;
    let values = coalescer.values(&graph, node, user, false)?;
    let (values, size, shared) = coalescer.tables.plain_of(values);
    coalescer.check()?;
    let mut prepared = Prepared { charts: Vec::new(), values, size, shared, switches, warnings: Vec::new() };
    collect(&mut prepared, &graph, node, None, Some(Vec::new()))?;
    prepared.warnings = coalescer.warnings;
    if !options.skip_schemas {
        check_schemas(&mut prepared, profile)?;
    }
    check_kubernetes(root, options, profile)?;
    Ok(prepared)
}

/// Helm's `action.CheckDependencies`: by name alone.
fn check_dependencies(root: &Chart, profile: &Profile) -> Result<(), PrepareError> {
    let listed = root.metadata.dependencies.as_deref().unwrap_or_default();
    let is_there = |name: &str| root.dependencies.iter().any(|chart| chart.metadata.name == name);
    let missing: Vec<_> = listed.iter().filter(|dependency| !is_there(&dependency.name)).collect();
    let Some(first) = missing.first() else { return Ok(()) };
    let article = if profile.is_helm4() { "an" } else { "An" };
    let quote = if profile.since(4, 2, 0) { '\'' } else { '`' };
    let names: Vec<_> = missing.iter().map(|dependency| dependency.name.as_str()).collect();
    let message = format!(
        "{article} error occurred while checking for chart dependencies. You may need to run {quote}helm dependency build{quote} \
         to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: {}",
        names.join(", ")
    );
    Err(PrepareError { span: Some(first.span), ..PrepareError::new(PrepareErrorKind::MissingDependency, message) })
}

/// Helm 4.1.0 crashes on a null in a list.
fn check_lists(root: &Chart, user: &Plain, rules: &Rules) -> Result<(), PrepareError> {
    fn null_in_list(plain: &Plain, in_list: bool, depth: usize) -> Option<&Plain> {
        match &plain.data {
            PlainData::Null if in_list => Some(plain),
            PlainData::List(list) if depth < MAX_NESTING => list.iter().find_map(|p| null_in_list(p, true, depth + 1)),
            PlainData::Map(map) if depth < MAX_NESTING => map.values().find_map(|p| null_in_list(p, false, depth + 1)),
            _ => None,
        }
    }
    if !rules.crashes_on_null_in_list {
        return Ok(());
    }
    let Some(null) = null_in_list(user, false, 0).or_else(|| null_in_list(&root.values, false, 0)) else {
        return Ok(());
    };
    let message = "panic: reflect: call of reflect.Value.Set on zero Value".to_string();
    Err(PrepareError { span: Some(null.span), ..PrepareError::new(PrepareErrorKind::Values, message) })
}

/// Lists the charts as Helm's engine walks them.
fn collect(
    prepared: &mut Prepared,
    graph: &Graph,
    node: NodeId,
    parent: Option<usize>,
    values_path: Option<Vec<Key>>,
) -> Result<usize, PrepareError> {
    let index = prepared.charts.len();
    // A subchart that several aliases share stands in the list once for each.
    if index >= MAX_CHARTS {
        return Err(PrepareError::new(PrepareErrorKind::Limit, "there are too many charts in this chart".into()));
    }
    let chart = graph.chart(node).clone();
    let mut metadata = chart.metadata.clone();
    metadata.name = graph.name(node).into();
    metadata.dependencies = graph.listed(node).map(|ids| ids.iter().map(|id| graph.dependency(*id).clone()).collect());
    prepared.charts.push(PreparedChart {
        chart,
        path: graph.full_path(node),
        metadata,
        parent,
        subcharts: Vec::new(),
        values_path: values_path.clone(),
    });
    for &child in graph.children(node) {
        let inner = values_path.as_ref().and_then(|path| {
            // Helm splits the name at dots, so a name that has one leads nowhere, or elsewhere.
            let mut path = path.clone();
            path.extend(graph.name(child).split('.').map(|name| Key::from(name.as_bytes())));
            let found = path.iter().try_fold(&prepared.values, |plain, key| plain.as_map()?.get(key))?;
            found.as_map().map(|_| path)
        });
        let child = collect(prepared, graph, child, Some(index), inner)?;
        prepared.charts[index].subcharts.push(child);
    }
    Ok(index)
}

/// Validates the values of each chart, parents first.
fn check_schemas(prepared: &mut Prepared, profile: &Profile) -> Result<(), PrepareError> {
    let mut message = String::new();
    let mut span = None;
    // The values of each chart, found by the whole name, unlike in templates.
    let mut values: Vec<Option<&Plain>> = Vec::new();
    for prepared_chart in &prepared.charts {
        let own = match prepared_chart.parent {
            None => Some(&prepared.values),
            Some(parent) => values[parent].and_then(|plain| plain.get(prepared_chart.name())),
        };
        values.push(own);
        let Some(own) = own else { continue };
        if let Some(lines) = schema::validate(&prepared_chart.chart, own, profile, &mut prepared.warnings) {
            message.push_str(&format!("{}:\n{lines}", prepared_chart.name()));
            span = span.or(prepared_chart.chart.schema.as_ref().map(super::Schema::span));
        }
    }
    if message.is_empty() {
        return Ok(());
    }
    let message =
        format!("values don't meet the specifications of the schema(s) in the following chart(s):\n{message}");
    Err(PrepareError { span, ..PrepareError::new(PrepareErrorKind::Schema, message) })
}

fn check_kubernetes(root: &Chart, options: &PrepareOptions, profile: &Profile) -> Result<(), PrepareError> {
    let (range, Some(version)) = (&root.metadata.kube_version, &options.kube_version) else { return Ok(()) };
    if range.is_empty() || versions::is_compatible(range, version, profile) {
        return Ok(());
    }
    let message = format!("chart requires kubeVersion: {range} which is incompatible with Kubernetes {version}");
    let span = root.metadata.field("kubeVersion").map(|plain| plain.span);
    Err(PrepareError { span, ..PrepareError::new(PrepareErrorKind::KubeVersion, message) })
}

//! A chart as it was loaded.

use super::schema::Compiled;
use crate::source::{Content, Span};
use crate::value::Plain;
use std::sync::{Arc, OnceLock};

/// A file of a chart before anything is known of it.
#[derive(Clone, PartialEq, Debug)]
pub struct RawFile {
    /// Relative to the chart, with slashes.
    pub path: String,
    pub bytes: Content,
}

/// A file of a chart.
#[derive(Clone, PartialEq, Debug)]
pub struct ChartFile {
    /// Relative to the chart that it belongs to, with slashes.
    pub path: String,
    /// The address of its first byte; 0 for files that are only read by `.Files`.
    pub base: u32,
    pub bytes: Content,
}

/// A chart with its subcharts.
#[derive(Clone, Debug)]
pub struct Chart {
    pub metadata: Metadata,
    /// The defaults of values.yaml; an empty map where there is none.
    pub values: Plain,
    pub schema: Option<Schema>,
    /// What is under templates/, in the order of the paths.
    pub templates: Vec<ChartFile>,
    /// What `.Files` holds, in the order of the paths; the files of crds/ too.
    pub files: Vec<ChartFile>,
    pub lock: Option<Lock>,
    /// What is under charts/, in the order of the names there.
    pub dependencies: Vec<Arc<Chart>>,
    /// What Helm warns of while it loads the chart.
    pub warnings: Vec<super::Warning>,
}

/// Chart.yaml with requirements.yaml over it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Metadata {
    pub api_version: String,
    pub name: String,
    pub version: String,
    pub description: String,
    /// `application`, `library` or empty.
    pub kind: String,
    pub home: String,
    pub icon: String,
    pub app_version: String,
    pub kube_version: String,
    pub deprecated: bool,
    pub condition: String,
    pub tags: String,
    pub sources: Option<Vec<String>>,
    pub keywords: Option<Vec<String>>,
    pub maintainers: Option<Vec<Maintainer>>,
    pub annotations: Option<Vec<(String, String)>>,
    /// `None` where the key is missing or null: then Helm looks at no dependency, nor at those of subcharts.
    pub dependencies: Option<Vec<Dependency>>,
    /// Chart.yaml as it was read.
    pub raw: Plain,
    /// requirements.yaml as it was read.
    pub requirements: Option<Plain>,
}

/// A maintainer of a chart.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Maintainer {
    pub name: String,
    pub email: String,
    pub url: String,
}

/// An entry of `dependencies`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Dependency {
    /// The name of the chart; in a chart that was prepared, the alias if there is one.
    pub name: String,
    pub version: String,
    pub repository: String,
    pub condition: String,
    pub tags: Option<Vec<String>>,
    pub enabled: bool,
    /// Strings, or maps with `child` and `parent`; in a chart that was prepared, maps alone.
    pub import_values: Option<Vec<Plain>>,
    pub alias: String,
    /// The entry in its file.
    pub span: Span,
    /// Where the condition is written.
    pub condition_span: Span,
}

/// Chart.lock, or requirements.lock.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Lock {
    pub digest: String,
    pub generated: String,
    pub dependencies: Vec<Dependency>,
    /// The file as it was read.
    pub raw: Plain,
}

/// values.schema.json.
#[derive(Clone, Debug)]
pub struct Schema {
    pub file: ChartFile,
    /// The schema, compiled when it is first asked.
    pub(super) compiled: Arc<OnceLock<Compiled>>,
}

impl Schema {
    /// Where the file is.
    pub fn span(&self) -> Span {
        self.file.span()
    }
}

impl ChartFile {
    /// The addresses of the file.
    pub fn span(&self) -> Span {
        Span::new(self.base, self.base.saturating_add(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX)))
    }

    /// The last component of the path.
    pub fn base_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

impl Chart {
    pub fn is_library(&self) -> bool {
        self.metadata.kind.eq_ignore_ascii_case("library")
    }

    /// The files of crds/ that Helm takes for manifests. They are not templates.
    pub fn crds(&self) -> impl Iterator<Item = &ChartFile> {
        self.files.iter().filter(|file| {
            let extension = file.base_name().rsplit_once('.').map_or("", |(_, extension)| extension);
            file.path.starts_with("crds/") && ["yaml", "yml", "json"].iter().any(|e| extension.eq_ignore_ascii_case(e))
        })
    }
}

impl Metadata {
    /// A field as it was read, with its place: from requirements.yaml where that has it.
    pub fn field(&self, name: &str) -> Option<&Plain> {
        self.requirements
            .as_ref()
            .and_then(|raw| super::metadata::field(raw, name))
            .or_else(|| super::metadata::field(&self.raw, name))
    }
}

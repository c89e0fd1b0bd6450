//! Causes in words.

use super::Rendering;
use crate::value::origin::{Cause, PhaseField};

impl Rendering {
    /// A cause in words: `lookup v1/Service default/web .spec.clusterIP`, `values .image.tag`.
    pub fn cause_text(&self, cause: &Cause) -> String {
        let arena = &self.rt.arena;
        let below = |path| match arena.path_text(path) {
            text if text.is_empty() || text.starts_with('[') => text,
            text => format!(".{text}"),
        };
        match cause {
            Cause::Lookup { call, path } => match self.rt.lookups.get(*call) {
                Some(lookup) => {
                    let query = &lookup.query;
                    let object = match (query.namespace.as_str(), query.name.as_str()) {
                        ("", "") => "(all)".to_string(),
                        ("", name) => name.to_string(),
                        (namespace, "") => format!("{namespace}/(all)"),
                        (namespace, name) => format!("{namespace}/{name}"),
                    };
                    let path = below(*path);
                    let space = if path.is_empty() { "" } else { " " };
                    format!("lookup {}/{} {object}{space}{path}", query.api_version, query.kind)
                }
                None => "lookup".into(),
            },
            Cause::Phase(PhaseField::IsInstall) => "release .IsInstall".into(),
            Cause::Phase(PhaseField::IsUpgrade) => "release .IsUpgrade".into(),
            Cause::Phase(PhaseField::Revision) => "release .Revision".into(),
            Cause::Random { draw } => match self.rt.draws.get(*draw) {
                Some(draw) => format!("random {}", draw.function),
                None => "random".into(),
            },
            Cause::Time { .. } => "clock".into(),
            Cause::Dns { .. } => "dns".into(),
            Cause::Capabilities { path } => format!("capabilities {}", below(*path)),
            Cause::ChartVersion { app: false } => "chart .Version".into(),
            Cause::ChartVersion { app: true } => "chart .AppVersion".into(),
            Cause::Values { path } if path.is_none() => "values".into(),
            Cause::Values { path } => format!("values {}", below(*path)),
            Cause::Files { path } => format!("file {}", String::from_utf8_lossy(path)),
            Cause::Release { field } => format!("release .{field}"),
        }
    }
}

//! Which charts the paths of a command line mean.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The charts of some paths, each once, in a fixed order.
#[derive(Default, Debug)]
pub struct Found {
    pub charts: BTreeSet<PathBuf>,
    /// Files outside of any chart, which hooks may pass: no error.
    pub outside: Vec<PathBuf>,
    /// Paths at which there is nothing.
    pub missing: Vec<PathBuf>,
    /// Folders without a chart.
    pub empty: Vec<PathBuf>,
    /// Folders that cannot be read, with the system's message.
    pub unreadable: Vec<String>,
}

/// Folders deeper than this are not searched.
const MAX_DEPTH: usize = 64;

/// Finds the charts of the paths: a chart's folder, an archive, a file inside a chart, or a folder of charts.
pub fn find(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        let Ok(metadata) = std::fs::metadata(path) else {
            found.missing.push(path.clone());
            continue;
        };
        if metadata.is_dir() {
            folder(path, &mut found);
        } else if is_archive(path) {
            found.charts.insert(path.clone());
        } else {
            match chart_of(path) {
                Some(chart) => _ = found.charts.insert(chart),
                None => found.outside.push(path.clone()),
            }
        }
    }
    found
}

fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tgz"))
}

fn is_chart(folder: &Path) -> bool {
    folder.join("Chart.yaml").is_file()
}

/// The outermost chart that a file belongs to: a dependency in charts/ is part of the chart around it.
fn chart_of(file: &Path) -> Option<PathBuf> {
    let mut chart: Option<PathBuf> = None;
    for folder in file.ancestors().skip(1) {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        if is_chart(folder) {
            chart = Some(folder.to_path_buf());
        } else if let Some(inner) = &chart {
            // Above a chart, only the charts/ folder of another one leads further.
            let is_dependency = inner.parent().is_some_and(|p| p.file_name().is_some_and(|n| n == "charts"));
            if !is_dependency {
                break;
            }
        }
    }
    chart
}

/// The charts below a folder that are nobody's dependency.
fn folder(path: &Path, found: &mut Found) {
    if is_chart(path) {
        found.charts.insert(path.to_path_buf());
        return;
    }
    let before = found.charts.len();
    let walk = WalkDir::new(path).max_depth(MAX_DEPTH).sort_by_file_name().into_iter();
    // What is inside a chart belongs to it; hidden folders hold no charts.
    let mut walk = walk.filter_entry(|entry| {
        let is_hidden = entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
        !is_hidden && entry.file_name() != "node_modules"
    });
    while let Some(entry) = walk.next() {
        match entry {
            Ok(entry) if entry.file_type().is_dir() && is_chart(entry.path()) => {
                found.charts.insert(entry.into_path());
                walk.skip_current_dir();
            }
            Ok(_) => {}
            Err(error) => found.unreadable.push(error.to_string()),
        }
    }
    if found.charts.len() == before {
        found.empty.push(path.to_path_buf());
    }
}

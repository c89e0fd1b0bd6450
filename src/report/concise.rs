//! One line a finding.

use crate::finding::Finding;
use crate::source::Sources;

/// `path:line:col: severity[rule] title`
pub fn finding(finding: &Finding, sources: &Sources) -> String {
    let place = match sources.locate(finding.primary.start) {
        Some((file, at)) if finding.primary.start != 0 => format!("{}:{}:{}", file.path, at.line, at.column),
        _ => finding.chart.clone(),
    };
    let title = finding.title.replace('\n', " ");
    format!("{place}: {}[{}] {title}\n", finding.severity, finding.rule)
}

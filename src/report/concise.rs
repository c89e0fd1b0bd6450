//! One line a finding.

use crate::finding::Finding;
use crate::source::Sources;

/// `path:line:col: severity[rule] title`, and in parentheses the values that it takes, where they are not the chart's own.
pub fn finding(finding: &Finding, sources: &Sources) -> String {
    let place = match sources.locate(finding.primary.start) {
        Some((file, at)) if finding.primary.start != 0 => format!("{}:{}:{}", file.path, at.line, at.column),
        _ => finding.chart.clone(),
    };
    let title = finding.title.replace('\n', " ");
    let values = match finding.values.as_str() {
        "" => String::new(),
        values => {
            // What no flag passes stands in parentheses of its own.
            let values =
                values.replace('\n', " ").replace("(and ", "and ").replace("somebody else's)", "somebody else's");
            format!(" (with {})", values.strip_prefix("and ").unwrap_or(&values))
        }
    };
    format!("{place}: {}[{}] {title}{values}\n", finding.severity, finding.rule)
}

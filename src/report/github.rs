//! Annotations of GitHub Actions: one workflow command a finding, which the runner draws at its line.

use super::{Chart, Run, Told, chart_file, details_text, region, uri};
use crate::finding::Severity;

/// `::error file=…,line=…,col=…,endLine=…,endColumn=…,title=…::message`, one a line.
pub fn report(run: &Run<'_>) -> String {
    let mut out = String::new();
    for failure in &run.failures {
        out.push_str(&command("error", &[("title", "chartlint".into())], failure.message));
    }
    for (chart, told) in run.heard() {
        out.push_str(&annotation(chart, told));
    }
    out
}

fn annotation(chart: &Chart<'_>, told: &Told<'_>) -> String {
    let finding = told.finding;
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    match region(finding.primary, told.sources) {
        Some(at) => {
            properties.push(("file", uri::slashed(&at.path)));
            properties.push(("line", at.line.to_string()));
            properties.push(("endLine", at.end_line.to_string()));
            // The runner takes columns of one line only.
            if at.line == at.end_line {
                properties.push(("col", at.column.to_string()));
                properties.push(("endColumn", at.end_column.to_string()));
            }
        }
        None => properties.push(("file", uri::slashed(&chart_file(&chart.path)))),
    }
    properties.push(("title", format!("{} [{}]", finding.rule, finding.certainty)));
    let details = details_text(finding);
    let message = if details.is_empty() { finding.title.clone() } else { format!("{}\n{details}", finding.title) };
    command(level, &properties, &message)
}

/// A workflow command. Values are escaped as the runner unescapes them: `%`, line breaks, and in properties `:` and `,`.
fn command(name: &str, properties: &[(&str, String)], message: &str) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(key, value)| format!("{key}={}", escape_property(value))).collect();
    format!("::{name} {}::{}\n", properties.join(","), escape_message(message))
}

fn escape_message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape_message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_value_is_escaped() {
        let line = command("error", &[("file", "a,b:c%.yaml".into())], "50% of a::b,\r\nand more");
        assert_eq!(line, "::error file=a%2Cb%3Ac%25.yaml::50%25 of a::b,%0D%0Aand more\n");
    }
}

//! JUnit's XML, which most servers that run builds draw: a suite a chart, a case a finding.

use super::{Chart, Run, Told, chart_file, details_text, region, uri};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite, XmlString};

/// The report. Findings at or above the severity that fails the run are failures; those below it pass and say so in their
/// output, suppressed ones are skipped; a chart that was not analysed is an error.
pub fn report(run: &Run<'_>) -> String {
    let mut report = Report::new("chartlint");
    for chart in &run.charts {
        let mut suite = TestSuite::new(chart.path.as_str());
        for told in &chart.findings {
            suite.add_test_case(case(chart, told));
        }
        if chart.findings.is_empty() {
            let mut case = TestCase::new("no findings", TestCaseStatus::success());
            case.set_classname(chart.path.as_str());
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    for failure in &run.failures {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(failure.message);
        let mut case = TestCase::new("analysis", status);
        case.set_classname(failure.path.as_str());
        let mut suite = TestSuite::new(failure.path.as_str());
        suite.add_test_case(case);
        report.add_test_suite(suite);
    }
    // Strings are cleaned of what XML cannot hold, and writing to memory does not fail.
    let mut text = report.to_string().unwrap_or_default();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn case(chart: &Chart<'_>, told: &Told<'_>) -> TestCase {
    let finding = told.finding;
    let at = region(finding.primary, told.sources);
    let path = uri::slashed(&at.as_ref().map_or_else(|| chart_file(&chart.path), |at| at.path.clone()));
    let place = at.as_ref().map_or(path.clone(), |at| format!("{path}:{}:{}", at.line, at.column));
    let description = format!("{place}\n{}", details_text(finding));
    let status = match told.suppression {
        Some(suppression) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(suppression.reason);
            status
        }
        None if finding.severity >= chart.fail_on => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(finding.title.as_str());
            status.set_type(finding.severity.to_string());
            status.set_description(description.as_str());
            status
        }
        None => TestCaseStatus::success(),
    };
    let is_passed = matches!(status, TestCaseStatus::Success { .. });
    let mut case = TestCase::new(format!("{}: {}", finding.rule, finding.title), status);
    case.set_classname(chart.path.as_str());
    if is_passed {
        case.set_system_out(format!("{}: {}\n{description}", finding.severity, finding.title));
    }
    // Not of the first JUnit; GitLab, CircleCI and others link them.
    case.extra.insert(XmlString::new("file"), XmlString::new(&path));
    if let Some(at) = at {
        case.extra.insert(XmlString::new("line"), XmlString::new(at.line.to_string()));
    }
    case
}

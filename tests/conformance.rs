//! Every recorded case, rendered under every recorded version of Helm, comes out as Helm renders it.
//!
//! `CONFORMANCE=part-of-a-name cargo test --test conformance` runs the cases with that in their name and prints all
//! that differs. `conformance/README.md` says how the cases were recorded and how to add one.

use std::collections::BTreeMap;

use rayon::prelude::*;

#[path = "conformance/adapter.rs"]
mod adapter;
#[path = "conformance/exceptions.rs"]
mod exceptions;
#[path = "conformance/recording.rs"]
mod recording;

use exceptions::{Asked, Exception};
use recording::{Case, Recording};

/// How many differences are printed; all of them are in the report.
const PRINTED: usize = 30;

/// How one case under one version compares with Helm.
struct Verdict<'a> {
    case: &'a Case,
    version: &'a str,
    same: bool,
    same_place: bool,
    difference: String,
}

fn judge<'a>(case: &'a Case, versions: &[(&str, &'a str)]) -> Vec<Verdict<'a>> {
    let chart = case.chart().expect("the files of a case can be written");
    let one = |(label, version): &(&str, &'a str)| {
        let (expected, found) = (case.expected(label, version), case.found(&chart, version));
        let same = expected.is(&found);
        let difference = if same { String::new() } else { expected.difference(&found) };
        Verdict { case, version, same, same_place: expected.is_at_the_place_of(&found), difference }
    };
    versions.iter().map(one).collect()
}

#[test]
fn every_case_renders_as_helm_renders_it() {
    let recording = Recording::load();
    let exceptions =
        exceptions::parse(include_str!("conformance/exceptions.tsv")).unwrap_or_else(|error| panic!("{error}"));
    let wanted = std::env::var("CONFORMANCE").ok();
    let versions = recording.versions();
    let chosen = |case: &&Case| wanted.as_ref().is_none_or(|part| case.name.contains(part.as_str()));
    let cases: Vec<_> = recording.cases.iter().filter(chosen).collect();
    let verdicts: Vec<_> = cases.into_par_iter().flat_map_iter(|case| judge(case, &versions)).collect();

    let mut complaints = Vec::new();
    for verdict in &verdicts {
        let heading = format!("{} (Helm {})", verdict.case.name, verdict.version);
        let exception = exceptions.iter().find(|one| one.covers(&verdict.case.name, verdict.version));
        match exception {
            None if verdict.same => {}
            Some(one) if verdict.same => {
                if one.names(verdict.version) {
                    complaints.push(format!(
                        "{heading} is an exception, and renders as Helm does: line {} is stale\n",
                        one.line
                    ));
                }
            }
            Some(Exception { asked: Asked::Nothing, .. }) => {}
            Some(Exception { asked: Asked::Place, .. }) if verdict.same_place => {}
            _ => complaints.push(format!("{heading}\n{}", verdict.difference)),
        }
    }
    if wanted.is_none() {
        let used = |one: &Exception| {
            verdicts.iter().any(|verdict| !verdict.same && one.covers(&verdict.case.name, verdict.version))
        };
        for one in exceptions.iter().filter(|one| !used(one)) {
            complaints.push(format!("line {}: no case needs the exception for {}\n", one.line, one.case));
        }
        print_exceptions(&exceptions);
    }
    print_counts(&verdicts);

    let report = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("conformance.txt");
    std::fs::write(&report, complaints.join("\n")).expect("the report can be written");
    let shown = if wanted.is_some() { usize::MAX } else { PRINTED };
    for complaint in complaints.iter().take(shown) {
        println!("{complaint}");
    }
    assert!(complaints.is_empty(), "{} complaints; all are in {}", complaints.len(), report.display());
}

fn print_exceptions(exceptions: &[Exception]) {
    println!("{} exceptions", exceptions.len());
    for one in exceptions {
        println!("    {}: {}", one.case, one.reason);
    }
}

/// How many cases are the same, by version and by section.
fn print_counts(verdicts: &[Verdict]) {
    let mut counts: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for verdict in verdicts {
        for key in [("Helm", verdict.version), ("section", verdict.case.section.as_str())] {
            let (same, all) = counts.entry(key).or_default();
            *same += usize::from(verdict.same);
            *all += 1;
        }
    }
    for ((what, which), (same, all)) in counts {
        println!("{what} {which}: {same} of {all} the same");
    }
}

/// A chart without values and with one template.
fn chart_with(template: &str) -> adapter::Chart {
    let files = [("Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n"), ("templates/t.yaml", template)];
    let files = files.map(|(path, text)| (path.to_string(), text.to_string()));
    adapter::Chart::new(&files.into()).expect("the files of a chart can be written")
}

fn rendered(chart: &adapter::Chart, version: &str) -> Result<String, String> {
    recording::as_recorded(chart.render(&[], version, adapter::Wanted::File))
}

#[test]
fn every_version_has_the_functions_of_helm() {
    #[derive(serde::Deserialize)]
    struct Difference {
        added: Vec<String>,
        missing: Vec<String>,
    }
    #[derive(serde::Deserialize)]
    struct Functions {
        reference: String,
        functions: Vec<String>,
        differences: BTreeMap<String, Difference>,
    }
    let known: Functions =
        serde_json::from_str(include_str!("conformance/functions.json")).expect("functions.json is a list");
    let added = known.differences.values().flat_map(|difference| &difference.added);
    let names: std::collections::BTreeSet<_> = known.functions.iter().chain(added).collect();
    let mut wrong = Vec::new();
    for name in &names {
        let chart = chart_with(&format!("{{{{ if false }}}}{{{{ {name} }}}}{{{{ end }}}}"));
        for version in known.differences.keys().chain([&known.reference]) {
            let has = match known.differences.get(version) {
                None => known.functions.contains(name),
                Some(Difference { added, missing }) => {
                    added.contains(name) || known.functions.contains(name) && !missing.contains(name)
                }
            };
            let answer = rendered(&chart, version);
            let not_defined =
                matches!(&answer, Err(error) if error.contains(&format!("function \"{name}\" not defined")));
            if has == not_defined {
                wrong.push(format!("Helm {version} {} {name}, ours: {answer:?}", if has { "has" } else { "has no" }));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_version_has_the_capabilities_of_helm() {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Capabilities {
        kube_version: String,
        #[serde(rename = "APIVersions")]
        api_versions: Vec<String>,
    }
    #[derive(serde::Deserialize)]
    struct Known {
        versions: BTreeMap<String, Capabilities>,
    }
    let known: Known =
        serde_json::from_str(include_str!("conformance/capabilities.json")).expect("capabilities.json is a list");
    let chart = chart_with("{{ .Capabilities.KubeVersion.Version }} {{ toJson .Capabilities.APIVersions }}");
    for (version, capabilities) in known.versions {
        let wanted = serde_json::to_string(&capabilities.api_versions).expect("a list of strings is JSON");
        assert_eq!(rendered(&chart, &version), Ok(format!("{} {wanted}", capabilities.kube_version)), "Helm {version}");
    }
}

#[test]
fn bytes_that_are_no_text_are_compared_as_recorded() {
    assert_eq!(recording::backslash_replace(b"a\xffb\xe2\x82\xac\xe2\x82"), "a\\xffb\u{20ac}\\xe2\\x82");
}

#[test]
fn the_place_of_an_error_leaves_out_what_a_library_says() {
    let error = "template: c/templates/t.yaml:1:3: executing \"c/templates/t.yaml\" at <fromYaml \"a: [\">: error calling fromYaml: yaml: line 1: oops";
    assert_eq!(
        recording::place(error),
        [
            "template: c/templates/t.yaml:1:3: executing \"c/templates/t.yaml\" at <fromYaml \"a: [\">: error calling fromYaml: "
        ]
    );
    assert_eq!(recording::place("schema:\nc:\n- at '/a': got 0, want 1"), ["schema:", "c:", "- at '/a': "]);
}

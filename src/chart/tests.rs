//! Charts that are odd or hostile.

use super::*;
use crate::profile::Profile;
use crate::source::Sources;
use crate::value::{Plain, PlainData};
use std::sync::Arc;

fn file(path: &str, text: impl AsRef<[u8]>) -> RawFile {
    RawFile { path: path.into(), bytes: text.as_ref().into() }
}

fn chart_yaml(path: &str, name: &str, rest: &str) -> RawFile {
    file(&format!("{path}Chart.yaml"), format!("apiVersion: v2\nname: {name}\nversion: 0.1.0\n{rest}"))
}

fn loaded(files: Vec<RawFile>, sources: &mut Sources) -> Result<Chart, LoadError> {
    load(files, &LoadAt { root: "./c".into() }, sources, &Profile::default())
}

fn prepared(files: Vec<RawFile>) -> Result<Prepared, PrepareError> {
    let chart = loaded(files, &mut Sources::default()).unwrap();
    prepare(&Arc::new(chart), &Plain::map(), &PrepareOptions::default(), &Profile::default())
}

fn archive_of(files: &[RawFile]) -> Vec<u8> {
    let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for file in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(file.bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, format!("x/{}", file.path), &*file.bytes).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

#[test]
fn files_have_a_place_and_a_name() {
    let inner = [chart_yaml("", "s", ""), file("templates/x.yaml", "x"), file("values.yaml", "a: 1")];
    let files = vec![
        chart_yaml("", "c", ""),
        file("templates/t.yaml", "\u{feff}t"),
        file("values.yaml", "v: 1"),
        file("charts/s-1.0.0.tgz", archive_of(&inner)),
        file("notes.txt", b"\xff\xfe"),
    ];
    let mut sources = Sources::default();
    let chart = loaded(files, &mut sources).unwrap();
    let listed: Vec<_> = sources.files().iter().map(|f| (f.path.as_str(), f.name.as_str())).collect();
    let expected = [
        ("./c/Chart.yaml", ""),
        ("./c/templates/t.yaml", "c/templates/t.yaml"),
        ("./c/values.yaml", ""),
        ("./c/charts/s-1.0.0.tgz:Chart.yaml", ""),
        ("./c/charts/s-1.0.0.tgz:templates/x.yaml", "c/charts/s/templates/x.yaml"),
        ("./c/charts/s-1.0.0.tgz:values.yaml", ""),
    ];
    assert_eq!(listed, expected);
    assert_eq!(&*chart.templates[0].bytes, b"t");
    assert_eq!(chart.files[0].path, "notes.txt");
    let value = chart.dependencies[0].values.get("a").unwrap();
    assert_eq!(sources.locate(value.span.start).unwrap().0.path, "./c/charts/s-1.0.0.tgz:values.yaml");
}

#[test]
fn charts_in_charts_are_bounded() {
    let files = (0..100).map(|depth| chart_yaml(&format!("charts/d{depth}/").repeat(depth), "c", ""));
    let paths = (0..100).map(|depth| chart_yaml(&"charts/d/".repeat(depth), "c", ""));
    assert!(loaded(files.collect(), &mut Sources::default()).is_err());
    let error = loaded(paths.collect(), &mut Sources::default()).unwrap_err();
    assert_eq!(error.kind, LoadErrorKind::TooLarge, "{}", error.message);
}

#[test]
fn aliases_of_aliases_are_bounded() {
    let aliases = |name: &str| {
        let entries = (0..9).map(|i| format!("- {{name: {name}, version: '*', repository: '', alias: {name}{i}}}\n"));
        format!("dependencies:\n{}", entries.collect::<String>())
    };
    let names = ["a", "b", "d", "e", "f"];
    let mut files = vec![chart_yaml("", "c", &aliases("a"))];
    let mut path = String::new();
    for (index, name) in names.iter().enumerate() {
        path.push_str(&format!("charts/{name}/"));
        files.push(chart_yaml(&path, name, &names.get(index + 1).map(|inner| aliases(inner)).unwrap_or_default()));
    }
    assert_eq!(prepared(files).unwrap_err().kind, PrepareErrorKind::Limit);
}

#[test]
fn subcharts_of_one_name_are_told_of() {
    let files = vec![chart_yaml("", "c", ""), chart_yaml("charts/a/", "s", ""), chart_yaml("charts/b/", "s", "")];
    let chart = loaded(files, &mut Sources::default()).unwrap();
    assert_eq!(chart.dependencies.len(), 2);
    assert!(chart.warnings[0].message.starts_with("two subcharts have the name \"s\""));
}

#[test]
fn deep_globals_are_one_table_for_all_charts() {
    let files = vec![
        chart_yaml("", "c", ""),
        file("values.yaml", "global: {m: {d: {x: 1}}}"),
        chart_yaml("charts/s/", "s", ""),
        file("charts/s/values.yaml", "global: {m: {d: {z: 2}}}"),
    ];
    let prepared = prepared(files).unwrap();
    let keys = |path: &[&str]| prepared.values.at(path).unwrap().as_map().unwrap().len();
    // What the subchart's defaults add shows in the parent, as in Helm.
    assert_eq!((keys(&["global", "m", "d"]), keys(&["s", "global", "m", "d"])), (2, 2));
    let shared: Vec<Vec<String>> = prepared
        .shared
        .iter()
        .map(|places| {
            places.iter().map(|p| p.iter().map(|k| String::from_utf8_lossy(k)).collect::<Vec<_>>().join(".")).collect()
        })
        .collect();
    assert_eq!(shared, [["global.m.d", "s.global.m.d"]]);
}

#[test]
fn switches_say_what_decided() {
    let dependencies = "dependencies:\n- {name: a, version: 0.1.0, repository: '', condition: 'a.enabled'}\n\
                        - {name: b, version: 0.1.0, repository: '', tags: [t]}\n- {name: d, version: 0.1.0, repository: ''}\n";
    let files = vec![
        chart_yaml("", "c", dependencies),
        file("values.yaml", "a: {enabled: false}\ntags: {t: true}\n"),
        chart_yaml("charts/a/", "a", ""),
        chart_yaml("charts/b/", "b", ""),
        chart_yaml("charts/d/", "d", ""),
    ];
    let prepared = prepared(files).unwrap();
    let said: Vec<_> = prepared
        .switches
        .iter()
        .map(|switch| match &switch.by {
            SwitchedBy::Default => format!("{} {}", switch.name, switch.enabled),
            SwitchedBy::Condition { path, .. } => format!("{} {} by {path}", switch.name, switch.enabled),
            SwitchedBy::Tags(tags) => format!("{} {} by {}", switch.name, switch.enabled, tags[0].0),
        })
        .collect();
    assert_eq!(said, ["a false by a.enabled", "b true by t", "d true"]);
    assert_eq!(prepared.charts.iter().map(|c| c.path.as_str()).collect::<Vec<_>>(), ["c", "c/charts/b", "c/charts/d"]);
}

#[test]
fn requirements_lie_over_the_metadata() {
    let files = vec![
        file("Chart.yaml", "name: c\nversion: 1.10\nkeywords: [1, yes]\nDESCRIPTION: \"a\\nb\\a\"\n"),
        file("requirements.yaml", "dependencies: []\nversion: 2\n"),
    ];
    let chart = loaded(files, &mut Sources::default()).map(|chart| chart.metadata);
    // Helm 4 knows no chart without an API version by any other way than as v1.
    let metadata = chart.unwrap();
    assert_eq!((metadata.api_version.as_str(), metadata.version.as_str()), ("v1", "2"));
    assert_eq!(metadata.keywords, Some(vec!["1".to_string(), "true".to_string()]));
    assert_eq!((metadata.description.as_str(), metadata.dependencies), ("a b", Some(Vec::new())));
}

#[test]
fn wrong_types_are_worded_as_go_words_them() {
    let message = |rest: &str| loaded(vec![chart_yaml("", "c", rest)], &mut Sources::default()).unwrap_err().message;
    let prefix = "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal";
    assert_eq!(
        message("description: []\n"),
        format!("{prefix} array into Go struct field Metadata.description of type string")
    );
    assert_eq!(
        message("deprecated: 'true'\n"),
        format!("{prefix} string into Go struct field Metadata.deprecated of type bool")
    );
    assert_eq!(message("dependencies: [null]\n"), "validation: dependencies must not contain empty or null nodes");
    assert_eq!(message("maintainers: [~]\n"), "validation: maintainers must not contain empty or null nodes");
    let twice = "dependencies: [{name: a}, {name: b, alias: a}]\n";
    assert_eq!(message(twice), "validation: more than one dependency with name or alias \"a\"");
    let alias = "dependencies: [{name: a, alias: 'x y'}]\n";
    assert_eq!(message(alias), "validation: dependency \"a\" has disallowed characters in the alias");
}

#[test]
fn imports_that_contain_themselves_end() {
    let imports = "dependencies:\n- name: s\n  version: 0.1.0\n  repository: ''\n  import-values:\n\
                   \x20 - {child: p.q, parent: x}\n  - {child: p, parent: x.y}\n";
    let files = vec![
        chart_yaml("", "c", imports),
        chart_yaml("charts/s/", "s", ""),
        file("charts/s/values.yaml", "p: {q: {r: 1}}\n"),
    ];
    assert_eq!(prepared(files).unwrap_err().kind, PrepareErrorKind::Limit);
}

#[test]
fn values_of_other_kinds_are_told() {
    let files = vec![chart_yaml("", "c", ""), file("values.yaml", "[1]")];
    let error = loaded(files, &mut Sources::default()).unwrap_err();
    let expected = "cannot load values.yaml: cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: \
                    cannot unmarshal array into Go value of type map[string]interface {}";
    assert_eq!(error.message, expected);
    assert!(matches!(Plain::map().data, PlainData::Map(_)));
}

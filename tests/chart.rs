//! What real versions of Helm made of small charts (`tests/chart/recorded.json`) against the `chart` room: which templates
//! are there, what values they see, and the words of errors.

use chartlint::chart::{self, Ignore, LoadAt, PrepareOptions, Prepared, RawFile, ValueFlags};
use chartlint::profile::Profile;
use chartlint::source::Sources;
use chartlint::value::{Plain, PlainData};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Deserialize)]
struct Case {
    name: String,
    files: BTreeMap<String, String>,
    #[serde(default)]
    args: Vec<String>,
    expect: Vec<Expected>,
}

#[derive(Deserialize)]
struct Expected {
    versions: Vec<String>,
    error: Option<String>,
    /// Templates whose output is not blank.
    sources: Option<Vec<String>>,
    /// What `.Values` is in these templates.
    values: Option<BTreeMap<String, Value>>,
}

#[test]
fn recorded_charts_are_prepared_as_helm_prepares_them() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("chart/recorded.json")).unwrap();
    let mut failures = Vec::new();
    let mut compared = 0;
    for case in &cases {
        for expected in &case.expect {
            for version in &expected.versions {
                compared += 1;
                if let Err(difference) = compare(case, expected, version) {
                    failures.push(format!("{} {version}: {difference}", case.name));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} of {compared} differ:\n{}", failures.len(), failures.join("\n"));
}

fn compare(case: &Case, expected: &Expected, version: &str) -> Result<(), String> {
    let prepared = match (prepare(case, &Profile::parse(version).unwrap()), &expected.error) {
        (Err(message), Some(error)) if message.trim_end() == error => return Ok(()),
        (Err(message), error) => return Err(format!("{message:?}\n    Helm: {error:?}")),
        (Ok(_), Some(error)) => return Err(format!("no error\n    Helm: {error:?}")),
        (Ok(prepared), None) => prepared,
    };
    let templates = prepared.templates();
    for source in expected.sources.iter().flatten() {
        if !templates.iter().any(|t| t.name == *source && !t.is_partial) {
            let names: Vec<_> = templates.iter().map(|t| t.name.as_str()).collect();
            return Err(format!("no {source} in {names:?}"));
        }
    }
    if let Some(sources) = &expected.sources
        && let Some(extra) =
            templates.iter().find(|t| !t.is_partial && !sources.contains(&t.name) && !is_silent(&t.text))
    {
        return Err(format!("{} is not in Helm's output", extra.name));
    }
    for (name, values) in expected.values.iter().flatten() {
        let template = templates.iter().find(|t| t.name == *name).ok_or(format!("no {name}"))?;
        let seen = values_of(&prepared, template.chart);
        if seen != *values {
            return Err(format!("{name} sees {seen}\n    Helm: {values}"));
        }
    }
    Ok(())
}

/// Whether a template cannot be told from one that is not there.
fn is_silent(text: &[u8]) -> bool {
    text.trim_ascii().is_empty()
}

fn values_of(prepared: &Prepared, chart: usize) -> Value {
    let Some(path) = &prepared.charts[chart].values_path else { return Value::Object(Default::default()) };
    let found = path.iter().try_fold(&prepared.values, |plain, key| plain.as_map().unwrap().get(key)).unwrap();
    json(found)
}

fn json(plain: &Plain) -> Value {
    match &plain.data {
        PlainData::Null => Value::Null,
        PlainData::Bool(b) => (*b).into(),
        PlainData::Int(i) => (*i).into(),
        PlainData::Float(f) if f.fract() == 0.0 => (*f as i64).into(),
        PlainData::Float(f) => (*f).into(),
        PlainData::String(s) => String::from_utf8_lossy(s).into(),
        PlainData::List(list) => list.iter().map(json).collect(),
        PlainData::Map(map) => map.iter().map(|(k, v)| (String::from_utf8_lossy(k), json(v))).collect(),
    }
}

fn prepare(case: &Case, profile: &Profile) -> Result<Prepared, String> {
    let ignore = case.files.get(".helmignore").map_or(Ok(Ignore::default()), |text| Ignore::parse(text.as_bytes()));
    let ignore = ignore.map_err(|e| e.message)?;
    let is_ignored = |path: &str| {
        let directories = path.match_indices('/').map(|(i, _)| &path[..i]);
        directories.into_iter().any(|d| ignore.ignores(d, true)) || ignore.ignores(path, false)
    };
    let files = case.files.iter().filter(|(path, _)| !is_ignored(path));
    let files = files.map(|(path, text)| RawFile { path: path.clone(), bytes: text.as_bytes().into() }).collect();
    let mut sources = Sources::default();
    let mut options = PrepareOptions { kube_version: Some("v1.34.0".into()), ..Default::default() };
    let flags = flags(case, &mut options, profile);
    let user =
        chart::user_values(&flags, &mut |_| Err("no files".into()), &mut sources, profile).map_err(|e| e.message)?;
    let chart = chart::load(files, &LoadAt { root: "./c".into() }, &mut sources, profile).map_err(|e| e.message)?;
    chart::prepare(&Arc::new(chart), &user, &options, profile).map_err(|e| e.message)
}

fn flags(case: &Case, options: &mut PrepareOptions, profile: &Profile) -> ValueFlags {
    let mut flags = ValueFlags::default();
    let mut args = case.args.iter();
    while let Some(flag) = args.next() {
        if flag == "--skip-schema-validation" {
            options.skip_schemas = true;
            continue;
        }
        let value = args.next().unwrap().clone();
        match flag.as_str() {
            "--set" => flags.set.push(value),
            "--set-string" => flags.set_string.push(value),
            "--set-json" => flags.set_json.push(value),
            "--set-literal" => flags.set_literal.push(value),
            "-f" => flags.files.push((value.clone(), case.files[value.strip_prefix("c/").unwrap()].as_bytes().into())),
            "--kube-version" => {
                // From 3.18.1 on Helm 3 cuts the suffix; Helm 4 prints the version without it.
                let cut = if profile.since(3, 18, 1) { value.split('-').next().unwrap() } else { &value };
                options.kube_version = Some(format!("v{cut}"));
            }
            other => panic!("{other}"),
        }
    }
    flags
}

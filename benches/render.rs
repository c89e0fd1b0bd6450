//! How long one chart takes: reading, preparing, rendering, and the check of its whole life.
//!
//! The chart is made here, of the size and the habits of a large public database chart: some 25 templates, 150 helpers'
//! calls each, 600 values, lookups, passwords, `tpl` and `toYaml` of half of the values. `cargo bench` prints the median
//! of the runs and the fastest; nothing fails for being slow.

use chartlint::chart::{self, Chart, LoadAt, PrepareOptions, Prepared, RawFile};
use chartlint::engine::{self, Capabilities, KeySource, Limits, Offline, Options, ReleaseInfo};
use chartlint::profile::Profile;
use chartlint::source::Sources;
use chartlint::template::Cache;
use chartlint::value::Plain;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

const HELPERS: &str = r#"
{{- define "db.name" -}}{{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}{{- end -}}
{{- define "db.fullname" -}}
{{- if .Values.fullnameOverride -}}{{ .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else -}}{{ printf "%s-%s" .Release.Name (include "db.name" .) | trunc 63 | trimSuffix "-" }}{{- end -}}
{{- end -}}
{{- define "db.labels" -}}
app.kubernetes.io/name: {{ include "db.name" . }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}
{{- define "db.render" -}}
{{- $value := typeIs "string" .value | ternary .value (.value | toYaml) -}}
{{- if contains "{{" $value -}}{{ tpl $value .context }}{{- else -}}{{ $value }}{{- end -}}
{{- end -}}
{{- define "db.password" -}}
{{- $password := "" -}}
{{- $secret := lookup "v1" "Secret" .context.Release.Namespace .name -}}
{{- if $secret -}}
{{- if hasKey $secret.data .key -}}{{- $password = index $secret.data .key | b64dec -}}{{- end -}}
{{- end -}}
{{- if not $password -}}{{- $password = randAlphaNum 10 -}}{{- end -}}
{{- $password | b64enc | quote -}}
{{- end -}}
"#;

/// The templates of one component.
fn component(n: usize) -> Vec<(String, String)> {
    let c = format!("component{n}");
    let stateful_set = format!(
        r#"{{{{- if .Values.{c}.enabled }}}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{{{ include "db.fullname" . }}}}-{c}
  namespace: {{{{ .Release.Namespace | quote }}}}
  labels: {{{{- include "db.labels" . | nindent 4 }}}}
spec:
  replicas: {{{{ .Values.{c}.replicaCount }}}}
  serviceName: {{{{ include "db.fullname" . }}}}-{c}
  {{{{- if .Values.{c}.updateStrategy }}}}
  updateStrategy: {{{{- toYaml .Values.{c}.updateStrategy | nindent 4 }}}}
  {{{{- end }}}}
  selector:
    matchLabels: {{{{- include "db.labels" . | nindent 6 }}}}
  template:
    metadata:
      labels: {{{{- include "db.labels" . | nindent 8 }}}}
      annotations:
        checksum/config: {{{{ include (print $.Template.BasePath "/{c}-config.yaml") . | sha256sum }}}}
    spec:
      {{{{- with .Values.{c}.nodeSelector }}}}
      nodeSelector: {{{{- toYaml . | nindent 8 }}}}
      {{{{- end }}}}
      containers:
      - name: main
        image: {{{{ printf "%s/%s:%s" .Values.image.registry .Values.image.repository (.Values.image.tag | toString) }}}}
        env:
        {{{{- range $i, $e := .Values.{c}.env }}}}
        - name: {{{{ $e.name }}}}
          value: {{{{ include "db.render" (dict "value" $e.value "context" $) | quote }}}}
        {{{{- end }}}}
        {{{{- range $probe := list "liveness" "readiness" "startup" }}}}
        {{{{- $settings := index $.Values.{c} (printf "%sProbe" $probe) }}}}
        {{{{- if $settings.enabled }}}}
        {{{{ $probe }}}}Probe: {{{{- omit $settings "enabled" | toYaml | nindent 10 }}}}
        {{{{- end }}}}
        {{{{- end }}}}
        resources: {{{{- toYaml .Values.{c}.resources | nindent 10 }}}}
{{{{- end }}}}
"#
    );
    let config = format!(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{{{ include "db.fullname" . }}}}-{c}
  labels: {{{{- include "db.labels" . | nindent 4 }}}}
data:
  {{{{- range $key, $value := .Values.{c}.configuration }}}}
  {{{{ $key }}}}: {{{{ include "db.render" (dict "value" $value "context" $) | quote }}}}
  {{{{- end }}}}
"#
    );
    let secret = format!(
        r#"apiVersion: v1
kind: Secret
metadata:
  name: {{{{ include "db.fullname" . }}}}-{c}
  labels: {{{{- include "db.labels" . | nindent 4 }}}}
data:
  password: {{{{ include "db.password" (dict "name" (printf "%s-{c}" (include "db.fullname" .)) "key" "password" "context" $) }}}}
"#
    );
    let service = format!(
        r#"apiVersion: v1
kind: Service
metadata:
  name: {{{{ include "db.fullname" . }}}}-{c}
  labels: {{{{- include "db.labels" . | nindent 4 }}}}
spec:
  type: {{{{ .Values.{c}.service.type }}}}
  ports:
  - name: tcp
    port: {{{{ .Values.{c}.service.port }}}}
    {{{{- if and (eq .Values.{c}.service.type "NodePort") .Values.{c}.service.nodePort }}}}
    nodePort: {{{{ .Values.{c}.service.nodePort }}}}
    {{{{- end }}}}
  selector: {{{{- include "db.labels" . | nindent 4 }}}}
"#
    );
    vec![
        (format!("templates/{c}-statefulset.yaml"), stateful_set),
        (format!("templates/{c}-config.yaml"), config),
        (format!("templates/{c}-secret.yaml"), secret),
        (format!("templates/{c}-service.yaml"), service),
    ]
}

fn values(components: usize) -> String {
    let mut values = String::from(
        "nameOverride: \"\"\nfullnameOverride: \"\"\ncommonLabels: {team: data}\n\
         image: {registry: registry.example.com, repository: db/main, tag: \"16.1.0\"}\n",
    );
    for n in 0..components {
        values.push_str(&format!(
            "component{n}:\n  enabled: true\n  replicaCount: 1\n  updateStrategy: {{type: RollingUpdate}}\n  \
             nodeSelector: {{}}\n  resources: {{requests: {{cpu: 250m, memory: 256Mi}}}}\n  \
             service: {{type: ClusterIP, port: 5432, nodePort: \"\"}}\n"
        ));
        for probe in ["liveness", "readiness", "startup"] {
            values.push_str(&format!(
                "  {probe}Probe: {{enabled: true, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6}}\n"
            ));
        }
        values.push_str("  env:\n");
        for i in 0..20 {
            values.push_str(&format!("  - {{name: VARIABLE_{i}, value: \"{{{{ .Release.Name }}}}-{i}\"}}\n"));
        }
        values.push_str("  configuration:\n");
        for i in 0..40 {
            values.push_str(&format!("    setting-{i}: value of the setting {i}\n"));
        }
    }
    values
}

fn files() -> Vec<RawFile> {
    let components = 6;
    let mut files = vec![
        ("Chart.yaml".to_string(), "apiVersion: v2\nname: db\nversion: 1.0.0\nappVersion: 16.1.0\n".to_string()),
        ("templates/_helpers.tpl".to_string(), HELPERS.to_string()),
        ("values.yaml".to_string(), values(components)),
    ];
    files.extend((0..components).flat_map(component));
    let raw = |(path, text): (String, String)| RawFile { path, bytes: text.into_bytes().into() };
    files.into_iter().map(raw).collect()
}

/// The median and the least time of some runs.
fn measure<T>(name: &str, mut run: impl FnMut() -> T) {
    let mut times: Vec<Duration> = Vec::new();
    let started = Instant::now();
    while times.len() < 5 || (times.len() < 200 && started.elapsed() < Duration::from_secs(3)) {
        let start = Instant::now();
        black_box(run());
        times.push(start.elapsed());
    }
    times.sort_unstable();
    println!("{name:<28} median {:>10.3?}  least {:>10.3?}  ({} runs)", times[times.len() / 2], times[0], times.len());
}

fn main() {
    engine::with_stack(run);
}

fn load(files: &[RawFile], profile: &Profile) -> (Arc<Chart>, Sources) {
    let mut sources = Sources::default();
    let chart = chart::load(files.to_vec(), &LoadAt { root: "db".into() }, &mut sources, profile);
    (Arc::new(chart.unwrap_or_else(|error| panic!("{}", error.message))), sources)
}

fn prepare(chart: &Arc<Chart>, profile: &Profile) -> Prepared {
    chart::prepare(chart, &Plain::map(), &PrepareOptions::default(), profile)
        .unwrap_or_else(|error| panic!("{}", error.message))
}

fn run() {
    let profile = Profile::default();
    let files = files();
    let (chart, sources) = load(&files, &profile);
    let prepared = prepare(&chart, &profile);
    let options = Options {
        release: ReleaseInfo {
            name: "rel".into(),
            namespace: "default".into(),
            is_install: true,
            is_upgrade: false,
            revision: 1,
        },
        capabilities: Capabilities::defaults(&profile),
        lint: false,
        seed: 0,
        now: (1_700_000_000, 0),
        keys: KeySource::Sample,
        limits: Limits::default(),
        profile,
        forced: None,
        is_followed: false,
    };
    let render = |cache: &Cache| {
        let rendering = engine::render(&prepared, &options, &Offline, cache, sources.clone());
        if let Some(error) = &rendering.error {
            panic!("{}", error.helm_text(&profile));
        }
        rendering
    };
    let cache = Cache::default();
    let bytes: usize = render(&cache).files.iter().map(|file| file.text.len()).sum();
    println!("{} files of the chart, {bytes} bytes rendered", files.len());
    measure("load", || load(&files, &profile));
    measure("prepare", || prepare(&chart, &profile));
    measure("parse and render", || render(&Cache::default()));
    measure("render", || render(&cache));
    check(&files);
}

/// The whole check, as a person runs it.
fn check(files: &[RawFile]) {
    let folder = std::env::temp_dir().join(format!("chartlint-bench-{}", std::process::id()));
    for file in files {
        let path = folder.join(&file.path);
        let written = std::fs::create_dir_all(path.parent().unwrap_or(&folder))
            .and_then(|()| std::fs::write(&path, &*file.bytes));
        if let Err(error) = written {
            println!("the check is not measured: {}: {error}", path.display());
            return;
        }
    }
    measure("check, as a process", || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_chartlint"));
        command.arg(&folder).output().map(|output| output.stdout.len()).unwrap_or_default()
    });
    // What is left behind lies among the temporary files.
    let _ = std::fs::remove_dir_all(&folder);
}

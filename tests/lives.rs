//! Lives beside the straight one: what each operation does and how it ends. The straight ones are in `tests/lives/cases.md`,
//! and `tests/lives/compare.py` compares them with real Helm on real API servers.

use chartlint::chart::{self, LoadAt, RawFile};
use chartlint::engine::{self, Capabilities};
use chartlint::kube::KubeVersion;
use chartlint::lifecycle::{Chart, ErrorKind, Journey, Reply, Request, Terms, World, lives};
use chartlint::profile::{Profile, Release};
use chartlint::source::Sources;
use chartlint::template::Cache;
use chartlint::value::Plain;
use std::sync::Arc;

const HELM_3: Profile = Profile { helm: Release(3, 17, 1) };
const HELM_4: Profile = Profile { helm: Release(4, 3, 1) };

/// Charts of these files, `Chart.yaml` aside; all of them share their sources.
fn charts(charts: &[&[(&str, &str)]], profile: Profile) -> Vec<Chart> {
    let mut sources = Sources::default();
    let loaded: Vec<_> = charts
        .iter()
        .map(|files| {
            let default = ("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
            let raw = |(path, text): &(&str, &str)| RawFile { path: (*path).into(), bytes: text.as_bytes().into() };
            let files = std::iter::once(&default).chain(*files).map(raw).collect();
            let at = LoadAt { root: String::new() };
            Arc::new(chart::load(files, &at, &mut sources, &profile).expect("a chart"))
        })
        .collect();
    loaded.into_iter().map(|chart| Chart { chart, sources: sources.clone() }).collect()
}

fn terms(profile: Profile, version: KubeVersion) -> Terms {
    let world = World::new(Plain::map(), ("rel", "ns"), profile, Capabilities::defaults(&profile));
    Terms { world, version, api_versions: Vec::new(), hooks: true }
}

/// The steps, each with `ok` or the kind of its error.
fn steps(journey: &Journey<'_>) -> Vec<String> {
    let told = |step: &chartlint::lifecycle::Step| {
        format!("{}: {}", step.name, step.error.as_ref().map_or("ok", |error| error.kind.name()))
    };
    journey.steps.iter().map(told).collect()
}

/// What the last step did, object by object.
fn last_writes(journey: &Journey<'_>) -> Vec<String> {
    let step = journey.steps.last().expect("a step");
    let told = |write: &chartlint::lifecycle::Write| {
        let request = match &write.request {
            Request::Create => "create",
            Request::Patch(_) => "patch",
            Request::Apply(_) => "apply",
            Request::Delete => "delete",
            Request::Keep => "keep",
            Request::Nothing => "nothing",
        };
        let refused = if matches!(write.reply, Reply::Refused(_)) { " refused" } else { "" };
        format!("{request}{refused} {}/{}", write.id.kind, write.id.name)
    };
    step.writes.iter().map(told).collect()
}

/// Runs with the stack that the engine wants.
fn lived(run: impl FnOnce() + Send + 'static) {
    engine::with_stack(run);
}

const KEPT: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: kept
  annotations:
    helm.sh/resource-policy: keep
stringData:
  password: {{ (lookup \"v1\" \"Secret\" .Release.Namespace \"kept\").data | default dict | len }}-{{ randAlphaNum 8 }}
";

const SET: &str = "\
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  replicas: 2
  serviceName: db
  selector:
    matchLabels: {app: db}
  template:
    metadata:
      labels: {app: db}
    spec:
      containers: [{name: db, image: db}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 1Gi}}
";

const CLAIMS: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: seen
data:
  claim: {{ if lookup \"v1\" \"PersistentVolumeClaim\" .Release.Namespace \"data-db-1\" }}old{{ else }}new{{ end }}
  kept: {{ if lookup \"v1\" \"Secret\" .Release.Namespace \"kept\" }}old{{ else }}new{{ end }}
  hook: {{ if lookup \"v1\" \"ConfigMap\" .Release.Namespace \"hook\" }}old{{ else }}new{{ end }}
";

const HOOK: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: hook
  annotations:
    helm.sh/hook: pre-install
";

#[test]
fn an_install_sees_what_an_uninstall_left() {
    lived(|| {
        let files: &[_] = &[
            ("templates/a.yaml", KEPT),
            ("templates/b.yaml", SET),
            ("templates/c.yaml", CLAIMS),
            ("templates/d.yaml", HOOK),
        ];
        let chart = &charts(&[files], HELM_3)[0];
        let cache = Cache::default();
        let journey = lives::over_leftovers(chart, terms(HELM_3, KubeVersion::new(1, 31, 1)), &cache);
        assert_eq!(steps(&journey), ["install: ok", "uninstall: ok", "install: ok"]);
        let again = journey.steps[2].phase.as_ref().expect("a phase");
        let seen = again.objects.iter().find(|o| o.id.name == "seen").expect("rendered").text.lossy().into_owned();
        assert!(seen.contains("claim: old") && seen.contains("kept: old") && seen.contains("hook: old"), "{seen}");
        // The kept Secret is adopted; the rest is created.
        assert_eq!(
            last_writes(&journey),
            ["create ConfigMap/hook", "patch Secret/kept", "create ConfigMap/seen", "create StatefulSet/db"]
        );
    });
}

#[test]
fn a_rollback_goes_to_any_revision() {
    lived(|| {
        let text =
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  r: {{ .Release.Revision | quote }}\n";
        let chart = &charts(&[&[("templates/a.yaml", text)]], HELM_3)[0];
        let cache = Cache::default();
        let version = KubeVersion::new(1, 31, 1);
        let journey = lives::rolled_back(chart, 2, 2, terms(HELM_3, version), &cache);
        assert_eq!(steps(&journey), ["install: ok", "upgrade 1: ok", "upgrade 2: ok", "rollback 2: ok"]);
        assert_eq!(last_writes(&journey), ["patch ConfigMap/web"]);
        assert_eq!(journey.revisions.len(), 4);
        let missing = lives::rolled_back(chart, 0, 7, terms(HELM_3, version), &cache);
        assert_eq!(steps(&missing), ["install: ok", "rollback 7: chart"]);
    });
}

#[test]
fn reused_values_lack_what_the_new_chart_added() {
    lived(|| {
        let text = |key: &str| {
            format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  a: {{{{ .Values.{key} | quote }}}}\n"
            )
        };
        let (old, new) = (text("a"), text("b.c"));
        let charts = charts(
            &[
                &[("templates/a.yaml", &old), ("values.yaml", "a: 1\n")],
                &[("templates/a.yaml", &new), ("values.yaml", "b: {c: 2}\n")],
            ],
            HELM_4,
        );
        let cache = Cache::default();
        let version = KubeVersion::new(1, 36, 3);
        let journey = lives::reusing_values(&charts[0], &charts[1], terms(HELM_4, version), &cache);
        assert_eq!(steps(&journey), ["install: ok", "upgrade --reuse-values: render"]);
        let plain = lives::whole(&charts[1], Some(&charts[0]), terms(HELM_4, version), &cache);
        assert!(plain.steps.iter().all(|step| step.error.is_none()), "{:?}", steps(&plain));
    });
}

#[test]
fn an_api_that_is_gone_stops_the_next_upgrade() {
    lived(|| {
        let text = "\
{{- if .Capabilities.APIVersions.Has \"policy/v1/PodDisruptionBudget\" }}
apiVersion: policy/v1
{{- else }}
apiVersion: policy/v1beta1
{{- end }}
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  minAvailable: 1
";
        let chart = &charts(&[&[("templates/a.yaml", text)]], HELM_3)[0];
        let cache = Cache::default();
        let journey = lives::through_cluster_upgrade(
            chart,
            KubeVersion::new(1, 31, 1),
            terms(HELM_3, KubeVersion::new(1, 20, 2)),
            &cache,
        );
        assert_eq!(steps(&journey), ["install: ok", "upgrade: kind not served", "rollback 1: kind not served"]);
        let message = &journey.steps[1].error.as_ref().expect("an error").message;
        assert!(
            message.starts_with("UPGRADE FAILED: unable to build kubernetes objects from current release manifest: "),
            "{message}"
        );
    });
}

#[test]
fn a_failed_upgrade_leaves_what_it_wrote() {
    lived(|| {
        let config =
            |value: &str| format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  a: {value}\n");
        let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\n  namespace: elsewhere\n";
        let (one, two) = (config("one"), config("two"));
        let charts = charts(
            &[
                &[("templates/a.yaml", &one)],
                &[("templates/a.yaml", &two), ("templates/b.yaml", account)],
                &[("templates/a.yaml", &two)],
            ],
            HELM_3,
        );
        let cache = Cache::default();
        let version = KubeVersion::new(1, 31, 1);
        let journey = lives::after_failed_upgrade(&charts[0], &charts[1], &charts[2], terms(HELM_3, version), &cache);
        assert_eq!(steps(&journey), ["install: ok", "failed upgrade: no namespace", "next upgrade: ok"]);
        // The account came first and stopped it: the map was not written.
        assert_eq!(last_writes(&journey), ["patch ConfigMap/web"]);
        assert_eq!(journey.steps[1].error.as_ref().map(|error| error.kind), Some(ErrorKind::NoNamespace));
        assert_eq!(journey.revisions.iter().map(|r| r.is_deployed).collect::<Vec<_>>(), [true, false, true]);
    });
}

#[test]
fn definitions_of_the_chart_are_served_before_it_renders() {
    lived(|| {
        let definition = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.com
spec:
  group: example.com
  scope: Cluster
  names: {kind: Thing, plural: things}
  versions: [{name: v1, served: true, storage: true}]
";
        let thing = "\
{{- if .Capabilities.APIVersions.Has \"example.com/v1/Thing\" }}
apiVersion: example.com/v1
kind: Thing
metadata:
  name: {{ if lookup \"example.com/v1\" \"Thing\" \"\" \"a\" }}b{{ else }}a{{ end }}
{{- end }}
";
        let files: &[_] = &[("crds/thing.yaml", definition), ("templates/a.yaml", thing)];
        let chart = &charts(&[files], HELM_4)[0];
        let cache = Cache::default();
        let mut journey = Journey::new(terms(HELM_4, KubeVersion::new(1, 36, 3)), &cache);
        journey.install(chart, &Plain::map());
        assert_eq!(last_writes(&journey), ["create Thing/a"]);
        journey.upgrade("upgrade", chart, &Plain::map());
        assert_eq!(last_writes(&journey), ["create Thing/b", "delete Thing/a"]);
    });
}

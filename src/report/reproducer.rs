//! A folder that shows a finding again, on a cluster of the reader's: values, manifests, patches and a script.

use crate::finding::Finding;

/// What a finding was seen in.
#[derive(Clone, Debug, Default)]
pub struct Seen<'a> {
    /// Where the chart is, and the version before it where there is one.
    pub chart: String,
    pub previous: Option<String>,
    pub values: &'a str,
    pub release: &'a str,
    pub helm: u16,
    /// The manifests of the phases.
    pub manifests: &'a [(&'static str, String)],
    pub live: Option<&'a str>,
    pub patches: &'a [(&'static str, String)],
}

/// The files of the folder, by name; the script is the one that ends in `.sh`.
pub fn files(finding: &Finding, seen: &Seen<'_>) -> Vec<(String, String)> {
    let mut out = vec![
        ("README.md".to_string(), readme(finding, seen)),
        ("values.yaml".to_string(), format!("{}\n", seen.values)),
        ("reproduce.sh".to_string(), script(finding, seen)),
    ];
    out.extend(seen.manifests.iter().map(|(phase, text)| (format!("{}.yaml", phase.replace(' ', "-")), text.clone())));
    out.extend(seen.live.map(|live| ("live.yaml".to_string(), format!("{live}\n"))));
    out.extend(seen.patches.iter().map(|(name, patch)| (format!("{name}-patch.json"), format!("{patch}\n"))));
    out
}

/// The name of the folder.
pub fn folder(finding: &Finding) -> String {
    format!("{}-{}", finding.rule, finding.fingerprint())
}

/// What the script looks for.
fn expectation(finding: &Finding) -> &'static str {
    let refused = |operation: &str| {
        finding.effects.iter().any(|effect| effect.operation == operation && effect.says.contains("refused by"))
    };
    match () {
        () if refused("upgrade") => "upgrade",
        () if refused("rollback") => "rollback",
        () if finding.object.is_none() => "fails",
        () => "differs",
    }
}

fn readme(finding: &Finding, seen: &Seen<'_>) -> String {
    let effects: String = finding.effects.iter().map(|e| format!("- {}: {}\n", e.operation, e.says)).collect();
    format!(
        "# {}\n\n{} [{}] in chart {}, Helm {}.\n\n{effects}\n`sh reproduce.sh` installs the chart into a namespace of its own in the \
         cluster of your kubeconfig, upgrades it and rolls it back. It says whether it saw what is said here: exit code 0 for seen, 1 \
         for not seen, 2 if it could not try. HELM, KUBECTL, CHART, PREVIOUS, NAMESPACE and HELM_FLAGS (`--set` of what the chart needs) \
         change what it uses; KEEP=1 leaves the release there. A chart that makes objects outside of its namespace makes them in your \
         cluster too: use one that you can lose.\n\n\
         `values.yaml` are the values, `live.yaml` is the object as chartlint takes the cluster to hold it, `install.yaml`, \
         `upgrade.yaml` and others are the manifests of the phases, `*-patch.json` what Helm sends when it patches.\n",
        finding.title, finding.severity, finding.rule, finding.chart, seen.helm
    )
}

/// Text as one word of a shell.
fn word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn script(finding: &Finding, seen: &Seen<'_>) -> String {
    let (kind, name) = finding.object.as_ref().map_or(("", ""), |object| (object.kind.as_str(), object.name.as_str()));
    let previous = seen.previous.clone().unwrap_or_else(|| seen.chart.clone());
    let head = format!(
        "#!/bin/sh\n# {}\n# Exit code: 0 seen, 1 not seen, 2 could not try.\nset -u\ncd \"$(dirname \"$0\")\" || exit 2\n\
         CHART=${{CHART:-{}}}\nPREVIOUS=${{PREVIOUS:-{}}}\nRELEASE={}\nKIND={}\nNAME={}\nEXPECT={}\n\
         NAMESPACE=${{NAMESPACE:-chartlint-{}}}\n",
        finding.title.replace('\n', " "),
        word(&seen.chart),
        word(&previous),
        word(seen.release),
        word(kind),
        word(name),
        expectation(finding),
        finding.fingerprint(),
    );
    head + BODY
}

const BODY: &str = r#"HELM=${HELM:-helm}
KUBECTL=${KUBECTL:-kubectl}
HELM_FLAGS=${HELM_FLAGS:-}
work=$(mktemp -d) || exit 2

cleanup() {
  if [ -z "${KEEP:-}" ] && [ -n "${mine:-}" ]; then
    "$HELM" uninstall "$RELEASE" -n "$NAMESPACE" >/dev/null 2>&1
    "$KUBECTL" delete namespace "$NAMESPACE" --wait=false >/dev/null 2>&1
  fi
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 2' INT TERM

cannot() { echo "could not try: $1"; [ -s "$work/err" ] && cat "$work/err"; exit 2; }
seen() { echo "seen: $1"; exit 0; }
not_seen() { echo "not seen: $1"; exit 1; }

# The document of the object in a manifest.
document() {
  awk -v kind="$KIND" -v name="$NAME" '
    function flush() { if (k == kind && n == name) printf "%s", text; text = ""; k = ""; n = ""; meta = 0 }
    /^---/ { flush(); next }
    /^# Source:/ { next }
    { text = text $0 "\n" }
    /^kind:/ { k = $2; gsub(/["\047]/, "", k) }
    /^[^ ]/ { meta = ($1 == "metadata:") }
    meta && /^  name:/ { n = $2; gsub(/["\047]/, "", n) }
    END { flush() }' "$1"
}

"$KUBECTL" version >/dev/null 2>"$work/err" || cannot "no cluster answers"
"$KUBECTL" get namespace "$NAMESPACE" >/dev/null 2>&1 && cannot "the namespace $NAMESPACE is there already"
mine=1
echo "+ install"
# shellcheck disable=SC2086
if ! "$HELM" install "$RELEASE" "$PREVIOUS" -n "$NAMESPACE" --create-namespace -f values.yaml $HELM_FLAGS >"$work/out" 2>"$work/err"; then
  [ "$EXPECT" = fails ] && seen "the install fails: $(tail -n 1 "$work/err")"
  cannot "the install fails"
fi
echo "+ upgrade"
# shellcheck disable=SC2086
if ! "$HELM" upgrade "$RELEASE" "$CHART" -n "$NAMESPACE" -f values.yaml $HELM_FLAGS >"$work/out" 2>"$work/err"; then
  case "$EXPECT" in upgrade|fails) seen "the upgrade fails: $(tail -n 1 "$work/err")" ;; esac
  cannot "the upgrade fails"
fi
[ "$EXPECT" = upgrade ] && not_seen "the upgrade is taken"
[ "$EXPECT" = fails ] && not_seen "nothing fails"
if [ "$EXPECT" = rollback ]; then
  echo "+ rollback"
  if "$HELM" rollback "$RELEASE" 1 -n "$NAMESPACE" >"$work/out" 2>"$work/err"; then
    not_seen "the rollback is taken"
  fi
  grep -qF -- "$NAME" "$work/err" || cannot "the rollback fails for another reason"
  seen "the rollback fails: $(tail -n 1 "$work/err")"
fi
for revision in 1 2; do
  "$HELM" get manifest "$RELEASE" -n "$NAMESPACE" --revision "$revision" >"$work/manifest" 2>"$work/err" || cannot "no manifest"
  document "$work/manifest" >"$work/$revision"
done
diff "$work/1" "$work/2" && not_seen "$KIND/$NAME is the same in both revisions"
seen "$KIND/$NAME differs between the revisions"
"#;

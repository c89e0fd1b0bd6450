#!/usr/bin/env python3
"""Compare the findings of `chartlint check` with lives that were recorded on real Helm and real API servers.

usage: explain.py --chartlint BIN --corpus DIR --index INDEX.tsv RECORDED.jsonl... [--jobs N] [--only ID,ID] [--cache DIR] [-v]

Asked is, of findings that hold for a chart's default values: is each recorded difference between two phases explained by one
of them, or harmless by a reason that the rules state? And does none of them claim what the recording denies? Prints what is
neither explained nor harmless, what is contradicted, and counts; either makes the exit code 1. Arguments are those of
compare.py.
"""
import collections, concurrent.futures, json, os, re, subprocess, sys

from compare import HERE, asked, plain

# A field that is made of another object's text: a digest of it, or the authority of its certificate.
MADE_OF_OTHERS = re.compile(r"checksum|caBundle|hash", re.I)
# What rules say of one place and two upgrades, or of an install and an upgrade.
ON_UPGRADE = {
    "certificate-split", "checksum-of-unstable", "double-base64", "immutable-field-from-lookup", "immutable-field-unstable",
    "keep-breaks-rollback", "live-state-copied", "lookup-guards-own-object", "lookup-toggles-field", "object-name-unstable",
    "phase-guards-object", "phase-in-stored-output", "pod-template-unstable", "random-without-reuse", "reuse-is-broken",
    "reuse-misses-keys", "unexplained-difference",
}
# The rules that say why two phases differ.
EXPLAINS = ON_UPGRADE | {
    "base64-as-text", "capability-guards-object", "foreign-state-copied", "immutable-object-unstable-data",
    "install-over-leftovers", "lookup-misses-own-object", "object-needs-foreign-object", "random-when-offline",
    "server-metadata-copied", "takes-field-ownership",
}
# The steps that fail, by what titles say.
FAILING = {"fails-without-cluster", "lookup-unguarded", "list-lookup-as-object", "render-error", "syntax-error",
           "upgrade-needs-value", "yaml-error"}
# The rules that tell of an upgrade or a rollback that fails; what an install is refused is mostly the cluster's.
STOPPED = {
    "upgrade": {"upgrade-needs-value", "patch-impossible", "immutable-field-unstable", "immutable-field-from-lookup",
                "phase-is-not-existence", "breaks-server-side-apply", "lookup-unguarded", "render-error"},
    "rollback 1": {"immutable-field-from-lookup", "immutable-field-unstable", "keep-breaks-rollback", "patch-impossible"},
}


def differences(life):
    """(pair, kind, name, field) of all recorded differences; an object that comes or goes has no field."""
    for pair, lines in life["differences"].items():
        for line in lines:
            *_, kind, _, name = line["resource"].rsplit("/", 3)
            yield pair, kind, name, (line["field"] or "").lstrip(".")


def checked(arguments, life, digest):
    """The findings that hold for default values."""
    helm = life["helm"].lstrip("v").split("+")[0]
    path = os.path.join(arguments.cache, "-".join(["check", life["id"], helm, life["kubernetes"], digest]) + ".json")
    if os.path.exists(path):
        return json.load(open(path))
    command = [arguments.chartlint, "check", os.path.join(arguments.corpus, arguments.folders[life["id"]]), "--name",
               life["release"], "--namespace", life["namespace"], "--kube-version", life["kubernetes"], "--helm", helm,
               "--no-config", "--no-baseline", "--format", "json"]
    try:
        run = subprocess.run(command, capture_output=True, timeout=300)
        found = [f for f in json.loads(run.stdout)["findings"] if not f["values"] and f["certainty"] == "proved"]
    except (subprocess.TimeoutExpired, ValueError):
        found = None
    with open(path, "w") as file:
        json.dump(found, file)
    return found


def is_about(finding, kind, name, field):
    """Whether a finding is about a difference: its object, and its field or what is above or below it."""
    about = finding.get("object") or {}
    if about.get("kind") != kind:
        return False
    is_named_anew = finding["rule"] == "object-name-unstable"
    if about.get("name") != name and not is_named_anew:
        return False
    fields = [plain(f["field"]) for f in finding["fields"]]
    return is_named_anew or not fields or not field or any(field.startswith(f) or f.startswith(field) for f in fields)


def explanation(findings, recorded, difference):
    """The rule that explains a difference, or a reason why it is harmless, or None."""
    pair, kind, name, field = difference
    findings = [finding for finding in findings if finding["rule"] in EXPLAINS]
    for finding in findings:
        if is_about(finding, kind, name, field):
            return "explained by " + finding["rule"]
    twins = {d for d in recorded if d[0] == pair and d[1:3] == (kind, name) and not d[3]}
    if "offline" in pair and not field and recorded.count(difference) > len(twins):
        # Gone and there: the same object of another version of its API.
        return "harmless: a render without a cluster knows no single kinds, and picks another version of the API"
    if "offline" in pair:
        online = {d[1:] for d in recorded if "offline" not in d[0]}
        offline = {d[1:] for d in recorded if d[0] == "offline 1 -> offline 2"}
        is_kept = difference[1:] in offline and difference[1:] not in online
        # rules.md: a generated value that the chart keeps and that a value can pin is the right use of lookup.
        if is_kept and kind == "Secret":
            return "harmless: a lookup keeps it and a value can pin it"
        if is_kept and MADE_OF_OTHERS.search(field):
            return "harmless: made of what a lookup keeps and a value can pin"
        if is_kept:
            return "harmless: kept online, outside of Secrets"
    # The cause is told where it is: at the object whose text went in.
    if MADE_OF_OTHERS.search(field):
        for finding in findings:
            for other in recorded:
                if other[0] == pair and other[1:] != difference[1:] and is_about(finding, *other[1:]):
                    return f"explained by {finding['rule']} of the object that went in"
    return None


def steps(life):
    return {step["step"]: step["ok"] for step in life["steps"]}


def contradiction(finding, life, recorded):
    """What the recording says against a finding, or None."""
    ok, rule = steps(life), finding["rule"]
    if rule in FAILING:
        said = finding["title"].split(" fail")[0]
        names = {"install": "install", "upgrade": "upgrade", "offline": "offline 1"}
        failing = set(names.values()) if said == "every render" else {s for n, s in names.items() if n in said}
        against = [s for s in failing if ok.get(s)]
        return f"{', '.join(against)} went well" if against else None
    if rule == "breaks-server-side-apply" and life["helm"].startswith("v4") and ok.get("install"):
        return "Helm 4 installed it"
    if rule == "patch-impossible" and life["helm"].startswith("v3"):
        installs = "no server takes it" not in finding["title"]
        return None if ok.get("install") == installs else f"install: {'ok' if ok.get('install') else 'refused'}"
    about = finding.get("object")
    if rule not in ON_UPGRADE or not about or not ok.get("upgrade"):
        return None
    for pair, kind, name, field in recorded:
        if "offline" not in pair and is_about(finding, kind, name, field):
            return None
    return "install and upgrades are alike there"


def compare(arguments, life, digest):
    findings = checked(arguments, life, digest)
    if findings is None:
        return [("nothing checked", "", "")]
    recorded = list(differences(life))
    out = []
    for difference in recorded:
        why = explanation(findings, recorded, difference) or "unexplained"
        out.append((why, difference[0], " ".join(filter(None, difference[1:]))))
    for step in life["steps"]:
        if not step["ok"] and step["step"] in STOPPED:
            told = [f["rule"] for f in findings if f["rule"] in STOPPED[step["step"]]]
            why = f"{step['step']} fails, told by {told[0]}" if told else "unexplained"
            out.append((why, step["step"], step["error"][-200:]))
    for finding in findings:
        against = contradiction(finding, life, recorded)
        if against:
            out.append(("contradicted", against, f"{finding['severity']}[{finding['rule']}] {finding['title']}"))
    return out


def main():
    arguments, digest = asked("print what is explained or harmless, too")
    only = set(filter(None, arguments.only.split(",")))
    bad = False
    for path in arguments.recorded:
        lives = [json.loads(line) for line in open(path)]
        lives = [life for life in lives if not only or life["id"] in only]
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            results = list(pool.map(lambda life: compare(arguments, life, digest), lives))
        counts = collections.Counter()
        for life, result in zip(lives, results):
            for verdict, where, what in result:
                counts[verdict] += 1
                is_bad = verdict in ("unexplained", "contradicted", "nothing checked")
                bad |= is_bad
                if is_bad or arguments.v:
                    print(f"{life['id']} {verdict}: {where}: {what}")
        print(os.path.basename(path))
        for verdict, count in counts.most_common():
            print(f"{count:6} {verdict}")
    sys.exit(bad)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Write src/kube/data/ from tests/kubernetes/recorded/. Usage: derive.py (no arguments; run it after new recordings).

The tables say no more than the recordings do: a run of equal answers becomes one entry, the values of the recorded
object in the server's words become slots, and values that only the process knew (pointers, whole structs, what the
recorder cut off at 400 characters) become an ellipsis. `cargo test kube` asks every recorded row of the tables again.
"""
import os, re

from answers import edits
from recordings import DATA, VERSIONS, compact, load, mask, write

# Kinds ------------------------------------------------------------------------------------------------------------


def kinds():
    served = {}
    for column, version in enumerate(VERSIONS):
        for k in (load(version, "kinds") or {"kinds": []})["kinds"]:
            if k["apiVersion"].split("/")[0].endswith(".example"):
                continue
            entry = served.setdefault((k["apiVersion"], k["kind"]), {"columns": set(), "k": k})
            entry["columns"].add(column)
            entry["k"] = k
    # 1.20.2 was asked for edits only: it serves what the next one serves, except what it was seen not to serve.
    absent = {(r["apiVersion"], r["kind"]) for r in load(VERSIONS[0], "edits")["rows"] if not r["served"]}
    for key, entry in served.items():
        if 1 in entry["columns"] and key not in absent:
            entry["columns"].add(0)
    lines = []
    for (api, kind), entry in sorted(served.items()):
        k = entry["k"]
        flags = ("n" if k["namespaced"] else "c") + ("s" if "status" in k["subresources"] else "")
        lines.append("\t".join([api, kind, k["plural"], flags, mask(entry["columns"]), ",".join(k["shortNames"])]))
    write("kinds.txt", lines)
    return served


# Types ------------------------------------------------------------------------------------------------------------


def short(name):
    for prefix in ("io.k8s.api.", "io.k8s.apimachinery.pkg.apis.", "io.k8s.apimachinery.pkg.", "io.k8s.kube-aggregator.pkg.apis.", "io.k8s.apiextensions-apiserver.pkg.apis."):
        if name.startswith(prefix):
            return name[len(prefix):]
    return name


# 1.21 to 1.23 were recorded with the definitions of 1.24: what they know is not said by their schema.
FIRST_SCHEMA = next(i for i, v in enumerate(VERSIONS) if v.startswith("1.24."))


def schemas():
    definitions, roots = {}, {}
    for column, version in enumerate(VERSIONS):
        schema = load(version, "schema")
        if column < FIRST_SCHEMA or not schema:
            continue
        for name, d in schema["definitions"].items():
            entry = definitions.setdefault(short(name), {})
            for prop, q in d.get("properties", {}).items():
                e = entry.setdefault(prop, {"columns": set()})
                e["columns"].add(column)
                e["q"] = q
            for root in d.get("for", []):
                roots.setdefault(root, short(name))
    return definitions, roots


def types(served):
    definitions, roots = schemas()
    every = set(range(FIRST_SCHEMA, len(VERSIONS)))
    lines, seen = [], set()
    todo = []
    for api, kind in sorted(served):
        name = roots.get(f"{api}/{kind}")
        if name:
            lines.append(f"{api}/{kind}\t{name}")
            todo.append(name)
    while todo:
        name = todo.pop()
        if name in seen or name not in definitions:
            continue
        seen.add(name)
        props = definitions[name]
        alive = set().union(*(e["columns"] for e in props.values())) if props else every
        cells = []
        for prop, e in sorted(props.items()):
            q, kind = e["q"], ""
            target = short(q.get("ref") or q.get("items") or q.get("values") or "")
            known = bool(definitions.get(target))
            quantity = target.endswith("resource.Quantity")
            sign = "[" if "items" in q else "{" if "values" in q else ""
            if q.get("type") == "array":
                sign = "["
            kind = sign + (target if known else "Quantity" if quantity else "")
            if known:
                todo.append(target)
            if q.get("patchStrategy"):
                kind += "+" + ",".join(q["patchStrategy"].split(",")) + (":" + q["mergeKey"] if "mergeKey" in q else "")
            if q.get("listType") in ("map", "set"):
                # How server-side apply tells the elements apart.
                kind += "!" + ",".join(q.get("listMapKeys", []))
            columns = e["columns"]
            since = "" if columns >= alive else "@" + mask(columns)
            cells.append(prop + since + ("=" + kind if kind else ""))
        lines.append("#" + name + "\t" + "\t".join(cells))
    write("types.txt", lines)
    return definitions, roots


# Defaults ---------------------------------------------------------------------------------------------------------

# What depends on more than the place is computed in defaults.rs: never learned as a constant.
COMPUTED = {("core.v1.ServiceSpec", None), ("core.v1.Container", "imagePullPolicy"), ("core.v1.ServicePort", "targetPort"), ("core.v1.ServicePort", "nodePort"),
    ("batch.v1.JobSpec", "selector"), ("core.v1.PodTemplateSpec", "metadata"), ("batch.v1.JobTemplateSpec", "metadata"), ("resource.v1.ResourceClaimTemplateSpec", "metadata"),
    ("batch.v1.JobSpec", "completions"), ("batch.v1.JobSpec", "parallelism"), ("batch.v1.JobSpec", "backoffLimit"), ("apiextensions.v1.CustomResourceDefinitionNames", None), ("core.v1.Secret", "data"), ("core.v1.LimitRangeItem", None),
    ("core.v1.PodSpec", "serviceAccount"), ("core.v1.PodSpec", "tolerations"), ("core.v1.PodSpec", "priority"), ("core.v1.PodSpec", "preemptionPolicy"), ("core.v1.PodSpec", "enableServiceLinks"),
    ("certificates.v1.CertificateSigningRequestSpec", None), ("networking.v1.NetworkPolicySpec", "policyTypes"), ("core.v1.PersistentVolumeClaim", None), ("meta.v1.ObjectMeta", None),
}

# Maps that are made where they are missing, and then filled.
MADE = {("apps.v1.DeploymentSpec", "strategy"), ("apps.v1.DeploymentStrategy", "rollingUpdate"), ("apps.v1.DaemonSetSpec", "updateStrategy"), ("apps.v1.DaemonSetUpdateStrategy", "rollingUpdate"),
    ("apps.v1.StatefulSetSpec", "updateStrategy"), ("apps.v1.StatefulSetUpdateStrategy", "rollingUpdate")}

# What a new object of a kind gets beside its uid, time and version, where it does not depend on the object.
NEW = ("status", "generation", "finalizers")
COMPUTED_STATUS = {"CustomResourceDefinition"}


def defaults(definitions, roots):
    seen = {}
    dropped = {}

    def walk(name, sent, stored, column, top):
        for prop, value in stored.items():
            if top and prop in ("metadata", "status", "kind", "apiVersion"):
                continue
            q = definitions[name].get(prop, {}).get("q", {})
            target = short(q.get("ref") or q.get("items") or q.get("values") or "")
            if (name, prop) in MADE and isinstance(value, dict):
                walk(target, sent.get(prop, {}), value, column, False)
            elif prop not in sent:
                if (name, prop) not in COMPUTED and (name, None) not in COMPUTED:
                    seen.setdefault((name, prop), {}).setdefault(compact(value), set()).add(column)
            elif target in definitions:
                of_map = [(sent[prop][k], value[k]) for k in value if k in sent[prop]] if "values" in q else None
                pairs = of_map or [(sent[prop], value)] if isinstance(value, dict) else zip(sent[prop], value) if isinstance(value, list) else []
                for a, b in pairs:
                    if isinstance(a, dict) and isinstance(b, dict):
                        walk(target, a, b, column, False)
        for prop in sent:
            if prop not in stored and prop != "stringData":
                sign = "~" if sent[prop] in ([], False) else "-"
                dropped.setdefault((sign + name, prop), set()).add(column)

    new = {}
    for column, version in enumerate(VERSIONS):
        for o in (load(version, "objects") or {"objects": []})["objects"]:
            key, stored = o["sent"]["apiVersion"] + "/" + o["sent"]["kind"], o["stored"]
            if o["sent"]["apiVersion"].split("/")[0].endswith(".example"):
                continue
            facts = {"status": stored.get("status"), **stored["metadata"]}
            # A claim that the recorder bound itself.
            was_changed = facts["status"] and facts["status"].get("phase") == "Bound"
            for fact in NEW:
                if facts.get(fact) is not None and not (fact == "status" and (was_changed or o["sent"]["kind"] in COMPUTED_STATUS)):
                    value = re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z", "TIME", compact(facts[fact]))
                    new.setdefault((key, fact), {}).setdefault(value, set()).add(column)
            name = roots.get(o["sent"]["apiVersion"] + "/" + o["sent"]["kind"])
            if name and name in definitions:
                walk(name, o["sent"], o["stored"], column, True)
    lines = []
    for (name, prop), values in sorted([*seen.items(), *((("!" + k, p), v) for (k, p), v in new.items())]):
        for value, columns in sorted(values.items(), key=lambda x: min(x[1])):
            if min(columns) == 1:
                columns = columns | {0}
            lines.append(f"{name}\t{prop}\t{mask(columns)}\t{value}")
    for (name, prop), columns in sorted(dropped.items()):
        if min(columns) == 1:
            columns = columns | {0}
        lines.append(f"{name}\t{prop}\t{mask(columns)}\t")
    write("defaults.txt", lines)


if __name__ == "__main__":
    os.makedirs(DATA, exist_ok=True)
    write("versions.txt", VERSIONS)
    edits()
    defaults(*types(kinds()))

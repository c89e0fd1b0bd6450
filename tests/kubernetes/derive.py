#!/usr/bin/env python3
"""Write src/kube/data/ from tests/kubernetes/recorded/. Usage: derive.py (no arguments; run it after new recordings).

The tables say no more than the recordings do: a run of equal answers becomes one entry, the values of the recorded
object in the server's words become slots, and values that only the process knew (pointers, whole structs, what the
recorder cut off at 400 characters) become an ellipsis. `cargo test kube` asks every recorded row of the tables again.
"""
import copy, gzip, json, os, re

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDED = os.path.join(HERE, "recorded")
DATA = os.path.join(HERE, "..", "..", "src", "kube", "data")
VERSIONS = sorted(os.listdir(RECORDED), key=lambda v: [int(x) for x in v.split(".")])
OPS = ("change", "unset", "apply-change", "apply-unset")


def load(version, name):
    path = f"{RECORDED}/{version}/{name}.json.gz"
    return json.load(gzip.open(path)) if os.path.exists(path) else None


def write(name, lines):
    with open(f"{DATA}/{name}", "w") as out:
        out.write("".join(line + "\n" for line in lines))


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


# Paths and objects ------------------------------------------------------------------------------------------------


def steps(path):
    out = []
    for part in path.split("."):
        key, *rest = part.split("[")
        if key:
            out.append(key)
        out += [int(x[:-1]) for x in rest]
    return out


def get(obj, path):
    for step in path:
        try:
            obj = obj[step]
        except (KeyError, IndexError, TypeError):
            return None
    return obj


def merge(old, new):
    """A merge patch, which is also what a strategic one does to maps."""
    if not isinstance(new, dict) or not isinstance(old, dict):
        return copy.deepcopy(new)
    out = dict(old)
    for key, value in new.items():
        if value is None:
            out.pop(key, None)
        else:
            out[key] = merge(out.get(key), value)
    return out


def edited(obj, field, op, to):
    obj, path = copy.deepcopy(obj), steps(field)
    parent = obj
    for step in path[:-1]:
        if isinstance(step, int):
            parent = parent[step]
        else:
            parent = parent.setdefault(step, {})
    last = path[-1]
    if "unset" in op or to is None:
        if isinstance(parent, dict):
            parent.pop(last, None)
    elif isinstance(parent, list):
        parent[last] = to
    elif op == "change" or field in ("spec", "data"):
        parent[last] = merge(parent.get(last), to)
    else:
        parent[last] = copy.deepcopy(to)
    if obj.get("kind") == "Service" and field in ("spec", "spec.clusterIP"):
        address = obj["spec"].get("clusterIP")
        if address:
            obj["spec"]["clusterIPs"] = [address]
        else:
            obj["spec"].pop("clusterIPs", None)
    return obj


# The server's words -----------------------------------------------------------------------------------------------

KINDS_OF_ERROR = "Invalid value|Required value|Forbidden|Unsupported value|Duplicate value|Too many|Not found|Internal error"
ITEM = re.compile(rf"^([\w.\-/\[\]*<>]+): ({KINDS_OF_ERROR})")


def items_of(text):
    """The single errors of an `is invalid:` message."""
    if not text.startswith("["):
        return [text]
    is_whole, text = text.endswith("]"), text.removesuffix("]")[1:]
    items = re.split(rf", (?=[\w.\-/\[\]*<>]+: (?:{KINDS_OF_ERROR}))", text)
    # The recorder cut the second one off.
    return items if is_whole or len(items) > 1 else items + ["…"]


def go(kind, value):
    """`value` as Go's %#v prints it for a field of this type; None if it cannot."""
    quote = lambda s: json.dumps(s, ensure_ascii=False)
    if kind == "str":
        return quote(value or "") if value is None or isinstance(value, str) else None
    if kind == "ptr":
        if value is None:
            return '"null"'
        return quote(value) if isinstance(value, str) else json.dumps(value) if isinstance(value, (bool, int)) else None
    if kind == "int":
        return str(value or 0) if value is None or type(value) is int else None
    if kind == "bool":
        return json.dumps(bool(value)) if value is None or isinstance(value, bool) else None
    if kind == "json":
        return compact(value)
    if kind.startswith("[]") or kind.startswith("map[string]"):
        if value is None:
            return kind + "(nil)"
        if kind.startswith("[]") and isinstance(value, list) and all(isinstance(x, str) for x in value):
            return kind + "{" + ", ".join(map(quote, value)) + "}"
        if kind.startswith("map") and isinstance(value, dict) and all(isinstance(x, str) for x in value.values()):
            return kind + "{" + ", ".join(f"{quote(k)}:{quote(v)}" for k, v in sorted(value.items())) + "}"
        return None
    if kind == "v1.LabelSelector" and isinstance(value, dict) and not value.get("matchExpressions"):
        labels = value.get("matchLabels")
        return f"v1.LabelSelector{{MatchLabels:{go('map[string]string', labels)}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}}"
    return None


def types_for(text):
    if m := re.match(r"((?:\[\]|map\[string\])[\w.]+)[({]", text):
        return [m[1]]
    if text.startswith("v1.LabelSelector{"):
        return ["v1.LabelSelector"]
    if text == '"null"':
        return ["ptr"]
    if text.startswith('"'):
        return ["str"]
    return ["int", "bool", "json"]


def slot(text, error_path, field, after):
    """The value in the server's words as a slot that prints the same for this object."""
    candidates = [error_path, re.sub(r"(\[\d+\])$", "", error_path)]
    if text.endswith("(nil)"):
        candidates.reverse()
    parts = field.split(".")
    candidates += [".".join(parts[:n]) for n in range(len(parts), 0, -1)]
    for kind in types_for(text):
        for path in candidates:
            value = get(after, steps(path)) if path else None
            if path and go(kind, value) == text and not (value is None and kind == "json" and path not in candidates[:2]):
                return f"⟦{kind}|{path}⟧"
    return None


UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def template(item, field, after, cut):
    m = ITEM.match(item)
    if not m:
        return item
    path, error = m[1], m[2]
    rest = item[m.end():]
    if error == "Forbidden" and "\n" in rest:
        return f"{path}: {error}{rest.split(chr(10))[0].rstrip()}…"
    if error not in ("Invalid value", "Unsupported value", "Duplicate value") or not rest.startswith(": "):
        if "labels[" in path and not cut:
            rest = UID.sub("⟦raw|metadata.uid⟧", rest).replace(f"'{after['metadata']['name']}'", "'⟦name⟧'")
        return path + ": " + error + rest + ("✂" if cut else "")
    rest = rest[2:]
    value, tail = split_value(rest)
    if tail is None:
        return f"{path}: {error}: …"
    found = slot(value, path, field, after)
    address = re.fullmatch(r'"10\.96\.\d+\.\d+"', value)
    if found is None and address:
        found = f"⟦str|{path}⟧"
    if found is None and (len(value) > 60 or "0x" in value):
        found = "…"
    return f"{path}: {error}: {found or value}{tail}" + ("✂" if cut else "")


def split_value(text):
    """The printed value at the beginning, and what follows it; no rest if the recorder cut the value off."""
    depth, quoted, n = 0, False, 0
    while n < len(text):
        c = text[n]
        if quoted:
            if c == "\\":
                n += 1
            elif c == '"':
                quoted = False
        elif c == '"':
            quoted = True
        elif c in "{[(":
            depth += 1
        elif c in "}])":
            depth -= 1
        elif c == ":" and depth == 0 and text[n:n + 2] == ": ":
            return text[:n], text[n:]
        n += 1
    return (text, "") if depth == 0 and not quoted and len(text) < 60 else (text, None)


def refusal(row, after, plural):
    """(head, items): the head of a message about an invalid object ends in 'is invalid: ', and others have no items."""
    text, name = row["message"], row["name"]
    cut = len(text) >= 400
    m = re.match(rf'^([\w.]+) "{re.escape(name)}" is invalid: ', text)
    if m:
        items = items_of(text[m.end():])
        return [m[1], [template(item, row["field"], after, cut and n == len(items) - items.count("…")) for n, item in enumerate(items, 1)]]
    text = text.replace(f'"{name}"', '"⟦name⟧"').replace(f"({name} ", "(⟦name⟧ ").replace(f"({name})", "(⟦name⟧)")
    text = text.replace("(renamed)", "(⟦raw|metadata.name⟧)").replace(f'{plural} "', '⟦plural⟧ "')
    return [text, []]


def uncut(messages):
    """What the recorder cut off is what another message of the kind goes on with, or an ellipsis."""
    complete = [item for _, items in messages for item in items if not item.endswith("✂")]
    for message in messages:
        for n, item in enumerate(message[1]):
            if item.endswith("✂"):
                start = item[:-1]
                found = {other for other in complete if other.startswith(start)}
                head = re.match(rf"[\w.\-/\[\]*<>]+: (?:{KINDS_OF_ERROR})", item)
                message[1][n] = found.pop() if len(found) == 1 else head[0] + ": …"


# Edits ------------------------------------------------------------------------------------------------------------


def defaulted():
    """The values that servers store for fields that were not sent: (kind, path) to values."""
    out = {}

    def walk(kind, path, sent, stored):
        if isinstance(stored, dict) and isinstance(sent, dict):
            for key, value in stored.items():
                walk(kind, f"{path}.{key}" if path else key, sent.get(key), value)
        elif isinstance(stored, list) and isinstance(sent, list):
            for n, (a, b) in enumerate(zip(sent, stored)):
                walk(kind, f"{path}[{n}]", a, b)
        elif sent is None:
            out.setdefault((kind, path), []).append(stored)

    for version in VERSIONS:
        for o in (load(version, "objects") or {"objects": []})["objects"]:
            walk(o["sent"]["kind"], "", o["sent"], o["stored"])
    return out


def edits():
    stored, plurals, standard = {}, {}, defaulted()
    for version in VERSIONS:
        objects = load(version, "objects")
        stored[version] = {o["variant"]: o["stored"] for o in objects["objects"]} if objects else None
        for kind in (load(version, "kinds") or {"kinds": []})["kinds"]:
            plurals[kind["kind"]] = kind["plural"]
    stored[VERSIONS[0]] = stored[VERSIONS[1]]
    rows = {}
    lines = open(f"{HERE}/left-out.txt").read().splitlines()
    left_out = [line.split("\t")[0] for line in lines if line and line[0] != "#"]
    for column, version in enumerate(VERSIONS):
        to = None
        for row in load(version, "edits")["rows"]:
            if not row["served"] or not row.get("created", True):
                continue
            if any(f"{row['variant']} {row['field']} {row['op']}".startswith(start) for start in left_out):
                continue
            # A case is asked in four ways, the change first: the others belong to its new value.
            to = compact(row["to"]) if row["op"] == "change" else to
            rows.setdefault((row["kind"], row["apiVersion"], row["variant"], row["field"], row["note"], to), []).append((column, version, row))
    kinds = {}
    for (kind, api, variant, field, note, _), answers in rows.items():
        key = "*" if variant in ("metadata", "status-copied") else kind
        table = kinds.setdefault(key, {"messages": [], "rows": []})
        entry = {"v": variant, "api": api, "f": field, "n": note, "b": None, "t": None, "o": {}}
        absent = set()
        columns = {op: [-1] * len(VERSIONS) for op in OPS}
        for column, version, row in answers:
            base = stored[version].get(variant) or next(s[variant] for s in stored.values() if s and variant in s)
            row = dict(row, name=base["metadata"]["name"])
            entry["t"] = row["to"] if row["to"] is not None else entry["t"]
            if field in ("spec", "data"):
                sent = stored[VERSIONS[-1]][variant][field]
                entry["t"] = {k: v for k, v in entry["t"].items() if k not in sent or sent[k] != v}
            if field not in ("spec", "data", "status"):
                entry["b"] = row["before"] if entry["b"] is None else entry["b"]
                if row["before"] is None:
                    absent.add(column)
            if row["taken"]:
                answer = 1 if row["after"] == row["before"] else 0
                by_cluster = key == "*" or field.startswith("spec.ipFamil")
                if row["op"] == "unset" and row["after"] in standard.get((kind, field), []) and not by_cluster:
                    entry["d"] = row["after"]
            else:
                after = edited(base, field, row["op"], row["to"])
                message = refusal(row, after, plurals.get(kind, ""))
                if key == "*" and message[1]:
                    message[0] = "⟦kind⟧"
                if message not in table["messages"]:
                    table["messages"].append(message)
                answer = 2 + table["messages"].index(message)
            columns[row["op"]][column] = answer
        entry["z"] = mask(absent)
        del entry["b"]
        # The API servers of one minor differ here only because allocated values are carried forward since a known patch.
        if any(columns[op][1] != columns[op][2] for op in OPS):
            entry["x"] = True
        for op in OPS:
            runs = []
            for answer in columns[op]:
                if runs and runs[-1][1] == answer:
                    runs[-1][0] += 1
                else:
                    runs.append([1, answer])
            if runs != [[len(VERSIONS), -1]]:
                entry["o"][op] = runs
        table["rows"].append(entry)
    for table in kinds.values():
        uncut(table["messages"])
    write("edits.txt", [f"{kind}\t{compact(kinds[kind])}" for kind in sorted(kinds)])


# Kinds ------------------------------------------------------------------------------------------------------------


def mask(columns):
    return f"{sum(1 << c for c in columns):x}"


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

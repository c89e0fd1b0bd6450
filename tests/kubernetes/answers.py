"""The table of edits: which edit of which field each version took, and its words when it did not."""
import copy, json, re

from recordings import HERE, VERSIONS, compact, load, mask, write

OPS = ("change", "unset", "apply-change", "apply-unset")

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

#!/usr/bin/env python3
"""Compare `chartlint life --format json` with lives that were recorded on real Helm and real API servers.

usage: compare.py --chartlint BIN --corpus DIR --index INDEX.tsv RECORDED.jsonl... [--jobs N] [--only ID,ID] [--cache DIR] [-v]

DIR holds the charts, INDEX.tsv says in which folder of it each is (columns `id` and `dir`). Prints one line for each chart that differs, then the share of those that
do not. `exceptions.tsv` (id, recording, reason) lists the charts that may differ, and why; one that no longer differs, or
differs and is not listed, makes the exit code 1. Results are cached by the program and the chart's recorded commit.
"""
import argparse, concurrent.futures, hashlib, json, os, re, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
# The kind of an error, by Helm's words; the first that matches. Recorded errors are cut to their end.
KINDS = [
    ("kind not served", r"no matches for kind"),
    ("no namespace", r'namespaces "[^"]*" not found'),
    ("not in manifest", r'no \w+ with the name "[^"]*" found|original object .* not found'),
    ("exists", r"exists and cannot be imported|already exists"),
    ("merge key", r"does not contain declared merge key"),
    ("form", r"failed to create typed patch object"),
    ("release too large", r"sh\.helm\.release\.v1\..*Too long"),
    ("refused", r'" is invalid: |is forbidden'),
    ("manifest", r"YAML parse error|error validating"),
    ("render", r""),
]
STEPS = {"offline 1": "offline", "offline 2": "offline again"}


def kind_of(message):
    return next(kind for kind, pattern in KINDS if re.search(pattern, message))


def steps_recorded(life):
    return [(STEPS.get(s["step"], s["step"]), "ok" if s["ok"] else kind_of(s["error"])) for s in life["steps"]]


def steps_lived(life):
    return [(s["step"], "ok" if s["ok"] else s["error"]["kind"].replace("chart", "render")) for s in life["steps"]]


def plain(field):
    """A path without the quotes of keys: as the recordings write it."""
    field = re.sub(r'\["((?:[^"\\]|\\.)*)"\]', lambda m: "." + json.loads(f'"{m[1]}"'), field)
    return field.lstrip(".")


def differences_recorded(life):
    out = {}
    for pair, lines in life["differences"].items():
        a, b = (STEPS.get(s, s) for s in pair.split(" -> "))
        out[f"{a}..{b}"] = sorted({(l["resource"], (l["field"] or "").lstrip("."), l["how"]) for l in lines})
    return out


def differences_lived(life, wanted):
    out = {}
    for pair, lines in life["differences"].items():
        if pair in wanted:
            name = lambda o: "/".join([o["apiVersion"], o["kind"], o["namespace"], o["name"]])
            how = lambda l: l["how"].replace("object", "resource")
            out[pair] = sorted({(name(l["object"]), plain(l["field"]), how(l)) for l in lines})
    return out


def lived(arguments, recorded, digest):
    helm = recorded["helm"].lstrip("v").split("+")[0]
    chart = os.path.join(arguments.corpus, arguments.folders[recorded["id"]])
    key = "-".join([recorded["id"], helm, recorded["kubernetes"], digest])
    path = os.path.join(arguments.cache, key + ".json")
    if os.path.exists(path):
        return json.load(open(path))
    command = [arguments.chartlint, "life", chart, "--name", recorded["release"], "--namespace", recorded["namespace"],
               "--kube-version", recorded["kubernetes"], "--helm", helm, "--no-hooks", "--format", "json"]
    try:
        run = subprocess.run(command, capture_output=True, timeout=300)
        life = json.loads(run.stdout) if run.stdout else {"failed": run.stderr.decode(errors="replace")[-500:]}
    except subprocess.TimeoutExpired:
        life = {"failed": "more than 300 s"}
    with open(path, "w") as file:
        json.dump(life, file)
    return life


def compare(arguments, recorded, digest):
    life = lived(arguments, recorded, digest)
    if "failed" in life:
        return [f"nothing lived: {life['failed']}"]
    out = []
    if steps_recorded(recorded) != steps_lived(life):
        a, b = dict(steps_recorded(recorded)), dict(steps_lived(life))
        for step in dict.fromkeys([*a, *b]):
            if a.get(step) != b.get(step):
                said = next((s["error"]["message"][:300] for s in life["steps"] if s["step"] == step and s["error"]), "")
                out.append(f"{step}: recorded {a.get(step)}, lived {b.get(step)} {said}")
    wanted = differences_recorded(recorded)
    got = differences_lived(life, wanted)
    for pair, lines in wanted.items():
        here = got.get(pair)
        if here is None:
            out.append(f"{pair}: not compared")
            continue
        out += [f"{pair}: missed {line}" for line in lines if line not in here]
        out += [f"{pair}: too much {line}" for line in here if line not in lines]
    return out


def asked(verbose):
    """The arguments, with the folders of the charts and the first digits of the program's hash."""
    parser = argparse.ArgumentParser()
    parser.add_argument("recorded", nargs="+")
    parser.add_argument("--chartlint", required=True)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--index", required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="")
    parser.add_argument("--cache", default="/tmp/chartlint-lives")
    parser.add_argument("-v", action="store_true", help=verbose)
    arguments = parser.parse_args()
    os.makedirs(arguments.cache, exist_ok=True)
    with open(arguments.chartlint, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()[:12]
    with open(arguments.index) as file:
        head, *lines = [line.rstrip("\n").split("\t") for line in file]
    arguments.folders = {row[head.index("id")]: row[head.index("dir")] for row in lines}
    return arguments, digest


def main():
    arguments, digest = asked("print all differences of a chart, not the first five")
    rows = [line.rstrip("\n").split("\t") for line in open(os.path.join(HERE, "exceptions.tsv")) if not line.startswith("#")]
    only = set(filter(None, arguments.only.split(",")))
    bad = False
    for path in arguments.recorded:
        name = os.path.basename(path).removesuffix(".jsonl")
        known = {row[0]: row[2] for row in rows if row[1] == name}
        lives = [json.loads(line) for line in open(path)]
        lives = [life for life in lives if not only or life["id"] in only]
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            results = list(pool.map(lambda life: compare(arguments, life, digest), lives))
        same = sum(not result for result in results)
        for life, result in zip(lives, results):
            listed = life["id"] in known
            if bool(result) != listed:
                bad = True
            if result or listed:
                reason = f" ({known[life['id']]})" if listed else ""
                print(f"{life['id']} {life['repo']} {life['path']}{reason}{'' if result else ': differs no longer'}")
                for line in result if arguments.v else result[:5]:
                    print(f"    {line}")
        print(f"{name}: {same} of {len(lives)} alike ({100 * same / max(1, len(lives)):.1f} %)")
    sys.exit(bad)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Records what Helm makes of the conformance cases, or checks that a recording still holds.

    record.py check LABEL=HELM…          renders every case again and prints what differs from cases.json
    record.py write LABEL=HELM…          the same, and writes what came out into cases.json
    record.py functions LABEL=HELM…      prints which of the functions in functions.json each binary knows otherwise
    record.py capabilities LABEL=HELM…   prints the default capabilities of each binary as capabilities.json has them

`helm3` and `helm4` are the labels of the two references; any other label is the version it stands for. A new case needs
both references. README.md says what a case consists of.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
CASES = HERE / "cases.json"
CHART = 'apiVersion: v2\nname: c\nversion: 0.1.0\nappVersion: "1.0"\n'
HINT = "\n\nUse --debug flag to render out invalid YAML"
LONGEST_ERROR = 4000
REFERENCES = ("helm3", "helm4")


class Helm:
    """A Helm binary, run with nothing of the user's around it."""

    def __init__(self, label, path, scratch):
        self.label, self.path, self.scratch = label, os.path.abspath(path), scratch
        self.version = self.start(["version", "--template", "{{ .Version }}"], scratch).stdout.decode().strip()

    def start(self, arguments, folder):
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": self.scratch,
            "KUBECONFIG": os.path.join(self.scratch, "no-cluster"),
            "TZ": "UTC",
        }
        return subprocess.run([self.path, *arguments], cwd=folder, env=environment, capture_output=True, timeout=120)

    def template(self, files, arguments):
        """Renders a chart; gives whether it went well, what was printed, and the error."""
        with tempfile.TemporaryDirectory(dir=self.scratch) as folder:
            for path, text in {"Chart.yaml": CHART, **files}.items():
                file = pathlib.Path(folder, "c", path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(text.encode())
            done = self.start(["template", "rel", "./c", *arguments], folder)
        said = done.stderr.decode("utf-8", "backslashreplace")
        error = said.partition("Error: ")[2] or said
        return done.returncode == 0, done.stdout.decode("utf-8", "backslashreplace"), error.rstrip("\n").replace(HINT, "")


def failure(error):
    if len(error) <= LONGEST_ERROR:
        return {"ok": False, "error": error}
    return {"ok": False, "error_head": error[:400], "error_tail": error[-400:], "error_length": len(error)}


def rendered_file(helm, files, arguments):
    """Exactly what templates/t.yaml renders to.

    With --debug, Helm prints every rendered file whole as soon as one of them is no YAML, so some are added that are
    none. It prints them in no order and trims the last one: hence the tries. A file of white space alone is not
    printed at all: it is included by another file as a JSON string.
    """
    broken = {f"templates/zz{number}.yaml": f"[bad{number}" for number in range(8)}
    for _ in range(20):
        _, printed, _ = helm.template({**files, **broken}, [*arguments, "--debug"])
        parts = re.split(r"(?m)^---\n# Source: (c/[^\n]*)\n", "\n" + printed)
        bodies = dict(zip(parts[1::2], parts[2::2]))
        if "c/templates/t.yaml" not in bodies:
            moved = {path: text for path, text in files.items() if path != "templates/t.yaml"}
            moved["templates/_t.yaml"] = files["templates/t.yaml"]
            moved["templates/out.yaml"] = 'text: {{ include "c/templates/_t.yaml" . | toJson }}'
            _, printed, _ = helm.template(moved, arguments)
            return json.loads(re.search(r'(?m)^text: (".*")$', printed)[1]).replace("<no value>", "")
        if parts[-2] != "c/templates/t.yaml":
            return bodies["c/templates/t.yaml"][:-1]
    raise RuntimeError("the wanted file was the last one in every try")


def outcome(helm, case):
    files = dict(case.get("files") or {})
    if case["values"] is not None:
        files["values.yaml"] = case["values"]
    if case["template"] is not None:
        files["templates/t.yaml"] = case["template"]
    arguments = case.get("args") or []
    ok, printed, error = helm.template(files, arguments)
    if case["mode"] == "stdout":
        return {"ok": True, "output": printed} if ok else failure(error)
    if not ok and not error.startswith("YAML parse error on c/"):
        return failure(error)
    return {"ok": True, "output": rendered_file(helm, files, arguments)}


def recorded(case, helm):
    """What cases.json has for this binary: its own result or that of the reference of its major."""
    reference = REFERENCES[0] if helm.version.startswith("v3") else REFERENCES[1]
    return case.get("other", {}).get(helm.label) or case.get(reference)


def keep(case, helm, result):
    if helm.label in REFERENCES:
        case[helm.label] = result
        return
    other = case.setdefault("other", {})
    other.pop(helm.label, None)
    if result != recorded(case, helm):
        other[helm.label] = result
    if not other:
        del case["other"]


def cases(helms, write):
    recording = json.loads(CASES.read_text())
    for case in recording["cases"]:
        missing = [label for label in REFERENCES if label not in case and label not in [helm.label for helm in helms]]
        if missing:
            sys.exit(f"{case['name']} is new: it needs {' and '.join(missing)}")

    def twice(pair):
        helm, case = pair
        first, second = outcome(helm, case), outcome(helm, case)
        return first if first == second else None

    differing = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        # The references come first, so that the others are compared with what is new.
        for helm in sorted(helms, key=lambda helm: helm.label not in REFERENCES):
            recording["versions"][helm.label] = helm.version
            pairs = [(helm, case) for case in recording["cases"]]
            for (_, case), result in zip(pairs, pool.map(twice, pairs)):
                if result is None:
                    print(f"{case['name']} under {helm.version} is not the same twice: not kept")
                elif result != recorded(case, helm):
                    differing += 1
                    print(f"{case['name']} under {helm.version}\n    was {recorded(case, helm)}\n    is  {result}")
                if result is not None and write:
                    keep(case, helm, result)
    if write:
        CASES.write_text(json.dumps(recording, indent=1))
    return differing


def functions(helms):
    known = json.loads((HERE / "functions.json").read_text())
    names = set(known["functions"]).union(*(one["added"] for one in known["differences"].values()))
    for helm in helms:
        own = known["differences"].get(helm.version[1:], {"added": [], "missing": []})
        expected = set(known["functions"]).union(own["added"]).difference(own["missing"])
        for name in sorted(names):
            _, _, error = helm.template({"templates/t.yaml": "{{ if false }}{{ %s }}{{ end }}" % name}, [])
            has = f'function "{name}" not defined' not in error
            if has != (name in expected):
                print(f"{helm.version} {'has' if has else 'has no'} {name}")


def capabilities(helms):
    template = "out: {{ list .Capabilities.KubeVersion.Version .Capabilities.APIVersions | toJson }}"
    versions = {}
    for helm in helms:
        _, printed, _ = helm.template({"templates/t.yaml": template}, [])
        kube, groups = json.loads(re.search(r"(?m)^out: (.*)$", printed)[1])
        versions[helm.version[1:]] = {"KubeVersion": kube, "APIVersions": groups}
    print(json.dumps({"versions": versions}, indent=1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("check", "write", "functions", "capabilities"))
    parser.add_argument("helm", nargs="+", metavar="LABEL=HELM")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="conformance-") as scratch:
        helms = [Helm(*pair.split("=", 1), scratch) for pair in options.helm]
        if options.what == "functions":
            functions(helms)
        elif options.what == "capabilities":
            capabilities(helms)
        elif cases(helms, options.what == "write") and options.what == "check":
            sys.exit(1)


if __name__ == "__main__":
    main()

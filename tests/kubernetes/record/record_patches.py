#!/usr/bin/env python3
"""Record the requests with which Helm changes objects. Usage: record_patches.py OUT.json.gz HELM3 HELM4

Each case of patch_cases.py is installed, its live object is put into the stand-in server as somebody left it, and the release is
upgraded: by Helm 3, by Helm 4 (server-side apply), and by Helm 4 when the release was born under Helm 3. Many cases share a release;
those of a release whose upgrade fails are asked again, each alone, and the error is recorded.
"""
import copy, gzip, json, os, shutil, subprocess, sys, tempfile, time, urllib.request
from patch_cases import KINDS, cases

HERE = os.path.dirname(os.path.abspath(__file__))
PORT, NAMESPACE = int(os.environ.get("PORT", "18231")), "ns"
API = f"http://127.0.0.1:{PORT}"
NAMESPACED = {}
for line in open(KINDS):
    api, kind, _, flags = line.split("\t")[:4]
    NAMESPACED[api, kind] = flags.startswith("n")


def without_nulls(o):
    if isinstance(o, dict):
        return {k: without_nulls(v) for k, v in o.items() if v is not None}
    return [without_nulls(v) for v in o] if isinstance(o, list) else o


def stored(original, edit):
    """What the server holds when the upgrade comes."""
    o = without_nulls(copy.deepcopy(original))
    meta = o["metadata"]
    meta.setdefault("labels", {})["app.kubernetes.io/managed-by"] = "Helm"
    meta.setdefault("annotations", {}).update({"meta.helm.sh/release-name": "rel", "meta.helm.sh/release-namespace": NAMESPACE})
    if NAMESPACED.get((o["apiVersion"], o["kind"]), True):
        meta["namespace"] = NAMESPACE
    meta.update(uid="7d7ff9c4", resourceVersion="7")
    return edit(o) if edit else o


class Lab:
    def __init__(self):
        self.dir = tempfile.mkdtemp()
        self.log = self.dir + "/log"
        open(self.log, "w").close()
        config = {"apiVersion": "v1", "kind": "Config", "current-context": "c", "clusters": [{"name": "c", "cluster": {"server": API}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u", "namespace": NAMESPACE}}], "users": [{"name": "u", "user": {}}]}
        json.dump(config, open(self.dir + "/config", "w"))
        self.env = {"PATH": "/usr/bin:/bin", "HOME": self.dir, "KUBECONFIG": self.dir + "/config", "TZ": "UTC"}
        self.server = subprocess.Popen([sys.executable, HERE + "/standin.py", str(PORT), self.log, KINDS], stderr=subprocess.DEVNULL)
        for _ in range(50):
            try:
                urllib.request.urlopen(API + "/version").read()
                break
            except OSError:
                time.sleep(0.1)

    def close(self):
        self.server.terminate()
        self.server.wait()
        shutil.rmtree(self.dir)

    def chart(self, objects):
        shutil.rmtree(self.dir + "/c", ignore_errors=True)
        os.makedirs(self.dir + "/c/templates")
        open(self.dir + "/c/Chart.yaml", "w").write("apiVersion: v2\nname: c\nversion: 0.1.0\n")
        for i, o in enumerate(objects):
            json.dump(o, open(f"{self.dir}/c/templates/{i:03}.yaml", "w"))

    def helm(self, binary, *args):
        open(self.log, "w").close()
        run = subprocess.run([binary, *args], cwd=self.dir, env=self.env, capture_output=True, text=True)
        sent = [json.loads(line) for line in open(self.log)]
        error = run.stderr[run.stderr.find("Error: ") + 7 :].strip() if run.returncode else None
        return sent, error


def ask(batch, first, second):
    """The requests of the upgrade by name of the object, and the error."""
    lab = Lab()
    try:
        lab.chart([c["original"] for c in batch])
        _, error = lab.helm(first, "install", "rel", "./c", "--disable-openapi-validation")
        if error:
            return {}, "install: " + error
        body = json.dumps([c["live"] for c in batch]).encode()
        urllib.request.urlopen(urllib.request.Request(API + "/__live", body, method="POST")).read()
        lab.chart([c["modified"] for c in batch])
        sent, error = lab.helm(second, "upgrade", "rel", "./c", "--disable-openapi-validation")
        return {r["name"]: {"type": r["type"], "query": r["query"], "body": json.loads(r["body"])} for r in sent if r["method"] != "DELETE"}, error
    finally:
        lab.close()


def main():
    out, helm3, helm4 = sys.argv[1:4]
    version = lambda binary: subprocess.run([binary, "version", "--template", "{{.Version}}"], capture_output=True, text=True).stdout
    all_cases = []
    for i, (name, original, modified, live) in enumerate(cases()):
        named = lambda o: {**o, "metadata": {"name": f"c-{i:03}", **o["metadata"]}}
        original, modified = named(original), named(modified)
        all_cases.append({"case": name, "original": original, "modified": modified, "live": stored(original, live)})
    for mode, first, second in [("helm3", helm3, helm3), ("helm4", helm4, helm4), ("migrated", helm3, helm4)]:
        # Those that fail, as a rule, go alone.
        alone = [c for c in all_cases if any(word in c["case"] for word in ("no name", "no type", "without name"))]
        others = [c for c in all_cases if c not in alone]
        todo = [others[i : i + 30] for i in range(0, len(others), 30)] + [[c] for c in alone]
        while todo:
            batch = todo.pop(0)
            sent, error = ask(batch, first, second)
            if error and len(batch) > 1:
                half = len(batch) // 2
                todo[:0] = [batch[:half], batch[half:]] if len(batch) > 4 else [[c] for c in batch]
                continue
            for c in batch:
                c[mode] = {"error": error} if error else sent.get(c["original"]["metadata"]["name"])
        print(mode, sum(1 for c in all_cases if c[mode] and "body" in c[mode]), "sent,", sum(1 for c in all_cases if c[mode] and "error" in c[mode]), "errors", flush=True)
    result = {"helm3": version(helm3), "helm4": version(helm4), "cases": all_cases}
    with gzip.GzipFile(out, "wb", mtime=0) as f:
        f.write(json.dumps(result, separators=(",", ":"), sort_keys=True).encode())


main()

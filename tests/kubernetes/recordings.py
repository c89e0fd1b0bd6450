"""The recordings, and how the tables derived from them are written."""
import gzip, json, os

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDED = os.path.join(HERE, "recorded")
DATA = os.path.join(HERE, "..", "..", "src", "kube", "data")
VERSIONS = sorted(os.listdir(RECORDED), key=lambda v: [int(x) for x in v.split(".")])


def load(version, name):
    path = f"{RECORDED}/{version}/{name}.json.gz"
    return json.load(gzip.open(path)) if os.path.exists(path) else None


def write(name, lines):
    with open(f"{DATA}/{name}", "w") as out:
        out.write("".join(line + "\n" for line in lines))


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def mask(columns):
    return f"{sum(1 << c for c in columns):x}"

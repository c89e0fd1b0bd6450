"""What both halves of the comparison share: which cases a folder of charts has, how a program is run on one, and
where a recording keeps what it said."""

import glob
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

RELEASE = "release-name"
TIMEOUT = 120


@dataclass(frozen=True)
class Case:
    """One chart under one set of values. Paths are relative to the folder of charts."""

    chart: str
    name: str
    values: tuple = ()

    @property
    def arguments(self):
        return [part for file in self.values for part in ("-f", file)]


@dataclass
class Run:
    """What a program did: its exit code (None when it did not end in time), its output and the processor time it took."""

    code: object
    stdout: bytes
    stderr: bytes
    seconds: float


def charts_below(root):
    """Every folder with a Chart.yaml that lies in no other chart's `charts`."""
    found = []
    for folder, subfolders, files in os.walk(root):
        subfolders.sort()
        if "Chart.yaml" in files:
            found.append(os.path.relpath(folder, root))
            subfolders[:] = [name for name in subfolders if name != "charts"]
    return found


def listed_charts(path):
    with open(path, encoding="utf-8") as lines:
        return [line.split("\t")[0].strip() for line in lines if line.strip() and not line.startswith("#")]


def cases_of(root, charts, only_defaults=False):
    for chart in charts:
        yield Case(chart, "default")
        if only_defaults:
            continue
        for path in sorted(glob.glob(os.path.join(glob.escape(os.path.join(root, chart)), "ci", "*-values.yaml"))):
            name = "ci-" + os.path.basename(path)[: -len("-values.yaml")]
            yield Case(chart, name, (os.path.relpath(path, root),))


def clean_environment(home):
    """Nothing of the user's: no repositories, no plugins, no cluster, one time zone."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "XDG_CACHE_HOME": os.path.join(home, "cache"),
        "XDG_CONFIG_HOME": os.path.join(home, "config"),
        "XDG_DATA_HOME": os.path.join(home, "data"),
        "KUBECONFIG": "/dev/null",
        "TZ": "UTC",
        "NO_COLOR": "1",
    }


def run(command, root, home):
    """Runs a command in the folder of charts and measures its own processor time."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            command, cwd=root, env=clean_environment(home), stdin=subprocess.DEVNULL, stdout=out, stderr=err
        )
        deadline = time.monotonic() + TIMEOUT
        pause = 0.002
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(status)
                break
            if time.monotonic() > deadline:
                process.kill()
                _, _, usage = os.wait4(process.pid, 0)
                code = None
                break
            time.sleep(pause)
            pause = min(pause * 1.3, 0.02)
        process.returncode = -9 if code is None else code  # The child is reaped: Popen must not wait for it again.
        out.seek(0)
        err.seek(0)
        return Run(code, out.read(), err.read(), usage.ru_utime + usage.ru_stime)


def helm_command(helm, case, extra):
    return [helm, "template", RELEASE, case.chart, *case.arguments, *extra]


def version_of(helm, home):
    answer = run([helm, "version", "--template", "{{ .Version }}"], "/", home)
    version = answer.stdout.decode().strip().lstrip("v")
    if not version:
        sys.exit(f"{helm} does not say which version it is: {answer.stderr.decode(errors='replace')}")
    return version


class Recording:
    """A folder with what one Helm version made of the cases, and an index of it."""

    COLUMNS = ("chart", "case", "code", "stable", "seconds", "seconds again", "bytes")

    def __init__(self, folder):
        self.folder = folder
        self.index = os.path.join(folder, "index.tsv")
        self.rows = {}
        if os.path.exists(self.index):
            with open(self.index, encoding="utf-8") as lines:
                for line in list(lines)[1:]:
                    fields = line.rstrip("\n").split("\t")
                    self.rows[fields[0], fields[1]] = dict(zip(self.COLUMNS, fields))

    @property
    def version(self):
        with open(os.path.join(self.folder, "version"), encoding="utf-8") as file:
            return file.read().strip()

    def _path(self, case, suffix):
        return os.path.join(self.folder, "runs", case.chart, f"{case.name}.{suffix}")

    def keep(self, case, runs):
        """Writes two runs of a case; the second only where it differs."""
        first, second = runs
        os.makedirs(os.path.dirname(self._path(case, "x")), exist_ok=True)
        stable = True
        for number, one in enumerate(runs):
            for suffix in ("stdout", "stderr"):
                said = getattr(one, suffix)
                path = self._path(case, suffix + ("2" if number else ""))
                if number and said == getattr(first, suffix):
                    if os.path.exists(path):
                        os.remove(path)
                    continue
                stable = stable and not number
                with open(path, "wb") as file:
                    file.write(said)
        row = (case.chart, case.name, first.code, "yes" if stable and first.code == second.code else "no",
               f"{first.seconds:.3f}", f"{second.seconds:.3f}", len(first.stdout))
        new = not os.path.exists(self.index)
        with open(self.index, "a", encoding="utf-8") as file:
            if new:
                file.write("\t".join(self.COLUMNS) + "\n")
            file.write("\t".join(map(str, row)) + "\n")

    def runs(self, case):
        """The two runs of a case, or None where it was not recorded."""
        row = self.rows.get((case.chart, case.name))
        if row is None:
            return None
        code = None if row["code"] == "None" else int(row["code"])
        runs = []
        for number in ("", "2"):
            said = {}
            for suffix in ("stdout", "stderr"):
                path = self._path(case, suffix + number)
                if not os.path.exists(path):
                    path = self._path(case, suffix)
                with open(path, "rb") as file:
                    said[suffix] = file.read()
            runs.append(Run(code, said["stdout"], said["stderr"], float(row["seconds again" if number else "seconds"])))
        return runs

#!/usr/bin/env python3
"""Records what a Helm binary makes of the expressions of a file: record.py HELM FILE

A file holds expressions, each with a JSON string in the line below it: what `print` shows of the value, or `error: ` and
the message of the function. Lines that start with # and lines between are kept; what was recorded before is replaced.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

helm, path = sys.argv[1], pathlib.Path(sys.argv[2])


def shown(expression):
    with tempfile.TemporaryDirectory() as folder:
        chart = pathlib.Path(folder, "c")
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
        (chart / "templates" / "t.yaml").write_text("x: {{ print (%s) | toJson }}" % expression)
        run = subprocess.run([helm, "template", str(chart)], capture_output=True, text=True, env={"TZ": "UTC"})
    if run.returncode == 0:
        return json.loads(run.stdout.split("x: ", 1)[1])
    message = run.stderr.split("\n\nUse --debug")[0]
    return "error: " + re.split(r"error calling \w+: ", message, maxsplit=1)[1].strip()


lines = []
for line in path.read_text().splitlines():
    if line.startswith("    "):
        continue
    lines.append(line)
    if line and not line.startswith("#"):
        lines.append("    " + json.dumps(shown(line), ensure_ascii=False))
path.write_text("\n".join(lines) + "\n")

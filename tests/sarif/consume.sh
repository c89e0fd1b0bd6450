#!/usr/bin/env bash
# Shows reports to programs that are not ours: sarif-tools and junitparser from PyPI, and Microsoft's SARIF multitool from npm.
# Needs a network, Python and Node; the argument is the chartlint to ask.
set -euo pipefail
chartlint=$(realpath "${1:-target/debug/chartlint}")
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cd "$root"
code=0
"$chartlint" testcharts --quiet --format sarif --output "$scratch/report.sarif" \
    --format junit --output "$scratch/report.xml" || code=$?
[ "$code" -eq 1 ] || { echo "chartlint testcharts ended with $code instead of 1" >&2; exit 1; }

python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet sarif-tools==3.0.5 junitparser==5.0.3
"$scratch/venv/bin/sarif" summary "$scratch/report.sarif"
"$scratch/venv/bin/python" - "$scratch/report.xml" <<'PY'
import sys
from junitparser import JUnitXml
report = JUnitXml.fromfile(sys.argv[1])
cases = [case for suite in report for case in suite]
failed = [case for case in cases if not case.is_passed and not case.is_skipped]
assert report.tests == len(cases) and report.failures == len(failed), (report.tests, len(cases))
print(f"junitparser: {len(cases)} cases in {len(list(report))} suites, {len(failed)} failed")
PY

cd "$scratch"
npm init --yes > /dev/null
npm install --silent @microsoft/sarif-multitool@5.7.0
npx sarif-multitool validate report.sarif --output result.sarif --level Error --log ForceOverwrite

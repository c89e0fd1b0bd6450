#!/usr/bin/env python3
"""Records what a Helm binary renders for a folder of charts, so that later comparisons need no Helm.

    record.py --helm BINARY --into FOLDER CHARTS [--list FILE] [--defaults]

Every chart is rendered with its defaults and once with each of its ci/*-values.yaml, each case twice, some seconds
apart: what the two runs disagree on is random by nature, or the time. A recording that was cut short goes on where it
stopped.
"""

import argparse
import collections
import os
import sys
import tempfile
import time

from helm_runs import Recording, cases_of, charts_below, helm_command, listed_charts, run, version_of

APART = 2.5


def runs_apart(cases, once):
    """Each case with its two runs, the second of them some seconds after the first."""
    waiting = collections.deque()
    for case in cases:
        waiting.append((case, once(case), time.monotonic()))
        while waiting and time.monotonic() - waiting[0][2] > APART:
            case, first, _ = waiting.popleft()
            yield case, (first, once(case))
    for case, first, ended in waiting:
        time.sleep(max(0, ended + APART - time.monotonic()))
        yield case, (first, once(case))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("charts", help="folder of charts")
    parser.add_argument("--helm", required=True, help="Helm binary")
    parser.add_argument("--into", required=True, help="folder of the recording")
    parser.add_argument("--list", help="file that lists the charts to take, one relative path a line")
    parser.add_argument("--defaults", action="store_true", help="leave out ci/*-values.yaml")
    options = parser.parse_args()

    helm, root = os.path.abspath(options.helm), os.path.abspath(options.charts)
    os.makedirs(options.into, exist_ok=True)
    recording = Recording(options.into)
    charts = listed_charts(options.list) if options.list else charts_below(root)
    with tempfile.TemporaryDirectory() as home:
        with open(os.path.join(options.into, "version"), "w", encoding="utf-8") as file:
            file.write(version_of(helm, home) + "\n")
        cases = [case for case in cases_of(root, charts, options.defaults) if (case.chart, case.name) not in recording.rows]
        for case, runs in runs_apart(cases, lambda case: run(helm_command(helm, case, []), root, home)):
            recording.keep(case, runs)
    print(f"{len(cases)} cases recorded, {len(recording.rows)} were there", file=sys.stderr)


if __name__ == "__main__":
    main()

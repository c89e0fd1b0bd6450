#!/usr/bin/env python3
"""Renders a folder of charts with chartlint and says where Helm renders them otherwise.

    compare.py --chartlint BINARY (--expected RECORDING | --helm BINARY) CHARTS [options]

Every chart is rendered with its defaults and once with each of its ci/*-values.yaml, and compared line by line with two
runs of Helm: what those disagree on is random by nature and left out. README.md says more.
"""

import argparse
import collections
import concurrent.futures
import os
import re
import statistics
import sys
import tempfile

import causes
from helm_runs import RELEASE, Recording, cases_of, charts_below, helm_command, listed_charts, run, version_of
from masks import Expected

COLUMNS = ("chart", "case", "verdict", "cause", "source", "line", "helm", "ours", "helm seconds", "our seconds")
HINT = "\n\nUse --debug flag to render out invalid YAML"
SAME, SAME_ERROR, UNSTABLE = "same", "same error", "same as another run of Helm"
GOOD = (SAME, SAME_ERROR, UNSTABLE)


def helm_error(run):
    """What Helm says went wrong: what follows `Error: `; warnings stand before it."""
    said = text(run.stderr)
    match = re.search(r"(?ms)^Error: (.*)", said)
    return (match[1] if match else said).strip().replace(HINT, "")


def our_error(run):
    """The same of chartlint, which prints the message alone."""
    return text(run.stderr).strip()


def text(line):
    return line.decode("utf-8", "backslashreplace")


def judge(case, helm, ours):
    """The verdict on a case, as a row of the summary."""
    first, second = helm
    row = dict.fromkeys(COLUMNS, "")
    row.update({"chart": case.chart, "case": case.name})
    row["helm seconds"], row["our seconds"] = f"{first.seconds:.3f}", f"{ours.seconds:.3f}"
    if ours.code is None or ours.code < 0 or ours.code == 101:
        said = our_error(ours)
        row.update(verdict="crash" if ours.code is not None else "no end", ours=said, cause=said.split("\n")[0][:110])
    elif first.code == 0 and ours.code != 0:
        said = our_error(ours)
        row.update(verdict="ours fails", ours=said, cause=causes.of_error(said))
    elif first.code != 0 and ours.code == 0:
        said = helm_error(first)
        row.update(verdict="helm fails", helm=said, cause=causes.of_error(said))
    elif first.code != 0:
        judge_errors(row, helm_error(first), helm_error(second), our_error(ours))
    else:
        judge_outputs(row, Expected(first.stdout, second.stdout), first.stdout, ours.stdout)
    return row


def judge_errors(row, first, second, ours):
    expected = Expected(first.encode(), second.encode())
    if expected.first_difference(ours.encode()) is None:
        row["verdict"] = SAME_ERROR
        return
    row.update(verdict="other error", helm=first, ours=ours)
    row["cause"] = f"{causes.of_error(first)} | {causes.of_error(ours)}"


def judge_outputs(row, expected, helm, ours):
    difference = expected.first_difference(ours)
    if difference is None:
        row["verdict"] = SAME
        return
    at, index = difference
    lines = ours.split(b"\n")
    wanted = expected.text(index)
    found = text(lines[at]) if at < len(lines) else "(end of the output)"
    before = [text(line) for line in lines[:at] if line.startswith(b"# Source: ")]
    row.update(verdict="other output", helm=wanted, ours=found, line=at + 1)
    row["source"] = before[-1][len("# Source: ") :] if before else ""
    row["cause"] = causes.of_outputs(helm, ours, wanted, found)


class Comparison:
    def __init__(self, options, home):
        self.options, self.home = options, home
        self.root = os.path.abspath(options.charts)
        self.recording = Recording(options.expected) if options.expected else None
        self.helm = os.path.abspath(options.helm) if options.helm else None
        self.version = self.recording.version if self.recording else version_of(self.helm, home)
        if self.recording and self.helm and version_of(self.helm, home) != self.version:
            sys.exit(f"{self.helm} is not the version of the recording, {self.version}")

    def case(self, case):
        """The verdict on one case; None where the recording does not have it."""
        extra = self.options.arguments
        if self.recording:
            helm = self.recording.runs(case)
            if helm is None:
                return None
        else:
            helm = [self.run_helm(case) for _ in range(2)]
        command = [os.path.abspath(self.options.chartlint), "render", case.chart, "--name", RELEASE]
        command += ["--error-format", "plain", "--helm", self.version]
        ours = run([*command, *case.arguments, *extra], self.root, self.home)
        row = judge(case, helm, ours)
        if row["verdict"] not in GOOD and self.helm and self.options.again:
            # Helm walks some maps in no order: ours may be what it prints another time.
            for _ in range(self.options.again):
                helm = [self.run_helm(case)] * 2
                if judge(case, helm, ours)["verdict"] in GOOD:
                    row = dict(row, verdict=UNSTABLE, cause="")
                    break
        if row["verdict"] not in GOOD and self.options.keep:
            self.keep(case, helm[0], ours)
        return row

    def run_helm(self, case):
        return run(helm_command(self.helm, case, self.options.arguments), self.root, self.home)

    def keep(self, case, helm, ours):
        place = os.path.join(self.options.keep, case.chart.replace("/", "__") + "." + case.name)
        os.makedirs(self.options.keep, exist_ok=True)
        for name, one in (("helm", helm), ("ours", ours)):
            with open(f"{place}.{name}", "wb") as file:
                file.write(one.stdout if one.code == 0 else one.stderr)


def cell(value):
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")[:300]


def write_summary(path, rows):
    with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write("\t".join(COLUMNS) + "\n")
        for row in rows:
            file.write("\t".join(cell(row[column]) for column in COLUMNS) + "\n")


def print_groups(rows, groups, examples):
    bad = collections.defaultdict(list)
    for row in rows:
        if row["verdict"] not in GOOD:
            bad[row["verdict"], row["cause"]].append(row)
    ordered = sorted(bad.items(), key=lambda item: (-len(item[1]), item[0]))
    for (verdict, cause), members in ordered[:groups]:
        charts = len({row["chart"] for row in members})
        print(f"\n{len(members)} cases of {charts} charts: {verdict}: {cause}")
        for row in members[:examples]:
            place = f" {row['source']} line {row['line']}" if row["line"] else ""
            print(f"  {row['chart']} [{row['case']}]{place}")
            for who in ("helm", "ours"):
                if row[who] or row["line"]:
                    print(f"    {who}: {cell(row[who])[:200]}")
    if len(ordered) > groups:
        print(f"\nand {len(ordered) - groups} more causes (--groups)")


def print_counts(rows, missing, version):
    print(f"\nHelm {version}: {len(rows)} cases of {len({row['chart'] for row in rows})} charts")
    for verdict, count in collections.Counter(row["verdict"] for row in rows).most_common():
        print(f"  {count:6} {verdict}")
    if missing:
        print(f"  {missing:6} not recorded")
    helm = [float(row["helm seconds"]) for row in rows]
    ours = [float(row["our seconds"]) for row in rows]
    if rows:
        print(f"  processor time: Helm {sum(helm):.1f} s, median {statistics.median(helm) * 1000:.0f} ms;"
              f" ours {sum(ours):.1f} s, median {statistics.median(ours) * 1000:.0f} ms, longest {max(ours):.2f} s"
              f" ({max(rows, key=lambda row: float(row['our seconds']))['chart']})")


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("charts", help="folder of charts")
    parser.add_argument("--chartlint", required=True, help="chartlint binary")
    parser.add_argument("--expected", help="recording made by record.py; then Helm is not run")
    parser.add_argument("--helm", help="Helm binary")
    parser.add_argument("--again", type=int, default=0, metavar="N",
                        help="with --helm: run Helm up to N times more on a case that differs, in case it is unstable")
    parser.add_argument("--list", help="file that lists the charts to take, one relative path a line")
    parser.add_argument("--only", help="take only charts with this in their path")
    parser.add_argument("--defaults", action="store_true", help="leave out ci/*-values.yaml")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="cases at a time")
    parser.add_argument("--summary", help="file for a row a case, tab-separated")
    parser.add_argument("--keep", help="folder for both outputs of each case that differs (NAME.helm, NAME.ours)")
    parser.add_argument("--groups", type=int, default=25, help="causes to print")
    parser.add_argument("--examples", type=int, default=2, help="examples to print of each")
    parser.add_argument("--argument", dest="arguments", action="append", default=[], metavar="FLAG",
                        help="a further argument for both programs, as --argument=--is-upgrade (not with a recording)")
    options = parser.parse_args(arguments)
    if not options.expected and not options.helm:
        parser.error("one of --expected and --helm is needed")
    if options.expected and options.arguments:
        parser.error("a recording has no further arguments: use --helm alone")
    return options


def main():
    options = options_of(None)
    with tempfile.TemporaryDirectory() as home:
        comparison = Comparison(options, home)
        if options.list:
            charts = listed_charts(options.list)
        elif comparison.recording:
            charts = list(dict.fromkeys(chart for chart, _ in comparison.recording.rows))
        else:
            charts = charts_below(comparison.root)
        charts = [chart for chart in charts if not options.only or options.only in chart]
        cases = list(cases_of(comparison.root, charts, options.defaults))
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            judged = list(pool.map(comparison.case, cases))
    rows = [row for row in judged if row]
    if options.summary:
        write_summary(options.summary, rows)
    print_groups(rows, options.groups, options.examples)
    print_counts(rows, len(judged) - len(rows), comparison.version)
    sys.exit(any(row["verdict"] not in GOOD for row in rows))


if __name__ == "__main__":
    main()

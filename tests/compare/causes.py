"""Guesses what a difference comes from, so that a thousand of them are read as a dozen."""

import collections
import re

HEADER = re.compile(rb"^# Source: (.*)$", re.M)


def of_outputs(helm, ours, wanted, found):
    """A name for the cause of a difference between two outputs that starts with these two lines."""
    theirs, mine = HEADER.findall(helm), HEADER.findall(ours)
    if theirs != mine:
        missing, extra = _without(theirs, mine), _without(mine, theirs)
        if missing or extra:
            return "documents missing" if not extra else "documents too many" if not missing else "other documents"
        return "order of documents"
    if sorted(helm.split(b"\n")) == sorted(ours.split(b"\n")):
        return "order of lines"
    return of_lines(wanted, found, helm, ours)


def of_lines(wanted, found, helm=b"", ours=b""):
    if not wanted.strip() or not found.strip():
        return "an empty line"
    if wanted.split() == found.split():
        return "white space"
    bare = [re.sub(r"[\"'\\]", "", line).split() for line in (wanted, found)]
    if bare[0] == bare[1]:
        return "quoting"
    pairs = [re.match(r"\s*(?:- )?([^\s:]+): ?(.*)$", line) for line in (wanted, found)]
    if all(pairs) and pairs[0][1] == pairs[1][1]:
        values = [pair[2].strip("\"'") for pair in pairs]
        if _number(values[0]) is not None and _number(values[0]) == _number(values[1]):
            return "how a number is written"
        if any(value in ("", "null", "<nil>", "map[]", "[]", "{}") for value in values):
            return f"an empty value ({values[0][:20]!r} as {values[1][:20]!r})"
        if re.search(r"checksum|sha256", pairs[0][1]):
            return "a checksum (of something else that differs)"
        return f"value of {pairs[0][1]}"
    if found.encode("utf-8", "replace") in helm.split(b"\n"):
        return "a line missing"
    if wanted.encode("utf-8", "replace") in ours.split(b"\n"):
        return "a line too many"
    return "other lines"


def of_error(error):
    """The words of an error without names, places and numbers; the innermost ones where errors are nested."""
    last = re.split(r">: |>:\n\s*", error)[-1]
    last = re.sub(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|`[^`]*`", "_", last.split("\n")[0])
    last = re.sub(r"\([^()]*:\d+(?::\d+)?\)|\S+:\d+(?::\d+)?|<.*", "_", last)
    return re.sub(r"\d+", "N", last)[:110]


def _without(these, those):
    rest = collections.Counter(these)
    rest.subtract(collections.Counter(those))
    return +rest


def _number(text):
    try:
        return float(int(text, 0))
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return None

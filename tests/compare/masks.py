"""What two runs of Helm say together: lines that both agree on, and what is random by nature.

A line on which the runs disagree becomes a pattern: the words that are equal stay, the others may be any word of about
that length. Where the runs have different numbers of lines, any number up to the longer may stand there.
"""

import difflib
import re

# The letter of an escape, as in `\n`, is not part of the word after it.
WORD = re.compile(rb"((?<!\\)[A-Za-z0-9+/=]+)")
ANY_WORD = rb"[A-Za-z0-9+/=]"
BEGIN, END = re.compile(rb"-----BEGIN [A-Z ]+-----$"), re.compile(rb"-----END [A-Z ]+-----$")
PEM = re.compile(rb"(-----BEGIN [A-Z ]+-----).*?(-----END [A-Z ]+-----)")


class Gap:
    """Lines of which nothing is known but how many there are at most."""

    def __init__(self, most):
        self.most = most


def pattern(first, second):
    """A pattern for a line that was drawn twice."""
    # Certificates and keys are not all of one length.
    first, second = PEM.sub(rb"\1\0\2", first), PEM.sub(rb"\1\0\2", second)
    return re.compile(_pattern(first, second).replace(re.escape(b"\0"), b".*"), re.DOTALL)


def _pattern(first, second):
    words, others = WORD.split(first), WORD.split(second)
    if len(words) != len(others) or words[0::2] != others[0::2]:
        start = _common(first, second)
        end = _common(first[start:][::-1], second[start:][::-1])
        tail = re.escape(first[len(first) - end :]) if end else b""
        return re.escape(first[:start]) + b".*" + tail
    parts = []
    for one, other in zip(words, others):
        if one == other:
            parts.append(re.escape(one))
            continue
        least, most = sorted((len(one), len(other)))
        slack = 12 + most // 20 if most > 64 else 0 if least == most and most > 3 else 2
        parts.append(ANY_WORD + b"{%d,%d}" % (max(1, least - slack), most + slack))
    return b"".join(parts)


def _common(first, second):
    """Length of the common start, cut back to where a word ends."""
    length = 0
    for one, other in zip(first, second):
        if one != other:
            break
        length += 1
    while length and WORD.fullmatch(first[length - 1 : length]):
        length -= 1
    return length


def _join_pem(lines):
    """The random lines of a certificate or key as one gap."""
    joined, inside = [], None
    for line in lines:
        if isinstance(line, bytes) and BEGIN.search(line):
            inside = len(joined) + 1
        elif inside is not None and isinstance(line, bytes) and END.search(line):
            if any(not isinstance(one, bytes) for one in joined[inside:]):
                joined[inside:] = [Gap(2 * len(joined[inside:]) + 2)]
            inside = None
        joined.append(line)
    return joined


class Expected:
    """What both runs of Helm agree on, line by line."""

    def __init__(self, first, second):
        self.stable = first == second
        one = first.split(b"\n")
        if self.stable:
            self.lines = one
            return
        other = second.split(b"\n")
        if len(one) == len(other):
            self.lines = _join_pem([a if a == b else pattern(a, b) for a, b in zip(one, other)])
            return
        self.lines = []
        for tag, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
            if tag == "equal":
                self.lines += one[a:b]
            elif b - a == d - c:
                self.lines += [pattern(x, y) for x, y in zip(one[a:b], other[c:d])]
            else:
                self.lines.append(Gap(2 * max(b - a, d - c) + 2))
        self.lines = _join_pem(self.lines)

    def first_difference(self, ours):
        """Where our output leaves what is expected: (our line number from 0, the index in `lines`), or None."""
        lines = ours.split(b"\n")
        if self.stable and lines == self.lines:
            return None
        at = 0
        for index, wanted in enumerate(self.lines):
            if isinstance(wanted, Gap):
                skip = self._skip(index, lines, at, wanted.most)
                if skip is None:
                    return at, index
                at += skip
            elif at < len(lines) and _matches(wanted, lines[at]):
                at += 1
            else:
                return at, index
        return None if at == len(lines) else (at, len(self.lines))

    def _skip(self, index, lines, at, most):
        if index + 1 == len(self.lines):
            return len(lines) - at if len(lines) - at <= most else None
        after = []
        for wanted in self.lines[index + 1 : index + 4]:
            if isinstance(wanted, Gap):
                break
            after.append(wanted)
        # Three lines that fit are better evidence of the end of the gap than one.
        while after:
            for skip in range(most + 1):
                here = lines[at + skip : at + skip + len(after)]
                if len(here) == len(after) and all(map(_matches, after, here)):
                    return skip
            after.pop()
        return None

    def text(self, index):
        """An expected line for people; what is random in it is a pattern."""
        if index >= len(self.lines):
            return "(end of the output)"
        wanted = self.lines[index]
        if isinstance(wanted, Gap):
            return f"(up to {wanted.most} random lines)"
        if isinstance(wanted, re.Pattern):
            return "~" + wanted.pattern.decode("utf-8", "backslashreplace")
        return wanted.decode("utf-8", "backslashreplace")


def _matches(wanted, line):
    return line == wanted if isinstance(wanted, bytes) else wanted.fullmatch(line) is not None

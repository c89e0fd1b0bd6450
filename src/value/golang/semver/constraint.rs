//! Constraints on versions.

use super::{Library, Version, compare_prereleases};
use crate::value::golang::strconv::quote;
use crate::value::golang::strings::split;
use regex::bytes::{Captures, Regex};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::LazyLock;

#[derive(Clone, Copy, PartialEq, Debug)]
enum Operator {
    /// None or `=`
    Equal,
    NotEqual,
    Greater,
    Less,
    AtLeast,
    AtMost,
    Tilde,
    Caret,
}

#[derive(Clone, Debug)]
struct Constraint {
    operator: Operator,
    version: Version,
    /// A part is missing or a wildcard; which one, the next two say. Neither: the major version.
    is_partial: bool,
    is_without_minor: bool,
    is_without_patch: bool,
}

/// Groups of constraints, one of which must hold; in a group all must.
#[derive(Clone, Debug)]
pub struct Constraints {
    groups: Vec<Vec<Constraint>>,
    library: Library,
}

/// `A - B`, of which Go makes `>= A, <= B`.
static RANGE: LazyLock<Regex> = LazyLock::new(|| {
    const SPACE: &str = r"[\t\n\x0C\r ]";
    // The bar in the class is the library's.
    let part = r"[0-9|xX*]+";
    let tail = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*";
    let version = format!(r"v?{part}(?:\.{part})?(?:\.{part})?(?:-{tail})?(?:\+{tail})?");
    // The pattern is constant and valid.
    Regex::new(&format!("{SPACE}*({version}){SPACE}+-{SPACE}+({version}){SPACE}*")).expect("a valid pattern")
});

impl Constraints {
    /// `semver.NewConstraint`; the error is the library's text.
    pub fn parse(text: &[u8], library: Library) -> Result<Constraints, String> {
        if library >= Library::V3_5 && text.len() > 512 {
            return Err("constraint string is too long (max 512 bytes)".into());
        }
        let text = rewrite_ranges(text);
        let parts = split(&text, b"||");
        if library >= Library::V3_5 && parts.len() > 32 {
            return Err("too many constraint groups (max 32)".into());
        }
        let groups = parts.into_iter().map(|part| {
            let group = &text[part];
            let written = Reader { text: group, at: 0 }.group().ok_or_else(|| improper(group, library))?;
            written.iter().map(|written| Constraint::new(written, library)).collect()
        });
        Ok(Constraints { groups: groups.collect::<Result<_, _>>()?, library })
    }

    /// `Check`
    pub fn check(&self, version: &Version) -> bool {
        self.groups.iter().any(|group| {
            let wants_prereleases = group.iter().any(|c| !c.version.prerelease.is_empty());
            group.iter().all(|constraint| {
                let takes_prereleases = match (self.library, constraint.operator) {
                    (Library::V3_3, Operator::NotEqual) if !constraint.is_partial => true,
                    (Library::V3_3, _) => !constraint.version.prerelease.is_empty(),
                    _ => wants_prereleases,
                };
                (version.prerelease.is_empty() || takes_prereleases) && constraint.holds(version)
            })
        })
    }
}

fn improper(text: &[u8], library: Library) -> String {
    if library >= Library::V3_5 {
        format!("improper constraint: {}", quote(text))
    } else {
        format!("improper constraint: {}", String::from_utf8_lossy(text))
    }
}

/// A group of a match; they are ASCII. Empty if it did not match.
fn group<'t>(found: &Captures<'t>, index: usize) -> &'t str {
    found.get(index).and_then(|m| std::str::from_utf8(m.as_bytes()).ok()).unwrap_or("")
}

/// `A - B` becomes `>= A, <= B`.
fn rewrite_ranges(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.windows(2).any(|two| is_space(two[0]) && two[1] == b'-') {
        return text.into();
    }
    let mut out = text.to_vec();
    for found in RANGE.captures_iter(text) {
        let whole = group(&found, 0).as_bytes();
        // Go replaces the first text that is the same, wherever it is.
        if let Some(at) = out.windows(whole.len().max(1)).position(|part| part == whole) {
            let new = format!(">= {}, <= {} ", group(&found, 1), group(&found, 2));
            out.splice(at..at + whole.len(), new.into_bytes());
        }
    }
    out.into()
}

/// What `\s` is in Go's patterns.
fn is_space(c: u8) -> bool {
    matches!(c, b'\t' | b'\n' | b'\x0C' | b'\r' | b' ')
}

/// A constraint in its parts, as it is written; the parts after the first keep their dot and their dash.
struct Written<'t> {
    operator: Operator,
    numbers: [&'t str; 3],
    prerelease: &'t str,
}

/// Reads the constraints of a group. The library matches patterns; whatever a pattern takes, it takes as much of as it
/// can here, since only a space, a comma or the end may follow.
struct Reader<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Reader<'t> {
    /// Constraints with spaces or commas between them; none where it is no such text.
    fn group(mut self) -> Option<Vec<Written<'t>>> {
        let mut all = Vec::new();
        self.skip_spaces();
        loop {
            all.push(self.constraint()?);
            let start = self.at;
            self.skip_spaces();
            match self.peek() {
                None => return Some(all),
                Some(b',') => self.at += 1,
                Some(_) if self.at == start => return None,
                Some(_) => {}
            }
            self.skip_spaces();
        }
    }

    fn constraint(&mut self) -> Option<Written<'t>> {
        let operator = self.operator();
        self.skip_spaces();
        self.take(b"v");
        let mut numbers = [self.some(is_number)?, "", ""];
        for number in &mut numbers[1..] {
            let start = self.at;
            if self.take(b".") {
                self.some(is_number)?;
                *number = self.since(start);
            }
        }
        let start = self.at;
        if self.take(b"-") {
            self.tail()?;
        }
        let prerelease = self.since(start);
        if self.take(b"+") {
            self.tail()?;
        }
        Some(Written { operator, numbers, prerelease })
    }

    fn operator(&mut self) -> Operator {
        const OPERATORS: [(&[u8], Operator); 10] = [
            (b"!=", Operator::NotEqual),
            (b">=", Operator::AtLeast),
            (b"=>", Operator::AtLeast),
            (b"<=", Operator::AtMost),
            (b"=<", Operator::AtMost),
            (b"~>", Operator::Tilde),
            (b">", Operator::Greater),
            (b"<", Operator::Less),
            (b"~", Operator::Tilde),
            (b"^", Operator::Caret),
        ];
        let found = OPERATORS.into_iter().find(|(text, _)| self.take(text));
        if found.is_none() {
            self.take(b"=");
        }
        found.map_or(Operator::Equal, |(_, operator)| operator)
    }

    /// Identifiers with dots between them.
    fn tail(&mut self) -> Option<()> {
        loop {
            self.some(super::is_identifier)?;
            if !self.take(b".") {
                return Some(());
            }
        }
    }

    /// One byte of a kind or more.
    fn some(&mut self, is_in: impl Fn(u8) -> bool) -> Option<&'t str> {
        let start = self.at;
        while self.peek().is_some_and(&is_in) {
            self.at += 1;
        }
        (self.at > start).then(|| self.since(start))
    }

    fn since(&self, start: usize) -> &'t str {
        // What is read is ASCII.
        std::str::from_utf8(&self.text[start..self.at]).unwrap_or_default()
    }

    fn take(&mut self, text: &[u8]) -> bool {
        let is_next = self.text[self.at..].starts_with(text);
        self.at += if is_next { text.len() } else { 0 };
        is_next
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_spaces(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
    }
}

/// What stands for a number; the bar is the library's.
fn is_number(c: u8) -> bool {
    c.is_ascii_digit() || matches!(c, b'|' | b'x' | b'X' | b'*')
}

impl Constraint {
    fn new(written: &Written<'_>, library: Library) -> Result<Constraint, String> {
        let Written { operator, numbers: [major, minor, patch], prerelease } = *written;
        let is_open = |part: &str| matches!(part.trim_start_matches('.'), "" | "x" | "X" | "*");
        let (is_without_major, is_without_minor, is_without_patch) = match () {
            () if is_open(major) => (true, false, false),
            () if is_open(minor) => (false, true, false),
            () => (false, false, is_open(patch)),
        };
        let written = match () {
            () if is_without_major => format!("0.0.0{prerelease}"),
            () if is_without_minor => format!("{major}.0.0{prerelease}"),
            () if is_without_patch => format!("{major}{minor}.0{prerelease}"),
            () => [major, minor, patch, prerelease].concat(),
        };
        let version = Version::parse(written.as_bytes(), library).map_err(|_| match library {
            Library::V3_3 => "constraint Parser Error",
            _ => "constraint parser error",
        })?;
        let is_partial = is_without_major || is_without_minor || is_without_patch;
        Ok(Constraint { operator, version, is_partial, is_without_minor, is_without_patch })
    }

    fn holds(&self, version: &Version) -> bool {
        match self.operator {
            Operator::Equal if self.is_partial => self.tilde(version),
            Operator::Equal => version.compare(&self.version) == Ordering::Equal,
            Operator::NotEqual => self.not_equal(version),
            Operator::Greater => self.greater(version),
            Operator::Less => version.compare(&self.version) == Ordering::Less,
            Operator::AtLeast => version.compare(&self.version) != Ordering::Less,
            Operator::AtMost => self.at_most(version),
            Operator::Tilde => self.tilde(version),
            Operator::Caret => self.caret(version),
        }
    }

    fn not_equal(&self, version: &Version) -> bool {
        let wanted = &self.version;
        if self.is_partial {
            if wanted.major != version.major || wanted.minor != version.minor && !self.is_without_minor {
                return true;
            }
            if self.is_without_minor {
                return false;
            }
            if wanted.patch != version.patch && !self.is_without_patch {
                return true;
            }
            if self.is_without_patch {
                return compare_prereleases(&version.prerelease, &wanted.prerelease) != Ordering::Equal;
            }
        }
        version.compare(wanted) != Ordering::Equal
    }

    fn greater(&self, version: &Version) -> bool {
        let wanted = &self.version;
        if self.is_partial {
            if version.major != wanted.major {
                return version.major > wanted.major;
            }
            if self.is_without_minor {
                return false;
            }
            if self.is_without_patch {
                return version.minor > wanted.minor;
            }
        }
        version.compare(wanted) == Ordering::Greater
    }

    fn at_most(&self, version: &Version) -> bool {
        let wanted = &self.version;
        if !self.is_partial {
            return version.compare(wanted) != Ordering::Greater;
        }
        version.major < wanted.major
            || version.major == wanted.major && (version.minor <= wanted.minor || self.is_without_minor)
    }

    fn tilde(&self, version: &Version) -> bool {
        let wanted = &self.version;
        if version.compare(wanted) == Ordering::Less {
            return false;
        }
        let is_zero = (wanted.major, wanted.minor, wanted.patch) == (0, 0, 0);
        if is_zero && !self.is_without_minor && !self.is_without_patch {
            return true;
        }
        version.major == wanted.major && (version.minor == wanted.minor || self.is_without_minor)
    }

    fn caret(&self, version: &Version) -> bool {
        let wanted = &self.version;
        if version.compare(wanted) == Ordering::Less || version.major != wanted.major {
            return false;
        }
        if wanted.major > 0 || self.is_without_minor {
            return true;
        }
        if version.minor != wanted.minor {
            return false;
        }
        wanted.minor > 0 || self.is_without_patch || version.patch == wanted.patch
    }
}

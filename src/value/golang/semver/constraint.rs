//! Constraints on versions.

use super::{Library, Version, compare_prereleases};
use crate::value::golang::strconv::quote;
use crate::value::golang::strings::split;
use regex::bytes::{Captures, Regex};
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

struct Patterns {
    one: Regex,
    range: Regex,
    each: Regex,
    all: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    const SPACE: &str = r"[\t\n\x0C\r ]";
    const OPERATOR: &str = r"=||!=|>|<|>=|=>|<=|=<|~|~>|\^";
    // The bar in the class is the library's.
    let part = r"[0-9|xX*]+";
    let tail = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*";
    let version = format!(r"v?({part})(\.{part})?(\.{part})?(-{tail})?(?:\+{tail})?");
    let plain = format!(r"v?{part}(?:\.{part})?(?:\.{part})?(?:-{tail})?(?:\+{tail})?");
    let one = format!("(?:{OPERATOR}){SPACE}*{plain}");
    // The patterns are constant and valid.
    let regex = |pattern: String| Regex::new(&pattern).expect("a valid pattern");
    Patterns {
        one: regex(format!("^{SPACE}*({OPERATOR}){SPACE}*(?:{version}){SPACE}*$")),
        range: regex(format!("{SPACE}*({plain}){SPACE}+-{SPACE}+({plain}){SPACE}*")),
        each: regex(one.clone()),
        all: regex(format!("^{SPACE}*{one}{SPACE}*(?:(?:{SPACE}+|,{SPACE}*){one}{SPACE}*)*$")),
    }
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
            if !PATTERNS.all.is_match(group) {
                return Err(improper(group, library));
            }
            PATTERNS.each.find_iter(group).map(|found| Constraint::parse(found.as_bytes(), library)).collect()
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
fn rewrite_ranges(text: &[u8]) -> Vec<u8> {
    let mut out = text.to_vec();
    for found in PATTERNS.range.captures_iter(text) {
        let whole = group(&found, 0).as_bytes();
        // Go replaces the first text that is the same, wherever it is.
        if let Some(at) = out.windows(whole.len().max(1)).position(|part| part == whole) {
            let new = format!(">= {}, <= {} ", group(&found, 1), group(&found, 2));
            out.splice(at..at + whole.len(), new.into_bytes());
        }
    }
    out
}

impl Constraint {
    fn parse(text: &[u8], library: Library) -> Result<Constraint, String> {
        let Some(found) = PATTERNS.one.captures(text) else { return Err(improper(text, library)) };
        let group = |index| group(&found, index);
        let operator = match group(1) {
            "!=" => Operator::NotEqual,
            ">" => Operator::Greater,
            "<" => Operator::Less,
            ">=" | "=>" => Operator::AtLeast,
            "<=" | "=<" => Operator::AtMost,
            "~" | "~>" => Operator::Tilde,
            "^" => Operator::Caret,
            _ => Operator::Equal,
        };
        let is_open = |part: &str| matches!(part.trim_start_matches('.'), "" | "x" | "X" | "*");
        let (major, minor, patch, prerelease) = (group(2), group(3), group(4), group(5));
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

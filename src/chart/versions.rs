//! Versions and ranges of charts and of Kubernetes, as Masterminds/semver reads them (3.3 up to Helm 3.18, 3.4 since).

use crate::profile::Profile;
use regex::Regex;
use std::cmp::Ordering;
use std::sync::LazyLock;

/// Whether Helm takes a text for a version.
pub(super) fn is_version(text: &str) -> bool {
    Version::parse(text).is_some()
}

/// Whether a version lies in a range. What is no version or no range lies nowhere.
pub fn is_compatible(range: &str, version: &str, profile: &Profile) -> bool {
    let Some(version) = Version::parse(version) else { return false };
    let Some(groups) = parse_range(range) else { return false };
    let by_group = profile.since(3, 19, 0);
    groups.iter().any(|group| {
        let group_has_pre = group.iter().any(|constraint| !constraint.version.pre.is_empty());
        group.iter().all(|constraint| {
            let has_pre = if by_group { group_has_pre } else { !constraint.version.pre.is_empty() };
            // The older library let a pre-release differ from a whole version.
            let excused = !by_group && constraint.operator == "!=" && constraint.given == 3;
            (version.pre.is_empty() || has_pre || excused) && constraint.allows(&version)
        })
    })
}

#[derive(Clone, PartialEq, Debug)]
struct Version {
    numbers: [u64; 3],
    pre: String,
}

impl Version {
    /// A version with one to three numbers, a `v` before them or not.
    fn parse(text: &str) -> Option<Version> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let is_dotted = |text: &str| {
            text.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        };
        let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
        let (text, pre) = text.split_once('-').map_or((text, None), |(text, pre)| (text, Some(pre)));
        if !build.is_none_or(is_dotted) || !pre.is_none_or(is_dotted) {
            return None;
        }
        let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let has_leading_zero = |part: &str| is_number(part) && part.len() > 1 && part.starts_with('0');
        let pre = pre.unwrap_or_default();
        if pre.split('.').any(has_leading_zero) {
            return None;
        }
        let mut numbers = [0; 3];
        for (index, part) in text.split('.').enumerate() {
            *numbers.get_mut(index)? = if is_number(part) { part.parse().ok()? } else { return None };
        }
        Some(Version { numbers, pre: pre.into() })
    }

    fn compare(&self, other: &Version) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| match (self.pre.is_empty(), other.pre.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => compare_pre(&self.pre, &other.pre),
        })
    }
}

/// Compares pre-releases part by part: none before numbers before words.
fn compare_pre(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let (x, y) = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) => (x, y),
        };
        let order = match (x.parse::<u64>(), y.parse::<u64>()) {
            (Ok(x), Ok(y)) => x.cmp(&y),
            (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            (Err(_), Err(_)) => x.cmp(y),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

#[derive(Debug)]
struct Constraint {
    operator: String,
    /// What is left out, or an `x`, is 0.
    version: Version,
    /// How many of the three numbers are given.
    given: usize,
}

impl Constraint {
    fn allows(&self, v: &Version) -> bool {
        let c = &self.version;
        let order = v.compare(c);
        let same = |numbers: usize| v.numbers[..numbers] == c.numbers[..numbers];
        match self.operator.as_str() {
            "!=" if self.given == 1 => !same(1),
            "!=" if self.given == 2 => !same(2) || ((!v.pre.is_empty() || !c.pre.is_empty()) && v.pre != c.pre),
            "!=" => order != Ordering::Equal,
            // `>11` needs 12, and `>11.1` needs 11.2.
            ">" if self.given == 1 => v.numbers[0] > c.numbers[0],
            ">" if self.given == 2 => v.numbers[..2] > c.numbers[..2],
            ">" => order == Ordering::Greater,
            "<" => order == Ordering::Less,
            ">=" | "=>" => order != Ordering::Less,
            "<=" | "=<" if self.given == 1 => v.numbers[0] <= c.numbers[0],
            "<=" | "=<" if self.given < 3 => v.numbers[..2] <= c.numbers[..2],
            "<=" | "=<" => order != Ordering::Greater,
            "^" => order != Ordering::Less && self.caret(v),
            "" | "=" if self.given == 3 => order == Ordering::Equal,
            _ => order != Ordering::Less && self.tilde(v),
        }
    }

    fn tilde(&self, v: &Version) -> bool {
        let c = &self.version;
        // `~0.0.0`, and `~x`, accept all.
        if c.numbers == [0; 3] && (self.given == 0 || self.given == 3) {
            return true;
        }
        v.numbers[0] == c.numbers[0] && (v.numbers[1] == c.numbers[1] || self.given == 1)
    }

    fn caret(&self, v: &Version) -> bool {
        let c = &self.version;
        let same = |numbers: usize| v.numbers[..numbers] == c.numbers[..numbers];
        if c.numbers[0] > 0 || self.given == 1 {
            return same(1);
        }
        if c.numbers[1] > 0 || self.given == 2 {
            return same(2);
        }
        same(3)
    }
}

const OPERATORS: &str = r"=||!=|>|<|>=|=>|<=|=<|~|~>|\^";
const NUMBERS: &str = r"v?([0-9|xX*]+)(\.[0-9|xX*]+)?(\.[0-9|xX*]+)?(-([0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*))?(\+([0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*))?";

/// A pattern of this file, which a test compiles.
#[allow(clippy::expect_used)]
fn pattern(text: String) -> Regex {
    // As in Go, classes are those of ASCII; the tables of Unicode would take longer to build than all else of a small chart.
    Regex::new(&format!("(?-u){text}")).expect("the patterns of this file are well formed")
}

static ONE: LazyLock<Regex> = LazyLock::new(|| pattern(format!(r"^\s*({OPERATORS})\s*({NUMBERS})\s*$")));
static FIND: LazyLock<Regex> = LazyLock::new(|| pattern(format!(r"({OPERATORS})\s*({NUMBERS})")));
static GROUP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(format!(r"^(\s*({OPERATORS})\s*({NUMBERS})\s*)((?:\s+|,\s*)({OPERATORS})\s*({NUMBERS})\s*)*$"))
});
static HYPHEN: LazyLock<Regex> = LazyLock::new(|| pattern(format!(r"\s*({NUMBERS})\s+-\s+({NUMBERS})\s*")));

/// Groups of constraints, of which one must hold with all its constraints.
fn parse_range(text: &str) -> Option<Vec<Vec<Constraint>>> {
    let text = HYPHEN.replace_all(text, ">= $1, <= $11 ");
    let group = |text: &str| {
        if !GROUP.is_match(text) {
            return None;
        }
        FIND.find_iter(text).map(|found| constraint(found.as_str())).collect()
    };
    text.split("||").map(group).collect()
}

fn constraint(text: &str) -> Option<Constraint> {
    let parts = ONE.captures(text)?;
    let part = |index: usize| parts.get(index).map_or("", |m| m.as_str());
    let number = |index: usize| part(index).trim_start_matches('.');
    let is_given = |index: usize| !matches!(number(index), "" | "x" | "X" | "*");
    let given = [3, 4, 5].into_iter().take_while(|index| is_given(*index)).count();
    let numbers: Vec<&str> = (0..3).map(|i| if i < given { number(3 + i) } else { "0" }).collect();
    let build = if given == 3 { part(9) } else { "" };
    let version = Version::parse(&format!("{}{}{build}", numbers.join("."), part(6)))?;
    Some(Constraint { operator: part(1).into(), version, given })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Release;

    #[test]
    fn ranges_hold_what_they_hold_in_helm() {
        // Recorded from Helm 3.19 and 4.1 with semverCompare.
        let cases = [
            (">=1.2.0", "1.3.0", true),
            ("^1.2.0", "2.0.0", false),
            ("^1.2.0", "1.9.9", true),
            ("~1.2", "1.2.9", true),
            ("~1.2", "1.3.0", false),
            (">=1.19-0", "1.19.3-gke.1", true),
            (">=1.19", "1.19.3-gke.1", false),
            ("1.x", "1.9.9", true),
            ("*", "1.0.0-a", false),
            ("*", "1.0.0", true),
            (">1.2 <2 || >3", "3.5.0", false),
            ("1.2 - 1.4.5", "1.4.0", true),
            ("1.2 - 1.4", "1.4.9", true),
            ("!=1.2.3", "1.2.3", false),
            ("!=1.x", "1.5.0", false),
            (">=v1.21.0-0", "v1.21.0", true),
            ("<1.22-0", "1.22.0-alpha.1", false),
            ("=1.2", "1.2.5", true),
            ("1.2.3", "1.2.4", false),
            (">11", "11.1.0", false),
            (">11.1", "11.1.5", false),
            ("<=2", "2.5.0", true),
            ("<=2.1", "2.1.9", true),
            ("<2", "2.0.0-beta", false),
            ("^0.2.3", "0.3.0", false),
            ("^0.2.3", "0.2.9", true),
            ("^0.0.3", "0.0.4", false),
            ("^0.0", "0.0.9", true),
            ("^0", "0.9.0", true),
            ("~1", "1.9.0", true),
            ("~>1.2.3", "1.2.9", true),
            ("=>1.0", "1.5.0", true),
            ("=<1.0", "0.5.0", true),
            ("1.2.3+build", "1.2.3", true),
            (">=1.0.0-alpha", "1.0.0-alpha.1", true),
            (">1.0.0-alpha.1", "1.0.0-alpha.beta", true),
            ("~0.0.0", "5.0.0", true),
            ("^x", "3.0.0", false),
            (">=1.2.3,<1.3.0", "1.2.9", true),
            ("< 1.2 ,", "1.0.0", false),
            ("1 || 2", "2.5.0", true),
            (">=1.24.0-0", "v1.24.0+k3s1", true),
            ("==1.0.0", "1.0.0", false),
            (">=1.0", "1", true),
            ("1.2.X", "1.2.7", true),
            ("V1.2", "1.2.0", false),
            (">=1.2.3-beta.2", "1.2.3-beta.11", true),
            ("<1.0.0-rc.1", "1.0.0-beta.11", true),
            (">=1.2.0-0 <2.0.0", "1.5.0-beta", true),
            ("", "1.0.0", false),
        ];
        for (range, version, expected) in cases {
            assert_eq!(is_compatible(range, version, &Profile::default()), expected, "{range:?} {version}");
        }
        let old = Profile { helm: Release(3, 17, 3) };
        assert!(!is_compatible(">=1.2.0-0 <2.0.0", "1.5.0-beta", &old));
    }

    #[test]
    fn versions_are_read_leniently() {
        for version in ["1", "1.2", "v1.2.3", "01.2.3", "1.2.3-x+y", "1.0.0+b.1"] {
            assert!(is_version(version), "{version}");
        }
        let long = "99999999999999999999.0.0";
        for text in
            ["", "abc", "V1", "1.2.3.4", "1.2.3-01", "1.2.3-a..1", "1.2.3+", "1.2.3-", "1.2.3 ", "-1.2.3", "1.", long]
        {
            assert!(!is_version(text), "{text}");
        }
    }
}

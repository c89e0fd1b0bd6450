//! Masterminds/semver: versions and constraints as Helm and Sprig read them, in the three releases that Helm used.

mod constraint;

pub use constraint::Constraints;

use super::strconv;
use crate::profile::Profile;
use std::cmp::Ordering;
use std::fmt;

/// The release of the library.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Library {
    /// 3.3.0: up to Helm 3.18.
    V3_3,
    /// Helm 3.19 to 4.1.
    V3_4,
    /// From Helm 4.2 on.
    V3_5,
}

impl Library {
    /// The release behind a version of Helm.
    pub fn of(profile: &Profile) -> Library {
        if profile.since(4, 2, 0) {
            Library::V3_5
        } else if profile.since(3, 19, 0) {
            Library::V3_4
        } else {
            Library::V3_3
        }
    }

    /// An error's text; the older release began it in upper case.
    fn text(self, text: &str) -> String {
        let mut chars = text.chars();
        match chars.next() {
            Some(first) if self == Library::V3_3 => first.to_uppercase().chain(chars).collect(),
            _ => text.into(),
        }
    }
}

/// A part of a version that can be raised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    Major,
    Minor,
    Patch,
}

/// A version. Two are equal by [`Version::compare`], which leaves the metadata aside.
#[derive(Clone, Debug)]
pub struct Version {
    pub major: u64,
    pub minor: u64,
    pub patch: u64,
    pub prerelease: String,
    pub metadata: String,
    /// As it was written.
    pub original: String,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

impl Version {
    /// `semver.NewVersion`: an optional `v`, one to three numbers (leading zeros allowed), pre-release, metadata. It is
    /// what the template functions and Chart.yaml use. The error is the library's text.
    pub fn parse(text: &[u8], library: Library) -> Result<Version, String> {
        if library >= Library::V3_5 && text.len() > 256 {
            return Err("version string is too long (max 256 bytes)".into());
        }
        let invalid = || match library {
            Library::V3_3 => "Invalid Semantic Version".to_owned(),
            _ => "invalid semantic version".to_owned(),
        };
        let original = std::str::from_utf8(text).map_err(|_| invalid())?;
        let shape = Shape::of(original).ok_or_else(invalid)?;
        let number = |text: &str| {
            strconv::parse_uint(text.as_bytes(), 10, 64)
                .map_err(|error| format!("{}: {error}", library.text("error parsing version segment")))
        };
        let major = number(shape.numbers[0].unwrap_or("0"))?;
        let minor = number(shape.numbers[1].unwrap_or("0"))?;
        let patch = number(shape.numbers[2].unwrap_or("0"))?;
        check_prerelease(shape.prerelease, library)?;
        Ok(Version {
            major,
            minor,
            patch,
            prerelease: shape.prerelease.into(),
            metadata: shape.metadata.into(),
            original: original.into(),
        })
    }

    /// `semver.StrictNewVersion`: exactly the grammar of semver.org.
    pub fn parse_strict(text: &[u8], library: Library) -> Result<Version, String> {
        let fail = |message: &str| Err(library.text(message));
        if text.is_empty() {
            return fail("version string empty");
        }
        if library >= Library::V3_5 && text.len() > 256 {
            return fail("version string is too long (max 256 bytes)");
        }
        let original = String::from_utf8_lossy(text).into_owned();
        let mut parts: Vec<&str> = original.splitn(3, '.').collect();
        let [_, _, last] = parts[..] else {
            return match library {
                Library::V3_3 => fail("Invalid Semantic Version"),
                _ => fail("invalid semantic version"),
            };
        };
        let (rest, metadata) = last.split_once('+').unwrap_or((last, ""));
        // The older release let empty identifiers pass.
        let may_be_empty = library == Library::V3_3;
        let is_valid = |part: &str| (may_be_empty || !part.is_empty()) && part.bytes().all(is_identifier);
        if last.contains('+') && !metadata.split('.').all(is_valid) {
            return fail(if library == Library::V3_3 { "invalid Metadata string" } else { "invalid metadata string" });
        }
        let (patch, prerelease) = rest.split_once('-').unwrap_or((rest, ""));
        if rest.contains('-') {
            if prerelease.is_empty() && !may_be_empty {
                return Err(invalid_prerelease(library));
            }
            check_prerelease(prerelease, library)?;
        }
        parts[2] = patch;
        let mut numbers = [0; 3];
        for part in &parts {
            if !part.bytes().all(|c| c.is_ascii_digit()) {
                return fail("invalid characters in version");
            }
            if part.len() > 1 && part.starts_with('0') {
                return fail("version segment starts with 0");
            }
        }
        for (number, part) in numbers.iter_mut().zip(&parts) {
            *number = strconv::parse_uint(part.as_bytes(), 10, 64).map_err(|error| error.to_string())?;
        }
        let [major, minor, patch] = numbers;
        let (prerelease, metadata) = (prerelease.to_owned(), metadata.to_owned());
        Ok(Version { major, minor, patch, prerelease, metadata, original })
    }

    /// `Compare`: by the rules of semver.org; metadata does not count.
    pub fn compare(&self, other: &Version) -> Ordering {
        let numbers = |v: &Version| (v.major, v.minor, v.patch);
        numbers(self)
            .cmp(&numbers(other))
            .then_with(|| self.prerelease.is_empty().cmp(&other.prerelease.is_empty()))
            .then_with(|| compare_prereleases(&self.prerelease, &other.prerelease))
    }

    /// `IncMajor`, `IncMinor`, `IncPatch`. The error is the text of a panic.
    pub fn raised(&self, part: Part, library: Library) -> Result<Version, &'static str> {
        let mut next = Version { prerelease: String::new(), metadata: String::new(), ..self.clone() };
        let (number, overflow) = match part {
            Part::Patch if !self.prerelease.is_empty() => {
                next.original = self.prefix().to_owned() + &next.to_string();
                return Ok(next);
            }
            Part::Patch => (&mut next.patch, "patch version increment would overflow uint64"),
            Part::Minor => {
                next.patch = 0;
                (&mut next.minor, "minor version increment would overflow uint64")
            }
            Part::Major => {
                (next.minor, next.patch) = (0, 0);
                (&mut next.major, "major version increment would overflow uint64")
            }
        };
        if *number == u64::MAX && library >= Library::V3_5 {
            return Err(overflow);
        }
        *number = number.wrapping_add(1);
        next.original = self.prefix().to_owned() + &next.to_string();
        Ok(next)
    }

    fn prefix(&self) -> &'static str {
        if self.original.starts_with('v') { "v" } else { "" }
    }
}

/// The parts of a version's text.
struct Shape<'t> {
    numbers: [Option<&'t str>; 3],
    prerelease: &'t str,
    metadata: &'t str,
}

fn is_identifier(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'-'
}

impl<'t> Shape<'t> {
    fn of(text: &'t str) -> Option<Shape<'t>> {
        let mut rest = text.strip_prefix('v').unwrap_or(text);
        let take = |rest: &mut &'t str| {
            let len = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, after) = rest.split_at_checked(len)?;
            *rest = after;
            (len > 0).then_some(number)
        };
        let mut numbers = [Some(take(&mut rest)?), None, None];
        for number in &mut numbers[1..] {
            let Some(after) = rest.strip_prefix('.') else { break };
            rest = after;
            *number = Some(take(&mut rest)?);
        }
        let (rest, metadata) = match rest.split_once('+') {
            Some((rest, metadata)) => (rest, Some(metadata)),
            None => (rest, None),
        };
        let prerelease = if rest.is_empty() { None } else { Some(rest.strip_prefix('-')?) };
        let is_valid = |part: &str| part.split('.').all(|id| !id.is_empty() && id.bytes().all(is_identifier));
        if !prerelease.is_none_or(is_valid) || !metadata.is_none_or(is_valid) {
            return None;
        }
        Some(Shape { numbers, prerelease: prerelease.unwrap_or(""), metadata: metadata.unwrap_or("") })
    }
}

fn invalid_prerelease(library: Library) -> String {
    match library {
        Library::V3_3 => "Invalid Prerelease string".into(),
        _ => "invalid prerelease string".into(),
    }
}

fn check_prerelease(text: &str, library: Library) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    for part in text.split('.') {
        if part.is_empty() && library > Library::V3_3 {
            return Err(invalid_prerelease(library));
        }
        if part.bytes().all(|c| c.is_ascii_digit()) {
            if part.len() > 1 && part.starts_with('0') {
                return Err(library.text("version segment starts with 0"));
            }
        } else if !part.bytes().all(is_identifier) {
            return Err(invalid_prerelease(library));
        }
    }
    Ok(())
}

fn compare_prereleases(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.split('.'), right.split('.'));
    loop {
        let (a, b) = (left.next(), right.next());
        if a.is_none() && b.is_none() {
            return Ordering::Equal;
        }
        // What is missing counts as the empty text, which is less than any other.
        let (a, b) = (a.unwrap_or(""), b.unwrap_or(""));
        let number = |text: &str| strconv::parse_uint(text.as_bytes(), 10, 64).ok();
        let order = if a == b {
            Ordering::Equal
        } else if a.is_empty() || b.is_empty() {
            a.len().cmp(&b.len())
        } else {
            match (number(a), number(b)) {
                (None, None) => a.cmp(b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) if a > b => Ordering::Greater,
                (Some(_), Some(_)) => Ordering::Less,
            }
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

//! Versions of Kubernetes, ranges of them, and which of them were recorded.

use std::fmt;
use std::sync::LazyLock;

/// A version of Kubernetes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct KubeVersion {
    pub major: u16,
    pub minor: u16,
    /// [`KubeVersion::ANY_PATCH`]: the last patch, whichever it is.
    pub patch: u16,
}

/// The first and the last minor that were recorded, and the first that is still maintained at the end of 2026.
const FIRST_MINOR: u16 = 20;
const LAST_MINOR: u16 = 37;
const FIRST_MAINTAINED: u16 = 30;

impl KubeVersion {
    /// Stands for the last patch of a minor.
    pub const ANY_PATCH: u16 = u16::MAX;
    /// The first version known.
    pub const OLDEST: KubeVersion = KubeVersion::new(1, FIRST_MINOR, 0);
    /// The last version known.
    pub const NEWEST: KubeVersion = KubeVersion::new(1, LAST_MINOR, KubeVersion::ANY_PATCH);
    /// The first version that is not past its end of life.
    pub const OLDEST_MAINTAINED: KubeVersion = KubeVersion::new(1, FIRST_MAINTAINED, 0);

    pub const fn new(major: u16, minor: u16, patch: u16) -> KubeVersion {
        KubeVersion { major, minor, patch }
    }

    /// Reads `1.28`, `1.28.3` or what a server says of itself (`v1.28.3-eks-5a1b2c`); a missing patch is 0.
    pub fn parse(text: &str) -> Result<KubeVersion, VersionError> {
        let (version, _) = numbers(text)?;
        Ok(version)
    }

    /// Nobody maintains it any more at the end of 2026.
    pub fn is_past_end_of_life(self) -> bool {
        self < KubeVersion::OLDEST_MAINTAINED
    }

    /// Its minor was recorded.
    pub fn is_known(self) -> bool {
        self.major == 1 && (FIRST_MINOR..=LAST_MINOR).contains(&self.minor)
    }

    /// The last patch of its minor.
    pub(super) fn end_of_minor(self) -> KubeVersion {
        KubeVersion { patch: KubeVersion::ANY_PATCH, ..self }
    }
}

impl fmt::Display for KubeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        if self.patch == KubeVersion::ANY_PATCH { Ok(()) } else { write!(f, ".{}", self.patch) }
    }
}

/// Versions from one to another, both included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct VersionRange {
    pub from: KubeVersion,
    pub to: KubeVersion,
}

impl VersionRange {
    /// All versions known.
    pub const ALL: VersionRange = VersionRange { from: KubeVersion::OLDEST, to: KubeVersion::NEWEST };

    /// Reads `1.21.2`, `1.21` (all its patches), `1.20..1.31`, `1.25..` or `..1.30`.
    pub fn parse(text: &str) -> Result<VersionRange, VersionError> {
        let whole = |part: &str| match numbers(part)? {
            (version, true) => Ok((version, version)),
            (version, false) => Ok((version, version.end_of_minor())),
        };
        let range = match text.trim().split_once("..") {
            None => {
                let (from, to) = whole(text)?;
                VersionRange { from, to }
            }
            Some(("", "")) => return Err(VersionError::Malformed(text.into())),
            Some((from, "")) => VersionRange { from: whole(from)?.0, to: KubeVersion::NEWEST },
            Some(("", to)) => VersionRange { from: KubeVersion::OLDEST, to: whole(to)?.1 },
            Some((from, to)) => VersionRange { from: whole(from)?.0, to: whole(to)?.1 },
        };
        if range.from > range.to {
            return Err(VersionError::Empty(text.into()));
        }
        range.known().ok_or_else(|| VersionError::Unknown(text.into())).map(|_| range)
    }

    /// What is known of the range.
    pub fn known(self) -> Option<VersionRange> {
        let range = VersionRange { from: self.from.max(KubeVersion::OLDEST), to: self.to.min(KubeVersion::NEWEST) };
        (range.from <= range.to).then_some(range)
    }

    pub fn contains(self, version: KubeVersion) -> bool {
        (self.from..=self.to).contains(&version)
    }

    /// Nobody maintains any of it.
    pub fn is_past_end_of_life(self) -> bool {
        self.to.is_past_end_of_life()
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_minor = self.from.patch == 0 && self.to == self.from.end_of_minor();
        if self.from == self.to || is_minor {
            return self.to.fmt(f);
        }
        if self.from.patch == 0 && self.to.patch == KubeVersion::ANY_PATCH {
            return write!(f, "{}-{}", self.from.end_of_minor(), self.to);
        }
        let rest_of_minor = self.to == self.from.end_of_minor();
        write!(f, "{}-{}{}", self.from, self.to, if rest_of_minor { ".x" } else { "" })
    }
}

/// Why a text is no version or range of Kubernetes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VersionError {
    Malformed(String),
    /// The end comes before the beginning.
    Empty(String),
    /// Outside of what was recorded.
    Unknown(String),
}

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = VersionRange::ALL;
        match self {
            VersionError::Malformed(text) => {
                write!(
                    f,
                    "`{text}` is no Kubernetes version: expected one like 1.28 or 1.28.3, or a range like 1.25..1.31"
                )
            }
            VersionError::Empty(text) => write!(f, "`{text}` is an empty range: its end comes before its beginning"),
            VersionError::Unknown(text) => write!(
                f,
                "nothing is known of Kubernetes {text}: known are {} to {}",
                known.from.end_of_minor(),
                known.to
            ),
        }
    }
}

impl std::error::Error for VersionError {}

/// The version and whether it names a patch.
fn numbers(text: &str) -> Result<(KubeVersion, bool), VersionError> {
    let malformed = || VersionError::Malformed(text.into());
    let plain = text.trim();
    let plain = plain.strip_prefix('v').unwrap_or(plain);
    let plain = plain.split(['-', '+']).next().unwrap_or(plain);
    let parts: Option<Vec<u16>> = plain.split('.').map(number).collect();
    match parts.ok_or_else(malformed)?.as_slice() {
        [major, minor] => Ok((KubeVersion::new(*major, *minor, 0), false)),
        [major, minor, patch] => Ok((KubeVersion::new(*major, *minor, *patch), true)),
        _ => Err(malformed()),
    }
}

fn number(text: &str) -> Option<u16> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number: u16 = is_number.then(|| text.parse().ok())??;
    (number != KubeVersion::ANY_PATCH).then_some(number)
}

/// The versions that were recorded, in order; a column of the tables each.
pub fn recorded() -> &'static [KubeVersion] {
    static RECORDED: LazyLock<Vec<KubeVersion>> = LazyLock::new(|| {
        include_str!("data/versions.txt").lines().filter_map(|line| KubeVersion::parse(line).ok()).collect()
    });
    &RECORDED
}

/// The recorded version that speaks for this one: the last one of its minor that is not later, else the first one of it.
pub(super) fn column(at: KubeVersion) -> usize {
    let versions = recorded();
    let last = versions.len().saturating_sub(1);
    let same_minor = |v: &KubeVersion| (v.major, v.minor) == (at.major, at.minor);
    match versions.iter().rposition(|v| *v <= at) {
        Some(i) if versions.get(i).is_some_and(same_minor) => i,
        Some(i) => (i + 1).min(last),
        None => 0,
    }
}

/// A set of columns.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Columns(u32);

impl Columns {
    pub fn parse(hex: &str) -> Columns {
        Columns(u32::from_str_radix(hex, 16).unwrap_or(0))
    }

    pub fn has(self, column: usize) -> bool {
        column < 32 && self.0 & (1 << column) != 0
    }
}

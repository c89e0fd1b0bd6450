//! Which Helm: the switches in which its versions differ (engine reference, "Divergences").

use std::fmt;

/// A version of Helm, or of Go.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Release(pub u16, pub u16, pub u16);

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// How one version of Helm behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Profile {
    pub helm: Release,
}

/// The newest minor of each major that is modelled.
pub const NEWEST_3: Release = Release(3, 21, 4);
pub const NEWEST_4: Release = Release(4, 3, 1);

impl Default for Profile {
    fn default() -> Self {
        Profile { helm: NEWEST_4 }
    }
}

impl Profile {
    /// From what a user writes: `3`, `4`, `3.17`, `v4.1.4`.
    pub fn parse(text: &str) -> Option<Profile> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut parts = text.split('.').map(|part| part.parse::<u16>().ok());
        let major = parts.next()??;
        let minor = parts.next();
        let patch = parts.next();
        if parts.next().is_some() || !(3..=4).contains(&major) {
            return None;
        }
        let newest = if major == 3 { NEWEST_3 } else { NEWEST_4 };
        let helm = match (minor, patch) {
            (None, _) => newest,
            (Some(minor), None) => Release(major, minor?, if minor? == newest.1 { newest.2 } else { 99 }),
            (Some(minor), Some(patch)) => Release(major, minor?, patch?),
        };
        Some(Profile { helm })
    }

    pub fn is_helm4(&self) -> bool {
        self.helm.0 == 4
    }

    /// At least this version; the majors are compared as they follow each other in time.
    pub fn since(&self, major: u16, minor: u16, patch: u16) -> bool {
        self.helm >= Release(major, minor, patch)
    }

    /// The minor of Kubernetes whose types its client has.
    pub fn kube_client(&self) -> u16 {
        match (self.helm.0, self.helm.1) {
            (3, minor) => minor.clamp(8, 21) + 15,
            (_, minor) => minor + 34,
        }
    }

    /// The minor of the Go 1 release that the official binary was built with.
    pub fn go(&self) -> u16 {
        match (self.helm.0, self.helm.1) {
            (3, ..=9) => 17,
            (3, 10) => 18,
            (3, 11) => 19,
            (3, 12) => 20,
            (3, 13) => 20,
            (3, 14 | 15) => 21,
            (3, 16) => 22,
            (3, 17) => 23,
            (3, 18 | 19) => 24,
            (3, _) => 25,
            (_, ..=1) => 25,
            (_, 2) => 26,
            _ => 27,
        }
    }
}

//! Versions and ranges of charts and of Kubernetes.

use crate::profile::Profile;
use crate::value::golang::semver::{Constraints, Library, Version};

/// Whether Helm takes a text for a version.
pub(super) fn is_version(text: &str) -> bool {
    Version::parse(text.as_bytes(), Library::V3_4).is_ok()
}

/// Whether a version lies in a range. What is no version or no range lies nowhere.
pub fn is_compatible(range: &str, version: &str, profile: &Profile) -> bool {
    let library = Library::of(profile);
    Version::parse(version.as_bytes(), library).is_ok_and(|version| {
        Constraints::parse(range.as_bytes(), library).is_ok_and(|constraints| constraints.check(&version))
    })
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

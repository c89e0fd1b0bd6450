//! `.Capabilities`: what a client without a cluster assumes, and what the user says of the cluster.

use crate::profile::{Profile, Release};
use crate::source::search;

/// The version and the APIs that a render is told of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Capabilities {
    /// As `.Capabilities.KubeVersion.Version` gives it.
    pub version: String,
    /// `version` without a suffix, as Helm 4 prints the object.
    pub normalized: String,
    pub major: String,
    pub minor: String,
    /// In the order in which `range` gives them.
    pub api_versions: Vec<String>,
}

/// What the clients of the versions of Helm assume, recorded from real ones: a version a line.
const RECORDED: &str = include_str!("data/capabilities.json");

/// Where its lines end: of most of them only the beginning is looked at.
static ENDS: [usize; count(RECORDED.as_bytes())] = ends(RECORDED.as_bytes());

const fn count(text: &[u8]) -> usize {
    let (mut count, mut at) = (0, 0);
    while at < text.len() {
        count += (text[at] == b'\n') as usize;
        at += 1;
    }
    count
}

const fn ends<const COUNT: usize>(text: &[u8]) -> [usize; COUNT] {
    let mut ends = [0; COUNT];
    let (mut line, mut at) = (0, 0);
    while at < text.len() {
        if text[at] == b'\n' {
            ends[line] = at;
            line += 1;
        }
        at += 1;
    }
    ends
}

/// The versions with the JSON of what they assume.
fn recorded() -> impl Iterator<Item = (&'static str, &'static str)> + Clone {
    let lines = ENDS.windows(2).filter_map(|ends| RECORDED.get(ends[0] + 1..ends[1]));
    lines.filter_map(|line| line.trim_start().strip_prefix('"')?.split_once("\": "))
}

/// The version of Kubernetes and the APIs in the JSON of what a version assumes, whose keys are in this order and whose
/// strings have no escapes.
fn assumed(json: &str) -> (&str, impl Iterator<Item = &str>) {
    let mut quotes = search::find_all(b'"', json.as_bytes());
    let mut strings = std::iter::from_fn(move || json.get(quotes.next()? + 1..quotes.next()?));
    let version = strings.nth(1).unwrap_or_default();
    (version, strings.skip(1))
}

impl Capabilities {
    /// The defaults of the newest recorded version of Helm whose minor is not newer than the profile's.
    pub fn defaults(profile: &Profile) -> Capabilities {
        let release = |text: &str| {
            let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
            let mut next = || parts.next().unwrap_or(0);
            Release(next(), next(), next())
        };
        let same_major = recorded().map(|(v, json)| (release(v), json)).filter(|(v, _)| v.0 == profile.helm.0);
        let best = same_major
            .clone()
            .filter(|(v, _)| v.1 <= profile.helm.1)
            .max_by_key(|(v, _)| (v.1, *v <= profile.helm, *v))
            .or_else(|| same_major.min_by_key(|(v, _)| *v));
        let (kube_version, api_versions) = assumed(best.map_or("", |(_, json)| json));
        Capabilities { api_versions: api_versions.map(Into::into).collect(), ..Capabilities::of_version(kube_version) }
    }

    fn of_version(version: &str) -> Capabilities {
        let mut parts = version.trim_start_matches('v').split('.');
        Capabilities {
            version: version.into(),
            normalized: version.into(),
            major: parts.next().unwrap_or_default().into(),
            minor: parts.next().unwrap_or_default().into(),
            api_versions: Vec::new(),
        }
    }

    /// Takes `--kube-version` as this version of Helm does; the error is Helm's.
    pub fn set_version(&mut self, text: &str, profile: &Profile) -> Result<(), String> {
        let refused = |why: &str| format!("invalid kube version '{text}': {why}");
        let mut lenient = text.to_string();
        if profile.is_helm4() || profile.since(3, 19, 0) {
            // Cluster versions such as 1.21+ are read without the plus sign.
            lenient = lenient.trim_end_matches('+').to_string();
        }
        let invalid = if profile.since(3, 18, 0) { "invalid semantic version" } else { "Invalid Semantic Version" };
        let version = parse(&lenient).filter(|_| !lenient.ends_with('+')).ok_or_else(|| refused(invalid))?;
        let cut = format!("v{}.{}.{}", version.0, version.1, version.2);
        let with_suffix = if text.starts_with('v') { text.to_string() } else { format!("v{text}") };
        // Two numbers stay two numbers.
        let cut =
            if lenient.trim_start_matches('v').split(['-', '+']).next().is_some_and(|t| t.matches('.').count() == 1) {
                format!("v{}.{}", version.0, version.1)
            } else {
                cut
            };
        let keeps_suffix = profile.is_helm4() || !profile.since(3, 19, 0);
        self.version = if keeps_suffix { with_suffix } else { cut.clone() };
        self.normalized = cut;
        self.major = version.0.to_string();
        self.minor = version.1.to_string();
        Ok(())
    }
}

/// Major, minor and patch of a version that may lack its end.
fn parse(text: &str) -> Option<(u64, u64, u64)> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let numbers = text.split(['-', '+']).next()?;
    let mut parts = numbers.split('.').map(|p| p.parse::<u64>().ok());
    let major = parts.next()??;
    let minor = parts.next().map_or(Some(0), |p| p)?;
    let patch = parts.next().map_or(Some(0), |p| p)?;
    parts.next().is_none().then_some((major, minor, patch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_defaults_are_read() {
        let whole: serde_json::Map<String, serde_json::Value> = serde_json::from_str(RECORDED).unwrap();
        assert_eq!(recorded().map(|(version, _)| version).collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>());
        for (version, json) in recorded() {
            let (kube_version, api_versions) = assumed(json);
            let read =
                serde_json::json!({"kubeVersion": kube_version, "apiVersions": api_versions.collect::<Vec<_>>()});
            assert_eq!(read, whole[version]);
        }
        let helm4 = Capabilities::defaults(&Profile { helm: Release(4, 1, 4) });
        assert_eq!((helm4.version.as_str(), helm4.minor.as_str()), ("v1.35.0", "35"));
        assert!(helm4.api_versions.iter().any(|v| v == "apps/v1"));
    }
}

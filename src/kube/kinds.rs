//! Which kinds are served in which versions.

use super::version::{Columns, KubeVersion, VersionRange, column, recorded};
use std::sync::LazyLock;

/// A kind in one version of its group.
#[derive(Debug)]
pub struct Kind {
    pub api_version: &'static str,
    pub kind: &'static str,
    /// The name in URLs: `services`.
    pub plural: &'static str,
    pub short_names: Vec<&'static str>,
    pub is_namespaced: bool,
    /// `status` is a subresource of its own: what an update of the object says of it is ignored.
    pub has_status: bool,
    served: Columns,
}

impl Kind {
    /// The group; empty for the core group.
    pub fn group(&self) -> &'static str {
        group_of(self.api_version)
    }

    pub fn is_served(&self, at: KubeVersion) -> bool {
        self.served.has(column(at))
    }

    /// The first minor recorded that serves it.
    pub(super) fn first_minor(&self) -> u16 {
        let first = recorded().iter().enumerate().find(|(column, _)| self.served.has(*column));
        first.map_or(0, |(_, version)| version.minor)
    }

    /// The versions that serve it. APIs come and go with minors, so the ends are exact.
    pub fn served(&self) -> Vec<VersionRange> {
        let mut out: Vec<VersionRange> = Vec::new();
        let mut was_served = false;
        for (i, version) in recorded().iter().enumerate() {
            let is_served = self.served.has(i);
            let end = version.end_of_minor();
            match out.last_mut() {
                Some(last) if is_served && was_served => last.to = end,
                _ if is_served => out.push(VersionRange { from: KubeVersion { patch: 0, ..*version }, to: end }),
                _ => {}
            }
            was_served = is_served;
        }
        out
    }
}

/// What `lookup` finds out about a kind before it asks for objects.
#[derive(Debug)]
pub enum KindLookup {
    /// The server serves it.
    Served(&'static Kind),
    /// The server knows the group and version but no such kind (names are case-sensitive): nothing is found, silently.
    UnknownKind,
    /// The server does not know the group and version: the render fails with these words.
    UnknownGroup { message: String },
}

/// Every kind that any of the versions serves, by API version and kind.
pub fn kinds() -> &'static [Kind] {
    static KINDS: LazyLock<Vec<Kind>> =
        LazyLock::new(|| include_str!("data/kinds.txt").lines().filter_map(read).collect());
    &KINDS
}

fn read(line: &'static str) -> Option<Kind> {
    let mut cells = line.split('\t');
    let mut next = || cells.next();
    let (api_version, kind, plural, flags, served) = (next()?, next()?, next()?, next()?, next()?);
    let short_names = next().unwrap_or_default().split(',').filter(|name| !name.is_empty()).collect();
    Some(Kind {
        api_version,
        kind,
        plural,
        short_names,
        is_namespaced: flags.starts_with('n'),
        has_status: flags.ends_with('s'),
        served: Columns::parse(served),
    })
}

/// The kind, whichever versions serve it.
pub fn kind(api_version: &str, kind: &str) -> Option<&'static Kind> {
    let all = kinds();
    let found = all.binary_search_by(|k| (k.api_version, k.kind).cmp(&(api_version, kind)));
    found.ok().and_then(|i| all.get(i))
}

/// Objects of the kind live in a namespace; kinds that are not built in are taken to.
pub fn is_namespaced(api_version: &str, kind_name: &str) -> bool {
    let other_version = || kinds().iter().find(|k| k.kind == kind_name && k.group() == group_of(api_version));
    kind(api_version, kind_name).or_else(other_version).is_none_or(|k| k.is_namespaced)
}

/// What a server of this version says to a `lookup` of the kind.
pub fn lookup(api_version: &str, kind_name: &str, at: KubeVersion) -> KindLookup {
    if let Some(found) = kind(api_version, kind_name).filter(|k| k.is_served(at)) {
        return KindLookup::Served(found);
    }
    if is_group_served(api_version, at) {
        return KindLookup::UnknownKind;
    }
    let message = format!(
        "unable to get apiresource from unstructured: {api_version}, Kind={kind_name}: the server could not find the requested resource"
    );
    KindLookup::UnknownGroup { message }
}

/// A server of this version serves some kind of this group and version.
pub fn is_group_served(api_version: &str, at: KubeVersion) -> bool {
    kinds().iter().any(|k| k.api_version == api_version && k.is_served(at))
}

/// The group of an API version; empty for the core group.
pub(super) fn group_of(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

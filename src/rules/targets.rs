//! Which servers and which deployers count.

use crate::kube::{self, VersionRange};

/// Which Kubernetes versions and which Helm count.
#[derive(Clone, Debug)]
pub struct Targets {
    pub kubernetes: VersionRange,
    /// The user, or the chart's `kubeVersion`, claims the versions; otherwise they are all that are known.
    pub is_claimed: bool,
    /// How manifests are written: patches, server-side apply, or either.
    pub modes: Vec<kube::Mode>,
    /// The deployers that the user asked for; empty where all of them count.
    pub deployers: Vec<Deployer>,
}

/// What brings a chart into a cluster.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Deployer {
    Helm3,
    Helm4,
    /// Renders as `helm template` does: without a cluster, and always as a first install.
    ArgoCd,
    /// Runs Helm in the cluster.
    Flux,
}

impl Deployer {
    /// All of them, with the names that users give them.
    pub const ALL: [(&'static str, Deployer); 4] = [
        ("helm3", Deployer::Helm3),
        ("helm4", Deployer::Helm4),
        ("argocd", Deployer::ArgoCd),
        ("flux", Deployer::Flux),
    ];
}

impl Targets {
    /// The targets when only some deployers count. The ways of writing manifests are those that they use.
    pub fn deployed_by(mut self, deployers: &[Deployer]) -> Targets {
        if deployers.is_empty() {
            return self;
        }
        let writes = |mode: kube::Mode, other: Deployer| {
            deployers.iter().any(|d| *d != other) && {
                // Argo CD and Flux do either, as they are configured.
                self.modes.contains(&mode)
            }
        };
        self.modes = [(kube::Mode::Patch, Deployer::Helm4), (kube::Mode::Apply, Deployer::Helm3)]
            .into_iter()
            .filter(|(mode, other)| writes(*mode, *other))
            .map(|(mode, _)| mode)
            .collect();
        self.deployers = deployers.to_vec();
        self
    }

    /// Whether a deployer counts at all.
    pub fn counts(&self, deployer: Deployer) -> bool {
        self.deployers.is_empty() || self.deployers.contains(&deployer)
    }

    /// Whether the user named the deployer.
    pub fn asks_for(&self, deployer: Deployer) -> bool {
        self.deployers.contains(&deployer)
    }

    /// Whether something but Argo CD counts: something that renders with the cluster at hand.
    pub fn counts_helm(&self) -> bool {
        self.deployers.is_empty() || self.deployers.iter().any(|d| *d != Deployer::ArgoCd)
    }
}

/// The targets of a chart whose user asked for none: what its `kubeVersion` admits, else all that is known.
pub fn targets_of(constraint: &str) -> Targets {
    let all = VersionRange::ALL;
    let modes = vec![kube::Mode::Patch, kube::Mode::Apply];
    let deployers = Vec::new();
    if constraint.is_empty() {
        return Targets { kubernetes: all, is_claimed: false, modes, deployers };
    }
    let profile = crate::profile::Profile::default();
    let minors = (all.from.minor..=all.to.minor).filter(|minor| {
        // The first or a late patch of a minor may be admitted.
        [0, 20].iter().any(|patch| {
            let version = format!("v{}.{minor}.{patch}", all.from.major);
            crate::chart::is_compatible(constraint, &version, &profile)
        })
    });
    let minors: Vec<_> = minors.collect();
    match (minors.first(), minors.last()) {
        (Some(first), Some(last)) => {
            let text = format!("{}.{first}..{}.{last}", all.from.major, all.from.major);
            Targets { kubernetes: VersionRange::parse(&text).unwrap_or(all), is_claimed: true, modes, deployers }
        }
        _ => Targets { kubernetes: all, is_claimed: false, modes, deployers },
    }
}

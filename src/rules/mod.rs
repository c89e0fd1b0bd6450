//! The rules: one file each, which looks at lives and says findings; and the precedence among them.
//!
//! A rule is a source file here, a page in `docs/rules/`, a file of cases in `tests/rules/`, and a line in [`RULES`]. The
//! lifecycle finds the differences and `story` explains them; a rule names one, weighs it, and says what to write
//! instead. Where several rules see one difference, the one that stands first in the registry takes it.

mod consequence;
mod immutable_change_between_versions;
mod immutable_field_from_lookup;
mod lookup_guards_own_object;
mod lookup_unguarded;
mod not_analysed;
mod pages;
mod phase_guards_object;
mod random_without_reuse;
mod render_error;
mod story;
mod syntax_error;
mod unexplained_difference;
mod words;
mod yaml_error;

use crate::finding::{Finding, Severity};
use crate::kube::{self, VersionRange};
use crate::lifecycle::{self, Life, PhaseKind};
pub use not_analysed::without_dependencies;
pub use pages::page;
pub use story::{Mode, Story, Why};

/// A rule of the catalogue.
pub struct Rule {
    /// Kebab-case, stable for ever.
    pub name: &'static str,
    /// On the worst target.
    pub severity: Severity,
    /// What it says, in one line.
    pub summary: &'static str,
    pub check: fn(&Evidence<'_>, &mut Vec<Finding>),
}

/// All rules, in the order of precedence.
pub const RULES: &[&Rule] = &[
    &syntax_error::RULE,
    &lookup_unguarded::RULE,
    &render_error::RULE,
    &yaml_error::RULE,
    &lookup_guards_own_object::RULE,
    &phase_guards_object::RULE,
    &immutable_field_from_lookup::RULE,
    &immutable_change_between_versions::RULE,
    &random_without_reuse::RULE,
    &unexplained_difference::RULE,
    &not_analysed::RULE,
];

/// Which Kubernetes versions and which Helm count.
#[derive(Clone, Debug)]
pub struct Targets {
    pub kubernetes: VersionRange,
    /// The user, or the chart's `kubeVersion`, claims the versions; otherwise they are all that are known.
    pub is_claimed: bool,
    /// How manifests are written: patches, server-side apply, or either.
    pub modes: Vec<kube::Mode>,
}

/// The targets of a chart whose user asked for none: what its `kubeVersion` admits, else all that is known.
pub fn targets_of(constraint: &str) -> Targets {
    let all = VersionRange::ALL;
    let modes = vec![kube::Mode::Patch, kube::Mode::Apply];
    if constraint.is_empty() {
        return Targets { kubernetes: all, is_claimed: false, modes };
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
            Targets { kubernetes: VersionRange::parse(&text).unwrap_or(all), is_claimed: true, modes }
        }
        _ => Targets { kubernetes: all, is_claimed: false, modes },
    }
}

/// What the rules look at: a life with its differences, explained.
pub struct Evidence<'a> {
    pub life: &'a Life,
    /// The chart's name.
    pub chart: &'a str,
    pub targets: &'a Targets,
    /// The differences between the phases of the release's life, and their explanation.
    pub stories: Vec<Story>,
    /// The differences that no provenance explains.
    pub unexplained: Vec<(PhaseKind, PhaseKind, lifecycle::Difference)>,
    /// Which stories a rule has taken.
    taken: std::cell::RefCell<Vec<bool>>,
}

/// The pairs of phases whose difference a release feels.
const PAIRS: [(PhaseKind, PhaseKind); 2] =
    [(PhaseKind::Install, PhaseKind::Upgrade), (PhaseKind::Upgrade, PhaseKind::UpgradeAgain)];

impl<'a> Evidence<'a> {
    pub fn new(life: &'a Life, chart: &'a str, targets: &'a Targets) -> Evidence<'a> {
        let mut stories = Vec::new();
        let mut unexplained = Vec::new();
        for (a, b) in PAIRS {
            let (Some(x), Some(y)) = (life.phase(a), life.phase(b)) else { continue };
            let is_whole = |p: &lifecycle::Phase| p.rendering.error.is_none() && p.manifests.is_ok();
            if !is_whole(x) || !is_whole(y) {
                continue;
            }
            for difference in lifecycle::differences(x, y) {
                match story::explain(life, x, y, &difference) {
                    Some(story) => stories.push(story),
                    // Two versions of a chart differ because somebody changed it.
                    None if life.previous => {}
                    None => unexplained.push((a, b, difference)),
                }
            }
        }
        let taken = std::cell::RefCell::new(vec![false; stories.len()]);
        Evidence { life, chart, targets, stories, unexplained, taken }
    }

    /// The stories that no rule before has taken and that `wants` wants, grouped by object and cause. They are taken.
    pub fn take(&self, wants: impl Fn(&Story) -> bool) -> Vec<Vec<&Story>> {
        let mut taken = self.taken.borrow_mut();
        let mut groups: Vec<Vec<&Story>> = Vec::new();
        for (index, story) in self.stories.iter().enumerate() {
            if taken[index] || !wants(story) {
                continue;
            }
            taken[index] = true;
            let is_same = |other: &Story| {
                other.difference.id == story.difference.id
                    && other.phases == story.phases
                    && words::cause(self.life, other) == words::cause(self.life, story)
            };
            match groups.iter_mut().find(|group| is_same(group[0])) {
                Some(group) => group.push(story),
                None => groups.push(vec![story]),
            }
        }
        groups
    }
}

/// All findings of a life, in the order of the registry.
pub fn check(life: &Life, chart: &str, targets: &Targets) -> Vec<Finding> {
    let evidence = Evidence::new(life, chart, targets);
    let mut findings = Vec::new();
    for rule in RULES {
        (rule.check)(&evidence, &mut findings);
    }
    findings
}

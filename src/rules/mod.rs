//! The rules: one file each, which looks at lives and says findings; and the precedence among them.
//!
//! A rule is a source file here, a page in `docs/rules/`, a file of cases in `tests/rules/`, and a line in [`RULES`]. The
//! lifecycle finds the differences and `story` explains them; a rule names one, weighs it, and says what to write
//! instead. Where several rules see one difference, the one that stands first in the registry takes it.

mod api_removed_under_release;
mod arms;
mod base64_as_text;
mod breaks_server_side_apply;
mod capability_guards_object;
mod certificate_split;
mod checksum_of_unstable;
mod consequence;
mod constant_condition;
mod custom_resource_transition;
mod documents;
mod double_base64;
mod fails_without_cluster;
mod failure;
mod fields;
mod flow;
mod foreign_state_copied;
mod go_syntax_in_yaml;
mod immutable_change_between_versions;
mod immutable_field_empty;
mod immutable_field_from_lookup;
mod immutable_field_unstable;
mod immutable_object_unstable_data;
mod install_over_leftovers;
mod job_template_unstable;
mod keep_breaks_rollback;
mod keep_is_not_prune;
mod list_lookup_as_boolean;
mod list_lookup_as_object;
mod live_state_copied;
mod lookup_field_not_yet_there;
mod lookup_guards_own_object;
mod lookup_in_notes;
mod lookup_misses_own_object;
mod lookup_reads_widely;
mod lookup_toggles_field;
mod lookup_unguarded;
mod lookup_unknown_kind;
mod lookup_unserved_group;
mod lookup_unused;
mod lookup_without_namespace;
mod not_analysed;
mod null_in_output;
mod object_lost_between_versions;
mod object_name_unstable;
mod object_needs_foreign_object;
mod objects;
mod pages;
mod patch_impossible;
mod phase_guards_object;
mod phase_in_stored_output;
mod phase_is_not_existence;
mod pod_template_unstable;
mod random_when_offline;
mod random_without_reuse;
mod render_error;
mod replicas_fight_autoscaler;
mod reuse_is_broken;
mod reuse_misses_keys;
mod reuse_values_breaks;
mod server_metadata_copied;
mod shadowed_assignment;
mod short_circuit_on_old_helm;
mod story;
mod suppression_without_reason;
mod syntax_error;
mod takes_field_ownership;
mod targets;
mod template_text_in_string;
mod unexplained_difference;
mod unknown_suppression;
mod unused_suppression;
mod upgrade_needs_value;
mod version_in_selector;
mod version_in_volume_claim_template;
mod words;
mod yaml_error;

use crate::engine::LookupCall;
use crate::finding::{Finding, Severity};
use crate::lifecycle::{self, Life, Phase, PhaseKind};
pub use not_analysed::without_dependencies;
pub use pages::page;
use std::collections::BTreeSet;
pub use story::{Mode, Story, Why};
pub use suppression_without_reason::finding as suppression_without_reason;
pub use targets::{Deployer, Targets, targets_of};
pub use unknown_suppression::{
    below_top as suppression_of_file_below_top, blanket as suppression_of_nothing, finding as unknown_suppression,
    no_word as suppression_by_no_word,
};
pub use unused_suppression::finding as unused_suppression;
pub use words::AtComment;

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
    &lookup_in_notes::RULE,
    &phase_is_not_existence::RULE,
    &list_lookup_as_object::RULE,
    &lookup_field_not_yet_there::RULE,
    &lookup_unguarded::RULE,
    &fails_without_cluster::RULE,
    &upgrade_needs_value::RULE,
    &render_error::RULE,
    &yaml_error::RULE,
    &server_metadata_copied::RULE,
    &api_removed_under_release::RULE,
    &breaks_server_side_apply::RULE,
    &patch_impossible::RULE,
    &object_name_unstable::RULE,
    &keep_breaks_rollback::RULE,
    &lookup_guards_own_object::RULE,
    &phase_guards_object::RULE,
    &immutable_object_unstable_data::RULE,
    &double_base64::RULE,
    &immutable_field_from_lookup::RULE,
    &immutable_field_unstable::RULE,
    &immutable_change_between_versions::RULE,
    &version_in_selector::RULE,
    &version_in_volume_claim_template::RULE,
    &job_template_unstable::RULE,
    &immutable_field_empty::RULE,
    &custom_resource_transition::RULE,
    &lookup_misses_own_object::RULE,
    &base64_as_text::RULE,
    &go_syntax_in_yaml::RULE,
    &object_lost_between_versions::RULE,
    &reuse_values_breaks::RULE,
    &certificate_split::RULE,
    &checksum_of_unstable::RULE,
    &pod_template_unstable::RULE,
    &reuse_misses_keys::RULE,
    &reuse_is_broken::RULE,
    &random_without_reuse::RULE,
    &random_when_offline::RULE,
    &takes_field_ownership::RULE,
    &replicas_fight_autoscaler::RULE,
    &live_state_copied::RULE,
    &lookup_toggles_field::RULE,
    &install_over_leftovers::RULE,
    &object_needs_foreign_object::RULE,
    &capability_guards_object::RULE,
    &foreign_state_copied::RULE,
    &keep_is_not_prune::RULE,
    &phase_in_stored_output::RULE,
    &unexplained_difference::RULE,
    &null_in_output::RULE,
    &lookup_unknown_kind::RULE,
    &lookup_unserved_group::RULE,
    &template_text_in_string::RULE,
    &lookup_without_namespace::RULE,
    &shadowed_assignment::RULE,
    &constant_condition::RULE,
    &list_lookup_as_boolean::RULE,
    &short_circuit_on_old_helm::RULE,
    &lookup_reads_widely::RULE,
    &lookup_unused::RULE,
    &not_analysed::RULE,
    &unknown_suppression::RULE,
    &unused_suppression::RULE,
    &suppression_without_reason::RULE,
];

/// The name of the rule about suppressions that suppress nothing.
pub const UNUSED_SUPPRESSION: &str = "unused-suppression";

/// The rules that speak only where two versions of a chart are compared.
pub const OF_TWO_CHARTS: &[&str] =
    &["immutable-change-between-versions", "object-lost-between-versions", "reuse-values-breaks"];

/// Rules about what lookups find and about operations that only Helm has: nothing of that happens where Argo CD alone counts.
const OF_CLUSTERS: &[&str] = &[
    "phase-is-not-existence",
    "lookup-field-not-yet-there",
    "upgrade-needs-value",
    "server-metadata-copied",
    "keep-breaks-rollback",
    "lookup-misses-own-object",
    "base64-as-text",
    "reuse-values-breaks",
    "reuse-misses-keys",
    "reuse-is-broken",
    "live-state-copied",
    "foreign-state-copied",
    "takes-field-ownership",
    "lookup-toggles-field",
    "lookup-reads-widely",
    "install-over-leftovers",
];

/// Rules that cost something and take no story from another: where nobody wants to hear of them they are not asked.
const APART: &[&str] = &[
    "patch-impossible",
    "breaks-server-side-apply",
    "phase-is-not-existence",
    "install-over-leftovers",
    "immutable-field-empty",
    "double-base64",
    "null-in-output",
    "list-lookup-as-object",
    "shadowed-assignment",
    "constant-condition",
];

/// Whether there is a rule of this name.
pub fn is_rule(name: &str) -> bool {
    RULES.iter().any(|rule| rule.name == name)
}

/// What the rules look at: a life with its differences, explained.
pub struct Evidence<'a> {
    pub life: &'a Life,
    /// The chart's name.
    pub chart: &'a str,
    pub targets: &'a Targets,
    /// With two versions of a chart: the upgrade with `--reuse-values`.
    pub reused: Option<&'a lifecycle::Reused>,
    /// The differences between the phases of the release's life, and their explanation.
    pub stories: Vec<Story>,
    /// The differences that no provenance explains.
    pub unexplained: Vec<(PhaseKind, PhaseKind, lifecycle::Difference)>,
    /// The errors of execution of the phases, each with what it is about.
    failures: Vec<failure::Failure<'a>>,
    flows: std::cell::OnceCell<Vec<flow::Flow<'a>>>,
    /// What differs between two renders without a cluster. No rule takes these: they are what GitOps feels of stories
    /// that online renders may not have.
    pub offline: Vec<Story>,
    /// Which stories a rule has taken.
    taken: std::cell::RefCell<Vec<bool>>,
}

/// The pairs of phases whose difference a release feels.
const PAIRS: [(PhaseKind, PhaseKind); 2] =
    [(PhaseKind::Install, PhaseKind::Upgrade), (PhaseKind::Upgrade, PhaseKind::UpgradeAgain)];

fn is_whole(phase: &lifecycle::Phase) -> bool {
    phase.rendering.error.is_none() && phase.manifests.is_ok()
}

impl<'a> Evidence<'a> {
    pub fn new(life: &'a Life, chart: &'a str, targets: &'a Targets) -> Evidence<'a> {
        let mut stories = Vec::new();
        let mut unexplained = Vec::new();
        for (a, b) in PAIRS {
            let (Some(x), Some(y)) = (life.phase(a), life.phase(b)) else { continue };
            if !is_whole(x) || !is_whole(y) {
                continue;
            }
            for difference in lifecycle::differences(x, y).into_iter().filter(|d| !documents::is_helms(d)) {
                match story::explain(life, x, y, &difference) {
                    Some(story) => stories.push(story),
                    // Two versions of a chart differ because somebody changed it.
                    None if life.previous => {}
                    None => unexplained.push((a, b, difference)),
                }
            }
        }
        if !targets.counts_helm() {
            // Argo CD sees no cluster.
            stories.retain(|story| !matches!(story.why, Why::Lookup(_)));
            unexplained.clear();
        }
        let taken = std::cell::RefCell::new(vec![false; stories.len()]);
        let failures = failure::failures(life);
        let flows = std::cell::OnceCell::new();
        let mut offline = Vec::new();
        if let (Some(x), Some(y)) = (life.phase(PhaseKind::Offline), life.phase(PhaseKind::OfflineAgain))
            && is_whole(x)
            && is_whole(y)
        {
            let differences = lifecycle::differences(x, y);
            offline.extend(differences.iter().filter_map(|difference| story::explain(life, x, y, difference)));
        }
        Evidence { life, chart, targets, reused: None, stories, unexplained, failures, flows, offline, taken }
    }

    /// The bodies of templates that a render reaches; none where nothing can be said of them that was not said of an
    /// earlier life of the chart.
    fn flows(&self) -> &[flow::Flow<'a>] {
        self.flows.get_or_init(|| {
            if !self.life.has_new_texts {
                return Vec::new();
            }
            // Of two versions of a chart the new one is looked at.
            let trees = self.life.phases.last().map(|phase| phase.rendering.trees());
            flow::bodies(trees.unwrap_or_default())
        })
    }

    /// The lookups that were made, each place and question once, with the first phase that made it.
    fn lookups(&self) -> Vec<(&'a Phase, &'a LookupCall)> {
        let mut seen = std::collections::BTreeSet::new();
        let all = self.life.phases.iter().flat_map(|phase| phase.rendering.rt.lookups.iter().map(move |l| (phase, l)));
        all.filter(|(_, lookup)| seen.insert((lookup.span, &lookup.query))).collect()
    }

    /// The chart does not install in this world: it says so itself, or lacks a value. Lint goes on all the same.
    fn asks_for_values(&self) -> bool {
        self.failures.iter().any(|failure| {
            let lacks = failure.kind == failure::FailureKind::LacksValue;
            failure.phase == PhaseKind::Install && (lacks || failure.error.failed_with().is_some())
        })
    }

    /// The phase whose manifest is the chart's own: the install, or, of two versions, the upgrade to the second. None
    /// where it does not render.
    pub fn current(&self) -> Option<&'a lifecycle::Phase> {
        let kind = if self.life.previous { PhaseKind::Upgrade } else { PhaseKind::Install };
        self.life.phase(kind).filter(|phase| is_whole(phase))
    }

    /// A phase that renders.
    pub fn whole(&self, kind: PhaseKind) -> Option<&'a lifecycle::Phase> {
        self.life.phase(kind).filter(|phase| is_whole(phase))
    }

    /// A value is drawn anew by every upgrade, whatever lookup was made before the draw.
    pub fn is_drawn(&self, story: &Story) -> bool {
        let again = |other: &Story| {
            other.phases.0 == PhaseKind::Upgrade
                && other.difference.id == story.difference.id
                && other.path() == story.path()
        };
        matches!(story.why, Why::Random(_)) || story.is_drawn(self.life) && self.stories.iter().any(again)
    }

    /// As [`Evidence::take`], for rules that say once what every later upgrade does again. Differences between two
    /// versions of a chart are left alone.
    pub fn take_once(&self, wants: impl Fn(&Story) -> bool) -> Vec<Vec<&Story>> {
        self.once(self.take(|story| self.is_own(story) && wants(story)))
    }

    /// As [`Evidence::take_once`], and what Argo CD does not feel is there too: that it is always a first install.
    pub fn take_all_once(&self, wants: impl Fn(&Story) -> bool) -> Vec<Vec<&Story>> {
        self.once(self.take_from(|story| self.is_own(story) && wants(story)))
    }

    fn is_own(&self, story: &Story) -> bool {
        !(self.life.previous && story.phases.0 == PhaseKind::Install)
    }

    fn once<'s>(&self, mut groups: Vec<Vec<&'s Story>>) -> Vec<Vec<&'s Story>> {
        let mut told = std::collections::BTreeSet::new();
        groups.retain(|group| told.insert((group[0].difference.id.clone(), words::cause(self.life, group[0]))));
        groups
    }

    /// The stories that no rule before has taken and that `wants` wants, grouped by object and cause. They are taken.
    pub fn take(&self, wants: impl Fn(&Story) -> bool) -> Vec<Vec<&Story>> {
        // To Argo CD every sync is a first install.
        let is_felt = |story: &Story| self.targets.counts_helm() || story.why != Why::Phase;
        self.take_from(|story| is_felt(story) && wants(story))
    }

    fn take_from(&self, wants: impl Fn(&Story) -> bool) -> Vec<Vec<&Story>> {
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
    check_between(life, None, chart, targets)
}

/// The same, of which only the findings of some rules are looked at.
pub fn check_for(life: &Life, chart: &str, targets: &Targets, wanted: &BTreeSet<&str>) -> Vec<Finding> {
    let asked = |rule: &Rule| !APART.contains(&rule.name) || wanted.contains(rule.name);
    findings(life, None, chart, targets, asked)
}

/// The same for a life between two versions of a chart, with what `--reuse-values` would render.
pub fn check_between(life: &Life, reused: Option<&lifecycle::Reused>, chart: &str, targets: &Targets) -> Vec<Finding> {
    findings(life, reused, chart, targets, |_| true)
}

fn findings(
    life: &Life,
    reused: Option<&lifecycle::Reused>,
    chart: &str,
    targets: &Targets,
    is_asked: impl Fn(&Rule) -> bool,
) -> Vec<Finding> {
    let evidence = Evidence { reused, ..Evidence::new(life, chart, targets) };
    let mut findings = Vec::new();
    let is_felt = |rule: &&&Rule| targets.counts_helm() || !OF_CLUSTERS.contains(&rule.name);
    for rule in RULES.iter().filter(is_felt).filter(|rule| is_asked(rule)) {
        (rule.check)(&evidence, &mut findings);
    }
    if let Some(phase) = life.phases.last() {
        findings.iter_mut().for_each(|finding| words::lift(finding, &phase.rendering.sources));
    }
    findings
}

//! Which worlds to live.
//!
//! The defaults, what the user passes, each `ci/*-values.yaml`; then, for each condition that was seen with one outcome
//! and decides about something that varies, worlds that should turn it round. A dependency that is switched off and holds
//! something that varies is switched on. A world that ends in `required` or `fail` leads to one that gives what was asked
//! for. An object of somebody else that a lookup asks for is there in one world and not in the other. Goals that do not
//! touch each other share a world. The room decides what to live next, says how far that got and which settings a finding
//! needs, and does not judge what comes of it.

mod coverage;
mod forced;
mod foreign;
mod goal;
mod guides;
mod judge;
mod reach;
mod scope;
mod setting;
mod shape;
mod shrink;
mod sites;
mod solve;
mod supply;
mod switches;

pub use coverage::{Coverage, Missed, Reason};
pub use forced::Forcer;
pub use reach::{Head, Reach};
pub use setting::{Setting, changed};
pub use shrink::Smaller;
pub use sites::{Site, Turn};

use crate::engine::RenderError;
use crate::engine::log::Condition;
use crate::kube::VersionRange;
use crate::lifecycle::{Life, Phase, World, is_varying};
use crate::source::Span;
use crate::value::origin::{Cause, Graph, Outcome, PathId};
use foreign::Strangers;
use goal::{Goal, Stand, Target, Try};
use guides::Guides;
use rustc_hash::{FxHashMap, FxHashSet};
use scope::Scope;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The most worlds that are made for one chart, beside those that are given.
pub const MAX_WORLDS: usize = 96;
/// The most work that they may cost, in the engine's units.
pub const MAX_WORK: u64 = 200_000_000;
/// After as many worlds that showed nothing new no more are made.
pub const MAX_DRY: usize = 16;

/// A world that is to be lived, and what for.
pub struct Plan {
    pub world: World,
    stand: Stand,
    /// The numbers of the goals.
    goals: Vec<usize>,
    /// The render gets past an error.
    remedy: Option<Remedy>,
    /// All the errors that it is to get past, one after the other.
    path: Vec<String>,
}

/// What worlds stand on: the number of the given one, and the settings without which they do not render.
type Ground = (usize, Vec<Setting>);

/// What a world is made with to get past an error.
#[derive(Clone, Debug)]
struct Remedy {
    error: String,
    settings: Vec<Setting>,
    /// The settings that the world stood on that ended in the error, where none of its goals had to do with that.
    ground: Option<Vec<Setting>>,
}

impl Plan {
    /// What the world stands on: the settings without which it does not render, or lacks a dependency. Worlds on one ground
    /// have much in common.
    pub fn ground(&self) -> String {
        self.stand.fixed.iter().map(|setting| setting.flag() + " ").collect()
    }
}

/// The worlds of one chart that were lived and are to be lived.
pub struct Explorer {
    pub coverage: Coverage,
    /// The versions of Kubernetes that count.
    kubernetes: VersionRange,
    given: Vec<World>,
    goals: Vec<Goal>,
    numbers: FxHashMap<Target, usize>,
    /// The goals that are not reached and that there are ways for.
    open: Vec<usize>,
    /// Worlds that come before all others.
    urgent: VecDeque<Plan>,
    /// What errors were looked at.
    errors: FxHashSet<String>,
    /// The errors of all worlds.
    met: FxHashSet<String>,
    /// What gets past them.
    remedies: BTreeMap<String, Vec<Setting>>,
    /// Those that worlds got past and then rendered.
    healed: FxHashSet<String>,
    /// What the worlds that were given need to render.
    needed: Vec<Setting>,
    /// Settings that do not render, and those that do in their place.
    grounds: Vec<(Vec<Setting>, Vec<Setting>)>,
    /// The settings that worlds stood on whose install rendered, with the numbers of the given ones.
    rendered: Vec<Ground>,
    /// The errors of the worlds that were given.
    usual: FxHashSet<String>,
    /// The errors of worlds in which nothing but the ground was changed.
    of_grounds: Vec<(Ground, FxHashSet<String>)>,
    strangers: Strangers,
    /// What was changed in the worlds that were made.
    lived: FxHashSet<String>,
    /// The worlds that were lived, by name.
    names: FxHashSet<String>,
    /// The most worlds that are made.
    worlds: usize,
    made: usize,
    /// What the made worlds have cost, in the engine's units of work.
    spent: u64,
    /// How many of the last worlds showed nothing new.
    dry: usize,
    /// Where the templates were first seen.
    homes: forced::Homes,
    guides: Guides,
    /// The number of charts that the guides are of.
    guided: usize,
}

impl Default for Explorer {
    fn default() -> Explorer {
        Explorer::new(VersionRange::ALL, MAX_WORLDS)
    }
}

impl Explorer {
    /// Nothing is lived yet. Versions of the cluster are taken from those that count; `worlds` are made at most, and the
    /// other budgets grow with them.
    pub fn new(kubernetes: VersionRange, worlds: usize) -> Explorer {
        Explorer {
            worlds,
            coverage: Coverage::default(),
            kubernetes,
            given: Vec::new(),
            goals: Vec::new(),
            numbers: FxHashMap::default(),
            open: Vec::new(),
            urgent: VecDeque::new(),
            errors: FxHashSet::default(),
            met: FxHashSet::default(),
            remedies: BTreeMap::new(),
            healed: FxHashSet::default(),
            needed: Vec::new(),
            grounds: Vec::new(),
            rendered: Vec::new(),
            usual: FxHashSet::default(),
            of_grounds: Vec::new(),
            strangers: Strangers::default(),
            lived: FxHashSet::default(),
            names: FxHashSet::default(),
            made: 0,
            spent: 0,
            dry: 0,
            homes: forced::Homes::default(),
            guides: Guides::default(),
            guided: 0,
        }
    }

    /// The next world.
    pub fn next_plan(&mut self) -> Option<Plan> {
        loop {
            let plan = self.candidate()?;
            if !self.lived.insert(plan.world.flags.clone()) {
                // This very world was lived for another goal.
                self.missed(&plan.goals);
                continue;
            }
            let times = (self.worlds / MAX_WORLDS).max(1);
            let is_over = self.spent >= MAX_WORK * times as u64 || self.dry >= MAX_DRY * times;
            if self.made >= self.worlds || is_over {
                self.coverage.is_cut_off = true;
                return None;
            }
            self.made += 1;
            return Some(plan);
        }
    }

    fn candidate(&mut self) -> Option<Plan> {
        while let Some(plan) = self.urgent.pop_front() {
            if plan.remedy.as_ref().is_none_or(|remedy| !self.remedies.contains_key(&remedy.error)) {
                return Some(plan);
            }
        }
        let (goals, coverage) = (&self.goals, &self.coverage);
        self.open.retain(|number| {
            goals.get(*number).is_some_and(|goal| !goal.tries.is_empty() && !is_reached(goal, coverage))
        });
        let first = goal::sort(goals, &mut self.open, &coverage.before_calls());
        match goal::batch(goals, &self.open[..first], &self.grounds) {
            Some((goals, stand)) => self.plan(stand, goals, None),
            None => {
                let stand = self.strangers.next_stand(self.coverage.renders)?;
                self.plan(stand, Vec::new(), None)
            }
        }
    }

    fn plan(&self, stand: Stand, goals: Vec<usize>, remedy: Option<Remedy>) -> Option<Plan> {
        let given = self.given.get(stand.given)?;
        let world = changed(&changed(given, &stand.fixed), &stand.settings);
        Some(Plan { world, stand, goals, remedy, path: Vec::new() })
    }

    /// Looks at a life and plans what it suggests. `plan` is what it was lived for, if it was made here.
    pub fn learn(&mut self, life: &Life, plan: Option<&Plan>) {
        let before = self.coverage.reached();
        let is_new = self.coverage.look(life);
        self.coverage.add(life, plan.is_none());
        let stand = match plan {
            Some(plan) => plan.stand.clone(),
            None => {
                self.given.push(life.world.clone());
                self.usual.extend(errors(life));
                self.met.extend(errors(life));
                self.names.insert(shrink::name(&life.world, &[]));
                Stand { given: self.given.len() - 1, ..Stand::default() }
            }
        };
        if is_new {
            self.homes.add(life, &stand);
        }
        let ground = (stand.given, stand.fixed.clone());
        let installs = life.phases.first().is_some_and(|install| install.rendering.error.is_none());
        if installs && !self.rendered.contains(&ground) {
            self.rendered.push(ground.clone());
        }
        let mut culprits = Vec::new();
        let failed = plan.is_some_and(|plan| self.fails_for_switches(life, plan));
        if let Some(plan) = plan {
            if let Some(given) = self.given.get(plan.stand.given) {
                self.names.insert(shrink::name(given, &plan.stand.all().cloned().collect::<Vec<_>>()));
            }
            self.spent +=
                life.phases.iter().map(|phase| phase.rendering.rt.limits.work - phase.rendering.rt.left).sum::<u64>();
            // An error that is met for the first time is progress, too: what was asked for before was given.
            let known = self.met.len();
            self.met.extend(errors(life));
            let is_further = self.met.len() > known;
            self.dry = if is_further || self.coverage.reached() > before { 0 } else { self.dry + 1 };
            culprits = self.culprits(life, plan);
            self.judge(life, plan, &culprits);
            if plan.stand.settings.is_empty() {
                self.of_grounds.push((ground, errors(life).collect()));
            }
        }
        if let Some(prepared) = &life.prepared
            && prepared.charts.len() != self.guided
            && let Some(phase) = life.phases.first()
        {
            self.guided = prepared.charts.len();
            self.guides = Guides::new(prepared, &phase.rendering.sources);
        }
        self.supply(life, &stand, plan, &culprits);
        self.switch_on(life, &stand);
        if let Some(plan) = plan.filter(|_| failed) {
            // What stands on ground that does not render shows little.
            let is_tried_yet = self.urgent.iter().any(|other| other.goals == plan.goals);
            match plan.goals.as_slice() {
                _ if is_tried_yet => {}
                [_] => self.turn_round(life, &stand, &judge::leading_to_error(life)),
                _ => self.part(plan, &culprits),
            }
            return;
        }
        self.turn_round(life, &stand, &|_| true);
        let coverage = &self.coverage;
        self.strangers.fill(life, &stand, |condition| coverage.is_interesting(condition));
        if let Some(stand) = self.strangers.learn(life, &stand, plan.is_none()) {
            let plan = self.plan(stand, Vec::new(), None);
            self.urgent.extend(plan);
        }
    }

    /// Something was found in the last world.
    pub fn found(&mut self) {
        self.dry = 0;
    }

    /// A world for some goals was lived already.
    fn missed(&mut self, goals: &[usize]) {
        let is_shared = goals.len() > 1;
        for number in goals {
            let Some(goal) = self.goals.get_mut(*number) else { continue };
            if is_shared {
                goal.limit = goals.len() / 2;
            } else {
                goal.tries.pop_front();
            }
        }
    }

    /// Adds a way to a goal.
    fn aim(&mut self, target: Target, way: Try) {
        let number = *self.numbers.entry(target).or_insert_with_key(|target| {
            self.goals.push(Goal::new(target.clone()));
            self.goals.len() - 1
        });
        let Some(goal) = self.goals.get_mut(number) else { return };
        let was_empty = goal.tries.is_empty();
        goal.add(way);
        if was_empty && !goal.tries.is_empty() && !self.open.contains(&number) {
            self.open.push(number);
        }
    }

    /// Plans worlds in which conditions that were seen with one outcome have the other.
    fn turn_round(&mut self, life: &Life, stand: &Stand, is_asked_for: &dyn Fn(Span) -> bool) {
        let mut ways: Vec<(Target, Try)> = Vec::new();
        let mut seen: FxHashSet<(Span, bool, crate::value::OriginId)> = FxHashSet::default();
        for (phase, condition) in conditions(life) {
            let graph = &phase.rendering.rt.arena;
            let wanted = !condition.outcome.is_taken();
            let target = Target::Condition { head: condition.head, wanted };
            let is_wanted = is_asked_for(condition.head)
                && self.coverage.is_interesting(condition)
                && !self.coverage.has_come_out(condition.head, wanted)
                && !self.numbers.get(&target).and_then(|n| self.goals.get(*n)).is_some_and(Goal::is_full)
                && seen.insert((condition.head, wanted, condition.origin));
            let varies = graph.causes(condition.origin).any(is_varying);
            // What the life decides together with a value is solved for the value.
            if !is_wanted || varies && !solve::has_choice(&condition.expression) {
                continue;
            }
            let Some(scope) = self.scope(life, phase, condition) else { continue };
            let candidates = match varies {
                true => solve::of_expression(condition, wanted, &scope),
                false => solve::candidates(condition, wanted, &scope),
            };
            let (needs, is_whole) = needs(graph, condition);
            let stand = if is_whole { standing(stand, &needs, graph, condition) } else { stand.clone() };
            for candidate in candidates {
                let way = Try { stand: stand.clone(), candidate, needs: needs.clone() };
                ways.push((target.clone(), way));
            }
        }
        for (target, way) in ways {
            self.aim(target, way);
        }
    }

    /// What a condition of a life is solved in.
    fn scope<'a>(&'a self, life: &'a Life, phase: &'a Phase, condition: &Condition) -> Option<Scope<'a>> {
        let graph = &phase.rendering.rt.arena;
        Some(Scope {
            graph,
            causes: graph.causes(condition.origin).cloned().collect(),
            prepared: life.prepared.as_deref()?,
            trees: phase.rendering.trees(),
            guides: &self.guides,
            profile: &life.world.profile,
            version: &life.world.capabilities.version,
            kubernetes: self.kubernetes,
            head: condition.head,
        })
    }

    /// The errors of the world in which nothing is changed but what a plan stands on.
    fn of_ground(&self, plan: &Plan) -> impl Iterator<Item = &String> {
        let (given, fixed) = (plan.stand.given, &plan.stand.fixed);
        let is_it = move |(ground, _): &&(Ground, FxHashSet<String>)| ground.0 == given && ground.1 == *fixed;
        self.of_grounds.iter().filter(is_it).flat_map(|(_, errors)| errors)
    }

    /// Whether an error has nothing to do with what a plan changes: it is that of a given world, or of the ground.
    fn is_usual(&self, error: &str, plan: &Plan) -> bool {
        self.usual.contains(error) || self.of_ground(plan).any(|other| other == error)
    }

    /// The worlds of a plan with fewer settings. What the chart asks for before it renders at all stays.
    pub fn smaller(&self, plan: &Plan) -> Option<Smaller> {
        let given = self.given.get(plan.stand.given)?;
        let settings: Vec<Setting> = plan.stand.all().cloned().collect();
        let asked_for = |setting: &Setting| self.remedies.values().any(|remedy| remedy.contains(setting));
        let mut parts: Vec<Vec<usize>> = Vec::new();
        // What was asked for by what the world holds goes together.
        let mut others = Vec::new();
        for (number, setting) in settings.iter().enumerate() {
            let is_overruled = settings.iter().skip(number + 1).any(|later| setting::contradict(setting, later));
            match number < plan.stand.fixed.len() && asked_for(setting) {
                _ if self.needed.contains(setting) && !is_overruled => {}
                _ if is_overruled => parts.push(vec![number]),
                true => others.push(number),
                false => parts.push(vec![number]),
            }
        }
        parts.extend((!others.is_empty()).then_some(others));
        Some(Smaller::new(given.clone(), settings, parts).knowing(self.names.clone()))
    }

    /// No more worlds are lived: what was missed, and why.
    pub fn finish(self) -> Coverage {
        let mut coverage = self.coverage;
        for goal in &self.goals {
            if let Target::Condition { head, wanted } = goal.target
                && !coverage.has_come_out(head, wanted)
            {
                coverage.tried.insert((head.start, wanted), (goal.tried - goal.tries.len(), goal.tries.len()));
            }
        }
        coverage
    }
}

fn is_reached(goal: &Goal, coverage: &Coverage) -> bool {
    !goal.is_hidden
        && match &goal.target {
            Target::Condition { head, wanted } => coverage.has_come_out(*head, *wanted),
            Target::Switch(path) => coverage.has_chart(path),
        }
}

/// The conditions of all phases of a life.
fn conditions(life: &Life) -> impl Iterator<Item = (&Phase, &Condition)> {
    life.phases.iter().flat_map(|phase| phase.rendering.log.conditions.iter().map(move |condition| (phase, condition)))
}

/// The errors of the phases of a life.
fn errors(life: &Life) -> impl Iterator<Item = String> {
    life.phases.iter().filter_map(|phase| match &phase.rendering.error {
        Some(RenderError::Exec(error)) => Some(error.root().raw()),
        _ => None,
    })
}

/// The keys of a path.
fn words(graph: &Graph, path: PathId) -> Vec<String> {
    let keys: Vec<String> = graph.path_keys(path).iter().map(|key| String::from_utf8_lossy(key).into_owned()).collect();
    // A global value of a subchart is one of all charts.
    match keys.iter().position(|key| key == "global") {
        Some(at @ 1..) => keys[at..].to_vec(),
        _ => keys,
    }
}

/// Conditions that depend on more values than this are tried alone.
const MAX_NEEDS: usize = 64;

/// The values that a condition and those around it depend on; `false` where there are too many.
fn needs(graph: &Graph, condition: &Condition) -> (Vec<Vec<String>>, bool) {
    let mut paths = BTreeSet::new();
    let origins = graph.guards(condition.guard).into_iter().map(|guard| guard.origin).chain([condition.origin]);
    for cause in origins.flat_map(|origin| graph.causes(origin)) {
        if let Cause::Values { path } = cause {
            paths.insert(*path);
        }
    }
    let is_whole = paths.len() <= MAX_NEEDS;
    let mut needs: Vec<Vec<String>> = paths.into_iter().map(|path| words(graph, path)).collect();
    if !is_whole {
        // Whatever is changed may matter.
        needs = vec![Vec::new()];
    }
    (needs, is_whole)
}

/// What of a world a condition needs to come up in another.
fn standing(stand: &Stand, needs: &[Vec<String>], graph: &Graph, condition: &Condition) -> Stand {
    let varies = graph.guards(condition.guard).iter().any(|guard| graph.causes(guard.origin).any(Cause::is_live));
    let is_needed = |setting: &&Setting| match setting.path() {
        Some(path) => needs.iter().any(|need| setting::is_related(path, need)),
        None => varies || graph.causes(condition.origin).any(Cause::is_live),
    };
    Stand { settings: stand.settings.iter().filter(is_needed).cloned().collect(), ..stand.clone() }
}

/// Whether a condition came out true.
pub(crate) fn is_taken(condition: &Condition) -> bool {
    matches!(condition.outcome, Outcome::True | Outcome::Some)
}

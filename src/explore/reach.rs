//! Which places of the templates are sources of difference and which branches lead to one: told from the syntax trees.
//!
//! A variable that holds the result of a source carries it on, and so does the context of a template that is handed
//! one.

use super::sites::{self, Call, Position, Site, Turn, included, source};
use crate::source::Span;
use crate::template::ast::{Branch, Define, List, Node, Operand, OperandKind, Pipeline, Symbol, Tree};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// What of a chart's templates reaches a source of difference.
#[derive(Default, Debug)]
pub struct Reach {
    /// Named templates that do.
    templates: FxHashSet<Arc<str>>,
    /// Named templates that are handed something that does.
    receivers: FxHashSet<Arc<str>>,
    /// Variables that hold something that does, by the address of the tree.
    variables: FxHashSet<(usize, Symbol)>,
    /// Named templates that some file of the chart can come to; the others do not matter.
    live: Option<FxHashSet<Arc<str>>>,
    /// Named templates whose text decides a branch that reaches a source.
    deciders: FxHashSet<Arc<str>>,
    /// Of several definitions of one name the one that counts: its address.
    bodies: FxHashMap<Arc<str>, usize>,
}

/// The branch of a template that reaches a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// The opening action, in the text of its file or among all sources.
    pub span: Span,
    pub at: Position,
}

/// Where a list of nodes stands.
#[derive(Clone, Copy)]
struct Place {
    /// The address of the tree.
    tree: usize,
    /// The context holds a source.
    is_receiver: bool,
}

fn address(tree: &Tree) -> usize {
    std::ptr::from_ref(tree) as usize
}

fn address_of(define: &Define) -> usize {
    std::ptr::from_ref(define) as usize
}

impl Reach {
    /// Looks through all trees of a chart until nothing new is found. A partial is not rendered by itself.
    pub fn new(trees: &[(Arc<Tree>, bool)]) -> Reach {
        let bodies = bodies(trees);
        let mut reach = Reach { live: live(trees, &bodies), bodies: bodies.clone(), ..Reach::default() };
        let trees = trees.iter().map(|(tree, _)| tree);
        let trees: Vec<_> = trees.collect();
        loop {
            let before = (reach.templates.len(), reach.receivers.len(), reach.variables.len());
            for tree in &trees {
                let place = Place { tree: address(tree), is_receiver: false };
                reach.carry(tree, tree.root, place);
                for define in tree.defines.iter().filter(|define| counts(define, &bodies)) {
                    let place = Place { is_receiver: reach.receivers.contains(&define.name), ..place };
                    reach.carry(tree, define.body, place);
                    if reach.list(tree, define.body, place) {
                        reach.templates.insert(define.name.clone());
                    }
                }
            }
            if before == (reach.templates.len(), reach.receivers.len(), reach.variables.len()) {
                break;
            }
        }
        reach.decide(&trees);
        reach
    }

    /// Notes the templates whose text decides, and those that they call.
    fn decide(&mut self, trees: &[&Arc<Tree>]) {
        let mut bodies: FxHashMap<&str, Vec<(&Tree, List)>> = FxHashMap::default();
        let mut names: Vec<&str> = Vec::new();
        for tree in trees {
            let place = Place { tree: address(tree), is_receiver: false };
            self.deciding(tree, tree.root, place, &mut names);
            for define in tree.defines.iter().filter(|define| counts(define, &self.bodies)) {
                bodies.entry(&define.name).or_default().push((tree, define.body));
                let place = Place { is_receiver: self.receivers.contains(&define.name), ..place };
                self.deciding(tree, define.body, place, &mut names);
            }
        }
        while let Some(name) = names.pop() {
            if self.deciders.insert(name.into()) {
                bodies.get(name).into_iter().flatten().for_each(|(tree, body)| {
                    list_names(tree, *body, &mut names);
                });
            }
        }
    }

    /// The templates that the conditions of branches include which reach a source.
    fn deciding<'t>(&self, tree: &'t Tree, list: List, place: Place, names: &mut Vec<&'t str>) {
        for node in tree.nodes(list) {
            if let Node::If(branch) | Node::With(branch) | Node::Range(branch) = node {
                let branch = tree.branch(*branch);
                if self.branch(tree, branch, place) {
                    pipeline_names(tree, &branch.pipeline, names);
                }
                self.deciding(tree, branch.body, place, names);
                if let Some(list) = branch.otherwise {
                    self.deciding(tree, list, place, names);
                }
            }
        }
    }

    /// Notes the variables that hold a source and the templates that are handed one.
    fn carry(&mut self, tree: &Tree, list: List, place: Place) {
        for node in tree.nodes(list) {
            match node {
                Node::Action(pipeline) => self.carry_pipeline(tree, pipeline, place),
                Node::If(id) | Node::With(id) | Node::Range(id) => {
                    let branch = tree.branch(*id);
                    self.carry_pipeline(tree, &branch.pipeline, place);
                    // The context of the body is what was tested.
                    let is_handed = !matches!(node, Node::If(_)) && self.pipeline(tree, &branch.pipeline, place);
                    let is_receiver = place.is_receiver || is_handed;
                    self.carry(tree, branch.body, Place { is_receiver, ..place });
                    if let Some(list) = branch.otherwise {
                        self.carry(tree, list, place);
                    }
                }
                Node::Template(call) => {
                    let call = tree.call(*call);
                    if call.argument.as_ref().is_some_and(|argument| self.pipeline(tree, argument, place)) {
                        self.receivers.insert(call.name.clone());
                    }
                }
                Node::Text(_) | Node::Break(_) | Node::Continue(_) => {}
            }
        }
    }

    fn carry_pipeline(&mut self, tree: &Tree, pipeline: &Pipeline, place: Place) {
        if !pipeline.declares().is_empty() && self.pipeline(tree, pipeline, place) {
            self.variables.extend(pipeline.declares().iter().map(|symbol| (place.tree, *symbol)));
        }
        for command in tree.commands(pipeline) {
            let operands = tree.operands(command);
            if let Some(name) = included(tree, command)
                && operands[2..].iter().any(|operand| self.operand(tree, operand, place))
            {
                self.receivers.insert(name.into());
            }
            for operand in operands {
                if let OperandKind::Pipeline(inner) = operand.kind {
                    self.carry_pipeline(tree, tree.pipeline(inner), place);
                }
            }
        }
    }

    /// Whether some arm of the branch reaches a source.
    fn branch(&self, tree: &Tree, branch: &Branch, place: Place) -> bool {
        self.pipeline(tree, &branch.pipeline, place)
            || self.list(tree, branch.body, place)
            || branch.otherwise.is_some_and(|list| self.list(tree, list, place))
    }

    fn list(&self, tree: &Tree, list: List, place: Place) -> bool {
        tree.nodes(list).iter().any(|node| match node {
            Node::Action(pipeline) => self.pipeline(tree, pipeline, place),
            Node::If(id) | Node::With(id) | Node::Range(id) => self.branch(tree, tree.branch(*id), place),
            Node::Template(call) => {
                let call = tree.call(*call);
                self.templates.contains(&call.name)
                    || call.argument.as_ref().is_some_and(|argument| self.pipeline(tree, argument, place))
            }
            Node::Text(_) | Node::Break(_) | Node::Continue(_) => false,
        })
    }

    fn pipeline(&self, tree: &Tree, pipeline: &Pipeline, place: Place) -> bool {
        tree.commands(pipeline).iter().any(|command| {
            included(tree, command).is_some_and(|name| self.templates.contains(name))
                || tree.operands(command).iter().any(|operand| self.operand(tree, operand, place))
        })
    }

    fn operand(&self, tree: &Tree, operand: &Operand, place: Place) -> bool {
        match operand.kind {
            OperandKind::Function(name, _) => source(tree.function(name)).is_some(),
            OperandKind::Pipeline(pipeline) => self.pipeline(tree, tree.pipeline(pipeline), place),
            OperandKind::Chain(inner, _) => self.operand(tree, tree.operand(inner), place),
            OperandKind::Dot => place.is_receiver,
            OperandKind::Field(id) => {
                let fields = tree.fields(id);
                place.is_receiver && !is_input(fields) || is_phase(fields)
            }
            OperandKind::Variable(symbol, fields) => {
                is_phase(tree.fields(fields)) || self.variables.contains(&(place.tree, symbol))
            }
            _ => false,
        }
    }

    /// The branches of a tree that reach a source, as places in its text.
    pub fn branches(&self, tree: &Tree) -> Vec<Head> {
        let mut heads = Vec::new();
        let place = Place { tree: address(tree), is_receiver: false };
        self.collect(tree, tree.root, place, false, &mut Position::default(), &mut heads);
        for define in tree.defines.iter().filter(|define| self.is_live(define)) {
            let place = Place { is_receiver: self.receivers.contains(&define.name), ..place };
            let mut at = Position { template: Some(define.name.clone()), ..Position::default() };
            self.collect(tree, define.body, place, self.deciders.contains(&define.name), &mut at, &mut heads);
        }
        heads
    }

    fn collect(&self, tree: &Tree, list: List, place: Place, decides: bool, at: &mut Position, heads: &mut Vec<Head>) {
        for node in tree.nodes(list) {
            if let Node::If(branch) | Node::With(branch) | Node::Range(branch) = node {
                let branch = tree.branch(*branch);
                if decides || self.branch(tree, branch, place) {
                    heads.push(Head { span: branch.head, at: at.clone() });
                }
                at.within.push(Turn { head: branch.head, taken: true });
                self.collect(tree, branch.body, place, decides, at, heads);
                if let Some(list) = branch.otherwise {
                    at.turn_over();
                    self.collect(tree, list, place, decides, at, heads);
                }
                at.within.pop();
            }
        }
    }

    /// The calls of sources and of named templates in a tree, as places in its text.
    pub(super) fn calls(&self, tree: &Tree) -> (Vec<Site>, Vec<Call>) {
        let (mut sites, mut calls) = sites::of_list(tree, tree.root, None);
        for define in tree.defines.iter().filter(|define| self.is_live(define)) {
            let (more_sites, more_calls) = sites::of_list(tree, define.body, Some(&define.name));
            sites.extend(more_sites);
            calls.extend(more_calls);
        }
        (sites, calls)
    }

    /// The calls of sources in named templates that nothing includes, or that another of the same name replaces.
    pub fn dead_sites(&self, tree: &Tree) -> Vec<Site> {
        let dead = tree.defines.iter().filter(|define| !self.is_live(define));
        dead.flat_map(|define| sites::of_list(tree, define.body, Some(&define.name)).0).collect()
    }

    fn is_live(&self, define: &Define) -> bool {
        counts(define, &self.bodies) && self.live.as_ref().is_none_or(|live| live.contains(&define.name))
    }
}

/// The definition of each name that counts: the last one, unless it is empty.
fn bodies(trees: &[(Arc<Tree>, bool)]) -> FxHashMap<Arc<str>, usize> {
    let mut bodies = FxHashMap::default();
    for define in trees.iter().flat_map(|(tree, _)| &*tree.defines) {
        if !define.is_empty || !bodies.contains_key(&define.name) {
            bodies.insert(define.name.clone(), address_of(define));
        }
    }
    bodies
}

fn counts(define: &Define, bodies: &FxHashMap<Arc<str>, usize>) -> bool {
    bodies.get(&define.name) == Some(&address_of(define))
}

/// The named templates that the files come to; none where a computed name may be any of them.
fn live(trees: &[(Arc<Tree>, bool)], winners: &FxHashMap<Arc<str>, usize>) -> Option<FxHashSet<Arc<str>>> {
    let mut bodies: FxHashMap<&str, Vec<(&Tree, List)>> = FxHashMap::default();
    let mut todo: Vec<(&Tree, List)> = Vec::new();
    for (tree, is_partial) in trees {
        for define in tree.defines.iter().filter(|define| counts(define, winners)) {
            bodies.entry(&define.name).or_default().push((tree, define.body));
        }
        if !is_partial {
            todo.push((tree, tree.root));
        }
    }
    let mut live = FxHashSet::default();
    while let Some((tree, list)) = todo.pop() {
        let mut names = Vec::new();
        if !list_names(tree, list, &mut names) {
            return None;
        }
        for name in names {
            if live.insert(Arc::from(name)) {
                todo.extend(bodies.get(name).into_iter().flatten());
            }
        }
    }
    Some(live)
}

/// The names of the templates that a list calls; `false` where one is computed.
fn list_names<'t>(tree: &'t Tree, list: List, names: &mut Vec<&'t str>) -> bool {
    tree.nodes(list).iter().all(|node| match node {
        Node::Action(pipeline) => pipeline_names(tree, pipeline, names),
        Node::If(branch) | Node::With(branch) | Node::Range(branch) => {
            let branch = tree.branch(*branch);
            pipeline_names(tree, &branch.pipeline, names)
                && list_names(tree, branch.body, names)
                && branch.otherwise.is_none_or(|list| list_names(tree, list, names))
        }
        Node::Template(call) => {
            let call = tree.call(*call);
            names.push(&call.name);
            call.argument.as_ref().is_none_or(|argument| pipeline_names(tree, argument, names))
        }
        Node::Text(_) | Node::Break(_) | Node::Continue(_) => true,
    })
}

fn pipeline_names<'t>(tree: &'t Tree, pipeline: &Pipeline, names: &mut Vec<&'t str>) -> bool {
    tree.commands(pipeline).iter().all(|command| {
        let is_include = tree.called(command) == Some("include");
        let operands = tree.operands(command);
        let name = included(tree, command);
        names.extend(name);
        // The path of a file of the chart, which is rendered anyway.
        let is_file = || operands.get(1).is_some_and(|operand| is_base_path(tree, operand));
        (!is_include || name.is_some() || is_file()) && operands.iter().all(|o| operand_names(tree, o, names))
    })
}

fn operand_names<'t>(tree: &'t Tree, operand: &Operand, names: &mut Vec<&'t str>) -> bool {
    match operand.kind {
        OperandKind::Pipeline(inner) => pipeline_names(tree, tree.pipeline(inner), names),
        OperandKind::Chain(inner, _) => operand_names(tree, tree.operand(inner), names),
        _ => true,
    }
}

fn is_base_path(tree: &Tree, operand: &Operand) -> bool {
    match operand.kind {
        OperandKind::Field(fields) | OperandKind::Variable(_, fields) => {
            tree.fields(fields).iter().any(|field| &**field == "BasePath")
        }
        OperandKind::Pipeline(inner) => {
            let mut operands = tree.commands(tree.pipeline(inner)).iter().flat_map(|command| tree.operands(command));
            operands.any(|operand| is_base_path(tree, operand))
        }
        _ => false,
    }
}

fn is_phase(fields: &[Arc<str>]) -> bool {
    fields.iter().any(|f| matches!(&**f, "IsInstall" | "IsUpgrade" | "Revision"))
}

/// Fields of the context that every template gets.
fn is_input(fields: &[Arc<str>]) -> bool {
    fields.first().is_some_and(|f| {
        matches!(&**f, "Values" | "Release" | "Chart" | "Files" | "Capabilities" | "Template" | "Subcharts")
    })
}

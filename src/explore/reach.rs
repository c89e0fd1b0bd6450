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
    /// Of several definitions of one name the one that counts: the address of its body.
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
                reach.carry(&tree.root, place);
                for define in tree.defines.iter().filter(|define| counts(define, &bodies)) {
                    let place = Place { is_receiver: reach.receivers.contains(&define.name), ..place };
                    reach.carry(&define.body, place);
                    if reach.list(&define.body, place) {
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
        let mut bodies: FxHashMap<&str, Vec<&List>> = FxHashMap::default();
        let mut names: Vec<&str> = Vec::new();
        for tree in trees {
            let place = Place { tree: address(tree), is_receiver: false };
            self.deciding(&tree.root, place, &mut names);
            for define in tree.defines.iter().filter(|define| counts(define, &self.bodies)) {
                bodies.entry(&define.name).or_default().push(&define.body);
                let place = Place { is_receiver: self.receivers.contains(&define.name), ..place };
                self.deciding(&define.body, place, &mut names);
            }
        }
        while let Some(name) = names.pop() {
            if self.deciders.insert(name.into()) {
                bodies.get(name).into_iter().flatten().for_each(|body| {
                    list_names(body, &mut names);
                });
            }
        }
    }

    /// The templates that the conditions of branches include which reach a source.
    fn deciding<'t>(&self, list: &'t List, place: Place, names: &mut Vec<&'t str>) {
        for node in &list.nodes {
            if let Node::If(branch) | Node::With(branch) | Node::Range(branch) = node {
                if self.branch(branch, place) {
                    pipeline_names(&branch.pipeline, names);
                }
                self.deciding(&branch.body, place, names);
                if let Some(list) = &branch.otherwise {
                    self.deciding(list, place, names);
                }
            }
        }
    }

    /// Notes the variables that hold a source and the templates that are handed one.
    fn carry(&mut self, list: &List, place: Place) {
        for node in &list.nodes {
            match node {
                Node::Action(pipeline) => self.carry_pipeline(pipeline, place),
                Node::If(branch) | Node::With(branch) | Node::Range(branch) => {
                    self.carry_pipeline(&branch.pipeline, place);
                    // The context of the body is what was tested.
                    let is_receiver =
                        place.is_receiver || !matches!(node, Node::If(_)) && self.pipeline(&branch.pipeline, place);
                    self.carry(&branch.body, Place { is_receiver, ..place });
                    if let Some(list) = &branch.otherwise {
                        self.carry(list, place);
                    }
                }
                Node::Template(call) => {
                    if call.argument.as_ref().is_some_and(|argument| self.pipeline(argument, place)) {
                        self.receivers.insert(call.name.clone());
                    }
                }
                Node::Text(_) | Node::Break(_) | Node::Continue(_) => {}
            }
        }
    }

    fn carry_pipeline(&mut self, pipeline: &Pipeline, place: Place) {
        if !pipeline.declares.is_empty() && self.pipeline(pipeline, place) {
            self.variables.extend(pipeline.declares.iter().map(|symbol| (place.tree, *symbol)));
        }
        for command in &pipeline.commands {
            if let Some(name) = included(command)
                && command.operands[2..].iter().any(|operand| self.operand(operand, place))
            {
                self.receivers.insert(name.into());
            }
            for operand in &command.operands {
                if let OperandKind::Pipeline(inner) = &operand.kind {
                    self.carry_pipeline(inner, place);
                }
            }
        }
    }

    /// Whether some arm of the branch reaches a source.
    fn branch(&self, branch: &Branch, place: Place) -> bool {
        self.pipeline(&branch.pipeline, place)
            || self.list(&branch.body, place)
            || branch.otherwise.as_ref().is_some_and(|list| self.list(list, place))
    }

    fn list(&self, list: &List, place: Place) -> bool {
        list.nodes.iter().any(|node| match node {
            Node::Action(pipeline) => self.pipeline(pipeline, place),
            Node::If(branch) | Node::With(branch) | Node::Range(branch) => self.branch(branch, place),
            Node::Template(call) => {
                self.templates.contains(&call.name) || call.argument.as_ref().is_some_and(|p| self.pipeline(p, place))
            }
            Node::Text(_) | Node::Break(_) | Node::Continue(_) => false,
        })
    }

    fn pipeline(&self, pipeline: &Pipeline, place: Place) -> bool {
        pipeline.commands.iter().any(|command| {
            included(command).is_some_and(|name| self.templates.contains(name))
                || command.operands.iter().any(|operand| self.operand(operand, place))
        })
    }

    fn operand(&self, operand: &Operand, place: Place) -> bool {
        match &operand.kind {
            OperandKind::Function(name, _) => source(name).is_some(),
            OperandKind::Pipeline(pipeline) => self.pipeline(pipeline, place),
            OperandKind::Chain(inner, _) => self.operand(inner, place),
            OperandKind::Dot => place.is_receiver,
            OperandKind::Field(fields) => place.is_receiver && !is_input(fields) || is_phase(fields),
            OperandKind::Variable(symbol, fields) => {
                is_phase(fields) || self.variables.contains(&(place.tree, *symbol))
            }
            _ => false,
        }
    }

    /// The branches of a tree that reach a source, as places in its text.
    pub fn branches(&self, tree: &Tree) -> Vec<Head> {
        let mut heads = Vec::new();
        let place = Place { tree: address(tree), is_receiver: false };
        self.collect(&tree.root, place, false, &mut Position::default(), &mut heads);
        for define in tree.defines.iter().filter(|define| self.is_live(define)) {
            let place = Place { is_receiver: self.receivers.contains(&define.name), ..place };
            let mut at = Position { template: Some(define.name.clone()), ..Position::default() };
            self.collect(&define.body, place, self.deciders.contains(&define.name), &mut at, &mut heads);
        }
        heads
    }

    fn collect(&self, list: &List, place: Place, decides: bool, at: &mut Position, heads: &mut Vec<Head>) {
        for node in &list.nodes {
            if let Node::If(branch) | Node::With(branch) | Node::Range(branch) = node {
                if decides || self.branch(branch, place) {
                    heads.push(Head { span: branch.head, at: at.clone() });
                }
                at.within.push(Turn { head: branch.head, taken: true });
                self.collect(&branch.body, place, decides, at, heads);
                if let Some(list) = &branch.otherwise {
                    at.turn_over();
                    self.collect(list, place, decides, at, heads);
                }
                at.within.pop();
            }
        }
    }

    /// The calls of sources and of named templates in a tree, as places in its text.
    pub(super) fn calls(&self, tree: &Tree) -> (Vec<Site>, Vec<Call>) {
        let (mut sites, mut calls) = sites::of_list(&tree.root, None);
        for define in tree.defines.iter().filter(|define| self.is_live(define)) {
            let (more_sites, more_calls) = sites::of_list(&define.body, Some(&define.name));
            sites.extend(more_sites);
            calls.extend(more_calls);
        }
        (sites, calls)
    }

    /// The calls of sources in named templates that nothing includes, or that another of the same name replaces.
    pub fn dead_sites(&self, tree: &Tree) -> Vec<Site> {
        let dead = tree.defines.iter().filter(|define| !self.is_live(define));
        dead.flat_map(|define| sites::of_list(&define.body, Some(&define.name)).0).collect()
    }

    fn is_live(&self, define: &Define) -> bool {
        counts(define, &self.bodies) && self.live.as_ref().is_none_or(|live| live.contains(&define.name))
    }
}

/// The definition of each name that counts: the last one, unless it is empty.
fn bodies(trees: &[(Arc<Tree>, bool)]) -> FxHashMap<Arc<str>, usize> {
    let mut bodies = FxHashMap::default();
    for define in trees.iter().flat_map(|(tree, _)| &tree.defines) {
        if !define.is_empty || !bodies.contains_key(&define.name) {
            bodies.insert(define.name.clone(), body_address(define));
        }
    }
    bodies
}

fn body_address(define: &Define) -> usize {
    Arc::as_ptr(&define.body) as usize
}

fn counts(define: &Define, bodies: &FxHashMap<Arc<str>, usize>) -> bool {
    bodies.get(&define.name) == Some(&body_address(define))
}

/// The named templates that the files come to; none where a computed name may be any of them.
fn live(trees: &[(Arc<Tree>, bool)], winners: &FxHashMap<Arc<str>, usize>) -> Option<FxHashSet<Arc<str>>> {
    let mut bodies: FxHashMap<&str, Vec<&List>> = FxHashMap::default();
    let mut todo: Vec<&List> = Vec::new();
    for (tree, is_partial) in trees {
        for define in tree.defines.iter().filter(|define| counts(define, winners)) {
            bodies.entry(&define.name).or_default().push(&define.body);
        }
        if !is_partial {
            todo.push(&tree.root);
        }
    }
    let mut live = FxHashSet::default();
    while let Some(list) = todo.pop() {
        let mut names = Vec::new();
        if !list_names(list, &mut names) {
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
fn list_names<'t>(list: &'t List, names: &mut Vec<&'t str>) -> bool {
    list.nodes.iter().all(|node| match node {
        Node::Action(pipeline) => pipeline_names(pipeline, names),
        Node::If(branch) | Node::With(branch) | Node::Range(branch) => {
            pipeline_names(&branch.pipeline, names)
                && list_names(&branch.body, names)
                && branch.otherwise.as_ref().is_none_or(|list| list_names(list, names))
        }
        Node::Template(call) => {
            names.push(&call.name);
            call.argument.as_ref().is_none_or(|argument| pipeline_names(argument, names))
        }
        Node::Text(_) | Node::Break(_) | Node::Continue(_) => true,
    })
}

fn pipeline_names<'t>(pipeline: &'t Pipeline, names: &mut Vec<&'t str>) -> bool {
    pipeline.commands.iter().all(|command| {
        let is_include = matches!(
            command.operands.first(),
            Some(Operand { kind: OperandKind::Function(name, _), .. }) if &**name == "include"
        );
        let name = included(command);
        names.extend(name);
        // The path of a file of the chart, which is rendered anyway.
        let is_file = || command.operands.get(1).is_some_and(is_base_path);
        (!is_include || name.is_some() || is_file()) && command.operands.iter().all(|o| operand_names(o, names))
    })
}

fn operand_names<'t>(operand: &'t Operand, names: &mut Vec<&'t str>) -> bool {
    match &operand.kind {
        OperandKind::Pipeline(inner) => pipeline_names(inner, names),
        OperandKind::Chain(inner, _) => operand_names(inner, names),
        _ => true,
    }
}

fn is_base_path(operand: &Operand) -> bool {
    match &operand.kind {
        OperandKind::Field(fields) | OperandKind::Variable(_, fields) => fields.iter().any(|f| &**f == "BasePath"),
        OperandKind::Pipeline(inner) => inner.commands.iter().flat_map(|command| &command.operands).any(is_base_path),
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

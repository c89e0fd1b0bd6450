//! What a template's text does with its variables and with what `lookup` returns: told from the syntax tree alone, for
//! the questions that no run answers (is it ever used? which of two variables was meant?).

use crate::engine::ParsedTemplate;
use crate::source::Span;
use crate::template::ast::{Branch, Command, List, Node, Operand, OperandKind, Pipeline, Symbol, Tree};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Blocks and parentheses nested deeper are not looked into.
const MAX_DEPTH: usize = 200;

/// Where the value of an expression goes.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// Into the output.
    Print,
    If(&'a Branch),
    With(&'a Branch),
    Range(&'a Branch),
    /// It is an operand of a call; the place is that of the call's own result.
    Argument(&'a Command, Option<&'a Branch>),
    /// Into a variable, by its number in [`Flow::variables`].
    Variable(usize),
    /// To a named template.
    Template,
}

/// A declared variable.
#[derive(Debug)]
pub struct Variable {
    pub name: Arc<str>,
    /// The pipeline that declares it.
    pub span: Span,
    /// The end of the block in which it is seen.
    pub end: u32,
    /// The variable of the same name around it.
    pub shadows: Option<usize>,
    /// A variable of `range`, `if` or `with`.
    pub is_of_branch: bool,
    /// It is declared as the outer map of that name, which its function changes where it is: `$x := set $x "a" 1`.
    pub is_outer_changed: bool,
}

/// A place that reads a variable.
#[derive(Debug)]
pub struct Read<'a> {
    pub variable: usize,
    pub fields: &'a [Arc<str>],
    pub place: Place<'a>,
    pub span: Span,
    /// What is read here is assigned to the same variable.
    pub is_for_itself: bool,
}

/// A call of `lookup`.
#[derive(Debug)]
pub struct Site<'a> {
    pub span: Span,
    pub arguments: &'a [Operand],
    /// The fields that are taken of the result at once.
    pub fields: &'a [Arc<str>],
    pub place: Place<'a>,
    tree: &'a Tree,
}

/// One body: the text of a file or of a named template.
#[derive(Debug)]
pub struct Flow<'a> {
    /// The address of the first byte of the body's file.
    pub base: u32,
    pub variables: Vec<Variable>,
    pub reads: Vec<Read<'a>>,
    pub sites: Vec<Site<'a>>,
    ifs: Vec<&'a Branch>,
    /// The calls of `and` and `or`, with the conditions around each.
    pub choices: Vec<(&'a Command, Vec<&'a Branch>)>,
    pub tree: &'a Tree,
    scopes: Vec<(Symbol, usize)>,
    around: Vec<&'a Branch>,
    assigning: Option<usize>,
}

impl Site<'_> {
    /// A literal argument: 0 is the API version, 3 the name.
    pub fn literal(&self, index: usize) -> Option<&str> {
        match self.arguments.get(index)?.kind {
            OperandKind::String(id) => std::str::from_utf8(self.tree.string(id)).ok(),
            _ => None,
        }
    }
}

/// The bodies that a render of the chart reaches: its files, and the named templates that they call by a literal name.
pub fn bodies(trees: &[ParsedTemplate]) -> Vec<Flow<'_>> {
    let mut defines: BTreeMap<&str, (&ParsedTemplate, List)> = BTreeMap::new();
    for template in trees {
        for define in template.tree.defines.iter().filter(|define| !define.is_empty) {
            defines.insert(&define.name, (template, define.body));
        }
    }
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut todo: Vec<(&ParsedTemplate, List)> =
        trees.iter().filter(|t| !t.is_partial).map(|t| (t, t.tree.root)).collect();
    todo.reverse();
    let mut flows = Vec::new();
    while let Some((template, list)) = todo.pop() {
        let mut calls = Vec::new();
        flows.push(Flow::of(template, list, &mut calls));
        for name in calls {
            if let Some(found) = defines.get(name.as_str())
                && seen.insert(name)
            {
                todo.push(*found);
            }
        }
    }
    flows
}

impl<'a> Flow<'a> {
    fn of(template: &'a ParsedTemplate, list: List, calls: &mut Vec<String>) -> Flow<'a> {
        let mut flow = Flow {
            base: template.base,
            variables: Vec::new(),
            reads: Vec::new(),
            sites: Vec::new(),
            ifs: Vec::new(),
            choices: Vec::new(),
            tree: &template.tree,
            scopes: Vec::new(),
            around: Vec::new(),
            assigning: None,
        };
        let end = template.tree.source.len() as u32 + template.base;
        flow.list(list, end, calls, 0);
        flow
    }

    /// The places where a variable is read.
    pub fn reads_of(&self, variable: usize) -> impl Iterator<Item = &Read<'a>> {
        self.reads.iter().filter(move |read| read.variable == variable)
    }

    /// The name of a variable, with its `$`.
    pub fn name(&self, symbol: Symbol) -> Option<Arc<str>> {
        self.tree.names.get(symbol as usize).cloned()
    }

    /// The branches of `if`.
    pub fn ifs(&self) -> impl Iterator<Item = &'a Branch> {
        self.ifs.iter().copied()
    }

    fn list(&mut self, list: List, end: u32, calls: &mut Vec<String>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        let tree = self.tree;
        for node in tree.nodes(list) {
            match node {
                Node::Action(pipeline) => self.statement(pipeline, Place::Print, end, false, calls),
                Node::If(id) => self.branch(tree.branch(*id), Place::If, calls, depth),
                Node::With(id) => self.branch(tree.branch(*id), Place::With, calls, depth),
                Node::Range(id) => self.branch(tree.branch(*id), Place::Range, calls, depth),
                Node::Template(id) => {
                    let call = tree.call(*id);
                    calls.push(call.name.to_string());
                    if let Some(argument) = &call.argument {
                        self.statement(argument, Place::Template, end, false, calls);
                    }
                }
                Node::Text(_) | Node::Break(_) | Node::Continue(_) => {}
            }
        }
    }

    fn branch(
        &mut self,
        branch: &'a Branch,
        place: fn(&'a Branch) -> Place<'a>,
        calls: &mut Vec<String>,
        depth: usize,
    ) {
        let place = place(branch);
        let (scope, end) = (self.scopes.len(), self.base + branch.span.end);
        if matches!(place, Place::If(_)) {
            self.ifs.push(branch);
        }
        self.statement(&branch.pipeline, place, end, true, calls);
        let inner = self.scopes.len();
        self.around.push(branch);
        let body_end = branch.otherwise.and_then(|list| start_of(self.tree, list)).map_or(end, |at| self.base + at);
        self.list(branch.body, body_end, calls, depth + 1);
        self.scopes.truncate(inner);
        if let Some(list) = branch.otherwise {
            self.list(list, end, calls, depth + 1);
        }
        self.around.pop();
        self.scopes.truncate(scope);
    }

    /// A pipeline that may declare or assign.
    fn statement(
        &mut self,
        pipeline: &'a Pipeline,
        place: Place<'a>,
        end: u32,
        of_branch: bool,
        calls: &mut Vec<String>,
    ) {
        let place = match (pipeline.declares(), pipeline.is_assign) {
            ([symbol], true) => match self.variable(*symbol) {
                Some(variable) => {
                    self.assigning = Some(variable);
                    if of_branch { place } else { Place::Variable(variable) }
                }
                None => place,
            },
            // The number that the variable is going to have.
            ([_], false) if !of_branch => Place::Variable(self.variables.len()),
            _ => place,
        };
        self.pipeline(pipeline, place, &[], calls, 0);
        self.assigning = None;
        if pipeline.is_assign {
            return;
        }
        for symbol in pipeline.declares() {
            let name = self.tree.names.get(*symbol as usize).cloned().unwrap_or_else(|| Arc::from("$"));
            let shadows = self.variable(*symbol);
            let span = pipeline.span.at(self.base);
            let is_of_branch = of_branch;
            self.scopes.push((*symbol, self.variables.len()));
            let is_outer_changed = changes(self.tree, pipeline, *symbol);
            self.variables.push(Variable { name, span, end, shadows, is_of_branch, is_outer_changed });
        }
    }

    fn variable(&self, symbol: Symbol) -> Option<usize> {
        self.scopes.iter().rev().find(|(s, _)| *s == symbol).map(|(_, variable)| *variable)
    }

    fn pipeline(
        &mut self,
        pipeline: &'a Pipeline,
        place: Place<'a>,
        fields: &'a [Arc<str>],
        calls: &mut Vec<String>,
        depth: usize,
    ) {
        let commands = self.tree.commands(pipeline);
        for (index, command) in commands.iter().enumerate() {
            match commands.get(index + 1) {
                Some(next) => self.command(command, Place::Argument(next, branch_of(place)), &[], calls, depth),
                None => self.command(command, place, fields, calls, depth),
            }
        }
    }

    fn command(
        &mut self,
        command: &'a Command,
        place: Place<'a>,
        fields: &'a [Arc<str>],
        calls: &mut Vec<String>,
        depth: usize,
    ) {
        let tree = self.tree;
        let operands = tree.operands(command);
        let Some((_, arguments)) = operands.split_first() else { return };
        if depth > MAX_DEPTH {
            return;
        }
        let Some(name) = tree.called(command) else {
            for (index, operand) in operands.iter().enumerate() {
                let place = if index == 0 { place } else { Place::Argument(command, branch_of(place)) };
                self.operand(operand, place, fields, calls, depth + 1);
            }
            return;
        };
        match (name, arguments) {
            ("lookup", _) => {
                let span = command.span.at(self.base);
                self.sites.push(Site { span, arguments, fields, place, tree });
            }
            ("include", [Operand { kind: OperandKind::String(id), .. }, ..]) => {
                calls.push(String::from_utf8_lossy(tree.string(*id)).into_owned());
            }
            ("and" | "or", _) => self.choices.push((command, self.around.clone())),
            _ => {}
        }
        for operand in arguments {
            self.operand(operand, Place::Argument(command, branch_of(place)), &[], calls, depth + 1);
        }
    }

    fn operand(
        &mut self,
        operand: &'a Operand,
        place: Place<'a>,
        fields: &'a [Arc<str>],
        calls: &mut Vec<String>,
        depth: usize,
    ) {
        let tree = self.tree;
        match operand.kind {
            OperandKind::Variable(symbol, own) => {
                let Some(variable) = self.variable(symbol) else { return };
                let is_for_itself = self.assigning == Some(variable);
                let fields = if own.is_empty() { fields } else { tree.fields(own) };
                self.reads.push(Read { variable, fields, place, span: operand.span.at(self.base), is_for_itself });
            }
            OperandKind::Pipeline(inner) => self.pipeline(tree.pipeline(inner), place, fields, calls, depth + 1),
            OperandKind::Chain(base, own) => {
                self.operand(tree.operand(base), place, tree.fields(own), calls, depth + 1);
            }
            _ => {}
        }
    }
}

/// The branch whose condition a place belongs to.
pub fn branch_of(place: Place<'_>) -> Option<&Branch> {
    match place {
        Place::If(branch) | Place::With(branch) | Place::Range(branch) => Some(branch),
        Place::Argument(_, branch) => branch,
        _ => None,
    }
}

/// Where the first node of a list stands.
fn start_of(tree: &Tree, list: List) -> Option<u32> {
    tree.nodes(list).first().map(|node| match node {
        Node::Text(span) | Node::Break(span) | Node::Continue(span) => span.start,
        Node::Action(pipeline) => pipeline.span.start,
        Node::If(branch) | Node::With(branch) | Node::Range(branch) => tree.branch(*branch).span.start,
        Node::Template(call) => tree.call(*call).span.start,
    })
}

/// Whether a pipeline ends with a function that changes a map where it is, and gives that map: that of the variable, or a
/// field that the variable may well hold.
fn changes(tree: &Tree, pipeline: &Pipeline, symbol: Symbol) -> bool {
    let Some(command) = tree.commands(pipeline).last() else { return false };
    let changing = ["set", "unset", "merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite"];
    let is_it = |operand: &Operand| match operand.kind {
        OperandKind::Variable(s, fields) => s == symbol || !fields.is_empty(),
        OperandKind::Field(_) => true,
        _ => false,
    };
    tree.called(command).is_some_and(|name| changing.contains(&name))
        && tree.operands(command).get(1).is_some_and(is_it)
}

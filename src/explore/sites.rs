//! Calls of what makes two renders with the same values differ.

use crate::source::Span;
use crate::template::ast::{Branch, Command, List, Node, OperandKind, Pipeline, Tree};
use std::sync::Arc;

/// Functions whose result differs between two renders with the same values.
pub(super) const SOURCES: [&str; 22] = [
    "lookup",
    "randAlphaNum",
    "randAlpha",
    "randNumeric",
    "randAscii",
    "randBytes",
    "randInt",
    "uuidv4",
    "shuffle",
    "genPrivateKey",
    "genCA",
    "genCAWithKey",
    "genSelfSignedCert",
    "genSelfSignedCertWithKey",
    "genSignedCert",
    "genSignedCertWithKey",
    "bcrypt",
    "htpasswd",
    "encryptAES",
    "now",
    "getHostByName",
    "ago",
];

/// A call of a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Site {
    /// The call, in the text of its file or among all sources.
    pub span: Span,
    pub function: &'static str,
    pub at: Position,
}

/// Where something stands among the templates.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Position {
    /// An address in the file; nothing among the places of one text.
    pub base: u32,
    /// The named template; none for the text of a file.
    pub template: Option<Arc<str>>,
    /// The branches around it in its template, the outermost first, each with the arm that it stands in.
    pub within: Vec<Turn>,
}

/// An arm of a branch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Turn {
    /// The opening action.
    pub head: Span,
    /// It is the first one, to which the condition comes out true.
    pub taken: bool,
}

impl Position {
    /// Goes from the first arm of the innermost branch to the other.
    pub(super) fn turn_over(&mut self) {
        if let Some(turn) = self.within.last_mut() {
            turn.taken = false;
        }
    }

    /// The place among all sources of what stands in a text with this base.
    pub(super) fn moved(self, base: u32) -> Position {
        let moved = |turn: Turn| Turn { head: turn.head.at(base), ..turn };
        Position { base, within: self.within.into_iter().map(moved).collect(), ..self }
    }
}

/// A call of a named template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Call {
    pub name: Arc<str>,
    pub at: Position,
}

/// The source of this name.
pub(super) fn source(name: &str) -> Option<&'static str> {
    SOURCES.into_iter().find(|source| *source == name)
}

/// The calls of sources and of named templates in a list of nodes, as places in its text.
pub(super) fn of_list(tree: &Tree, list: List, template: Option<&Arc<str>>) -> (Vec<Site>, Vec<Call>) {
    let at = Position { template: template.cloned(), ..Position::default() };
    let mut found = Found { at, sites: Vec::new(), calls: Vec::new() };
    found.list(tree, list);
    (found.sites, found.calls)
}

/// The name of the template that a command includes.
pub(super) fn included<'t>(tree: &'t Tree, command: &Command) -> Option<&'t str> {
    match tree.operands(command).get(1)?.kind {
        OperandKind::String(id) if tree.called(command) == Some("include") => std::str::from_utf8(tree.string(id)).ok(),
        _ => None,
    }
}

struct Found {
    sites: Vec<Site>,
    calls: Vec<Call>,
    /// Where what is looked at stands.
    at: Position,
}

impl Found {
    fn list(&mut self, tree: &Tree, list: List) {
        for node in tree.nodes(list) {
            match node {
                Node::Action(pipeline) => self.pipeline(tree, pipeline),
                Node::If(branch) | Node::With(branch) | Node::Range(branch) => self.branch(tree, tree.branch(*branch)),
                Node::Template(call) => {
                    let call = tree.call(*call);
                    self.calls.push(Call { name: call.name.clone(), at: self.at.clone() });
                    call.argument.iter().for_each(|argument| self.pipeline(tree, argument));
                }
                Node::Text(_) | Node::Break(_) | Node::Continue(_) => {}
            }
        }
    }

    fn branch(&mut self, tree: &Tree, branch: &Branch) {
        self.pipeline(tree, &branch.pipeline);
        self.at.within.push(Turn { head: branch.head, taken: true });
        self.list(tree, branch.body);
        if let Some(list) = branch.otherwise {
            self.at.turn_over();
            self.list(tree, list);
        }
        self.at.within.pop();
    }

    fn pipeline(&mut self, tree: &Tree, pipeline: &Pipeline) {
        for command in tree.commands(pipeline) {
            if let Some(name) = included(tree, command) {
                self.calls.push(Call { name: name.into(), at: self.at.clone() });
            }
            for (index, operand) in tree.operands(command).iter().enumerate() {
                match operand.kind {
                    OperandKind::Function(name, _) => {
                        if let Some(function) = source(tree.function(name)).filter(|function| !is_clock(function)) {
                            // A function with arguments is called at the place of its command.
                            let span = if index == 0 { command.span } else { operand.span };
                            self.sites.push(Site { span, function, at: self.at.clone() });
                        }
                    }
                    OperandKind::Pipeline(inner) => self.pipeline(tree, tree.pipeline(inner)),
                    OperandKind::Chain(inner, _) => {
                        if let OperandKind::Pipeline(inner) = tree.operand(inner).kind {
                            self.pipeline(tree, tree.pipeline(inner));
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}

/// What reads the clock or the network keeps no list of its calls.
fn is_clock(function: &str) -> bool {
    matches!(function, "now" | "ago" | "getHostByName")
}

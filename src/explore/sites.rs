//! Calls of what makes two renders with the same values differ.

use crate::source::Span;
use crate::template::ast::{Branch, List, Node, OperandKind, Pipeline};

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
    /// The opening actions of the branches around it in its template, the outermost first.
    pub within: Vec<Span>,
}

/// The source of this name.
pub(super) fn source(name: &str) -> Option<&'static str> {
    SOURCES.into_iter().find(|source| *source == name)
}

/// The calls in a list of nodes, as places in its text.
pub(super) fn of_list(list: &List) -> Vec<Site> {
    let mut found = Found::default();
    found.list(list);
    found.sites
}

#[derive(Default)]
struct Found {
    sites: Vec<Site>,
    /// The branches around what is looked at.
    within: Vec<Span>,
}

impl Found {
    fn list(&mut self, list: &List) {
        for node in &list.nodes {
            match node {
                Node::Action(pipeline) => self.pipeline(pipeline),
                Node::If(branch) | Node::With(branch) | Node::Range(branch) => self.branch(branch),
                Node::Template(call) => call.argument.iter().for_each(|argument| self.pipeline(argument)),
                Node::Text(_) | Node::Break(_) | Node::Continue(_) => {}
            }
        }
    }

    fn branch(&mut self, branch: &Branch) {
        self.pipeline(&branch.pipeline);
        self.within.push(branch.head);
        self.list(&branch.body);
        if let Some(list) = &branch.otherwise {
            self.list(list);
        }
        self.within.pop();
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        for command in &pipeline.commands {
            for (index, operand) in command.operands.iter().enumerate() {
                match &operand.kind {
                    OperandKind::Function(name, _) => {
                        if let Some(function) = source(name).filter(|function| !is_clock(function)) {
                            // A function with arguments is called at the place of its command.
                            let span = if index == 0 { command.span } else { operand.span };
                            self.sites.push(Site { span, function, within: self.within.clone() });
                        }
                    }
                    OperandKind::Pipeline(inner) => self.pipeline(inner),
                    OperandKind::Chain(inner, _) => {
                        if let OperandKind::Pipeline(inner) = &inner.kind {
                            self.pipeline(inner);
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

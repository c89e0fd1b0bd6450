//! Which branches hold something of interest: told from the syntax trees.

use crate::template::ast::{Branch, List, Node, Operand, OperandKind, Pipeline, Tree};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Functions whose result differs between two renders with the same values.
const SOURCES: [&str; 22] = [
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

/// What of a chart's templates reaches a source of difference.
#[derive(Default, Debug)]
pub struct Reach {
    /// Named templates that do.
    templates: FxHashSet<Arc<str>>,
}

impl Reach {
    /// Looks through all trees of a chart until nothing new is found.
    pub fn new(trees: &[Arc<Tree>]) -> Reach {
        let mut bodies: FxHashMap<Arc<str>, Vec<&List>> = FxHashMap::default();
        for tree in trees {
            for define in &tree.defines {
                bodies.entry(define.name.clone()).or_default().push(&define.body);
            }
        }
        let mut reach = Reach::default();
        loop {
            let new: Vec<Arc<str>> = bodies
                .iter()
                .filter(|(name, lists)| !reach.templates.contains(*name) && lists.iter().any(|l| reach.list(l)))
                .map(|(name, _)| name.clone())
                .collect();
            if new.is_empty() {
                return reach;
            }
            reach.templates.extend(new);
        }
    }

    /// Whether some arm of the branch reaches a source.
    pub fn branch(&self, branch: &Branch) -> bool {
        self.pipeline(&branch.pipeline)
            || self.list(&branch.body)
            || branch.otherwise.as_ref().is_some_and(|list| self.list(list))
    }

    fn list(&self, list: &List) -> bool {
        list.nodes.iter().any(|node| match node {
            Node::Action(pipeline) => self.pipeline(pipeline),
            Node::If(branch) | Node::With(branch) | Node::Range(branch) => self.branch(branch),
            Node::Template(call) => {
                self.templates.contains(&call.name) || call.argument.as_ref().is_some_and(|p| self.pipeline(p))
            }
            Node::Text(_) | Node::Break(_) | Node::Continue(_) => false,
        })
    }

    fn pipeline(&self, pipeline: &Pipeline) -> bool {
        pipeline.commands.iter().any(|command| {
            let is_included = match command.operands.as_slice() {
                [
                    Operand { kind: OperandKind::Function(name, _), .. },
                    Operand { kind: OperandKind::String { value, .. }, .. },
                    ..,
                ] if &**name == "include" => std::str::from_utf8(value).is_ok_and(|name| self.templates.contains(name)),
                _ => false,
            };
            is_included || command.operands.iter().any(|operand| self.operand(operand))
        })
    }

    fn operand(&self, operand: &Operand) -> bool {
        match &operand.kind {
            OperandKind::Function(name, _) => SOURCES.contains(&&**name),
            OperandKind::Pipeline(pipeline) => self.pipeline(pipeline),
            OperandKind::Chain(inner, _) => self.operand(inner),
            OperandKind::Field(fields) | OperandKind::Variable(_, fields) => {
                fields.iter().any(|f| matches!(&**f, "IsInstall" | "IsUpgrade" | "Revision"))
            }
            _ => false,
        }
    }

    /// The opening actions of the branches of a tree that reach a source, as offsets in its text.
    pub fn branches(&self, tree: &Tree) -> Vec<u32> {
        let mut heads = Vec::new();
        self.collect(&tree.root, &mut heads);
        for define in &tree.defines {
            self.collect(&define.body, &mut heads);
        }
        heads
    }

    fn collect(&self, list: &List, heads: &mut Vec<u32>) {
        for node in &list.nodes {
            if let Node::If(branch) | Node::With(branch) | Node::Range(branch) = node {
                if self.branch(branch) {
                    heads.push(branch.head.start);
                }
                self.collect(&branch.body, heads);
                if let Some(list) = &branch.otherwise {
                    self.collect(list, heads);
                }
            }
        }
    }
}

//! What the arm of a condition would have written that a render did not take: told from the syntax tree.

use crate::engine::ParsedTemplate;
use crate::lifecycle::Life;
use crate::source::Span;
use crate::template::ast::{Branch, List, Node, Operand, OperandKind, Pipeline, Tree};
use crate::value::origin::Guard;

/// Templates call each other no deeper than this.
const MAX_CALLS: usize = 8;
/// Nodes that are looked at for one arm.
const MAX_NODES: usize = 20_000;

/// A document that an arm holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// As written; empty where it is computed.
    pub kind: String,
    /// Where its kind is written.
    pub span: Span,
}

/// The templates of a chart.
pub struct Arms<'a> {
    trees: &'a [ParsedTemplate],
}

struct Search<'a> {
    arms: &'a Arms<'a>,
    documents: Vec<Document>,
    has_version: bool,
    is_hook: bool,
    left: usize,
}

impl<'a> Arms<'a> {
    /// Of the templates that a life rendered.
    pub fn new(life: &'a Life) -> Option<Arms<'a>> {
        Some(Arms { trees: life.phases.last()?.rendering.trees() })
    }

    /// The documents of the arm that was not taken. None where it holds a hook: hooks may come and go.
    pub fn silent(&self, guard: &Guard) -> Vec<Document> {
        self.documents(guard, !guard.outcome.is_taken())
    }

    /// The documents of the arm that was taken.
    pub fn taken(&self, guard: &Guard) -> Vec<Document> {
        self.documents(guard, guard.outcome.is_taken())
    }

    fn documents(&self, guard: &Guard, body: bool) -> Vec<Document> {
        let Some((base, tree, branch)) = self.branch(guard.condition) else { return Vec::new() };
        let list = if body { Some(branch.body) } else { branch.otherwise };
        let Some(list) = list else { return Vec::new() };
        let mut search =
            Search { arms: self, documents: Vec::new(), has_version: false, is_hook: false, left: MAX_NODES };
        search.list(base, tree, list, 0);
        if search.has_version && !search.is_hook { search.documents } else { Vec::new() }
    }

    fn branch(&self, head: Span) -> Option<(u32, &Tree, &Branch)> {
        self.trees.iter().find_map(|ParsedTemplate { base, tree, .. }| {
            let start = head.start.checked_sub(*base).filter(|at| (*at as usize) < tree.source.len())?;
            let lists = std::iter::once(tree.root).chain(tree.defines.iter().map(|define| define.body));
            let mut todo: Vec<List> = lists.collect();
            while let Some(list) = todo.pop() {
                for node in tree.nodes(list) {
                    let (Node::If(branch) | Node::With(branch) | Node::Range(branch)) = node else { continue };
                    let branch = tree.branch(*branch);
                    if branch.head.start == start {
                        return Some((*base, &**tree, branch));
                    }
                    todo.push(branch.body);
                    todo.extend(branch.otherwise);
                }
            }
            None
        })
    }
}

impl Search<'_> {
    fn list(&mut self, base: u32, tree: &Tree, list: List, calls: usize) {
        let mut todo: Vec<&Node> = tree.nodes(list).iter().rev().collect();
        while let Some(node) = todo.pop() {
            let Some(left) = self.left.checked_sub(1) else { return };
            self.left = left;
            match node {
                Node::Text(span) => self.text(base, tree, *span),
                Node::Action(pipeline) => self.included(tree, pipeline, calls),
                Node::Template(call) => self.call(&tree.call(*call).name, calls),
                Node::If(branch) | Node::With(branch) | Node::Range(branch) => {
                    let branch = tree.branch(*branch);
                    todo.extend(branch.otherwise.iter().flat_map(|list| tree.nodes(*list).iter().rev()));
                    todo.extend(tree.nodes(branch.body).iter().rev());
                }
                Node::Break(_) | Node::Continue(_) => {}
            }
        }
    }

    fn included(&mut self, tree: &Tree, pipeline: &Pipeline, calls: usize) {
        for command in tree.commands(pipeline) {
            if let Some(Operand { kind: OperandKind::String(name), .. }) = tree.operands(command).get(1)
                && tree.called(command) == Some("include")
                && let Ok(name) = std::str::from_utf8(tree.string(*name))
            {
                self.call(name, calls);
            }
        }
    }

    fn call(&mut self, name: &str, calls: usize) {
        if calls >= MAX_CALLS {
            return;
        }
        let arms = self.arms;
        let found = arms.trees.iter().rev().find_map(|ParsedTemplate { base, tree, .. }| {
            let define = tree.defines.iter().rev().find(|define| &*define.name == name)?;
            Some((*base, tree, define))
        });
        if let Some((base, tree, define)) = found {
            self.list(base, tree, define.body, calls + 1);
        }
    }

    fn text(&mut self, base: u32, tree: &Tree, span: Span) {
        let Some(text) = tree.source.get(span.range()) else { return };
        let mut at = span.start;
        for line in text.split_inclusive(|b| *b == b'\n') {
            // The first piece of a text goes on with the line of what stands before it.
            let is_start = at == 0 || tree.source.get(at as usize - 1).is_none_or(|b| *b == b'\n');
            let shown = line.trim_ascii_end();
            if is_start && shown.starts_with(b"apiVersion:") {
                self.has_version = true;
            }
            if is_start && let Some(kind) = shown.strip_prefix(b"kind:") {
                let kind = String::from_utf8_lossy(kind).trim().trim_matches(['"', '\'']).to_string();
                let start = base + at;
                self.documents.push(Document { kind, span: Span::new(start, start + shown.len() as u32) });
            }
            self.is_hook |= shown.windows(12).any(|w| w == b"helm.sh/hook");
            at += line.len() as u32;
        }
    }
}

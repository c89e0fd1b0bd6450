//! What the text of the templates reads, and what stands around it: told from the syntax trees.

use super::Kind;
use crate::engine::ParsedTemplate;
use crate::source::Span;
use crate::template::ast::{Branch, Command, List, Node, Operand, OperandKind, Pipeline, TemplateCall, Tree};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// An arm of a branch: the opening action, and how it has to come out.
pub type Arm = (Span, bool);

/// What stands around a place.
#[derive(Clone, Default, Debug)]
pub struct Around {
    /// The arms, outermost first.
    pub arms: Vec<Arm>,
    /// The named template.
    pub define: Option<Arc<str>>,
}

/// A place that reads something.
#[derive(Debug)]
pub struct Read {
    /// Nothing for a call of which the walk knows only the place.
    pub kind: Option<Kind>,
    /// `.Release.IsInstall`, `.Capabilities.KubeVersion.Version`; of a call, its function.
    pub what: String,
    /// An address among all sources.
    pub span: Span,
    pub around: Around,
}

/// The reads of a chart, and who calls its named templates.
#[derive(Default, Debug)]
pub struct Reads {
    pub reads: Vec<Read>,
    /// The places that call a named template.
    pub callers: FxHashMap<Arc<str>, Vec<Around>>,
    base: u32,
    around: Around,
}

impl Reads {
    pub fn new<'t>(templates: impl Iterator<Item = &'t ParsedTemplate>) -> Reads {
        let mut reads = Reads::default();
        for template in templates {
            reads.tree(&template.tree, template.base);
        }
        reads
    }

    fn tree(&mut self, tree: &Tree, base: u32) {
        self.base = base;
        self.list(tree, tree.root);
        for define in &*tree.defines {
            self.around.define = Some(define.name.clone());
            self.list(tree, define.body);
            self.around.define = None;
        }
    }

    fn list(&mut self, tree: &Tree, list: List) {
        for node in tree.nodes(list) {
            match node {
                Node::Action(pipeline) => self.pipeline(tree, pipeline),
                Node::If(branch) | Node::With(branch) | Node::Range(branch) => self.branch(tree, tree.branch(*branch)),
                Node::Template(call) => self.call(tree, tree.call(*call)),
                Node::Text(_) | Node::Break(_) | Node::Continue(_) => {}
            }
        }
    }

    fn branch(&mut self, tree: &Tree, branch: &Branch) {
        self.pipeline(tree, &branch.pipeline);
        let head = branch.head.at(self.base);
        self.around.arms.push((head, true));
        self.list(tree, branch.body);
        self.around.arms.pop();
        if let Some(list) = branch.otherwise {
            self.around.arms.push((head, false));
            self.list(tree, list);
            self.around.arms.pop();
        }
    }

    fn call(&mut self, tree: &Tree, call: &TemplateCall) {
        self.callers.entry(call.name.clone()).or_default().push(self.around.clone());
        call.argument.iter().for_each(|argument| self.pipeline(tree, argument));
    }

    fn pipeline(&mut self, tree: &Tree, pipeline: &Pipeline) {
        tree.commands(pipeline).iter().for_each(|command| self.command(tree, command));
    }

    fn command(&mut self, tree: &Tree, command: &Command) {
        let operands = tree.operands(command);
        if tree.called(command) == Some("include")
            && let Some(Operand { kind: OperandKind::String(name), .. }) = operands.get(1)
        {
            let name = Arc::from(&*String::from_utf8_lossy(tree.string(*name)));
            self.callers.entry(name).or_default().push(self.around.clone());
        }
        for (index, operand) in operands.iter().enumerate() {
            // A function with arguments is called at the place of its command.
            let span = if index == 0 { command.span } else { operand.span };
            self.operand(tree, operand, span);
        }
    }

    fn operand(&mut self, tree: &Tree, operand: &Operand, span: Span) {
        match operand.kind {
            OperandKind::Function(name, _) => {
                let name = tree.function(name);
                let kind = match &**name {
                    "now" | "ago" => Some(Kind::Time),
                    "getHostByName" => Some(Kind::Dns),
                    _ => None,
                };
                self.add(kind, name.to_string(), span);
            }
            OperandKind::Field(fields) | OperandKind::Variable(_, fields) => {
                self.fields(tree.fields(fields), operand.span);
            }
            OperandKind::Chain(base, fields) => {
                let base = tree.operand(base);
                self.operand(tree, base, base.span);
                self.fields(tree.fields(fields), operand.span);
            }
            OperandKind::Pipeline(inner) => self.pipeline(tree, tree.pipeline(inner)),
            OperandKind::Dot | OperandKind::Nil | OperandKind::Bool(_) | OperandKind::Number(_) => {}
            OperandKind::String(_) => {}
        }
    }

    fn fields(&mut self, fields: &[Arc<str>], span: Span) {
        let Some(start) = fields.iter().position(|f| matches!(&**f, "Release" | "Capabilities" | "Chart")) else {
            return;
        };
        let rest: Vec<&str> = fields[start..].iter().map(|f| &**f).collect();
        let kind = match rest.as_slice() {
            ["Release", "IsInstall" | "IsUpgrade" | "Revision", ..] => Kind::Phase,
            ["Chart", "Version" | "AppVersion", ..] => Kind::ChartVersion,
            ["Capabilities", ..] => Kind::Capabilities,
            _ => return,
        };
        // The rest are methods.
        self.add(Some(kind), format!(".{}", rest[..rest.len().min(2)].join(".")), span);
    }

    fn add(&mut self, kind: Option<Kind>, what: String, span: Span) {
        self.reads.push(Read { kind, what, span: span.at(self.base), around: self.around.clone() });
    }
}

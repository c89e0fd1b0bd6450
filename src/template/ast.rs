//! The syntax tree of a template file, shaped as Go's `text/template/parse` shapes it.
//!
//! All offsets are bytes from the start of the file, so that one tree serves every file with the same text. `pos` is
//! the offset that Go gives the node and that its error messages show (engine reference: "Positions"); `span` is what
//! the node covers in the source, for people.

use crate::source::Span;
use std::sync::Arc;

/// A name of a variable or a template, interned in [`Tree::names`].
pub type Symbol = u32;

/// One parsed text.
#[derive(Debug)]
pub struct Tree {
    pub source: Arc<[u8]>,
    /// The text at the top level of the file.
    pub root: List,
    /// `define` and `block`, in the order of the text.
    pub defines: Vec<Define>,
    /// Variables by symbol, with their `$`. Symbol 0 is `$`.
    pub names: Vec<Arc<str>>,
}

#[derive(Debug)]
pub struct Define {
    pub name: Arc<str>,
    /// The whole `{{ define }} … {{ end }}`.
    pub span: Span,
    pub body: Arc<List>,
    /// Only white space and comments: does not replace a definition that has more (Go's IsEmptyTree).
    pub is_empty: bool,
}

/// A sequence of nodes.
#[derive(Debug, Default)]
pub struct List {
    pub nodes: Vec<Node>,
}

impl Drop for List {
    /// Takes nested blocks apart one after the other: dropping them inside of each other needs a stack as deep as they
    /// are.
    fn drop(&mut self) {
        fn detach(nodes: &mut [Node], pending: &mut Vec<Vec<Node>>) {
            for node in nodes {
                let (Node::If(branch) | Node::With(branch) | Node::Range(branch)) = node else { continue };
                pending.push(std::mem::take(&mut branch.body.nodes));
                pending.extend(branch.otherwise.as_mut().map(|list| std::mem::take(&mut list.nodes)));
            }
        }
        let mut pending = Vec::new();
        detach(&mut self.nodes, &mut pending);
        while let Some(mut nodes) = pending.pop() {
            detach(&mut nodes, &mut pending);
        }
    }
}

#[derive(Debug)]
pub enum Node {
    /// Literal text after trimming; never empty.
    Text(Span),
    Action(Pipeline),
    If(Box<Branch>),
    With(Box<Branch>),
    Range(Box<Branch>),
    Template(Box<TemplateCall>),
    Break(Span),
    Continue(Span),
}

/// `if`, `with` or `range`. An `else if` is a branch that is the only node of `otherwise`.
#[derive(Debug)]
pub struct Branch {
    pub pos: u32,
    /// From `{{` of the opening action to the end of `{{ end }}`.
    pub span: Span,
    /// The opening action alone, with its delimiters.
    pub head: Span,
    pub pipeline: Pipeline,
    pub body: List,
    pub otherwise: Option<List>,
    /// Variables declared outside of the branch that some arm assigns with `=` (directly, or in a nested branch).
    pub assigns: Box<[Symbol]>,
    /// Some arm holds a `break` or `continue` that leaves this branch.
    pub jumps: bool,
    /// Some arm calls a function by name that may change a map (`set`, `unset`, `merge…`), or runs another template
    /// (`include`, `tpl`, `template`) that might.
    pub may_mutate: bool,
}

#[derive(Debug)]
pub struct TemplateCall {
    /// Of the name string.
    pub pos: u32,
    pub span: Span,
    pub name: Arc<str>,
    /// The name as written, with its quotes.
    pub quoted: Arc<str>,
    pub argument: Option<Pipeline>,
}

#[derive(Debug)]
pub struct Pipeline {
    pub pos: u32,
    pub span: Span,
    /// `=` rather than `:=`.
    pub is_assign: bool,
    /// The declared or assigned variables; at most two, and two only in `range`.
    pub declares: Vec<Symbol>,
    pub commands: Vec<Command>,
}

impl Drop for Pipeline {
    /// As for [`List`]: parentheses may be nested deeply.
    fn drop(&mut self) {
        fn detach(commands: &mut [Command], pending: &mut Vec<Vec<Command>>) {
            for operand in commands.iter_mut().flat_map(|command| &mut command.operands) {
                match &mut operand.kind {
                    OperandKind::Pipeline(inner) => pending.push(std::mem::take(&mut inner.commands)),
                    OperandKind::Chain(base, _) => {
                        if let OperandKind::Pipeline(inner) = &mut base.kind {
                            pending.push(std::mem::take(&mut inner.commands));
                        }
                    }
                    _ => {}
                }
            }
        }
        let mut pending = Vec::new();
        detach(&mut self.commands, &mut pending);
        while let Some(mut commands) = pending.pop() {
            detach(&mut commands, &mut pending);
        }
    }
}

#[derive(Debug)]
pub struct Command {
    pub pos: u32,
    pub span: Span,
    /// Never empty.
    pub operands: Vec<Operand>,
}

/// One operand of a command.
#[derive(Debug)]
pub struct Operand {
    pub pos: u32,
    pub span: Span,
    pub kind: OperandKind,
}

#[derive(Debug)]
pub enum OperandKind {
    Dot,
    Nil,
    Bool(bool),
    Number(Box<Number>),
    String {
        /// As written, with its quotes.
        quoted: Arc<str>,
        value: Arc<[u8]>,
    },
    /// `.a.b`
    Field(Arc<[Arc<str>]>),
    /// `$x.a.b`; the fields may be none.
    Variable(Symbol, Arc<[Arc<str>]>),
    /// A function's name with its index in the table of functions that was given to the parser.
    Function(Arc<str>, u16),
    /// `(…).a`, `f.a`
    Chain(Box<Operand>, Arc<[Arc<str>]>),
    Pipeline(Box<Pipeline>),
}

/// A number constant under all types that it fits (Go's NumberNode).
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// As written.
    pub text: Arc<str>,
    pub int: Option<i64>,
    pub uint: Option<u64>,
    pub float: Option<f64>,
    /// Real and imaginary part.
    pub complex: Option<(f64, f64)>,
    /// A character constant.
    pub is_char: bool,
}

//! The syntax tree of a template file, shaped as Go's `text/template/parse` shapes it.
//!
//! All offsets are bytes from the start of the file, so that one tree serves every file with the same text. `pos` is
//! the offset that Go gives the node and that its error messages show (engine reference: "Positions"); `span` is what
//! the node covers in the source, for people.

use crate::source::{Content, Span};
use std::borrow::Cow;
use std::sync::Arc;

/// A name of a variable or a template, interned in [`Tree::names`].
pub type Symbol = u32;

/// One parsed text. Its parts lie in tables and name each other by their places in them: the parts of one are a run of a
/// table, which the tree gives as a slice. So a tree is made in a few pieces of memory, and however deeply it is nested,
/// nobody climbs down to drop it.
#[derive(Debug)]
pub struct Tree {
    pub source: Content,
    /// The text at the top level of the file.
    pub root: List,
    /// `define` and `block`, in the order of the text.
    pub defines: Box<[Define]>,
    /// Variables by symbol, with their `$`. Symbol 0 is `$`.
    pub names: Box<[Arc<str>]>,
    pub(super) nodes: Box<[Node]>,
    pub(super) branches: Box<[Branch]>,
    pub(super) calls: Box<[TemplateCall]>,
    pub(super) commands: Box<[Command]>,
    pub(super) operands: Box<[Operand]>,
    /// Those that fields are taken of with a [`OperandKind::Chain`].
    pub(super) bases: Box<[Operand]>,
    /// Those in parentheses; the others stand where they are used.
    pub(super) pipelines: Box<[Pipeline]>,
    pub(super) numbers: Box<[Number]>,
    pub(super) strings: Box<[Arc<[u8]>]>,
    /// Field paths, each once. The first is the empty one.
    pub(super) paths: Box<[Arc<[Arc<str>]>]>,
    pub(super) functions: Box<[Arc<str>]>,
    pub(super) assigns: Box<[Symbol]>,
}

/// Some that stand one after the other in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Run {
    pub first: u32,
    pub count: u32,
}

impl Run {
    pub fn of<T>(self, table: &[T]) -> &[T] {
        let first = self.first as usize;
        table.get(first..first + self.count as usize).unwrap_or_default()
    }
}

/// What a part of a tree names is looked up in the tree that the part comes from.
impl Tree {
    pub fn nodes(&self, list: List) -> &[Node] {
        list.nodes.of(&self.nodes)
    }

    pub fn branch(&self, id: BranchId) -> &Branch {
        &self.branches[id.0 as usize]
    }

    pub fn call(&self, id: CallId) -> &TemplateCall {
        &self.calls[id.0 as usize]
    }

    /// The commands of a pipeline. Never none.
    pub fn commands(&self, pipeline: &Pipeline) -> &[Command] {
        pipeline.commands.of(&self.commands)
    }

    /// The operands of a command. Never none.
    pub fn operands(&self, command: &Command) -> &[Operand] {
        command.operands.of(&self.operands)
    }

    /// The operand that fields are taken of.
    pub fn operand(&self, id: OperandId) -> &Operand {
        &self.bases[id.0 as usize]
    }

    pub fn pipeline(&self, id: PipelineId) -> &Pipeline {
        &self.pipelines[id.0 as usize]
    }

    pub fn number(&self, id: NumberId) -> &Number {
        &self.numbers[id.0 as usize]
    }

    /// The value of a string constant.
    pub fn string(&self, id: StringId) -> &Arc<[u8]> {
        &self.strings[id.0 as usize]
    }

    /// `.a.b` as names.
    pub fn fields(&self, id: FieldsId) -> &[Arc<str>] {
        &self.paths[id.0 as usize]
    }

    /// The name of a function.
    pub fn function(&self, id: FunctionId) -> &Arc<str> {
        &self.functions[id.0 as usize]
    }

    /// The name of the function that a command calls.
    pub fn called(&self, command: &Command) -> Option<&str> {
        match self.operands(command).first()?.kind {
            OperandKind::Function(name, _) => Some(self.function(name)),
            _ => None,
        }
    }

    /// Variables declared outside of the branch that some arm assigns with `=` (directly, or in a nested branch).
    pub fn assigns(&self, branch: &Branch) -> &[Symbol] {
        branch.assigns.of(&self.assigns)
    }

    /// What is written in a place, which shows U+FFFD for what is not UTF-8.
    pub fn written(&self, span: Span) -> Cow<'_, str> {
        String::from_utf8_lossy(self.source.get(span.range()).unwrap_or_default())
    }
}

#[derive(Debug)]
pub struct Define {
    pub name: Arc<str>,
    /// The whole `{{ define }} … {{ end }}`.
    pub span: Span,
    pub body: List,
    /// Only white space and comments: does not replace a definition that has more (Go's IsEmptyTree).
    pub is_empty: bool,
}

/// A sequence of nodes, which [`Tree::nodes`] gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct List {
    pub(super) nodes: Run,
}

#[derive(Debug, Clone, Copy)]
pub enum Node {
    /// Literal text after trimming; never empty.
    Text(Span),
    Action(Pipeline),
    If(BranchId),
    With(BranchId),
    Range(BranchId),
    Template(CallId),
    Break(Span),
    Continue(Span),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BranchId(pub(super) u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallId(pub(super) u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PipelineId(pub(super) u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperandId(pub(super) u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberId(pub(super) u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StringId(pub(super) u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunctionId(pub(super) u32);

/// A field path, which may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldsId(pub(super) u32);

impl FieldsId {
    pub(super) const NONE: FieldsId = FieldsId(0);

    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }
}

/// `if`, `with` or `range`. An `else if` is a branch that is the only node of `otherwise`.
#[derive(Debug, Clone, Copy)]
pub struct Branch {
    /// From `{{` of the opening action to the end of `{{ end }}`.
    pub span: Span,
    /// The opening action alone, with its delimiters.
    pub head: Span,
    pub pipeline: Pipeline,
    pub body: List,
    pub otherwise: Option<List>,
    pub(super) assigns: Run,
    /// Some arm holds a `break` or `continue` that leaves this branch.
    pub jumps: bool,
    /// Some arm calls a function by name that may change a map (`set`, `unset`, `merge…`), or runs another template
    /// (`include`, `tpl`, `template`) that might.
    pub may_mutate: bool,
}

impl Branch {
    pub fn pos(&self) -> u32 {
        self.pipeline.pos()
    }
}

#[derive(Debug)]
pub struct TemplateCall {
    pub span: Span,
    pub name: Arc<str>,
    /// The name as written, with its quotes.
    pub quoted: Span,
    pub argument: Option<Pipeline>,
}

impl TemplateCall {
    pub fn pos(&self) -> u32 {
        self.quoted.start
    }
}

/// Its commands are what [`Tree::commands`] gives.
#[derive(Debug, Clone, Copy)]
pub struct Pipeline {
    pub span: Span,
    pub(super) commands: Run,
    pub(super) declares: [Symbol; 2],
    pub(super) declared: u8,
    /// `=` rather than `:=`.
    pub is_assign: bool,
}

impl Pipeline {
    pub fn pos(&self) -> u32 {
        self.span.start
    }

    /// The declared or assigned variables; at most two, and two only in `range`.
    pub fn declares(&self) -> &[Symbol] {
        self.declares.get(..usize::from(self.declared)).unwrap_or_default()
    }
}

/// Its operands are what [`Tree::operands`] gives.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    pub span: Span,
    pub(super) operands: Run,
}

impl Command {
    pub fn pos(&self) -> u32 {
        self.span.start
    }
}

/// One operand of a command.
#[derive(Debug, Clone, Copy)]
pub struct Operand {
    pub pos: u32,
    pub span: Span,
    pub kind: OperandKind,
}

#[derive(Debug, Clone, Copy)]
pub enum OperandKind {
    Dot,
    Nil,
    Bool(bool),
    Number(NumberId),
    /// Its span is that of what is written, with its quotes.
    String(StringId),
    /// `.a.b`
    Field(FieldsId),
    /// `$x.a.b`; the fields may be none.
    Variable(Symbol, FieldsId),
    /// A function's name with its index in the table of functions that was given to the parser.
    Function(FunctionId, u16),
    /// `(…).a`, `f.a`
    Chain(OperandId, FieldsId),
    Pipeline(PipelineId),
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

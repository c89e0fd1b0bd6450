//! The evaluator: text/template's execution, on values with provenance.
//!
//! `statements` walks the nodes of a template, `operands` evaluates pipelines and converts arguments, `fields` and
//! `methods` reach into values, `helm` holds the functions that run templates or ask the world.

mod calls;
mod conditions;
mod fields;
mod forced;
mod helm;
mod methods;
mod mutation;
mod operands;
mod statements;

pub(in crate::engine) use helm::without_no_value;

use super::error::{Error, ExecError};
use super::log::Log;
use super::runtime::{Cluster, Runtime};
use super::table::FunctionTable;
use crate::source::{Sources, Span};
use crate::template::ast::{self, List, Symbol, Tree};
use crate::template::{self, print};
use crate::value::{OriginId, TextBuilder, Value};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;

/// The text of a template with its tree and its place among the sources.
#[derive(Debug)]
pub struct Unit {
    pub tree: Arc<Tree>,
    /// The address of its first byte.
    pub base: u32,
    /// The name under which it was parsed.
    pub name: Arc<str>,
}

/// A named template.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Template {
    pub unit: Arc<Unit>,
    /// `None`: the text of the file itself.
    pub body: Option<List>,
    pub is_empty: bool,
}

/// A value as an operand: Go's reflection also knows whether it came out of an `interface {}`.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Val {
    pub v: Value,
    /// Seen through a slot of type `interface {}`. A nil that is not boxed is no value at all.
    pub boxed: bool,
}

impl Val {
    pub fn of(v: Value) -> Val {
        Val { v, boxed: false }
    }

    pub fn boxed(v: Value) -> Val {
        Val { v, boxed: true }
    }

    /// Go's invalid reflect.Value.
    pub fn is_invalid(&self) -> bool {
        self.v.is_nil() && !self.boxed
    }
}

/// The node that an error would be reported at: set when something is evaluated, never set back (engine reference,
/// "Evaluating operands").
#[derive(Clone, Copy)]
pub(super) enum At<'t> {
    None,
    Pipeline(&'t ast::Pipeline),
    Command(&'t ast::Command),
    Operand(&'t ast::Operand),
    Template(&'t ast::TemplateCall),
}

/// One execution of a template.
pub(super) struct Frame<'t> {
    pub unit: &'t Unit,
    /// The template that is executing.
    pub name: &'t Arc<str>,
    pub at: At<'t>,
    pub variables: Vec<(Symbol, Val)>,
}

/// A write of a file's own text, for finding which action of the file an included text came through.
#[derive(Clone, Copy, Debug)]
pub struct Write {
    /// Where the output of the node starts.
    pub start: u32,
    /// The node.
    pub span: Span,
}

/// Runs templates. One evaluator renders one chart once.
pub struct Evaluator<'w> {
    pub rt: Runtime,
    pub(in crate::engine) table: Rc<FunctionTable>,
    pub(in crate::engine) cluster: &'w dyn Cluster,
    pub(in crate::engine) parsed: &'w template::Cache,
    /// `helm lint`: `required` and `fail` do not fail.
    pub(in crate::engine) lint: bool,
    /// The chart's templates by name.
    pub(in crate::engine) templates: Arc<FxHashMap<Arc<str>, Template>>,
    /// Those of `tpl` texts that are running.
    pub(in crate::engine) layers: Vec<FxHashMap<Arc<str>, Template>>,
    pub(in crate::engine) out: TextBuilder,
    /// The arguments of the calls that are being made.
    pub(in crate::engine) stack: Vec<Value>,
    /// Room for the variables of templates, of those that have ended.
    pub(in crate::engine) spare: Vec<Vec<(Symbol, Val)>>,
    /// The templates that calls of `include` are running, the innermost last.
    pub(in crate::engine) includes: Vec<Arc<str>>,
    /// How many templates are executing inside each other.
    pub(in crate::engine) depth: u32,
    pub(in crate::engine) sources: Sources,
    pub(in crate::engine) log: Log,
    /// Which templates may change a map, as far as it was asked.
    pub(in crate::engine) mutators: FxHashMap<Arc<str>, bool>,
    /// Units of `tpl` texts by content.
    pub(in crate::engine) texts: FxHashMap<Arc<[u8]>, Arc<Unit>>,
    /// Writes of the file that is being rendered.
    pub(in crate::engine) writes: Vec<Write>,
}

/// As many variables as a template usually has.
const USUAL_VARIABLES: usize = 8;

/// Nesting of templates beyond this ends the render (Go's own limit is 100,000, which no stack of ours holds).
pub(super) const MAX_DEPTH: u32 = 20_000;

impl Evaluator<'_> {
    pub(in crate::engine) fn template(&self, name: &str) -> Option<Template> {
        self.named(name).map(|(_, template)| template)
    }

    /// A template and its name.
    fn named(&self, name: &str) -> Option<(Arc<str>, Template)> {
        let inner = self.layers.iter().rev().find_map(|layer| layer.get_key_value(name));
        let (name, template) = inner.or_else(|| self.templates.get_key_value(name))?;
        Some((name.clone(), template.clone()))
    }

    /// Runs a template with `dot` as its context; its text goes to `self.out`.
    pub(in crate::engine) fn execute(&mut self, name: &Arc<str>, template: &Template, dot: Val) -> Result<(), Error> {
        let unit = &template.unit;
        let list = template.body.unwrap_or(unit.tree.root);
        let mut variables = self.spare.pop().unwrap_or_else(|| Vec::with_capacity(USUAL_VARIABLES));
        variables.push((0, Val { boxed: false, ..dot.clone() }));
        let mut frame = Frame { unit, name, at: At::None, variables };
        let result = self.list(&mut frame, &dot, list);
        frame.variables.clear();
        self.spare.push(frame.variables);
        result
    }

    /// An execution error at the frame's current node.
    #[cold]
    pub(super) fn error(&self, frame: &Frame<'_>, message: impl Into<String>, cause: Option<Error>) -> Error {
        let tree = &*frame.unit.tree;
        let (pos, span, context) = match frame.at {
            At::None => (0, Span::default(), String::new()),
            At::Pipeline(p) => (p.pos(), p.span, print::pipeline(tree, p)),
            At::Command(c) => (c.pos(), c.span, print::command(tree, c)),
            At::Operand(o) => (tree.pos(o), o.span, print::operand(tree, o)),
            At::Template(t) => (t.pos(), t.span, print::template_call(tree, t)),
        };
        let before = &frame.unit.tree.source[..(pos as usize).min(frame.unit.tree.source.len())];
        let line = before.iter().filter(|b| **b == b'\n').count() as u32 + 1;
        let column = before.iter().rev().take_while(|b| **b != b'\n').count() as u32;
        Error::Exec(Box::new(ExecError {
            file: frame.unit.name.clone(),
            line,
            column,
            span: span.at(frame.unit.base),
            template: frame.name.clone(),
            context,
            message: message.into(),
            cause,
            about: OriginId::NONE,
            guard: self.rt.guard,
        }))
    }

    /// An error that is about a value.
    #[cold]
    pub(super) fn error_about(&self, frame: &Frame<'_>, message: impl Into<String>, about: OriginId) -> Error {
        match self.error(frame, message, None) {
            Error::Exec(exec) => Error::Exec(Box::new(ExecError { about, ..*exec })),
            other => other,
        }
    }
}

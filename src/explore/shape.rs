//! What a value has to look like for the templates that use it: told from the fields that they take.
//!
//! The body of `range .Values.hosts` that writes `.name` and ranges over `.paths` wants a list of tables with a name and a
//! list of paths; a chart that reads `.Values.auth.user` somewhere wants `auth` to be a table.

use crate::template::ast::{Branch, List, Node, Operand, OperandKind, Pipeline, Symbol, Tree};
use crate::value::{Key, Plain, PlainData};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known of the shape of a value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Shape {
    /// Nothing.
    #[default]
    Any,
    /// It is written somewhere.
    Text,
    /// It is compared with this.
    Like(Plain),
    Table(BTreeMap<String, Shape>),
    List(Box<Shape>),
}

/// What a text is where nothing better is known.
pub(super) const EXAMPLE: &str = "example";

/// Templates that call each other are followed as deep as this.
const MAX_DEPTH: u32 = 6;

impl Shape {
    pub fn merge(&mut self, other: Shape) {
        match (self, other) {
            (_, Shape::Any) => {}
            (Shape::Table(mine), Shape::Table(others)) => {
                for (key, shape) in others {
                    mine.entry(key).or_default().merge(shape);
                }
            }
            (Shape::List(mine), Shape::List(other)) => mine.merge(*other),
            (Shape::Like(_), Shape::Text) => {}
            (mine @ (Shape::Any | Shape::Text | Shape::Like(_)), other) => *mine = other,
            _ => {}
        }
    }

    /// The shape of a table in which there is something of this shape.
    fn below(fields: &[Arc<str>], inner: Shape) -> Shape {
        fields.iter().rev().fold(inner, |inner, field| Shape::Table(BTreeMap::from([(field.to_string(), inner)])))
    }

    /// A value of this shape; `name` is what it is called.
    pub fn plain(&self, name: &str) -> Plain {
        match self {
            Shape::Any | Shape::Text => named(name),
            Shape::Like(plain) => plain.clone(),
            Shape::Table(fields) => {
                let entries = fields.iter().map(|(key, shape)| (Key::from(key.as_bytes()), shape.plain(key)));
                PlainData::Map(entries.collect()).into()
            }
            Shape::List(element) => PlainData::List(vec![element.plain(singular(name))]).into(),
        }
    }
}

fn singular(name: &str) -> &str {
    name.strip_suffix('s').unwrap_or(name)
}

/// A scalar, by what it is called.
pub(super) fn named(name: &str) -> Plain {
    let lower = name.to_lowercase();
    if lower.ends_with("port") || lower.ends_with("number") {
        return PlainData::Int(8080).into();
    }
    if matches!(lower.as_str(), "enabled" | "create" | "enable") {
        return PlainData::Bool(true).into();
    }
    if lower.ends_with("size") || lower == "storage" {
        return Plain::string("1Gi");
    }
    if lower.ends_with("path") {
        return Plain::string("/example");
    }
    Plain::string(EXAMPLE)
}

/// The bodies of named templates.
pub(super) type Defines<'t> = FxHashMap<&'t str, (&'t Tree, List)>;

/// How the thing is called at some place: by fields of the dot, by fields of `$`, by variables.
#[derive(Clone, Default)]
struct Subject {
    dot: Option<Vec<Arc<str>>>,
    root: Option<Vec<Arc<str>>>,
    variables: Vec<Symbol>,
}

/// The shape of what `range` and `with` hand to their body, and whether it stands under a key of a table.
pub(super) fn of_body(tree: &Tree, branch: &Branch, defines: &Defines<'_>) -> Shape {
    let variables = branch.pipeline.declares().last().copied().into_iter().collect();
    let subject = Subject { dot: Some(Vec::new()), root: None, variables };
    let mut shape = Shape::Any;
    Walk { defines, depth: MAX_DEPTH }.list(tree, branch.body, &subject, &mut shape);
    shape
}

/// The shape of `.Values.a.b` by what a list of nodes does with it.
pub(super) fn of_path(tree: &Tree, list: List, path: &[Arc<str>], defines: &Defines<'_>) -> Shape {
    let subject = Subject { dot: Some(path.to_vec()), root: Some(path.to_vec()), variables: Vec::new() };
    let mut shape = Shape::Any;
    Walk { defines, depth: 0 }.list(tree, list, &subject, &mut shape);
    shape
}

struct Walk<'d, 't> {
    defines: &'d Defines<'t>,
    depth: u32,
}

impl Walk<'_, '_> {
    fn list(&self, tree: &Tree, list: List, subject: &Subject, shape: &mut Shape) {
        for node in tree.nodes(list) {
            match node {
                Node::Action(pipeline) => self.pipeline(tree, pipeline, true, subject, shape),
                Node::If(branch) => {
                    let branch = tree.branch(*branch);
                    self.pipeline(tree, &branch.pipeline, false, subject, shape);
                    self.list(tree, branch.body, subject, shape);
                }
                Node::With(branch) | Node::Range(branch) => {
                    let branch = tree.branch(*branch);
                    self.pipeline(tree, &branch.pipeline, false, subject, shape);
                    self.inner(tree, branch, matches!(node, Node::Range(_)), subject, shape);
                }
                Node::Template(call) => {
                    let call = tree.call(*call);
                    if let Some(argument) = &call.argument {
                        self.pipeline(tree, argument, false, subject, shape);
                        if let [command] = tree.commands(argument) {
                            self.call(tree, &call.name, tree.operands(command), subject, shape);
                        }
                    }
                }
                Node::Text(_) | Node::Break(_) | Node::Continue(_) => {}
            }
            if let Node::If(branch) | Node::With(branch) | Node::Range(branch) = node
                && let Some(list) = tree.branch(*branch).otherwise
            {
                self.list(tree, list, subject, shape);
            }
        }
    }

    /// The body of a `range` or `with`, in which the dot is another.
    fn inner(&self, tree: &Tree, branch: &Branch, is_range: bool, subject: &Subject, shape: &mut Shape) {
        let outside = Subject { dot: None, ..subject.clone() };
        self.list(tree, branch.body, &outside, shape);
        let [command] = tree.commands(&branch.pipeline) else { return };
        let [operand] = tree.operands(command) else { return };
        if let Some(fields) = fields_of(tree, operand, subject) {
            let inner = of_body(tree, branch, self.defines);
            let inner = if is_range { Shape::List(Box::new(inner)) } else { inner };
            shape.merge(Shape::below(&fields, inner));
        }
    }

    /// `is_written`: what comes of the pipeline is text of the output.
    fn pipeline(&self, tree: &Tree, pipeline: &Pipeline, is_written: bool, subject: &Subject, shape: &mut Shape) {
        let is_written = is_written && pipeline.declares().is_empty();
        for command in tree.commands(pipeline) {
            let operands = tree.operands(command);
            let [_, arguments @ ..] = operands else { continue };
            let function = tree.called(command);
            if function == Some("include")
                && let [Operand { kind: OperandKind::String(name), .. }, rest @ ..] = arguments
                && let Ok(name) = std::str::from_utf8(tree.string(*name))
            {
                self.call(tree, name, rest, subject, shape);
            }
            let constant =
                arguments.iter().find_map(|operand| constant(tree, operand)).filter(|_| matches!(function, Some("eq")));
            for operand in operands {
                if let Some(fields) = fields_of(tree, operand, subject) {
                    // What goes to a template or into a table shows there what it is.
                    let is_handed =
                        matches!(function, Some("include" | "dict" | "list" | "tpl" | "toYaml" | "toJson" | "set"));
                    let whole = if is_written && !is_handed { Shape::Text } else { Shape::Any };
                    let leaf = constant.clone().map_or(whole, Shape::Like);
                    shape.merge(Shape::below(&fields, leaf));
                }
                match operand.kind {
                    OperandKind::Pipeline(id) => self.pipeline(tree, tree.pipeline(id), is_written, subject, shape),
                    OperandKind::Chain(base, _) => {
                        if let OperandKind::Pipeline(id) = tree.operand(base).kind {
                            self.pipeline(tree, tree.pipeline(id), is_written, subject, shape);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// A call of a named template with the thing, or with a dictionary that holds it, as its context.
    fn call(&self, tree: &Tree, name: &str, arguments: &[Operand], subject: &Subject, shape: &mut Shape) {
        let (Some(depth), Some((called, body)), [argument]) =
            (self.depth.checked_sub(1), self.defines.get(name), arguments)
        else {
            return;
        };
        let walk = Walk { defines: self.defines, depth };
        let mut handed = |fields: Vec<Arc<str>>, dot: Vec<Arc<str>>| {
            let mut inner = Shape::Any;
            let subject = Subject { dot: Some(dot.clone()), root: Some(dot), variables: Vec::new() };
            walk.list(called, *body, &subject, &mut inner);
            shape.merge(Shape::below(&fields, inner));
        };
        if let Some(fields) = fields_of(tree, argument, subject) {
            handed(fields, Vec::new());
        }
        let OperandKind::Pipeline(pipeline) = argument.kind else { return };
        let [command] = tree.commands(tree.pipeline(pipeline)) else { return };
        let [_, entries @ ..] = tree.operands(command) else { return };
        if tree.called(command) != Some("dict") {
            return;
        }
        for entry in entries.chunks_exact(2) {
            if let [Operand { kind: OperandKind::String(key), .. }, value] = entry
                && let Ok(key) = std::str::from_utf8(tree.string(*key))
                && let Some(fields) = fields_of(tree, value, subject)
            {
                handed(fields, vec![Arc::from(key)]);
            }
        }
    }
}

/// The fields of the thing that an operand takes.
fn fields_of(tree: &Tree, operand: &Operand, subject: &Subject) -> Option<Vec<Arc<str>>> {
    let after = |fields: &[Arc<str>], prefix: &Option<Vec<Arc<str>>>| {
        let rest = fields.strip_prefix(prefix.as_deref()?)?;
        Some(rest.to_vec())
    };
    match operand.kind {
        OperandKind::Dot => after(&[], &subject.dot),
        OperandKind::Field(fields) => after(tree.fields(fields), &subject.dot),
        OperandKind::Variable(0, fields) => after(tree.fields(fields), &subject.root),
        OperandKind::Variable(symbol, fields) if subject.variables.contains(&symbol) => {
            Some(tree.fields(fields).to_vec())
        }
        _ => None,
    }
}

fn constant(tree: &Tree, operand: &Operand) -> Option<Plain> {
    match operand.kind {
        OperandKind::String(id) => Some(PlainData::String(tree.string(id).clone()).into()),
        OperandKind::Number(number) => tree.number(number).int.map(|int| PlainData::Int(int).into()),
        _ => None,
    }
}

/// The branch whose opening action begins at a place of a tree.
pub(super) fn branch_at(tree: &Tree, start: u32) -> Option<(&Node, &Branch)> {
    let mut todo: Vec<List> = vec![tree.root];
    todo.extend(tree.defines.iter().map(|define| define.body));
    while let Some(list) = todo.pop() {
        for node in tree.nodes(list) {
            if let Node::If(branch) | Node::With(branch) | Node::Range(branch) = node {
                let branch = tree.branch(*branch);
                if branch.head.start == start {
                    return Some((node, branch));
                }
                todo.push(branch.body);
                todo.extend(branch.otherwise);
            }
        }
    }
    None
}

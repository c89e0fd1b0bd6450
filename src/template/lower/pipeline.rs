//! Pipelines: declarations, commands and operands, with parentheses on a stack of our own.

use super::super::MAX_PARENTHESES;
use super::super::ast::{Command, Number, Operand, OperandKind, Pipeline};
use super::super::grammar::{Kind, Walk};
use super::super::literal::{self, Scan, scan_number, unquote};
use super::super::unicode::is_alphanumeric;
use super::Lowering;
use crate::source::Span;
use std::sync::Arc;

/// Functions that change a map they are given, or run a template that might.
const MUTATING: &[&str] =
    &["set", "unset", "merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite", "include", "tpl"];

const KEYWORDS: &[&str] =
    &["block", "break", "continue", "define", "else", "end", "false", "if", "nil", "range", "template", "true", "with"];

/// A function that the caller knows.
#[derive(Clone)]
pub(super) struct Known {
    name: Arc<str>,
    index: u16,
    may_mutate: bool,
}

/// A pipeline that is being read.
struct Building {
    pipeline: Pipeline,
    command: Option<Command>,
    /// `range $a, $b` without an operator: Go takes `$a` for the only declaration.
    is_half_declared: bool,
}

impl Building {
    fn new(span: Span) -> Self {
        let pipeline = Pipeline { pos: span.start, span, is_assign: false, declares: Vec::new(), commands: Vec::new() };
        Building { pipeline, command: None, is_half_declared: false }
    }
}

impl<'a> Lowering<'a> {
    /// Reads the pipeline at the cursor, which covers `span`, and leaves the cursor there. `is_range` for the head of a `range`.
    pub(super) fn pipeline(&mut self, span: Span, cursor: &mut impl Walk, is_range: bool) -> Option<Pipeline> {
        let mut depth = 1usize;
        let mut outer: Vec<Building> = Vec::new();
        let mut current = Building::new(span);
        // The pipeline in the parentheses that end next.
        let mut inner: Option<Pipeline> = None;
        if !cursor.goto_first_child() {
            return None;
        }
        loop {
            let (kind, span) = cursor.node();
            let is_head = is_range && outer.is_empty();
            let descends = match kind {
                Kind::Pipeline => {
                    if outer.len() >= MAX_PARENTHESES {
                        return None;
                    }
                    outer.push(std::mem::replace(&mut current, Building::new(span)));
                    true
                }
                Kind::Command => {
                    current.command = Some(Command { pos: span.start, span, operands: Vec::with_capacity(1) });
                    true
                }
                Kind::Selector | Kind::Parenthesized => true,
                Kind::Declaration => {
                    self.declaration(cursor, &mut current.pipeline, is_head)?;
                    false
                }
                Kind::Variable if current.command.is_none() => {
                    let symbol = self.symbol(span)?;
                    self.scopes.add(symbol, true);
                    current.pipeline.declares.push(symbol);
                    current.is_half_declared = true;
                    if !is_head {
                        return None;
                    }
                    false
                }
                Kind::Comma | Kind::Other => false,
                kind => {
                    self.operand(kind, span, current.command.as_mut()?)?;
                    false
                }
            };
            if descends && cursor.goto_first_child() {
                depth += 1;
                continue;
            }
            while !cursor.goto_next_sibling() {
                cursor.goto_parent();
                depth = depth.checked_sub(1)?;
                let (kind, span) = cursor.node();
                match kind {
                    Kind::Command => {
                        let command = current.command.take()?;
                        if !current.pipeline.commands.is_empty() && is_constant(command.operands.first()?) {
                            return None;
                        }
                        current.pipeline.commands.push(command);
                    }
                    Kind::Pipeline => {
                        let first = current.pipeline.commands.first()?.operands.first()?;
                        if current.is_half_declared && !matches!(first.kind, OperandKind::Variable(..)) {
                            return None;
                        }
                        if depth == 0 {
                            return Some(current.pipeline);
                        }
                        inner = Some(std::mem::replace(&mut current, outer.pop()?).pipeline);
                    }
                    Kind::Parenthesized => {
                        let pipeline = inner.take()?;
                        let pos = pipeline.pos;
                        let operand = Operand { pos, span, kind: OperandKind::Pipeline(Box::new(pipeline)) };
                        add(current.command.as_mut()?, operand)?;
                    }
                    _ => {}
                }
            }
        }
    }

    /// `$a, $b :=`. Two variables only at the head of a `range`.
    fn declaration(&mut self, cursor: &mut impl Walk, pipeline: &mut Pipeline, is_head: bool) -> Option<()> {
        if !cursor.goto_first_child() {
            return None;
        }
        let mut variables = Vec::new();
        loop {
            let (kind, span) = cursor.node();
            match kind {
                Kind::Variable => variables.push((self.symbol(span)?, span.end)),
                Kind::Assign => {
                    // A word before `=` must be followed by a space; before `:=` it need not.
                    if variables.last()?.1 == span.start {
                        return None;
                    }
                    pipeline.is_assign = true;
                }
                _ => {}
            }
            if !cursor.goto_next_sibling() {
                break;
            }
        }
        cursor.goto_parent();
        if variables.len() > 1 && !is_head {
            return None;
        }
        for (symbol, _) in variables {
            let assigned = self.scopes.add(symbol, !pipeline.is_assign);
            if pipeline.is_assign {
                self.effects.assigns.push(assigned);
            }
            pipeline.declares.push(symbol);
        }
        Some(())
    }

    fn operand(&mut self, kind: Kind, span: Span, command: &mut Command) -> Option<()> {
        let text = self.bytes(span);
        let mut pos = span.start;
        let kind = match kind {
            Kind::Dot => OperandKind::Dot,
            Kind::Nil => OperandKind::Nil,
            Kind::True => OperandKind::Bool(true),
            Kind::False => OperandKind::Bool(false),
            Kind::Number => OperandKind::Number(Box::new(number(text)?)),
            Kind::Character => OperandKind::Number(Box::new(literal::character(text).ok()?)),
            Kind::String => {
                let quoted = self.names.share_lossy(text);
                OperandKind::String { quoted, value: Arc::from(unquote(text)?) }
            }
            Kind::Variable => {
                let symbol = self.symbol(span)?;
                if !self.scopes.is_visible(symbol) {
                    return None;
                }
                OperandKind::Variable(symbol, Box::default())
            }
            Kind::Function => {
                let known = self.function(text)?;
                self.effects.may_mutate |= known.may_mutate;
                OperandKind::Function(known.name, known.index)
            }
            Kind::Field => {
                let fields = self.fields(text)?;
                if command.operands.last().is_some_and(|last| last.span.end == span.start) {
                    return select(command.operands.last_mut()?, fields, span);
                }
                // Go gives a path the position of its second name.
                if fields.len() > 1 {
                    pos += 1 + fields.first()?.len() as u32;
                }
                OperandKind::Field(fields)
            }
            _ => return None,
        };
        add(command, Operand { pos, span, kind })
    }

    /// A name as text. The grammar takes all characters beyond ASCII for letters.
    fn name(&self, text: &'a [u8]) -> Option<&'a str> {
        let name = std::str::from_utf8(text).ok()?;
        (name.is_ascii() || name.chars().all(|c| is_alphanumeric(c) || matches!(c, '.' | '$'))).then_some(name)
    }

    fn symbol(&mut self, span: Span) -> Option<u32> {
        let name = self.name(self.bytes(span))?;
        self.names.symbol(name)
    }

    /// `.a.b` as names.
    fn fields(&mut self, text: &'a [u8]) -> Option<Box<[Arc<str>]>> {
        let path = self.name(text)?;
        Some(path.split('.').skip(1).map(|name| self.names.share(name)).collect())
    }

    fn function(&mut self, text: &'a [u8]) -> Option<Known> {
        if let Some(known) = self.known.get(text) {
            return Some(known.clone());
        }
        let name = self.name(text)?;
        // The grammar takes a keyword for a name where it expects no keyword.
        if KEYWORDS.contains(&name) {
            return None;
        }
        let index = (self.functions)(name)?;
        let known = Known { name: Arc::from(name), index, may_mutate: MUTATING.contains(&name) };
        self.known.insert(text, known.clone());
        Some(known)
    }
}

/// Adds an operand; between two there must be a space.
fn add(command: &mut Command, operand: Operand) -> Option<()> {
    if command.operands.last().is_some_and(|last| last.span.end == operand.span.start) {
        return None;
    }
    command.operands.push(operand);
    Some(())
}

/// Puts fields on the operand to which they are glued.
fn select(operand: &mut Operand, fields: Box<[Arc<str>]>, path: Span) -> Option<()> {
    match &mut operand.kind {
        OperandKind::Variable(_, own) if own.is_empty() => {
            *own = fields;
            operand.pos = path.start;
        }
        OperandKind::Function(..) | OperandKind::Pipeline(_) => {
            let placeholder = Operand { kind: OperandKind::Dot, ..*operand };
            let base = std::mem::replace(operand, placeholder);
            operand.pos = path.start;
            operand.kind = OperandKind::Chain(Box::new(base), fields);
        }
        _ => return None,
    }
    operand.span.end = path.end;
    Some(())
}

/// What only the first command of a pipeline may begin with.
fn is_constant(operand: &Operand) -> bool {
    matches!(
        operand.kind,
        OperandKind::Bool(_)
            | OperandKind::Dot
            | OperandKind::Nil
            | OperandKind::Number(_)
            | OperandKind::String { .. }
    )
}

fn number(text: &[u8]) -> Option<Number> {
    match scan_number(text) {
        Scan::Number(end, is_complex) if end == text.len() => {
            literal::number(std::str::from_utf8(text).ok()?, is_complex).ok()
        }
        _ => None,
    }
}

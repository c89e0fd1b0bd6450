//! Pipelines: declarations, commands and operands, with parentheses on a stack of our own.

use super::super::MAX_PARENTHESES;
use super::super::ast::{Command, Number, Operand, OperandKind, Pipeline, Symbol};
use super::super::grammar::Kind;
use super::super::literal::{self, Scan, scan_number, unquote};
use super::super::unicode::is_alphanumeric;
use super::Lowering;
use crate::source::Span;
use rustc_hash::FxHashMap;
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

/// A string constant: as written, and its value.
type Constant = (Arc<str>, Arc<[u8]>);

/// The pipelines of an action that are being read, each in the parentheses of the one before.
#[derive(Default)]
pub(super) struct Building<'a> {
    open: Vec<Begun>,
    /// The commands of all of them, those of the innermost last.
    commands: Vec<Command>,
    /// The operands of their commands that have not ended.
    operands: Vec<Operand>,
    /// Functions that were asked for, with the name to share.
    functions: FxHashMap<&'a [u8], Known>,
    strings: FxHashMap<&'a [u8], Constant>,
    paths: FxHashMap<&'a [u8], Arc<[Arc<str>]>>,
}

/// A pipeline that has begun.
struct Begun {
    start: u32,
    /// At the head of a `range`.
    is_head: bool,
    is_assign: bool,
    declares: Vec<Symbol>,
    /// `range $a, $b` without an operator: Go takes `$a` for the only declaration.
    is_half_declared: bool,
    /// How many commands there were.
    commands: usize,
    /// Where its last command begins, if it has not ended, and how many operands there were.
    command: Option<(u32, usize)>,
}

impl<'a> Lowering<'a> {
    /// Begins the pipeline of an action, or one in parentheses. `is_range` for the head of a `range`.
    pub fn begin_pipeline(&mut self, start: u32, is_range: bool) -> Option<()> {
        let open = &mut self.building.open;
        // The outermost one has no parentheses.
        if open.len() > MAX_PARENTHESES {
            return None;
        }
        open.push(Begun {
            start,
            is_head: is_range && open.is_empty(),
            is_assign: false,
            declares: Vec::new(),
            is_half_declared: false,
            commands: self.building.commands.len(),
            command: None,
        });
        Some(())
    }

    pub fn begin_command(&mut self, start: u32) -> Option<()> {
        self.building.open.last_mut()?.command = Some((start, self.building.operands.len()));
        Some(())
    }

    pub fn end_command(&mut self, end: u32) -> Option<()> {
        let building = &mut self.building;
        let begun = building.open.last_mut()?;
        let (start, first) = begun.command.take()?;
        let operands: Vec<Operand> = building.operands.drain(first..).collect();
        let constant = is_constant(operands.first()?);
        if constant && building.commands.len() > begun.commands {
            return None;
        }
        building.commands.push(Command { pos: start, span: Span::new(start, end), operands });
        Some(())
    }

    pub fn end_pipeline(&mut self, end: u32) -> Option<Pipeline> {
        let begun = self.building.open.pop()?;
        let commands: Vec<Command> = self.building.commands.drain(begun.commands..).collect();
        let first = commands.first()?.operands.first()?;
        if begun.is_half_declared && !matches!(first.kind, OperandKind::Variable(..)) {
            return None;
        }
        let span = Span::new(begun.start, end);
        Some(Pipeline { pos: begun.start, span, is_assign: begun.is_assign, declares: begun.declares, commands })
    }

    /// Adds a pipeline as an operand; its parentheses are at `span`.
    pub fn parenthesized(&mut self, pipeline: Pipeline, span: Span) -> Option<()> {
        self.add(Operand { pos: pipeline.pos, span, kind: OperandKind::Pipeline(Box::new(pipeline)) })
    }

    /// `$a, $b :=`, and with the place of a `=`. Two variables only at the head of a `range`.
    pub fn declare(&mut self, variables: &[Span], assign: Option<u32>) -> Option<()> {
        // A word before `=` must be followed by a space; before `:=` it need not.
        if assign.is_some() && variables.last().map(|last| last.end) == assign {
            return None;
        }
        let is_head = self.building.open.last()?.is_head;
        if variables.len() > 1 && !is_head {
            return None;
        }
        for variable in variables {
            let symbol = self.symbol(*variable)?;
            let assigned = self.scopes.add(symbol, assign.is_none());
            if assign.is_some() {
                self.effects.assigns.push(assigned);
            }
            self.building.open.last_mut()?.declares.push(symbol);
        }
        self.building.open.last_mut()?.is_assign = assign.is_some();
        Some(())
    }

    /// The variable before the comma of `range $a, $b` without an operator.
    pub fn declare_half(&mut self, variable: Span) -> Option<()> {
        let symbol = self.symbol(variable)?;
        self.scopes.add(symbol, true);
        let begun = self.building.open.last_mut()?;
        begun.declares.push(symbol);
        begun.is_half_declared = true;
        begun.is_head.then_some(())
    }

    /// Adds an operand; fields that are glued to the one before belong to it.
    pub fn operand(&mut self, kind: Kind, span: Span) -> Option<()> {
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
                let (quoted, value) = self.string(text)?;
                OperandKind::String { quoted, value }
            }
            Kind::Variable => {
                let symbol = self.symbol(span)?;
                if !self.scopes.is_visible(symbol) {
                    return None;
                }
                OperandKind::Variable(symbol, Arc::default())
            }
            Kind::Function => {
                let known = self.function(text)?;
                self.effects.may_mutate |= known.may_mutate;
                OperandKind::Function(known.name, known.index)
            }
            Kind::Field => {
                let fields = self.fields(text)?;
                if let Some(last) = self.last_operand().filter(|last| last.span.end == span.start) {
                    return select(last, fields, span);
                }
                // Go gives a path the position of its second name.
                if fields.len() > 1 {
                    pos += 1 + fields.first()?.len() as u32;
                }
                OperandKind::Field(fields)
            }
            _ => return None,
        };
        self.add(Operand { pos, span, kind })
    }

    /// The last operand of the command that is being read.
    fn last_operand(&mut self) -> Option<&mut Operand> {
        let (_, first) = self.building.open.last()?.command?;
        self.building.operands.get_mut(first..)?.last_mut()
    }

    /// Adds an operand to a command; between two there must be a space.
    fn add(&mut self, operand: Operand) -> Option<()> {
        let (_, first) = self.building.open.last()?.command?;
        let operands = &mut self.building.operands;
        if operands.get(first..)?.last().is_some_and(|last| last.span.end == operand.span.start) {
            return None;
        }
        operands.push(operand);
        Some(())
    }

    /// A name as text. The grammar takes all characters beyond ASCII for letters.
    fn name(text: &[u8]) -> Option<&str> {
        let name = std::str::from_utf8(text).ok()?;
        (name.is_ascii() || name.chars().all(|c| is_alphanumeric(c) || matches!(c, '.' | '$'))).then_some(name)
    }

    fn symbol(&mut self, span: Span) -> Option<Symbol> {
        let text = self.bytes(span);
        if let Some(symbol) = self.names.known_symbol(text) {
            return Some(symbol);
        }
        self.names.symbol(text, Self::name(text)?)
    }

    /// `.a.b` as names.
    fn fields(&mut self, text: &'a [u8]) -> Option<Arc<[Arc<str>]>> {
        if let Some(fields) = self.building.paths.get(text) {
            return Some(fields.clone());
        }
        let fields: Arc<[Arc<str>]> = Self::name(text)?.split('.').skip(1).map(|name| self.names.share(name)).collect();
        self.building.paths.insert(text, fields.clone());
        Some(fields)
    }

    /// A string constant by what is written.
    fn string(&mut self, text: &'a [u8]) -> Option<Constant> {
        if let Some(constant) = self.building.strings.get(text) {
            return Some(constant.clone());
        }
        let constant: Constant = (Arc::from(String::from_utf8_lossy(text)), Arc::from(unquote(text)?));
        self.building.strings.insert(text, constant.clone());
        Some(constant)
    }

    fn function(&mut self, text: &'a [u8]) -> Option<Known> {
        if let Some(known) = self.building.functions.get(text) {
            return Some(known.clone());
        }
        let name = Self::name(text)?;
        // The grammar takes a keyword for a name where it expects no keyword.
        if KEYWORDS.contains(&name) {
            return None;
        }
        let index = (self.functions)(name)?;
        let known = Known { name: Arc::from(name), index, may_mutate: MUTATING.contains(&name) };
        self.building.functions.insert(text, known.clone());
        Some(known)
    }
}

/// Puts fields on the operand to which they are glued.
fn select(operand: &mut Operand, fields: Arc<[Arc<str>]>, path: Span) -> Option<()> {
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

//! Pipelines: declarations, commands and operands, with parentheses on a stack of our own.

use super::super::MAX_PARENTHESES;
use super::super::ast::{Command, FieldsId, FunctionId, Number, Operand, OperandKind, Pipeline, StringId, Symbol};
use super::super::grammar::Kind;
use super::super::literal::{self, Scan, scan_number, unquote};
use super::super::unicode::is_alphanumeric;
use super::Lowering;
use super::tables::{Tables, settle};
use crate::source::Span;
use memchr::memchr;
use rustc_hash::FxHashMap;

/// Functions that change a map they are given, or run a template that might.
const MUTATING: &[&str] =
    &["set", "unset", "merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite", "include", "tpl"];

const KEYWORDS: &[&str] =
    &["block", "break", "continue", "define", "else", "end", "false", "if", "nil", "range", "template", "true", "with"];

/// A function that the caller knows.
#[derive(Clone, Copy)]
pub(super) struct Known {
    name: FunctionId,
    index: u16,
    may_mutate: bool,
}

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
    strings: FxHashMap<&'a [u8], StringId>,
    paths: FxHashMap<&'a [u8], FieldsId>,
}

/// A pipeline that has begun.
struct Begun {
    start: u32,
    /// At the head of a `range`.
    is_head: bool,
    is_assign: bool,
    declares: [Symbol; 2],
    declared: u8,
    /// `range $a, $b` without an operator: Go takes `$a` for the only declaration.
    is_half_declared: bool,
    /// How many commands there were.
    commands: usize,
    /// Where its last command begins, if it has not ended, and how many operands there were.
    command: Option<(u32, usize)>,
}

impl Begun {
    fn declare(&mut self, symbol: Symbol) -> Option<()> {
        *self.declares.get_mut(usize::from(self.declared))? = symbol;
        self.declared += 1;
        Some(())
    }
}

impl Building<'_> {
    /// The last operand of the command that is being read.
    fn last_operand(&mut self) -> Option<&mut Operand> {
        let (_, first) = self.open.last()?.command?;
        self.operands.get_mut(first..)?.last_mut()
    }
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
            declares: [0; 2],
            declared: 0,
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
        let constant = is_constant(building.operands.get(first)?);
        if constant && building.commands.len() > begun.commands {
            return None;
        }
        let operands = settle(&mut building.operands, first, &mut self.tables.operands);
        building.commands.push(Command { span: Span::new(start, end), operands });
        Some(())
    }

    pub fn end_pipeline(&mut self, end: u32) -> Option<Pipeline> {
        let begun = self.building.open.pop()?;
        let first = self.building.commands.get(begun.commands)?.operands.of(&self.tables.operands).first()?;
        if begun.is_half_declared && !matches!(first.kind, OperandKind::Variable(..)) {
            return None;
        }
        let commands = settle(&mut self.building.commands, begun.commands, &mut self.tables.commands);
        let span = Span::new(begun.start, end);
        let Begun { declares, declared, is_assign, .. } = begun;
        Some(Pipeline { span, commands, declares, declared, is_assign })
    }

    /// Adds a pipeline as an operand; its parentheses are at `span`.
    pub fn parenthesized(&mut self, pipeline: Pipeline, span: Span) -> Option<()> {
        let kind = OperandKind::Pipeline(self.tables.pipeline(pipeline));
        self.add(Operand { pos: pipeline.pos(), span, kind })
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
            self.building.open.last_mut()?.declare(symbol)?;
        }
        self.building.open.last_mut()?.is_assign = assign.is_some();
        Some(())
    }

    /// The variable before the comma of `range $a, $b` without an operator.
    pub fn declare_half(&mut self, variable: Span) -> Option<()> {
        let symbol = self.symbol(variable)?;
        self.scopes.add(symbol, true);
        let begun = self.building.open.last_mut()?;
        begun.declare(symbol)?;
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
            Kind::Number => OperandKind::Number(self.tables.number(number(text)?)),
            Kind::Character => OperandKind::Number(self.tables.number(literal::character(text).ok()?)),
            Kind::String => OperandKind::String(self.string(text)?),
            Kind::Variable => {
                let symbol = self.symbol(span)?;
                if !self.scopes.is_visible(symbol) {
                    return None;
                }
                OperandKind::Variable(symbol, FieldsId::NONE)
            }
            Kind::Function => {
                let known = self.function(text)?;
                self.effects.may_mutate |= known.may_mutate;
                OperandKind::Function(known.name, known.index)
            }
            Kind::Field => {
                let fields = self.fields(text)?;
                if let Some(last) = self.building.last_operand().filter(|last| last.span.end == span.start) {
                    return select(&mut self.tables, last, fields, span);
                }
                // Go gives a path the position of its second name.
                if let Some(dot) = memchr(b'.', text.get(1..)?) {
                    pos += 1 + dot as u32;
                }
                OperandKind::Field(fields)
            }
            _ => return None,
        };
        self.add(Operand { pos, span, kind })
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
    fn fields(&mut self, text: &'a [u8]) -> Option<FieldsId> {
        if let Some(fields) = self.building.paths.get(text) {
            return Some(*fields);
        }
        let mut rest = Self::name(text)?.strip_prefix('.')?;
        let mut fields = Vec::with_capacity(text.iter().filter(|byte| **byte == b'.').count());
        while let Some(dot) = memchr(b'.', rest.as_bytes()) {
            let (name, after) = (rest.get(..dot)?, rest.get(dot + 1..)?);
            fields.push(self.names.share(name));
            rest = after;
        }
        fields.push(self.names.share(rest));
        let fields = self.tables.fields(fields.into());
        self.building.paths.insert(text, fields);
        Some(fields)
    }

    /// A string constant by what is written.
    fn string(&mut self, text: &'a [u8]) -> Option<StringId> {
        if let Some(string) = self.building.strings.get(text) {
            return Some(*string);
        }
        let string = self.tables.string(unquote(text)?.into());
        self.building.strings.insert(text, string);
        Some(string)
    }

    fn function(&mut self, text: &'a [u8]) -> Option<Known> {
        if let Some(known) = self.building.functions.get(text) {
            return Some(*known);
        }
        let name = Self::name(text)?;
        // The grammar takes a keyword for a name where it expects no keyword.
        if KEYWORDS.contains(&name) {
            return None;
        }
        let index = (self.functions)(name)?;
        let may_mutate = MUTATING.contains(&name);
        let known = Known { name: self.tables.function(name.into()), index, may_mutate };
        self.building.functions.insert(text, known);
        Some(known)
    }
}

/// Puts fields on the operand to which they are glued.
fn select(tables: &mut Tables, operand: &mut Operand, fields: FieldsId, path: Span) -> Option<()> {
    match &mut operand.kind {
        OperandKind::Variable(_, own) if own.is_empty() => {
            *own = fields;
            operand.pos = path.start;
        }
        OperandKind::Function(..) | OperandKind::Pipeline(_) => {
            operand.kind = OperandKind::Chain(tables.operand(*operand), fields);
            operand.pos = path.start;
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
        OperandKind::Bool(_) | OperandKind::Dot | OperandKind::Nil | OperandKind::Number(_) | OperandKind::String(_)
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

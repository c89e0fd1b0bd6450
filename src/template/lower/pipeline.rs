//! Pipelines: declarations, commands and operands, with parentheses on a stack of our own.

use super::super::MAX_PARENTHESES;
use super::super::ast::{Command, FieldsId, FunctionId, NumberId, Operand, OperandKind, Pipeline, StringId, Symbol};
use super::super::grammar::Kind;
use super::tables::{Tables, push, settle};
use super::words::Meaning;
use super::{Bench, Lowering};
use crate::source::Span;

/// A function that the caller knows, met in this text.
#[derive(Clone, Copy)]
pub(super) struct Known {
    index: u16,
    may_mutate: bool,
}

/// The pipelines of an action that are being read, each in the parentheses of the one before.
#[derive(Default)]
pub(super) struct Building {
    open: Vec<Begun>,
    /// The commands of all of them, those of the innermost last.
    commands: Vec<Command>,
    /// The operands of their commands that have not ended.
    operands: Vec<Operand>,
    /// The functions of the text, by their places in its tables.
    pub functions: Vec<Known>,
}

/// A pipeline that has begun.
struct Begun {
    start: u32,
    /// At the head of a `range`.
    is_head: bool,
    is_assign: bool,
    /// `range $a, $b` without an operator: Go takes `$a` for the only declaration.
    is_half_declared: bool,
    declared: u8,
    declares: [Symbol; 2],
    /// How many commands there were.
    commands: usize,
    /// Where its last command begins, if it has not ended.
    command: Option<u32>,
    /// How many operands there were before it.
    operands: usize,
}

impl Begun {
    fn declare(&mut self, symbol: Symbol) -> Option<()> {
        *self.declares.get_mut(usize::from(self.declared))? = symbol;
        self.declared += 1;
        Some(())
    }
}

impl Building {
    /// Forgets what a text that was doubted has left behind.
    pub fn clear(&mut self) {
        self.open.clear();
        self.commands.clear();
        self.operands.clear();
        self.functions.clear();
    }

    /// The last operand of the command that is being read.
    fn last_operand(&mut self) -> Option<&mut Operand> {
        let begun = self.open.last()?;
        begun.command?;
        self.operands.get_mut(begun.operands..)?.last_mut()
    }
}

impl Lowering<'_> {
    /// Begins the pipeline of an action, or one in parentheses. `is_range` for the head of a `range`.
    pub fn begin_pipeline(&mut self, start: u32, is_range: bool) -> Option<()> {
        let open = &mut self.bench.building.open;
        // The outermost one has no parentheses.
        if open.len() > MAX_PARENTHESES {
            return None;
        }
        open.push(Begun {
            start,
            is_head: is_range && open.is_empty(),
            is_assign: false,
            is_half_declared: false,
            declared: 0,
            declares: [0; 2],
            commands: self.bench.building.commands.len(),
            command: None,
            operands: 0,
        });
        Some(())
    }

    pub fn begin_command(&mut self, start: u32) -> Option<()> {
        let begun = self.bench.building.open.last_mut()?;
        begun.command = Some(start);
        begun.operands = self.bench.building.operands.len();
        Some(())
    }

    pub fn end_command(&mut self, end: u32) -> Option<()> {
        let building = &mut self.bench.building;
        let begun = building.open.last_mut()?;
        let start = begun.command.take()?;
        let constant = is_constant(building.operands.get(begun.operands)?);
        if constant && building.commands.len() > begun.commands {
            return None;
        }
        let operands = settle(&mut building.operands, begun.operands, &mut self.bench.tables.operands);
        building.commands.push(Command { span: Span::new(start, end), operands });
        Some(())
    }

    pub fn end_pipeline(&mut self, end: u32) -> Option<Pipeline> {
        let begun = self.bench.building.open.pop()?;
        let first = self.bench.building.commands.get(begun.commands)?;
        if begun.is_half_declared {
            let first = first.operands.of(&self.bench.tables.operands).first()?;
            if !matches!(first.kind, OperandKind::Variable(..)) {
                return None;
            }
        }
        let commands = settle(&mut self.bench.building.commands, begun.commands, &mut self.bench.tables.commands);
        let span = Span::new(begun.start, end);
        let Begun { declares, declared, is_assign, .. } = begun;
        Some(Pipeline { span, commands, declares, declared, is_assign })
    }

    /// Adds a pipeline as an operand; its parentheses are at `span`.
    pub fn parenthesized(&mut self, pipeline: Pipeline, span: Span) -> Option<()> {
        let kind = OperandKind::Pipeline(self.bench.tables.pipeline(pipeline));
        self.add(Operand { pos: pipeline.pos(), span, kind })
    }

    /// `$a, $b :=`, and with the place of a `=`. Two variables only at the head of a `range`.
    pub fn declare(&mut self, variables: &[Span], assign: Option<u32>) -> Option<()> {
        // A word before `=` must be followed by a space; before `:=` it need not.
        if assign.is_some() && variables.last().map(|last| last.end) == assign {
            return None;
        }
        let is_head = self.bench.building.open.last()?.is_head;
        if variables.len() > 1 && !is_head {
            return None;
        }
        for variable in variables {
            let symbol = self.symbol(*variable)?;
            let assigned = self.bench.scopes.add(symbol, assign.is_none());
            if assign.is_some() {
                self.bench.effects.assigns.push(assigned);
            }
            self.bench.building.open.last_mut()?.declare(symbol)?;
        }
        self.bench.building.open.last_mut()?.is_assign = assign.is_some();
        Some(())
    }

    /// The variable before the comma of `range $a, $b` without an operator.
    pub fn declare_half(&mut self, variable: Span) -> Option<()> {
        let symbol = self.symbol(variable)?;
        self.bench.scopes.add(symbol, true);
        let begun = self.bench.building.open.last_mut()?;
        begun.declare(symbol)?;
        begun.is_half_declared = true;
        begun.is_head.then_some(())
    }

    /// Adds an operand; fields that are glued to the one before belong to it.
    pub fn operand(&mut self, kind: Kind, span: Span) -> Option<()> {
        match kind {
            Kind::Dot => self.plain(OperandKind::Dot, span),
            Kind::Nil => self.plain(OperandKind::Nil, span),
            Kind::True => self.plain(OperandKind::Bool(true), span),
            Kind::False => self.plain(OperandKind::Bool(false), span),
            Kind::Number | Kind::Character => self.number(kind, span),
            Kind::String => self.string(span),
            Kind::Variable => self.variable(span),
            Kind::Function => self.function(span),
            Kind::Field => self.field(span),
            _ => None,
        }
    }

    /// Adds an operand that has no parts.
    pub fn plain(&mut self, kind: OperandKind, span: Span) -> Option<()> {
        self.add(Operand { pos: span.start, span, kind })
    }

    /// A number or a character.
    pub fn number(&mut self, kind: Kind, span: Span) -> Option<()> {
        let (text, tables) = (self.bench.words.text, &mut self.bench.tables);
        let word = self.bench.words.find(kind, self.source.get(span.range())?)?;
        let id = word.place(text, |meaning| match meaning {
            Meaning::Number(number) => Some(push(&mut tables.numbers, (**number).clone())),
            _ => None,
        })?;
        self.plain(OperandKind::Number(NumberId(id)), span)
    }

    /// A string constant.
    pub fn string(&mut self, span: Span) -> Option<()> {
        let (text, tables) = (self.bench.words.text, &mut self.bench.tables);
        let word = self.bench.words.find(Kind::String, self.source.get(span.range())?)?;
        let id = word.place(text, |meaning| match meaning {
            Meaning::String(value) => Some(push(&mut tables.strings, value.clone())),
            _ => None,
        })?;
        self.plain(OperandKind::String(StringId(id)), span)
    }

    /// A variable, to which fields may yet be glued.
    pub fn variable(&mut self, span: Span) -> Option<()> {
        let symbol = self.symbol(span)?;
        if !self.bench.scopes.is_visible(symbol) {
            return None;
        }
        self.plain(OperandKind::Variable(symbol, FieldsId::NONE), span)
    }

    /// The name of a function.
    pub fn function(&mut self, span: Span) -> Option<()> {
        let (text, tables, known) = (self.bench.words.text, &mut self.bench.tables, &mut self.bench.building.functions);
        let word = self.bench.words.find(Kind::Function, self.source.get(span.range())?)?;
        let functions = self.functions;
        let id = word.place(text, |meaning| match meaning {
            Meaning::Function { name, may_mutate } => {
                known.push(Known { index: functions(name)?, may_mutate: *may_mutate });
                Some(push(&mut tables.functions, name.clone()))
            }
            _ => None,
        })?;
        let known = *known.get(id as usize)?;
        self.bench.effects.may_mutate |= known.may_mutate;
        self.plain(OperandKind::Function(FunctionId(id), known.index), span)
    }

    /// `.a.b`, which may be glued to the operand before.
    pub fn field(&mut self, span: Span) -> Option<()> {
        let (text, tables) = (self.bench.words.text, &mut self.bench.tables);
        let word = self.bench.words.find(Kind::Field, self.source.get(span.range())?)?;
        let id = word.place(text, |meaning| match meaning {
            Meaning::Fields { names, .. } => Some(push(&mut tables.paths, names.clone())),
            _ => None,
        })?;
        let Meaning::Fields { second, .. } = word.meaning else { return None };
        let fields = FieldsId(id);
        match self.bench.building.last_operand() {
            Some(last) if last.span.end == span.start => select(&mut self.bench.tables, last, fields, span),
            // Go gives a path the position of its second name.
            _ => self.add(Operand { pos: span.start + second, span, kind: OperandKind::Field(fields) }),
        }
    }

    /// Adds an operand to a command; between two there must be a space.
    fn add(&mut self, operand: Operand) -> Option<()> {
        let begun = self.bench.building.open.last()?;
        begun.command?;
        let operands = &mut self.bench.building.operands;
        if operands.get(begun.operands..)?.last().is_some_and(|last| last.span.end == operand.span.start) {
            return None;
        }
        operands.push(operand);
        Some(())
    }

    fn symbol(&mut self, span: Span) -> Option<Symbol> {
        self.bench.symbol(self.source.get(span.range())?)
    }
}

impl Bench {
    /// The symbol of a variable by what is written.
    pub fn symbol(&mut self, variable: &[u8]) -> Option<Symbol> {
        let text = self.words.text;
        self.words.find(Kind::Variable, variable)?.place(text, |meaning| match meaning {
            Meaning::Variable(name) => Some(push(&mut self.tables.names, name.clone())),
            _ => None,
        })
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

//! Pipelines: declarations, commands and operands, with parentheses on a stack of our own.

use super::super::MAX_PARENTHESES;
use super::super::ast::{
    Command, FieldsId, FunctionId, NumberId, Operand, OperandId, OperandKind, Pipeline, Run, StringId, Symbol,
};
use super::super::grammar::Kind;
use super::super::runs;
use super::tables::{Tables, push};
use super::words::Meaning;
use super::{Bench, Lowering};
use crate::source::Span;

/// A function that the caller knows, met in this text.
#[derive(Clone, Copy)]
pub(super) struct Known {
    index: u16,
    may_mutate: bool,
}

/// The pipeline of an action that is being read, with those in its parentheses. What is complete of the innermost lies at
/// the ends of the tree's tables.
#[derive(Default)]
pub(super) struct Building {
    /// The innermost.
    begun: Begun,
    /// Those around it.
    around: Vec<Begun>,
    /// What is complete of those around it.
    commands: Vec<Command>,
    operands: Vec<Operand>,
    /// Where the last operand ended.
    end: u32,
    /// The functions of the text, by their places in its tables.
    pub functions: Vec<Known>,
}

/// A pipeline that has begun.
#[derive(Default)]
struct Begun {
    start: u32,
    /// Where its parenthesis is, if it has one.
    parenthesis: u32,
    /// At the head of a `range`.
    is_head: bool,
    is_assign: bool,
    /// `range $a, $b` without an operator: Go takes `$a` for the only declaration.
    is_half_declared: bool,
    declared: u8,
    declares: [Symbol; 2],
    /// Where its commands begin in their table, and, while it is around another, in the stack.
    commands: u32,
    /// Where its last command begins.
    command: u32,
    /// Where the operands of that begin, as its commands do.
    operands: u32,
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
        self.around.clear();
        self.commands.clear();
        self.operands.clear();
        self.functions.clear();
        self.end = 0;
    }
}

/// Moves what lies from a place on in one table or stack to the end of another; returns where it is then.
#[inline]
fn shift<T: Copy>(from: &mut Vec<T>, place: u32, to: &mut Vec<T>) -> u32 {
    let first = to.len() as u32;
    if let Some(parts) = from.get(place as usize..).filter(|parts| !parts.is_empty()) {
        to.extend_from_slice(parts);
        from.truncate(place as usize);
    }
    first
}

impl Lowering<'_> {
    /// Begins the pipeline of an action, and its first command. `is_range` for the head of a `range`.
    #[inline]
    pub fn begin_pipeline(&mut self, start: u32, is_range: bool) {
        self.bench.building.begun = self.bench.tables.begin_pipeline(start, is_range);
    }

    /// Begins a pipeline in parentheses.
    #[inline]
    pub fn begin_inner(&mut self, parenthesis: u32, start: u32) -> Option<()> {
        let (building, tables) = (&mut self.bench.building, &mut self.bench.tables);
        // Before it must be a space, or another.
        if building.around.len() >= MAX_PARENTHESES || building.end == parenthesis {
            return None;
        }
        let mut outer = std::mem::take(&mut building.begun);
        outer.commands = shift(&mut tables.commands, outer.commands, &mut building.commands);
        outer.operands = shift(&mut tables.operands, outer.operands, &mut building.operands);
        building.around.push(outer);
        building.begun = Begun { parenthesis, ..tables.begin_pipeline(start, false) };
        Some(())
    }

    #[inline]
    pub fn begin_command(&mut self, start: u32) {
        self.bench.building.begun.command = start;
    }

    #[inline]
    pub fn end_command(&mut self) -> Option<()> {
        let (building, tables) = (&mut self.bench.building, &mut self.bench.tables);
        let begun = &mut building.begun;
        let first = begun.operands;
        let operand = tables.operands.get(first as usize)?;
        if tables.commands.len() > begun.commands as usize && is_constant(operand) {
            return None;
        }
        begun.operands = tables.operands.len() as u32;
        let operands = Run { first, count: begun.operands - first };
        tables.commands.push(Command { span: Span::new(begun.command, building.end), operands });
        Some(())
    }

    /// Ends the innermost pipeline.
    #[inline]
    pub fn end_pipeline(&mut self) -> Option<Pipeline> {
        let (building, tables) = (&self.bench.building, &self.bench.tables);
        let Begun { declares, declared, is_assign, commands: first, .. } = building.begun;
        if building.begun.is_half_declared {
            let command = tables.commands.get(first as usize)?;
            let operand = command.operands.of(&tables.operands).first()?;
            if !matches!(operand.kind, OperandKind::Variable(..)) {
                return None;
            }
        }
        let commands = Run { first, count: tables.commands.len() as u32 - first };
        let span = Span::new(building.begun.start, building.end);
        Some(Pipeline { span, commands, declares, declared, is_assign })
    }

    /// Ends the pipeline of an action.
    #[inline]
    pub fn end_last_pipeline(&mut self) -> Option<Pipeline> {
        if self.bench.building.around.is_empty() { self.end_pipeline() } else { None }
    }

    /// Adds the pipeline that has ended as an operand of the one around it; its parentheses end at `end`.
    #[inline]
    pub fn parenthesized(&mut self, pipeline: Pipeline, end: u32) -> Option<()> {
        let (building, tables) = (&mut self.bench.building, &mut self.bench.tables);
        let mut outer = building.around.pop()?;
        outer.commands = shift(&mut building.commands, outer.commands, &mut tables.commands);
        outer.operands = shift(&mut building.operands, outer.operands, &mut tables.operands);
        let start = std::mem::replace(&mut building.begun, outer).parenthesis;
        let kind = OperandKind::Pipeline(tables.pipeline(pipeline));
        tables.operands.push(Operand { pos: pipeline.pos(), span: Span::new(start, end), kind });
        building.end = end;
        Some(())
    }

    /// `$a, $b :=`, and with the place of a `=`. Two variables only at the head of a `range`.
    pub fn declare(&mut self, variables: &[(Span, u64)], assign: Option<u32>) -> Option<()> {
        // A word before `=` must be followed by a space; before `:=` it need not.
        if assign.is_some() && variables.last().map(|(last, _)| last.end) == assign {
            return None;
        }
        if variables.len() > 1 && !self.bench.building.begun.is_head {
            return None;
        }
        for (variable, key) in variables {
            let symbol = self.symbol(*variable, *key)?;
            let assigned = self.bench.scopes.add(symbol, assign.is_none());
            if assign.is_some() {
                self.bench.effects.assigns.push(assigned);
            }
            self.bench.building.begun.declare(symbol)?;
        }
        self.bench.building.begun.is_assign = assign.is_some();
        Some(())
    }

    /// The variable before the comma of `range $a, $b` without an operator.
    pub fn declare_half(&mut self, variable: Span) -> Option<()> {
        let symbol = self.symbol(variable, runs::key(self.bytes(variable)))?;
        self.bench.scopes.add(symbol, true);
        let begun = &mut self.bench.building.begun;
        begun.declare(symbol)?;
        begun.is_half_declared = true;
        begun.is_head.then_some(())
    }

    /// Adds an operand; fields that are glued to the one before belong to it.
    pub fn operand(&mut self, kind: Kind, span: Span) -> Option<()> {
        let key = runs::key(self.bytes(span));
        match kind {
            Kind::Dot => self.plain(OperandKind::Dot, span),
            Kind::Nil => self.plain(OperandKind::Nil, span),
            Kind::True => self.plain(OperandKind::Bool(true), span),
            Kind::False => self.plain(OperandKind::Bool(false), span),
            Kind::Number | Kind::Character => self.number(kind, span),
            Kind::String => self.string(span, key),
            Kind::Variable => self.variable(span, key),
            Kind::Function => self.function(span, key),
            Kind::Field => self.field(span, key),
            _ => None,
        }
    }

    /// Adds an operand that has no parts.
    #[inline]
    pub fn plain(&mut self, kind: OperandKind, span: Span) -> Option<()> {
        self.add(Operand { pos: span.start, span, kind })
    }

    /// A number or a character.
    pub fn number(&mut self, kind: Kind, span: Span) -> Option<()> {
        let (text, tables) = (self.bench.words.text, &mut self.bench.tables);
        let key = runs::key(self.source.get(span.range())?);
        let word = self.bench.words.find(kind, self.source, span, key)?;
        let id = word.place(text, |meaning| match meaning {
            Meaning::Number(number) => Some(push(&mut tables.numbers, (**number).clone())),
            _ => None,
        })?;
        self.plain(OperandKind::Number(NumberId(id)), span)
    }

    /// A string constant. What is looked up by what is written comes with its key, which [`runs`] makes.
    #[inline]
    pub fn string(&mut self, span: Span, key: u64) -> Option<()> {
        let (text, tables) = (self.bench.words.text, &mut self.bench.tables);
        let word = self.bench.words.find(Kind::String, self.source, span, key)?;
        let id = word.place(text, |meaning| match meaning {
            Meaning::String(value) => Some(push(&mut tables.strings, value.clone())),
            _ => None,
        })?;
        self.plain(OperandKind::String(StringId(id)), span)
    }

    /// A variable, to which fields may yet be glued.
    #[inline]
    pub fn variable(&mut self, span: Span, key: u64) -> Option<()> {
        let symbol = self.symbol(span, key)?;
        if !self.bench.scopes.is_visible(symbol) {
            return None;
        }
        self.plain(OperandKind::Variable(symbol, FieldsId::NONE), span)
    }

    /// The name of a function.
    #[inline]
    pub fn function(&mut self, span: Span, key: u64) -> Option<()> {
        let (text, tables, known) = (self.bench.words.text, &mut self.bench.tables, &mut self.bench.building.functions);
        let word = self.bench.words.find(Kind::Function, self.source, span, key)?;
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
    #[inline]
    pub fn field(&mut self, span: Span, key: u64) -> Option<()> {
        let (text, tables) = (self.bench.words.text, &mut self.bench.tables);
        let word = self.bench.words.find(Kind::Field, self.source, span, key)?;
        let id = word.place(text, |meaning| match meaning {
            Meaning::Fields { names, .. } => Some(push(&mut tables.paths, names.clone())),
            _ => None,
        })?;
        let Meaning::Fields { second, .. } = word.meaning else { return None };
        let fields = FieldsId(id);
        let end = std::mem::replace(&mut self.bench.building.end, span.end);
        if end == span.start {
            return select(tables, fields, span);
        }
        // Go gives a path the position of its second name.
        tables.operands.push(Operand { pos: span.start + second, span, kind: OperandKind::Field(fields) });
        Some(())
    }

    /// Adds an operand to a command; between two there must be a space.
    #[inline]
    fn add(&mut self, operand: Operand) -> Option<()> {
        let end = std::mem::replace(&mut self.bench.building.end, operand.span.end);
        if end == operand.span.start {
            return None;
        }
        self.bench.tables.operands.push(operand);
        Some(())
    }

    #[inline]
    fn symbol(&mut self, span: Span, key: u64) -> Option<Symbol> {
        self.bench.symbol(self.source, span, key)
    }
}

impl Tables {
    fn begin_pipeline(&self, start: u32, is_head: bool) -> Begun {
        let (commands, operands) = (self.commands.len() as u32, self.operands.len() as u32);
        Begun { start, is_head, commands, command: start, operands, ..Begun::default() }
    }
}

impl Bench {
    /// The symbol of a variable by what is written.
    #[inline]
    pub fn symbol(&mut self, source: &[u8], span: Span, key: u64) -> Option<Symbol> {
        let text = self.words.text;
        self.words.find(Kind::Variable, source, span, key)?.place(text, |meaning| match meaning {
            Meaning::Variable(name) => Some(push(&mut self.tables.names, name.clone())),
            _ => None,
        })
    }
}

/// Puts fields on the last operand, to which they are glued.
fn select(tables: &mut Tables, fields: FieldsId, path: Span) -> Option<()> {
    let operand = tables.operands.last_mut()?;
    match &mut operand.kind {
        OperandKind::Variable(_, own) if own.is_empty() => *own = fields,
        OperandKind::Function(..) | OperandKind::Pipeline(_) => {
            let base = OperandId(push(&mut tables.bases, *operand));
            operand.kind = OperandKind::Chain(base, fields);
        }
        _ => return None,
    }
    operand.pos = path.start;
    operand.span.end = path.end;
    Some(())
}

/// What only the first command of a pipeline may begin with.
#[inline]
fn is_constant(operand: &Operand) -> bool {
    matches!(
        operand.kind,
        OperandKind::Bool(_) | OperandKind::Dot | OperandKind::Nil | OperandKind::Number(_) | OperandKind::String(_)
    )
}

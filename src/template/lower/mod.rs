//! From what our own scanner reads, or from tree-sitter's nodes (`walk`), to the typed tree.
//!
//! The items of a file come as a stream: text, actions, the clauses that open, switch and end a block. Open
//! blocks stand on a stack of our own, as do open parentheses in `pipeline`, so depth costs no recursion. Operands and
//! commands are written to their tables (`tables`) as they come; what parentheses interrupt steps aside for what is in
//! them. Nodes lie on a stack for all lists that are open, and move from there into their table in one piece. Text is
//! whatever lies between two actions, less what their markers trim.
//!
//! Everything returns an `Option`, where `None` is a *doubt*: something that Go refuses, or might. See `refusal`.

mod blocks;
mod pipeline;
mod scopes;
mod tables;
mod walk;
mod words;

use super::Rules;
use super::ast::{List, Node, Pipeline, TemplateCall, Tree};
use super::grammar::Kind;
use super::quote::is_white_space;
use super::runs;
use super::scan::Reader;
use crate::source::{Content, Span};
pub(super) use blocks::Block;
use blocks::Open;
use pipeline::Building;
use rustc_hash::FxHashMap;
use scopes::{Assigned, Scopes};
use std::sync::Arc;
use tables::{Tables, settle};
use words::{Meaning, Words};

/// What a longer text needed to be read is not kept for the next.
const MAX_KEPT: usize = 1 << 20;

/// A text that is to be lowered.
pub(super) struct Text<'a> {
    pub source: &'a Content,
    /// The file's name in Helm.
    pub file: &'a str,
    pub functions: &'a dyn Fn(&str) -> Option<u16>,
    pub rules: Rules,
}

/// What lowering works with, kept from one text to the next.
#[derive(Default)]
pub(super) struct Bench {
    words: Words,
    scopes: Scopes,
    building: Building,
    tables: Tables,
    /// Of the pipelines since they were last taken.
    effects: Effects,
    /// The nodes of the lists that are open, those of the innermost last.
    list: Vec<Node>,
    open: Vec<Open>,
    /// Assignments in the branches that are open, those of the innermost last.
    assigned: Vec<Assigned>,
    /// Whether the definition of a template, by name, is empty (Go's tree set).
    templates: FxHashMap<Arc<[u8]>, bool>,
}

impl Bench {
    /// Begins a text of so many bytes. What the one before has left behind, which may have been doubted, is forgotten.
    fn begin(&mut self, length: usize) {
        self.words.begin();
        self.scopes.begin();
        self.building.clear();
        self.tables.begin(length);
        self.effects = Effects::default();
        self.list.clear();
        self.open.clear();
        self.assigned.clear();
        self.templates.clear();
        // The first symbol. It is a name, and there is room for it.
        let _ = self.symbol(b"$", Span::new(0, 1), runs::key(b"$"));
    }
}

/// Turns tree-sitter's tree of a text without syntax errors into ours, or doubts it.
pub(super) fn parsed(text: &Text<'_>, tree: &tree_sitter::Tree, bench: &mut Bench) -> Result<Tree, Doubt> {
    lower(text, bench, |lowering| lowering.walk(&mut tree.walk()))
}

/// Turns a text that has nothing but the usual actions into a tree, or doubts it.
pub(super) fn scanned(text: &Text<'_>, bench: &mut Bench) -> Result<Tree, Doubt> {
    lower(text, bench, Lowering::scan)
}

fn lower<'a>(
    text: &Text<'a>,
    bench: &mut Bench,
    read: impl FnOnce(&mut Lowering<'a>) -> Option<()>,
) -> Result<Tree, Doubt> {
    bench.begin(text.source.len());
    let mut lowering = Lowering {
        source: text.source,
        functions: text.functions,
        rules: text.rules,
        bench: std::mem::take(bench),
        text_start: 0,
        ranges: 0,
        is_over_budget: false,
    };
    let tree = match read(&mut lowering).and_then(|()| lowering.finish(text)) {
        Some(tree) => Ok(tree),
        None if lowering.is_over_budget => Err(Doubt::Budget),
        None => Err(Doubt::Syntax),
    };
    // A file in earnest is never so long that what it took is not worth keeping.
    if text.source.len() <= MAX_KEPT {
        *bench = lowering.bench;
    }
    tree
}

/// Why there is no typed tree.
pub(super) enum Doubt {
    /// Go may refuse the text.
    Syntax,
    /// The file asks for more than any file in earnest.
    Budget,
}

pub(super) struct Lowering<'a> {
    source: &'a [u8],
    functions: &'a dyn Fn(&str) -> Option<u16>,
    rules: Rules,
    bench: Bench,
    /// Where the text after the last action begins, behind what that trims.
    text_start: usize,
    /// Bodies of `range` that are open in this template.
    ranges: usize,
    /// The reason of the doubt is not the syntax but that we refuse to go on.
    is_over_budget: bool,
}

/// What pipelines do to the state around them.
#[derive(Default)]
struct Effects {
    /// Variables assigned with `=`, with where they were declared.
    assigns: Vec<Assigned>,
    may_mutate: bool,
}

/// An action or a clause that was read.
#[derive(Default)]
pub(super) struct Clause {
    pub span: Span,
    pub pipeline: Option<Pipeline>,
    /// The name string of `template`, `define` and `block`.
    pub name: Option<Span>,
    /// The keyword after `else`.
    pub follows: Option<Kind>,
}

/// The four bytes that Go trims and that separate operands.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

impl<'a> Lowering<'a> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.source.get(at).copied()
    }

    fn bytes(&self, span: Span) -> &'a [u8] {
        self.source.get(span.range()).unwrap_or_default()
    }

    fn scan(&mut self) -> Option<()> {
        let source = self.source;
        Reader::new(source, self).items()?;
        self.text(source.len(), false);
        Some(())
    }

    /// Before an action or a clause is read; returns what [`Lowering::item`] takes: how many variables there are.
    #[inline]
    pub fn begin_item(&mut self, kind: Kind) -> Option<u32> {
        if kind == Kind::ElseClause {
            self.end_arm()?;
        }
        Some(self.bench.scopes.depth() as u32)
    }

    /// A pipeline that is an item by itself.
    #[inline]
    pub fn action(&mut self, pipeline: Pipeline) {
        self.take_effects();
        self.bench.list.push(Node::Action(pipeline));
    }

    /// An action or a clause that was read.
    pub fn item(&mut self, kind: Kind, clause: Clause, depth: u32) -> Option<()> {
        match kind {
            Kind::Action => self.action(clause.pipeline?),
            Kind::IfClause => self.open_branch(Block::If, clause.span, clause.pipeline?, depth, false)?,
            Kind::WithClause => self.open_branch(Block::With, clause.span, clause.pipeline?, depth, false)?,
            Kind::RangeClause => self.open_branch(Block::Range, clause.span, clause.pipeline?, depth, false)?,
            Kind::DefineClause => self.open_define(clause)?,
            Kind::BlockClause => self.open_block(clause)?,
            Kind::ElseClause => self.switch(clause, depth)?,
            Kind::EndClause => self.end(clause.span)?,
            Kind::TemplateAction => {
                self.bench.effects.may_mutate = true;
                self.take_effects();
                let call = self.template_call(&clause)?;
                let call = self.bench.tables.call(TemplateCall { argument: clause.pipeline, ..call });
                self.bench.list.push(Node::Template(call));
            }
            Kind::BreakAction => self.jump(Node::Break(clause.span))?,
            Kind::ContinueAction => self.jump(Node::Continue(clause.span))?,
            _ => return None,
        }
        Some(())
    }

    /// The end of an action: its `}}` is at `close`, or its `-}}`, before which there must be a space that does not lie
    /// before `first`.
    #[inline]
    pub fn close(&mut self, close: Span, trims: bool, first: u32) -> Option<()> {
        if trims {
            let space = close.start.checked_sub(1).filter(|at| *at >= first)?;
            self.byte(space as usize).filter(|b| is_space(*b))?;
        }
        self.begin_text(close.end, trims);
        Some(())
    }

    /// Text begins behind an action, which may trim it.
    #[inline]
    pub fn begin_text(&mut self, start: u32, is_trimmed: bool) {
        let start = start as usize;
        self.text_start = if is_trimmed { runs::skip_indent(self.source, start) } else { start };
    }

    /// A word must be followed by one of a few bytes, or Go calls what follows a bad character.
    #[inline]
    pub fn word_ends(&self, at: u32) -> Option<()> {
        let at = at as usize;
        match self.byte(at) {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'.' | b',' | b'|' | b':' | b'(' | b')') => Some(()),
            Some(b'}') if self.byte(at + 1) == Some(b'}') => Some(()),
            _ => None,
        }
    }

    /// Notes what a comment trims. The grammar takes comments that are not closed as well.
    pub fn comment(&mut self, span: Span) -> Option<()> {
        let text = self.bytes(span);
        let is_trimming = text.starts_with(b"{{-");
        let trims = match text.get(if is_trimming { 6 } else { 4 }..)? {
            [.., b'*', b'/', b'}', b'}'] => false,
            [.., b'*', b'/', space, b'-', b'}', b'}'] if is_space(*space) => true,
            _ => return None,
        };
        self.text(span.start as usize, is_trimming);
        self.begin_text(span.end, trims);
        Some(())
    }

    /// Adds the text up to `end`, where an action begins that may trim it.
    #[inline]
    pub fn text(&mut self, end: usize, is_trimmed: bool) {
        let start = self.text_start;
        let text = self.source.get(start..end).unwrap_or_default();
        let kept = if is_trimmed { runs::trimmed(text) } else { text.len() };
        if kept > 0 {
            self.bench.list.push(Node::Text(Span::new(start as u32, (start + kept) as u32)));
        }
    }

    /// The nodes of a list that began when there were `start`.
    fn nodes_from(&mut self, start: u32) -> List {
        List { nodes: settle(&mut self.bench.list, start as usize, &mut self.bench.tables.nodes) }
    }

    /// A call of the template that a clause names, still without its argument.
    fn template_call(&mut self, clause: &Clause) -> Option<TemplateCall> {
        let quoted = clause.name?;
        let name = self.name(quoted)?;
        let name = self.bench.words.share(&name);
        Some(TemplateCall { span: clause.span, name, quoted, argument: None })
    }

    /// The name of a template by the string constant.
    fn name(&mut self, quoted: Span) -> Option<Arc<[u8]>> {
        let key = runs::key(self.source.get(quoted.range())?);
        match &self.bench.words.find(Kind::String, self.source, quoted, key)?.meaning {
            Meaning::String(name) => Some(name.clone()),
            _ => None,
        }
    }

    /// Adds a template to the set as Go does: only an empty one may be there already, unless this one is empty.
    fn define(&mut self, name: Arc<[u8]>, is_empty: bool) -> Option<()> {
        match self.bench.templates.get(&name) {
            Some(false) if !is_empty => return None,
            Some(false) => {}
            _ => {
                self.bench.templates.insert(name, is_empty);
            }
        }
        Some(())
    }

    fn finish(&mut self, text: &Text<'_>) -> Option<Tree> {
        if !self.bench.open.is_empty() {
            return None;
        }
        let root = self.nodes_from(0);
        self.define(text.file.as_bytes().into(), self.is_empty(root))?;
        self.bench.tables.defines.sort_by_key(|define| define.span.start);
        Some(self.bench.tables.take_tree(text.source.clone(), root))
    }

    /// Go's IsEmptyTree.
    fn is_empty(&self, list: List) -> bool {
        let is_white = |node: &Node| matches!(node, Node::Text(span) if is_white_space(self.bytes(*span)));
        self.bench.tables.nodes(list).iter().all(is_white)
    }
}

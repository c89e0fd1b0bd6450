//! From nodes, those of tree-sitter or of our own scanner, to the typed tree.
//!
//! The items of a file are walked as a stream: text, actions, the clauses that open, switch and end a block. Open
//! blocks stand on a stack of our own, as do open parentheses in `pipeline`, so depth costs no recursion. Text has no
//! use for its nodes: it is whatever lies between two actions, less what their markers trim.
//!
//! Everything returns an `Option`, where `None` is a *doubt*: something that Go refuses, or might. See `refusal`.

mod blocks;
mod names;
mod pipeline;

use super::Rules;
use super::ast::{Define, List, Node, Pipeline, TemplateCall, Tree};
use super::grammar::{Kind, Walk};
use super::literal::unquote;
use super::quote::is_white_space;
use super::scan::{Scanner, next_open};
use crate::source::Span;
use blocks::{Block, Open};
use names::{Names, Scopes};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A text that is to be lowered.
pub(super) struct Text<'a> {
    pub source: &'a Arc<[u8]>,
    /// The file's name in Helm.
    pub file: &'a str,
    pub functions: &'a dyn Fn(&str) -> Option<u16>,
    pub rules: Rules,
}

/// Turns tree-sitter's tree of a text without syntax errors into ours, or doubts it.
pub(super) fn parsed(text: &Text<'_>, tree: &tree_sitter::Tree) -> Result<Tree, Doubt> {
    lower(text, |lowering| lowering.items(&mut tree.walk()))
}

/// Turns a text that has nothing but the usual actions into a tree, or doubts it.
pub(super) fn scanned(text: &Text<'_>) -> Result<Tree, Doubt> {
    lower(text, Lowering::scan)
}

fn lower<'a>(text: &Text<'a>, read: impl FnOnce(&mut Lowering<'a>) -> Option<()>) -> Result<Tree, Doubt> {
    let mut lowering = Lowering {
        source: text.source,
        functions: text.functions,
        rules: text.rules,
        names: Names::new(),
        scopes: Scopes::new(),
        known: FxHashMap::default(),
        effects: Effects::default(),
        list: Vec::new(),
        open: Vec::new(),
        defines: Vec::new(),
        templates: FxHashMap::default(),
        text_start: 0,
        trims_text: false,
        ranges: 0,
        assigned: 0,
        is_over_budget: false,
    };
    match read(&mut lowering) {
        Some(()) => lowering.finish(text.file).ok_or(Doubt::Syntax),
        None if lowering.is_over_budget => Err(Doubt::Budget),
        None => Err(Doubt::Syntax),
    }
}

/// Why there is no typed tree.
pub(super) enum Doubt {
    /// Go may refuse the text.
    Syntax,
    /// The file asks for more than any file in earnest.
    Budget,
}

struct Lowering<'a> {
    source: &'a Arc<[u8]>,
    functions: &'a dyn Fn(&str) -> Option<u16>,
    rules: Rules,
    names: Names,
    scopes: Scopes,
    /// Functions that were asked for, with the name to share.
    known: FxHashMap<&'a [u8], pipeline::Known>,
    /// Of the pipelines since they were last taken.
    effects: Effects,
    /// The nodes of the innermost open list.
    list: Vec<Node>,
    open: Vec<Open>,
    defines: Vec<Define>,
    /// Whether the definition of a template, by name, is empty (Go's tree set).
    templates: FxHashMap<Arc<[u8]>, bool>,
    /// Where the text after the last action begins.
    text_start: usize,
    /// The last action ended with a trim marker.
    trims_text: bool,
    /// Bodies of `range` that are open in this template.
    ranges: usize,
    /// Entries in all `Branch::assigns` so far.
    assigned: usize,
    /// The reason of the doubt is not the syntax but that we refuse to go on.
    is_over_budget: bool,
}

/// What pipelines do to the state around them.
#[derive(Default)]
struct Effects {
    /// Variables assigned with `=`, with where they were declared.
    assigns: Vec<names::Assigned>,
    may_mutate: bool,
}

/// An action or a clause that was read.
#[derive(Default)]
struct Clause {
    span: Span,
    pipeline: Option<Pipeline>,
    /// The name string of `template`, `define` and `block`.
    name: Option<Span>,
    /// The keyword after `else`.
    follows: Option<Kind>,
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
        let mut scanner = Scanner::default();
        let mut at = 0;
        while let Some(start) = next_open(self.source, at) {
            let (mut cursor, end) = scanner.item(self.source, start)?;
            let (kind, span) = cursor.node();
            match kind {
                Kind::Comment => self.comment(span)?,
                _ => self.item(kind, span, &mut cursor)?,
            }
            at = end;
        }
        self.text(self.source.len(), false);
        Some(())
    }

    fn items(&mut self, cursor: &mut impl Walk) -> Option<()> {
        if !cursor.goto_first_child() {
            self.text(self.source.len(), false);
            return Some(());
        }
        let mut depth = 0usize;
        loop {
            let (kind, span) = cursor.node();
            match kind {
                Kind::Container => {
                    if cursor.goto_first_child() {
                        depth += 1;
                        continue;
                    }
                }
                Kind::Text => {}
                Kind::Comment => self.comment(span)?,
                _ => self.item(kind, span, cursor)?,
            }
            while !cursor.goto_next_sibling() {
                cursor.goto_parent();
                if let Some(outer) = depth.checked_sub(1) {
                    depth = outer;
                } else {
                    self.text(self.source.len(), false);
                    return Some(());
                }
            }
        }
    }

    fn item(&mut self, kind: Kind, span: Span, cursor: &mut impl Walk) -> Option<()> {
        if kind == Kind::ElseClause {
            self.end_arm()?;
        }
        let depth = self.scopes.depth();
        let clause = self.clause(kind, span, cursor)?;
        match kind {
            Kind::Action => {
                self.take_effects();
                self.list.push(Node::Action(clause.pipeline?));
            }
            Kind::IfClause => self.open_branch(Block::If, clause, depth, false)?,
            Kind::WithClause => self.open_branch(Block::With, clause, depth, false)?,
            Kind::RangeClause => self.open_branch(Block::Range, clause, depth, false)?,
            Kind::DefineClause => self.open_define(clause)?,
            Kind::BlockClause => self.open_block(clause)?,
            Kind::ElseClause => self.switch(clause, depth)?,
            Kind::EndClause => self.end(clause.span)?,
            Kind::TemplateAction => {
                self.effects.may_mutate = true;
                self.take_effects();
                let call = self.template_call(&clause)?;
                self.list.push(Node::Template(TemplateCall { argument: clause.pipeline, ..call }));
            }
            Kind::BreakAction => self.jump(Node::Break(clause.span))?,
            Kind::ContinueAction => self.jump(Node::Continue(clause.span))?,
            _ => return None,
        }
        Some(())
    }

    /// Reads the children of an action or a clause.
    fn clause(&mut self, kind: Kind, span: Span, cursor: &mut impl Walk) -> Option<Clause> {
        let mut clause = Clause { span, ..Clause::default() };
        let mut first = 0;
        if !cursor.goto_first_child() {
            return None;
        }
        loop {
            let (token, part) = cursor.node();
            match token {
                Kind::Open => {
                    self.text(part.start as usize, false);
                    first = part.end;
                }
                Kind::TrimOpen => {
                    self.text(part.start as usize, true);
                    first = part.end;
                }
                Kind::Keyword | Kind::KeywordIf | Kind::KeywordWith => {
                    self.word_ends(part.end)?;
                    if kind == Kind::ElseClause && token != Kind::Keyword {
                        clause.follows = Some(token);
                    }
                }
                Kind::String => clause.name = Some(part),
                Kind::Pipeline => {
                    clause.pipeline = Some(self.pipeline(part, cursor, kind == Kind::RangeClause)?);
                }
                Kind::Close => {
                    self.trims_text = false;
                    self.text_start = part.end as usize;
                }
                Kind::TrimClose => {
                    let space = part.start.checked_sub(1).filter(|at| *at >= first)?;
                    self.byte(space as usize).filter(|b| is_space(*b))?;
                    self.trims_text = true;
                    self.text_start = part.end as usize;
                }
                _ => return None,
            }
            if !cursor.goto_next_sibling() {
                break;
            }
        }
        cursor.goto_parent();
        Some(clause)
    }

    /// A word must be followed by one of a few bytes, or Go calls what follows a bad character.
    fn word_ends(&self, at: u32) -> Option<()> {
        let at = at as usize;
        match self.byte(at) {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'.' | b',' | b'|' | b':' | b'(' | b')') => Some(()),
            Some(b'}') if self.byte(at + 1) == Some(b'}') => Some(()),
            _ => None,
        }
    }

    /// Notes what a comment trims. The grammar takes comments that are not closed as well.
    fn comment(&mut self, span: Span) -> Option<()> {
        let text = self.bytes(span);
        let is_trimming = text.starts_with(b"{{-");
        let trims = match text.get(if is_trimming { 6 } else { 4 }..)? {
            [.., b'*', b'/', b'}', b'}'] => false,
            [.., b'*', b'/', space, b'-', b'}', b'}'] if is_space(*space) => true,
            _ => return None,
        };
        self.text(span.start as usize, is_trimming);
        self.trims_text = trims;
        self.text_start = span.end as usize;
        Some(())
    }

    /// Adds the text up to `end`, where an action begins that may trim it.
    fn text(&mut self, end: usize, is_trimmed: bool) {
        let mut text = self.source.get(self.text_start..end).unwrap_or_default();
        let mut start = self.text_start;
        if self.trims_text {
            let spaces = text.iter().take_while(|b| is_space(**b)).count();
            start += spaces;
            text = text.get(spaces..).unwrap_or_default();
        }
        let kept =
            if is_trimmed { text.iter().rposition(|b| !is_space(*b)).map_or(0, |last| last + 1) } else { text.len() };
        if kept > 0 {
            self.list.push(Node::Text(Span::new(start as u32, (start + kept) as u32)));
        }
        self.text_start = end;
        self.trims_text = false;
    }

    /// A call of the template that a clause names, still without its argument.
    fn template_call(&mut self, clause: &Clause) -> Option<TemplateCall> {
        let name = clause.name?;
        let quoted = self.bytes(name);
        Some(TemplateCall {
            pos: name.start,
            span: clause.span,
            name: self.names.share_lossy(&unquote(quoted)?),
            quoted: self.names.share_lossy(quoted),
            argument: None,
        })
    }

    /// Adds a template to the set as Go does: only an empty one may be there already, unless this one is empty.
    fn define(&mut self, name: Vec<u8>, is_empty: bool) -> Option<()> {
        match self.templates.get(name.as_slice()) {
            Some(false) if !is_empty => return None,
            Some(false) => {}
            _ => {
                self.templates.insert(Arc::from(name), is_empty);
            }
        }
        Some(())
    }

    fn finish(mut self, file: &str) -> Option<Tree> {
        if !self.open.is_empty() {
            return None;
        }
        let root = List { nodes: std::mem::take(&mut self.list) };
        self.define(file.as_bytes().to_vec(), self.is_empty(&root))?;
        self.defines.sort_by_key(|define| define.span.start);
        Some(Tree { source: self.source.clone(), root, defines: self.defines, names: self.names.variables })
    }

    /// Go's IsEmptyTree.
    fn is_empty(&self, list: &List) -> bool {
        list.nodes.iter().all(|node| matches!(node, Node::Text(span) if is_white_space(self.bytes(*span))))
    }
}

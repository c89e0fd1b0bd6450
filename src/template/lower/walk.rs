//! tree-sitter's nodes as the stream that lowering takes.

use super::super::ast::Pipeline;
use super::super::grammar::{Kind, kind};
use super::super::runs;
use super::{Clause, Lowering};
use crate::source::Span;
use tree_sitter::TreeCursor;

/// The node at the cursor, and the bytes that it covers.
fn node(cursor: &TreeCursor<'_>) -> (Kind, Span) {
    let node = cursor.node();
    // A file is smaller than 4 GiB: the parser refuses larger ones.
    (kind(node), Span::new(node.start_byte() as u32, node.end_byte() as u32))
}

impl Lowering<'_> {
    pub(super) fn walk(&mut self, cursor: &mut TreeCursor<'_>) -> Option<()> {
        if !cursor.goto_first_child() {
            self.text(self.source.len(), false);
            return Some(());
        }
        let mut depth = 0usize;
        loop {
            let (kind, span) = node(cursor);
            match kind {
                Kind::Container => {
                    if cursor.goto_first_child() {
                        depth += 1;
                        continue;
                    }
                }
                Kind::Text => {}
                Kind::Comment => self.comment(span)?,
                _ => {
                    let variables = self.begin_item(kind)?;
                    let clause = self.walk_clause(kind, span, cursor)?;
                    self.item(kind, clause, variables)?;
                }
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

    /// Reads the children of an action or a clause.
    fn walk_clause(&mut self, kind: Kind, span: Span, cursor: &mut TreeCursor<'_>) -> Option<Clause> {
        let mut clause = Clause { span, ..Clause::default() };
        let mut first = 0;
        if !cursor.goto_first_child() {
            return None;
        }
        loop {
            let (token, part) = node(cursor);
            match token {
                Kind::Open | Kind::TrimOpen => {
                    self.text(part.start as usize, token == Kind::TrimOpen);
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
                    clause.pipeline = Some(self.walk_pipeline(part, cursor, kind == Kind::RangeClause)?);
                }
                Kind::Close | Kind::TrimClose => self.close(part, token == Kind::TrimClose, first)?,
                _ => return None,
            }
            if !cursor.goto_next_sibling() {
                break;
            }
        }
        cursor.goto_parent();
        Some(clause)
    }

    /// Reads the pipeline at the cursor, which covers `span`, and leaves the cursor there.
    fn walk_pipeline(&mut self, span: Span, cursor: &mut TreeCursor<'_>, is_range: bool) -> Option<Pipeline> {
        let mut depth = 1usize;
        // The pipeline in the parentheses that end next.
        let mut inner: Option<Pipeline> = None;
        // Where the last parenthesis was opened.
        let mut parenthesis = 0;
        self.begin_pipeline(span.start, is_range);
        if !cursor.goto_first_child() {
            return None;
        }
        let mut is_in_command = false;
        loop {
            let (kind, span) = node(cursor);
            let descends = match kind {
                Kind::Pipeline => {
                    self.begin_inner(parenthesis, span.start)?;
                    is_in_command = false;
                    true
                }
                Kind::Command => {
                    self.begin_command(span.start);
                    is_in_command = true;
                    true
                }
                Kind::Selector => true,
                Kind::Parenthesized => {
                    parenthesis = span.start;
                    true
                }
                Kind::Declaration => {
                    self.walk_declaration(cursor)?;
                    false
                }
                Kind::Variable if !is_in_command => {
                    self.declare_half(span)?;
                    false
                }
                Kind::Comma | Kind::Other => false,
                kind => {
                    self.operand(kind, span)?;
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
                let (kind, span) = node(cursor);
                match kind {
                    Kind::Command => {
                        self.end_command()?;
                        is_in_command = false;
                    }
                    Kind::Pipeline => {
                        let pipeline = self.end_pipeline()?;
                        if depth == 0 {
                            return Some(pipeline);
                        }
                        inner = Some(pipeline);
                        // What has parentheses stands in a command.
                        is_in_command = true;
                    }
                    Kind::Parenthesized => self.parenthesized(inner.take()?, span.end)?,
                    _ => {}
                }
            }
        }
    }

    fn walk_declaration(&mut self, cursor: &mut TreeCursor<'_>) -> Option<()> {
        if !cursor.goto_first_child() {
            return None;
        }
        let mut variables = Vec::new();
        let mut assign = None;
        loop {
            match node(cursor) {
                (Kind::Variable, span) => variables.push((span, runs::key(self.bytes(span)))),
                (Kind::Assign, span) => assign = Some(span.start),
                _ => {}
            }
            if !cursor.goto_next_sibling() {
                break;
            }
        }
        cursor.goto_parent();
        self.declare(&variables, assign)
    }
}

//! Go's parser of templates (text/template/parse/parse.go, 1.17 to 1.27), without the tree.

use super::super::error::SyntaxErrorKind;
use super::super::literal::unquote;
use super::super::quote::{is_white_space, quoted};
use super::super::{MAX_BLOCKS, Rules};
use super::lexer::{Lexer, Token, TokenKind};
use super::state::Parser;
use super::{Refused, Replayed};
use crate::source::Span;
use rustc_hash::FxHashMap;

pub(super) struct Replay<'a> {
    source: &'a [u8],
    file: &'a str,
    pub lexer: Lexer<'a>,
    pub functions: &'a dyn Fn(&str) -> Option<u16>,
    pub rules: Rules,
    /// Go makes a parser of its own for every template, with its own look-ahead: the file and the templates in it
    /// that are open, the innermost last.
    pub parser: Parser<'a>,
    outer: Vec<Parser<'a>>,
    open: Vec<Open>,
    /// Whether a template is empty, by name.
    templates: FxHashMap<Vec<u8>, bool>,
}

/// An open block.
struct Open {
    context: &'static str,
    has_else: bool,
    /// An `else if`: ends with the block around it.
    is_chained: bool,
    /// How many variables there were before it.
    variables: usize,
    /// Of a template: its name.
    name: Vec<u8>,
    /// The delimiter, to show what was never closed.
    start: Span,
}

/// What Go's textOrAction returns, as far as it matters.
enum Item {
    Done,
    Else(Token),
    End(Token),
    /// A block was opened: its items follow.
    Opened,
}

impl<'a> Replay<'a> {
    pub fn new(source: &'a [u8], file: &'a str, functions: &'a dyn Fn(&str) -> Option<u16>, rules: Rules) -> Self {
        Replay {
            source,
            file,
            lexer: Lexer::new(source, functions, rules),
            functions,
            rules,
            parser: Parser::new(),
            outer: Vec::new(),
            open: Vec::new(),
            templates: FxHashMap::default(),
        }
    }

    /// Reads the whole file.
    pub fn run(mut self) -> Replayed<()> {
        loop {
            if self.open.is_empty() {
                let token = self.peek();
                if token.kind == TokenKind::Eof {
                    let (name, is_empty) = (self.file.as_bytes().to_vec(), self.parser.is_empty);
                    return self.add(name, is_empty, token.span);
                }
                if token.kind == TokenKind::LeftDelim {
                    self.next();
                    if self.next_non_space().kind == TokenKind::Define {
                        self.define(&token)?;
                        continue;
                    }
                    self.back_up2(token);
                }
            } else if self.peek_non_space().kind == TokenKind::Eof {
                let start = self.open.last().map_or(Span::default(), |open| open.start);
                return Err(self.refuse(start, "unexpected EOF"));
            }
            match self.item()? {
                Item::Done | Item::Opened => {}
                Item::Else(token) if self.open.is_empty() => {
                    return Err(self.refuse_at(&token, "unexpected {{else}}"));
                }
                Item::End(token) if self.open.is_empty() => {
                    return Err(self.refuse_at(&token, "unexpected {{end}}"));
                }
                Item::Else(token) => self.switch(&token)?,
                Item::End(_) => self.end()?,
            }
        }
    }

    fn item(&mut self) -> Replayed<Item> {
        let token = self.next_non_space();
        match token.kind {
            TokenKind::Text => {
                self.parser.is_empty &= is_white_space(self.text(&token));
                Ok(Item::Done)
            }
            TokenKind::LeftDelim => {
                self.parser.action_line = token.line;
                let item = self.action(&token)?;
                if !matches!(item, Item::Opened) {
                    self.parser.action_line = 0;
                }
                Ok(item)
            }
            _ => Err(self.unexpected(&token, "input")),
        }
    }

    fn action(&mut self, delimiter: &Token) -> Replayed<Item> {
        let token = self.next_non_space();
        match token.kind {
            TokenKind::Else => {
                let next = self.peek_non_space();
                let is_chain = next.kind == TokenKind::If || next.kind == TokenKind::With && self.rules.has_else_with;
                if !is_chain {
                    self.expect(TokenKind::RightDelim, "else")?;
                }
                return Ok(Item::Else(token));
            }
            TokenKind::End => {
                self.expect(TokenKind::RightDelim, "end")?;
                return Ok(Item::End(token));
            }
            TokenKind::If => return self.control("if", false, delimiter.span),
            TokenKind::Range => return self.control("range", false, delimiter.span),
            TokenKind::With => return self.control("with", false, delimiter.span),
            TokenKind::Block => return self.block(delimiter),
            _ => self.parser.is_empty = false,
        }
        match token.kind {
            TokenKind::Break => self.jump(&token, "{{break}}")?,
            TokenKind::Continue => self.jump(&token, "{{continue}}")?,
            TokenKind::Template => {
                self.template_name("template clause")?;
                if self.next_non_space().kind != TokenKind::RightDelim {
                    self.back_up();
                    self.pipeline("template clause")?;
                }
            }
            _ => {
                self.back_up();
                self.pipeline("command")?;
            }
        }
        Ok(Item::Done)
    }

    fn jump(&mut self, keyword: &Token, context: &str) -> Replayed<()> {
        self.expect(TokenKind::RightDelim, context)?;
        if self.parser.ranges == 0 {
            return Err(self.refuse_at(keyword, format!("{context} outside {{{{range}}}}")));
        }
        Ok(())
    }

    fn push(&mut self, open: Open) -> Replayed<()> {
        if self.open.len() >= MAX_BLOCKS {
            let message = format!("more than {MAX_BLOCKS} blocks inside of each other");
            let refused = self.refuse(open.start, message);
            return Err(Refused { kind: SyntaxErrorKind::TooDeep, ..refused });
        }
        self.open.push(open);
        Ok(())
    }

    /// `if`, `range`, `with`, whose keyword was read.
    fn control(&mut self, context: &'static str, is_chained: bool, start: Span) -> Replayed<Item> {
        self.parser.is_empty = false;
        let variables = self.parser.variables.len();
        self.pipeline(context)?;
        self.parser.ranges += usize::from(context == "range");
        let name = Vec::new();
        self.push(Open { context, has_else: false, is_chained, variables, name, start })?;
        Ok(Item::Opened)
    }

    fn switch(&mut self, token: &Token) -> Replayed<()> {
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        let (context, start) = (open.context, open.start);
        if context == "define clause" {
            return Err(self.refuse_at(token, "unexpected {{else}} in define clause"));
        }
        if context == "block clause" {
            self.leave();
            return Err(self.refuse_at(token, "unexpected {{else}} in block clause"));
        }
        if open.has_else {
            return Err(self.refuse_at(token, "expected end; found {{else}}"));
        }
        open.has_else = true;
        if context == "range" {
            self.parser.ranges = self.parser.ranges.saturating_sub(1);
        }
        let next = if context == "range" { TokenKind::Range } else { self.peek().kind };
        if context == "if" && next == TokenKind::If || context == "with" && next == TokenKind::With {
            self.next();
            self.control(context, true, start)?;
        }
        Ok(())
    }

    fn end(&mut self) -> Replayed<()> {
        while let Some(open) = self.open.pop() {
            if open.context.ends_with("clause") {
                let is_empty = self.parser.is_empty;
                self.add(open.name, is_empty, open.start)?;
                self.leave();
                break;
            }
            if open.context == "range" && !open.has_else {
                self.parser.ranges = self.parser.ranges.saturating_sub(1);
            }
            self.forget(open.variables);
            if !open.is_chained {
                break;
            }
        }
        self.parser.action_line = 0;
        Ok(())
    }

    fn enter(&mut self) {
        let outer = std::mem::replace(&mut self.parser, Parser::new());
        self.outer.push(outer);
    }

    fn leave(&mut self) {
        if let Some(outer) = self.outer.pop() {
            self.parser = outer;
        }
    }

    /// `define`, whose keyword was read.
    fn define(&mut self, delimiter: &Token) -> Replayed<()> {
        self.enter();
        let name = self.template_name("define clause")?;
        self.expect(TokenKind::RightDelim, "define clause")?;
        self.open_template("define clause", name, delimiter.span)
    }

    fn block(&mut self, delimiter: &Token) -> Replayed<Item> {
        self.parser.is_empty = false;
        let name = self.template_name("block clause")?;
        self.pipeline("block clause")?;
        self.enter();
        self.open_template("block clause", name, delimiter.span)?;
        Ok(Item::Opened)
    }

    fn open_template(&mut self, context: &'static str, name: Vec<u8>, start: Span) -> Replayed<()> {
        self.push(Open { context, has_else: false, is_chained: false, variables: 0, name, start })
    }

    fn template_name(&mut self, context: &str) -> Replayed<Vec<u8>> {
        let token = self.next_non_space();
        if !matches!(token.kind, TokenKind::String | TokenKind::RawString) {
            return Err(self.unexpected(&token, context));
        }
        unquote(self.text(&token)).ok_or_else(|| self.refuse_at(&token, "invalid syntax"))
    }

    /// Adds a template to the set.
    fn add(&mut self, name: Vec<u8>, is_empty: bool, span: Span) -> Replayed<()> {
        match self.templates.get(&name) {
            Some(false) if !is_empty => {
                let message = format!("template: multiple definition of template {}", quoted(&name));
                return Err(self.refuse(span, message));
            }
            Some(false) => {}
            _ => {
                self.templates.insert(name, is_empty);
            }
        }
        Ok(())
    }

    fn expect(&mut self, kind: TokenKind, context: &str) -> Replayed<Token> {
        let token = self.next_non_space();
        if token.kind == kind { Ok(token) } else { Err(self.unexpected(&token, context)) }
    }

    // Variables.

    pub fn declare(&mut self, variable: &Token) {
        let name = self.text(variable);
        self.parser.variables.push(name);
        *self.parser.defined.entry(name).or_insert(0) += 1;
    }

    pub fn is_defined(&self, name: &[u8]) -> bool {
        self.parser.defined.get(name).is_some_and(|count| *count > 0)
    }

    fn forget(&mut self, depth: usize) {
        for name in self.parser.variables.drain(depth.min(self.parser.variables.len())..) {
            if let Some(count) = self.parser.defined.get_mut(name) {
                *count -= 1;
            }
        }
    }

    // Errors.

    pub fn text(&self, token: &Token) -> &'a [u8] {
        self.source.get(token.span.range()).unwrap_or_default()
    }

    /// An error at the line of the last token that the lexer delivered to this template.
    fn refuse(&self, span: Span, message: impl Into<String>) -> Refused {
        let [last, ..] = &self.parser.tokens;
        Refused { kind: SyntaxErrorKind::Refused, message: message.into(), line: last.line, span }
    }

    pub fn refuse_at(&self, token: &Token, message: impl Into<String>) -> Refused {
        self.refuse(token.span, message)
    }

    pub fn unexpected(&self, token: &Token, context: &str) -> Refused {
        let shown = token.show(self.source);
        if token.kind != TokenKind::Error {
            return self.refuse_at(token, format!("unexpected {shown} in {context}"));
        }
        let line = self.parser.action_line;
        let place = match shown.ends_with(" action") {
            _ if line == 0 || line == token.line => String::new(),
            true => format!(" started at {}:{line}", self.file),
            false => format!(" in action started at {}:{line}", self.file),
        };
        self.refuse_at(token, format!("{shown}{place}"))
    }
}

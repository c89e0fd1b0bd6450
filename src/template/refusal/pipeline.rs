//! Pipelines as Go's parser reads them.

use super::super::MAX_PARENTHESES;
use super::super::error::SyntaxErrorKind;
use super::super::literal::{character, number, unquote};
use super::super::quote::quoted;
use super::lexer::{Token, TokenKind};
use super::parser::Replay;
use super::{Replayed, begins_operand};

const IN_PARENTHESES: &str = "parenthesized pipeline";

/// What Go's type of a term decides: whether it may stand in a later stage, and whether it has fields.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Term {
    /// A literal, `.` or `nil`.
    Constant,
    Other,
}

/// A pipeline that is being read.
struct Stage {
    context: &'static str,
    end: TokenKind,
    commands: usize,
    /// The first command after the first that begins with a constant, counted from 1.
    bad: Option<usize>,
    operands: usize,
    begins_with: Term,
}

impl Stage {
    fn new(context: &'static str, end: TokenKind) -> Self {
        Stage { context, end, commands: 0, bad: None, operands: 0, begins_with: Term::Other }
    }
}

/// Where Go's mutually recursive functions stand.
enum Step {
    /// At the start of a pipeline.
    Declarations,
    /// Between commands.
    Command,
    /// At an operand of a command, or at its end.
    Operand,
    /// Behind a term and the token it began with.
    Fields(Term, Token),
    /// Behind an operand, if there was one.
    Behind(Option<Term>),
}

impl Replay<'_> {
    /// Go's Tree.pipeline up to the right delimiter.
    pub fn pipeline(&mut self, context: &'static str) -> Replayed<()> {
        let mut outer: Vec<Stage> = Vec::new();
        let mut stage = Stage::new(context, TokenKind::RightDelim);
        let mut step = Step::Declarations;
        loop {
            step = match step {
                Step::Declarations => {
                    self.declarations(stage.context)?;
                    Step::Command
                }
                Step::Command => {
                    let token = self.next_non_space();
                    if token.kind == stage.end {
                        self.check(&stage, &token)?;
                        match outer.pop() {
                            None => return Ok(()),
                            Some(around) => stage = around,
                        }
                        Step::Fields(Term::Other, token)
                    } else if begins_operand(&token) {
                        self.back_up();
                        stage.operands = 0;
                        Step::Operand
                    } else {
                        return Err(self.unexpected(&token, stage.context));
                    }
                }
                Step::Operand => {
                    let token = self.next_non_space();
                    if token.kind == TokenKind::LeftParen {
                        if outer.len() >= MAX_PARENTHESES {
                            let is_refused = self.rules.limits_parentheses;
                            let mut refused = self.refuse_at(&token, "max expression depth exceeded");
                            if !is_refused {
                                refused.kind = SyntaxErrorKind::TooDeep;
                            }
                            return Err(refused);
                        }
                        outer.push(std::mem::replace(&mut stage, Stage::new(IN_PARENTHESES, TokenKind::RightParen)));
                        Step::Declarations
                    } else {
                        match self.term(&token)? {
                            Some(term) => Step::Fields(term, token),
                            None => {
                                self.back_up();
                                Step::Behind(None)
                            }
                        }
                    }
                }
                Step::Fields(term, token) => {
                    if self.peek().kind == TokenKind::Field {
                        let field = self.peek();
                        while self.peek().kind == TokenKind::Field {
                            self.next();
                        }
                        if term == Term::Constant {
                            let text = quoted(self.text(&token));
                            return Err(self.refuse_at(&field, format!("unexpected . after term {text}")));
                        }
                    }
                    Step::Behind(Some(term))
                }
                Step::Behind(term) => {
                    if let Some(term) = term {
                        if stage.operands == 0 {
                            stage.begins_with = term;
                        }
                        stage.operands += 1;
                    }
                    let token = self.next();
                    match token.kind {
                        TokenKind::Space => Step::Operand,
                        TokenKind::RightDelim | TokenKind::RightParen => {
                            self.back_up();
                            self.end_command(&mut stage, &token)?;
                            Step::Command
                        }
                        TokenKind::Pipe => {
                            self.end_command(&mut stage, &token)?;
                            Step::Command
                        }
                        _ => return Err(self.unexpected(&token, "operand")),
                    }
                }
            };
        }
    }

    fn end_command(&mut self, stage: &mut Stage, token: &Token) -> Replayed<()> {
        if stage.operands == 0 {
            return Err(self.refuse_at(token, "empty command"));
        }
        stage.commands += 1;
        if stage.commands > 1 && stage.begins_with == Term::Constant && stage.bad.is_none() {
            stage.bad = Some(stage.commands);
        }
        Ok(())
    }

    fn check(&mut self, stage: &Stage, end: &Token) -> Replayed<()> {
        if stage.commands == 0 {
            return Err(self.refuse_at(end, format!("missing value for {}", stage.context)));
        }
        match stage.bad {
            Some(number) => Err(self.refuse_at(end, format!("non executable command in pipeline stage {number}"))),
            None => Ok(()),
        }
    }

    /// The variables that a pipeline begins with, if it declares or assigns them.
    fn declarations(&mut self, context: &'static str) -> Replayed<()> {
        let mut count = 0;
        loop {
            let variable = self.peek_non_space();
            if variable.kind != TokenKind::Variable {
                return Ok(());
            }
            self.next();
            let adjacent = self.peek();
            let next = self.peek_non_space();
            match next.kind {
                TokenKind::Assign | TokenKind::Declare => {
                    self.next_non_space();
                    self.declare(&variable);
                    return Ok(());
                }
                TokenKind::Char if self.text(&next) == b"," => {
                    self.next_non_space();
                    self.declare(&variable);
                    count += 1;
                    if context != "range" || count > 1 {
                        return Err(self.refuse_at(&next, format!("too many declarations in {context}")));
                    }
                    let second = self.peek_non_space();
                    if !matches!(second.kind, TokenKind::Variable | TokenKind::RightDelim | TokenKind::RightParen) {
                        return Err(self.refuse_at(&second, "range can only initialize variables"));
                    }
                }
                _ if adjacent.kind == TokenKind::Space => {
                    self.back_up3(variable, adjacent);
                    return Ok(());
                }
                _ => {
                    self.back_up2(variable);
                    return Ok(());
                }
            }
        }
    }

    /// Checks a term that is one token; `None` if it is not a term.
    fn term(&mut self, token: &Token) -> Replayed<Option<Term>> {
        let text = self.text(token);
        let result = match token.kind {
            TokenKind::Identifier => {
                let name = std::string::String::from_utf8_lossy(text);
                if (self.functions)(&name).is_none() {
                    return Err(self.refuse_at(token, format!("function {} not defined", quoted(text))));
                }
                return Ok(Some(Term::Other));
            }
            TokenKind::Variable => {
                if !self.is_defined(text) {
                    return Err(self.refuse_at(token, format!("undefined variable {}", quoted(text))));
                }
                return Ok(Some(Term::Other));
            }
            TokenKind::Field => return Ok(Some(Term::Other)),
            TokenKind::Dot | TokenKind::Nil | TokenKind::Bool => Ok(()),
            TokenKind::Character => character(text).map(drop),
            TokenKind::Number | TokenKind::Complex => {
                number(&std::string::String::from_utf8_lossy(text), token.kind == TokenKind::Complex).map(drop)
            }
            TokenKind::String | TokenKind::RawString => {
                unquote(text).map(drop).ok_or_else(|| "invalid syntax".to_owned())
            }
            _ => return Ok(None),
        };
        result.map(|()| Some(Term::Constant)).map_err(|message| self.refuse_at(token, message))
    }
}

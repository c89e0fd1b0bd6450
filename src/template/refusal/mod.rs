//! The exact error of a text that Go refuses, found by doing what Go does.
//!
//! text/template names the line of the last token that its parser had asked the lexer for, and what it says depends on
//! which of two errors it meets first. So this replays its lexer, action by action, and its parser, token by token,
//! with the same look-ahead. Go's parser calls itself for blocks and parentheses; here both stand on stacks, so that
//! depth costs nothing. It makes no tree: it is only asked when there is none.

mod lexer;
mod parser;
mod pipeline;
mod state;

use super::Rules;
use super::error::{SyntaxError, SyntaxErrorKind};
use crate::source::Span;
use lexer::Token;

/// Why Go refuses the text. An internal error if it does not.
pub(super) fn refusal(source: &[u8], name: &str, functions: &dyn Fn(&str) -> Option<u16>, rules: Rules) -> SyntaxError {
    match parser::Replay::new(source, name, functions, rules).run() {
        Err(refused) => {
            SyntaxError { kind: refused.kind, message: refused.message, line: refused.line, span: refused.span }
        }
        Ok(()) => SyntaxError {
            kind: SyntaxErrorKind::Internal,
            message: "chartlint's grammar of templates refuses this file, although Go accepts it".to_owned(),
            line: 1,
            span: Span::default(),
        },
    }
}

/// The end of a replay.
#[derive(Debug)]
struct Refused {
    kind: SyntaxErrorKind,
    message: String,
    line: u32,
    span: Span,
}

type Replayed<T> = Result<T, Refused>;

/// Whether a token can begin an operand.
fn begins_operand(token: &Token) -> bool {
    use lexer::TokenKind::*;
    matches!(
        token.kind,
        Bool | Character
            | Complex
            | Dot
            | Field
            | Identifier
            | Number
            | Nil
            | RawString
            | String
            | Variable
            | LeftParen
    )
}

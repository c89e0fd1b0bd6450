//! From the text of a template to its syntax tree, or to the error that Go would report.
//!
//! Nodes of the grammar in `grammars/gotmpl` are lowered to the typed tree of [`ast`], whose positions are Go's. `scan`
//! gives them for the usual actions, which is all there are in nearly every file; a text with anything else is parsed by
//! tree-sitter, with the same grammar. The grammar accepts a little more than Go; where lowering meets something that Go
//! might refuse, or where the tree is broken, it stops without a verdict. Then `refusal` replays Go's lexer and parser
//! token by token and has the last word: its message and line are exactly text/template's. A text that lowering doubted
//! and the replay accepts is a bug in the grammar ([`SyntaxErrorKind::Internal`]), which the comparison with Go in
//! `tests/syntax` looks for.
//!
//! The room knows bytes and spans; it does no I/O, and no input makes it recurse deeply or run long. Names of
//! functions come from the caller, since which there are depends on the version of Helm.

pub mod ast;
mod cache;
mod error;
mod grammar;
mod literal;
mod lower;
pub mod print;
mod quote;
mod refusal;
mod runs;
mod scan;
mod unicode;

use crate::source::Content;
pub use cache::Cache;
pub use error::{SyntaxError, SyntaxErrorKind};
pub use grammar::{Parser, language};
pub use quote::quoted;

use ast::Tree;
use std::cell::RefCell;

/// How many parentheses may be open at once: Go's own limit since 1.25, and ours for all versions.
pub const MAX_PARENTHESES: usize = 10_000;
/// How many blocks (`if`, `else if`, `range`, …) may be open at once. Go has no limit but its stack.
pub const MAX_BLOCKS: usize = 10_000;

/// What differs between versions of text/template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// `break` and `continue` are keywords (Go 1.18).
    pub has_break: bool,
    /// `{{ else with }}` (Go 1.23).
    pub has_else_with: bool,
    /// Lines inside of comments count (before Go 1.20 and since 1.24).
    pub counts_comment_lines: bool,
    /// A `)` too many is a token before it is an error (before Go 1.20), which changes the message.
    pub emits_stray_parenthesis: bool,
    /// More than [`MAX_PARENTHESES`] open parentheses are an error of Go's (Go 1.25).
    pub limits_parentheses: bool,
}

impl Rules {
    /// The rules of Go 1.`minor`.
    pub const fn of_go(minor: u32) -> Self {
        Rules {
            has_break: minor >= 18,
            has_else_with: minor >= 23,
            counts_comment_lines: minor < 20 || minor >= 24,
            emits_stray_parenthesis: minor < 20,
            limits_parentheses: minor >= 25,
        }
    }
}

/// Parses a template file. `name` is the file's name in Helm; `functions` gives a function's index by name and must
/// not know Go's keywords. The error is the one that text/template reports.
pub fn parse(
    source: &Content,
    name: &str,
    functions: &dyn Fn(&str) -> Option<u16>,
    rules: Rules,
) -> Result<Tree, SyntaxError> {
    thread_local! {
        /// A parser is expensive to make and free to use again, and knows the words of the texts before.
        static PARSER: RefCell<Option<Parser>> = const { RefCell::new(None) };
    }
    let mut parser = PARSER.with_borrow_mut(Option::take).unwrap_or_default();
    let result = parser.parse(source, name, functions, rules);
    PARSER.with_borrow_mut(|slot| *slot = Some(parser));
    result
}

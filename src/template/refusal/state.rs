//! What Go's parser keeps for one template, with its three tokens of look-ahead.

use super::lexer::{Token, TokenKind};
use super::parser::Replay;
use rustc_hash::FxHashMap;

/// The state of Go's Tree.
pub(super) struct Parser<'a> {
    pub tokens: [Token; 3],
    pub peeked: usize,
    pub variables: Vec<&'a [u8]>,
    /// Those of `variables`, with how often.
    pub defined: FxHashMap<&'a [u8], usize>,
    /// The line of the delimiter of the action that is being read, or 0.
    pub action_line: u32,
    pub ranges: usize,
    /// Whether all that was read of the template is white space.
    pub is_empty: bool,
}

impl Parser<'_> {
    pub fn new() -> Self {
        Parser {
            tokens: [Token::none(), Token::none(), Token::none()],
            peeked: 0,
            variables: vec![b"$"],
            defined: FxHashMap::from_iter([(&b"$"[..], 1)]),
            action_line: 0,
            ranges: 0,
            is_empty: true,
        }
    }
}

impl Replay<'_> {
    pub fn next(&mut self) -> Token {
        let parser = &mut self.parser;
        if parser.peeked > 0 {
            parser.peeked -= 1;
        } else if let Some(first) = parser.tokens.first_mut() {
            *first = self.lexer.next();
        }
        parser.tokens.get(parser.peeked).cloned().unwrap_or_else(Token::none)
    }

    pub fn peek(&mut self) -> Token {
        let token = self.next();
        self.back_up();
        token
    }

    pub fn next_non_space(&mut self) -> Token {
        loop {
            let token = self.next();
            if token.kind != TokenKind::Space {
                return token;
            }
        }
    }

    pub fn peek_non_space(&mut self) -> Token {
        let token = self.next_non_space();
        self.back_up();
        token
    }

    pub fn back_up(&mut self) {
        self.parser.peeked += 1;
    }

    /// Puts a token back before the one that was peeked.
    pub fn back_up2(&mut self, token: Token) {
        let [_, second, _] = &mut self.parser.tokens;
        *second = token;
        self.parser.peeked = 2;
    }

    /// Puts two tokens back.
    pub fn back_up3(&mut self, first: Token, second: Token) {
        let [_, one, two] = &mut self.parser.tokens;
        *one = second;
        *two = first;
        self.parser.peeked = 3;
    }
}

//! Flow collections: `[a, b]`, `{a: b}`, and JSON.

use super::super::node::{Kind, Node};
use super::Reader;

impl Reader<'_> {
    /// Reads the flow collection that starts here.
    pub(super) fn flow(&mut self) -> Option<Node> {
        if self.here() == b'[' { self.flow_sequence() } else { self.flow_mapping() }
    }

    fn flow_sequence(&mut self) -> Option<Node> {
        self.enter()?;
        let (start, base) = (self.at, self.items.len());
        self.at += 1;
        loop {
            self.flow_space()?;
            if self.here() == b']' {
                break;
            }
            let item = self.flow_node()?;
            self.items.push(item);
            if self.is_last(b']')? {
                break;
            }
        }
        self.at += 1;
        self.depth -= 1;
        Some(Node::new(Kind::Seq(self.items.split_off(base)), start..self.at))
    }

    fn flow_mapping(&mut self) -> Option<Node> {
        self.enter()?;
        let (start, base) = (self.at, self.entries.len());
        self.at += 1;
        loop {
            self.flow_space()?;
            let is_quoted = match self.here() {
                b'}' => break,
                byte => matches!(byte, b'"' | b'\''),
            };
            let key = if is_quoted { self.quoted()? } else { self.plain(true)? };
            self.skip_spaces();
            if self.here() != b':' || !(is_quoted || self.is_blank(self.at + 1)) {
                return None;
            }
            let key = self.key(key)?;
            self.at += 1;
            self.flow_space()?;
            let node = self.flow_node()?;
            self.insert(base, key, node)?;
            if self.is_last(b'}')? {
                break;
            }
        }
        self.at += 1;
        Some(Node::new(Kind::Map(self.leave(base)), start..self.at))
    }

    fn flow_node(&mut self) -> Option<Node> {
        match self.here() {
            b'[' | b'{' => self.flow(),
            b'"' | b'\'' => self.quoted(),
            _ => self.plain(true),
        }
    }

    /// Whether an entry is the last one; passes the comma behind it if not.
    fn is_last(&mut self, bracket: u8) -> Option<bool> {
        self.flow_space()?;
        if self.here() == b',' {
            self.at += 1;
            return Some(false);
        }
        (self.here() == bracket).then_some(true)
    }

    /// Passes spaces, breaks and comments between the parts of a collection.
    fn flow_space(&mut self) -> Option<()> {
        loop {
            self.skip_spaces();
            match self.here() {
                b'\n' => {
                    self.at += 1;
                    // At the start of a line these may end the document.
                    if matches!(self.here(), b'-' | b'.') {
                        return None;
                    }
                }
                b'#' if matches!(self.byte(self.at - 1), b' ' | b'\n') => self.at = self.end_of_comment(self.at),
                b'\t' | b'#' | 0 => return None,
                _ => return Some(()),
            }
        }
    }
}

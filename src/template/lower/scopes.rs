//! Which variables are visible.

use super::super::ast::Symbol;

/// An assignment to a variable.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Assigned {
    pub symbol: Symbol,
    /// How many names were on the stack when it was declared.
    pub declared: usize,
}

/// A name on the stack.
struct Entry {
    symbol: Symbol,
    /// Where the symbol stood before, plus one.
    shadowed: usize,
    /// Where the innermost declaration of the symbol is: an assignment adds a name to Go's list, but declares nothing.
    declared: usize,
}

/// The variables that Go's parser knows at a place: a stack that a block cuts back when it ends.
#[derive(Default)]
pub(super) struct Scopes {
    stack: Vec<Entry>,
    /// By symbol: where it stands innermost, plus one; 0 for nowhere.
    last: Vec<usize>,
    /// Names below are those of another template.
    floor: usize,
}

impl Scopes {
    /// Begins a text, which sees `$`.
    pub fn begin(&mut self) {
        self.stack.clear();
        self.last.clear();
        self.floor = 0;
        self.add(0, true);
    }

    pub fn depth(&self) -> usize {
        self.stack.len()
    }

    fn place(&self, symbol: Symbol) -> Option<usize> {
        self.last.get(symbol as usize)?.checked_sub(1).filter(|place| *place >= self.floor)
    }

    pub fn is_visible(&self, symbol: Symbol) -> bool {
        self.place(symbol).is_some()
    }

    /// Adds a name and says where it was declared.
    pub fn add(&mut self, symbol: Symbol, is_declared: bool) -> Assigned {
        let place = self.stack.len();
        let before = self.place(symbol).and_then(|place| self.stack.get(place));
        let declared = if is_declared { place } else { before.map_or(0, |entry| entry.declared) };
        let index = symbol as usize;
        if self.last.len() <= index {
            self.last.resize(index + 1, 0);
        }
        let shadowed = self.last.get_mut(index).map_or(0, |last| std::mem::replace(last, place + 1));
        self.stack.push(Entry { symbol, shadowed, declared });
        Assigned { symbol, declared }
    }

    /// Forgets all names above a depth.
    pub fn cut(&mut self, depth: usize) {
        while self.stack.len() > depth {
            let Some(entry) = self.stack.pop() else { return };
            if let Some(last) = self.last.get_mut(entry.symbol as usize) {
                *last = entry.shadowed;
            }
        }
    }

    /// The names above a depth stay visible to the parser, though when the template runs they are gone: what one arm
    /// of a branch declared, seen from the next.
    pub fn end_arm(&mut self, depth: usize) {
        let symbols: Vec<Symbol> = self.stack.iter().skip(depth).map(|entry| entry.symbol).collect();
        self.cut(depth);
        for symbol in symbols {
            self.add(symbol, false);
        }
    }

    /// Begins another template, which sees only `$`; returns what [`Scopes::leave`] takes.
    pub fn enter(&mut self) -> (usize, usize) {
        let before = (self.stack.len(), self.floor);
        self.floor = self.stack.len();
        self.add(0, true);
        before
    }

    pub fn leave(&mut self, (depth, floor): (usize, usize)) {
        self.cut(depth);
        self.floor = floor;
    }
}

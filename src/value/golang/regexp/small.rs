//! Small patterns, matched by trying one way after the other.
//!
//! Most patterns of charts are a few classes and repetitions, and look at a short name or two. To make a matcher of the
//! regex crate for one takes far longer than to match with it. What is here matches texts of ASCII alone; a pattern that
//! folds case, names other characters or is long is left to the crate. No place is come to twice at one step, so that a
//! search takes no longer than the length of its text and of the pattern multiplied.

#[cfg(test)]
mod tests;

use super::syntax::{Kind, Node};
use std::ops::Range;

/// Longer patterns are left to the crate.
const MAX_STEPS: usize = 256;
/// So are those that nest deeper.
const MAX_HEIGHT: u32 = 32;

/// A step of a program. The next one follows unless it says otherwise.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A byte of a set.
    Byte(u128),
    /// Two ways; the first one is tried first.
    Split(usize, usize),
    Jump(usize),
    /// The place is where a group starts or ends.
    Mark(usize),
    Look(Look),
    End,
}

/// What is asked of a place.
#[derive(Clone, Copy, Debug)]
enum Look {
    BeginText,
    EndText,
    BeginLine,
    EndLine,
    WordBoundary,
    NoWordBoundary,
}

/// A small pattern as a program.
#[derive(Clone, Debug)]
pub(super) struct Small {
    steps: Vec<Step>,
    /// The bytes that a match may start with; `None` for one that may be empty.
    first: Option<u128>,
    /// Two for each group, that of the whole included.
    marks: usize,
}

/// Where the groups of a match are, that of the whole first.
pub(super) struct Found(Vec<Option<usize>>);

impl Found {
    pub fn group(&self, number: usize) -> Option<Range<usize>> {
        let mark = |at: usize| self.0.get(at).copied().flatten();
        Some(mark(number.checked_mul(2)?)?..mark(number * 2 + 1)?)
    }
}

impl Small {
    /// The program of a pattern, if it is a small one.
    pub fn new(node: &Node) -> Option<Small> {
        if node.size > MAX_STEPS as u64 || node.height > MAX_HEIGHT {
            return None;
        }
        let mut small = Small { steps: Vec::new(), first: None, marks: 2 };
        small.add(node)?;
        small.steps.push(Step::End);
        let (bytes, is_empty) = starts(node);
        small.first = (!is_empty).then_some(bytes);
        (small.steps.len() <= MAX_STEPS).then_some(small)
    }

    fn add(&mut self, node: &Node) -> Option<()> {
        if node.folds_case || self.steps.len() > MAX_STEPS {
            return None;
        }
        let step = match &node.kind {
            Kind::Empty => return Some(()),
            Kind::Literal(_) | Kind::Class(_) | Kind::AnyButNewline | Kind::Any => Step::Byte(bytes(node)?),
            Kind::BeginText => Step::Look(Look::BeginText),
            Kind::EndText => Step::Look(Look::EndText),
            Kind::BeginLine => Step::Look(Look::BeginLine),
            Kind::EndLine => Step::Look(Look::EndLine),
            Kind::WordBoundary => Step::Look(Look::WordBoundary),
            Kind::NoWordBoundary => Step::Look(Look::NoWordBoundary),
            Kind::Capture(inner) => {
                let mark = self.marks;
                self.marks += 2;
                self.steps.push(Step::Mark(mark));
                self.add(inner)?;
                Step::Mark(mark + 1)
            }
            Kind::Concat(nodes) => return nodes.iter().try_for_each(|node| self.add(node)),
            Kind::Alternate(nodes) => return self.add_alternatives(nodes),
            Kind::Repeat { node, min, max, is_greedy } => return self.add_repeat(node, *min, *max, *is_greedy),
        };
        self.steps.push(step);
        Some(())
    }

    fn add_alternatives(&mut self, nodes: &[Node]) -> Option<()> {
        let (last, others) = nodes.split_last()?;
        let mut jumps = Vec::new();
        for node in others {
            let split = self.later();
            self.add(node)?;
            jumps.push(self.later());
            self.steps[split] = Step::Split(split + 1, self.steps.len());
        }
        self.add(last)?;
        for jump in jumps {
            self.steps[jump] = Step::Jump(self.steps.len());
        }
        Some(())
    }

    fn add_repeat(&mut self, node: &Node, min: u32, max: Option<u32>, is_greedy: bool) -> Option<()> {
        // What may be empty is not repeated here: what it stands for then is a question of its own.
        if max == Some(0) || max != Some(1) && starts(node).1 {
            return None;
        }
        let split = |one: usize, other: usize| match is_greedy {
            true => Step::Split(one, other),
            false => Step::Split(other, one),
        };
        // Each copy has the groups of the first.
        let mark = self.marks;
        let copy = |small: &mut Small| {
            small.marks = mark;
            small.add(node)
        };
        for _ in 0..min {
            copy(self)?;
        }
        let Some(max) = max else {
            let start = self.later();
            copy(self)?;
            self.steps.push(Step::Jump(start));
            self.steps[start] = split(start + 1, self.steps.len());
            return Some(());
        };
        let mut splits = Vec::new();
        for _ in min..max {
            splits.push(self.later());
            copy(self)?;
        }
        for start in splits {
            self.steps[start] = split(start + 1, self.steps.len());
        }
        Some(())
    }

    /// A step that is told later.
    fn later(&mut self) -> usize {
        self.steps.push(Step::End);
        self.steps.len() - 1
    }

    /// The first match from a place on.
    pub fn find_at(&self, text: &[u8], from: usize) -> Option<Found> {
        let mut search = Search { small: self, text, seen: Vec::new(), todo: Vec::new(), marks: Vec::new() };
        let may_start = |at: &usize| match self.first {
            Some(first) => text.get(*at).is_some_and(|byte| holds(first, *byte)),
            None => true,
        };
        let is_found = (from..=text.len()).filter(may_start).any(|start| search.matches_at(start));
        is_found.then_some(Found(search.marks))
    }

    /// The matches, none of which overlap. An empty one does not stand right behind another.
    pub fn find_iter<'s>(&'s self, text: &'s [u8]) -> impl Iterator<Item = Found> + 's {
        let (mut from, mut last) = (0, None);
        std::iter::from_fn(move || {
            let mut found = (from <= text.len()).then(|| self.find_at(text, from)).flatten()?;
            let mut whole = found.group(0)?;
            if whole.is_empty() && last == Some(whole.end) {
                found = (from < text.len()).then(|| self.find_at(text, from + 1)).flatten()?;
                whole = found.group(0)?;
            }
            (from, last) = (whole.end, Some(whole.end));
            Some(found)
        })
    }
}

/// The bytes of a node that is one byte, of ASCII.
fn bytes(node: &Node) -> Option<u128> {
    match &node.kind {
        Kind::Literal(rune) if *rune < 128 => Some(1 << rune),
        Kind::Class(class) => class.ascii(),
        Kind::AnyButNewline => Some(!(1 << b'\n')),
        Kind::Any => Some(u128::MAX),
        _ => None,
    }
}

fn holds(set: u128, byte: u8) -> bool {
    byte < 128 && set >> byte & 1 != 0
}

/// The bytes that what a node matches may start with, and whether that may be empty.
fn starts(node: &Node) -> (u128, bool) {
    match &node.kind {
        Kind::Literal(_) | Kind::Class(_) | Kind::AnyButNewline | Kind::Any => {
            (bytes(node).unwrap_or(u128::MAX), false)
        }
        Kind::Capture(inner) => starts(inner),
        Kind::Concat(nodes) => {
            let mut set = 0;
            for node in nodes {
                let (bytes, is_empty) = starts(node);
                set |= bytes;
                if !is_empty {
                    return (set, false);
                }
            }
            (set, true)
        }
        Kind::Alternate(nodes) => nodes.iter().map(starts).fold((0, false), |a, b| (a.0 | b.0, a.1 | b.1)),
        Kind::Repeat { node, min, .. } => {
            let (bytes, is_empty) = starts(node);
            (bytes, is_empty || *min == 0)
        }
        _ => (0, true),
    }
}

struct Search<'s> {
    small: &'s Small,
    text: &'s [u8],
    /// A bit for each step at each place where a way forks: it was come to.
    seen: Vec<u64>,
    todo: Vec<Todo>,
    marks: Vec<Option<usize>>,
}

/// What is left to do when a way ends without a match.
enum Todo {
    /// To go on at a step and a place.
    Go(usize, usize),
    /// To give a mark back what it was.
    Restore(usize, Option<usize>),
}

impl Search<'_> {
    fn matches_at(&mut self, start: usize) -> bool {
        if self.seen.is_empty() {
            self.seen.resize((self.small.steps.len() * (self.text.len() + 1)).div_ceil(64), 0);
            self.marks.resize(self.small.marks, None);
        }
        self.todo.push(Todo::Go(0, start));
        while let Some(todo) = self.todo.pop() {
            match todo {
                Todo::Restore(mark, place) => self.marks[mark] = place,
                Todo::Go(step, at) => {
                    if let Some(end) = self.go(step, at) {
                        (self.marks[0], self.marks[1]) = (Some(start), Some(end));
                        return true;
                    }
                }
            }
        }
        false
    }

    /// Goes one way, and notes those that it leaves out. Gives the place where a match ends.
    fn go(&mut self, mut step: usize, mut at: usize) -> Option<usize> {
        loop {
            match self.small.steps[step] {
                Step::Byte(set) => {
                    if !holds(set, *self.text.get(at)?) {
                        return None;
                    }
                    (step, at) = (step + 1, at + 1);
                }
                Step::Split(first, second) => {
                    let bit = step * (self.text.len() + 1) + at;
                    let word = &mut self.seen[bit / 64];
                    if *word >> (bit % 64) & 1 != 0 {
                        return None;
                    }
                    *word |= 1 << (bit % 64);
                    self.todo.push(Todo::Go(second, at));
                    step = first;
                }
                Step::Jump(to) => step = to,
                Step::Mark(mark) => {
                    self.todo.push(Todo::Restore(mark, self.marks[mark]));
                    self.marks[mark] = Some(at);
                    step += 1;
                }
                Step::Look(look) if look.holds(self.text, at) => step += 1,
                Step::Look(_) => return None,
                Step::End => return Some(at),
            }
        }
    }
}

impl Look {
    fn holds(self, text: &[u8], at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| text.get(before)).copied();
        let after = text.get(at).copied();
        let is_word = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match self {
            Look::BeginText => before.is_none(),
            Look::EndText => after.is_none(),
            Look::BeginLine => before.is_none_or(|byte| byte == b'\n'),
            Look::EndLine => after.is_none_or(|byte| byte == b'\n'),
            Look::WordBoundary => is_word(before) != is_word(after),
            Look::NoWordBoundary => is_word(before) == is_word(after),
        }
    }
}

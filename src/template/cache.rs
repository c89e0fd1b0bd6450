//! Parsing each text once a run.

use super::ast::Tree;
use super::{Rules, SyntaxError, parse};
use crate::profile::Profile;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};

/// The trees of as many bytes of text are kept when no chart uses them any more. A tree takes some three times the memory
/// of its text.
const MAX_BYTES: usize = 4 << 20;

/// Trees by text, for one version of Helm. Shared by all charts and threads of a run: library charts are copied from
/// chart to chart. What no later chart has asked for is forgotten when there is too much of it.
#[derive(Default, Debug)]
pub struct Cache {
    known: Mutex<Known>,
}

#[derive(Default, Debug)]
struct Known {
    trees: FxHashMap<Arc<[u8]>, Kept>,
    /// The texts, those first that are to be forgotten first.
    queue: VecDeque<Arc<[u8]>>,
    /// The sum of their lengths.
    bytes: usize,
}

#[derive(Debug)]
struct Kept {
    tree: Arc<Tree>,
    /// It was asked for again since it was looked at last.
    is_wanted: bool,
}

impl Cache {
    /// The tree of a text, parsed now or before.
    pub fn parse(
        &self,
        source: &Arc<[u8]>,
        name: &str,
        functions: &dyn Fn(&str) -> Option<u16>,
        profile: &Profile,
    ) -> Result<Arc<Tree>, SyntaxError> {
        // A panic of another thread leaves the map whole.
        if let Some(kept) = self.known.lock().unwrap_or_else(PoisonError::into_inner).trees.get_mut(source) {
            kept.is_wanted = true;
            return Ok(kept.tree.clone());
        }
        let tree = Arc::new(parse(source, name, functions, Rules::of_go(u32::from(profile.go())))?);
        Ok(self.known.lock().unwrap_or_else(PoisonError::into_inner).add(source, tree))
    }
}

impl Known {
    /// Adds a tree, unless another thread was faster, and gives the one that is known.
    fn add(&mut self, source: &Arc<[u8]>, tree: Arc<Tree>) -> Arc<Tree> {
        match self.trees.entry(source.clone()) {
            Entry::Occupied(kept) => return kept.get().tree.clone(),
            Entry::Vacant(place) => place.insert(Kept { tree: tree.clone(), is_wanted: false }),
        };
        self.queue.push_back(source.clone());
        self.bytes += source.len();
        self.forget();
        tree
    }

    /// Forgets trees that no chart uses and that were not wanted again, as far as there are too many. Each is looked at
    /// once.
    fn forget(&mut self) {
        for _ in 0..self.queue.len() {
            if self.bytes <= MAX_BYTES {
                return;
            }
            let Some(source) = self.queue.pop_front() else { return };
            let is_kept = self.trees.get_mut(&source).is_some_and(|kept| {
                // One is held here, any other by who renders.
                std::mem::take(&mut kept.is_wanted) || Arc::strong_count(&kept.tree) > 1
            });
            if is_kept {
                self.queue.push_back(source);
            } else {
                self.bytes -= source.len();
                self.trees.remove(&source);
            }
        }
    }
}

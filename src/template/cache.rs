//! Parsing each text once a run.

use super::ast::Tree;
use super::{Rules, SyntaxError, parse};
use crate::profile::Profile;
use crate::source::Content;
use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::collections::VecDeque;
use std::hash::Hasher;
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
    trees: HashTable<Kept>,
    /// The texts with their hashes, those first that are to be forgotten first.
    queue: VecDeque<(u64, Content)>,
    /// The sum of their lengths.
    bytes: usize,
}

#[derive(Debug)]
struct Kept {
    /// Of its text.
    hash: u64,
    tree: Arc<Tree>,
    /// It was asked for again since it was looked at last.
    is_wanted: bool,
}

impl Cache {
    /// The tree of a text, parsed now or before.
    pub fn parse(
        &self,
        source: &Content,
        name: &str,
        functions: &dyn Fn(&str) -> Option<u16>,
        profile: &Profile,
    ) -> Result<Arc<Tree>, SyntaxError> {
        let mut hasher = FxHasher::default();
        hasher.write(source);
        let hash = hasher.finish();
        // A panic of another thread leaves the table whole.
        if let Some(kept) = self.known.lock().unwrap_or_else(PoisonError::into_inner).find(hash, source) {
            kept.is_wanted = true;
            return Ok(kept.tree.clone());
        }
        let tree = Arc::new(parse(source, name, functions, Rules::of_go(u32::from(profile.go())))?);
        Ok(self.known.lock().unwrap_or_else(PoisonError::into_inner).add(hash, tree))
    }
}

impl Known {
    fn find(&mut self, hash: u64, source: &[u8]) -> Option<&mut Kept> {
        self.trees.find_mut(hash, |kept| *kept.tree.source == *source)
    }

    /// Adds a tree, unless another thread was faster, and gives the one that is known.
    fn add(&mut self, hash: u64, tree: Arc<Tree>) -> Arc<Tree> {
        if let Some(kept) = self.find(hash, &tree.source) {
            return kept.tree.clone();
        }
        self.trees.insert_unique(hash, Kept { hash, tree: tree.clone(), is_wanted: false }, |kept| kept.hash);
        self.queue.push_back((hash, tree.source.clone()));
        self.bytes += tree.source.len();
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
            let Some((hash, source)) = self.queue.pop_front() else { return };
            let is_kept = self.find(hash, &source).is_some_and(|kept| {
                // One is held here, any other by who renders.
                std::mem::take(&mut kept.is_wanted) || Arc::strong_count(&kept.tree) > 1
            });
            if is_kept {
                self.queue.push_back((hash, source));
            } else {
                self.bytes -= source.len();
                if let Ok(entry) = self.trees.find_entry(hash, |kept| kept.tree.source == source) {
                    entry.remove();
                }
            }
        }
    }
}

//! Parsing each text once a run.

use super::ast::Tree;
use super::{Rules, SyntaxError, parse};
use crate::profile::Profile;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Trees by text, for one version of Helm. Shared by all charts and threads of a run: library charts are copied from
/// chart to chart.
#[derive(Default, Debug)]
pub struct Cache {
    trees: Mutex<FxHashMap<Arc<[u8]>, Arc<Tree>>>,
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
        if let Some(tree) = self.trees.lock().unwrap_or_else(PoisonError::into_inner).get(source) {
            return Ok(tree.clone());
        }
        let tree = Arc::new(parse(source, name, functions, Rules::of_go(u32::from(profile.go())))?);
        let mut trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(trees.entry(source.clone()).or_insert(tree).clone())
    }
}

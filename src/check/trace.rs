//! Where what a chart reads flows: the worlds of a check, looked at by a tracer instead of the rules.

use super::worlds::{self, Watcher};
use super::{Loaded, Setup, Source, load};
use crate::explore::{Explorer, Setting, Smaller};
use crate::lifecycle::{Life, Memory};
use crate::template::Cache;
use crate::trace::{Kind, Only, Trace, Tracer};
use std::collections::BTreeSet;

/// What is to be traced.
#[derive(Clone, Debug, Default)]
pub struct TraceAsked {
    pub kinds: BTreeSet<Kind>,
    /// Only what comes to some fields.
    pub only: Option<Only>,
    /// The Kubernetes version that templates are told of, where it is not the default.
    pub kube_version: Option<String>,
}

/// Traces what a chart reads. The error says why it could not be read.
pub fn trace(source: Source, setup: &Setup, asked: &TraceAsked, cache: &Cache) -> Result<Trace, String> {
    let Loaded { name, chart, targets, mut given, .. } = load(source, setup)?;
    if chart.chart.is_library() {
        return Err("a library chart renders nothing: trace a chart that uses it".into());
    }
    if let Some(version) = &asked.kube_version {
        for world in &mut given {
            world.capabilities.set_version(version, &setup.profile)?;
        }
    }
    let mut tracer = Tracer::new(&name, asked.kinds.clone(), asked.only.clone());
    let explorer = Explorer::new(targets.kubernetes, setup.worlds);
    let coverage = worlds::live_all(&chart, given, explorer, cache, &mut Watching(&mut tracer));
    Ok(tracer.finish(&coverage))
}

struct Watching<'a>(&'a mut Tracer);

impl Watcher for Watching<'_> {
    fn given(&mut self, life: &Life) {
        let _ = self.0.add(life, true);
    }

    fn made(&mut self, life: Life, _: &dyn Fn() -> Option<Smaller>, _: &mut Memory) -> bool {
        self.0.add(&life, false)
    }

    // A trace says what flows where in worlds that a user can make.
    fn forces(&self) -> bool {
        false
    }

    fn forced(&mut self, _: &Life, _: &[Setting], _: &Explorer) {}
}

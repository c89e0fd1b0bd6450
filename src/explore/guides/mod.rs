//! What a chart says of its values: values.schema.json, and the comments of values.yaml.
//!
//! A value that is made up may be refused by the chart or be of no sense to it. What its author wrote down as an example,
//! or allows by a schema, is better.

mod comments;
mod schema;

use super::shape::Shape;
use crate::chart::Prepared;
use crate::source::{Content, Sources};
use crate::value::Plain;
use rustc_hash::FxHashMap;
use std::cell::{OnceCell, RefCell};

/// The guides of a chart and its subcharts.
#[derive(Default)]
pub(super) struct Guides {
    charts: Vec<Guide>,
    /// What was found at a path: it is asked for in every world.
    examples: RefCell<FxHashMap<Vec<String>, Vec<Plain>>>,
    shapes: RefCell<FxHashMap<Vec<String>, Shape>>,
}

struct Guide {
    /// Where the chart's values lie in the tree.
    prefix: Vec<String>,
    schema_text: Option<Content>,
    schema: OnceCell<Option<serde_json::Value>>,
    /// values.yaml.
    values: Option<Content>,
}

impl Guides {
    /// The guides of the charts that take part.
    pub fn new(prepared: &Prepared, sources: &Sources) -> Guides {
        let charts = prepared.charts.iter().filter_map(|part| {
            let keys = part.values_path.as_ref()?;
            let prefix: Option<Vec<String>> = keys.iter().map(|key| String::from_utf8(key.to_vec()).ok()).collect();
            let at = part.chart.values.span.start;
            let values = sources.file_at(at).filter(|file| at != 0 && file.path.ends_with("values.yaml"));
            Some(Guide {
                prefix: prefix?,
                schema_text: part.chart.schema.as_ref().map(|schema| schema.file.bytes.clone()),
                schema: OnceCell::new(),
                values: values.map(|file| file.text.clone()),
            })
        });
        Guides { charts: charts.collect(), ..Guides::default() }
    }

    /// Values that a chart says are possible at a path, the likeliest first.
    pub fn at(&self, path: &[String]) -> Vec<Plain> {
        if let Some(known) = self.examples.borrow().get(path) {
            return known.clone();
        }
        let found = self.find(path);
        self.examples.borrow_mut().insert(path.to_vec(), found.clone());
        found
    }

    /// What the templates of the charts take of the value at a path, which `look` finds out.
    pub fn shape(&self, path: &[String], look: impl FnOnce() -> Shape) -> Shape {
        if let Some(known) = self.shapes.borrow().get(path) {
            return known.clone();
        }
        let shape = look();
        self.shapes.borrow_mut().insert(path.to_vec(), shape.clone());
        shape
    }

    fn find(&self, path: &[String]) -> Vec<Plain> {
        let mut found: Vec<Plain> = Vec::new();
        // The chart that a value is for knows most of it.
        let mut about: Vec<(&Guide, &[String])> =
            self.charts.iter().filter_map(|guide| Some((guide, path.strip_prefix(&guide.prefix[..])?))).collect();
        about.sort_by_key(|(guide, _)| std::cmp::Reverse(guide.prefix.len()));
        for (guide, path) in about.into_iter().filter(|(_, path)| !path.is_empty()) {
            let schema = guide.schema().map(|schema| schema::examples(schema, path)).unwrap_or_default();
            let comments = guide.values.as_ref().map(|text| comments::examples(text, path)).unwrap_or_default();
            for example in schema.into_iter().chain(comments) {
                if !found.contains(&example) {
                    found.push(example);
                }
            }
        }
        found
    }

    /// Whether a schema admits a value at a path, as far as its type and its list of values tell.
    pub fn admits(&self, path: &[String], value: &Plain) -> bool {
        let about =
            self.charts.iter().filter_map(|guide| Some((guide.schema()?, path.strip_prefix(&guide.prefix[..])?)));
        about.into_iter().all(|(schema, path)| schema::admits(schema, path, value))
    }
}

impl Guide {
    fn schema(&self) -> Option<&serde_json::Value> {
        let read = || serde_json::from_slice(self.schema_text.as_ref()?).ok();
        self.schema.get_or_init(read).as_ref()
    }
}

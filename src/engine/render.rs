//! Rendering a chart: all templates parsed, all files executed.

use super::capabilities::Capabilities;
use super::context::{Importer, ReleaseInfo};
use super::error::Error;
use super::eval::{Evaluator, Template, Unit, Val, Write};
use super::function::Failure;
use super::log::Log;
use super::runtime::{Cluster, Limits, Runtime};
use super::table::FunctionTable;
use crate::chart::Prepared;
use crate::manifest::RenderedFile;
use crate::profile::Profile;
use crate::source::{Sources, Span};
use crate::template::{self, SyntaxError};
use crate::value::{Data, Key, OriginId, TextBuilder, Value};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;

/// What one render is given, beside the chart and its values.
pub struct Options {
    pub release: ReleaseInfo,
    pub capabilities: Capabilities,
    /// `helm lint`: `required` and `fail` do not fail.
    pub lint: bool,
    /// What random functions draw from.
    pub seed: u64,
    /// What `now` gives: seconds and nanoseconds since 1970.
    pub now: (i64, u32),
    pub keys: super::KeySource,
    pub limits: Limits,
    pub profile: Profile,
}

/// The files that a chart rendered to, with everything that the render noted.
pub struct Rendering {
    /// In the order of their names; NOTES.txt files are not among them.
    pub files: Vec<RenderedFile>,
    /// The text of each NOTES.txt.
    pub notes: Vec<RenderedFile>,
    /// What wrote each file's text: the nodes of the file itself, by file.
    pub writes: FxHashMap<Arc<str>, Vec<Write>>,
    /// What the changes to shared maps depended on that other branches would have made before a file was rendered.
    pub heap_marks: FxHashMap<Arc<str>, OriginId>,
    pub rt: Runtime,
    pub log: Log,
    /// The error that ended the render; the files before it are there.
    pub error: Option<RenderError>,
    /// All sources, with the texts that `tpl` ran.
    pub sources: Sources,
    /// The templates as far as they parsed, in the order of [`Prepared::templates`].
    pub trees: Vec<ParsedTemplate>,
}

/// A template with its syntax tree.
#[derive(Clone, Debug)]
pub struct ParsedTemplate {
    pub name: Arc<str>,
    pub tree: Arc<template::ast::Tree>,
    /// The address of its first byte.
    pub base: u32,
    /// Parsed for its defines, never executed by itself.
    pub is_partial: bool,
}

/// Why a chart does not render.
#[derive(Clone, Debug)]
pub enum RenderError {
    Syntax { name: Arc<str>, base: u32, error: SyntaxError },
    Exec(Error),
}

impl RenderError {
    /// As Helm prints it after `Error: `.
    pub fn helm_text(&self, profile: &Profile) -> String {
        match self {
            RenderError::Syntax { name, error, .. } => error.helm_message(name),
            RenderError::Exec(error) => error.helm_text(profile),
        }
    }
}

/// The stack that a render may need: templates nest by recursion.
pub const STACK: usize = 1 << 30;

/// Runs `work` with a stack that holds templates as deeply nested as they may be. The memory of a stack is used only as
/// far as it is touched.
pub fn with_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        match thread.map(|t| t.join()) {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => panic!("no thread can be started: {error}"),
        }
    })
}

/// Renders a chart. Never fails: an error of the templates is part of the result.
pub fn render(
    prepared: &Prepared,
    options: &Options,
    cluster: &dyn Cluster,
    parsed: &template::Cache,
    sources: Sources,
) -> Rendering {
    let table = Rc::new(FunctionTable::new(&options.profile));
    let mut evaluator = Evaluator {
        rt: Runtime::new(options),
        table: table.clone(),
        cluster,
        parsed,
        lint: options.lint,
        layers: vec![FxHashMap::default()],
        out: TextBuilder::default(),
        includes: FxHashMap::default(),
        depth: 0,
        sources,
        log: Log::default(),
        mutators: FxHashMap::default(),
        texts: FxHashMap::default(),
        writes: Vec::new(),
    };
    let contexts = Importer { rt: &mut evaluator.rt }.contexts(prepared, &options.release, &options.capabilities);
    let mut rendering = Partial::default();
    let error = rendering.run(&mut evaluator, prepared, &contexts).err();
    rendering.files.sort_by(|a, b| a.name.cmp(&b.name));
    Rendering {
        files: rendering.files,
        notes: rendering.notes,
        writes: rendering.writes,
        heap_marks: rendering.heap_marks,
        rt: evaluator.rt,
        log: evaluator.log,
        error,
        sources: evaluator.sources,
        trees: rendering.trees,
    }
}

#[derive(Default)]
struct Partial {
    files: Vec<RenderedFile>,
    notes: Vec<RenderedFile>,
    writes: FxHashMap<Arc<str>, Vec<Write>>,
    heap_marks: FxHashMap<Arc<str>, OriginId>,
    trees: Vec<ParsedTemplate>,
}

impl Partial {
    fn run(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        prepared: &Prepared,
        contexts: &[crate::value::MapId],
    ) -> Result<(), RenderError> {
        let templates = prepared.templates();
        let mut units = Vec::with_capacity(templates.len());
        for file in &templates {
            let name: Arc<str> = file.name.as_str().into();
            let table = evaluator.table.clone();
            let profile = evaluator.rt.profile;
            let tree = evaluator
                .parsed
                .parse(&file.text, &name, &|f| table.find(f), &profile)
                .map_err(|error| RenderError::Syntax { name: name.clone(), base: file.base, error })?;
            self.trees.push(ParsedTemplate {
                name: name.clone(),
                tree: tree.clone(),
                base: file.base,
                is_partial: file.is_partial,
            });
            let unit = Rc::new(Unit { tree, base: file.base, name: name.clone() });
            define_all(&mut evaluator.layers[0], &unit);
            units.push(unit);
        }
        for (file, unit) in templates.iter().zip(&units) {
            if file.is_partial {
                continue;
            }
            let context = contexts[file.chart];
            self.execute(evaluator, unit, context, &file.base_path).map_err(RenderError::Exec)?;
        }
        Ok(())
    }

    fn execute(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        unit: &Rc<Unit>,
        context: crate::value::MapId,
        base_path: &str,
    ) -> Result<(), Error> {
        let text_key = |s: &str| -> Key { Arc::from(s.as_bytes()) };
        let template = evaluator.rt.heap.add(crate::value::MapObject {
            entries: [(text_key("Name"), Value::string(&*unit.name)), (text_key("BasePath"), Value::string(base_path))]
                .into(),
            ..Default::default()
        });
        evaluator.rt.heap.get_mut(context).entries.insert(text_key("Template"), Data::Map(template.named()).into());
        evaluator.rt.call_path = 0;
        evaluator.writes.clear();
        let file = evaluator.template(&unit.name);
        // A define of the file's name stands for the file, as in Go; else the file's own text.
        let file = file.unwrap_or(Template { unit: unit.clone(), body: None, is_empty: false });
        let dot = Val::of(Data::Map(context.named()).into());
        evaluator.execute(&unit.name, &file, dot)?;
        let text = std::mem::take(&mut evaluator.out).finish();
        evaluator.rt.spend(text.len()).map_err(|failure| match failure {
            Failure::Error(message) | Failure::Budget(message) => Error::Budget(message),
        })?;
        self.writes.insert(unit.name.clone(), std::mem::take(&mut evaluator.writes));
        self.heap_marks.insert(unit.name.clone(), evaluator.rt.heap_marks);
        let text = super::eval::without_no_value(text);
        let rendered = RenderedFile { name: unit.name.clone(), text };
        if unit.name.ends_with("NOTES.txt") {
            self.notes.push(rendered)
        } else {
            self.files.push(rendered)
        }
        Ok(())
    }
}

/// Registers a file and its defines: the last one parsed wins, unless it is empty.
fn define_all(templates: &mut FxHashMap<Arc<str>, Template>, unit: &Rc<Unit>) {
    let mut add = |name: Arc<str>, template: Template| {
        if template.is_empty && templates.contains_key(&name) {
            return;
        }
        templates.insert(name, template);
    };
    let root_is_empty = unit.tree.root.nodes.iter().all(|node| match node {
        crate::template::ast::Node::Text(span) => {
            unit.tree.source.get(span.range()).is_none_or(|text| text.trim_ascii().is_empty())
        }
        _ => false,
    });
    for define in &unit.tree.defines {
        let body = Some(define.body.clone());
        add(define.name.clone(), Template { unit: unit.clone(), body, is_empty: define.is_empty });
    }
    add(unit.name.clone(), Template { unit: unit.clone(), body: None, is_empty: root_is_empty });
}

/// The place of an error in the sources, innermost level first.
pub fn places(error: &RenderError) -> Vec<Span> {
    match error {
        RenderError::Syntax { base, error, .. } => vec![error.span.at(*base)],
        RenderError::Exec(error) => error.levels().iter().rev().map(|level| level.span).collect(),
    }
}

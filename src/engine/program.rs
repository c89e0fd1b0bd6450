//! The templates of a chart, parsed, and their defines by name.

use super::eval::{Evaluator, Template, Unit};
use super::render::RenderError;
use crate::chart::{self, Prepared};
use crate::template;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A template with its syntax tree.
#[derive(Clone, Debug)]
pub struct ParsedTemplate {
    pub tree: Arc<template::ast::Tree>,
    /// The address of its first byte.
    pub base: u32,
    /// Parsed for its defines, never executed by itself.
    pub is_partial: bool,
}

/// The parsed templates of a chart.
#[derive(Default)]
pub(super) struct Program {
    /// The files in the order in which they are executed, partials left out.
    pub files: Vec<(chart::Template, Arc<Unit>)>,
    pub templates: Arc<FxHashMap<Arc<str>, Template>>,
    pub trees: Vec<ParsedTemplate>,
}

impl Program {
    pub fn parse(prepared: &Prepared, evaluator: &Evaluator<'_>) -> Result<Program, RenderError> {
        let mut files = Vec::new();
        let mut trees = Vec::new();
        let mut defined = FxHashMap::with_capacity_and_hasher(256, Default::default());
        let (table, profile) = (&evaluator.table, &evaluator.rt.profile);
        for file in prepared.templates() {
            let name: Arc<str> = file.name.as_str().into();
            let tree = evaluator
                .parsed
                .parse(&file.text, &name, &|f| table.find(f), profile)
                .map_err(|error| RenderError::Syntax { name: name.clone(), base: file.base, error })?;
            trees.push(ParsedTemplate { tree: tree.clone(), base: file.base, is_partial: file.is_partial });
            let unit = Arc::new(Unit { tree, base: file.base, name });
            define_all(&mut defined, &unit);
            if !file.is_partial {
                files.push((file, unit));
            }
        }
        Ok(Program { files, templates: Arc::new(defined), trees })
    }
}

/// Registers a file and its defines: the last one parsed wins, unless it is empty.
fn define_all(templates: &mut FxHashMap<Arc<str>, Template>, unit: &Arc<Unit>) {
    let mut add = |name: Arc<str>, template: Template| {
        if template.is_empty && templates.contains_key(&name) {
            return;
        }
        templates.insert(name, template);
    };
    let root_is_empty = unit.tree.nodes(unit.tree.root).iter().all(|node| match node {
        crate::template::ast::Node::Text(span) => {
            unit.tree.source.get(span.range()).is_none_or(|text| text.trim_ascii().is_empty())
        }
        _ => false,
    });
    for define in &*unit.tree.defines {
        let body = Some(define.body);
        add(define.name.clone(), Template { unit: unit.clone(), body, is_empty: define.is_empty });
    }
    add(unit.name.clone(), Template { unit: unit.clone(), body: None, is_empty: root_is_empty });
}

//! The templates of a prepared chart, in the order in which Helm parses and executes them.

use super::prepare::Prepared;
use crate::source::Content;
use std::borrow::Cow;
use std::sync::Arc;

/// A template of a chart that takes part.
#[derive(Clone, PartialEq, Debug)]
pub struct Template {
    /// `c/charts/s/templates/x.yaml`
    pub name: String,
    /// `c/charts/s/templates`
    pub base_path: Arc<str>,
    /// The number of its chart in [`Prepared::charts`].
    pub chart: usize,
    /// The address of its first byte.
    pub base: u32,
    pub text: Content,
    /// Parsed for its defines, never executed by itself.
    pub is_partial: bool,
}

impl Prepared {
    /// All templates, in the order of parsing, which is that of execution: the deepest first, and at one depth in
    /// descending order of the names. Of several templates with one name the last chart's is rendered.
    pub fn templates(&self) -> Vec<Template> {
        let count = self.charts.iter().map(|prepared| prepared.chart.templates.len()).sum();
        let mut templates = Vec::with_capacity(count);
        self.add_templates(0, &mut templates);
        let depth = |template: &Template| template.name.bytes().filter(|byte| *byte == b'/').count();
        let mut order: Vec<(usize, usize)> = templates.iter().map(depth).zip(0..).collect();
        // Of equal names the last one comes first.
        order.sort_unstable_by(|(a_depth, a), (b_depth, b)| {
            let name = |at: &usize| &templates[*at].name;
            b_depth.cmp(a_depth).then_with(|| name(b).cmp(name(a))).then_with(|| b.cmp(a))
        });
        let mut templates: Vec<_> = templates.into_iter().map(Some).collect();
        let mut templates: Vec<_> = order.into_iter().filter_map(|(_, at)| templates[at].take()).collect();
        templates.dedup_by(|later, first| later.name == first.name);
        templates
    }

    /// Subcharts first, as Helm's engine does.
    fn add_templates(&self, index: usize, templates: &mut Vec<Template>) {
        let Some(prepared) = self.charts.get(index) else { return };
        for child in &prepared.subcharts {
            self.add_templates(*child, templates);
        }
        let base_path: Arc<str> = format!("{}/templates", prepared.path).into();
        for file in &prepared.chart.templates {
            let is_partial = file.base_name().starts_with('_');
            if prepared.chart.is_library() && !is_partial {
                continue;
            }
            templates.push(Template {
                name: [&*prepared.path, "/", &*clean(&file.path)].concat(),
                base_path: base_path.clone(),
                chart: index,
                base: file.base,
                text: file.bytes.clone(),
                is_partial,
            });
        }
    }
}

/// A path without empty parts, as Go's path.Join leaves it.
fn clean(path: &str) -> Cow<'_, str> {
    let is_empty = |part: &str| part.is_empty() || part == ".";
    if !path.split('/').any(is_empty) {
        return path.into();
    }
    path.split('/').filter(|part| !is_empty(part)).collect::<Vec<_>>().join("/").into()
}

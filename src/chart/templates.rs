//! The templates of a prepared chart, in the order in which Helm parses and executes them.

use super::prepare::Prepared;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A template of a chart that takes part.
#[derive(Clone, PartialEq, Debug)]
pub struct Template {
    /// `c/charts/s/templates/x.yaml`
    pub name: String,
    /// `c/charts/s/templates`
    pub base_path: String,
    /// The number of its chart in [`Prepared::charts`].
    pub chart: usize,
    /// The address of its first byte.
    pub base: u32,
    pub text: Arc<[u8]>,
    /// Parsed for its defines, never executed by itself.
    pub is_partial: bool,
}

impl Prepared {
    /// All templates, in the order of parsing, which is that of execution: the deepest first, and at one depth in
    /// descending order of the names. Of several templates with one name the last chart's is rendered.
    pub fn templates(&self) -> Vec<Template> {
        let mut by_name = BTreeMap::new();
        self.add_templates(0, &mut by_name);
        let mut templates: Vec<Template> = by_name.into_values().collect();
        let depth = |template: &Template| template.name.bytes().filter(|byte| *byte == b'/').count();
        templates.sort_by(|a, b| depth(b).cmp(&depth(a)).then_with(|| b.name.cmp(&a.name)));
        templates
    }

    /// Subcharts first, as Helm's engine does.
    fn add_templates(&self, index: usize, by_name: &mut BTreeMap<String, Template>) {
        let Some(prepared) = self.charts.get(index) else { return };
        for child in &prepared.subcharts {
            self.add_templates(*child, by_name);
        }
        for file in &prepared.chart.templates {
            let is_partial = file.base_name().starts_with('_');
            if prepared.chart.is_library() && !is_partial {
                continue;
            }
            let name = format!("{}/{}", prepared.path, clean(&file.path));
            let template = Template {
                name: name.clone(),
                base_path: format!("{}/templates", prepared.path),
                chart: index,
                base: file.base,
                text: file.bytes.clone(),
                is_partial,
            };
            by_name.insert(name, template);
        }
    }
}

/// A path without empty parts, as Go's path.Join leaves it.
fn clean(path: &str) -> String {
    path.split('/').filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>().join("/")
}

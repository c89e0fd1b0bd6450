//! A trace as a picture that needs nothing else: sources on the left, what is read of them and the conditions on them in the
//! middle, objects with their fields on the right.

use super::graph::{Edge, End, Graph, Limits, Node};
use super::{Told, counts, cut, limits};
use crate::trace::Kind;
use std::fmt::Write;

const LIMITS: Limits = Limits { sources: 24, middle: 40, boxes: 36, rows: 80 };

/// The left edge and the width of each column, in pixels.
const COLUMNS: [(f32, f32); 3] = [(24.0, 320.0), (440.0, 300.0), (836.0, 380.0)];
const WIDTH: f32 = 1240.0;
const TOP: f32 = 56.0;
/// A line of text.
const LINE: f32 = 18.0;
/// Between boxes.
const GAP: f32 = 12.0;
/// A character of the font, about.
const CHARACTER: f32 = 7.25;

/// The text of the picture.
pub fn text(told: &Told<'_>) -> String {
    let graph = Graph::new(told, LIMITS);
    let layout = Layout::new(&graph);
    let mut notes = vec!["solid: is written there; dashed: decides whether that is written".to_string()];
    if !graph.left_out.is_empty() {
        notes.push(format!("left out: {}", graph.left_out));
    }
    notes.extend(limits(told.trace));
    let bottom = layout.height + GAP;
    let height = bottom + LINE * (notes.len() as f32 + 0.5);
    let read = if graph.sources.is_empty() { "nothing flows anywhere".to_string() } else { counts(told.trace) };
    let title = format!("{}: {read}", told.path);
    let mut out = String::new();
    let mut add = |text: std::fmt::Arguments<'_>| _ = writeln!(out, "{text}");
    add(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\" aria-labelledby=\"trace-title trace-desc\">"
    ));
    add(format_args!("<title id=\"trace-title\">{}</title>", escaped(&title)));
    add(format_args!("<desc id=\"trace-desc\">{}</desc>", escaped(&description(&graph))));
    add(format_args!("<style>{STYLE}</style>"));
    add(format_args!("<rect class=\"page\" width=\"100%\" height=\"100%\"/>"));
    add(format_args!("<text class=\"head\" x=\"24\" y=\"30\">{}</text>", escaped(&cut(&title, 140))));
    for edge in &graph.edges {
        add(format_args!("{}", layout.edge(edge, &graph)));
    }
    for (number, node) in graph.sources.iter().enumerate() {
        add(format_args!("{}", drawn(node, COLUMNS[0], layout.sources.get(number).copied().unwrap_or_default())));
    }
    for (number, node) in graph.middle.iter().enumerate() {
        add(format_args!("{}", drawn(node, COLUMNS[1], layout.middle.get(number).copied().unwrap_or_default())));
    }
    for (number, objects) in graph.objects.iter().enumerate() {
        let y = layout.objects.get(number).copied().unwrap_or_default();
        add(format_args!("{}", boxed(objects, y)));
    }
    for (index, note) in notes.iter().enumerate() {
        let y = bottom + LINE * (index as f32 + 0.5);
        add(format_args!("<text class=\"dim\" x=\"24\" y=\"{y}\">{}</text>", escaped(&cut(note, 160))));
    }
    out.push_str("</svg>\n");
    out
}

const STYLE: &str = "\
text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#1f2937}.head{font-size:14px;font-weight:bold}\
.dim{fill:#6b7280;font-size:11px}.page{fill:#ffffff}.node{fill:#f9fafb;stroke:#9ca3af}.test{stroke-dasharray:4 2}\
.object{font-weight:bold}.edge{fill:none;stroke:#9ca3af;stroke-opacity:.75}.decides{stroke-dasharray:5 3}\
.lookup{stroke:#1d4ed8}.phase{stroke:#7c3aed}.random{stroke:#be123c}.time{stroke:#c2410c}.dns{stroke:#c2410c}\
.capabilities{stroke:#047857}.chart-version{stroke:#a16207}\
@media (prefers-color-scheme:dark){text{fill:#e5e7eb}.dim{fill:#9ca3af}.page{fill:#111827}.node{fill:#1f2937}\
.lookup{stroke:#60a5fa}.phase{stroke:#a78bfa}.random{stroke:#fb7185}.time,.dns{stroke:#fb923c}\
.capabilities{stroke:#34d399}.chart-version{stroke:#fbbf24}}";

/// What the picture shows, for those who do not see it.
fn description(graph: &Graph) -> String {
    let text = |node: &Node| node.text.clone();
    let sources: Vec<String> = graph.sources.iter().map(text).collect();
    let objects: Vec<String> = graph.objects.iter().map(super::graph::Objects::text).collect();
    format!(
        "What the chart reads, on the left ({}), by way of values and conditions in the middle, into objects and their \
         fields on the right ({}).",
        super::groups::list(&sources, 8),
        super::groups::list(&objects, 8)
    )
}

/// Where everything stands: the upper edges.
struct Layout {
    sources: Vec<f32>,
    middle: Vec<f32>,
    objects: Vec<f32>,
    height: f32,
}

impl Layout {
    /// The middle column is stacked; the others stand, in their order, as near as they can to what they are joined to.
    fn new(graph: &Graph) -> Layout {
        let mut layout = Layout { sources: Vec::new(), middle: Vec::new(), objects: Vec::new(), height: 0.0 };
        let mut y = TOP;
        for node in &graph.middle {
            layout.middle.push(y);
            y += height(node) + GAP;
        }
        layout.height = y;
        let mut y = TOP;
        for (number, node) in graph.sources.iter().enumerate() {
            let joined = graph.edges.iter().filter(|edge| edge.from == End::Source(number)).map(|edge| edge.to);
            let wanted = layout.mean(joined, graph).map(|mean| mean - height(node) / 2.0);
            y = wanted.unwrap_or(y).max(y);
            layout.sources.push(y);
            y += height(node) + GAP;
        }
        layout.height = layout.height.max(y);
        let mut y = TOP;
        for (number, objects) in graph.objects.iter().enumerate() {
            let is_here = |end: End| matches!(end, End::Objects(n) | End::Row(n, _) if n == number);
            let joined = graph.edges.iter().filter(|edge| is_here(edge.to)).map(|edge| edge.from);
            let own = LINE * (objects.rows.len() as f32 + 1.0) + 10.0;
            let wanted = layout.mean(joined, graph).map(|mean| mean - own / 2.0);
            // Not so far down that nothing stands beside it.
            y = wanted.unwrap_or(y).clamp(y, y + 160.0);
            layout.objects.push(y);
            y += own + GAP;
        }
        layout.height = layout.height.max(y).max(TOP + LINE);
        layout
    }

    /// The mean height of what has its place already.
    fn mean(&self, ends: impl Iterator<Item = End>, graph: &Graph) -> Option<f32> {
        let heights: Vec<f32> = ends.filter_map(|end| self.centre(end, graph)).collect();
        (!heights.is_empty()).then(|| heights.iter().sum::<f32>() / heights.len() as f32)
    }

    fn centre(&self, end: End, graph: &Graph) -> Option<f32> {
        Some(match end {
            End::Source(number) => self.sources.get(number)? + height(graph.sources.get(number)?) / 2.0,
            End::Middle(number) => self.middle.get(number)? + height(graph.middle.get(number)?) / 2.0,
            End::Objects(number) => self.objects.get(number)? + 5.0 + LINE / 2.0,
            End::Row(number, row) => self.objects.get(number)? + 5.0 + LINE * (row as f32 + 1.5),
        })
    }

    fn edge(&self, edge: &Edge, graph: &Graph) -> String {
        let (Some(from), Some(to)) = (self.centre(edge.from, graph), self.centre(edge.to, graph)) else {
            return String::new();
        };
        let column = |end: End| match end {
            End::Source(_) => COLUMNS[0],
            End::Middle(_) => COLUMNS[1],
            End::Objects(_) | End::Row(..) => COLUMNS[2],
        };
        let decides = if edge.decides { " decides" } else { "" };
        let kind = match edge.from {
            End::Source(number) => graph.sources.get(number).and_then(|node| node.kind).map_or("", Kind::name),
            _ => "",
        };
        let (left, right) = (column(edge.from).0 + column(edge.from).1, column(edge.to).0);
        let way = match edge.to {
            // From one source to another: along the left.
            End::Source(_) => format!("M{x} {from}C{c} {from} {c} {to} {x} {to}", x = right, c = right - 20.0),
            _ => format!("M{left} {from}C{c} {from} {d} {to} {right} {to}", c = left + 48.0, d = right - 48.0),
        };
        format!("<path class=\"edge {kind}{decides}\" d=\"{way}\"/>")
    }
}

fn height(node: &Node) -> f32 {
    let rest = [&node.place, &node.given].into_iter().filter(|text| !text.is_empty()).count();
    let lines = lines(&node.text, width_of(node)).len() + rest;
    LINE * lines as f32 + 8.0
}

fn width_of(node: &Node) -> f32 {
    if node.kind.is_some() { COLUMNS[0].1 } else { COLUMNS[1].1 }
}

/// A text in a line, or in two where that shows more of it.
fn lines(text: &str, width: f32) -> Vec<String> {
    let room = room(width);
    if text.chars().count() <= room {
        return vec![text.to_string()];
    }
    let mut fits = text.match_indices(' ').map(|(at, _)| at).filter(|at| text[..*at].chars().count() <= room);
    match fits.next_back() {
        Some(at) => vec![text[..at].to_string(), cut(&text[at + 1..], room)],
        None => vec![cut(text, room)],
    }
}

/// How many characters a column has room for.
fn room(width: f32) -> usize {
    ((width - 16.0) / CHARACTER) as usize
}

fn drawn(node: &Node, (x, width): (f32, f32), y: f32) -> String {
    let class = match node.kind {
        Some(kind) => format!("node {}", kind.name()),
        None if node.decides => "node test".into(),
        None => "node".into(),
    };
    let full = escaped(format!("{} {} {}", node.text, node.place, node.given).trim_end());
    let mut out = format!(
        "<g><title>{full}</title><rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\" rx=\"4\"/>",
        height(node)
    );
    let mut y = y - 1.0;
    let mut line = |class: &str, text: &str| {
        y += LINE;
        let _ = write!(out, "<text{class} x=\"{}\" y=\"{y}\">{}</text>", x + 8.0, escaped(text));
    };
    lines(&node.text, width).iter().for_each(|text| line("", text));
    if !node.place.is_empty() {
        line(" class=\"dim\"", &end_of(&node.place, room(width)));
    }
    if !node.given.is_empty() {
        line(" class=\"dim\"", &cut(&node.given, room(width)));
    }
    out.push_str("</g>");
    out
}

fn boxed(objects: &super::graph::Objects, y: f32) -> String {
    let (x, width) = COLUMNS[2];
    let height = LINE * (objects.rows.len() as f32 + 1.0) + 10.0;
    let mut out = format!(
        "<g><title>{}</title><rect class=\"node\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"4\"/>\
         <text class=\"object\" x=\"{}\" y=\"{}\">{}</text></g>",
        escaped(&super::groups::list(&objects.names, 40)),
        x + 8.0,
        y + LINE,
        escaped(&cut(&objects.text(), room(width)))
    );
    for (row, fields) in objects.rows.iter().enumerate() {
        let _ = write!(
            out,
            "<g><title>{}</title><text x=\"{}\" y=\"{}\">{}</text></g>",
            escaped(&super::groups::list(fields, 40)),
            x + 20.0,
            y + LINE * (row as f32 + 2.0),
            escaped(&end_of(&super::groups::list(fields, 1), room(width) - 2))
        );
    }
    out
}

/// The end of a text, which of a path says most.
fn end_of(text: &str, room: usize) -> String {
    let count = text.chars().count();
    if count <= room {
        return text.to_string();
    }
    std::iter::once('…').chain(text.chars().skip(count - room + 1)).collect()
}

/// Text of an element. What no XML may hold is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_marks_up_is_left() {
        assert_eq!(escaped("<a href=\"x\">'&\u{1}\n"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;\u{fffd} ");
    }

    #[test]
    fn of_a_long_path_the_end_is_shown() {
        assert_eq!(end_of("charts/web/templates/a.yaml:3", 8), "….yaml:3");
    }
}

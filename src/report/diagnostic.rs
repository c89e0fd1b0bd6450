//! Errors of charts, drawn at their place by miette.

use crate::source::{Sources, Span};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};
use std::fmt;

/// Places with no more than this many lines between what is drawn of them are drawn together.
const NEAR: usize = 4;

/// All files as one source for miette: an address is an offset, and the file is found by it.
pub struct Addresses<'a>(pub &'a Sources);

impl SourceCode for Addresses<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let address = u32::try_from(span.offset()).map_err(|_| MietteError::OutOfBounds)?;
        let file = self.0.file_at(address).ok_or(MietteError::OutOfBounds)?;
        let base = file.base as usize;
        let local = SourceSpan::new((span.offset() - base).into(), span.len());
        let contents = (*file.text).read_span(&local, before, after)?;
        let at = contents.span();
        let shown = SourceSpan::new((at.offset() + base).into(), at.len());
        let text = &file.text[at.offset()..at.offset() + at.len()];
        // miette draws two places as one where the lines of the first reach the second. Its own count begins at the start
        // of the file, so that a place in line 60 would be drawn together with one in line 110.
        let lines = memchr::memchr_iter(b'\n', text).count() + NEAR;
        Ok(Box::new(MietteSpanContents::new_named(
            file.path.clone(),
            text,
            shown,
            contents.line(),
            contents.column(),
            lines,
        )))
    }
}

/// A problem with labelled places, possibly in several files.
#[derive(Debug)]
pub struct Problem {
    pub code: Option<String>,
    pub severity: miette::Severity,
    pub message: String,
    pub labels: Vec<(Span, String)>,
    pub help: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

/// A problem together with the files that it points into.
struct Drawn<'a> {
    problem: &'a Problem,
    sources: Addresses<'a>,
}

impl fmt::Debug for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl std::error::Error for Drawn<'_> {}

impl Diagnostic for Drawn<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.code.as_ref().map(|code| Box::new(code) as _)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.problem.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.help.as_ref().map(|help| Box::new(help) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.sources)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        if self.problem.labels.is_empty() {
            return None;
        }
        Some(Box::new(self.problem.labels.iter().enumerate().map(|(i, (span, label))| {
            let label = (!label.is_empty()).then(|| label.clone());
            let length = (span.end - span.start).max(1) as usize;
            let at = SourceSpan::new((span.start as usize).into(), length);
            if i == 0 { LabeledSpan::new_primary_with_span(label, at) } else { LabeledSpan::new_with_span(label, at) }
        })))
    }
}

/// Whether output is drawn with colours and with characters beyond ASCII.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub colour: bool,
    pub unicode: bool,
    pub width: usize,
}

/// Longer lines are not drawn: nobody could read them, and miette counts columns in 16 bits.
const MAX_LINE: usize = 5_000;

/// Whether the lines of a place, with one around them, are short enough to be drawn.
fn can_be_drawn(sources: &Sources, span: Span) -> bool {
    let Some((file, first)) = sources.locate(span.start) else { return true };
    let last = file.position(span.end.saturating_sub(file.base)).line;
    (first.line.saturating_sub(1).max(1)..=last.saturating_add(1)).all(|line| file.line_text(line).len() <= MAX_LINE)
}

/// The problem as text.
pub fn draw(problem: &Problem, sources: &Sources, style: Style) -> String {
    let is_short = |label: &&(Span, String)| can_be_drawn(sources, label.0);
    if !problem.labels.iter().all(|label| is_short(&label)) {
        let mut help: Vec<String> = problem.help.iter().cloned().collect();
        for (span, says) in problem.labels.iter().filter(|label| !is_short(label)) {
            if let Some((file, at)) = sources.locate(span.start) {
                let says = if says.is_empty() { String::new() } else { format!(": {says}") };
                help.push(format!("{}:{}:{}, a line too long to be drawn{says}", file.path, at.line, at.column));
            }
        }
        let short = Problem {
            code: problem.code.clone(),
            severity: problem.severity,
            message: problem.message.clone(),
            labels: problem.labels.iter().filter(is_short).cloned().collect(),
            help: Some(help.join("\n")),
        };
        return drawn(&short, sources, style);
    }
    drawn(problem, sources, style)
}

fn drawn(problem: &Problem, sources: &Sources, style: Style) -> String {
    let theme = match (style.unicode, style.colour) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme { styles: miette::ThemeStyles::ansi(), ..GraphicalTheme::ascii() },
        (false, false) => GraphicalTheme::none(),
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(style.width).with_context_lines(1);
    let drawn = Drawn { problem, sources: Addresses(sources) };
    let mut out = String::new();
    // Writing to a string does not fail; what miette cannot draw is left as its message.
    if handler.render_report(&mut out, &drawn).is_err() {
        out = problem.message.clone();
    }
    out
}

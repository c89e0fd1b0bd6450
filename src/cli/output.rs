//! What the program writes.

use super::Exit;
use crate::report::diagnostic::Style;
use std::io::{IsTerminal, Write};

/// Writes to standard output. A reader that went away is no error: `chartlint … | head`.
pub fn write(bytes: &[u8]) -> Exit {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Exit::Clean,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Clean,
        Err(_) => Exit::Failed,
    }
}

/// How to draw on a stream: colour for terminals, unless NO_COLOR or TERM=dumb say no or CLICOLOR_FORCE says yes.
pub fn style(stream: &impl IsTerminal) -> Style {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let is_terminal = stream.is_terminal();
    let colour = !is_set("NO_COLOR") && (is_set("CLICOLOR_FORCE") || (is_terminal && !is_dumb));
    let width = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).unwrap_or(110);
    Style { colour, unicode: !is_dumb, width: std::cmp::Ord::clamp(width, 60, 200) }
}

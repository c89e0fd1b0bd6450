//! How far a run over many charts is: one line on standard error that is drawn over, and gone at the end.

use super::output;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A run that is shorter shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the line is drawn.
const PAUSE: Duration = Duration::from_millis(100);

/// The progress of a run; it may be told by several threads.
pub struct Progress {
    /// Nothing to draw on.
    is_silent: bool,
    total: usize,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    done: usize,
    drawn: Option<Instant>,
}

impl Progress {
    /// Progress is for people who watch a terminal.
    pub fn new(total: usize, is_quiet: bool) -> Progress {
        let is_watched = output::is_watched(&std::io::stderr());
        Progress {
            is_silent: is_quiet || total < 2 || !is_watched,
            total,
            started: Instant::now(),
            state: Mutex::default(),
        }
    }

    /// One more chart is done.
    pub fn done(&self, path: &Path) {
        // A thread that panicked while it drew a line has done no harm to the count.
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        state.done += 1;
        let is_due = state.drawn.is_none_or(|drawn| drawn.elapsed() >= PAUSE);
        if self.is_silent || self.started.elapsed() < PATIENCE || !is_due {
            return;
        }
        state.drawn = Some(Instant::now());
        let width = output::width().min(78);
        // A closed standard error leaves nobody to tell.
        let _ = write!(std::io::stderr(), "\r{}", line(state.done, self.total, &path.display().to_string(), width));
    }

    /// The line goes away.
    pub fn end(&self) {
        let state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if state.drawn.is_some() && std::io::stderr().is_terminal() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

/// `[ 12/100] charts/web`, padded to a width so that it covers what was there.
fn line(done: usize, total: usize, name: &str, width: usize) -> String {
    let digits = total.to_string().len();
    let start = format!("[{done:digits$}/{total}] ");
    let room = width.saturating_sub(start.len());
    let name: String = match name.chars().count() {
        // The end of a path tells more than its start.
        length if length > room => "…".chars().chain(name.chars().skip(length + 1 - room.max(1))).collect(),
        _ => name.into(),
    };
    format!("{start}{name:room$}").replace(['\r', '\n', '\x1b'], "?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_covers_the_one_before() {
        assert_eq!(line(7, 100, "charts/web", 24), "[  7/100] charts/web    ");
        assert_eq!(line(100, 100, "a/very/long/path/to/web", 20), "[100/100] …th/to/web");
        assert_eq!(line(1, 2, "größe", 12), "[1/2] größe ");
    }
}

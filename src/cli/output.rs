//! What the program writes, and how it draws on what it writes to.

use super::Exit;
use super::format::Target;
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

/// Writes to where a report goes. The folder of a file has to be there.
pub fn write_to(target: &Target, bytes: &[u8]) -> Exit {
    let path = match target {
        Target::Stdout => return write(bytes),
        Target::File(path) => path,
    };
    match std::fs::write(path, bytes) {
        Ok(()) => Exit::Clean,
        Err(error) => {
            complain(&format!("--output {}: {}", path.display(), super::input::system_message(&error)));
            Exit::Usage
        }
    }
}

/// Says on standard error what is wrong.
pub fn complain(message: &str) {
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(std::io::stderr(), "chartlint: {message}");
}

/// What the environment says about drawing.
#[derive(Clone, Copy, Default, Debug)]
struct Wishes {
    /// NO_COLOR, with anything in it.
    no_colour: bool,
    /// CLICOLOR_FORCE, with anything but 0 in it.
    force_colour: bool,
    /// TERM=dumb
    is_dumb: bool,
    /// CI, with anything but false or 0 in it.
    is_ci: bool,
}

impl Wishes {
    fn from_environment() -> Wishes {
        let text = |name: &str| std::env::var_os(name).unwrap_or_default();
        let is_on = |name: &str| !matches!(text(name).to_str(), Some("" | "0" | "false"));
        Wishes {
            no_colour: !text("NO_COLOR").is_empty(),
            force_colour: is_on("CLICOLOR_FORCE"),
            is_dumb: text("TERM") == "dumb",
            is_ci: is_on("CI"),
        }
    }

    /// Colour is for terminals, and for those who force it; a no is stronger than a force.
    fn colour(self, is_terminal: bool) -> bool {
        !self.no_colour && (self.force_colour || is_terminal && !self.is_dumb)
    }

    /// Somebody sees a line that is drawn over.
    fn is_watched(self, is_terminal: bool) -> bool {
        is_terminal && !self.is_dumb && !self.is_ci
    }
}

/// How wide text may be.
pub fn width() -> usize {
    let width = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).unwrap_or(110);
    std::cmp::Ord::clamp(width, 60, 200)
}

/// How to draw on a stream.
pub fn style(stream: &impl IsTerminal) -> Style {
    let wishes = Wishes::from_environment();
    Style { colour: wishes.colour(stream.is_terminal()), unicode: !wishes.is_dumb, width: width() }
}

/// Whether standard output is a terminal that shows links; FORCE_HYPERLINK says so, or 0 that it is not.
pub fn has_links() -> bool {
    let is_forced = std::env::var_os("FORCE_HYPERLINK").is_some();
    let is_watched = is_forced || Wishes::from_environment().is_watched(true);
    is_watched && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout)
}

/// How to draw in a file that is read later, by whatever program.
pub fn style_of_files() -> Style {
    Style { colour: false, unicode: true, width: width() }
}

/// Whether somebody watches a stream.
pub fn is_watched(stream: &impl IsTerminal) -> bool {
    Wishes::from_environment().is_watched(stream.is_terminal())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_follows_the_wishes() {
        let none = Wishes::default();
        assert!(none.colour(true) && !none.colour(false));
        let forced = Wishes { force_colour: true, ..none };
        assert!(forced.colour(false) && Wishes { is_dumb: true, ..forced }.colour(true));
        assert!(!Wishes { no_colour: true, ..forced }.colour(true));
        assert!(!Wishes { is_dumb: true, ..none }.colour(true));
    }

    #[test]
    fn progress_is_for_those_who_watch() {
        let none = Wishes::default();
        assert!(none.is_watched(true) && !none.is_watched(false));
        assert!(!Wishes { is_ci: true, ..none }.is_watched(true));
        assert!(!Wishes { is_dumb: true, ..none }.is_watched(true));
    }
}

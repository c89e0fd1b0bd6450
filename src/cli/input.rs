//! What the program reads.

use crate::chart::RawFile;
use crate::source::Content;
use std::path::Path;

/// Why a chart could not be read.
#[derive(Debug)]
pub enum InputError {
    /// There is nothing at the path.
    NotFound(String),
    Unreadable(String),
}

/// Where charts and values files come from.
pub trait Input {
    /// The files of a chart: of a folder, or of an archive.
    fn chart(&self, path: &Path) -> Result<Vec<RawFile>, InputError>;

    /// A file; the error is the system's message as Helm shows it.
    fn file(&self, path: &Path) -> Result<Content, String>;
}

/// The file system.
pub struct Disk;

impl Input for Disk {
    fn chart(&self, path: &Path) -> Result<Vec<RawFile>, InputError> {
        super::read::chart(path)
    }

    fn file(&self, path: &Path) -> Result<Content, String> {
        match std::fs::read(path) {
            Ok(bytes) => Ok(bytes.into()),
            Err(error) => Err(format!("open {}: {}", path.display(), system_message(&error))),
        }
    }
}

/// The system's words for an error, as Go prints them.
pub fn system_message(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        std::io::ErrorKind::IsADirectory => "is a directory".into(),
        _ => error.to_string(),
    }
}

/// What stands before the paths of a chart's files in messages.
pub fn shown_root(path: &Path) -> String {
    let shown = path.display().to_string();
    let is_archive = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("tgz") || e.eq_ignore_ascii_case("gz"));
    // The chart of the working directory needs no name.
    if matches!(shown.as_str(), "." | "./") {
        return String::new();
    }
    if is_archive { format!("{shown}:") } else { shown.trim_end_matches(['/', '\\']).to_string() }
}

/// The time: seconds and nanoseconds since 1970.
pub fn now() -> (i64, u32) {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    (i64::try_from(since.as_secs()).unwrap_or(0), since.subsec_nanos())
}

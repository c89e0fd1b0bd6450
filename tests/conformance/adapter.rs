//! The one place where the conformance tests meet chartlint: its program, run as a person would.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Exactly what `templates/t.yaml` renders to, before the output is cut into documents.
    File,
    /// What `helm template` prints.
    Manifest,
}

/// What came of it: the bytes, or the error.
pub type Rendered = Result<Vec<u8>, String>;

/// A chart named `c` in a folder of its own, which goes when this does.
pub struct Chart {
    folder: PathBuf,
}

impl Chart {
    /// Writes the files of a chart, whose paths are relative to it.
    pub fn new(files: &BTreeMap<String, String>) -> std::io::Result<Chart> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("conformance-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let chart = Chart { folder: Path::new(env!("CARGO_TARGET_TMPDIR")).join(name) };
        for (path, text) in files {
            let path = chart.folder.join("c").join(path);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(path, text)?;
        }
        Ok(chart)
    }

    /// Renders the chart as the release `rel` with further arguments of `helm template`, run in the folder above it.
    pub fn render(&self, arguments: &[String], helm: &str, wanted: Wanted) -> Rendered {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chartlint"));
        command.args(["render", "./c", "--name", "rel", "--error-format", "plain", "--helm", helm]).args(arguments);
        if wanted == Wanted::File {
            command.args(["--raw", "templates/t.yaml"]);
        }
        // Nothing of the machine's: no configuration, no colours, one time zone.
        command.env_clear().env("TZ", "UTC").env("HOME", &self.folder).current_dir(&self.folder).stdin(Stdio::null());
        let output = command.output().map_err(|error| format!("chartlint did not start: {error}"))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            // 101 is how a Rust program ends that panics.
            None | Some(101) => Err(format!("chartlint crashed ({}): {said}", output.status)),
            Some(_) => Err(said.into_owned()),
        }
    }
}

impl Drop for Chart {
    fn drop(&mut self) {
        // What is left behind lies in a folder that `cargo clean` removes.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

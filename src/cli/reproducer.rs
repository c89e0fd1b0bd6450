//! `--reproducer DIR`: a folder for each finding.

use crate::check::Checked;
use crate::report::reproducer::{self, Seen};
use std::path::Path;

/// Writes the folders of a chart's findings. The error is the system's, with the path.
pub fn write(checked: &Checked, root: &Path, chart: &Path, previous: Option<&Path>) -> Result<(), String> {
    let whole = |path: &Path| {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        path.display().to_string()
    };
    for finding in &checked.findings {
        let Some(witness) = checked.witnesses.get(&finding.fingerprint()) else { continue };
        let seen = Seen {
            chart: whole(chart),
            previous: previous.filter(|_| witness.previous).map(whole),
            values: &witness.values,
            release: &witness.release,
            helm: witness.helm,
            manifests: &witness.manifests,
            live: witness.live.as_deref(),
            patches: &witness.patches,
        };
        let folder = root.join(&checked.name).join(reproducer::folder(finding));
        let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
        std::fs::create_dir_all(&folder).map_err(|error| failed(&folder, error))?;
        for (name, text) in reproducer::files(finding, &seen) {
            let path = folder.join(name);
            std::fs::write(&path, text).map_err(|error| failed(&path, error))?;
        }
    }
    Ok(())
}

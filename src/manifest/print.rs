//! What `helm template` writes to standard output.

use super::{Document, Manifests};
use crate::value::{Text, TextBuilder};

/// What is printed of a render.
#[derive(Clone, Debug, Default)]
pub struct Printed {
    /// Whole files of crds/ with the names that Helm gives them, printed first.
    pub crds: Vec<(String, Vec<u8>)>,
    pub no_hooks: bool,
    pub skip_tests: bool,
}

/// The standard output of `helm template`, with its provenance.
pub fn print(manifests: &Manifests, options: &Printed) -> Text {
    let documents = manifests.objects.iter().chain(&manifests.hooks);
    let pieces = documents.clone().map(|document| document.text.pieces().len()).sum();
    let bytes = documents.map(|document| document.file.len() + document.text.len() + "---\n# Source: \n\n".len()).sum();
    let mut out = TextBuilder::with_capacity(bytes, pieces);
    for (name, bytes) in &options.crds {
        out.push(format!("---\n# Source: {name}\n").as_bytes());
        out.push(bytes);
        out.push(b"\n");
    }
    let last = manifests.objects.split_last().filter(|(last, _)| !last.text.bytes().trim_ascii().is_empty());
    if let Some((last, others)) = last {
        others.iter().for_each(|document| push(&mut out, document));
        // What is trimmed from all of it is the end of the last document.
        push_source(&mut out, last);
        out.push_slice(&last.text, 0..last.text.bytes().trim_ascii_end().len());
    } else {
        manifests.objects.iter().for_each(|document| push(&mut out, document));
        out = trimmed(out.finish());
    }
    out.push(b"\n");
    if !options.no_hooks {
        for hook in &manifests.hooks {
            if !(options.skip_tests && hook.head.is_test()) {
                push(&mut out, hook);
            }
        }
    }
    out.finish()
}

fn push_source(out: &mut TextBuilder, document: &Document) {
    for part in ["---\n# Source: ", &document.file, "\n"] {
        out.push(part.as_bytes());
    }
}

fn push(out: &mut TextBuilder, document: &Document) {
    push_source(out, document);
    out.push_text(&document.text);
    out.push(b"\n");
}

fn trimmed(text: Text) -> TextBuilder {
    let bytes = text.bytes();
    let start = bytes.len() - bytes.trim_ascii_start().len();
    let end = start + bytes[start..].trim_ascii_end().len();
    let mut out = TextBuilder::default();
    out.push_slice(&text, start..end);
    out
}

/// What `--show-only` picks from the output: the documents of the files that the patterns match, in the order of the
/// patterns. `Err` names the pattern that matched nothing.
pub fn show_only(
    output: &Text,
    patterns: &[String],
    matches: impl Fn(&str, &str) -> bool,
    profile: &crate::profile::Profile,
) -> Result<Text, String> {
    let documents: Vec<(String, Text)> = super::split(output, profile)
        .into_iter()
        .filter_map(|text| {
            let shown = text.lossy();
            let line = shown.lines().find_map(|line| line.strip_prefix("# Source: "))?;
            // Helm leaves out the name of the chart.
            let path = line.split_once('/')?.1.to_string();
            Some((path, text.clone()))
        })
        .collect();
    let mut out = TextBuilder::default();
    for pattern in patterns {
        let mut found = false;
        let wanted = pattern.replace('\\', "/");
        for (_, text) in documents.iter().filter(|(path, _)| *path == wanted || matches(&wanted, path)) {
            found = true;
            out.push(b"---\n");
            out.push_text(text);
            out.push(b"\n");
        }
        if !found {
            return Err(pattern.clone());
        }
    }
    Ok(out.finish())
}

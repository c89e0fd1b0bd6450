//! Charts in archives: `.tgz`, read in memory and never unpacked (Helm's `pkg/chart/loader/archive`).

use super::error::{LoadError, LoadErrorKind};
use super::gofmt::quoted;
use super::limits::{MAX_ARCHIVE_BYTES, MAX_FILE_BYTES, MAX_FILES};
use super::model::RawFile;
use crate::profile::Profile;
use flate2::read::MultiGzDecoder;
use std::io::Read;
use tar::EntryType;

/// How much an archive may hold besides the content of files: headers, padding, links.
const OVERHEAD: u64 = 100 * 1024 * 1024;

/// Whether bytes begin as gzip does.
pub fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x1f\x8b\x08")
}

/// The files of an archive, without the directory that holds them all.
pub fn read(bytes: &[u8], profile: &Profile) -> Result<Vec<RawFile>, LoadError> {
    if !is_gzip(bytes) {
        return Err(LoadError::new(LoadErrorKind::Archive, "gzip: invalid header"));
    }
    let broken = |e: std::io::Error| LoadError::new(LoadErrorKind::Archive, e.to_string());
    let mut archive = tar::Archive::new(MultiGzDecoder::new(bytes).take(MAX_ARCHIVE_BYTES + OVERHEAD));
    let mut files = Vec::new();
    let mut remaining = MAX_ARCHIVE_BYTES;
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if is_directory(&entry, &name)
            || matches!(entry.header().entry_type(), EntryType::XGlobalHeader | EntryType::XHeader)
        {
            continue;
        }
        let path = chart_path(&name)?;
        let size = entry.size();
        if size > remaining || files.len() >= MAX_FILES {
            return Err(too_large(profile));
        }
        if size > MAX_FILE_BYTES {
            let message = format!(
                "decompressed chart file {} is larger than the maximum file size {MAX_FILE_BYTES}",
                quoted(&name)
            );
            return Err(LoadError::new(LoadErrorKind::TooLarge, message));
        }
        // Links have no content, and Helm takes them for empty files.
        let mut content = Vec::new();
        let read = (&mut entry).take(size).read_to_end(&mut content).map_err(broken)? as u64;
        if read < size {
            return Err(LoadError::new(LoadErrorKind::Archive, "unexpected EOF"));
        }
        remaining -= size;
        files.push(RawFile { path, bytes: content.into() });
    }
    if files.is_empty() {
        return Err(LoadError::new(LoadErrorKind::Archive, "no files in chart archive"));
    }
    Ok(files)
}

fn too_large(profile: &Profile) -> LoadError {
    let what = if profile.is_helm4() { "size" } else { "file size" };
    let message = format!("decompressed chart is larger than the maximum {what} {MAX_ARCHIVE_BYTES}");
    LoadError::new(LoadErrorKind::TooLarge, message)
}

fn is_directory<R: Read>(entry: &tar::Entry<R>, name: &str) -> bool {
    const DIRECTORY_BIT: u32 = 0o040_000;
    const KIND_BITS: u32 = 0o170_000;
    let mode = entry.header().mode().unwrap_or(0);
    entry.header().entry_type() == EntryType::Directory || name.ends_with('/') || mode & KIND_BITS == DIRECTORY_BIT
}

/// The path in the chart of a path in the archive, or why there is none.
fn chart_path(name: &str) -> Result<String, LoadError> {
    let fail = |message: String| Err(LoadError::new(LoadErrorKind::Archive, message));
    let delimiter = if name.contains('\\') { '\\' } else { '/' };
    let (first, rest) = name.split_once(delimiter).unwrap_or((name, ""));
    let path = rest.replace(delimiter, "/");
    if path.starts_with('/') {
        return fail("chart illegally contains absolute paths".into());
    }
    let path = clean(&path);
    if path == "." {
        return fail(format!("chart illegally contains content outside the base directory: {}", quoted(name)));
    }
    if path.starts_with("..") {
        return fail("chart illegally references parent directory".into());
    }
    if let [drive, b':', b'/', ..] = path.as_bytes()
        && drive.is_ascii_alphabetic()
    {
        return fail("chart contains illegally named files".into());
    }
    if first == "Chart.yaml" {
        return fail("chart yaml not in base directory".into());
    }
    Ok(path)
}

/// Go's path.Clean of a relative path.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    if parts.is_empty() { ".".into() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive of names, as they are, with contents.
    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        for (name, content) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            // The safe setter refuses the names that are to be refused here.
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            builder.append(&header, *content).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap()
    }

    fn outcome(files: &[(&str, &[u8])]) -> String {
        match read(&archive(files), &Profile::default()) {
            Ok(files) => files.iter().map(|f| f.path.as_str()).collect::<Vec<_>>().join(" "),
            Err(e) => e.message,
        }
    }

    #[test]
    fn paths_are_checked_as_helm_checks_them() {
        let cases = [
            ("c/Chart.yaml", "Chart.yaml"),
            ("whatever/./templates//x.yaml", "templates/x.yaml"),
            ("c/a/../b", "b"),
            (r"c\templates\x.yaml", "templates/x.yaml"),
            ("c//etc/passwd", "chart illegally contains absolute paths"),
            ("c/../../x", "chart illegally references parent directory"),
            ("c/..x", "chart illegally references parent directory"),
            ("c/c:/x", "chart contains illegally named files"),
            ("Chart.yaml", "chart illegally contains content outside the base directory: \"Chart.yaml\""),
            ("Chart.yaml/x", "chart yaml not in base directory"),
            ("c/dir/", "no files in chart archive"),
        ];
        for (name, expected) in cases {
            assert_eq!(outcome(&[(name, b"x")]), expected, "{name}");
        }
    }

    #[test]
    fn large_files_are_refused() {
        let content = vec![0; MAX_FILE_BYTES as usize + 1];
        assert_eq!(
            outcome(&[("c/x", &content)]),
            "decompressed chart file \"c/x\" is larger than the maximum file size 5242880"
        );
    }

    #[test]
    fn broken_archives_are_errors() {
        let whole = archive(&[("c/Chart.yaml", b"name: c"), ("c/x", &[7; 5000])]);
        for length in 0..whole.len() {
            let _ = read(&whole[..length], &Profile::default());
        }
        assert_eq!(read(b"PK", &Profile::default()).unwrap_err().message, "gzip: invalid header");
    }
}

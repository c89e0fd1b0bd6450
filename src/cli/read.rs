//! Charts from disk: a folder, walked as Helm walks it, or an archive.
//!
//! Helm follows symbolic links wherever they lead. chartlint follows those that stay in the chart and refuses the others:
//! no file outside the chart is read.

use super::input::{InputError, system_message};
use crate::chart::limits::{MAX_ARCHIVE_BYTES, MAX_FILE_BYTES, MAX_FILES};
use crate::chart::{Ignore, RawFile, archive};
use crate::profile::Profile;
use crate::source::Content;
use std::cell::OnceCell;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// How many bytes all files of a folder may have. Helm has no limit.
const MAX_FOLDER_BYTES: u64 = 5 * MAX_ARCHIVE_BYTES;

/// The files of the chart at a path.
pub fn chart(path: &Path) -> Result<Vec<RawFile>, InputError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => folder(path),
        Ok(metadata) if metadata.is_file() => archive_file(path),
        Ok(_) => Err(unreadable(format!("{} is neither a folder nor a file", path.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(InputError::NotFound(format!("path {:?} not found", path.display().to_string())))
        }
        Err(error) => Err(unreadable(format!("{}: {}", path.display(), system_message(&error)))),
    }
}

fn unreadable(message: String) -> InputError {
    InputError::Unreadable(message)
}

fn archive_file(path: &Path) -> Result<Vec<RawFile>, InputError> {
    let shown = path.display();
    let bytes = read(path, MAX_ARCHIVE_BYTES)
        .map_err(|e| unreadable(format!("file '{shown}' cannot be read: {}", system_message(&e))))?;
    let Some(bytes) = bytes else {
        return Err(unreadable(format!("file '{shown}' is larger than {MAX_ARCHIVE_BYTES} bytes")));
    };
    if archive::is_gzip(&bytes) {
        // The version of Helm only words one message.
        return archive::read(&bytes, &Profile::default()).map_err(|e| unreadable(format!("{shown}: {}", e.message)));
    }
    let is_yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
    Err(unreadable(if is_yaml {
        format!("file '{shown}' seems to be a YAML file, but expected a gzipped archive")
    } else {
        format!("file '{shown}' does not appear to be a gzipped archive")
    }))
}

/// The content of a file; none when it is larger than `limit`.
fn read(path: &Path, limit: u64) -> io::Result<Option<Content>> {
    let mut file = File::open(path)?;
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    if length > limit {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(length as usize);
    let read = file.by_ref().take(length).read_to_end(&mut bytes)? as u64;
    // A file that is being changed, or a pipe, which tells no length.
    if length == 0 || read < length {
        file.take(limit + 1 - read).read_to_end(&mut bytes)?;
    }
    Ok((bytes.len() as u64 <= limit).then(|| bytes.into()))
}

/// A folder that is walked.
struct Folder<'p> {
    root: &'p Path,
    /// Without links, to see what leaves it; not known until there is a link.
    real_root: OnceCell<PathBuf>,
    ignore: Ignore,
}

fn folder(root: &Path) -> Result<Vec<RawFile>, InputError> {
    // Without this a wrong path could read a whole disk before it is seen to be no chart.
    if !root.join("Chart.yaml").exists() {
        return Err(unreadable("Chart.yaml file is missing".into()));
    }
    let mut folder = Folder { root, real_root: OnceCell::new(), ignore: Ignore::default() };
    folder.read_ignore()?;
    let mut files = Vec::new();
    let mut total = 0;
    // Those that are compared lie in one folder: their paths are in the order of their names.
    let by_path = |a: &DirEntry, b: &DirEntry| a.path().as_os_str().cmp(b.path().as_os_str());
    let mut walk = WalkDir::new(root).follow_links(true).sort_by(by_path).min_depth(1).into_iter();
    while let Some(entry) = walk.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if folder.is_ignored_loop(&error) => continue,
            Err(error) => return Err(folder.walk_error(&error)),
        };
        let path = folder.relative(entry.path());
        if folder.ignore.ignores(&path, entry.file_type().is_dir()) {
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
            continue;
        }
        folder.check_link(&entry)?;
        if entry.file_type().is_dir() {
            continue;
        }
        let bytes = folder.content(&entry, &path)?;
        total += bytes.len() as u64;
        if files.len() >= MAX_FILES || total > MAX_FOLDER_BYTES {
            let message = format!(
                "the folder holds more than {MAX_FILES} files or {MAX_FOLDER_BYTES} bytes; name what is no part of the chart in .helmignore"
            );
            return Err(unreadable(message));
        }
        files.push(RawFile { path, bytes });
    }
    Ok(files)
}

impl Folder<'_> {
    fn relative(&self, path: &Path) -> String {
        // What was walked to starts with the path of the folder as it was written.
        if let (Some(root), Some(path)) = (self.root.to_str(), path.to_str())
            && MAIN_SEPARATOR == '/'
            && let Some(rest) = path.strip_prefix(root)
            && (root.ends_with('/') || rest.starts_with('/'))
        {
            return rest.trim_start_matches('/').to_string();
        }
        let relative = path.strip_prefix(self.root).unwrap_or(path);
        relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    }

    fn read_ignore(&mut self) -> Result<(), InputError> {
        let path = self.root.join(".helmignore");
        let Ok(metadata) = fs::symlink_metadata(&path) else { return Ok(()) };
        if metadata.is_symlink() {
            if !path.exists() {
                return Ok(());
            }
            self.check_inside(&path)?;
        }
        let fail = |message: String| unreadable(format!(".helmignore: {message}"));
        let bytes = read(&path, MAX_FILE_BYTES).map_err(|e| fail(system_message(&e)))?;
        let bytes = bytes.ok_or_else(|| fail(format!("it is larger than {MAX_FILE_BYTES} bytes")))?;
        self.ignore = Ignore::parse(&bytes).map_err(|e| unreadable(e.message))?;
        Ok(())
    }

    fn check_link(&self, entry: &DirEntry) -> Result<(), InputError> {
        if entry.path_is_symlink() { self.check_inside(entry.path()) } else { Ok(()) }
    }

    fn real_root(&self) -> Result<&Path, InputError> {
        if let Some(root) = self.real_root.get() {
            return Ok(root);
        }
        let root = fs::canonicalize(self.root)
            .map_err(|e| unreadable(format!("{}: {}", self.root.display(), system_message(&e))))?;
        Ok(self.real_root.get_or_init(|| root))
    }

    /// Refuses a path that leads out of the chart.
    fn check_inside(&self, path: &Path) -> Result<(), InputError> {
        let shown = self.relative(path);
        let real = fs::canonicalize(path)
            .map_err(|e| unreadable(format!("error evaluating symlink {shown}: {}", system_message(&e))))?;
        if real.starts_with(self.real_root()?) {
            return Ok(());
        }
        Err(unreadable(format!(
            "{shown} is a symbolic link out of the chart, to {}; chartlint reads no file outside the chart (copy it, or name it in .helmignore)",
            real.display()
        )))
    }

    fn content(&self, entry: &DirEntry, path: &str) -> Result<Content, InputError> {
        if !entry.file_type().is_file() {
            return Err(unreadable(format!("cannot load irregular file {path} as it has file mode type bits set")));
        }
        let bytes = read(entry.path(), MAX_FILE_BYTES)
            .map_err(|e| unreadable(format!("error reading {path}: {}", system_message(&e))))?;
        bytes.ok_or_else(|| {
            let name = entry.file_name().to_string_lossy();
            unreadable(format!("chart file {name:?} is larger than the maximum file size {MAX_FILE_BYTES}"))
        })
    }

    /// A link to a folder that it is in does no harm where it is left out anyway.
    fn is_ignored_loop(&self, error: &walkdir::Error) -> bool {
        error.loop_ancestor().is_some()
            && error.path().is_some_and(|path| self.ignore.ignores(&self.relative(path), true))
    }

    fn walk_error(&self, error: &walkdir::Error) -> InputError {
        let path = error.path().map(|path| self.relative(path)).unwrap_or_default();
        if let Some(ancestor) = error.loop_ancestor() {
            let ancestor = self.relative(ancestor);
            let target = if ancestor.is_empty() { "the chart itself" } else { ancestor.as_str() };
            return unreadable(format!("{path} is a symbolic link to {target}, which it is in: it has no end"));
        }
        let message = error.io_error().map_or_else(|| error.to_string(), system_message);
        let is_link = error.path().is_some_and(Path::is_symlink);
        let what = if is_link { "error evaluating symlink" } else { "error reading" };
        unreadable(format!("{what} {path}: {message}"))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// A folder with files, gone when the test is over.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let root = std::env::temp_dir().join(format!("chartlint-read-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&root);
            for (path, text) in files {
                let path = root.join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            Scratch(root)
        }

        fn outcome(&self) -> String {
            match chart(&self.0.join("c")) {
                Ok(files) => files.iter().map(|f| f.path.as_str()).collect::<Vec<_>>().join(" "),
                Err(InputError::NotFound(message)) => format!("not found: {message}"),
                Err(InputError::Unreadable(message)) => message,
            }
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_folder_is_walked_in_order_without_what_is_ignored() {
        let files = [
            ("c/Chart.yaml", ""),
            ("c/.helmignore", "skip/\n*.bak\n"),
            ("c/a.bak", ""),
            ("c/skip/x", ""),
            ("c/templates/b.yaml", ""),
            ("c/templates/a.yaml", ""),
            ("c/templates/.a.yaml", ""),
            ("c/templates.txt", ""),
        ];
        let scratch = Scratch::new("walk", &files);
        symlink("templates/a.yaml", scratch.0.join("c/link.yaml")).unwrap();
        assert_eq!(
            scratch.outcome(),
            ".helmignore Chart.yaml link.yaml templates/a.yaml templates/b.yaml templates.txt"
        );
    }

    #[test]
    fn links_out_of_the_chart_are_refused_unless_ignored() {
        let scratch = Scratch::new("out", &[("c/Chart.yaml", ""), ("secret", "s")]);
        symlink("../secret", scratch.0.join("c/x")).unwrap();
        assert!(scratch.outcome().starts_with("x is a symbolic link out of the chart, to "), "{}", scratch.outcome());
        fs::write(scratch.0.join("c/.helmignore"), "x\n").unwrap();
        assert_eq!(scratch.outcome(), ".helmignore Chart.yaml");
    }

    #[test]
    fn links_without_end_and_links_to_nothing_are_errors() {
        let scratch = Scratch::new("loop", &[("c/Chart.yaml", ""), ("c/d/f", "")]);
        symlink("..", scratch.0.join("c/d/up")).unwrap();
        assert_eq!(scratch.outcome(), "d/up is a symbolic link to the chart itself, which it is in: it has no end");
        fs::write(scratch.0.join("c/.helmignore"), "up/\n").unwrap();
        assert_eq!(scratch.outcome(), ".helmignore Chart.yaml d/f");
        fs::remove_file(scratch.0.join("c/.helmignore")).unwrap();
        fs::remove_file(scratch.0.join("c/d/up")).unwrap();
        symlink("nothing", scratch.0.join("c/d/up")).unwrap();
        assert_eq!(scratch.outcome(), "error evaluating symlink d/up: no such file or directory");
    }

    #[test]
    fn what_is_no_chart_is_told_apart() {
        let scratch = Scratch::new("none", &[("d/x", "")]);
        assert!(scratch.outcome().starts_with("not found: path "));
        fs::create_dir(scratch.0.join("c")).unwrap();
        assert_eq!(scratch.outcome(), "Chart.yaml file is missing");
    }

    #[test]
    fn large_files_are_refused() {
        let scratch = Scratch::new("large", &[("c/Chart.yaml", "")]);
        fs::write(scratch.0.join("c/big"), vec![0; MAX_FILE_BYTES as usize + 1]).unwrap();
        assert_eq!(scratch.outcome(), "chart file \"big\" is larger than the maximum file size 5242880");
    }
}

//! Charts in git's objects, read by a library: nothing is run and nothing is written to disk.

use super::input::{InputError, system_message};
use crate::chart::limits::{MAX_FILE_BYTES, MAX_FILES};
use crate::chart::{Ignore, RawFile, archive};
use crate::profile::Profile;
use gix::ObjectId;
use gix::objs::tree::EntryKind;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// A repository with its work tree.
pub struct Repository {
    inner: gix::Repository,
    /// The work tree, without links.
    root: PathBuf,
}

/// The files of a folder by their paths in it.
pub type Listing = BTreeMap<String, ObjectId>;

/// Folders deeper than this are not read.
const MAX_DEPTH: usize = 64;

/// Links to links are followed so far.
const MAX_LINKS: usize = 8;

/// What is at a path of a tree.
enum Found {
    File(ObjectId),
    Folder(ObjectId),
}

impl Repository {
    /// The repository that a path is in.
    pub fn of(path: &Path) -> Result<Repository, String> {
        let real = std::fs::canonicalize(path).map_err(|e| format!("{}: {}", path.display(), system_message(&e)))?;
        let folder = if real.is_dir() { real.as_path() } else { real.parent().unwrap_or(&real) };
        let fail = |e: &dyn std::fmt::Display| format!("{}: no git repository here: {e}", path.display());
        let mut inner = gix::discover(folder).map_err(|e| fail(&e))?;
        inner.object_cache_size_if_unset(4 << 20);
        let root = inner.workdir().ok_or_else(|| fail(&"it has no work tree"))?;
        let root = std::fs::canonicalize(root).map_err(|e| fail(&system_message(&e)))?;
        Ok(Repository { inner, root })
    }

    /// A path as git names it; `None` outside of the work tree.
    pub fn relative(&self, path: &Path) -> Option<String> {
        let real = std::fs::canonicalize(path).ok()?;
        Some(crate::config::slashes(real.strip_prefix(&self.root).ok()?))
    }

    /// The tree of a revision.
    pub fn tree(&self, revision: &str) -> Result<ObjectId, String> {
        self.tree_of(revision).map_err(|e| format!("no revision `{revision}`: {e}"))
    }

    fn tree_of(&self, revision: &str) -> Result<ObjectId, Box<dyn std::error::Error + Send + Sync>> {
        let object = self.inner.rev_parse_single(revision)?.object()?;
        Ok(object.peel_to_tree()?.id)
    }

    /// The tree that the work began with: of the newest commit that is in the history of the revision and in that of the
    /// work tree, or of the revision itself where there is none.
    pub fn tree_before(&self, revision: &str) -> Result<ObjectId, String> {
        let fork = || -> Result<ObjectId, Box<dyn std::error::Error + Send + Sync>> {
            let commit = self.inner.rev_parse_single(revision)?.object()?.peel_to_commit()?;
            let head = self.inner.head_id()?;
            let base = self.inner.merge_base(commit.id, head)?.ok_or("no common history")?;
            Ok(base.object()?.peel_to_tree()?.id)
        };
        fork().or_else(|_| self.tree(revision))
    }

    /// The files of a chart in a folder of a tree, without those that its own `.helmignore` keeps out; links in it are
    /// followed. `None` where the tree has no such folder.
    pub fn listing(&self, tree: ObjectId, folder: &str) -> Result<Option<Listing>, String> {
        let Some(Found::Folder(id)) = self.at(tree, folder)? else { return Ok(None) };
        // The rules may keep their own file out of the chart, so they are read beside the walk.
        let ignore = match self.file(id, ".helmignore")? {
            Some(rules) => Ignore::parse(&self.bytes(rules)?).map_err(|error| error.message)?,
            None => Ignore::default(),
        };
        let mut listing = Listing::new();
        let walk = Walk { repository: self, chart: id, ignore: &ignore };
        walk.folder(id, "", 0, &mut listing)?;
        Ok(Some(listing))
    }

    /// The file at a path of a tree.
    pub fn file(&self, tree: ObjectId, path: &str) -> Result<Option<ObjectId>, String> {
        Ok(match self.at(tree, path)? {
            Some(Found::File(id)) => Some(id),
            _ => None,
        })
    }

    fn at(&self, tree: ObjectId, path: &str) -> Result<Option<Found>, String> {
        if path.is_empty() {
            return Ok(Some(Found::Folder(tree)));
        }
        let tree = self.inner.find_tree(tree).map_err(|e| e.to_string())?;
        let entry = tree.lookup_entry(path.split('/').map(str::as_bytes)).map_err(|e| e.to_string())?;
        Ok(entry.and_then(|entry| match entry.mode().kind() {
            EntryKind::Tree => Some(Found::Folder(entry.object_id())),
            EntryKind::Blob | EntryKind::BlobExecutable => Some(Found::File(entry.object_id())),
            EntryKind::Link | EntryKind::Commit => None,
        }))
    }

    fn bytes(&self, id: ObjectId) -> Result<Vec<u8>, String> {
        let size = self.inner.find_header(id).map_err(|e| e.to_string())?.size();
        if size > MAX_FILE_BYTES {
            return Err(format!("a file is larger than {MAX_FILE_BYTES} bytes"));
        }
        Ok(self.inner.find_blob(id).map_err(|e| e.to_string())?.take_data())
    }

    /// The chart at a path of a revision: a folder or an archive.
    pub fn chart(&self, revision: &str, path: &str) -> Result<Vec<RawFile>, InputError> {
        let unreadable = InputError::Unreadable;
        let missing = || InputError::NotFound(format!("revision `{revision}` has no chart at `{path}`"));
        let tree = self.tree(revision).map_err(InputError::NotFound)?;
        match self.at(tree, path).map_err(unreadable)?.ok_or_else(missing)? {
            Found::File(id) => {
                let bytes = self.bytes(id).map_err(unreadable)?;
                archive::read(&bytes, &Profile::default()).map_err(|e| unreadable(e.message))
            }
            Found::Folder(_) => {
                let listing = self.listing(tree, path).map_err(unreadable)?.ok_or_else(missing)?;
                if !listing.contains_key("Chart.yaml") {
                    return Err(missing());
                }
                let file = |(path, id): (String, ObjectId)| Ok(RawFile { path, bytes: self.bytes(id)?.into() });
                listing.into_iter().map(file).collect::<Result<_, String>>().map_err(unreadable)
            }
        }
    }

    /// Whether the bytes of a file are those of an object, line ends aside where the repository converts them.
    pub fn is_same(&self, bytes: &[u8], id: ObjectId) -> bool {
        let is_hash = |bytes: &[u8]| {
            gix::objs::compute_hash(self.inner.object_hash(), gix::objs::Kind::Blob, bytes).is_ok_and(|hash| hash == id)
        };
        if is_hash(bytes) {
            return true;
        }
        let converts = self.inner.config_snapshot().string("core.autocrlf");
        let converts =
            converts.is_some_and(|value| value.eq_ignore_ascii_case(b"true") || value.eq_ignore_ascii_case(b"input"));
        converts && bytes.windows(2).any(|pair| pair == b"\r\n") && is_hash(&without_returns(bytes))
    }

    /// Whether git would never speak of some files: they are not in the index, and ignored.
    pub fn are_ignored(&self, paths: &[String]) -> Result<bool, String> {
        use gix::worktree::stack::state::ignore::Source;
        if paths.is_empty() {
            return Ok(true);
        }
        let index = self.inner.index_or_empty().map_err(|e| e.to_string())?;
        let source = Source::WorktreeThenIdMappingIfNotSkipped;
        let mut rules = self.inner.excludes(&index, None, source).map_err(|e| e.to_string())?;
        for path in paths {
            let is_tracked = index.entry_by_path(path.as_str().into()).is_some();
            let at = rules.at_path(path.as_str(), Some(gix::index::entry::Mode::FILE)).map_err(|e| e.to_string())?;
            if is_tracked || !at.is_excluded() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// A walk over the folder of a chart.
struct Walk<'a> {
    repository: &'a Repository,
    chart: ObjectId,
    ignore: &'a Ignore,
}

impl Walk<'_> {
    fn folder(&self, tree: ObjectId, prefix: &str, depth: usize, listing: &mut Listing) -> Result<(), String> {
        if depth > MAX_DEPTH {
            return Err(format!("folders are nested more than {MAX_DEPTH} levels deep"));
        }
        let tree = self.repository.inner.find_tree(tree).map_err(|e| e.to_string())?;
        for entry in tree.iter() {
            let entry = entry.map_err(|e| e.to_string())?;
            let name = String::from_utf8_lossy(entry.filename()).into_owned();
            let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            let found = match entry.mode().kind() {
                EntryKind::Tree => Found::Folder(entry.object_id()),
                EntryKind::Blob | EntryKind::BlobExecutable => Found::File(entry.object_id()),
                EntryKind::Link if self.ignore.ignores(&path, false) => continue,
                EntryKind::Link => self.link(&path, entry.object_id())?,
                EntryKind::Commit => continue,
            };
            match found {
                Found::Folder(id) if !self.ignore.ignores(&path, true) => self.folder(id, &path, depth + 1, listing)?,
                Found::File(id) if !self.ignore.ignores(&path, false) => _ = listing.insert(path, id),
                _ => {}
            }
            if listing.len() > MAX_FILES {
                return Err(format!("the folder holds more than {MAX_FILES} files"));
            }
        }
        Ok(())
    }

    /// What a link leads to, which must be in the chart.
    fn link(&self, path: &str, id: ObjectId) -> Result<Found, String> {
        let mut at = path.to_string();
        let mut target = id;
        for _ in 0..MAX_LINKS {
            let text = String::from_utf8_lossy(&self.repository.bytes(target)?).into_owned();
            at = joined(&at, &text).ok_or_else(|| format!("{path} is a symbolic link out of the chart, to {text}"))?;
            let tree = self.repository.inner.find_tree(self.chart).map_err(|e| e.to_string())?;
            let entry = tree.lookup_entry(at.split('/').map(str::as_bytes)).map_err(|e| e.to_string())?;
            let Some(entry) = entry else { return Err(format!("{path} is a symbolic link to nothing")) };
            match entry.mode().kind() {
                EntryKind::Tree => return Ok(Found::Folder(entry.object_id())),
                EntryKind::Link => target = entry.object_id(),
                _ => return Ok(Found::File(entry.object_id())),
            }
        }
        Err(format!("{path} is a symbolic link that has no end"))
    }
}

/// Where a link leads, by its own path and what it says; `None` out of the folder.
fn joined(link: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = link.split('/').collect();
    parts.pop();
    for part in Path::new(target).components() {
        match part {
            Component::Normal(name) => parts.push(name.to_str()?),
            Component::ParentDir => _ = parts.pop()?,
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn without_returns(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (index, byte) in bytes.iter().enumerate() {
        if *byte != b'\r' || bytes.get(index + 1) != Some(&b'\n') {
            out.push(*byte);
        }
    }
    out
}

//! `--since REF`: which charts changed, and charts of git revisions for `--previous`.
//!
//! What is analysed are the files on disk, so they are what is compared, with the tree of the revision (where the
//! history of the work tree left that of the revision: what others did there since does not count). It makes no difference
//! whether a change is committed, in the index or in neither. Files that git ignores do not count, and neither do those
//! that `.helmignore` keeps out of the chart.

use super::Failure;
use super::git::Repository;
use super::input::{Disk, Input, InputError};
use crate::chart::RawFile;
use crate::check::Source;
use crate::value::yaml;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The repositories of a run, each asked for one revision.
pub struct Since<'a> {
    revision: &'a str,
    repositories: Vec<(Repository, gix::ObjectId)>,
}

impl<'a> Since<'a> {
    pub fn new(revision: &'a str) -> Since<'a> {
        Since { revision, repositories: Vec::new() }
    }

    /// The repository of a path, the tree of the revision in it, and the path as git names it.
    fn place(&mut self, path: &Path) -> Result<(&Repository, gix::ObjectId, String), String> {
        let known = self.repositories.iter().position(|(repository, _)| repository.relative(path).is_some());
        let index = match known {
            Some(index) => index,
            None => {
                let repository = Repository::of(path)?;
                let tree = repository.tree_before(self.revision)?;
                self.repositories.push((repository, tree));
                self.repositories.len() - 1
            }
        };
        let (repository, tree) = self.repositories.get(index).ok_or("no repository")?;
        let relative = repository.relative(path).ok_or("not in the work tree")?;
        Ok((repository, *tree, relative))
    }

    /// Whether a chart, a chart that it takes from a folder beside it (`file://`), or one of some files has changed.
    pub fn has_changed(&mut self, chart: &Path, others: &[PathBuf]) -> Result<bool, String> {
        let mut seen = BTreeSet::new();
        let mut todo = vec![chart.to_path_buf()];
        while let Some(path) = todo.pop() {
            let Ok(real) = std::fs::canonicalize(&path) else { continue };
            if !seen.insert(real.clone()) {
                continue;
            }
            let files = match Disk.chart(&real) {
                Ok(files) => files,
                // What cannot be read is not silently the same as before.
                Err(_) if path == chart => {
                    self.place(&real)?;
                    return Ok(true);
                }
                Err(_) => continue,
            };
            if self.chart_has_changed(&real, &files)? {
                return Ok(true);
            }
            todo.extend(neighbours(&files).into_iter().map(|neighbour| real.join(neighbour)));
        }
        for other in others {
            if self.file_has_changed(other)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn file_has_changed(&mut self, path: &Path) -> Result<bool, String> {
        let Ok(bytes) = std::fs::read(path) else { return Ok(true) };
        let (repository, tree, relative) = self.place(path)?;
        let before = repository.file(tree, &relative)?;
        Ok(!before.is_some_and(|id| repository.is_same(&bytes, id)))
    }

    fn chart_has_changed(&mut self, path: &Path, files: &[RawFile]) -> Result<bool, String> {
        if !path.is_dir() {
            return self.file_has_changed(path);
        }
        let (repository, tree, relative) = self.place(path)?;
        // Rules that could not be read at the revision are as good as another chart.
        let Ok(Some(mut before)) = repository.listing(tree, &relative) else { return Ok(true) };
        let mut new = Vec::new();
        for file in files {
            match before.remove(&file.path) {
                Some(id) if repository.is_same(&file.bytes, id) => {}
                Some(_) => return Ok(true),
                None if relative.is_empty() => new.push(file.path.clone()),
                None => new.push(format!("{relative}/{}", file.path)),
            }
        }
        Ok(!before.is_empty() || !repository.are_ignored(&new)?)
    }
}

/// The folders of charts that a chart depends on, as it names them.
fn neighbours(files: &[RawFile]) -> Vec<String> {
    let lists = files.iter().filter(|file| matches!(file.path.as_str(), "Chart.yaml" | "requirements.yaml"));
    let mut neighbours = Vec::new();
    for document in lists.filter_map(|file| yaml::read(&file.bytes).ok()) {
        let Some(yaml::Kind::Seq(dependencies)) = document.root.get("dependencies").map(|node| &node.kind) else {
            continue;
        };
        let repositories = dependencies.iter().filter_map(|d| d.get("repository")?.as_str());
        neighbours.extend(repositories.filter_map(|text| text.strip_prefix("file://")).map(str::to_string));
    }
    neighbours
}

/// The version before of a chart: at a path, or as `REVISION` or `REVISION:PATH` in git's objects.
pub fn previous(old: &Path, new: &Path) -> Result<Source, Failure> {
    if old.exists() {
        return super::check::source(old);
    }
    let failed = |message: String, exit| Failure { path: Some(old.into()), message, exit };
    let usage = |message: String| failed(message, super::Exit::Usage);
    let text = old.to_str().ok_or_else(|| usage("no such file or folder".into()))?;
    let nothing = |e: String| usage(format!("no such file or folder, and no git revision either: {e}"));
    let repository = Repository::of(new).map_err(nothing)?;
    let (revision, path) = match text.split_once(':') {
        Some((revision, path)) => (revision, path.trim_matches('/').to_string()),
        None => {
            let path = repository.relative(new).ok_or_else(|| usage("the chart is not in the work tree".into()))?;
            (text, path)
        }
    };
    match repository.chart(revision, &path) {
        Ok(files) => Ok(Source { files, root: format!("{revision}:{path}") }),
        Err(InputError::NotFound(message)) => Err(nothing(message)),
        Err(InputError::Unreadable(message)) => Err(failed(message, super::Exit::Failed)),
    }
}

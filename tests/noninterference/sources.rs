//! The charts that are asked.

use super::*;

/// A chart that was loaded.
pub struct Subject {
    pub name: String,
    pub flags: Vec<String>,
    pub sources: Sources,
    chart: Result<Arc<Chart>, String>,
}

impl Subject {
    fn new(name: String, files: Vec<RawFile>, flags: Vec<String>) -> Subject {
        let mut sources = Sources::default();
        let chart = chart::load(files, &LoadAt { root: name.clone() }, &mut sources, &Profile::default());
        Subject { name, flags, sources, chart: chart.map(Arc::new).map_err(|error| error.message) }
    }

    pub fn prepare(&self) -> Result<Prepared, String> {
        let chart = self.chart.as_ref().map_err(Clone::clone)?;
        chart::prepare(chart, &Plain::map(), &PrepareOptions::default(), &Profile::default()).map_err(|e| e.message)
    }
}

pub fn subjects() -> Vec<Subject> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    if let Some(wanted) = std::env::var_os("CHARTS") {
        let wanted = PathBuf::from(wanted);
        if wanted.is_file() {
            let list = std::fs::read_to_string(&wanted).unwrap();
            found.extend(list.lines().map(|line| folder(Path::new(line))));
        } else {
            below(&wanted, &mut found);
        }
        return found;
    }
    for entry in std::fs::read_dir(root.join("tests/provenance")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            found.extend(cases(&path));
        }
    }
    below(&root.join("testcharts"), &mut found);
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// The charts below a folder, not those in charts.
fn below(path: &Path, found: &mut Vec<Subject>) {
    if path.join("Chart.yaml").is_file() {
        found.push(folder(path));
        return;
    }
    let mut inner: Vec<_> = std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    inner.sort();
    inner.iter().filter(|path| path.is_dir()).for_each(|path| below(path, found));
}

fn folder(root: &Path) -> Subject {
    let ignore = std::fs::read(root.join(".helmignore")).ok().and_then(|bytes| Ignore::parse(&bytes).ok());
    let ignore = ignore.unwrap_or_default();
    let mut files = Vec::new();
    let mut todo = vec![root.to_path_buf()];
    while let Some(folder) = todo.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let relative = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            if ignore.ignores(&relative, path.is_dir()) {
                continue;
            }
            if path.is_dir() {
                todo.push(path);
            } else if let Ok(bytes) = std::fs::read(&path) {
                files.push(RawFile { path: relative, bytes: bytes.into() });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Subject::new(root.display().to_string(), files, Vec::new())
}

/// The charts of a file of cases.
fn cases(path: &Path) -> Vec<Subject> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut subjects = Vec::new();
    for section in text.split("\n## ").skip(1) {
        let heading = section.lines().next().unwrap_or_default();
        let name = format!("{}: {heading}", path.file_name().unwrap().to_string_lossy());
        let metadata = "apiVersion: v2\nname: c\nversion: 0.1.0\nappVersion: 1.2.3\n";
        let mut files = BTreeMap::from([("Chart.yaml".to_string(), metadata.to_string())]);
        let mut flags = Vec::new();
        let mut blocks = section.split("\n```");
        while let (Some(_), Some(block)) = (blocks.next(), blocks.next()) {
            let (info, text) = block.split_once('\n').unwrap_or((block, ""));
            let text = format!("{text}\n");
            match info.split_once(' ').map(|(_, file)| file) {
                None | Some("state.yaml") => {}
                Some("flags") => flags = text.split_whitespace().map(str::to_string).collect(),
                Some(file) => {
                    files.insert(file.to_string(), text);
                }
            }
        }
        let files = files.into_iter().map(|(path, text)| RawFile { path, bytes: text.into_bytes().into() });
        let files: Vec<_> = files.collect();
        subjects.push(Subject::new(name, files, flags));
    }
    subjects
}

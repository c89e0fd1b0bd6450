//! The list of cases that are not rendered as Helm does, each with its reason.

/// What is asked of a case that is an exception.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asked {
    /// An error at the same place; its words are a library's.
    Place,
    /// Nothing: what comes out is known to differ.
    Nothing,
}

#[derive(Debug)]
pub struct Exception {
    pub case: String,
    /// The versions it holds for; none named means all.
    versions: Vec<String>,
    pub asked: Asked,
    pub reason: String,
    pub line: usize,
}

impl Exception {
    pub fn covers(&self, case: &str, version: &str) -> bool {
        self.case == case && (self.versions.is_empty() || self.versions.iter().any(|one| one == version))
    }

    /// Whether it names this version, so that it is stale as soon as this version renders as Helm does.
    pub fn names(&self, version: &str) -> bool {
        self.versions.iter().any(|one| one == version)
    }
}

/// Reads the list: four columns, `case`, `version`, `asked`, `reason`.
pub fn parse(text: &str) -> Result<Vec<Exception>, String> {
    let mut exceptions = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let columns: Vec<_> = line.split('\t').collect();
        let [case, versions, asked, reason] = columns[..] else {
            return Err(format!("line {number}: four columns are needed, there are {}", columns.len()));
        };
        let asked = match asked {
            "place" => Asked::Place,
            "nothing" => Asked::Nothing,
            other => return Err(format!("line {number}: {other:?} is neither `place` nor `nothing`")),
        };
        if reason.trim().is_empty() {
            return Err(format!("line {number}: an exception needs a reason"));
        }
        let versions = versions.split(',').filter(|version| *version != "*").map(str::to_string).collect();
        exceptions.push(Exception {
            case: case.to_string(),
            versions,
            asked,
            reason: reason.to_string(),
            line: number,
        });
    }
    Ok(exceptions)
}

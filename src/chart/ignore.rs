//! `.helmignore` (Helm's `pkg/ignore`).

use super::error::LoadError;
use super::pattern::Pattern;

/// How long a line may be (Go's bufio.Scanner).
const MAX_LINE: usize = 64 * 1024;
/// How many rules there may be. Helm has no limit.
const MAX_RULES: usize = 10_000;

/// Which files of a chart's directory are no part of the chart.
#[derive(Clone, Debug)]
pub struct Ignore {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    pattern: Pattern,
    /// Compared with the base name alone, not with the whole path.
    base_name: bool,
    negated: bool,
    directories_only: bool,
}

impl Default for Ignore {
    /// Helm's own rule alone: dot files right under templates/ are no templates.
    fn default() -> Self {
        Ignore { rules: rule("templates/.?*").ok().flatten().into_iter().collect() }
    }
}

impl Ignore {
    /// Reads a `.helmignore`; Helm's own rule comes last.
    pub fn parse(bytes: &[u8]) -> Result<Self, LoadError> {
        let mut rules = Vec::new();
        for line in bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).split(|b| *b == b'\n') {
            if line.len() > MAX_LINE {
                return Err(LoadError::invalid("bufio.Scanner: token too long"));
            }
            rules.extend(rule(&String::from_utf8_lossy(line)).map_err(LoadError::invalid)?);
            if rules.len() > MAX_RULES {
                return Err(LoadError::invalid(format!("there are more than {MAX_RULES} rules in .helmignore")));
            }
        }
        rules.extend(Ignore::default().rules);
        Ok(Ignore { rules })
    }

    /// Whether a file or a directory at a path in the chart is left out. Nothing in such a directory is looked at.
    /// A negated rule leaves out all that it does not match, as in Helm.
    pub fn ignores(&self, path: &str, is_directory: bool) -> bool {
        if matches!(path, "" | "." | "./") {
            return false;
        }
        let base_name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
        for rule in &self.rules {
            let applies = is_directory || !rule.directories_only;
            let matches = applies && rule.pattern.matches(if rule.base_name { base_name } else { path });
            if matches != rule.negated {
                return true;
            }
        }
        false
    }
}

/// A line as a rule; none for a blank or a comment.
fn rule(line: &str) -> Result<Option<Rule>, &'static str> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    if line.contains("**") {
        return Err("double-star (**) syntax is not supported");
    }
    const BAD: &str = "syntax error in pattern";
    Pattern::new(line).ok_or(BAD)?;
    let (rest, negated) = line.strip_prefix('!').map_or((line, false), |rest| (rest, true));
    let (rest, directories_only) = rest.strip_suffix('/').map_or((rest, false), |rest| (rest, true));
    let (rest, base_name) = match rest.strip_prefix('/') {
        Some(rest) => (rest, false),
        None => (rest, !rest.contains('/')),
    };
    Ok(Some(Rule { pattern: Pattern::new(rest).ok_or(BAD)?, base_name, negated, directories_only }))
}

#[cfg(test)]
mod tests {
    use super::Ignore;

    fn kept(rules: &str, files: &[&str]) -> String {
        let ignore = Ignore::parse(rules.as_bytes()).unwrap();
        let kept: Vec<_> =
            files.iter().filter(|f| !ignore.ignores(f.trim_end_matches('/'), f.ends_with('/'))).copied().collect();
        kept.join(" ")
    }

    #[test]
    fn rules_are_applied_as_helm_applies_them() {
        let files = [
            "a.bak",
            "root.txt",
            "d/",
            "d/root.txt",
            "d/x.tmp",
            "d/e/x.tmp",
            "adir/",
            "d/adir",
            "templates/.dot",
            "templates/x",
        ];
        let cases = [
            ("# c\r\n*.bak\r\n/root.txt\nd/*.tmp\nadir/\n", "d/ d/root.txt d/e/x.tmp d/adir templates/x"),
            ("", "a.bak root.txt d/ d/root.txt d/x.tmp d/e/x.tmp adir/ d/adir templates/x"),
            ("!a.bak", "a.bak"),
            ("a.bak\n!a.bak", ""),
            ("!adir/", "adir/"),
        ];
        for (rules, expected) in cases {
            assert_eq!(kept(rules, &files), expected, "{rules}");
        }
    }

    #[test]
    fn bad_rules_are_errors() {
        assert_eq!(Ignore::parse(b"a/**").unwrap_err().message, "double-star (**) syntax is not supported");
        assert_eq!(Ignore::parse(b"a[").unwrap_err().message, "syntax error in pattern");
    }
}

//! Links from what is drawn to the files on disk (OSC 8), for terminals that show them.

use super::settings::absolute;
use crate::report;
use std::path::Path;

/// The text with a link at the head of each drawing, `╭─[path:line:column]`, where the file is on disk.
pub fn linked(text: &str) -> String {
    text.split_inclusive('\n').map(|line| line_linked(line).unwrap_or_else(|| line.to_string())).collect()
}

fn line_linked(line: &str) -> Option<String> {
    let body = line.trim_end_matches('\n');
    let start = ["╭─[", ",-["].iter().find_map(|head| Some(body.find(head)? + head.len()))?;
    let shown = body.get(start..)?.strip_suffix(']')?;
    let plain = without_colours(shown);
    let (place, _column) = plain.rsplit_once(':')?;
    let (path, _line) = place.rsplit_once(':')?;
    // A file in an archive, or in a revision of git, is nowhere to be opened.
    let path = Path::new(path);
    let uri = path.is_file().then(|| report::file_uri(&absolute(path).display().to_string()))?;
    let (before, after) = (body.get(..start)?, line.get(start + shown.len()..)?);
    Some(format!("{before}\x1b]8;;{uri}\x1b\\{shown}\x1b]8;;\x1b\\{after}"))
}

/// A text without sequences such as `\x1b[36;1m`.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |all, part| all + part.split_once('m').map_or(part, |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_files_on_disk_are_links() {
        let here = absolute(Path::new("Cargo.toml")).display().to_string();
        let link = |shown: &str| format!("\x1b]8;;file://{}\x1b\\{shown}\x1b]8;;\x1b\\", here.replace(' ', "%20"));
        for (head, shown) in [("   ╭─[", "Cargo.toml:1:2"), ("  ,-[", "\x1b[36;1;4mCargo.toml:10:2\x1b[0m")] {
            let (before, after) = (format!("a\n{head}{shown}]\nb\n"), format!("a\n{head}{}]\nb\n", link(shown)));
            assert_eq!(linked(&before), after);
        }
        for other in ["╭─[web.tgz:templates/a.yaml:1:2]", "╭─[no/such/file:1:2]", "a ╭─[", "╭─[]", "╭─[a:b]"]
        {
            assert_eq!(linked(other), other);
        }
    }
}

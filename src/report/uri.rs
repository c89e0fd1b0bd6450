//! Paths as URIs and as the forges want them.

use std::fmt::Write as _;

/// The characters that stand in a path of a URI as they are; a colon could be read as a scheme.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte)
}

/// A path with slashes, without `./` in front.
pub fn slashed(path: &str) -> String {
    let mut path = path.replace('\\', "/");
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.to_string();
    }
    path
}

/// Whether a path starts at a root: `/x`, `C:\x`, `C:/x`.
pub fn is_absolute(path: &str) -> bool {
    let bytes = path.as_bytes();
    let has_drive = bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.get(1) == Some(&b':');
    path.starts_with(['/', '\\']) || has_drive && bytes.get(2).is_some_and(|b| matches!(b, b'/' | b'\\'))
}

/// A path as a URI reference: relative ones stay relative, others get `file://`.
pub fn of_path(path: &str) -> String {
    let slashed = slashed(path);
    let mut uri = String::new();
    if is_absolute(path) {
        uri.push_str(if slashed.starts_with('/') { "file://" } else { "file:///" });
    }
    for byte in slashed.bytes() {
        match is_plain(byte) {
            true => uri.push(char::from(byte)),
            // Writing to a string does not fail.
            false => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_references_that_are_read_back_as_paths() {
        for (path, uri) in [
            ("charts/web/templates/a.yaml", "charts/web/templates/a.yaml"),
            ("./web/Chart.yaml", "web/Chart.yaml"),
            ("../web/Chart.yaml", "../web/Chart.yaml"),
            (r"charts\web\a b.yaml", "charts/web/a%20b.yaml"),
            ("größe/図.yaml", "gr%C3%B6%C3%9Fe/%E5%9B%B3.yaml"),
            // The colon of an archive's name is no scheme.
            ("web-1.0.0.tgz:templates/a.yaml", "web-1.0.0.tgz%3Atemplates/a.yaml"),
            ("a?b#c%d.yaml", "a%3Fb%23c%25d.yaml"),
            ("/srv/web/a.yaml", "file:///srv/web/a.yaml"),
            (r"C:\web\a.yaml", "file:///C%3A/web/a.yaml"),
        ] {
            assert_eq!(of_path(path), uri, "{path}");
        }
    }
}

//! `value::golang` against answers recorded from Go (see `record/`).

mod fmt;
mod hostile;
mod path;
mod regexp;
mod semver;
mod strconv;
mod strings;
mod time;

use serde_json::Value;

/// The rows of a recorded table.
fn table(name: &str) -> Vec<Vec<Value>> {
    let path = format!("{}/tests/golang/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).expect("a recorded table")).expect("rows")
}

/// A recorded text: UTF-8 as it is, other bytes in hexadecimal after a NUL.
fn bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().expect("a text");
    match text.strip_prefix('\0') {
        Some(hex) => (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hex")).collect(),
        None => text.as_bytes().to_vec(),
    }
}

fn maybe_bytes(value: &Value) -> Option<Vec<u8>> {
    (!value.is_null()).then(|| bytes(value))
}

/// Collects differences, so that a failure shows many at once.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn check<T: PartialEq + std::fmt::Debug>(&mut self, what: impl std::fmt::Display, ours: T, go: T) {
        if ours != go {
            self.0.push(format!("{what}: ours {ours:?}, Go {go:?}"));
        }
    }

    fn text(&mut self, what: impl std::fmt::Display, ours: impl AsRef<[u8]>, go: &Value) {
        self.check(what, String::from_utf8_lossy(ours.as_ref()).into_owned(), shown(go));
    }

    fn finish(self) {
        let shown = self.0.iter().take(25).cloned().collect::<Vec<_>>().join("\n");
        assert!(self.0.is_empty(), "{} differences:\n{shown}", self.0.len());
    }
}

fn shown(value: &Value) -> String {
    String::from_utf8_lossy(&bytes(value)).into_owned()
}

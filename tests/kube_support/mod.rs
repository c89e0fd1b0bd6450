//! The recordings of real API servers, and comparison of what they say with what the tables say.

// Each test uses a part of it.
#![allow(dead_code)]

use chartlint::kube::{self, KubeVersion};
use chartlint::value::Plain;
use serde_json::Value;
use std::io::Read;
use std::path::PathBuf;
use std::sync::LazyLock;

/// A recorded file of a version; none if it was not recorded.
pub fn recorded(version: KubeVersion, name: &str) -> Option<Value> {
    read(&format!("{version}/{name}"))
}

/// A recorded file that belongs to no version.
pub fn recording(name: &str) -> Value {
    read(name).expect("a recording")
}

fn read(path: &str) -> Option<Value> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/kubernetes/recorded");
    let bytes = std::fs::read(root.join(format!("{path}.json.gz"))).ok()?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).expect("gzip");
    Some(serde_json::from_str(&text).expect("JSON"))
}

/// The pairs of objects sent and stored; those of the next version where none were recorded.
pub fn objects(version: KubeVersion) -> Vec<Value> {
    let recorded_or_next = recorded(version, "objects").or_else(|| recorded(kube::recorded()[1], "objects"));
    recorded_or_next.expect("objects")["objects"].as_array().expect("a list").clone()
}

pub fn plain(json: &Value) -> Plain {
    kube::from_json(json)
}

/// Takes out what belongs to one run: uids, addresses and pointers.
pub fn masked(text: &str) -> String {
    static PATTERNS: LazyLock<[(regex::Regex, &str); 3]> = LazyLock::new(|| {
        let pattern = |text| regex::Regex::new(text).expect("a pattern");
        [
            (pattern(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UID"),
            (pattern(r"10\.(96|200)\.\d+\.\d+"), "ADDRESS"),
            (pattern(r"0x[0-9a-f]{5,}"), "POINTER"),
        ]
    });
    PATTERNS.iter().fold(text.to_string(), |text, (pattern, name)| pattern.replace_all(&text, *name).into_owned())
}

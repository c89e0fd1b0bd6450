//! How large a release is in Helm's storage: a Secret that holds the chart, the values and the manifest, packed.

use super::operation::{ErrorKind, OperationError};
use crate::chart::Chart;
use crate::kube::{self, KubeVersion};
use crate::manifest::Manifests;
use crate::value::Plain;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, write::GzEncoder};
use std::io::Write as _;

/// What a Secret may hold.
const MAX_BYTES: usize = 1 << 20;
/// Our packing and Go's differ by a few parts in a hundred: what is that close to the limit is not said to be too large.
const MARGIN: usize = MAX_BYTES / 32;
/// A release below this is not packed to see: packed and written in base64 it cannot be too large.
const SMALL: usize = MAX_BYTES / 4 * 3;

/// Why the release cannot be stored, in the server's words.
pub fn refusal(
    chart: &Chart,
    values: &Plain,
    manifests: &Manifests,
    release: (&str, usize),
    at: KubeVersion,
) -> Option<OperationError> {
    let documents = manifests.objects.iter().chain(&manifests.hooks);
    let files = chart.templates.iter().chain(&chart.files);
    let raw = documents.clone().map(|d| d.text.len()).sum::<usize>()
        + files.clone().map(|file| file.bytes.len() / 3 * 4).sum::<usize>();
    if raw < SMALL {
        return None;
    }
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    let mut put = |bytes: &[u8]| packer.write_all(bytes);
    // Writing to memory does not fail.
    let _ = put(kube::to_json(values).as_bytes());
    let _ = put(kube::to_json(&chart.values).as_bytes());
    for file in files {
        let _ = put(file.path.as_bytes());
        let _ = put(STANDARD.encode(&*file.bytes).as_bytes());
    }
    for document in documents {
        let text = serde_json::Value::String(document.text.lossy().into_owned()).to_string();
        let _ = put(text.as_bytes());
    }
    let packed = packer.finish().map_or(0, |bytes| bytes.len());
    if packed.div_ceil(3) * 4 <= MAX_BYTES + MARGIN {
        return None;
    }
    // The words as they were seen: of 1.31 and before, and of 1.36.
    let words = if at >= KubeVersion::new(1, 32, 0) { "may not be more than" } else { "must have at most" };
    Some(OperationError::new(
        ErrorKind::TooLarge,
        format!(
            "create: failed to create: Secret \"sh.helm.release.v1.{}.v{}\" is invalid: data: Too long: {words} \
             {MAX_BYTES} bytes",
            release.0, release.1
        ),
    ))
}

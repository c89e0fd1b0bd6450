//! What a server draws or allocates for an object: here it follows from the object's identity and a seed.

use sha2::{Digest, Sha256};

/// Where an object's values are drawn from.
#[derive(Clone, Debug)]
pub struct Identity {
    key: String,
}

impl Identity {
    pub fn new(seed: u64, group: &str, kind: &str, namespace: &str, name: &str) -> Identity {
        Identity { key: format!("{seed}/{group}/{kind}/{namespace}/{name}") }
    }

    fn draw(&self, what: &str) -> [u8; 32] {
        Sha256::digest(format!("{}/{what}", self.key).as_bytes()).into()
    }

    fn number(&self, what: &str, below: u64) -> u64 {
        let [a, b, c, d, ..] = self.draw(what);
        u64::from(u32::from_be_bytes([a, b, c, d])) % below.max(1)
    }

    /// A random UUID.
    pub fn uid(&self) -> String {
        let mut bytes = self.draw("uid");
        // Both are within the thirty-two bytes: the version and the variant of the UUID.
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex: String = bytes.iter().take(16).map(|b| format!("{b:02x}")).collect();
        // Sixteen bytes are thirty-two digits.
        let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
        format!("{}-{}-{}-{}-{}", part(0..8), part(8..12), part(12..16), part(16..20), part(20..32))
    }

    pub fn resource_version(&self) -> String {
        (1_000 + self.number("resourceVersion", 900_000)).to_string()
    }

    /// An address of the range that clusters use by default.
    pub fn cluster_ip(&self) -> String {
        let n = self.number("clusterIP", 65_023);
        format!("10.96.{}.{}", n / 255, n % 255 + 1)
    }

    /// A port of the range of node ports.
    pub fn node_port(&self, what: &str) -> i64 {
        30_000 + i64::try_from(self.number(what, 2_768)).unwrap_or(0)
    }
}

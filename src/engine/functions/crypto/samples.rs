//! Key material that anybody can read in `data`: for the analysis of charts, never to be deployed.
//!
//! `examples/sample_keys.rs` made the files.

use super::keys::{PrivateKey, RsaKey};
use crate::engine::function::Call;
use num_bigint::BigUint;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::Rng;
use sha2::{Digest, Sha256};
use std::hash::{Hash, Hasher};

/// 64 keys of 2048 bits.
const RSA_2048: &[u8] = include_bytes!("data/rsa-2048.bin");
/// 24 keys of 4096 bits.
const RSA_4096: &[u8] = include_bytes!("data/rsa-4096.bin");
/// The parameters p (2048 bits), q (256 bits) and g of DSA.
const DSA: &[u8] = include_bytes!("data/dsa-2048-256.bin");

fn all(mut keys: &'static [u8]) -> Vec<&'static [u8]> {
    let mut all = Vec::new();
    while let Some((length, rest)) = keys.split_first_chunk()
        && let Some((key, rest)) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
    {
        all.push(key);
        keys = rest;
    }
    all
}

/// Whether a key is one of the samples.
pub(super) fn is_sample(key: &[u8]) -> bool {
    [RSA_2048, RSA_4096].into_iter().any(|keys| all(keys).contains(&key))
}

/// One of the samples: at one place another one for each seed, up to their number.
pub(super) fn rsa_key(call: &Call<'_>, bits: usize) -> Option<RsaKey> {
    let all = all(if bits == 4096 { RSA_4096 } else { RSA_2048 });
    let mut hasher = rustc_hash::FxHasher::default();
    (call.span, call.rt.call_path).hash(&mut hasher);
    let index = hasher.finish().wrapping_add(call.rt.seed) % all.len().max(1) as u64;
    RsaKey::sample(all.get(index as usize)?)
}

/// Bytes in the place of a signature: no template can check one, and computing it would take most of an analysis.
pub(super) fn signature(public: &[u8], message: &[u8], length: usize) -> Vec<u8> {
    let mut signature = Vec::with_capacity(length);
    for block in 0..length.div_ceil(32) as u32 {
        let hash = Sha256::new().chain_update(public).chain_update(message).chain_update(block.to_be_bytes());
        signature.extend_from_slice(&hash.finalize());
    }
    signature.truncate(length);
    // A signature is a number below the modulus.
    signature.iter_mut().take(1).for_each(|first| *first &= 0x7f);
    signature
}

/// A DSA key over the sample parameters, which Go's would be made for each key in seconds.
pub(super) fn dsa_key(rng: &mut ChaCha20Rng) -> PrivateKey {
    let part = |range: std::ops::Range<usize>| BigUint::from_bytes_be(DSA.get(range).unwrap_or_default());
    let (p, q, g) = (part(0..256), part(256..288), part(288..544));
    let mut secret = [0; 40];
    rng.fill_bytes(&mut secret);
    let x = BigUint::from_bytes_be(&secret) % (&q - 1u32) + 1u32;
    let y = g.modpow(&x, &p);
    PrivateKey::dsa(&[p, q, g, y, x].map(|number| number.to_bytes_be()))
}

//! Key material that anybody can read in `data`: for the analysis of charts, never to be deployed.
//!
//! Two primes make an RSA key, so a few primes make many keys. `examples/sample_primes.rs` made the files.

use super::keys::PrivateKey;
use num_bigint::BigUint;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::Rng;
use rsa::BoxedUint;

/// 64 primes of 1024 bits.
const PRIMES_1024: &[u8] = include_bytes!("data/primes-1024.bin");
/// 32 primes of 2048 bits.
const PRIMES_2048: &[u8] = include_bytes!("data/primes-2048.bin");
/// The parameters p (2048 bits), q (256 bits) and g of DSA.
const DSA: &[u8] = include_bytes!("data/dsa-2048-256.bin");

/// Put together from the sample primes.
pub(super) fn rsa_key(rng: &mut ChaCha20Rng, bits: usize) -> Option<rsa::PrivateKey> {
    let primes = if bits == 4096 { PRIMES_2048 } else { PRIMES_1024 };
    let size = bits / 16;
    let count = primes.len() / size;
    let first = rng.next_u32() as usize % count;
    let second = (first + 1 + rng.next_u32() as usize % (count - 1)) % count;
    let prime = |i: usize| BoxedUint::from_be_slice(&primes[i * size..(i + 1) * size], bits as u32 / 2).ok();
    rsa::PrivateKey::from_primes(vec![prime(first)?, prime(second)?], BoxedUint::from(65537u64)).ok()
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

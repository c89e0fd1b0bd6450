//! Sprig's cryptography and everything random.
//!
//! What is random is drawn from the seed of the render, so that one world always renders the same. Analysis needs the
//! shape of keys and hashes and that two draws differ, not their secrecy: under [`KeySource::Sample`] RSA keys are put
//! together from the primes in `data`, which anybody can read, and bcrypt is not computed. Under [`KeySource::Fresh`]
//! all is made for real.
//!
//! [`KeySource::Sample`]: crate::engine::KeySource::Sample
//! [`KeySource::Fresh`]: crate::engine::KeySource::Fresh

mod aes;
mod certificates;
mod der;
mod hashes;
mod keys;
mod password;
mod pem;
mod samples;
#[cfg(test)]
mod tests;
mod x509;

use crate::engine::function::{Call, Function};
use crate::value::OriginId;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

pub use aes::FUNCTIONS as AES;
pub use certificates::FUNCTIONS as CERTIFICATES;
pub use hashes::FUNCTIONS as HASHES;
pub use password::FUNCTIONS as PASSWORDS;

/// Functions that make keys.
pub const KEYS: &[Function] = keys::FUNCTIONS;

/// Notes a draw of this call: its origin, and where to draw from.
pub(super) fn draw(call: &mut Call<'_>) -> (OriginId, ChaCha20Rng) {
    let (origin, seed) = call.rt.draw(call.span, call.name);
    (origin, ChaCha20Rng::from_seed(seed))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

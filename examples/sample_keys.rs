//! Makes the files of `src/engine/functions/crypto/data`: the sample keys of an analysis and the
//! parameters of a sample DSA key. They are published with the program, so none of them is secret. Run it with the folder to write to; each run makes other ones.

use num_bigint::BigUint;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rsa::pkcs1::EncodeRsaPrivateKey;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("which folder?")?;
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let mut rng = ChaCha20Rng::seed_from_u64(since.as_nanos() as u64);
    let folder = Path::new(&folder);
    std::fs::write(folder.join("rsa-2048.bin"), keys(&mut rng, 2048, 64)?)?;
    std::fs::write(folder.join("rsa-4096.bin"), keys(&mut rng, 4096, 24)?)?;
    std::fs::write(folder.join("dsa-2048-256.bin"), dsa_parameters(&mut rng))?;
    Ok(())
}

/// RSA keys as PKCS #1 encodes them, each behind its length in two bytes.
fn keys(rng: &mut ChaCha20Rng, bits: usize, count: usize) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut all = Vec::new();
    for _ in 0..count {
        let key = rsa::PrivateKey::new(rng, bits)?.to_pkcs1_der()?;
        all.extend_from_slice(&u16::try_from(key.as_bytes().len())?.to_be_bytes());
        all.extend_from_slice(key.as_bytes());
    }
    Ok(all)
}

/// p, q and g with q dividing p − 1 and g of order q.
fn dsa_parameters(rng: &mut ChaCha20Rng) -> Vec<u8> {
    let q = loop {
        let candidate = random(rng, 32) | BigUint::from(1u32);
        if is_prime(rng, &candidate) {
            break candidate;
        }
    };
    let p = loop {
        let start = random(rng, 256);
        let candidate = &start - (&start % (&q * 2u32)) + 1u32;
        if candidate.bits() == 2048 && is_prime(rng, &candidate) {
            break candidate;
        }
    };
    let g = BigUint::from(2u32).modpow(&((&p - 1u32) / &q), &p);
    let mut g = g.to_bytes_be();
    g.splice(0..0, vec![0; 256 - g.len()]);
    [p.to_bytes_be(), q.to_bytes_be(), g].concat()
}

/// A number of so many bytes, its highest bit set.
fn random(rng: &mut ChaCha20Rng, bytes: usize) -> BigUint {
    let mut number = vec![0; bytes];
    rng.fill_bytes(&mut number);
    number[0] |= 0x80;
    BigUint::from_bytes_be(&number)
}

/// Miller and Rabin's test with forty bases.
fn is_prime(rng: &mut ChaCha20Rng, n: &BigUint) -> bool {
    let one = BigUint::from(1u32);
    if [3u32, 5, 7, 11, 13, 17, 19, 23, 29, 31].iter().any(|small| n % *small == BigUint::from(0u32)) {
        return false;
    }
    let less = n - 1u32;
    let shift = less.trailing_zeros().unwrap_or(0);
    let odd = &less >> shift;
    (0..40).all(|_| {
        let mut x = (random(rng, 32) % &less + 1u32).modpow(&odd, n);
        x == one
            || (0..shift).any(|_| {
                let found = x == less;
                x = &x * &x % n;
                found
            })
    })
}

//! `encryptAES` and `decryptAES`: AES-256 in CBC mode, the first block of the result being the initialization vector.

use super::draw;
use crate::engine::function::{Call, FnResult, Function, Param, text};
use crate::value::{Text, Value};
use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::{NoPadding, Pkcs7};
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use rand_chacha::rand_core::Rng;

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("encryptAES", &[Param::Str, Param::Str], encrypt).digest(),
    Function::new("decryptAES", &[Param::Str, Param::Str], decrypt).digest(),
];

const BLOCK: usize = 16;

/// The password, padded with zeros or cut.
fn key(password: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    for (byte, given) in key.iter_mut().zip(password) {
        *byte = *given;
    }
    key
}

fn encrypt(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let content = text(&args[1]).bytes();
    if content.is_empty() {
        return Ok(Value::string(Text::empty()));
    }
    call.spend(content.len() * 2)?;
    let (origin, mut rng) = draw(call);
    let mut vector = [0; BLOCK];
    rng.fill_bytes(&mut vector);
    let cipher = cbc::Encryptor::<Aes256>::new(&key(text(&args[0]).bytes()).into(), &vector.into());
    let mut out = vector.to_vec();
    out.extend(cipher.encrypt_padded_vec::<Pkcs7>(content));
    Ok(Value::string(STANDARD.encode(out)).with_origin(origin))
}

fn decrypt(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let encoded = text(&args[1]).bytes();
    if encoded.is_empty() {
        return Ok(Value::string(Text::empty()));
    }
    call.spend(encoded.len())?;
    let content = super::pem::base64_decode(encoded)?;
    let Some((vector, content)) = content.split_first_chunk::<BLOCK>() else {
        // The capacity that Go's decoder makes for the text.
        let capacity = encoded.len() / 4 * 3;
        return Err(format!("runtime error: slice bounds out of range [:16] with capacity {capacity}").into());
    };
    let cipher = cbc::Decryptor::<Aes256>::new(&key(text(&args[0]).bytes()).into(), vector.into());
    let Ok(mut out) = cipher.decrypt_padded_vec::<NoPadding>(content) else {
        return Err("crypto/cipher: input not full blocks".into());
    };
    let Some(padding) = out.last().copied() else {
        return Err("runtime error: index out of range [-1]".into());
    };
    match out.len().checked_sub(usize::from(padding)) {
        Some(end) => out.truncate(end),
        None => {
            let end = out.len() as i64 - i64::from(padding);
            return Err(format!("runtime error: slice bounds out of range [:{end}]").into());
        }
    }
    Ok(Value::string(out))
}

//! Passwords: bcrypt, and the derivation of the Master Password scheme.

use super::draw;
use crate::engine::KeySource;
use crate::engine::function::{Call, Failure, FnResult, Function, Param, text};
use crate::value::{Text, TextBuilder, Value};
use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use rand_chacha::rand_core::Rng;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
use std::sync::{Mutex, PoisonError};

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("bcrypt", &[Param::Str], |call, args| {
        let hash = bcrypt(call, text(&args[0]).bytes())?;
        let (origin, hash) = hash;
        Ok(Value::string(hash).with_origin(origin))
    })
    .digest(),
    Function::new("htpasswd", &[Param::Str, Param::Str], htpasswd).own(),
    Function::new("derivePassword", &[Param::Uint32, Param::Str, Param::Str, Param::Str, Param::Str], derive).digest(),
];

/// What Go's library computes with in Sprig.
const COST: u32 = 10;
/// What one hash takes, in units of work.
const HASH_WORK: usize = 2_000_000;
/// Longer passwords are refused.
const MAX_PASSWORD: usize = 72;

/// The hash with what it depends on beside the password.
fn bcrypt(call: &mut Call<'_>, password: &[u8]) -> Result<(crate::value::OriginId, String), Failure> {
    // Go's library of Helm 3.9 cuts long passwords.
    if password.len() > MAX_PASSWORD && call.rt.profile.since(3, 11, 0) {
        let message = "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes";
        return Ok((Default::default(), message.into()));
    }
    let (origin, mut rng) = draw(call);
    let mut salt = [0; 16];
    rng.fill_bytes(&mut salt);
    if call.rt.keys == KeySource::Fresh {
        call.spend(HASH_WORK)?;
        if let Ok(hash) = bcrypt::hash_with_salt(password, COST, salt) {
            return Ok((origin, hash.format_for_version(bcrypt::Version::TwoA)));
        }
    }
    Ok((origin, shape(password, salt)))
}

/// A text that is formed as a hash is and differs where one would.
fn shape(password: &[u8], salt: [u8; 16]) -> String {
    const ENCODER: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::BCRYPT, NO_PAD);
    let hash = Sha256::new().chain_update(salt).chain_update(password).finalize();
    format!("$2a${COST}${}{}", ENCODER.encode(salt), ENCODER.encode(&hash[..23]))
}

fn htpasswd(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (user, password) = (text(&args[0]), text(&args[1]));
    let mut out = TextBuilder::default();
    if user.bytes().contains(&b':') {
        out.push(b"invalid username: ");
        out.push_value(user, args[0].origin);
        return Ok(Value::string(out.finish()));
    }
    let secret = call.deep_origin(&args[1]);
    let (origin, hash) = bcrypt(call, password.bytes())?;
    let origin = call.join(origin, secret);
    let origin = call.through(origin);
    out.push_value(user, args[0].origin);
    out.push(b":");
    out.push_from(hash.as_bytes(), origin);
    let whole = args[0].origin;
    let whole = call.join(whole, origin);
    Ok(Value::string(out.finish()).with_origin(whole))
}

const SEED: &[u8] = b"com.lyndir.masterpassword";

/// The templates of a type of password: a letter stands for a set of characters.
fn templates(kind: &[u8]) -> Option<&'static [&'static str]> {
    Some(match kind {
        b"maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        b"long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        b"medium" => &["CvcnoCvc", "CvcCvcno"],
        b"short" => &["Cvcn"],
        b"basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        b"pin" => &["nnnn"],
        _ => return None,
    })
}

fn characters(class: char) -> &'static [u8] {
    match class {
        'V' => b"AEIOU",
        'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        'v' => b"aeiou",
        'c' => b"bcdfghjklmnpqrstvwxyz",
        'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        'n' => b"0123456789",
        'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

fn derive(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let [counter, kind, password, user, site] = args else { return Ok(Value::NIL) };
    let counter = crate::engine::function::int(counter) as u32;
    let Some(templates) = templates(text(kind).bytes()) else {
        let mut message = TextBuilder::default();
        message.push(b"cannot find password template ");
        message.push_text(text(kind));
        return Ok(Value::string(message.finish()));
    };
    // The same in each run, whether or not the key is remembered.
    call.spend(HASH_WORK * 2)?;
    let Some(key) = master_key(text(password).bytes(), text(user).bytes()) else {
        return Ok(Value::string(Text::empty()));
    };
    let site = text(site).bytes();
    // A key of HMAC may have any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return Ok(Value::string(Text::empty())) };
    for part in [SEED, &(site.len() as u32).to_be_bytes(), site, &counter.to_be_bytes()] {
        mac.update(part);
    }
    let seed = mac.finalize().into_bytes();
    let template = templates[usize::from(seed[0]) % templates.len()];
    // No template is as long as the 31 bytes that are left.
    let password = template.chars().zip(&seed[1..]).map(|(class, byte)| {
        let characters = characters(class);
        characters[usize::from(*byte) % characters.len()]
    });
    Ok(Value::string(password.collect::<Vec<u8>>()))
}

/// What a password and a user name stand for.
type Memory = FxHashMap<(Vec<u8>, Vec<u8>), [u8; 64]>;

/// The scrypt key of a password, which takes a tenth of a second and is asked for in each of a chart's many renders.
fn master_key(password: &[u8], user: &[u8]) -> Option<[u8; 64]> {
    static KNOWN: Mutex<Option<Memory>> = Mutex::new(None);
    const MAX_KNOWN: usize = 256;
    let arguments = (password.to_vec(), user.to_vec());
    let known = |memory: &Option<Memory>| memory.as_ref().and_then(|memory| memory.get(&arguments).copied());
    if let Some(key) = known(&KNOWN.lock().unwrap_or_else(PoisonError::into_inner)) {
        return Some(key);
    }
    let salt = [SEED, &(user.len() as u32).to_be_bytes(), user].concat();
    let mut key = [0; 64];
    // 32768 = 2^15
    let params = scrypt::Params::new(15, 8, 2).ok()?;
    scrypt::scrypt(password, &salt, &params, &mut key).ok()?;
    let mut memory = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let memory = memory.get_or_insert_default();
    if memory.len() >= MAX_KNOWN {
        memory.clear();
    }
    memory.insert(arguments, key);
    Some(key)
}

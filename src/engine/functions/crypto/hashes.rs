//! Checksums.

use super::hex;
use crate::engine::function::{Call, FnResult, Function, Param, text};
use crate::value::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("sha1sum", &[Param::Str], sum::<Sha1>).digest(),
    Function::new("sha256sum", &[Param::Str], sum::<Sha256>).digest(),
    Function::new("sha512sum", &[Param::Str], sum::<Sha512>).digest().exists(|profile| profile.since(3, 16, 0)),
    Function::new("adler32sum", &[Param::Str], adler32).digest(),
];

fn sum<D: Digest>(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let bytes = text(&args[0]).bytes();
    call.spend(bytes.len() / 16)?;
    Ok(Value::string(hex(&D::digest(bytes))))
}

/// RFC 1950, in decimal.
fn adler32(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let bytes = text(&args[0]).bytes();
    call.spend(bytes.len() / 4)?;
    let (a, b) = bytes.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65521;
        (a, (a + b) % 65521)
    });
    Ok(Value::string((b << 16 | a).to_string()))
}

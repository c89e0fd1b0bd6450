//! Random texts and numbers, and the resolver: what differs between two renders of one input.

use super::crypto::draw;
use crate::engine::function::{Call, FnResult, Function, Param, int};
use crate::value::origin::Cause;
use crate::value::{Text, Value};
use base64::Engine as _;
use rand_chacha::rand_core::Rng;

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("randAlphaNum", &[Param::Int], |call, args| {
        characters(call, args, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    })
    .digest(),
    Function::new("randAlpha", &[Param::Int], |call, args| {
        characters(call, args, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    })
    .digest(),
    Function::new("randNumeric", &[Param::Int], |call, args| characters(call, args, b"0123456789")).digest(),
    Function::new("randAscii", &[Param::Int], |call, args| {
        let printable: Vec<u8> = (b' '..=b'~').collect();
        characters(call, args, &printable)
    })
    .digest(),
    Function::new("randBytes", &[Param::Int], bytes).digest(),
    Function::new("randInt", &[Param::Int, Param::Int], number).digest(),
    Function::new("uuidv4", &[], uuid).digest(),
    Function::new("getHostByName", &[Param::Str], |call, _| {
        let origin = call.rt.arena.source(Cause::Dns { at: call.span }, call.span);
        Ok(Value::string(Text::empty()).with_origin(origin))
    })
    .digest(),
];

fn characters(call: &mut Call<'_>, args: &[Value], alphabet: &[u8]) -> FnResult {
    let Ok(count @ 1..) = usize::try_from(int(&args[0])) else { return Ok(Value::string(Text::empty())) };
    call.spend(count)?;
    let (origin, mut rng) = draw(call);
    let characters = (0..count).map(|_| alphabet[rng.next_u32() as usize % alphabet.len()]);
    Ok(Value::string(characters.collect::<Vec<u8>>()).with_origin(origin))
}

fn bytes(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let Ok(count) = usize::try_from(int(&args[0])) else {
        return Err("runtime error: makeslice: len out of range".into());
    };
    call.spend(count.saturating_mul(2))?;
    if count == 0 {
        return Ok(Value::string(Text::empty()));
    }
    let (origin, mut rng) = draw(call);
    let mut bytes = vec![0; count];
    rng.fill_bytes(&mut bytes);
    Ok(Value::string(base64::engine::general_purpose::STANDARD.encode(bytes)).with_origin(origin))
}

fn number(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let (from, to) = (int(&args[0]), int(&args[1]));
    let count = to.wrapping_sub(from);
    if count <= 0 {
        return Err("invalid argument to Intn".into());
    }
    // A choice of one is none.
    if count == 1 {
        return Ok(Value::int(from));
    }
    let (origin, mut rng) = draw(call);
    let number = (rng.next_u64() % count as u64) as i64;
    Ok(Value::int(from.wrapping_add(number)).with_origin(origin))
}

fn uuid(call: &mut Call<'_>, _: &[Value]) -> FnResult {
    let (origin, mut rng) = draw(call);
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes);
    let id = u128::from_be_bytes(bytes) & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let digits = format!("{id:032x}");
    let groups = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    Ok(Value::string(groups.join("-")).with_origin(origin))
}

//! `genCA`, `genSelfSignedCert`, `genSignedCert` and `buildCustomCert`.

use super::keys::PrivateKey;
use super::x509::{self, Issuer, Template};
use super::{draw, keys, pem};
use crate::engine::KeySource;
use crate::engine::function::{Call, Failure, FnResult, Function, Param, int, text};
use crate::engine::functions::print;
use crate::value::{Data, Field, Object, OriginId, Text, Value};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::Rng;
use std::net::IpAddr;
use std::sync::Arc;

use Param::{AnyList, Certificate, Int, Str};

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[
    Function::new("genCA", &[Str, Int], |call, args| make(call, &args[0], &[], &args[1], None, None)).own(),
    Function::new("genCAWithKey", &[Str, Int, Str], |call, args| {
        make(call, &args[0], &[], &args[1], None, Some(&args[2]))
    })
    .own(),
    Function::new("genSelfSignedCert", &[Str, AnyList, AnyList, Int], |call, args| {
        make(call, &args[0], &args[1..3], &args[3], None, None)
    })
    .own(),
    Function::new("genSelfSignedCertWithKey", &[Str, AnyList, AnyList, Int, Str], |call, args| {
        make(call, &args[0], &args[1..3], &args[3], None, Some(&args[4]))
    })
    .own(),
    Function::new("genSignedCert", &[Str, AnyList, AnyList, Int, Certificate], |call, args| {
        make(call, &args[0], &args[1..3], &args[3], Some(&args[4]), None)
    })
    .own(),
    Function::new("genSignedCertWithKey", &[Str, AnyList, AnyList, Int, Certificate, Str], |call, args| {
        make(call, &args[0], &args[1..3], &args[3], Some(&args[4]), Some(&args[5]))
    })
    .own(),
    Function::new("buildCustomCert", &[Str, Str], build).own(),
];

/// What making a certificate takes beside its key, in units of work.
fn work(source: KeySource) -> usize {
    match source {
        // It is not signed.
        KeySource::Sample => 1_000,
        KeySource::Fresh => 100_000,
    }
}

const DAY: i64 = 86_400_000_000_000;

/// A certificate with its key. `names` are the addresses and the names it stands for; without them it is an authority's.
fn make(
    call: &mut Call<'_>,
    common_name: &Value,
    names: &[Value],
    days: &Value,
    authority: Option<&Value>,
    given_key: Option<&Value>,
) -> FnResult {
    call.spend(work(call.rt.keys))?;
    let (random, mut rng) = draw(call);
    let (key, key_origin) = match given_key {
        Some(given) => {
            let key =
                PrivateKey::from_pem(text(given).bytes(), call.rt.keys).map_err(within("parsing private key: "))?;
            (key, call.deep_origin(given))
        }
        None => (keys::rsa_key(call, &mut rng, 2048)?, random),
    };
    let issuer = match authority {
        Some(authority) => Some(issuer(authority, call.rt.keys)?),
        None => None,
    };
    let template = template(call, &mut rng, common_name, names, days)?;
    let signer = issuer.as_ref().map(|(issuer, key)| (issuer, key));
    let content =
        x509::create(&call.rt.profile, &template, &key, signer).map_err(within("error creating certificate: "))?;
    let mut origin = call.join(random, key_origin);
    for value in [common_name, days].into_iter().chain(names).chain(authority) {
        let inner = call.deep_origin(value);
        origin = call.join(origin, inner);
    }
    let origin = call.through(origin);
    let key_origin = call.through(key_origin);
    Ok(certificate(
        Value::string(pem::encode("CERTIFICATE", &content)).with_origin(origin),
        Value::string(key.to_pem()).with_origin(key_origin),
    ))
}

fn within(prefix: &'static str) -> impl Fn(Failure) -> Failure {
    move |failure| match failure {
        Failure::Error(message) => Failure::Error(format!("{prefix}{message}")),
        budget => budget,
    }
}

/// The struct `sprig.certificate`; what its fields depend on is theirs.
fn certificate(cert: Value, key: Value) -> Value {
    let field = |name, value| Field { name, json: name, omit_empty: false, value };
    let fields = vec![field("Cert", cert), field("Key", key)];
    Data::Object(Arc::new(Object {
        type_name: "sprig.certificate",
        is_pointer: false,
        fields,
        text: None,
        printed: None,
    }))
    .into()
}

fn field(certificate: &Value, name: &str) -> Text {
    match &certificate.data {
        Data::Object(object) => object.field(name).and_then(Value::as_text).cloned().unwrap_or_else(Text::empty),
        _ => Text::empty(),
    }
}

fn issuer(authority: &Value, source: KeySource) -> Result<(Issuer, PrivateKey), Failure> {
    let Some((_, content)) = pem::decode(field(authority, "Cert").bytes()) else {
        return Err("unable to decode certificate".into());
    };
    let issuer = x509::read(&content)
        .ok_or("error parsing certificate: decodedSignerCert.Bytes: x509: malformed certificate")?;
    let key =
        PrivateKey::from_pem(field(authority, "Key").bytes(), source).map_err(within("error parsing private key: "))?;
    Ok((issuer, key))
}

fn template(
    call: &mut Call<'_>,
    rng: &mut ChaCha20Rng,
    common_name: &Value,
    names: &[Value],
    days: &Value,
) -> Result<Template, Failure> {
    let [addresses, hosts] = match names {
        [addresses, hosts] => [items(addresses), items(hosts)],
        _ => [&[][..], &[][..]],
    };
    call.spend((addresses.len() + hosts.len()) * 64)?;
    let mut template = Template {
        serial: [0; 16],
        common_name: text(common_name).bytes().to_vec(),
        addresses: Vec::new(),
        names: Vec::new(),
        not_before: call.rt.now.0,
        not_after: not_after(call.rt.now, int(days)),
        is_authority: names.is_empty(),
    };
    for address in addresses {
        let Data::Str(address) = &address.data else {
            let shown = print::display(call.rt, address);
            return Err(format!("error parsing ip: {shown} is not a string").into());
        };
        let parsed = address.lossy().parse::<IpAddr>();
        template.addresses.push(parsed.map_err(|_| format!("error parsing ip: {}", address.lossy()))?);
    }
    for host in hosts {
        let Data::Str(host) = &host.data else {
            let shown = print::display(call.rt, host);
            return Err(format!("error processing alternate dns name: {shown} is not a string").into());
        };
        template.names.push(host.bytes().to_vec());
    }
    rng.fill_bytes(&mut template.serial);
    Ok(template)
}

fn items(list: &Value) -> &[Value] {
    match &list.data {
        Data::List(list) => list.items(),
        _ => &[],
    }
}

/// The end of a validity of some days: a count of nanoseconds in 64 bits, which 292 years overflow.
fn not_after((seconds, nanoseconds): (i64, u32), days: i64) -> i64 {
    let duration = i128::from(DAY.wrapping_mul(days)) + i128::from(nanoseconds);
    seconds.saturating_add(duration.div_euclid(1_000_000_000) as i64)
}

/// The two decoded texts, if they are a certificate and a key.
fn build(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let decode = |value: &Value| pem::base64_decode(text(value).bytes());
    call.spend(text(&args[0]).len() + text(&args[1]).len())?;
    let cert = decode(&args[0]).map_err(|_| "unable to decode base64 certificate")?;
    let key = decode(&args[1]).map_err(|_| "unable to decode base64 private key")?;
    let Some((_, content)) = pem::decode(&cert) else { return Err("unable to decode certificate".into()) };
    if x509::read(&content).is_none() {
        return Err("error parsing certificate: decodedCert.Bytes: x509: malformed certificate".into());
    }
    match PrivateKey::from_pem(&key, call.rt.keys) {
        // A key of a kind that is not modelled is one all the same, and nothing is done with it.
        Ok(_) | Err(Failure::Budget(_)) => {}
        Err(Failure::Error(message)) => return Err(format!("error parsing private key: {message}").into()),
    }
    let origin = |call: &mut Call<'_>, value: &Value| -> OriginId {
        let origin = call.deep_origin(value);
        call.through(origin)
    };
    let (cert_origin, key_origin) = (origin(call, &args[0]), origin(call, &args[1]));
    Ok(certificate(Value::string(cert).with_origin(cert_origin), Value::string(key).with_origin(key_origin)))
}

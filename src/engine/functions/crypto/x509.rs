//! X.509 certificates with the fields that Go's `x509.CreateCertificate` writes for Sprig's template.

use super::der::{self, Reader};
use super::keys::PrivateKey;
use crate::engine::function::Failure;
use crate::profile::Profile;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// What a certificate says.
pub(super) struct Template {
    pub serial: [u8; 16],
    pub common_name: Vec<u8>,
    pub addresses: Vec<IpAddr>,
    pub names: Vec<Vec<u8>>,
    /// Seconds since 1970.
    pub not_before: i64,
    pub not_after: i64,
    pub is_authority: bool,
}

/// What is needed of the certificate of an issuer.
pub(super) struct Issuer {
    pub subject: Vec<u8>,
    pub key_id: Option<Vec<u8>>,
    pub public_info: Vec<u8>,
}

const KEY_ID: &[u8] = &[0x55, 0x1d, 0x0e];
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 0x11];
const CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 0x23];
const EXTENDED_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const SERVER_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
const CLIENT_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];
const TRUE: &[u8] = &[0x01, 0x01, 0xff];

/// The encoded certificate for `key`, signed by `signer`: its own key, or that of `issuer`.
pub(super) fn create(
    profile: &Profile,
    template: &Template,
    key: &PrivateKey,
    issuer: Option<(&Issuer, &PrivateKey)>,
) -> Result<Vec<u8>, Failure> {
    let signer = issuer.map_or(key, |(_, signer)| signer);
    let algorithm = signer.signature_algorithm()?;
    let public_info = key.public_info()?;
    if let Some((issuer, signer)) = issuer
        && signer.public_info()? != issuer.public_info
    {
        return Err("x509: provided PrivateKey doesn't match parent's PublicKey".into());
    }
    let subject = name(&template.common_name)?;
    let issuer_name = issuer.map_or(&subject, |(issuer, _)| &issuer.subject);
    let authority_key = issuer.and_then(|(issuer, _)| issuer.key_id.as_deref()).filter(|_| *issuer_name != subject);
    let validity = der::sequence(&[&time(template.not_before)?, &time(template.not_after)?]);
    let extensions = extensions(profile, template, key, authority_key, &subject)?;
    let version = der::constructed(0xa0, &[&der::unsigned(&[2])]);
    let body = der::sequence(&[
        &version,
        &der::unsigned(&template.serial),
        &algorithm,
        issuer_name,
        &validity,
        &subject,
        &public_info,
        &der::constructed(0xa3, &[&extensions]),
    ]);
    let signature = signer.sign(&body)?;
    Ok(der::sequence(&[&body, &algorithm, &der::bits(&signature)]))
}

fn extension(id: &[u8], is_critical: bool, content: &[u8]) -> Vec<u8> {
    let critical = if is_critical { TRUE } else { &[] };
    der::sequence(&[&der::element(der::OID, id), critical, &der::element(der::OCTET_STRING, content)])
}

fn extensions(
    profile: &Profile,
    template: &Template,
    key: &PrivateKey,
    authority_key: Option<&[u8]>,
    subject: &[u8],
) -> Result<Vec<u8>, Failure> {
    // Digital signature and key encipherment; an authority signs certificates too.
    let usage: &[u8] = if template.is_authority { &[2, 0xa4] } else { &[5, 0xa0] };
    let purposes = [SERVER_AUTH, CLIENT_AUTH].map(|purpose| der::element(der::OID, purpose)).concat();
    let constraints = der::sequence(if template.is_authority { &[TRUE] } else { &[] });
    let mut all = vec![
        extension(KEY_USAGE, true, &der::element(der::BIT_STRING, usage)),
        extension(EXTENDED_USAGE, false, &der::element(der::SEQUENCE, &purposes)),
        extension(CONSTRAINTS, true, &constraints),
    ];
    if template.is_authority {
        let bits = key.public_bits();
        // Go 1.25 changed the hash.
        let id = if profile.go() >= 25 { Sha256::digest(&bits)[..20].to_vec() } else { Sha1::digest(&bits).to_vec() };
        all.push(extension(KEY_ID, false, &der::element(der::OCTET_STRING, &id)));
    }
    if let Some(id) = authority_key {
        all.push(extension(AUTHORITY_KEY_ID, false, &der::sequence(&[&der::element(0x80, id)])));
    }
    if !template.names.is_empty() || !template.addresses.is_empty() {
        let mut names = Vec::new();
        for name in &template.names {
            if !name.is_ascii() {
                let name = crate::engine::error::quoted_bytes(name);
                return Err(format!("x509: {name} cannot be encoded as an IA5String").into());
            }
            names.extend(der::element(0x82, name));
        }
        for address in &template.addresses {
            names.extend(match address.to_canonical() {
                IpAddr::V4(address) => der::element(0x87, &address.octets()),
                IpAddr::V6(address) => der::element(0x87, &address.octets()),
            });
        }
        let is_critical = subject == der::sequence(&[]);
        all.push(extension(ALTERNATIVE_NAMES, is_critical, &der::element(der::SEQUENCE, &names)));
    }
    Ok(der::element(der::SEQUENCE, &all.concat()))
}

/// A name with a common name and nothing else.
fn name(common_name: &[u8]) -> Result<Vec<u8>, Failure> {
    if common_name.is_empty() {
        return Ok(der::sequence(&[]));
    }
    if std::str::from_utf8(common_name).is_err() {
        return Err("asn1: string not valid UTF-8".into());
    }
    let is_printable = common_name.iter().all(|b| b.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(b));
    let value = der::element(if is_printable { 0x13 } else { 0x0c }, common_name);
    let attribute = der::sequence(&[&der::element(der::OID, COMMON_NAME), &value]);
    Ok(der::sequence(&[&der::constructed(0x31, &[&attribute])]))
}

fn time(seconds: i64) -> Result<Vec<u8>, Failure> {
    let unencodable = || Failure::from("asn1: structure error: cannot represent time as GeneralizedTime");
    let time = jiff::Timestamp::from_second(seconds).map_err(|_| unencodable())?;
    let time = time.to_zoned_datetime(jiff::tz::TimeZone::UTC).datetime();
    if !(0..=9999).contains(&time.year()) {
        return Err(unencodable());
    }
    let digits = format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}Z",
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    );
    // The short form has two digits of the year.
    let is_short = (1950..2050).contains(&time.year());
    Ok(if is_short { der::element(0x17, &digits.as_bytes()[2..]) } else { der::element(0x18, digits.as_bytes()) })
}

/// Reads what a certificate says as an issuer.
pub(super) fn read(content: &[u8]) -> Option<Issuer> {
    let mut certificate = Reader(content).expect(der::SEQUENCE)?.reader();
    let mut body = certificate.expect(der::SEQUENCE)?.reader();
    certificate.expect(der::SEQUENCE)?;
    certificate.expect(der::BIT_STRING)?;
    body.optional(0xa0);
    body.expect(der::INTEGER)?;
    body.expect(der::SEQUENCE)?;
    body.expect(der::SEQUENCE)?;
    body.expect(der::SEQUENCE)?;
    let subject = body.expect(der::SEQUENCE)?.whole.to_vec();
    let public_info = body.expect(der::SEQUENCE)?.whole.to_vec();
    body.optional(0x81);
    body.optional(0x82);
    let mut key_id = None;
    if let Some(extensions) = body.optional(0xa3) {
        let mut extensions = extensions.reader().expect(der::SEQUENCE)?.reader();
        while let Some(extension) = extensions.optional(der::SEQUENCE) {
            let mut extension = extension.reader();
            let id = extension.expect(der::OID)?.content;
            extension.optional(0x01);
            let content = extension.expect(der::OCTET_STRING)?.content;
            if id == KEY_ID {
                key_id = Some(Reader(content).expect(der::OCTET_STRING)?.content.to_vec());
            }
        }
    }
    Some(Issuer { subject, key_id: key_id.filter(|id| !id.is_empty()), public_info })
}

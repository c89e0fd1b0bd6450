//! Private keys: made, written and read as Sprig does it.

use super::der::{self, Reader};
use super::{draw, pem, samples};
use crate::engine::KeySource;
use crate::engine::function::{Call, Failure, FnResult, Function, Param, text};
use crate::value::{TextBuilder, Value};
use ed25519_dalek::Signer as _;
use p256::ecdsa;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::Rng;
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey, EncodeRsaPublicKey};
use rsa::traits::PublicKeyParts;
use sha2::{Digest, Sha256};

/// The functions of this family.
pub const FUNCTIONS: &[Function] = &[Function::new("genPrivateKey", &[Param::Str], generate).digest()];

/// A private key of a kind that Sprig knows.
pub(super) enum PrivateKey {
    Rsa(RsaKey),
    /// On the curve P-256.
    Ecdsa(Box<ecdsa::SigningKey>),
    Ed25519(Box<ed25519_dalek::SigningKey>),
    /// Signs no certificate; its encoding is all that is needed.
    Dsa(Vec<u8>),
}

/// An RSA key as PKCS #1 encodes it. A sample is known to be one and signs nothing in earnest.
pub(super) struct RsaKey {
    content: Vec<u8>,
    public: Vec<u8>,
    /// The bytes of a signature.
    size: usize,
    key: Option<Box<rsa::PrivateKey>>,
}

impl RsaKey {
    /// A key that was made or read.
    fn new(key: rsa::PrivateKey) -> RsaKey {
        // What was made or read can be written.
        let content = key.to_pkcs1_der().map(|der| der.as_bytes().to_vec()).unwrap_or_default();
        let public = key.as_public_key().to_pkcs1_der().map(|der| der.as_bytes().to_vec()).unwrap_or_default();
        RsaKey { content, public, size: key.size(), key: Some(Box::new(key)) }
    }

    /// One of the samples, of which the encoding is all that is needed.
    pub(super) fn sample(content: &[u8]) -> Option<RsaKey> {
        let mut fields = Reader(content).expect(der::SEQUENCE)?.reader();
        fields.expect(der::INTEGER)?;
        let modulus = fields.expect(der::INTEGER)?.content;
        let exponent = fields.expect(der::INTEGER)?.content;
        let integer = |content: &[u8]| der::element(der::INTEGER, content);
        let public = der::sequence(&[&integer(modulus), &integer(exponent)]);
        let size = modulus.iter().skip_while(|byte| **byte == 0).count();
        Some(RsaKey { content: content.to_vec(), public, size, key: None })
    }

    fn sign(&self, message: &[u8]) -> rsa::Result<Vec<u8>> {
        match &self.key {
            Some(key) => key.sign(rsa::Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message)),
            None => Ok(samples::signature(&self.public, message, self.size)),
        }
    }
}

const RSA_OID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC_OID: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256_OID: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const ED25519_OID: &[u8] = &[0x2b, 0x65, 0x70];
const RSA_SHA256_OID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
const ECDSA_SHA256_OID: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const NULL: &[u8] = &[0x05, 0x00];

/// What a key of DSA takes over the sample parameters, in units of work.
const DSA_WORK: usize = 100_000;

/// What making an RSA key takes, in units of work, by its bits.
fn work(bits: usize, source: KeySource) -> usize {
    match (source, bits) {
        // It is read, not made.
        (KeySource::Sample, _) => 1_000,
        (KeySource::Fresh, 4096) => 50_000_000,
        (KeySource::Fresh, _) => 2_000_000,
    }
}

/// A new RSA key.
pub(super) fn rsa_key(call: &mut Call<'_>, rng: &mut ChaCha20Rng, bits: usize) -> Result<PrivateKey, Failure> {
    call.spend(work(bits, call.rt.keys))?;
    let key = match call.rt.keys {
        KeySource::Sample => samples::rsa_key(call, bits),
        KeySource::Fresh => rsa::PrivateKey::new(rng, bits).ok().map(RsaKey::new),
    };
    let key = key.ok_or("error generating rsa key: crypto/rsa: too few primes of given length")?;
    Ok(PrivateKey::Rsa(key))
}

fn generate(call: &mut Call<'_>, args: &[Value]) -> FnResult {
    let kind = text(&args[0]);
    let (origin, mut rng) = draw(call);
    let key = match kind.bytes() {
        b"" | b"rsa" => rsa_key(call, &mut rng, 4096)?,
        b"dsa" => {
            call.spend(DSA_WORK)?;
            samples::dsa_key(&mut rng)
        }
        b"ecdsa" => loop {
            // All but a vanishing part of the numbers are scalars of the curve.
            let mut secret = [0; 32];
            rng.fill_bytes(&mut secret);
            if let Ok(key) = ecdsa::SigningKey::from_slice(&secret) {
                break PrivateKey::Ecdsa(Box::new(key));
            }
        },
        b"ed25519" => {
            let mut secret = [0; 32];
            rng.fill_bytes(&mut secret);
            PrivateKey::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(&secret)))
        }
        _ => {
            let mut message = TextBuilder::default();
            message.push(b"Unknown type ");
            message.push_text(kind);
            return Ok(Value::string(message.finish()));
        }
    };
    Ok(Value::string(key.to_pem()).with_origin(origin))
}

impl PrivateKey {
    /// From p, q, g, y and x.
    pub(super) fn dsa(numbers: &[Vec<u8>; 5]) -> PrivateKey {
        let [p, q, g, y, x] = numbers.each_ref().map(|number| der::unsigned(number));
        PrivateKey::Dsa(der::sequence(&[&der::unsigned(&[]), &p, &q, &g, &y, &x]))
    }

    /// The PEM block in which Sprig writes this kind of key.
    pub(super) fn to_pem(&self) -> String {
        match self {
            PrivateKey::Rsa(key) => pem::encode("RSA PRIVATE KEY", &key.content),
            PrivateKey::Ecdsa(key) => {
                let secret = der::element(der::OCTET_STRING, key.to_bytes().as_slice());
                let curve = der::constructed(0xa0, &[&der::element(der::OID, P256_OID)]);
                let point = der::constructed(0xa1, &[&der::bits(&self.public_bits())]);
                pem::encode("EC PRIVATE KEY", &der::sequence(&[&der::unsigned(&[1]), &secret, &curve, &point]))
            }
            PrivateKey::Ed25519(key) => {
                let algorithm = der::sequence(&[&der::element(der::OID, ED25519_OID)]);
                let secret = der::element(der::OCTET_STRING, &der::element(der::OCTET_STRING, &key.to_bytes()));
                pem::encode("PRIVATE KEY", &der::sequence(&[&der::unsigned(&[]), &algorithm, &secret]))
            }
            PrivateKey::Dsa(content) => pem::encode("DSA PRIVATE KEY", content),
        }
    }

    /// Reads a PEM block, with Sprig's messages.
    pub(super) fn from_pem(text: &[u8], source: KeySource) -> Result<PrivateKey, Failure> {
        let Some((label, content)) = pem::decode(text) else { return Err("no PEM data in input".into()) };
        if source == KeySource::Sample
            && label == "RSA PRIVATE KEY"
            && samples::is_sample(&content)
            && let Some(key) = RsaKey::sample(&content)
        {
            return Ok(PrivateKey::Rsa(key));
        }
        if label == "PRIVATE KEY" {
            return pkcs8(&content);
        }
        let Some(kind) = label.strip_suffix(" PRIVATE KEY") else {
            return Err(format!("no private key data in PEM block of type {label}").into());
        };
        let wrong =
            |what: &str| format!("parsing {what} private key from PEM: asn1: structure error: tags don't match");
        match kind {
            "RSA" => match rsa::PrivateKey::from_pkcs1_der(&content) {
                Ok(key) => Ok(PrivateKey::Rsa(RsaKey::new(key))),
                Err(_) => Err(wrong("RSA").into()),
            },
            "EC" => sec1(&content, None)?.ok_or_else(|| wrong("EC").into()),
            "DSA" => {
                let is_sequence = Reader(&content).expect(der::SEQUENCE).is_some();
                if is_sequence { Ok(PrivateKey::Dsa(content)) } else { Err(wrong("DSA").into()) }
            }
            _ => Err(format!("invalid private key type {label}").into()),
        }
    }

    /// The public key without its algorithm.
    pub(super) fn public_bits(&self) -> Vec<u8> {
        match self {
            PrivateKey::Rsa(key) => key.public.clone(),
            PrivateKey::Ecdsa(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            PrivateKey::Ed25519(key) => key.verifying_key().to_bytes().to_vec(),
            PrivateKey::Dsa(_) => Vec::new(),
        }
    }

    /// The public key as a certificate states it.
    pub(super) fn public_info(&self) -> Result<Vec<u8>, Failure> {
        let algorithm = match self {
            PrivateKey::Rsa(_) => der::sequence(&[&der::element(der::OID, RSA_OID), NULL]),
            PrivateKey::Ecdsa(_) => {
                der::sequence(&[&der::element(der::OID, EC_OID), &der::element(der::OID, P256_OID)])
            }
            PrivateKey::Ed25519(_) => der::sequence(&[&der::element(der::OID, ED25519_OID)]),
            PrivateKey::Dsa(_) => return Err("x509: unsupported public key type: *dsa.PublicKey".into()),
        };
        Ok(der::sequence(&[&algorithm, &der::bits(&self.public_bits())]))
    }

    /// The algorithm of its signatures.
    pub(super) fn signature_algorithm(&self) -> Result<Vec<u8>, Failure> {
        Ok(match self {
            PrivateKey::Rsa(_) => der::sequence(&[&der::element(der::OID, RSA_SHA256_OID), NULL]),
            PrivateKey::Ecdsa(_) => der::sequence(&[&der::element(der::OID, ECDSA_SHA256_OID)]),
            PrivateKey::Ed25519(_) => der::sequence(&[&der::element(der::OID, ED25519_OID)]),
            PrivateKey::Dsa(_) => return Err("x509: certificate private key does not implement crypto.Signer".into()),
        })
    }

    /// The signature of a message.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        Ok(match self {
            PrivateKey::Rsa(key) => key.sign(message).map_err(|_| "crypto/rsa: message too long for RSA key size")?,
            PrivateKey::Ecdsa(key) => {
                let signature: ecdsa::Signature = key.sign(message);
                signature.to_der().as_bytes().to_vec()
            }
            PrivateKey::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            PrivateKey::Dsa(_) => return Err("x509: certificate private key does not implement crypto.Signer".into()),
        })
    }
}

fn pkcs8(content: &[u8]) -> Result<PrivateKey, Failure> {
    let parts = || {
        let mut fields = Reader(content).expect(der::SEQUENCE)?.reader();
        fields.expect(der::INTEGER)?;
        let mut algorithm = fields.expect(der::SEQUENCE)?.reader();
        let kind = algorithm.expect(der::OID)?.content;
        Some((kind, algorithm.optional(der::OID), fields.expect(der::OCTET_STRING)?.content))
    };
    let malformed = || Failure::from("decoding PEM as PKCS#8: asn1: structure error: tags don't match");
    let (kind, curve, key) = parts().ok_or_else(malformed)?;
    match kind {
        RSA_OID => match rsa::PrivateKey::from_pkcs1_der(key) {
            Ok(key) => Ok(PrivateKey::Rsa(RsaKey::new(key))),
            Err(_) => Err(malformed()),
        },
        EC_OID => sec1(key, curve.map(|curve| curve.content))?.ok_or_else(malformed),
        ED25519_OID => {
            let secret = Reader(key).expect(der::OCTET_STRING).and_then(|secret| secret.content.try_into().ok());
            let secret: [u8; 32] = secret.ok_or_else(malformed)?;
            Ok(PrivateKey::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(&secret))))
        }
        _ => Err("decoding PEM as PKCS#8: x509: PKCS#8 wrapping contained private key with unknown algorithm".into()),
    }
}

/// `ECPrivateKey` of SEC 1; nothing when it is malformed.
fn sec1(content: &[u8], curve: Option<&[u8]>) -> Result<Option<PrivateKey>, Failure> {
    let parts = || {
        let mut fields = Reader(content).expect(der::SEQUENCE)?.reader();
        fields.expect(der::INTEGER)?;
        let secret = fields.expect(der::OCTET_STRING)?.content;
        let named = fields.optional(0xa0).and_then(|named| named.reader().expect(der::OID));
        Some((secret, named.map(|named| named.content)))
    };
    let Some((secret, named)) = parts() else { return Ok(None) };
    if named.or(curve) != Some(P256_OID) {
        return Err(Failure::Budget("a private key on another curve than P-256 is not modelled".into()));
    }
    Ok(ecdsa::SigningKey::from_slice(secret).ok().map(|key| PrivateKey::Ecdsa(Box::new(key))))
}

//! What the functions give, and that certificates hold together.

use super::keys::PrivateKey;
use super::{pem, x509};
use crate::engine::KeySource;
use crate::engine::functions::testing::{evaluate, run_with, runtime};
use crate::value::{Data, Value};

#[test]
fn passwords_are_derived() {
    let cases = [
        ("long", "ZedaFaxcZaso9*"),
        ("maximum", "pf4zS1LjCg&LjhsZ7T2~"),
        ("medium", "ZedJuz8$"),
        ("short", "Zed5"),
        ("basic", "pIS54PLs"),
        ("pin", "6685"),
    ];
    let mut rt = runtime("4.1.4");
    for (kind, expected) in cases {
        let counter = Value::from(Data::Uint(1, crate::value::UintKind::Uint32));
        let call = format!("derivePassword $a \"{kind}\" \"password\" \"user\" \"example.com\"");
        assert_eq!(run_with(&mut rt, &call, &[counter]), expected, "{kind}");
    }
}

#[test]
fn draws_repeat_with_their_seed_alone() {
    let draw = |seed| {
        let mut rt = runtime("4.1.4");
        rt.seed = seed;
        (run_with(&mut rt, "randAlphaNum 20", &[]), run_with(&mut rt, "randAlphaNum 20", &[]))
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
    assert_ne!(draw(1).0, draw(1).1);
    let mut rt = runtime("4.1.4");
    let id = run_with(&mut rt, "uuidv4", &[]);
    assert_eq!((id.len(), &id[14..15], b"89ab".contains(&id.as_bytes()[19])), (36, "4", true), "{id}");
}

#[test]
fn keys_are_written_and_read() {
    for source in [KeySource::Sample, KeySource::Fresh] {
        for (kind, label) in [("ecdsa", "EC"), ("ed25519", ""), ("dsa", "DSA"), ("rsa", "RSA")] {
            let mut rt = runtime("4.1.4");
            rt.keys = if kind == "rsa" { KeySource::Sample } else { source };
            let key = run_with(&mut rt, &format!("genPrivateKey \"{kind}\""), &[]);
            assert!(key.starts_with(&format!("-----BEGIN {label} PRIVATE KEY").replace("  ", " ")), "{key}");
            let read = PrivateKey::from_pem(key.as_bytes(), KeySource::Fresh)
                .unwrap_or_else(|error| panic!("{kind}: {error:?}"));
            assert_eq!(read.to_pem(), key);
        }
    }
}

/// The fields of a certificate that an expression gives.
fn pair(rt: &mut crate::engine::Runtime, expression: &str, variables: &[Value]) -> (String, String, Value) {
    let value = evaluate(rt, expression, variables).expect("a certificate");
    let Data::Object(object) = &value.data else { panic!("no certificate") };
    let text = |name| object.field(name).and_then(Value::as_text).expect("a text").lossy().into_owned();
    (text("Cert"), text("Key"), value.clone())
}

#[test]
fn certificates_name_their_issuer() {
    for kind in ["rsa", "ecdsa", "ed25519"] {
        let mut rt = runtime("4.3.1");
        rt.now = (1_700_000_000, 5);
        let key = evaluate(&mut rt, &format!("genPrivateKey \"{kind}\""), &[]).expect("a key");
        let (cert, _, authority) = pair(&mut rt, "genCAWithKey \"my ca\" 365 $a", &[key]);
        let (_, content) = pem::decode(cert.as_bytes()).expect("a block");
        let issuer = x509::read(&content).expect("a certificate");
        assert_eq!(issuer.key_id.as_ref().map(Vec::len), Some(20));
        let signed = "genSignedCert \"*.a.b\" (list \"10.0.0.1\" \"::1\") (list \"a.b\") 1 $a";
        let (cert, key, _) = pair(&mut rt, signed, &[authority]);
        let (_, content) = pem::decode(cert.as_bytes()).expect("a block");
        let holds = |part: &[u8]| content.windows(part.len()).any(|window| window == part);
        assert!(holds(&issuer.subject) && holds(&issuer.key_id.expect("an id")));
        let key = PrivateKey::from_pem(key.as_bytes(), KeySource::Fresh).expect("a key");
        assert_eq!(x509::read(&content).expect("a certificate").public_info, key.public_info().expect("a key"));
    }
}

#[test]
fn an_authority_with_the_key_of_another_does_not_sign() {
    let mut rt = runtime("4.3.1");
    let (cert, _, _) = pair(&mut rt, "genCA \"a\" 1", &[]);
    let key = evaluate(&mut rt, "genPrivateKey \"ecdsa\"", &[]).expect("a key");
    let field = |name, value| crate::value::Field { name, json: name, omit_empty: false, value };
    let object = crate::value::Object {
        type_name: "sprig.certificate",
        is_pointer: false,
        fields: vec![field("Cert", Value::string(cert)), field("Key", key)],
        text: None,
        printed: None,
    };
    let authority = Value::from(Data::Object(std::sync::Arc::new(object)));
    let found = run_with(&mut rt, "genSignedCert \"b\" (list) (list) 1 $a", &[authority]);
    assert_eq!(found, "error: error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey");
}

#[test]
fn hashes_of_passwords_have_their_shape() {
    for source in [KeySource::Sample, KeySource::Fresh] {
        let mut rt = runtime("4.1.4");
        rt.keys = source;
        let hash = run_with(&mut rt, "bcrypt \"secret\"", &[]);
        assert_eq!((hash.len(), &hash[..7]), (60, "$2a$10$"));
        assert_eq!(bcrypt::verify("secret", &hash).expect("a hash"), source == KeySource::Fresh);
        assert!(run_with(&mut rt, "htpasswd \"u\" \"p\"", &[]).starts_with("u:$2a$10$"));
    }
    let long = "x".repeat(73);
    let found = run_with(&mut runtime("4.1.4"), &format!("bcrypt \"{long}\""), &[]);
    assert_eq!(found, "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes");
}

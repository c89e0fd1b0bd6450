use super::*;

/// What Go's parser makes of a number: the bits it has as int, uint, float, or its message.
#[test]
fn numbers_have_the_values_that_go_gives_them() {
    let show = |text: &str| match scan_number(text.as_bytes()) {
        Scan::Bad(end) => format!("bad {}", &text[..end]),
        Scan::Number(end, is_complex) => match number(&text[..end], is_complex) {
            Err(message) => message,
            Ok(n) => format!("{:?} {:?} {:?} {:?}", n.int, n.uint, n.float, n.complex),
        },
    };
    for (text, expected) in [
        ("1", "Some(1) Some(1) Some(1.0) None"),
        ("-1", "Some(-1) None Some(-1.0) None"),
        ("+1", "Some(1) None Some(1.0) None"),
        ("-0", "Some(0) Some(0) Some(0.0) None"),
        ("0x1F", "Some(31) Some(31) Some(31.0) None"),
        ("0b101", "Some(5) Some(5) Some(5.0) None"),
        ("0o17", "Some(15) Some(15) Some(15.0) None"),
        ("017", "Some(15) Some(15) Some(15.0) None"),
        ("1_000", "Some(1000) Some(1000) Some(1000.0) None"),
        ("0x_f", "Some(15) Some(15) Some(15.0) None"),
        ("2.0", "Some(2) Some(2) Some(2.0) None"),
        ("-2.0", "Some(-2) None Some(-2.0) None"),
        (".5", "None None Some(0.5) None"),
        ("089.5", "None None Some(89.5) None"),
        ("1e3", "Some(1000) Some(1000) Some(1000.0) None"),
        ("0x1p-2", "None None Some(0.25) None"),
        ("0x1.8p1", "Some(3) Some(3) Some(3.0) None"),
        ("0x1p-1074", "None None Some(5e-324) None"),
        ("0x1p1024", "illegal number syntax: \"0x1p1024\""),
        ("9223372036854775808", "None Some(9223372036854775808) Some(9.223372036854776e18) None"),
        ("18446744073709551616", "integer overflow: \"18446744073709551616\""),
        ("1i", "None None None Some((0.0, 1.0))"),
        ("0i", "Some(0) Some(0) Some(0.0) Some((0.0, 0.0))"),
        ("1+2i", "None None None Some((1.0, 2.0))"),
        ("1.5-0i", "None None Some(1.5) Some((1.5, -0.0))"),
        ("1i+2i", "syntax error scanning complex number"),
        ("0x1+2i", "strconv.ParseFloat: parsing \"0x1\": invalid syntax"),
        ("1p3+2i", "bad 1p"),
        ("089", "integer overflow: \"089\""),
        ("1_", "illegal number syntax: \"1_\""),
        ("1__0", "illegal number syntax: \"1__0\""),
        ("1e400", "illegal number syntax: \"1e400\""),
        ("+", "illegal number syntax: \"+\""),
        ("3k", "bad 3k"),
        ("5-3", "bad 5-3"),
        ("3-", "bad 3-"),
        ("1.foo", "bad 1.f"),
        ("1é", "bad 1é"),
        ("1.2.3", "None None Some(1.2) None"),
    ] {
        assert_eq!(show(text), expected, "{text}");
    }
}

#[test]
fn hexadecimal_floats_are_rounded_to_even() {
    for (text, expected) in [
        ("0x1.00000000000008p0", 1.0),
        ("0x1.000000000000081p0", 1.0 + f64::EPSILON),
        ("0x1.00000000000018p0", 1.0 + 2.0 * f64::EPSILON),
        ("0x1.fffffffffffff8p1023", f64::NAN),
        ("0x1.fffffffffffffp1023", f64::MAX),
        ("0x0.0000000000001p-1022", f64::from_bits(1)),
        ("0x1p-1075", 0.0),
        ("0x1.8p-1075", f64::from_bits(1)),
        ("0x123456789abcdef01p0", 0x123456789abcdef01i128 as f64),
    ] {
        assert_eq!(float::parse(text).unwrap_or(f64::NAN).to_bits(), expected.to_bits(), "{text}");
    }
}

#[test]
fn strings_are_unquoted_to_bytes() {
    for (source, expected) in [
        (&br#""a\tb\"\\""#[..], Some(&b"a\tb\"\\"[..])),
        (br#""\xff\377\u00e9\U0001F600""#, Some(b"\xff\xff\xc3\xa9\xf0\x9f\x98\x80")),
        (b"\"\xff\x00\"", Some(b"\xef\xbf\xbd\x00")),
        (b"`a\r\n\\n\xff`", Some(b"a\n\\n\xff")),
        (br#""\'""#, None),
        (br#""\q""#, None),
        (br#""\x1""#, None),
        (br#""\400""#, None),
        (br#""\ud800""#, None),
        (br#""\U00110000""#, None),
        (br#""""#, Some(b"")),
    ] {
        assert_eq!(unquote(source).as_deref(), expected, "{}", source.escape_ascii());
    }
}

#[test]
fn characters_are_code_points() {
    let show = |source: &[u8]| character(source).map(|n| n.int.unwrap_or(-1));
    assert_eq!(show(b"'a'"), Ok(97));
    assert_eq!(show(br"'\''"), Ok(39));
    assert_eq!(show(br"'\xff'"), Ok(255));
    assert_eq!(show("'€'".as_bytes()), Ok(0x20ac));
    assert_eq!(show(b"'\xff'"), Ok(0xfffd));
    assert_eq!(show(b"''"), Err("invalid syntax".into()));
    assert_eq!(show(br#"'\"'"#), Err("invalid syntax".into()));
    assert_eq!(show(b"'ab'"), Err("malformed character constant: 'ab'".into()));
}

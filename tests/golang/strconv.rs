use crate::{Differences, bytes, maybe_bytes, shown, table};
use chartlint::value::golang::{collect, strconv, unicode};
use serde_json::Value;

#[test]
fn floats_print_as_go_prints_them() {
    let mut differences = Differences::default();
    for row in table("ftoa") {
        let f = f64::from_bits(u64::from_str_radix(row[0].as_str().unwrap(), 16).unwrap());
        differences.text(f, strconv::shown_float(f), &row[1]);
        differences.check(f, strconv::json_float(f), row[2].as_str().map(str::to_owned));
        differences.text(format!("{f} as float32"), strconv::format_float(f, b'g', None, 32), &row[3]);
        let mut answers = row[4..].iter();
        for verb in *b"efgGbxX" {
            let what = format!("{f} %{}", verb as char);
            differences.text(what, strconv::format_float(f, verb, None, 64), answers.next().unwrap());
        }
        for verb in *b"efgx" {
            for precision in [0, 1, 3, 6, 17] {
                let precision = if verb == b'f' && f.abs() > 1e40 { 0 } else { precision };
                let what = format!("{f} %.{precision}{}", verb as char);
                differences.text(what, strconv::format_float(f, verb, Some(precision), 64), answers.next().unwrap());
            }
        }
    }
    differences.finish();
}

#[test]
fn precisions_beyond_every_digit_give_zeros() {
    assert_eq!(strconv::format_float(0.5, b'f', Some(100_000), 64).len(), 100_002);
    assert_eq!(strconv::format_float(0.5, b'e', Some(100_000), 64).len(), 100_006);
    assert_eq!(strconv::format_float(0.5, b'g', Some(100_000), 64), "0.5");
}

fn answer<T>(result: Result<T, strconv::NumError<T>>, show: impl Fn(T) -> String) -> (String, Option<String>) {
    match result {
        Ok(value) => (show(value), None),
        Err(error) => {
            (show(error.value), Some(error.reason.to_string()).map(|_| format!("{}: {}", error.function, error.reason)))
        }
    }
}

fn check<T: Clone + std::fmt::Debug>(
    differences: &mut Differences,
    input: &[u8],
    result: Result<T, strconv::NumError<T>>,
    go: &Value,
    show: impl Fn(T) -> String,
) {
    let text = result.as_ref().err().map(|e| e.to_string());
    let (value, _) = answer(result, show);
    let go = (shown(&go[0]), (!go[1].is_null()).then(|| shown(&go[1])));
    differences.check(input.escape_ascii(), (value, text), go);
}

#[test]
fn numbers_are_read_as_go_reads_them() {
    let mut d = Differences::default();
    for row in table("numbers") {
        let s = bytes(&row[0]);
        check(&mut d, &s, strconv::parse_int(&s, 0, 64), &row[1], |v| v.to_string());
        check(&mut d, &s, strconv::parse_int(&s, 10, 32), &row[2], |v| v.to_string());
        check(&mut d, &s, strconv::atoi(&s), &row[3], |v| v.to_string());
        check(&mut d, &s, strconv::parse_uint(&s, 0, 64), &row[4], |v| v.to_string());
        check(&mut d, &s, strconv::parse_uint(&s, 16, 8), &row[5], |v| v.to_string());
        check(&mut d, &s, strconv::parse_float(&s, 64), &row[6], strconv::shown_float);
        check(&mut d, &s, strconv::parse_float(&s, 32), &row[7], strconv::shown_float);
        check(&mut d, &s, strconv::parse_int(&s, 8, 64), &row[8], |v| v.to_string());
    }
    d.finish();
}

#[test]
fn quotes_are_go_s() {
    let mut d = Differences::default();
    for row in table("quote") {
        let s = bytes(&row[0]);
        d.text(s.escape_ascii(), strconv::quote(&s), &row[1]);
        d.text(s.escape_ascii(), strconv::quote_to_ascii(&s), &row[2]);
        d.text(s.escape_ascii(), collect(&s, |out| strconv::quote_segments(&s, out)), &row[1]);
    }
    for row in table("quote_rune") {
        let rune = row[0].as_i64().unwrap() as u32;
        d.text(rune, strconv::quote_rune(rune), &row[1]);
        d.text(rune, strconv::quote_rune_to_ascii(rune), &row[2]);
    }
    d.finish();
}

#[test]
fn quoted_text_is_read_back() {
    let mut d = Differences::default();
    for row in table("unquote") {
        let s = bytes(&row[0]);
        d.check(s.escape_ascii(), strconv::unquote(&s), maybe_bytes(&row[1]));
    }
    for row in table("unquote_char") {
        let (s, quote) = (bytes(&row[0]), bytes(&row[1]));
        let ours = strconv::unquote_char(&s, quote[0]).map(|c| serde_json::json!([c.rune, c.is_multibyte, c.len]));
        d.check(s.escape_ascii(), ours.unwrap_or(Value::Null), row[2].clone());
    }
    d.finish();
}

#[test]
fn runes_are_classed_as_in_go() {
    let mut d = Differences::default();
    for row in table("runes") {
        let from = row[0].as_u64().unwrap() as u32;
        let mut sum = 0u64;
        for c in (from..from + 4096).filter_map(char::from_u32) {
            let classes = [
                unicode::is_print(c),
                unicode::is_letter(c),
                unicode::is_digit(c),
                unicode::is_upper(c),
                unicode::is_lower(c),
                unicode::is_title(c),
                unicode::is_space(c),
                unicode::is_number(c),
                unicode::is_punct(c),
            ];
            let bits = classes.iter().enumerate().map(|(i, is)| u64::from(*is) << i).sum::<u64>();
            let maps = [unicode::to_upper(c), unicode::to_lower(c), unicode::to_title(c)].map(|c| u64::from(c as u32));
            for v in std::iter::once(bits).chain(maps) {
                sum = (sum * 31 + v) & 0x7fff_ffff;
            }
        }
        d.check(format!("{from:#x}"), sum, row[1].as_u64().unwrap());
    }
    d.finish();
}

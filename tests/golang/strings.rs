use crate::{Differences, bytes, maybe_bytes, table};
use chartlint::value::golang::{Segment, collect, escape, strings};
use serde_json::Value;

type Mapping = fn(&[u8], &mut dyn FnMut(Segment));

#[test]
fn texts_are_mapped_as_sprig_maps_them() {
    let functions: [(&str, Mapping); 10] = [
        ("upper", strings::upper),
        ("lower", strings::lower),
        ("title", strings::title),
        ("untitle", strings::untitle),
        ("swapcase", strings::swapcase),
        ("initials", strings::initials),
        ("nospace", strings::nospace),
        ("camelcase", strings::camelcase),
        ("snakecase", strings::snakecase),
        ("kebabcase", strings::kebabcase),
    ];
    let mut d = Differences::default();
    for row in table("strings") {
        let s = bytes(&row[0]);
        for ((name, run), go) in functions.iter().zip(&row[1..]) {
            d.text(format!("{name} {}", s.escape_ascii()), collect(&s, |out| run(&s, out)), go);
        }
        d.text(format!("trim {}", s.escape_ascii()), &s[strings::trim(&s)], &row[11]);
        d.text(format!("html {}", s.escape_ascii()), collect(&s, |out| escape::html(&s, out)), &row[12]);
        d.text(format!("js {}", s.escape_ascii()), collect(&s, |out| escape::js(&s, out)), &row[13]);
    }
    d.finish();
}

#[test]
fn texts_are_cut_as_sprig_cuts_them() {
    let mut d = Differences::default();
    for row in table("cut") {
        let s = bytes(&row[0]);
        let (a, b) = (row[1].as_i64().unwrap(), row[2].as_i64().unwrap());
        let what = |name: &str| format!("{name} {a} {b} {}", s.escape_ascii());
        let substr = strings::substr(a, b, s.len());
        d.check(what("substr"), substr.clone().ok().map(|range| s[range].to_vec()), maybe_bytes(&row[3]));
        d.check(what("substr"), substr.err().map(String::into_bytes), maybe_bytes(&row[4]));
        d.text(what("trunc"), &s[strings::trunc(a, s.len())], &row[5]);
        d.text(what("abbrev"), collect(&s, |out| strings::abbrev(a, &s, out)), &row[6]);
        d.text(what("abbrevboth"), collect(&s, |out| strings::abbrev_both(a, b, &s, out)), &row[7]);
        d.text(what("wrap"), collect(&s, |out| strings::wrap(a, &s, out)), &row[8]);
        d.text(what("wrapWith"), collect(&s, |out| strings::wrap_with(a, b"", &s, out)), &row[9]);
        let mut refused = None;
        let indented = collect(&s, |out| refused = strings::nindent(a, &s, out).err());
        match refused {
            None => d.text(what("nindent"), indented, &row[10]),
            Some(message) => d.text(what("nindent"), message, &row[11]),
        }
    }
    d.finish();
}

fn list(s: &[u8], ranges: Vec<std::ops::Range<usize>>) -> Vec<Vec<u8>> {
    ranges.into_iter().map(|range| s[range].to_vec()).collect()
}

fn recorded(list: &Value) -> Vec<Vec<u8>> {
    list.as_array().into_iter().flatten().map(bytes).collect()
}

#[test]
fn texts_are_split_and_replaced_as_in_go() {
    let mut d = Differences::default();
    for row in table("pieces") {
        let (s, sep, n) = (bytes(&row[0]), bytes(&row[1]), row[2].as_i64().unwrap());
        let what = format!("{} by {} {n}", s.escape_ascii(), sep.escape_ascii());
        d.check(&what, list(&s, strings::split(&s, &sep)), recorded(&row[3]));
        d.check(&what, list(&s, strings::split_n(&s, &sep, n)), recorded(&row[4]));
        d.check(&what, list(&s, strings::fields(&s)), recorded(&row[5]));
        d.text(&what, collect(&s, |out| strings::replace(&s, &sep, b"<>", out)), &row[6]);
        d.text(&what, &s[strings::trim_all(&sep, &s)], &row[7]);
        d.text(&what, &s[strings::trim_prefix(&sep, &s)], &row[8]);
        d.text(&what, &s[strings::trim_suffix(&sep, &s)], &row[9]);
        d.text(&what, &s[strings::trim(&s)], &row[10]);
    }
    d.finish();
}

//! Nothing panics, whatever it is given.

use chartlint::value::golang::*;
use std::ops::Range;

/// A small generator, so that a failure comes back.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    fn text(&mut self, parts: &[&[u8]]) -> Vec<u8> {
        (0..self.roll(9)).flat_map(|_| parts[self.roll(parts.len())].to_vec()).collect()
    }

    fn number(&mut self) -> i64 {
        [0, 1, -1, 5, 9, 40, 1000, i64::MAX, i64::MIN, 1 << 31][self.roll(10)]
    }
}

fn check(segments: impl FnOnce(&mut dyn FnMut(Segment)), input: &[u8]) {
    segments(&mut |segment| match segment {
        Segment::Copy(range) | Segment::Change(range, _) => {
            let Range { start, end } = range;
            assert!(start <= end && end <= input.len());
        }
        Segment::Insert(_) => {}
    });
}

const PARTS: &[&[u8]] = &[
    b"a",
    b"Z",
    b"9",
    b"0",
    b"_",
    b"-",
    b".",
    b" ",
    b"/",
    b"\\",
    b"%",
    b"[",
    b"]",
    b"(",
    b")",
    b"{",
    b"}",
    b"*",
    b"?",
    b"$",
    b"^",
    b"|",
    b"\n",
    b"\0",
    b"\xff",
    b"\xc3\xa9",
    b"\xf0\x9f\x98\x80",
    b"\xed\xa0\x80",
    b"\xef\xbf\xbd",
    b"+",
    b":",
    b"x",
    b"p",
    b"e",
    b"2006",
    b"MST",
    b"Z07:00",
    b".000",
    b"h",
    b"\xc2\xb5s",
    b"1000000",
    b"#",
    b"@",
    b"<",
    b"=",
    b"'",
    b"\"",
    b"`",
    b",",
    b"(?P<n>",
    b"\\p{",
    b"v",
    b"~",
    b"[:",
    b":]",
    b"%[",
    b"%*",
    b"18446744073709551615",
];

#[test]
fn random_bytes_do_no_harm() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for _ in 0..20_000 {
        let (s, t) = (dice.text(PARTS), dice.text(PARTS));
        let (n, m) = (dice.number(), dice.number());
        let _ = (strconv::parse_int(&s, 0, 64), strconv::parse_uint(&s, 36, 8), strconv::parse_float(&s, 32));
        let _ = (strconv::unquote(&s), strconv::unquote_char(&s, b'"'), strconv::quote_rune(n as u32));
        let float = f64::from_bits(n as u64 ^ dice.0);
        for verb in *b"efgGbxX?" {
            strconv::format_float(float, verb, Some(dice.roll(30)), 64);
            strconv::format_float(float, verb, None, 32);
        }
        for run in [
            strings::upper,
            strings::lower,
            strings::title,
            strings::untitle,
            strings::swapcase,
            strings::initials,
            strings::nospace,
            strings::camelcase,
            strings::snakecase,
            strings::kebabcase,
            escape::html,
            escape::js,
            path::base,
            path::dir,
            path::clean,
            strconv::quote_segments,
            regexp::quote_meta,
            url::query_escape,
        ] {
            check(|out| run(&s, out), &s);
        }
        check(|out| strings::abbrev(n, &s, out), &s);
        check(|out| strings::abbrev_both(n, m, &s, out), &s);
        check(|out| strings::wrap(n, &s, out), &s);
        check(|out| strings::wrap_with(n, &t, &s, out), &s);
        check(|out| strings::replace(&s, &t, b"", out), &s);
        check(|out| strings::indent(n.min(9), &s, out).unwrap_or_default(), &s);
        let _ = (strings::split_n(&s, &t, n), strings::fields(&s), strings::trim_all(&t, &s), strings::trim(&s));
        let _ = (&s[strings::trunc(n, s.len())], strings::substr(n, m, s.len()).map(|range| s[range].len()));
        let _ = (path::matches(&s, &t), glob::Glob::compile(&s).map(|g| g.is_match(&t)), path::ext(&s));
        if let Ok(url) = url::Url::parse(&s) {
            let _ = (url.text(), url.hostname());
        }
        for library in [semver::Library::V3_3, semver::Library::V3_5] {
            let _ = (semver::Version::parse(&s, library), semver::Version::parse_strict(&s, library));
            let _ = semver::Constraints::parse(&s, library);
        }
        let zone = time::Zone::load("Europe/Berlin").unwrap();
        let instant = time::GoTime::unix(n, m, zone.clone()).add(m).add_date(m, n, n);
        let _ = (time::GoTime::parse(&s, &t, &zone), instant.format(&s), instant.go_syntax(), time::parse_duration(&s));
        let _ = (
            time::duration_text(n),
            time::round_duration(n, m),
            time::truncate_duration(n, m),
            time::duration_round(n),
        );
    }
}

#[test]
fn random_patterns_do_no_harm() {
    let mut dice = Dice(42);
    for _ in 0..3_000 {
        let (pattern, s, t) = (dice.text(PARTS), dice.text(PARTS), dice.text(PARTS));
        if let Ok(re) = regexp::Regexp::compile(&pattern, regexp::Texts::of(&s)) {
            check(|out| re.replace_all(&s, &t, 1000, out).unwrap_or_default(), &s);
            let _ = (re.split(&s, -1), re.find_all(&s, 3));
        }
    }
}

struct Nothing;

impl fmt::Operand for Nothing {
    fn view(&self) -> fmt::View<'_, Nothing> {
        fmt::View::Int(65)
    }

    fn type_name(&self) -> std::borrow::Cow<'static, str> {
        "int".into()
    }
}

#[test]
fn random_formats_do_no_harm() {
    let mut dice = Dice(7);
    for _ in 0..20_000 {
        let format = dice.text(PARTS);
        let _ = fmt::printf(&format, &[Nothing, Nothing, Nothing], 10_000, &mut Vec::new());
    }
}

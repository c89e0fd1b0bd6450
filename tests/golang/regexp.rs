use crate::{Differences, bytes, shown, table};
use chartlint::value::golang::collect;
use chartlint::value::golang::fmt::Excess;
use chartlint::value::golang::regexp::{Regexp, Texts, quote_meta};
use serde_json::json;

fn check() {
    let mut d = Differences::default();
    for row in table("regexp") {
        let pattern = bytes(&row[0]);
        let name = pattern.escape_ascii().to_string();
        let re = match (Regexp::compile(&pattern, Texts::Any), row[1].is_null()) {
            (Ok(re), true) => re,
            (Err(error), false) => {
                d.check(&name, error.to_string(), shown(&row[1]));
                if !row[2].is_null() {
                    d.check(&name, error.panic_text(&pattern), shown(&row[2]));
                }
                continue;
            }
            (result, _) => {
                d.check(&name, result.err().map(|e| e.to_string()), row[1].as_str().map(str::to_owned));
                continue;
            }
        };
        for case in &row[2..] {
            let (s, replacement, n) = (bytes(&case[0]), bytes(&case[1]), case[2].as_i64().unwrap());
            let what = format!("{name} on {} {n} {}", s.escape_ascii(), replacement.escape_ascii());
            let re = match Texts::of(&s) {
                Texts::Any => re.clone(),
                texts => Regexp::compile(&pattern, texts).unwrap(),
            };
            let found: Vec<_> = re.find_all(&s, n).into_iter().map(|r| json!([r.start, r.end])).collect();
            d.check(&what, json!(found), case[3].clone());
            d.text(&what, collect(&s, |out| re.replace_all(&s, &replacement, 9999, out).unwrap()), &case[4]);
            d.text(&what, collect(&s, |out| re.replace_all_literal(&s, &replacement, 9999, out).unwrap()), &case[5]);
            let parts: Vec<_> = re.split(&s, n).into_iter().map(|r| s[r].to_vec()).collect();
            let go: Vec<_> = case[6].as_array().into_iter().flatten().map(bytes).collect();
            d.check(&what, parts, go);
            d.check(&what, re.is_match(&s), case[7].as_bool().unwrap());
            d.check(&what, re.find(&s), re.find_all(&s, 1).pop());
        }
    }
    d.finish();
}

#[test]
fn patterns_match_as_in_go() {
    // Renders have a large stack too.
    std::thread::Builder::new().stack_size(64 << 20).spawn(check).unwrap().join().unwrap();
}

#[test]
fn meta_characters_are_quoted() {
    let mut d = Differences::default();
    for row in table("regexp_quote") {
        let s = bytes(&row[0]);
        d.text(s.escape_ascii(), collect(&s, |out| quote_meta(&s, out)), &row[1]);
    }
    d.finish();
}

#[test]
fn hostile_patterns_and_replacements_are_refused() {
    let large = r"\pL{1000}".repeat(200);
    assert_eq!(Regexp::compile(large.as_bytes(), Texts::Any).unwrap_err().code, "expression too large");
    let empty = Regexp::compile(b"", Texts::Any).unwrap();
    let run = |limit| empty.replace_all(&[b'a'; 100], &[b'b'; 100], limit, &mut |_| {});
    assert_eq!(run(1000), Err(Excess::Size));
    assert_eq!(run(100 + 101 * 100), Ok(()));
}

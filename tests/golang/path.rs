use crate::{Differences, bytes, table};
use chartlint::value::golang::glob::Glob;
use chartlint::value::golang::url::{Url, query_escape};
use chartlint::value::golang::{collect, path};

#[test]
fn paths_are_go_s() {
    let mut d = Differences::default();
    for row in table("path") {
        let s = bytes(&row[0]);
        let what = |name: &str| format!("{name} {}", s.escape_ascii());
        d.text(what("base"), collect(&s, |out| path::base(&s, out)), &row[1]);
        d.text(what("dir"), collect(&s, |out| path::dir(&s, out)), &row[2]);
        d.text(what("ext"), &s[path::ext(&s)], &row[3]);
        d.text(what("clean"), collect(&s, |out| path::clean(&s, out)), &row[4]);
        d.check(what("isAbs"), path::is_abs(&s), row[5].as_bool().unwrap());
    }
    d.finish();
}

#[test]
fn ignore_patterns_match_as_in_go() {
    let mut d = Differences::default();
    for row in table("match") {
        let (pattern, name) = (bytes(&row[0]), bytes(&row[1]));
        let what = format!("{} on {}", pattern.escape_ascii(), name.escape_ascii());
        d.check(what, path::matches(&pattern, &name), row[2].as_bool());
    }
    d.finish();
}

#[test]
fn globs_match_as_in_gobwas() {
    let mut d = Differences::default();
    for row in table("glob") {
        let (pattern, name) = (bytes(&row[0]), bytes(&row[1]));
        let what = format!("{} on {}", pattern.escape_ascii(), name.escape_ascii());
        d.check(what, Glob::compile(&pattern).map(|g| g.is_match(&name)), row[2].as_bool());
    }
    d.finish();
}

#[test]
fn deep_globs_are_refused() {
    assert!(Glob::compile(&[b'{'; 100_000]).is_none());
}

#[test]
fn urls_are_read_and_written_as_in_go() {
    let mut d = Differences::default();
    for row in table("url") {
        let s = bytes(&row[0]);
        let what = |name: &str| format!("{name} of {}", s.escape_ascii());
        d.text(what("urlquery"), collect(&s, |out| query_escape(&s, out)), &row[1]);
        match Url::parse(&s) {
            Ok(_) if !row[2].is_null() => d.text(what("error"), "", &row[2]),
            Ok(url) => {
                d.text(what("scheme"), &url.scheme, &row[3]);
                d.text(what("opaque"), &url.opaque, &row[4]);
                d.text(what("user"), url.user.as_ref().map(|u| u.text()).unwrap_or_default(), &row[5]);
                d.text(what("host"), &url.host, &row[6]);
                d.text(what("hostname"), url.hostname(), &row[7]);
                d.text(what("path"), &url.path, &row[8]);
                d.text(what("query"), &url.raw_query, &row[9]);
                d.text(what("fragment"), &url.fragment, &row[10]);
                d.text(what("text"), url.text(), &row[11]);
            }
            Err(error) if row[2].is_null() => d.text(what("error"), error, &row[0]),
            Err(error) => d.text(what("error"), error, &row[2]),
        }
    }
    for row in table("url_join") {
        let part = |index: usize| bytes(&row[index]);
        let url = Url {
            scheme: part(0),
            host: part(1),
            path: part(2),
            raw_query: part(3),
            opaque: part(4),
            fragment: part(5),
            ..Url::default()
        };
        d.text(format!("{url:?}"), url.text(), &row[6]);
    }
    d.finish();
}

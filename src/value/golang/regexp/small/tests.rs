//! Small patterns against those of the crate.

use super::super::{build_short, emit, parse};
use super::*;

const PATTERNS: &[&str] = &[
    r"(-?[^a-z\d\-])+-?",
    "[^A-Za-z0-9]+$",
    r"-r\d+$|sha256:",
    r"\W",
    r"^([0-9]+)(\.[0-9]+)?(\.[0-9]+)?(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+))?$",
    "",
    "a*",
    "a*?",
    "(a|ab)(c|bcd)(d*)",
    "(a+)(b+)?",
    "(?:a(b)?)+c",
    "((a)|(b))+",
    "((a)|(b)){2}",
    "((a)|(b)){1,3}?a",
    "a{2,}",
    "(a?)?b",
    "(?:a|b|)c",
    r"\bab\b|\Bb",
    "(?m)^a.*$",
    "(?s)a.b",
    "[[:upper:]x-z]+|[^[:alpha:]]",
    r"[\D\n]+",
    r"\Aa|b\z",
    "x|",
    "(x|y)*?ab*",
];

const TEXTS: &[&str] = &[
    "",
    "a",
    "ab",
    "abc",
    "abcd",
    "aab",
    "aabb-AB",
    "ab_ab ab",
    "1.2.3",
    "v1",
    "1.20.3-rc.1+b",
    "my release--x.Y",
    "a\nb\nab",
    "bbaabcacb",
    "tag-r12",
    "sha256:ab",
    "xyXYabb",
    "zz99__--",
    "aaaaaa",
    "\n",
    "a\n",
];

/// The groups of all matches are those that the crate finds.
#[test]
fn matches_are_those_of_the_crate() {
    for pattern in PATTERNS {
        let parsed = parse::parse(pattern.as_bytes()).unwrap();
        let small = Small::new(&parsed.node).unwrap_or_else(|| panic!("{pattern} is not small"));
        let large = build_short(&emit::emit(&parsed.node)).unwrap();
        for text in TEXTS {
            let groups = parsed.names.len() + 1;
            let found = small.find_iter(text.as_bytes());
            let found: Vec<_> = found.map(|found| (0..groups).map(|n| found.group(n)).collect::<Vec<_>>()).collect();
            let wanted = large.captures_iter(text);
            let group =
                |n, found: &regex_automata::util::captures::Captures| found.get_group(n).map(|span| span.range());
            let wanted: Vec<_> =
                wanted.map(|found| (0..groups).map(|n| group(n, &found)).collect::<Vec<_>>()).collect();
            assert_eq!(found, wanted, "{pattern} in {text:?}");
        }
    }
}

#[test]
fn others_are_left_to_the_crate() {
    for pattern in ["(?i)a", "ä", r"\pL", "(a*)*", "(|a)+", "a{0}", "(?:a{50}){20}"] {
        assert!(Small::new(&parse::parse(pattern.as_bytes()).unwrap().node).is_none(), "{pattern}");
    }
}

//! What is read in one pass is what the other reader reads.

use super::super::compose;
use super::super::input::Readable;
use super::document;

/// Compares the two readers; tells whether the text is a usual one.
fn is_usual(text: &str) -> bool {
    let readable = Readable::new(text.as_bytes());
    let Some(usual) = document(&readable, false) else { return false };
    // What is told of the whole text is told of one that is a single document.
    if let Some(single) = document(&readable, true) {
        assert_eq!(format!("{single:?}"), format!("{usual:?}"), "{text:?}");
        assert!(!text.starts_with("---") && !text.contains("\n---"), "{text:?}");
    }
    match compose::document(&readable) {
        Ok(composed) => assert_eq!(format!("{usual:?}"), format!("{composed:?}"), "{text:?}"),
        Err(error) => panic!("{text:?} is refused: {error}"),
    }
    true
}

const USUAL: [&str; 36] = [
    "a: 1\nb: [x, 'y', \"z\"]\n",
    "---\na: b\n",
    "# c\n\n---  # d\n  a: b\n  c:\n",
    "a:\n  b:\n    c: d\n  e: f\ng:\n",
    "a:\n- b\n- c: d\n  e: f\n-\n- - g\n  - h\nb: 1",
    "a:\n  - b: c\n    d:\n      - e\n  -   f: g\n      h: i\n",
    "- a\n-\n  b: c\n- # d\n  e\n",
    "a: # b\n  c # d\ne: f#g # h\n",
    "a b: c d  \n'e f': g\n\"h\" : 'i'\n1: 2\ntrue: 1.5\n",
    "a: http://b.c:80/d?e=f\nb: -1\nc: -x\nd: --y\ne: <z>\n",
    "a: |\n  b\n\n    c\n  \n\n  d\ne: |-\n  f\n   \ng: h\n",
    "a: |\n  b",
    "a: |\n  b\n  ",
    "a: |\n  b\n    ",
    "a: |\n\n  b\n\nc: d",
    "a: >-\n  b\n  c\n\n  d\ne: |+\n  f\n\ng: |2\n   h\ni: j\n",
    "- |\n  a\n- |\n b\n- c",
    "a: |\n",
    "a: |",
    "a: 'b''c'\nd: \"e\\n\\u00e9\"\nf: \"g\n  h\"\ni: j\n",
    "a: {}\nb: []\nc: {d: [e, {f: g}], \"h\":1, i: -1}\n",
    "a: [\n  b, # c\n  d,\n]\ne: {\n f: g\n}\n",
    "a: [b c, d:e, f#g, \"h\", ]\n",
    "{\"a\": {\"b\": [1, 2.5, null, true, \"c\\n\"]}}",
    "[]",
    "a",
    "'a'\n",
    "ä: ö\n\"ü\": 'ß'\nc: \u{a0}d",
    "a: ~\nb: null\nc: yes\nd: 0x1f\ne: 2001-01-01\nf: 1_000\n",
    "a:\n  b\nc:\n  'd'\ne:\n  [f]\ng:\n  |\n  h\n",
    "a: b  # c: d\n# e: f\n",
    "a:   \n   b: c   \n",
    "a: \"\"\nb: ''\n",
    "a: b\n c  \n\n  d\ne:\n- f\n  g\n  # h\n",
    "a\n\nb\n",
    "-1: a\n.5: b\n.x: c\n",
];

#[test]
fn usual_texts_are_read_in_one_pass() {
    for text in USUAL {
        assert!(is_usual(text), "{text:?}");
    }
}

#[test]
fn what_is_not_usual_is_left_to_the_other_reader() {
    let texts = [
        "",
        "# a\n",
        "a: &b c",
        "a: *b",
        "a: !!str 1",
        "<<: {}",
        "a: 1\na: 2",
        "a: b # c\n  d",
        "a: [b\n  c]",
        "a: b\n---\nc: d",
        "a: b\n...",
        "a: .inf",
        "~: a",
        "a: b: c",
        "a:\tb",
        "a: b\n\tc: d",
        "a: [b: c]",
        "? a\n: b",
        "a: {b}",
        "a:\r\n  b",
        "\u{FEFF}a: b",
        "a: %b",
        "a:\n  b: c\n d: e",
    ];
    for text in texts {
        assert!(!is_usual(text), "{text:?}");
    }
}

/// Every text that comes of a small change of a usual one.
#[test]
fn changed_texts_are_read_alike() {
    const CHANGES: [&str; 26] = [
        " ", "\n", "#", ":", "-", "'", "\"", "\\", "[", "]", "{", "}", ",", "\t", "|", ">", "?", "&", "*", "!", "%",
        "<<", "---", "\n- ", "\n  ", ": ",
    ];
    let mut usual = 0;
    for text in USUAL {
        let places: Vec<_> = text.char_indices().map(|(at, c)| (at, c.len_utf8())).collect();
        for (at, length) in places {
            let (before, rest) = text.split_at(at);
            let (_, after) = rest.split_at(length);
            usual += usize::from(is_usual(&format!("{before}{after}")));
            usual += usize::from(is_usual(before));
            for change in CHANGES {
                usual += usize::from(is_usual(&format!("{before}{change}{rest}")));
                usual += usize::from(is_usual(&format!("{before}{change}{after}")));
            }
        }
    }
    assert!(usual > 10_000, "{usual}");
}

use crate::{Differences, bytes, maybe_bytes, table};
use chartlint::value::golang::semver::{Constraints, Library, Part, Version};

const LIBRARIES: [(&str, Library); 3] = [("3.3", Library::V3_3), ("3.4", Library::V3_4), ("3.5", Library::V3_5)];

#[test]
fn versions_are_read_as_the_library_reads_them() {
    let mut d = Differences::default();
    for (name, library) in LIBRARIES {
        for row in table(&format!("semver_versions_{name}")) {
            let s = bytes(&row[0]);
            let what = format!("{name} {}", s.escape_ascii());
            let parsed = Version::parse(&s, library);
            d.check(&what, parsed.clone().err().map(String::into_bytes), maybe_bytes(&row[2]));
            if let (Ok(v), Some(go)) = (parsed, row[1].as_array()) {
                let raised = |part| v.raised(part, library).unwrap().original;
                let ours = match go.len() {
                    1 => vec![v.to_string()],
                    _ => vec![
                        v.to_string(),
                        raised(Part::Patch),
                        raised(Part::Minor),
                        raised(Part::Major),
                        format!("{} {} {}", v.major, v.minor, v.patch),
                        v.prerelease.clone(),
                        v.metadata.clone(),
                        v.original.clone(),
                    ],
                };
                d.check(&what, ours, go.iter().map(|v| v.as_str().unwrap().to_owned()).collect());
            }
            let strict = Version::parse_strict(&s, library).err().map(String::into_bytes);
            d.check(format!("strict {what}"), strict, maybe_bytes(&row[3]));
        }
    }
    d.finish();
}

fn versions() -> Vec<Version> {
    table("semver_order").iter().map(|row| Version::parse(&bytes(&row[0]), Library::V3_4).unwrap()).collect()
}

#[test]
fn versions_are_ordered_as_the_library_orders_them() {
    let versions = versions();
    for (version, row) in versions.iter().zip(table("semver_order")) {
        let ours: Vec<i64> = versions.iter().map(|other| version.compare(other) as i64).collect();
        assert_eq!(ours, row[1..].iter().map(|v| v.as_i64().unwrap()).collect::<Vec<_>>(), "{version}");
    }
}

#[test]
fn constraints_hold_when_the_library_s_do() {
    let mut d = Differences::default();
    let versions = versions();
    for (name, library) in LIBRARIES {
        for row in table(&format!("semver_constraints_{name}")) {
            let s = bytes(&row[0]);
            let what = format!("{name} {}", s.escape_ascii());
            let ours = match Constraints::parse(&s, library) {
                Ok(c) => versions.iter().map(|v| if c.check(v) { '1' } else { '0' }).collect(),
                Err(message) => message,
            };
            let go = if row[1].is_null() { &row[2] } else { &row[1] };
            d.text(what, ours, go);
        }
    }
    d.finish();
}

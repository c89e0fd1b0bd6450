use super::*;
use crate::profile::Release;

const HELM3: Profile = Profile { helm: Release(3, 19, 0) };
const HELM4: Profile = Profile { helm: Release(4, 1, 4) };

/// Compact text of data, to compare with.
fn show(plain: &Plain) -> String {
    match &plain.data {
        PlainData::Null => "null".into(),
        PlainData::Bool(b) => b.to_string(),
        PlainData::Int(i) => i.to_string(),
        PlainData::Float(f) => format!("{f:?}"),
        PlainData::String(s) => format!("{:?}", String::from_utf8_lossy(s)),
        PlainData::List(list) => format!("[{}]", list.iter().map(show).collect::<Vec<_>>().join(",")),
        PlainData::Map(map) => {
            let entries: Vec<_> =
                map.iter().map(|(k, v)| format!("{}:{}", String::from_utf8_lossy(k), show(v))).collect();
            format!("{{{}}}", entries.join(","))
        }
    }
}

fn run(flags: &ValueFlags, profile: &Profile) -> String {
    let mut read = |path: &str| match path {
        "a.txt" => Ok(b"content\n"[..].into()),
        other => Err(format!("open {other}: no such file or directory")),
    };
    match user_values(flags, &mut read, &mut Sources::default(), profile) {
        Ok(values) => show(&values),
        Err(e) => e.message,
    }
}

fn set(text: &str) -> ValueFlags {
    ValueFlags { set: vec![text.into()], ..Default::default() }
}

#[test]
fn set_is_read_as_helm_reads_it() {
    let cases = [
        ("a=1,b=01,c=1.5,d=true,e=null,f=,g=-3", r#"{a:1,b:"01",c:"1.5",d:true,e:null,f:"",g:-3}"#),
        (
            "a=TRUE,b=1e3,c=0x1F,d=9223372036854775808,e=+5,f=a b",
            r#"{a:true,b:"1e3",c:"0x1F",d:"9223372036854775808",e:5,f:"a b"}"#,
        ),
        (r"a.b\.c=1", "{a:{b.c:1}}"),
        (r"d=x\,y", r#"{d:"x,y"}"#),
        (r"e\=f=2", "{e=f:2}"),
        ("g=h=i", r#"{g:"h=i"}"#),
        (r"j=\{k\}", r#"{j:"{k}"}"#),
        ("q[1][0]=5", "{q:[null,[5]]}"),
        ("s={a,b},t=1", r#"{s:["a","b"],t:1}"#),
        ("e={}", r#"{e:[""]}"#),
        ("l[0].b=9,l[0].c=1", "{l:[{b:9,c:1}]}"),
        ("l[0]=a,l[0].b=1", "{l:[{b:1}]}"),
        ("a[0]", "{a:[]}"),
        ("a[0].b=", "{a:[]}"),
        ("a.b=", r#"{a:{b:""}}"#),
        ("", "{}"),
        ("=1", "{}"),
    ];
    for (text, expected) in cases {
        for profile in [HELM3, HELM4] {
            assert_eq!(run(&set(text), &profile), expected, "{text}");
        }
    }
}

#[test]
fn errors_of_set_are_worded_as_helm_words_them() {
    let deep = vec!["a"; 32].join(".") + "=1";
    let cases = [
        ("l[x]=1", "error parsing index: strconv.Atoi: parsing \"x\": invalid syntax"),
        ("l[-1]=1", "negative -1 index not allowed"),
        ("l[99999]=1", "index of 99999 is greater than maximum supported index of 65536"),
        ("abc", "key \"abc\" has no value"),
        ("a=1,b", "key \"b\" has no value"),
        ("a,b=1", "key \"a\" has no value (cannot end with ,)"),
        ("a={b", "list must terminate with '}'"),
        ("a[0]x=1", "unexpected data at end of array index: ['x']"),
        ("a=1,a.b=2", "unable to parse key: interface conversion: interface {} is int64, not map[string]interface {}"),
        ("a=b,a[0]=2", "unable to parse key: interface conversion: interface {} is string, not []interface {}"),
        ("a=null,a.b=2", "unable to parse key: interface conversion: interface {} is nil, not map[string]interface {}"),
        (&deep, "value name nested level is greater than maximum supported nested level of 30"),
    ];
    for (text, expected) in cases {
        assert_eq!(run(&set(text), &HELM3), format!("failed parsing --set data: {expected}"), "{text}");
    }
    assert_eq!(run(&set("a[0"), &HELM3), "failed parsing --set data: error parsing index: EOF");
    assert_eq!(run(&set("a[0"), &HELM4), "{}");
}

#[test]
fn lists_in_lists_are_bounded() {
    let text = format!("a{}=1", "[0]".repeat(100_000));
    assert!(run(&set(&text), &HELM4).starts_with("failed parsing --set data: lists are nested"));
}

#[test]
fn kinds_of_flags_have_their_order() {
    let flags = ValueFlags {
        set_string: vec!["a=str".into()],
        set: vec!["a=1,b=1,c=1".into()],
        set_json: vec!["a=2,b=2,d=[1,2.5,null,\"x\"],e={\"k\":1e3},f= ".into()],
        set_file: vec!["g=a.txt".into()],
        set_literal: vec!["h.i={x},[y]=z\\".into()],
        files: Vec::new(),
    };
    let expected = r#"{a:"str",b:1,c:1,d:[1.0,2.5,null,"x"],e:{k:1000.0},f:null,g:"content\n",h:{i:"{x},[y]=z\\"}}"#;
    assert_eq!(run(&flags, &HELM4), expected);
}

#[test]
fn a_whole_object_is_for_helm_4() {
    let flags = ValueFlags { set_json: vec![r#"{"a": {"b": 1}}"#.into()], ..Default::default() };
    assert_eq!(run(&flags, &HELM4), "{a:{b:1.0}}");
    assert_eq!(run(&flags, &HELM3), r#"failed parsing --set-json data {"a": {"b": 1}}"#);
}

#[test]
fn a_missing_file_is_named() {
    let flags = ValueFlags { set_file: vec!["a=nope".into()], ..Default::default() };
    assert_eq!(run(&flags, &HELM4), "failed parsing --set-file data: open nope: no such file or directory");
}

#[test]
fn values_of_flags_have_their_place() {
    let mut sources = Sources::default();
    let mut read = |_: &str| Err(String::new());
    let values = user_values(&set("a.b=17,c=x"), &mut read, &mut sources, &HELM4).unwrap();
    let span = values.at(&["a", "b"]).unwrap().span;
    let (file, position) = sources.locate(span.start).unwrap();
    assert_eq!((file.path.as_str(), position.column), ("--set", 5));
}

use crate::{Differences, bytes, table};
use chartlint::value::golang::fmt::{self, Excess, Operand, Output, View};
use serde_json::Value;
use std::borrow::Cow;
use std::ops::Range;

#[derive(Clone, Debug, PartialEq)]
enum Go {
    Nil,
    Bool(bool),
    Int(i64, &'static str),
    Uint(u64, &'static str),
    Float(f64),
    Complex(f64, f64),
    Str(Vec<u8>),
    Bytes(Vec<u8>),
    List(String, Option<Vec<Go>>),
    Map(String, Option<Vec<(Go, Go)>>),
    Struct(String, Vec<(String, Go)>),
    Pointer(Box<Go>),
    Method(Vec<u8>, String, Box<Go>),
}

fn bits(value: &Value) -> f64 {
    f64::from_bits(u64::from_str_radix(value.as_str().unwrap(), 16).unwrap())
}

impl Go {
    fn of(row: &[Value]) -> Go {
        let kind = row[0].as_str().unwrap();
        let text = || row[1].as_str().unwrap();
        let list =
            |value: &Value| value.as_array().map(|list| list.iter().map(|e| Go::of(e.as_array().unwrap())).collect());
        match kind {
            "nil" => Go::Nil,
            "bool" => Go::Bool(text() == "true"),
            "int" => Go::Int(text().parse().unwrap(), "int"),
            "int32" => Go::Int(text().parse().unwrap(), "int32"),
            "int64" => Go::Int(text().parse().unwrap(), "int64"),
            "uint8" => Go::Uint(text().parse().unwrap(), "uint8"),
            "uint32" => Go::Uint(text().parse().unwrap(), "uint32"),
            "uint64" => Go::Uint(text().parse().unwrap(), "uint64"),
            "float64" => Go::Float(bits(&row[1])),
            "complex128" => Go::Complex(bits(&row[1]), bits(&row[2])),
            "string" => Go::Str(bytes(&row[1])),
            "bytes" => Go::Bytes(bytes(&row[1])),
            "method" => Go::Method(
                bytes(&row[1]),
                row[2].as_str().unwrap().into(),
                Box::new(Go::of(row[3].as_array().unwrap())),
            ),
            "pointer" => Go::Pointer(Box::new(Go::of(row[1].as_array().unwrap()))),
            "struct" => {
                let field = |f: &Value| (f[0].as_str().unwrap().to_owned(), Go::of(f[1].as_array().unwrap()));
                Go::Struct(text().into(), row[2].as_array().unwrap().iter().map(field).collect())
            }
            kind if kind.starts_with("map") => {
                let entry = |e: &Value| (Go::of(e[0].as_array().unwrap()), Go::of(e[1].as_array().unwrap()));
                Go::Map(kind.into(), row[1].as_array().map(|list| list.iter().map(entry).collect()))
            }
            kind => Go::List(kind.into(), list(&row[1])),
        }
    }
}

impl Operand for Go {
    fn view(&self) -> View<'_, Go> {
        match self {
            Go::Nil => View::Nil,
            Go::Bool(b) => View::Bool(*b),
            Go::Int(i, _) => View::Int(*i),
            Go::Uint(u, _) => View::Uint(*u),
            Go::Float(f) => View::Float(*f),
            Go::Complex(re, im) => View::Complex(*re, *im),
            Go::Str(s) => View::Str(s),
            Go::Bytes(s) => View::Bytes(s),
            Go::List(_, list) => View::List(list.clone()),
            Go::Map(_, entries) => View::Map(entries.clone()),
            Go::Struct(_, fields) => View::Struct(fields.iter().map(|(name, v)| (name.as_str(), v.clone())).collect()),
            Go::Pointer(to) => View::Pointer(Some(to.clone())),
            Go::Method(_, _, inner) => inner.view(),
        }
    }

    fn type_name(&self) -> Cow<'static, str> {
        match self {
            Go::Nil => "<nil>".into(),
            Go::Bool(_) => "bool".into(),
            Go::Int(_, kind) | Go::Uint(_, kind) => (*kind).into(),
            Go::Float(_) => "float64".into(),
            Go::Complex(..) => "complex128".into(),
            Go::Str(_) => "string".into(),
            Go::Bytes(_) => "[]uint8".into(),
            Go::List(name, _) | Go::Map(name, _) | Go::Struct(name, _) | Go::Method(_, name, _) => name.clone().into(),
            Go::Pointer(to) => format!("*{}", to.type_name()).into(),
        }
    }

    fn method_text(&self) -> Option<Vec<u8>> {
        if let Go::Method(text, ..) = self { Some(text.clone()) } else { None }
    }
}

fn operands() -> Vec<Go> {
    table("fmt_operands").iter().map(|row| Go::of(row)).collect()
}

fn chosen(all: &[Go], indices: &Value) -> Vec<Go> {
    indices.as_array().unwrap().iter().map(|i| all[i.as_u64().unwrap() as usize].clone()).collect()
}

/// Checks that what the output is told is what it gets.
#[derive(Default)]
struct Recorder {
    text: Vec<u8>,
    strings: Vec<Vec<u8>>,
    open: Vec<usize>,
}

impl Output<Go> for Recorder {
    fn bytes(&mut self, bytes: &[u8]) {
        self.text.extend_from_slice(bytes);
    }

    fn string(&mut self, operand: &Go, range: Range<usize>, bytes: &[u8]) {
        assert_eq!(operand, &Go::Str(if let Go::Str(s) = operand { s.clone() } else { vec![] }));
        let Go::Str(s) = operand else { return };
        assert_eq!(&s[range], bytes);
        self.strings.push(bytes.to_vec());
        self.bytes(bytes);
    }

    fn start(&mut self, index: usize) {
        self.open.push(index);
    }

    fn end(&mut self, index: usize) {
        assert_eq!(self.open.pop(), Some(index));
    }
}

#[test]
fn printf_is_go_s() {
    let all = operands();
    let mut d = Differences::default();
    for row in table("fmt") {
        let format = bytes(&row[0]);
        let operands = chosen(&all, &row[1]);
        let mut out = Recorder::default();
        fmt::printf(&format, &operands, usize::MAX, &mut out).unwrap();
        d.text(format!("{} {operands:?}", format.escape_ascii()), out.text, &row[2]);
    }
    d.finish();
}

#[test]
fn print_and_println_are_go_s() {
    let all = operands();
    let mut d = Differences::default();
    for row in table("fmt_print") {
        let operands = chosen(&all, &row[0]);
        let (mut printed, mut line) = (Vec::new(), Vec::new());
        fmt::print(&operands, usize::MAX, &mut printed).unwrap();
        fmt::println(&operands, usize::MAX, &mut line).unwrap();
        d.text(format!("{operands:?}"), printed, &row[1]);
        d.text(format!("{operands:?}"), line, &row[2]);
    }
    d.finish();
}

#[test]
fn strings_of_operands_are_told_apart() {
    let nested = Go::List("[]interface {}".into(), Some(vec![Go::Str("in".into())]));
    let mut out = Recorder::default();
    fmt::printf(
        b"%s-%q-%v-%.2s",
        &[Go::Str("a".into()), Go::Str("b\n".into()), nested, Go::Str("long".into())],
        99,
        &mut out,
    )
    .unwrap();
    assert_eq!(out.text, b"a-\"b\\n\"-[in]-lo");
    assert_eq!(out.strings, [&b"a"[..], b"b", b"in", b"lo"]);
}

#[test]
fn output_and_depth_are_bounded() {
    let mut out = Vec::new();
    assert_eq!(fmt::printf(b"%1000000d", &[Go::Int(1, "int")], 100, &mut out), Err(Excess::Size));
    assert!(out.len() <= 100);
    // A list that holds itself, as a map can.
    #[derive(Debug)]
    struct Endless;
    impl Operand for Endless {
        fn view(&self) -> View<'_, Endless> {
            View::List(Some(vec![Endless]))
        }
        fn type_name(&self) -> Cow<'static, str> {
            "[]interface {}".into()
        }
    }
    let deep = std::thread::Builder::new().stack_size(1 << 28);
    let run = || fmt::print(&[Endless], usize::MAX, &mut Vec::new());
    assert_eq!(deep.spawn(run).unwrap().join().unwrap(), Err(Excess::Depth));
}

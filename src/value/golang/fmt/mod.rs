//! Go's package fmt: `Sprint`, `Sprintln`, `Sprintf` over any type that can show itself as Go would see it.
//!
//! The result goes to an [`Output`] in pieces that say which operand they come from, and which bytes are an operand's
//! own string, however deep in lists and maps it stands.

mod number;
mod printer;
mod printf;
mod text;

use printer::Printer;
use std::borrow::Cow;
use std::ops::Range;

/// A value to print.
pub trait Operand: Sized {
    /// What Go's reflection sees of it.
    fn view(&self) -> View<'_, Self>;

    /// Go's `%T`.
    fn type_name(&self) -> Cow<'static, str>;

    /// The text of its `Error` or `String` method.
    fn method_text(&self) -> Option<Vec<u8>> {
        None
    }

    /// The text of its `GoString` method, which `%#v` shows.
    fn go_syntax(&self) -> Option<Vec<u8>> {
        None
    }

    /// Where a list, map or pointer is in memory; Go's answer differs from run to run.
    fn address(&self) -> u64 {
        0xc0000_10000
    }
}

/// A value by its reflect.Kind.
#[derive(Debug)]
pub enum View<'a, O> {
    /// No value; in lists and maps, a nil interface.
    Nil,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Complex(f64, f64),
    Str(&'a [u8]),
    /// `[]uint8`
    Bytes(&'a [u8]),
    /// `None` is a nil list.
    List(Option<Vec<O>>),
    /// Sorted by key as Go sorts them. `None` is a nil map.
    Map(Option<Vec<(O, O)>>),
    /// The fields with their names.
    Struct(Vec<(&'a str, O)>),
    /// `None` is a nil pointer.
    Pointer(Option<Box<O>>),
}

/// Where printed text goes.
pub trait Output<O> {
    /// Bytes of the format as they are.
    fn literal(&mut self, range: Range<usize>, bytes: &[u8]) {
        let _ = range;
        self.bytes(bytes);
    }

    /// Bytes that were computed.
    fn bytes(&mut self, bytes: &[u8]);

    /// A range of the string of an operand or of a value within one.
    fn string(&mut self, operand: &O, range: Range<usize>, bytes: &[u8]) {
        let _ = (operand, range);
        self.bytes(bytes);
    }

    /// What follows, until the `end`, is how an operand is shown. Nothing between them means that the operand decided on
    /// what comes next (a width or precision).
    fn start(&mut self, index: usize) {
        let _ = index;
    }

    /// The end of what [`Output::start`] started.
    fn end(&mut self, index: usize) {
        let _ = index;
    }
}

impl<O> Output<O> for Vec<u8> {
    fn bytes(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Why printing stopped short.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Excess {
    /// Values nest deeper than [`MAX_DEPTH`]; Go would overflow its stack.
    Depth,
    /// The text would be longer than the caller's limit.
    Size,
}

/// How deep values may nest.
pub const MAX_DEPTH: usize = 10_000;

/// `fmt.Fprintf`; at most `limit` bytes are written.
pub fn printf<O: Operand>(format: &[u8], operands: &[O], limit: usize, out: &mut impl Output<O>) -> Result<(), Excess> {
    let mut printer = Printer::new(limit, out);
    printer.printf(format, operands);
    printer.finish()
}

/// `fmt.Fprint`: spaces between two operands of which neither is a string.
pub fn print<O: Operand>(operands: &[O], limit: usize, out: &mut impl Output<O>) -> Result<(), Excess> {
    let mut printer = Printer::new(limit, out);
    let mut follows_string = true;
    for (index, operand) in operands.iter().enumerate() {
        let is_string = matches!(operand.view(), View::Str(_));
        if !is_string && !follows_string {
            printer.bytes(b" ");
        }
        printer.operand(index, operand, 'v');
        follows_string = is_string;
    }
    printer.finish()
}

/// `fmt.Fprintln`: spaces between all operands, and a newline.
pub fn println<O: Operand>(operands: &[O], limit: usize, out: &mut impl Output<O>) -> Result<(), Excess> {
    let mut printer = Printer::new(limit, out);
    for (index, operand) in operands.iter().enumerate() {
        if index > 0 {
            printer.bytes(b" ");
        }
        printer.operand(index, operand, 'v');
    }
    printer.bytes(b"\n");
    printer.finish()
}

//! Go's package strconv: numbers as text and back, and quoted text.

mod atof;
mod error;
mod ftoa;
mod integer;
mod quote;
mod unquote;

pub use atof::parse_float;
pub use error::{NumError, NumReason};
pub use ftoa::{format_float, is_short_integer, json_float, shown_float};
pub use integer::{atoi, parse_int, parse_uint};
pub use quote::{quote, quote_rune, quote_rune_to_ascii, quote_segments, quote_to_ascii};
pub use unquote::{UnquotedChar, unquote, unquote_char};

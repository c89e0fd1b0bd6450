//! Go's package strings, and what Sprig does with text (Sprig 3.3.0, goutils 1.1.1, xstrings 1.5.0).

mod case;
mod cut;
mod pieces;
mod words;

pub use case::{initials, lower, swapcase, title, untitle, upper};
pub use cut::{abbrev, abbrev_both, nospace, substr, trim, trim_all, trim_prefix, trim_suffix, trunc, wrap, wrap_with};
pub use pieces::{fields, indent, nindent, replace, split, split_n};
pub use words::{camelcase, kebabcase, snakecase};

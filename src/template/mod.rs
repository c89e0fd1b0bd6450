//! From the text of a template to its syntax tree, or to the error that Go would report.

pub mod ast;

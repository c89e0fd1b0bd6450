//! What goes wrong in a render, and how Helm words it.

use crate::profile::Profile;
use crate::source::Span;
use crate::value::OriginId;
use crate::value::origin::GuardId;
use std::fmt::Write;
use std::sync::Arc;

/// An execution error of text/template: one level of nested templates.
#[derive(Clone, Debug)]
pub struct ExecError {
    /// The name under which the text was parsed: a file, or `gotpl` for the text of `tpl`.
    pub file: Arc<str>,
    /// From 1.
    pub line: u32,
    /// Bytes from the start of the line, from 0, as Go counts.
    pub column: u32,
    /// The place for people.
    pub span: Span,
    /// The template that was executing: a file or the name of a `define`.
    pub template: Arc<str>,
    /// The node as Go prints it.
    pub context: String,
    /// What stands before the cause, or everything.
    pub message: String,
    pub cause: Option<Error>,
    /// What the value depended on that the error is about, where it is about one.
    pub about: OriginId,
    /// The conditions under which the node ran.
    pub guard: GuardId,
}

/// Why a render ended early.
#[derive(Clone, Debug)]
pub enum Error {
    Exec(Box<ExecError>),
    /// An error value of a function.
    Plain(String),
    /// An error value that wraps another.
    Wrapped(String, Box<Error>),
    /// `required` or `fail`, with its message.
    Fail(String),
    /// A template that does not parse; the text of `tpl` in general.
    Syntax {
        message: String,
        span: Span,
    },
    /// A budget of ours ran out.
    Budget(String),
}

impl Error {
    /// Go's text of the error.
    pub fn raw(&self) -> String {
        let mut out = String::new();
        self.write_raw(&mut out);
        out
    }

    fn write_raw(&self, out: &mut String) {
        let mut error = self;
        loop {
            match error {
                Error::Exec(exec) => {
                    exec.write_head(out);
                    out.push_str(&exec.message);
                    match &exec.cause {
                        Some(cause) => error = cause,
                        None => return,
                    }
                }
                Error::Wrapped(prefix, inner) => {
                    out.push_str(prefix);
                    error = inner;
                }
                Error::Plain(message) | Error::Fail(message) | Error::Budget(message) => {
                    out.push_str(message);
                    return;
                }
                Error::Syntax { message, .. } => {
                    out.push_str(message);
                    return;
                }
            }
        }
    }

    /// The error, said to be about a value that depended on this.
    pub fn about(self, about: OriginId) -> Error {
        match self {
            Error::Exec(exec) => Error::Exec(Box::new(ExecError { about, ..*exec })),
            other => other,
        }
    }

    /// The levels of nested templates, outermost first.
    pub fn levels(&self) -> Vec<&ExecError> {
        let mut levels = Vec::new();
        let mut error = Some(self);
        while let Some(current) = error {
            error = match current {
                Error::Exec(exec) => {
                    levels.push(&**exec);
                    exec.cause.as_ref()
                }
                Error::Wrapped(_, inner) => Some(inner),
                _ => None,
            };
        }
        levels
    }

    /// The innermost error.
    pub fn root(&self) -> &Error {
        let mut error = self;
        loop {
            error = match error {
                Error::Exec(exec) => match &exec.cause {
                    Some(cause) => cause,
                    None => return error,
                },
                Error::Wrapped(_, inner) => inner,
                _ => return error,
            }
        }
    }

    pub fn is_budget(&self) -> bool {
        matches!(self.root(), Error::Budget(_))
    }

    /// The message of the `required` or `fail` that ended the render.
    pub fn failed_with(&self) -> Option<&str> {
        match self.root() {
            Error::Fail(message) => Some(message),
            _ => None,
        }
    }

    /// As Helm prints it after `Error: `.
    pub fn helm_text(&self, profile: &Profile) -> String {
        if let (Some(message), Error::Exec(exec)) = (self.failed_with(), self) {
            return format!("execution error at ({}:{}:{}): {message}", exec.file, exec.line, exec.column);
        }
        if profile.is_helm4() { self.indented().unwrap_or_else(|| self.raw()) } else { self.raw() }
    }

    /// Helm 4's layout: a block a level. Used only when all levels are text/template's own errors.
    fn indented(&self) -> Option<String> {
        let mut out = String::new();
        let mut error = self;
        loop {
            match error {
                Error::Exec(exec) => {
                    // A message that names a template itself is cut there, as Helm cuts it.
                    let message = exec.message.split(" template:").next().unwrap_or_default().trim_end();
                    let _ = write!(out, "{}:{}:{}\n  executing ", exec.file, exec.line, exec.column);
                    let _ = write!(out, "{} at <{}>:\n    {message}\n", quoted(&exec.template), exec.context);
                    match &exec.cause {
                        Some(cause) => error = cause,
                        None => break,
                    }
                }
                Error::Plain(message) if message.starts_with("template: ") => {
                    out.push_str(message);
                    out.push('\n');
                    break;
                }
                _ => return None,
            }
        }
        Some(out.trim().to_string())
    }
}

impl ExecError {
    fn write_head(&self, out: &mut String) {
        let template = quoted(&self.template);
        let _ = write!(
            out,
            "template: {}:{}:{}: executing {template} at <{}>: ",
            self.file, self.line, self.column, self.context
        );
    }
}

/// Go's `%q`.
pub fn quoted(text: &str) -> String {
    quoted_bytes(text.as_bytes())
}

/// Go's `%q` of any bytes.
pub fn quoted_bytes(text: &[u8]) -> String {
    crate::value::golang::strconv::quote(text)
}

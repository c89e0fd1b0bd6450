//! Calls functions as a template would, for the tests of the families: `join "," (list 1 "a") | upper`.
//!
//! It knows literals, calls, parentheses and pipes, and no templates.

use crate::engine::function::{Call, Failure, Flow, Function, Param};
use crate::engine::{Capabilities, KeySource, Limits, Options, ReleaseInfo, Runtime};
use crate::profile::Profile;
use crate::source::Span;
use crate::value::golang::strconv;
use crate::value::{Data, OriginId, TextBuilder, Value};

/// What the expression prints, or `error: ` and the message.
pub(super) fn run(helm: &str, expression: &str) -> String {
    run_with(&mut runtime(helm), expression, &[])
}

/// The state of a render by this version of Helm.
pub(super) fn runtime(helm: &str) -> Runtime {
    let profile = Profile::parse(helm).expect("a version of Helm");
    Runtime::new(&Options {
        release: ReleaseInfo {
            name: "rel".into(),
            namespace: "default".into(),
            is_install: true,
            is_upgrade: false,
            revision: 1,
        },
        capabilities: Capabilities::defaults(&profile),
        lint: false,
        seed: 0,
        now: (0, 0),
        keys: KeySource::Sample,
        limits: Limits::default(),
        profile,
        forced: None,
        is_followed: false,
    })
}

/// The same, with variables: `$a`, `$b` and so on.
pub(super) fn run_with(rt: &mut Runtime, expression: &str, variables: &[Value]) -> String {
    match evaluate(rt, expression, variables) {
        Ok(value) => {
            let mut out = TextBuilder::default();
            match super::print::print_value(rt, &value, &mut out) {
                Ok(()) => out.finish().lossy().into_owned(),
                Err(failure) => format!("error: {failure:?}"),
            }
        }
        Err(Failure::Error(message)) => format!("error: {message}"),
        Err(Failure::Budget(message)) => format!("budget: {message}"),
    }
}

pub(super) fn evaluate(rt: &mut Runtime, expression: &str, variables: &[Value]) -> Result<Value, Failure> {
    let mut parser = Parser { rest: expression.trim_start(), rt, variables };
    let value = parser.pipeline()?;
    assert!(parser.rest.is_empty(), "left over in {expression:?}: {:?}", parser.rest);
    Ok(value)
}

struct Parser<'a, 'e> {
    rest: &'e str,
    rt: &'a mut Runtime,
    variables: &'a [Value],
}

impl<'e> Parser<'_, 'e> {
    fn pipeline(&mut self) -> Result<Value, Failure> {
        let mut value = None;
        loop {
            value = Some(self.command(value)?);
            match self.rest.strip_prefix('|') {
                Some(rest) => self.rest = rest.trim_start(),
                None => return Ok(value.expect("set above")),
            }
        }
    }

    fn command(&mut self, last: Option<Value>) -> Result<Value, Failure> {
        if !self.rest.starts_with(|c: char| c.is_ascii_alphabetic()) || self.is_word(&["true", "false", "nil"]) {
            return self.operand();
        }
        let name = self.word();
        let mut arguments = Vec::new();
        while !self.rest.is_empty() && !self.rest.starts_with(['|', ')']) {
            arguments.push(self.operand()?);
        }
        arguments.extend(last);
        self.call(name, arguments)
    }

    fn is_word(&self, words: &[&str]) -> bool {
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(self.rest.len());
        words.contains(&&self.rest[..end])
    }

    fn word(&mut self) -> &'e str {
        let end = self.rest.find([' ', ')', '|']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        word
    }

    fn operand(&mut self) -> Result<Value, Failure> {
        let first = self.rest.chars().next().expect("an operand");
        match first {
            '(' => {
                self.rest = self.rest[1..].trim_start();
                let value = self.pipeline()?;
                self.rest = self.rest.strip_prefix(')').expect("a closing parenthesis").trim_start();
                Ok(value)
            }
            '"' | '`' => {
                let bytes = self.rest.as_bytes();
                let mut end = 1;
                while bytes[end] as char != first {
                    end += if bytes[end] == b'\\' && first == '"' { 2 } else { 1 };
                }
                let (literal, rest) = self.rest.split_at(end + 1);
                self.rest = rest.trim_start();
                Ok(Value::string(strconv::unquote(literal.as_bytes()).expect("a Go string")))
            }
            '$' => {
                let index = usize::from(self.rest.as_bytes()[1] - b'a');
                self.rest = self.rest[2..].trim_start();
                Ok(self.variables[index].clone())
            }
            _ => {
                let word = self.word();
                Ok(match word {
                    "true" => Value::bool(true),
                    "false" => Value::bool(false),
                    "nil" => Value::NIL,
                    number => match number.parse::<i64>() {
                        Ok(int) => Value::int(int),
                        Err(_) => match number.parse::<f64>() {
                            Ok(float) => Value::float(float),
                            Err(_) => self.call(word, Vec::new())?,
                        },
                    },
                })
            }
        }
    }

    fn call(&mut self, name: &str, arguments: Vec<Value>) -> Result<Value, Failure> {
        let function = super::all().find(|f| f.name == name && (f.exists)(&self.rt.profile));
        let function = function.unwrap_or_else(|| panic!("no function {name}"));
        self.run(function, arguments)
    }

    fn run(&mut self, function: &'static Function, mut arguments: Vec<Value>) -> Result<Value, Failure> {
        for (i, argument) in arguments.iter_mut().enumerate() {
            let param = function.params.get(i).or(function.params.last());
            if let (Some(Param::Map), Data::Nil) = (param, &argument.data) {
                argument.data = Data::NilMap;
            }
        }
        let mut call = Call { rt: self.rt, span: Span::default(), name: function.name, boxed: 0 };
        let mut result = (function.run)(&mut call, &arguments)?;
        for argument in &arguments {
            let origin = match function.flow {
                Flow::Own => OriginId::NONE,
                Flow::Whole => argument.origin,
                Flow::Digest => self.rt.deep_origin(argument),
            };
            result.origin = self.rt.arena.join(result.origin, origin);
        }
        Ok(result)
    }
}

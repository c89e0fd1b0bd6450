//! The functions that run templates or ask the world: `include`, `tpl`, `lookup`, `required`, `fail`.

use super::{Evaluator, Template, Unit, Val};
use crate::engine::error::Error;
use crate::engine::function;
use crate::engine::runtime::{Answer, LookupCall, Query};
use crate::engine::table::Special;
use crate::source::{Content, Span, search};
use crate::template::SyntaxError;
use crate::value::origin::{Cause, GuardId, LookupId, PathId, Step};
use crate::value::{Data, Entries, List, MapObject, OriginId, Plain, PlainData, Root, Text, TextBuilder, Value};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// As many calls of one name may be active before the next one fails (Helm's engine, recursionMaxNums).
const MAX_INCLUDES: usize = 1001;

// Calls nest, and few of them are of these functions: what those need of the stack is not part of each call.
impl Evaluator<'_> {
    #[inline(never)]
    pub(super) fn special(&mut self, special: Special, values: &[Value], span: Span) -> Result<Val, Error> {
        let text = |i: usize| values.get(i).map(function::text).cloned().unwrap_or_else(Text::empty);
        let second = || values.get(1).cloned().unwrap_or(Value::NIL);
        match special {
            Special::Include => {
                let name_origin = values.first().map_or(OriginId::NONE, |name| self.rt.deep_origin(name));
                self.include(&text(0), name_origin, second(), span).map(Val::of)
            }
            Special::Tpl => {
                let first = values.first().cloned().unwrap_or(Value::NIL);
                self.tpl(&first, second(), span).map(Val::of)
            }
            Special::Lookup => self.lookup(values, span).map(Val::of),
            Special::Required => {
                let value = second();
                // Whether anything is rendered at all depends on it.
                self.rt.decided(value.origin);
                let is_missing = match &value.data {
                    Data::Nil => true,
                    Data::Str(text) => text.is_empty(),
                    _ => false,
                };
                match (is_missing, self.lint) {
                    (false, _) => Ok(Val::boxed(value)),
                    (true, true) => {
                        self.log_passed_over(&value, span);
                        Ok(Val::boxed(Value::new(Data::Str(Text::empty()), value.origin)))
                    }
                    (true, false) if self.rt.forcing.is_some() => {
                        let message = || text(0).lossy().into_owned();
                        self.rt.failed_at(span, message);
                        Ok(Val::boxed(self.rt.stand_in(value.origin, &self.place(span))))
                    }
                    (true, false) => {
                        self.log_missing(&value, span);
                        Err(Error::Fail(text(0).lossy().into_owned()))
                    }
                }
            }
            Special::Fail if self.lint => Ok(Val::of(Value::string(Text::empty()))),
            Special::Fail if self.rt.forcing.is_some() => {
                self.rt.failed_at(span, || text(0).lossy().into_owned());
                Ok(Val::of(Value::string(Text::empty())))
            }
            Special::Fail => Err(Error::Fail(text(0).lossy().into_owned())),
        }
    }

    /// Runs what `run` runs and gives its text.
    fn captured(&mut self, span: Span, run: impl FnOnce(&mut Self) -> Result<(), Error>) -> Result<Text, Error> {
        let outer_text = self.out.begin();
        let outer = self.enter(span);
        self.depth += 1;
        let result = run(self);
        self.depth -= 1;
        self.leave(outer);
        let text = self.out.take(outer_text);
        result.map(|()| text)
    }

    fn include(&mut self, name: &Text, name_origin: OriginId, mut dot: Value, span: Span) -> Result<Value, Error> {
        let name = name.lossy();
        let Some((name, template)) = self.named(&name) else {
            if self.rt.forcing.is_some() {
                return Ok(self.missing(&name.into(), span));
            }
            let message = format!("template: no template {:?} associated with template \"gotpl\"", &*name);
            return Err(Error::Plain(message));
        };
        let most = if self.rt.forcing.is_some() { super::forced::MAX_INCLUDES } else { MAX_INCLUDES };
        if self.includes.len() >= most && self.includes.iter().filter(|active| **active == name).count() >= most {
            let message = format!("rendering template has a nested reference name: {name}: unable to execute template");
            return Err(Error::Plain(message));
        }
        self.includes.push(name.clone());
        dot.origin = self.rt.arena.step(dot.origin, || Step::Passed(name.clone()), span);
        let result = self.captured(span, |this| this.execute(&name, &template, Val::of(dot)));
        self.includes.pop();
        let text = self.included(result?, &name, span);
        Ok(Value::new(Data::Str(text), name_origin))
    }

    /// Notes on the live pieces of an included text that they came through this call.
    fn included(&mut self, text: Text, name: &Arc<str>, span: Span) -> Text {
        if !text.pieces().iter().any(|p| p.origin.is_live()) {
            return text;
        }
        text.map_origins(|origin| {
            if origin.is_live() { self.rt.arena.step(origin, || Step::Included(name.clone()), span) } else { origin }
        })
    }

    #[inline(never)]
    fn tpl(&mut self, source: &Value, mut dot: Value, span: Span) -> Result<Value, Error> {
        let text = function::text(source).clone();
        let is_plain = !text.bytes().windows(2).any(|w| w == b"{{");
        if is_plain {
            return Ok(Value::new(Data::Str(without_no_value(text)), source.origin));
        }
        let unit = match self.texts.get(text.bytes()) {
            Some(unit) => unit.clone(),
            None => {
                let unit = self.parse_text(&text).map_err(|error| {
                    let shown = super::super::error::quoted_bytes(text.bytes());
                    let message =
                        format!("cannot parse template {shown}: template: gotpl:{}: {}", error.line, error.message);
                    Error::Plain(message)
                })?;
                self.texts.insert(Arc::from(text.bytes()), unit.clone());
                unit
            }
        };
        let mut layer = FxHashMap::default();
        for define in &*unit.tree.defines {
            let template = Template { unit: unit.clone(), body: Some(define.body), is_empty: define.is_empty };
            if define.is_empty && (layer.contains_key(&define.name) || self.template(&define.name).is_some()) {
                continue;
            }
            layer.insert(define.name.clone(), template);
        }
        let has_layer = !layer.is_empty();
        if has_layer {
            self.layers.push(layer);
        }
        let name: Arc<str> = "gotpl".into();
        let template = Template { unit: unit.clone(), body: None, is_empty: false };
        dot.origin = self.rt.arena.step(dot.origin, || Step::Passed(name.clone()), span);
        let result = if self.depth >= super::MAX_DEPTH {
            Err(Error::Budget("templates are nested too deep".into()))
        } else {
            self.captured(span, |this| this.execute(&name, &template, Val::of(dot)))
        };
        if has_layer {
            self.layers.pop();
        }
        let rendered = result.map_err(|error| {
            let shown = super::super::error::quoted_bytes(text.bytes());
            Error::Wrapped(format!("error during tpl function execution for {shown}: "), Box::new(error))
        })?;
        let origin = self.rt.deep_origin(source);
        let rendered = self.included(without_no_value(rendered), &Arc::from("tpl"), span);
        Ok(Value::new(Data::Str(rendered), origin))
    }

    fn parse_text(&mut self, text: &Text) -> Result<Arc<Unit>, SyntaxError> {
        let source = Content::from(text.bytes());
        let table = self.table.clone();
        let tree = self.parsed.parse(&source, "gotpl", &|name| table.find(name), &self.rt.profile)?;
        let base = self.sources.add_shared("(text of tpl)".into(), "gotpl".into(), source).unwrap_or(0);
        Ok(Arc::new(Unit { tree, base, name: "gotpl".into() }))
    }

    #[inline(never)]
    fn lookup(&mut self, values: &[Value], span: Span) -> Result<Value, Error> {
        let text = |i: usize| values.get(i).map(|v| function::text(v).lossy().into_owned()).unwrap_or_default();
        let query = Query { api_version: text(0), kind: text(1), namespace: text(2), name: text(3) };
        let mut arguments = OriginId::NONE;
        for value in values {
            let origin = self.rt.deep_origin(value);
            arguments = self.rt.arena.join(arguments, origin);
        }
        let answer = self.cluster.lookup(&query);
        let found = matches!(answer, Answer::Found(_) | Answer::Unknown);
        let asked = LookupCall { span, query, found, answer: answer.clone(), arguments, guard: self.rt.guard };
        let call = self.rt.lookups.add(asked);
        let own = self.rt.arena.source(Cause::Lookup { call, path: PathId::NONE }, span);
        let value = match answer {
            Answer::Failed(message) => return Err(Error::Plain(message)),
            Answer::Unknown => self.rt.unknown(own, PathId::NONE),
            Answer::Nothing => {
                let map = MapObject { root: Root::Lookup(call), own, born: GuardId::NONE, ..MapObject::default() };
                Value::new(Data::Map(self.rt.heap.add(map)), own)
            }
            Answer::Found(object) => self.live_value(&object, call, PathId::NONE, span),
        };
        Ok(Value { origin: self.rt.arena.join(value.origin, arguments), ..value })
    }

    /// Brings a live object into the heap; every part of it comes from its path of the lookup.
    fn live_value(&mut self, plain: &Plain, call: LookupId, path: PathId, span: Span) -> Value {
        let own = self.rt.arena.source(Cause::Lookup { call, path }, span);
        let data = match &plain.data {
            PlainData::Null => Data::Nil,
            PlainData::Bool(b) => Data::Bool(*b),
            PlainData::Int(i) => Data::Int(*i, crate::value::IntKind::Int64),
            PlainData::Float(f) => Data::Float(*f),
            PlainData::String(bytes) => Data::Str(Text::shared(bytes)),
            PlainData::List(items) => {
                let mut list = Vec::with_capacity(items.len());
                for (i, item) in items.iter().enumerate() {
                    let path = self.rt.arena.path(path, &Arc::from(format!("[{i}]").into_bytes()));
                    list.push(self.live_value(item, call, path, span));
                }
                Data::List(List::new(list))
            }
            PlainData::Map(entries) => {
                let mut list = Vec::with_capacity(entries.len());
                for (key, entry) in entries {
                    let path = self.rt.arena.path(path, key);
                    list.push((key.clone(), self.live_value(entry, call, path, span)));
                }
                let (entries, root) = (Entries::of_sorted(list), Root::Lookup(call));
                Data::Map(self.rt.heap.add(MapObject { entries, root, path, own, ..MapObject::default() }))
            }
        };
        Value::new(data, own)
    }
}

/// Helm deletes these characters wherever they stand, in the text of each file and of each `tpl`.
const NO_VALUE: &[u8] = b"<no value>";

/// The text without what Go prints for nothing.
pub(in crate::engine) fn without_no_value(text: Text) -> Text {
    let bytes = text.bytes();
    let Some(first) = search::find_word(NO_VALUE, bytes, 0) else { return text };
    let mut out = TextBuilder::default();
    let (mut from, mut found) = (0, Some(first));
    while let Some(at) = found {
        let end = at + NO_VALUE.len();
        out.push_slice(&text, from..at);
        out.marks_of(&text, at..end);
        from = end;
        found = search::find_word(NO_VALUE, bytes, from);
    }
    out.push_slice(&text, from..bytes.len());
    out.finish()
}

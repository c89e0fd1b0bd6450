//! Going on where a render would end, when conditions are forced: what failed leaves a text that stands in for it.

use super::{Evaluator, Frame, Val};
use crate::engine::error::Error;
use crate::source::Span;
use crate::template::ast::Pipeline;
use crate::value::{Data, IntKind, OriginId, Value};
use std::sync::Arc;

/// As many calls of one name may be active: the condition that ends a recursion may be forced.
pub(super) const MAX_INCLUDES: usize = 12;
/// Templates are nested no deeper.
const MAX_DEPTH: u32 = 200;

impl Evaluator<'_> {
    /// The value of a pipeline, or what stands in for it.
    pub(super) fn pipeline_or_stand_in<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Val,
        pipeline: &'t Pipeline,
    ) -> Result<Val, Error> {
        let result = self.pipeline(frame, dot, pipeline);
        match result {
            Err(_) if self.rt.forcing.is_some() => {
                let value = self.or_stand_in(frame, result, pipeline)?;
                // Whoever reads the variables should find something.
                if !pipeline.is_assign {
                    frame.variables.extend(pipeline.declares().iter().map(|symbol| (*symbol, value.clone())));
                }
                Ok(value)
            }
            result => result,
        }
    }

    /// What stands in for a pipeline that failed. What a budget ends has ended.
    pub(super) fn or_stand_in(
        &mut self,
        frame: &Frame<'_>,
        result: Result<Val, Error>,
        pipeline: &Pipeline,
    ) -> Result<Val, Error> {
        let Err(error) = &result else { return result };
        if self.rt.forcing.is_none() || error.is_budget() {
            return result;
        }
        let about = error.levels().last().map_or(OriginId::NONE, |level| level.about);
        self.rt.decided(about);
        let span = pipeline.span.at(frame.unit.base);
        let profile = self.rt.profile;
        self.rt.failed_at(span, || error.helm_text(&profile));
        let words = self.place(span);
        Ok(Val::boxed(self.rt.stand_in(about, &words)))
    }

    /// Nothing, for what failed.
    pub(super) fn or_nothing<T: Default>(&mut self, result: Result<T, Error>, span: Span) -> Result<T, Error> {
        let Err(error) = &result else { return result };
        if self.rt.forcing.is_none() || error.is_budget() {
            return result;
        }
        let profile = self.rt.profile;
        self.rt.failed_at(span, || error.helm_text(&profile));
        Ok(T::default())
    }

    /// What an empty value is taken to be where a `with` takes it for something.
    pub(super) fn assumed(&mut self, frame: &Frame<'_>, value: &Val, pipeline: &Pipeline) -> Val {
        let words = self.place(pipeline.span.at(frame.unit.base));
        let (_, origin) = self.truth(&value.v);
        Val::boxed(self.rt.stand_in(origin, &words))
    }

    /// One item, of which nothing is known, where a `range` takes something empty for more.
    pub(super) fn assumed_items(&mut self, frame: &Frame<'_>, value: &Val, pipeline: &Pipeline) -> Vec<(Value, Val)> {
        let all = self.assumed(frame, value, pipeline).v;
        let key = match &value.v.data {
            Data::List(_) => Some(Value::new(Data::Int(0, IntKind::Int), all.origin)),
            _ => self.rt.stand_in_below(&all, ".*"),
        };
        let item = self.rt.stand_in_below(&all, "[0]");
        key.zip(item).map(|(key, item)| (key, Val::boxed(item))).into_iter().collect()
    }

    /// What stands in for the text of a template that is not there.
    pub(super) fn missing(&mut self, name: &Arc<str>, span: Span) -> Value {
        self.rt.lacks(name);
        self.rt.failed_at(span, || format!("no template {name:?}"));
        self.rt.stand_in(OriginId::NONE, name)
    }

    /// Writes it.
    pub(super) fn print_missing(&mut self, name: &Arc<str>, span: Span) {
        if let Data::Str(text) = self.missing(name, span).data {
            self.out.push_text(&text);
        }
    }

    pub(super) fn is_too_deep_to_force(&self) -> bool {
        self.rt.forcing.is_some() && self.depth >= MAX_DEPTH
    }

    /// `web.yaml:12`
    pub(super) fn place(&self, span: Span) -> String {
        match self.sources.locate(span.start) {
            Some((file, at)) => format!("{}:{}", file.path.rsplit('/').next().unwrap_or(&file.path), at.line),
            None => "text".into(),
        }
    }
}

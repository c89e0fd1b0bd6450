//! Rendering a chart: all templates parsed, all files executed.

use super::capabilities::Capabilities;
use super::context::{Imported, Importer, ReleaseInfo};
use super::error::Error;
use super::eval::{Evaluator, Template, Unit, Val, Write};
use super::forced::Forced;
use super::function::Failure;
use super::journal::{Earlier, FileNote, Journal, Kept, Start};
use super::log::Log;
use super::program::{ParsedTemplate, Program};
use super::runtime::{Cluster, Limits, Runtime};
use super::table::FunctionTable;
use crate::chart::Prepared;
use crate::manifest::RenderedFile;
use crate::profile::Profile;
use crate::source::{Sources, Span};
use crate::template::{self, SyntaxError};
use crate::value::{Arena, Data, Key, OriginId, TextBuilder, Value};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

/// What one render is given, beside the chart and its values.
pub struct Options {
    pub release: ReleaseInfo,
    pub capabilities: Capabilities,
    /// `helm lint`: `required` and `fail` do not fail.
    pub lint: bool,
    /// What random functions draw from.
    pub seed: u64,
    /// What `now` gives: seconds and nanoseconds since 1970.
    pub now: (i64, u32),
    pub keys: super::KeySource,
    pub limits: Limits,
    pub profile: Profile,
    /// Outcomes that conditions are made to have.
    pub forced: Option<Arc<Forced>>,
    /// Other renders, or a search for worlds, go on from this one. For them are kept the journal, the log of conditions,
    /// and which nodes wrote what; without them those are empty. Provenance does not depend on it.
    pub is_followed: bool,
}

/// The files that a chart rendered to, with everything that the render noted.
pub struct Rendering {
    /// In the order of their names; NOTES.txt files are not among them.
    pub files: Vec<RenderedFile>,
    /// The text of each NOTES.txt.
    pub notes: Vec<RenderedFile>,
    /// What wrote each file's text: the nodes of the file itself, by file.
    pub writes: FxHashMap<Arc<str>, Arc<[Write]>>,
    /// What the changes to shared maps depended on that other branches would have made before a file was rendered.
    pub heap_marks: FxHashMap<Arc<str>, OriginId>,
    /// What each file read and changed beside its own text.
    pub journal: FxHashMap<Arc<str>, FileNote>,
    /// Some file that may come out otherwise in another phase came out as it did in no earlier life.
    pub varies_anew: bool,
    /// Some set of causes was too large to be kept whole.
    pub is_cut_off: bool,
    pub(super) program: Arc<Program>,
    imported: Imported,
    pub(super) texts: FxHashMap<Arc<[u8]>, Arc<Unit>>,
    pub rt: Runtime,
    pub log: Log,
    /// The error that ended the render; the files before it are there.
    pub error: Option<RenderError>,
    /// What ended with the error depended on something that differs between renders with the same values.
    error_varies: bool,
    /// Nothing that differs between renders with the same values decided that it was come to.
    error_recurs: bool,
    /// All sources, with the texts that `tpl` ran.
    pub sources: Sources,
}

impl Rendering {
    /// The templates in the order of [`Prepared::templates`]; none when one of them does not parse.
    pub fn trees(&self) -> &[ParsedTemplate] {
        &self.program.trees
    }

    /// Whether anything in it may come out otherwise in another phase with the same values.
    pub fn varies(&self) -> bool {
        let marks = self.heap_marks.values().copied();
        self.error_varies
            || self.journal.values().any(FileNote::may_vary)
            || super::journal::varies(&self.rt.arena, marks)
    }

    /// Every phase ends with an error: with this one, or with one that comes before it.
    pub fn always_fails(&self) -> bool {
        self.error.is_some() && self.error_recurs
    }

    /// It ends with `fail` or `required`, which a lint passes over.
    pub fn asks_for_values(&self) -> bool {
        matches!(&self.error, Some(RenderError::Exec(error)) if error.failed_with().is_some())
    }

    /// Something was drawn or asked of the clock: with the same inputs it may render to something else.
    pub fn is_chancy(&self) -> bool {
        self.rt.reads_clock || !self.rt.draws.is_empty()
    }

    /// What a later render may take over, of a render that is not needed any more.
    pub fn into_kept(self) -> Option<Kept> {
        if matches!(self.error, Some(RenderError::Syntax { .. })) {
            return None;
        }
        Some(Kept {
            files: self.files,
            notes: self.notes,
            writes: self.writes,
            heap_marks: self.heap_marks,
            journal: self.journal,
            is_cut_off: self.is_cut_off,
            program: self.program,
            imported: self.imported,
            texts: self.texts,
            sources: self.sources,
            patterns: self.rt.patterns,
        })
    }

    /// What a later render may take over; nothing of templates that could not be parsed.
    pub fn kept(&self) -> Option<Kept> {
        if matches!(self.error, Some(RenderError::Syntax { .. })) {
            return None;
        }
        Some(Kept {
            files: self.files.clone(),
            notes: self.notes.clone(),
            writes: self.writes.clone(),
            heap_marks: self.heap_marks.clone(),
            journal: self.journal.clone(),
            is_cut_off: self.is_cut_off,
            program: self.program.clone(),
            imported: self.imported.clone(),
            texts: self.texts.clone(),
            sources: self.sources.clone(),
            patterns: self.rt.patterns.clone(),
        })
    }
}

/// Why a chart does not render.
#[derive(Clone, Debug)]
pub enum RenderError {
    Syntax { name: Arc<str>, base: u32, error: SyntaxError },
    Exec(Error),
}

impl RenderError {
    /// As Helm prints it after `Error: `.
    pub fn helm_text(&self, profile: &Profile) -> String {
        match self {
            RenderError::Syntax { name, error, .. } => error.helm_message(name),
            RenderError::Exec(error) => error.helm_text(profile),
        }
    }
}

/// The stack that a render may need: templates nest by recursion.
pub const STACK: usize = 1 << 30;

/// Runs `work` with a stack that holds templates as deeply nested as they may be. The memory of a stack is used only as
/// far as it is touched.
///
/// Where so much address space is not to be had, smaller stacks are tried, on which deep templates may fail.
pub fn with_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    // Another stack costs less than another thread.
    #[cfg(all(unix, any(target_arch = "x86_64", target_arch = "aarch64")))]
    if let Ok(stack) = corosensei::stack::DefaultStack::new(STACK) {
        return corosensei::on_stack(stack, work);
    }
    let work = Mutex::new(Some(work));
    let take = || work.lock().unwrap_or_else(PoisonError::into_inner).take();
    for size in [STACK, STACK / 8, STACK / 64] {
        let result = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(size).spawn_scoped(scope, || take().map(|work| work()));
            thread.map(|thread| thread.join())
        });
        match result {
            Ok(Ok(Some(result))) => return result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Ok(Ok(None)) | Err(_) => {}
        }
    }
    panic!("no thread can be started");
}

/// Renders a chart. Never fails: an error of the templates is part of the result.
pub fn render(
    prepared: &Prepared,
    options: &Options,
    cluster: &dyn Cluster,
    parsed: &template::Cache,
    sources: Sources,
) -> Rendering {
    run(prepared, options, cluster, parsed, sources, Journal::new(None, Vec::new()), Inherited::default())
}

/// Renders a chart that was rendered before: what is as it was is taken over. The templates must be the same.
pub fn render_again(
    prepared: &Prepared,
    options: &Options,
    cluster: &dyn Cluster,
    parsed: &template::Cache,
    earlier: Earlier<'_>,
) -> Rendering {
    let kept = earlier.kept;
    let inherited = Inherited {
        arena: earlier.arena.unshared(),
        program: Some(kept.program.clone()),
        imported: earlier.has_same_input.then(|| kept.imported.clone()),
        texts: kept.texts.clone(),
        patterns: kept.patterns.clone(),
    };
    let journal = Journal::new(Some(kept), earlier.donors);
    run(prepared, options, cluster, parsed, kept.sources.clone(), journal, inherited)
}

/// How many bytes of text a file and what it includes usually have.
const USUAL_TEXT: usize = 1 << 14;
/// How many arguments usually wait for those that come after them.
const USUAL_STACK: usize = 64;

/// How deeply templates usually nest.
const USUAL_DEPTH: usize = 16;

/// What a render has from the one before.
#[derive(Default)]
struct Inherited {
    arena: Arena,
    program: Option<Arc<Program>>,
    imported: Option<Imported>,
    texts: FxHashMap<Arc<[u8]>, Arc<Unit>>,
    patterns: super::functions::regex::Patterns,
}

fn run(
    prepared: &Prepared,
    options: &Options,
    cluster: &dyn Cluster,
    parsed: &template::Cache,
    sources: Sources,
    journal: Journal<'_>,
    inherited: Inherited,
) -> Rendering {
    let table = Rc::new(FunctionTable::new(&options.profile));
    let mut evaluator = Evaluator {
        rt: Runtime { arena: inherited.arena, patterns: inherited.patterns, ..Runtime::new(options) },
        table,
        cluster,
        parsed,
        lint: options.lint,
        templates: Arc::default(),
        layers: Vec::new(),
        out: TextBuilder::with_capacity(USUAL_TEXT, USUAL_TEXT / 16),
        stack: Vec::with_capacity(USUAL_STACK),
        spare: Vec::with_capacity(USUAL_DEPTH),
        includes: Vec::with_capacity(USUAL_DEPTH),
        depth: 0,
        sources,
        log: Log::default(),
        mutators: FxHashMap::default(),
        texts: inherited.texts,
        writes: Vec::new(),
    };
    let mut importer = Importer { rt: &mut evaluator.rt };
    let imported = inherited.imported.unwrap_or_else(|| importer.import(prepared, &options.capabilities));
    let contexts = importer.contexts(prepared, &imported, &options.release);
    let mut rendering = Partial::default();
    let program = match inherited.program {
        Some(program) => Ok(program),
        None => Program::parse(prepared, &evaluator).map(Arc::new),
    };
    let error = match &program {
        Ok(program) => rendering.run(&mut evaluator, program, &contexts, journal).map_err(RenderError::Exec).err(),
        Err(error) => Some(error.clone()),
    };
    let (error_varies, error_recurs) = match &error {
        Some(RenderError::Exec(error)) => super::journal::end(&mut evaluator.rt, error),
        _ => (false, true),
    };
    rendering.files.sort_by(|a, b| a.name.cmp(&b.name));
    Rendering {
        files: rendering.files,
        notes: rendering.notes,
        writes: rendering.writes,
        heap_marks: rendering.heap_marks,
        journal: rendering.journal,
        varies_anew: rendering.varies_anew,
        is_cut_off: evaluator.rt.arena.has_overflowed(),
        program: program.unwrap_or_default(),
        imported,
        texts: evaluator.texts,
        rt: evaluator.rt,
        log: evaluator.log,
        error,
        error_varies,
        error_recurs,
        sources: evaluator.sources,
    }
}

#[derive(Default)]
struct Partial {
    files: Vec<RenderedFile>,
    notes: Vec<RenderedFile>,
    writes: FxHashMap<Arc<str>, Arc<[Write]>>,
    heap_marks: FxHashMap<Arc<str>, OriginId>,
    journal: FxHashMap<Arc<str>, FileNote>,
    varies_anew: bool,
}

impl Partial {
    fn run(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        program: &Program,
        contexts: &[crate::value::MapId],
        mut journal: Journal<'_>,
    ) -> Result<(), Error> {
        evaluator.templates = program.templates.clone();
        for (place, (file, unit)) in program.files.iter().enumerate() {
            if let Some(earlier) = journal.take(unit, &evaluator.rt.arena, evaluator.cluster)
                && self.take_over(evaluator, unit, earlier)
            {
                continue;
            }
            evaluator.rt.lookups.begin_file(place);
            evaluator.rt.draws.begin_file(place);
            let note = self.execute(evaluator, unit, contexts[file.chart], &file.base_path)?;
            let Some(note) = note else { continue };
            journal.rendered(unit, &note, &evaluator.rt.arena, evaluator.cluster);
            let wrote = self.files.last().filter(|file| file.name == unit.name);
            self.varies_anew |= note.may_vary() && wrote.is_some_and(|file| !journal.has_written(file));
            self.journal.insert(unit.name.clone(), note);
        }
        Ok(())
    }

    /// Takes a file as an earlier render has it.
    fn take_over(&mut self, evaluator: &mut Evaluator<'_>, unit: &Unit, earlier: &Kept) -> bool {
        let name = &unit.name;
        let (from, to) =
            if is_notes(name) { (&earlier.notes, &mut self.notes) } else { (&earlier.files, &mut self.files) };
        let (Some(file), Some(note)) = (from.iter().find(|f| f.name == *name), earlier.journal.get(name)) else {
            return false;
        };
        note.hand_over(&mut evaluator.rt);
        to.push(file.clone());
        self.journal.insert(name.clone(), note.clone());
        if let Some(writes) = earlier.writes.get(name) {
            self.writes.insert(name.clone(), writes.clone());
        }
        if let Some(marks) = earlier.heap_marks.get(name) {
            evaluator.rt.heap_marks = evaluator.rt.arena.join(evaluator.rt.heap_marks, *marks);
            self.heap_marks.insert(name.clone(), *marks);
        }
        true
    }

    fn execute(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        unit: &Arc<Unit>,
        context: crate::value::MapId,
        base_path: &str,
    ) -> Result<Option<FileNote>, Error> {
        let text_key = |s: &str| -> Key { Arc::from(s.as_bytes()) };
        let template = evaluator.rt.heap.add(crate::value::MapObject {
            entries: [(text_key("Name"), Value::string(&*unit.name)), (text_key("BasePath"), Value::string(base_path))]
                .into(),
            ..Default::default()
        });
        evaluator.rt.heap.get_mut(context).entries.insert(text_key("Template"), Data::Map(template.named()).into());
        evaluator.rt.call_path = 0;
        let start = evaluator.rt.is_followed.then(|| Start::new(&mut evaluator.rt, evaluator.texts.len()));
        evaluator.writes.clear();
        let file = evaluator.template(&unit.name);
        // A define of the file's name stands for the file, as in Go; else the file's own text.
        let file = file.unwrap_or(Template { unit: unit.clone(), body: None, is_empty: false });
        let dot = Val::of(Data::Map(context.named()).into());
        evaluator.execute(&unit.name, &file, dot)?;
        let text = evaluator.out.take(Default::default());
        evaluator.rt.spend(text.len()).map_err(|failure| match failure {
            Failure::Error(message) | Failure::Budget(message) => Error::Budget(message),
        })?;
        if evaluator.rt.is_followed {
            self.writes.insert(unit.name.clone(), evaluator.writes.as_slice().into());
            self.heap_marks.insert(unit.name.clone(), evaluator.rt.heap_marks);
        }
        let text = super::eval::without_no_value(text);
        let note = start.map(|start| start.note(&mut evaluator.rt, &text, evaluator.texts.len()));
        let rendered = RenderedFile { name: unit.name.clone(), text };
        if is_notes(&unit.name) {
            self.notes.push(rendered)
        } else {
            self.files.push(rendered)
        }
        Ok(note)
    }
}

fn is_notes(name: &str) -> bool {
    name.ends_with("NOTES.txt")
}

/// The place of an error in the sources, innermost level first.
pub fn places(error: &RenderError) -> Vec<Span> {
    match error {
        RenderError::Syntax { base, error, .. } => vec![error.span.at(*base)],
        RenderError::Exec(error) => error.levels().iter().rev().map(|level| level.span).collect(),
    }
}

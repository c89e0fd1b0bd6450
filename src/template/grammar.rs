//! The tree-sitter grammar of templates and a parser that is used again and again.

use super::ast::Tree;
use super::error::{SyntaxError, SyntaxErrorKind};
use super::lower::{self, Doubt};
use super::{Rules, refusal};
use crate::source::{Content, Span};
use std::ops::ControlFlow;
use std::sync::LazyLock;
use tree_sitter::{Language, ParseOptions};

/// The language of Go templates, for tree-sitter.
pub fn language() -> Language {
    unsafe extern "C" {
        fn tree_sitter_gotmpl() -> *const tree_sitter::ffi::TSLanguage;
    }
    // SAFETY: build.rs links the generated parser, whose function returns a static of this type.
    unsafe { Language::from_raw(tree_sitter_gotmpl()) }
}

/// The nodes of the grammar that lowering looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of no interest: tokens of punctuation.
    Other,
    Error,
    /// `{{`
    Open,
    /// `{{-` and a white space
    TrimOpen,
    Close,
    TrimClose,
    Keyword,
    KeywordIf,
    KeywordWith,
    Comma,
    Assign,
    Text,
    Comment,
    Action,
    /// `if_action` and its kind: holds clauses and items.
    Container,
    IfClause,
    WithClause,
    RangeClause,
    DefineClause,
    BlockClause,
    ElseClause,
    EndClause,
    TemplateAction,
    BreakAction,
    ContinueAction,
    Pipeline,
    Declaration,
    Command,
    Selector,
    Parenthesized,
    Dot,
    Nil,
    True,
    False,
    Number,
    Character,
    String,
    Field,
    Variable,
    Function,
}

/// The kind of a node. What has none is an error node, whose ids lie beyond the language's.
pub(super) fn kind(node: tree_sitter::Node<'_>) -> Kind {
    KINDS.get(node.kind_id() as usize).copied().unwrap_or(Kind::Error)
}

fn kind_of(name: &str) -> Kind {
    match name {
        "{{" => Kind::Open,
        "{{-" => Kind::TrimOpen,
        "}}" => Kind::Close,
        "-}}" => Kind::TrimClose,
        "if" => Kind::KeywordIf,
        "with" => Kind::KeywordWith,
        "range" | "else" | "end" | "define" | "block" | "template" | "break" | "continue" => Kind::Keyword,
        "," => Kind::Comma,
        "=" => Kind::Assign,
        "text" => Kind::Text,
        "comment" => Kind::Comment,
        "action" => Kind::Action,
        "if_action" | "with_action" | "range_action" | "define_action" | "block_action" => Kind::Container,
        "if_clause" => Kind::IfClause,
        "with_clause" => Kind::WithClause,
        "range_clause" => Kind::RangeClause,
        "define_clause" => Kind::DefineClause,
        "block_clause" => Kind::BlockClause,
        "else_clause" => Kind::ElseClause,
        "end_clause" => Kind::EndClause,
        "template_action" => Kind::TemplateAction,
        "break_action" => Kind::BreakAction,
        "continue_action" => Kind::ContinueAction,
        "pipeline" => Kind::Pipeline,
        "declaration" => Kind::Declaration,
        "command" => Kind::Command,
        "selector" => Kind::Selector,
        "parenthesized_pipeline" => Kind::Parenthesized,
        "dot" => Kind::Dot,
        "nil" => Kind::Nil,
        "true" => Kind::True,
        "false" => Kind::False,
        "number" => Kind::Number,
        "character" => Kind::Character,
        "string" | "raw_string" => Kind::String,
        "field" => Kind::Field,
        "variable" => Kind::Variable,
        "function" => Kind::Function,
        _ => Kind::Other,
    }
}

/// Kinds by tree-sitter's id.
static KINDS: LazyLock<Box<[Kind]>> = LazyLock::new(|| {
    let language = language();
    (0..language.node_kind_count()).map(|id| kind_of(language.node_kind_for_id(id as u16).unwrap_or(""))).collect()
});

/// A parser to keep for many files.
#[derive(Default)]
pub struct Parser {
    /// Made when the first text needs it.
    inner: Option<tree_sitter::Parser>,
    bench: lower::Bench,
}

impl Parser {
    pub fn new() -> Self {
        Self::default()
    }

    /// See [`super::parse`].
    pub fn parse(
        &mut self,
        source: &Content,
        name: &str,
        functions: &dyn Fn(&str) -> Option<u16>,
        rules: Rules,
    ) -> Result<Tree, SyntaxError> {
        let over_budget = |message: &str| SyntaxError {
            kind: SyntaxErrorKind::TooDeep,
            message: message.to_owned(),
            line: 1,
            span: Span::default(),
        };
        if u32::try_from(source.len()).is_err() {
            return Err(over_budget("the file is larger than 4 GiB"));
        }
        let text = lower::Text { source, file: name, functions, rules };
        let lowered = lower::scanned(&text, &mut self.bench).or_else(|doubt| match (doubt, self.syntax(source)) {
            (Doubt::Syntax, Some(tree)) => lower::parsed(&text, &tree, &mut self.bench),
            (doubt, _) => Err(doubt),
        });
        lowered.map_err(|doubt| match doubt {
            Doubt::Budget => over_budget("too many assignments in nested blocks"),
            Doubt::Syntax => refusal::refusal(source, name, functions, rules),
        })
    }

    /// tree-sitter's tree, or nothing if it has an error. Recovery is for editors and may take long; it is cut short.
    fn syntax(&mut self, source: &[u8]) -> Option<tree_sitter::Tree> {
        // Generated lexers take NUL for the end of the text. In an action only a literal may hold one, and there this
        // byte stands for it as well.
        let patched: Vec<u8>;
        let text = if source.contains(&0) {
            patched = source.iter().map(|b| if *b == 0 { 1 } else { *b }).collect();
            &patched
        } else {
            source
        };
        let mut stop_at_error = |state: &tree_sitter::ParseState| {
            if state.has_error() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = ParseOptions::new().progress_callback(&mut stop_at_error);
        let parser = self.inner.get_or_insert_with(|| {
            let mut parser = tree_sitter::Parser::new();
            // The only failure is a grammar generated for another version of the library, and then nothing parses: the
            // tests notice.
            let _ = parser.set_language(&language());
            parser
        });
        let tree = parser.parse_with_options(&mut |at, _| text.get(at..).unwrap_or_default(), None, Some(options));
        if tree.is_none() {
            parser.reset();
        }
        tree.filter(|tree| !tree.root_node().has_error())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::FunctionTable;
    use crate::profile::Profile;
    use std::path::{Path, PathBuf};

    /// What the two ways make of a text; nothing where one doubts it.
    fn both(parser: &mut Parser, source: &Content) -> [Option<String>; 2] {
        let profile = Profile::default();
        let table = FunctionTable::new(&profile);
        let functions = |name: &str| table.find(name);
        let rules = Rules::of_go(u32::from(profile.go()));
        let text = lower::Text { source, file: "c/templates/t.yaml", functions: &functions, rules };
        let scanned = lower::scanned(&text, &mut parser.bench).ok().map(|tree| format!("{tree:?}"));
        let parsed = parser.syntax(source).and_then(|tree| lower::parsed(&text, &tree, &mut parser.bench).ok());
        [scanned, parsed.map(|tree| format!("{tree:?}"))]
    }

    /// The files in the folders of templates below a folder.
    fn templates(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                templates(&path, found);
            } else if path.components().any(|part| part.as_os_str() == "templates") {
                found.push(path);
            }
        }
    }

    #[test]
    fn what_is_scanned_is_what_would_be_parsed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        templates(&root.join("testcharts"), &mut files);
        assert!(files.len() > 5);
        let mut texts: Vec<Vec<u8>> = files.iter().map(|path| std::fs::read(path).unwrap()).collect();
        let in_use = texts.len();
        for line in std::fs::read_to_string(root.join("tests/syntax/verdicts.jsonl")).unwrap().lines() {
            let verdict: serde_json::Value = serde_json::from_str(line).unwrap();
            texts.push(verdict["source"].as_str().unwrap().as_bytes().to_vec());
        }
        let mut parser = Parser::new();
        for (index, text) in texts.into_iter().enumerate() {
            let shown = String::from_utf8_lossy(&text).into_owned();
            let [scanned, parsed] = both(&mut parser, &text.into());
            match scanned {
                Some(scanned) => assert_eq!(Some(scanned), parsed, "{shown}"),
                // What charts in earnest hold is scanned.
                None => assert!(index >= in_use || parsed.is_none(), "not scanned: {shown}"),
            }
        }
    }
}

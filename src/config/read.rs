//! From the text of a config to what it says.

use super::{Config, Ignore, Level, Mistake};
use crate::finding::Severity;
use crate::kube::VersionRange;
use crate::near::nearest;
use crate::profile::Profile;
use crate::rules::{self, Deployer, RULES};
use crate::source::Span;
use crate::value::golang::glob::Glob;
use crate::value::yaml::{self, Key, Kind, Node, Note};
use std::ops::Range;
use std::path::Path;

/// Reads a config. `base` is the address of its first byte, `folder` where it lies.
pub fn read(text: &[u8], base: u32, folder: &Path) -> Result<Config, Vec<Mistake>> {
    let mark = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let text = text.get(mark..).unwrap_or_default();
    let base = base.saturating_add(mark as u32);
    let mut reader = Reader { text, base, folder, config: Config::default(), mistakes: Vec::new() };
    reader.document();
    reader.mistakes.sort_by_key(|mistake| mistake.span);
    if reader.mistakes.is_empty() { Ok(reader.config) } else { Err(reader.mistakes) }
}

struct Reader<'a> {
    text: &'a [u8],
    base: u32,
    folder: &'a Path,
    config: Config,
    mistakes: Vec<Mistake>,
}

/// After so many mistakes the rest is not told.
const MAX_MISTAKES: usize = 20;

/// More worlds than these nobody waits for.
const MAX_WORLDS: i64 = 10_000;

const LEVELS: [&str; 4] = ["off", "info", "warning", "error"];

impl Reader<'_> {
    fn document(&mut self) {
        let document = match yaml::read(self.text) {
            Ok(document) => document,
            Err(error) => {
                let message = error.to_string();
                let message = message.strip_prefix("yaml: ").unwrap_or(&message).to_string();
                return self.mistake(&(error.offset()..error.offset()), format!("not YAML: {message}"), None);
            }
        };
        for note in &document.notes {
            let (Note::DuplicateKey { second, .. } | Note::CollidingKeys { second, .. }) = note;
            self.mistake(second, "the key stands here twice".into(), None);
        }
        if self.text.get(document.end..).is_some_and(|rest| rest.iter().any(|b| !b.is_ascii_whitespace())) {
            let rest = document.end..document.end.saturating_add(3);
            self.mistake(&rest, "a config is one document".into(), None);
        }
        let known = ["extends", "rules", "targets", "values", "ignore", "budgets", "fail-on"];
        for (key, node) in self.entries(&document.root, &known) {
            match &*key.text {
                "extends" => {
                    self.config.extends =
                        self.strings(node).into_iter().map(|(path, span)| (self.folder.join(path), span)).collect();
                }
                "rules" => self.rules(node),
                "targets" => self.targets(node),
                "values" => {
                    self.config.values =
                        self.strings(node).into_iter().map(|(path, span)| (self.folder.join(path), span)).collect();
                }
                "ignore" => self.ignores(node),
                "budgets" => self.budgets(node),
                "fail-on" => match self.severity(node) {
                    Some(Level::At(severity)) => self.config.fail_on = Some(severity),
                    Some(Level::Off) => self.mistake(&node.span, "`fail-on` is info, warning or error".into(), None),
                    None => {}
                },
                _ => {}
            }
        }
    }

    fn span(&self, range: &Range<usize>) -> Span {
        let at = |offset: usize| self.base.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
        Span::new(at(range.start), at(range.end.max(range.start)))
    }

    fn mistake(&mut self, range: &Range<usize>, message: String, help: Option<String>) {
        if self.mistakes.len() < MAX_MISTAKES {
            self.mistakes.push(Mistake { message, span: self.span(range), help });
        }
    }

    /// The entries of a table whose keys are known; other keys are mistakes.
    fn entries<'n>(&mut self, node: &'n Node, known: &[&str]) -> Vec<&'n (Key, Node)> {
        let entries = self.table(node);
        for (key, _) in &entries {
            if !known.contains(&&*key.text) {
                let help = match nearest(&key.text, known.iter().copied()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("these are known: {}", known.join(", ")),
                };
                self.mistake(&key.span, format!("unknown key `{}`", key.text), Some(help));
            }
        }
        entries
    }

    fn table<'n>(&mut self, node: &'n Node) -> Vec<&'n (Key, Node)> {
        match &node.kind {
            Kind::Map(entries) => entries.iter().collect(),
            Kind::Null => Vec::new(),
            _ => {
                self.mistake(&node.span, format!("a table is expected here, not {}", what(node)), None);
                Vec::new()
            }
        }
    }

    fn string(&mut self, node: &Node) -> Option<String> {
        match &node.kind {
            Kind::Str(text) if !text.trim().is_empty() => Some(text.to_string()),
            Kind::Str(_) => {
                self.mistake(&node.span, "this says nothing".into(), None);
                None
            }
            _ => {
                self.mistake(&node.span, format!("a text is expected here, not {}", what(node)), None);
                None
            }
        }
    }

    /// A text, or a list of texts.
    fn strings(&mut self, node: &Node) -> Vec<(String, Span)> {
        let nodes = match &node.kind {
            Kind::Seq(nodes) => nodes.iter().collect(),
            Kind::Null => Vec::new(),
            _ => vec![node],
        };
        nodes.into_iter().filter_map(|node| Some((self.string(node)?, self.span(&node.span)))).collect()
    }

    fn rule(&mut self, name: &str, range: &Range<usize>) -> bool {
        if rules::is_rule(name) {
            return true;
        }
        let meant = nearest(name, RULES.iter().map(|rule| rule.name));
        self.mistake(
            range,
            format!("there is no rule `{name}`"),
            meant.map(|meant| format!("did you mean `{meant}`?")),
        );
        false
    }

    fn rules(&mut self, node: &Node) {
        for (key, node) in self.table(node) {
            if self.rule(&key.text, &key.span)
                && let Some(level) = self.severity(node)
            {
                self.config.rules.insert(key.text.to_string(), level);
            }
        }
    }

    /// `off`, which YAML may read as false, or a severity.
    fn severity(&mut self, node: &Node) -> Option<Level> {
        match &node.kind {
            Kind::Bool(false) => Some(Level::Off),
            Kind::Str(text) => match &**text {
                "off" => Some(Level::Off),
                "info" => Some(Level::At(Severity::Info)),
                "warning" => Some(Level::At(Severity::Warning)),
                "error" => Some(Level::At(Severity::Error)),
                other => {
                    let meant = nearest(other, LEVELS).map(|meant| format!("did you mean `{meant}`?"));
                    self.mistake(&node.span, format!("`{other}` is none of {}", LEVELS.join(", ")), meant);
                    None
                }
            },
            _ => {
                let message = format!("one of {} is expected here, not {}", LEVELS.join(", "), what(node));
                self.mistake(&node.span, message, None);
                None
            }
        }
    }

    fn targets(&mut self, node: &Node) {
        for (key, node) in self.entries(node, &["kube-version", "helm", "deployers"]) {
            if &*key.text == "deployers" {
                self.deployers(node);
                continue;
            }
            // `1.30` is a number to YAML, and would be 1.3: what counts is what is written.
            let text = match &node.kind {
                Kind::Int(_) | Kind::Float(_) => {
                    String::from_utf8_lossy(self.text.get(node.span.clone()).unwrap_or_default()).trim().to_string()
                }
                _ => match self.string(node) {
                    Some(text) => text,
                    None => continue,
                },
            };
            match &*key.text {
                "kube-version" => match VersionRange::parse(&text) {
                    Ok(range) => self.config.kube_version = Some(range),
                    Err(error) => self.mistake(&node.span, error.to_string(), None),
                },
                "helm" => match Profile::parse(&text) {
                    Some(profile) => self.config.helm = Some(profile),
                    None => self.mistake(&node.span, format!("no version of Helm 3 or 4: {text:?}"), None),
                },
                _ => {}
            }
        }
    }

    fn deployers(&mut self, node: &Node) {
        for (name, span) in self.strings(node) {
            match Deployer::ALL.iter().find(|(known, _)| *known == name) {
                Some((_, deployer)) => self.config.deployers.push(*deployer),
                None => {
                    let names = Deployer::ALL.map(|(known, _)| known);
                    let meant = nearest(&name, names).map(|meant| format!("did you mean `{meant}`?"));
                    let start = (span.start - self.base) as usize;
                    let message = format!("`{name}` is none of {}", names.join(", "));
                    self.mistake(&(start..start + name.len()), message, meant);
                }
            }
        }
    }

    fn budgets(&mut self, node: &Node) {
        for (_, node) in self.entries(node, &["worlds"]) {
            match node.kind {
                Kind::Int(worlds @ 0..=MAX_WORLDS) => self.config.worlds = Some(worlds as usize),
                _ => self.mistake(&node.span, format!("a number from 0 to {MAX_WORLDS} is expected here"), None),
            }
        }
    }

    fn ignores(&mut self, node: &Node) {
        let Kind::Seq(items) = &node.kind else {
            if !node.is_null() {
                self.mistake(&node.span, format!("a list is expected here, not {}", what(node)), None);
            }
            return;
        };
        for item in items {
            self.ignore(item);
        }
    }

    fn ignore(&mut self, item: &Node) {
        let mut ignore = Ignore {
            rules: Vec::new(),
            resource: None,
            path: None,
            reason: String::new(),
            folder: self.folder.to_path_buf(),
            at: self.span(&item.span),
        };
        let before = self.mistakes.len();
        for (key, node) in self.entries(item, &["rule", "resource", "path", "reason"]) {
            match &*key.text {
                "rule" => {
                    for (name, span) in self.strings(node) {
                        let start = (span.start - self.base) as usize;
                        if self.rule(&name, &(start..start + name.len())) {
                            ignore.rules.push(name);
                        }
                    }
                }
                "resource" => ignore.resource = self.glob(node),
                "path" => ignore.path = self.glob(node),
                "reason" => ignore.reason = self.string(node).unwrap_or_default(),
                _ => {}
            }
        }
        if self.mistakes.len() > before {
            return;
        }
        let (rules, resource, path) = (&ignore.rules, &ignore.resource, &ignore.path);
        if rules.is_empty() && resource.is_none() && path.is_none() {
            let message = "an entry names a rule, a resource or a path".to_string();
            self.mistake(&item.span, message, Some("without any it would ignore everything".into()));
        } else if ignore.reason.is_empty() {
            self.mistake(&item.span, "the entry does not say why".into(), Some("add a `reason`".into()));
        } else {
            self.config.ignores.push(ignore);
        }
    }

    fn glob(&mut self, node: &Node) -> Option<Glob> {
        let text = self.string(node)?;
        let glob = Glob::compile(text.trim_start_matches("./").as_bytes());
        if glob.is_none() {
            self.mistake(&node.span, "not a pattern: a bracket or brace is wrong".into(), None);
        }
        glob
    }
}

/// What a node is, in words.
fn what(node: &Node) -> &'static str {
    match &node.kind {
        Kind::Null => "nothing",
        Kind::Bool(_) => "a truth value",
        Kind::Int(_) | Kind::Uint(_) | Kind::Float(_) => "a number",
        Kind::Str(_) => "a text",
        Kind::Seq(_) => "a list",
        Kind::Map(_) => "a table",
    }
}

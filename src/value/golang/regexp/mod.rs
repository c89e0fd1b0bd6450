//! Go's package regexp (RE2 syntax), on top of what the `regex` crate is made of.
//!
//! A pattern is parsed with Go's rules and errors and written anew for the crate, whose syntax differs: there `\d \w \s
//! \b` are Unicode, classes nest and intersect, `{` must be escaped, names must be unique. Text that is not UTF-8 is
//! matched as Go does, where a stray byte is U+FFFD.
//!
//! Most patterns look at a few short names. For those it is not worth while to compile all of Unicode, and what makes
//! searches in long texts fast; where the pattern is small as well, nothing is compiled (`small`).

mod class;
mod emit;
mod expand;
mod parse;
mod small;
mod syntax;

use super::Segment;
use super::fmt::Excess;
use super::segment::Joiner;
use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax as crate_syntax;
use small::Small;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// How large a compiled pattern may be, in bytes.
const SIZE_LIMIT: usize = 32 << 20;

/// Go's `*syntax.Error`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegexpError {
    /// What is wrong.
    pub code: &'static str,
    /// The part of the pattern that is.
    pub expression: Vec<u8>,
}

impl RegexpError {
    /// The text of `regexp.MustCompile`'s panic.
    pub fn panic_text(&self, pattern: &[u8]) -> String {
        let shown = match std::str::from_utf8(pattern) {
            Ok(text)
                if !text.contains(|c: char| c == '`' || c == '\u{feff}' || c == '\x7f' || c < ' ' && c != '\t') =>
            {
                format!("`{text}`")
            }
            _ => super::strconv::quote(pattern),
        };
        format!("regexp: Compile({shown}): {self}")
    }
}

impl fmt::Display for RegexpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error parsing regexp: {}: `{}`", self.code, String::from_utf8_lossy(&self.expression))
    }
}

impl std::error::Error for RegexpError {}

/// The texts that a pattern is compiled for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Texts {
    Any,
    /// Short ones of nothing but ASCII.
    Short,
}

impl Texts {
    /// Longer texts are worth a pattern that is fast.
    const SHORT: usize = 1 << 10;

    /// Those of which this is one.
    pub fn of(text: &[u8]) -> Texts {
        if text.len() <= Texts::SHORT && text.is_ascii() { Texts::Short } else { Texts::Any }
    }
}

#[derive(Clone, Debug)]
enum Matcher {
    Small(Small),
    Compiled(Regex),
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Regexp {
    matcher: Matcher,
    /// The names of the groups from the first on; "" for those without.
    names: Vec<String>,
    /// The pattern has no text at all.
    is_empty: bool,
}

impl Regexp {
    /// `regexp.Compile`, for all texts or for some.
    pub fn compile(pattern: &[u8], texts: Texts) -> Result<Regexp, RegexpError> {
        let parsed = parse::parse(pattern)?;
        let is_empty = pattern.is_empty();
        if texts == Texts::Short
            && let Some(small) = Small::new(&parsed.node)
        {
            return Ok(Regexp { matcher: Matcher::Small(small), names: parsed.names, is_empty });
        }
        let written = emit::emit(&parsed.node);
        let short = (texts == Texts::Short).then(|| build_short(&written)).flatten();
        // What Go accepts is rewritten without errors, so only the size can fail.
        let too_large = || RegexpError { code: syntax::LARGE, expression: pattern.to_vec() };
        let regex = short.or_else(|| build(&written)).ok_or_else(too_large)?;
        Ok(Regexp { matcher: Matcher::Compiled(regex), names: parsed.names, is_empty })
    }

    /// `MatchString`
    pub fn is_match(&self, text: &[u8]) -> bool {
        match &self.matcher {
            Matcher::Small(small) => small.find_at(text, 0).is_some(),
            Matcher::Compiled(regex) => regex.is_match(&*Haystack::new(text).text),
        }
    }

    /// `FindStringIndex`
    pub fn find(&self, text: &[u8]) -> Option<Range<usize>> {
        match &self.matcher {
            Matcher::Small(small) => small.find_at(text, 0)?.group(0),
            Matcher::Compiled(regex) => {
                let haystack = Haystack::new(text);
                regex.find(&*haystack.text).map(|m| haystack.range(m.range()))
            }
        }
    }

    /// `FindAllStringIndex`: at most `count`, all when that is negative.
    pub fn find_all(&self, text: &[u8], count: i64) -> Vec<Range<usize>> {
        let limit = usize::try_from(count).unwrap_or(usize::MAX);
        match &self.matcher {
            Matcher::Small(small) => small.find_iter(text).take(limit).filter_map(|found| found.group(0)).collect(),
            Matcher::Compiled(regex) => {
                let haystack = Haystack::new(text);
                regex.find_iter(&*haystack.text).take(limit).map(|m| haystack.range(m.range())).collect()
            }
        }
    }

    /// `Split`: at most `count` parts, all when that is negative; none for 0.
    pub fn split(&self, text: &[u8], count: i64) -> Vec<Range<usize>> {
        if count == 0 {
            return Vec::new();
        }
        if text.is_empty() && !self.is_empty {
            return std::iter::once(0..0).collect();
        }
        let limit = usize::try_from(count).unwrap_or(usize::MAX);
        let mut parts = Vec::new();
        let (mut start, mut end) = (0, 0);
        for found in self.find_all(text, count) {
            if parts.len() + 1 >= limit {
                break;
            }
            end = found.start;
            if found.end != 0 {
                parts.push(start..end);
            }
            start = found.end;
        }
        if end != text.len() {
            parts.push(start..text.len());
        }
        parts
    }

    /// `ReplaceAllString`: `$1`, `${1}`, `$name` and `$$` in the replacement are expanded. What the replacement says is
    /// given out as insertions. At most `limit` bytes.
    pub fn replace_all(
        &self,
        text: &[u8],
        replacement: &[u8],
        limit: usize,
        out: &mut dyn FnMut(Segment),
    ) -> Result<(), Excess> {
        let items = expand::parse(replacement, &self.names);
        self.replace(text, limit, out, |group, out| {
            for item in &items {
                match item {
                    expand::Item::Text(bytes) => out.insert(bytes),
                    expand::Item::Groups(groups) => {
                        out.copy(groups.iter().find_map(|number| group(*number)).unwrap_or(0..0));
                    }
                }
            }
        })
    }

    /// `ReplaceAllLiteralString`
    pub fn replace_all_literal(
        &self,
        text: &[u8],
        replacement: &[u8],
        limit: usize,
        out: &mut dyn FnMut(Segment),
    ) -> Result<(), Excess> {
        self.replace(text, limit, out, |_, out| out.insert(replacement))
    }

    fn replace(
        &self,
        text: &[u8],
        limit: usize,
        out: &mut dyn FnMut(Segment),
        insert: impl Fn(Groups<'_>, &mut Joiner),
    ) -> Result<(), Excess> {
        let mut joiner = Joiner::new(out);
        let mut start = 0;
        let mut left = limit;
        let mut replace = |group: Groups<'_>| {
            let Some(whole) = group(0) else { return Ok(()) };
            joiner.copy(start..whole.start);
            insert(group, &mut joiner);
            start = whole.end;
            left = left.checked_sub(joiner.taken()).ok_or(Excess::Size)?;
            Ok(())
        };
        match &self.matcher {
            Matcher::Small(small) => {
                for found in small.find_iter(text) {
                    replace(&|number| found.group(number))?;
                }
            }
            Matcher::Compiled(regex) => {
                let haystack = Haystack::new(text);
                for found in regex.captures_iter(&*haystack.text) {
                    replace(&|number| found.get_group(number).map(|span| haystack.range(span.range())))?;
                }
            }
        }
        joiner.copy(start..text.len());
        joiner.flush();
        if joiner.taken() <= left { Ok(()) } else { Err(Excess::Size) }
    }
}

/// Where the groups of a match are, by number.
type Groups<'g> = &'g dyn Fn(usize) -> Option<Range<usize>>;

/// Go's own limit of nesting was checked; each of its levels is two groups here at most.
const NEST_LIMIT: u32 = 4 * syntax::MAX_HEIGHT;

fn build(pattern: &str) -> Option<Regex> {
    let config = Config::new().nfa_size_limit(Some(SIZE_LIMIT)).hybrid_cache_capacity(2 << 20);
    let syntax = crate_syntax::Config::new().nest_limit(NEST_LIMIT);
    Regex::builder().configure(config).syntax(syntax).build(pattern).ok()
}

/// A pattern for short texts of ASCII. There is none of one that names other characters.
fn build_short(pattern: &str) -> Option<Regex> {
    let config = Config::new().nfa_size_limit(Some(SIZE_LIMIT)).utf8_empty(false);
    let config = config.auto_prefilter(false).hybrid(false).dfa(false).onepass(false);
    let syntax = crate_syntax::Config::new().nest_limit(NEST_LIMIT).unicode(false).utf8(false);
    Regex::builder().configure(config).syntax(syntax).build(pattern).ok()
}

/// `regexp.QuoteMeta`
pub fn quote_meta(text: &[u8], out: &mut dyn FnMut(Segment)) {
    let mut out = Joiner::new(out);
    for (at, byte) in text.iter().enumerate() {
        if br"\.+*?()|[]{}^$".contains(byte) {
            out.insert(b"\\");
        }
        out.copy(at..at + 1);
    }
    out.flush();
}

/// A text in which stray bytes were replaced, with the way back.
struct Haystack<'t> {
    text: Cow<'t, str>,
    /// Places in the replaced text with the places in the given one, if any byte was replaced. Between them both move
    /// alike.
    places: Vec<(usize, usize)>,
}

impl<'t> Haystack<'t> {
    fn new(bytes: &'t [u8]) -> Self {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Haystack { text: Cow::Borrowed(text), places: Vec::new() };
        }
        let mut text = String::with_capacity(bytes.len() + 16);
        let mut places = Vec::new();
        for (at, rune, len) in super::utf8::runes(bytes) {
            text.push(rune.unwrap_or(char::REPLACEMENT_CHARACTER));
            if rune.is_none() {
                places.push((text.len(), at + len));
            }
        }
        Haystack { text: Cow::Owned(text), places }
    }

    fn place(&self, at: usize) -> usize {
        let before = self.places.partition_point(|(place, _)| *place <= at);
        match before.checked_sub(1).and_then(|i| self.places.get(i)) {
            Some((place, original)) => original + (at - place),
            None => at,
        }
    }

    fn range(&self, range: Range<usize>) -> Range<usize> {
        if self.places.is_empty() { range } else { self.place(range.start)..self.place(range.end) }
    }
}

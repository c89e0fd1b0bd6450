//! The recorded edits: which edit of which field each version took, and its words when it did not.

use super::super::path::FieldPath;
use super::super::tree;
use super::super::version::{Columns, KubeVersion, column, recorded};
use super::{Mode, Op, region};
use crate::value::Plain;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, OnceLock};

/// What a server answered to an edit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    Taken,
    /// Taken, and the value is what it was.
    Kept,
    /// Refused with this message of the kind.
    Refused(usize),
}

/// The server's words, with slots for what belongs to the object.
#[derive(Clone, PartialEq, Debug)]
pub struct Message {
    /// `Service` of `Service "x" is invalid: `; the whole message if there are no items.
    pub head: String,
    /// The single errors.
    pub items: Vec<String>,
}

/// One recorded edit of a field of one base object, at all versions.
#[derive(Clone, Debug)]
pub struct Row {
    /// The base object.
    pub variant: String,
    pub api_version: String,
    pub field: FieldPath,
    /// The field as a text.
    pub text: String,
    /// It changes several fields at once.
    pub is_several: bool,
    /// What the recording says of the new value: `larger, bound`.
    pub note: String,
    /// The new value of changes.
    pub to: Plain,
    /// What the server puts in for a field that is not sent.
    pub default: Option<Plain>,
    /// The answer depends on allocated values being carried forward, since a known patch.
    is_carried: bool,
    /// Where the field was not there before.
    absent: Columns,
    answers: [Vec<(usize, i32)>; 4],
    /// By each message that refuses it: the part of the object that is immutable as a whole, and the item that says so.
    parts: Vec<(usize, Option<(FieldPath, usize)>)>,
}

/// All recorded edits of a kind.
#[derive(Debug, Default)]
pub struct KindEdits {
    pub messages: Vec<Message>,
    pub rows: Vec<Row>,
    /// The recorded versions at which some row answers something else than at the one before, by their columns.
    pub switches: BTreeSet<usize>,
}

/// The patches since which allocated values are carried forward, by minor: kubernetes/kubernetes#103532 and its backports
/// #104673 and #104674.
const CARRIED_SINCE: [(u16, u16); 2] = [(20, 11), (21, 5)];
/// The column of the first recorded version that carries them forward.
const CARRYING_COLUMN: usize = 2;

/// The versions at which an answer can switch and the switch is known exactly.
pub fn exact_switches() -> impl Iterator<Item = KubeVersion> {
    CARRIED_SINCE.into_iter().map(|(minor, patch)| KubeVersion::new(1, minor, patch))
}

impl Row {
    /// The answer at a version; none if it was not asked there.
    pub fn answer(&self, op: Op, mode: Mode, at: KubeVersion) -> Option<Answer> {
        let asked = |mode| {
            let index = match (op.is_unset(), mode) {
                (false, Mode::Patch) => 0,
                (true, Mode::Patch) => 1,
                (false, Mode::Apply) => 2,
                (true, Mode::Apply) => 3,
            };
            self.recorded(index, self.column(at))
        };
        let other = if mode == Mode::Patch { Mode::Apply } else { Mode::Patch };
        asked(mode).or_else(|| asked(other))
    }

    fn column(&self, at: KubeVersion) -> usize {
        let carries = CARRIED_SINCE.iter().any(|(minor, patch)| at.minor == *minor && at.patch >= *patch);
        if self.is_carried && carries { CARRYING_COLUMN } else { column(at) }
    }

    fn recorded(&self, index: usize, column: usize) -> Option<Answer> {
        let mut end = 0;
        for (count, answer) in self.answers.get(index)? {
            end += count;
            if column < end {
                return match answer {
                    0 => Some(Answer::Taken),
                    1 => Some(Answer::Kept),
                    n => refused_with(*n).map(Answer::Refused),
                };
            }
        }
        None
    }

    /// The part of the object that is immutable as a whole, and the item of the message that says so, if that is why it was
    /// refused.
    pub fn part(&self, message: usize) -> Option<&(FieldPath, usize)> {
        self.parts.iter().find(|(of, _)| *of == message)?.1.as_ref()
    }

    /// Whether it was ever refused in words that may hold for the field.
    pub fn may_refuse(&self, table: &KindEdits, field: &FieldPath) -> bool {
        let is_meant = |(message, part): &(usize, Option<(FieldPath, usize)>)| {
            part.as_ref().is_some_and(|(path, item)| {
                let is_around = self.field.covers(field) || path.covers(field);
                is_around || table.item(*message, *item).is_some_and(region::is_of_volumes)
            })
        };
        // What is below a refused field follows it only where the whole is immutable.
        let is_itself = !self.parts.is_empty() && self.field.matches(field);
        !self.is_several && (is_itself || self.parts.iter().any(is_meant))
    }

    /// The columns at which it says something else than at the one before.
    fn switches(&self) -> impl Iterator<Item = usize> {
        let ends = self.answers.iter().flat_map(|runs| {
            runs.iter().scan(0, |end, (count, _)| {
                *end += count;
                Some(*end)
            })
        });
        let absent = (1..recorded().len()).filter(|column| self.absent.has(*column) != self.absent.has(column - 1));
        ends.chain(absent)
    }

    /// The field was not there before the change.
    pub fn is_set_once(&self, at: KubeVersion) -> bool {
        self.absent.has(column(at))
    }
}

impl KindEdits {
    /// One of the errors that a message names.
    pub fn item(&self, message: usize, item: usize) -> Option<&str> {
        Some(self.messages.get(message)?.items.get(item)?)
    }
}

#[derive(Deserialize)]
struct RawTable {
    messages: Vec<(String, Vec<String>)>,
    rows: Vec<RawRow>,
}

#[derive(Deserialize)]
struct RawRow {
    v: String,
    api: String,
    f: String,
    n: String,
    t: serde_json::Value,
    o: BTreeMap<String, Vec<(usize, i32)>>,
    #[serde(default)]
    d: Option<serde_json::Value>,
    #[serde(default)]
    x: bool,
    z: String,
}

/// The rows that hold for objects of every kind.
pub const EVERY_KIND: &str = "*";

/// The recorded edits of a kind.
pub fn of_kind(kind: &str) -> Option<&'static KindEdits> {
    type Tables = BTreeMap<&'static str, (&'static str, OnceLock<KindEdits>)>;
    static TABLES: LazyLock<Tables> = LazyLock::new(|| {
        let lines = include_str!("../data/edits.txt").lines().filter_map(|line| line.split_once('\t'));
        lines.map(|(kind, json)| (kind, (json, OnceLock::new()))).collect()
    });
    let (json, table) = TABLES.get(kind)?;
    Some(table.get_or_init(|| read(json).unwrap_or_default()))
}

/// The messages that refuse an edit, with the parts that they call immutable.
fn parts(
    answers: &[Vec<(usize, i32)>],
    messages: &[Message],
    field: &FieldPath,
) -> Vec<(usize, Option<(FieldPath, usize)>)> {
    let refusals = answers.iter().flatten().filter_map(|(_, answer)| refused_with(*answer));
    let refusals: BTreeSet<usize> = refusals.collect();
    refusals.into_iter().map(|n| (n, messages.get(n).and_then(|message| region::part(field, message)))).collect()
}

/// The message that a recorded answer refuses with.
fn refused_with(answer: i32) -> Option<usize> {
    usize::try_from(answer.checked_sub(2)?).ok()
}

fn read(json: &str) -> Option<KindEdits> {
    let table: RawTable = serde_json::from_str(json).ok()?;
    let messages: Vec<Message> = table.messages.into_iter().map(|(head, items)| Message { head, items }).collect();
    let rows = table.rows.into_iter().map(|mut row| {
        let mut answers = |op: &str| row.o.remove(op).unwrap_or_default();
        let answers = [answers("change"), answers("unset"), answers("apply-change"), answers("apply-unset")];
        let field = FieldPath::parse(&row.f);
        let to = tree::from_json(&row.t);
        let text = field.to_string();
        Row {
            variant: row.v,
            api_version: row.api,
            is_several: to.as_map().is_some() && matches!(text.as_str(), "spec" | "data"),
            parts: parts(&answers, &messages, &field),
            field,
            text,
            note: row.n,
            to,
            default: row.d.as_ref().map(tree::from_json),
            is_carried: row.x,
            absent: Columns::parse(&row.z),
            answers,
        }
    });
    let rows: Vec<Row> = rows.collect();
    let switches = rows.iter().flat_map(Row::switches).collect();
    Some(KindEdits { messages, rows, switches })
}

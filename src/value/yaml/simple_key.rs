//! Simple keys: what a `:` later on the line may turn into a key.

use super::input::Mark;
use super::scanner::{Scan, Scanner};

/// A simple key ends within this many characters.
const MAX_SIMPLE_KEY: usize = 1024;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SimpleKey {
    pub possible: bool,
    /// Without a `:` the text is not YAML.
    pub required: bool,
    /// The number of the first token of the key, counted from the start of the text.
    pub token: usize,
    pub mark: Mark,
}

impl Scanner<'_> {
    pub(super) fn is_valid_key(&mut self, level: usize) -> Scan<bool> {
        let mark = self.input.mark;
        let Some(key) = self.simple_keys.get_mut(level) else { return Ok(false) };
        if !key.possible {
            return Ok(false);
        }
        if key.mark.line < mark.line || key.mark.column + MAX_SIMPLE_KEY < mark.column {
            if key.required {
                return self.error("could not find expected ':'");
            }
            key.possible = false;
            return Ok(false);
        }
        Ok(true)
    }

    pub(super) fn save_simple_key(&mut self) -> Scan<()> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        let mark = self.input.mark;
        let required = self.flow_level == 0 && self.indent == mark.column as isize;
        let key = SimpleKey { possible: true, required, token: self.next_number(), mark };
        self.remove_simple_key()?;
        if let Some(last) = self.simple_keys.last_mut() {
            *last = key;
            let level = self.simple_keys.len() - 1;
            match self.key_start(key.token) {
                Ok(at) => _ = self.key_starts.get_mut(at).map(|known| known.1 = level),
                Err(at) => self.key_starts.insert(at, (key.token, level)),
            }
        }
        Ok(())
    }

    pub(super) fn remove_simple_key(&mut self) -> Scan<()> {
        let Some(key) = self.simple_keys.last_mut() else { return Ok(()) };
        if key.possible {
            if key.required {
                return self.error("could not find expected ':'");
            }
            key.possible = false;
            let token = key.token;
            self.forget_key(token);
        }
        Ok(())
    }

    /// Where the possible key that starts with this token stands among those that are known, or would.
    pub(super) fn key_start(&self, token: usize) -> Result<usize, usize> {
        self.key_starts.binary_search_by_key(&token, |(token, _)| *token)
    }

    pub(super) fn forget_key(&mut self, token: usize) {
        if let Ok(at) = self.key_start(token) {
            self.key_starts.remove(at);
        }
    }
}

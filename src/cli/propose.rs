//! What somebody may have meant.

/// How alike two words have to be, from 0 to 1.
const ALIKE: f64 = 0.75;

/// The name that is most like a word, when one is like it at all.
pub fn near<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    // A longer text is no word that was typed wrong, and comparing it would take long.
    if word.chars().count() > 100 {
        return None;
    }
    let mut best: Option<(f64, &str)> = None;
    for name in names {
        let alike = strsim::normalized_damerau_levenshtein(&word, name).max(strsim::jaro(&word, name) - 0.1);
        if alike >= ALIKE && best.is_none_or(|(most, _)| alike > most) {
            best = Some((alike, name));
        }
    }
    best.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_wrong_is_found_and_what_is_another_word_is_not() {
        let names = ["explain", "rules", "render", "diff", "immutable-field-from-lookup", "lookup-unguarded"];
        for (word, name) in [
            ("rendr", Some("render")),
            ("Explain", Some("explain")),
            ("rule", Some("rules")),
            ("imutable-field-from-lokup", Some("immutable-field-from-lookup")),
            ("unguarded", None),
            ("web", None),
            ("charts", None),
        ] {
            assert_eq!(near(word, names), name, "{word}");
        }
    }
}

//! The word that was meant: a small module below all rooms, for messages that propose.

/// The known word that is nearest to a misspelt one; none where nothing is near.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Nobody misspells that much, and comparing takes the product of the lengths.
    if word.len() > 100 {
        return None;
    }
    let word = word.to_lowercase();
    let near = known.into_iter().map(|candidate| (strsim::damerau_levenshtein(&word, candidate), candidate));
    let (distance, candidate) = near.min()?;
    (distance <= 1 + candidate.chars().count() / 4).then_some(candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_is_proposed_and_the_rest_is_not() {
        let known = ["ignore", "ignore-file", "immutable-field-from-lookup"];
        assert_eq!(nearest("ingore", known), Some("ignore"));
        assert_eq!(nearest("Ignore_file", known), Some("ignore-file"));
        assert_eq!(nearest("imutable-field-form-lookup", known), Some("immutable-field-from-lookup"));
        assert_eq!(nearest("secret", known), None);
        assert_eq!(nearest(&"x".repeat(1_000_000), known), None);
    }
}

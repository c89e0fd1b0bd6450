//! The pages of the rules, so that the program and its reports can show them without the repository.
//!
//! The table is made by `build.rs` from `docs/rules/`.

/// Name and Markdown of each page, sorted by name.
static PAGES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The page of a rule.
pub fn page(rule: &str) -> Option<&'static str> {
    PAGES.iter().find(|(name, _)| *name == rule).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RULES;

    #[test]
    fn every_rule_has_a_page_and_every_page_a_rule() {
        let mut rules: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
        rules.sort_unstable();
        let pages: Vec<&str> = PAGES.iter().map(|(name, _)| *name).collect();
        assert_eq!(rules, pages);
    }

    #[test]
    fn a_page_starts_with_the_name_of_its_rule() {
        for (name, text) in PAGES {
            assert_eq!(text.lines().next(), Some(format!("# {name}").as_str()));
        }
    }
}

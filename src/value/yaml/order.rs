//! The order in which go-yaml writes the keys of a map: a natural one, which is no order at all for some sets of keys.

use super::Dialect;
use crate::value::golang::unicode::{is_digit, is_letter};

/// Whether go-yaml puts key `a` before key `b`.
pub(super) fn is_less(a: &str, b: &str, dialect: Dialect) -> bool {
    let same = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    // Back to the start of the character in which they differ.
    let same = (0..=same).rev().find(|at| a.is_char_boundary(*at) && b.is_char_boundary(*at)).unwrap_or(0);
    let (before, rest_a) = a.split_at(same);
    let rest_b = b.get(same..).unwrap_or_default();
    let (Some(x), Some(y)) = (rest_a.chars().next(), rest_b.chars().next()) else {
        return rest_a.len() < rest_b.len();
    };
    match (is_letter(x), is_letter(y)) {
        (true, true) => return x < y,
        (false, false) => {}
        (x_is_letter, y_is_letter) => {
            let after_digit = before.chars().next_back().is_some_and(is_digit);
            return if dialect == Dialect::V3 && after_digit { x_is_letter } else { y_is_letter };
        }
    }
    // A zero after a digit that is not zero is part of a larger number.
    let mut digits_before = before.chars().rev().take_while(|c| is_digit(*c));
    let start = i64::from((x == '0' || y == '0') && digits_before.any(|c| c != '0'));
    let number = |text: &str| {
        let digits = text.chars().take_while(|c| is_digit(*c));
        digits.fold((start, 0usize), |(number, length), c| {
            let digit = i64::from(u32::from(c)) - i64::from(u32::from('0'));
            (number.wrapping_mul(10).wrapping_add(digit), length + 1)
        })
    };
    let (number_a, number_b) = (number(rest_a), number(rest_b));
    if number_a == number_b { x < y } else { number_a < number_b }
}

/// Sorts by key; tells whether the result depends on the order before, which is random in Go.
pub(super) fn sort<T>(items: &mut Vec<T>, key: impl Fn(&T) -> &str, dialect: Dialect) -> bool {
    let is_before = |a: &T, b: &T| is_less(key(a), key(b), dialect);
    if items.windows(2).all(|pair| matches!(pair, [a, b] if is_before(a, b))) {
        return !is_consistent(items, is_before, &key);
    }
    let mut sorted: Vec<T> = Vec::with_capacity(items.len());
    for item in items.drain(..) {
        let at = sorted.partition_point(|known| is_before(known, &item));
        sorted.insert(at, item);
    }
    *items = sorted;
    !is_consistent(items, is_before, &key)
}

/// Longer lists are compared only with their near neighbours.
const FAR: usize = 128;

/// Whether every item is before all that follow it. Without digits that cannot be otherwise.
fn is_consistent<'a, T>(items: &'a [T], is_before: impl Fn(&T, &T) -> bool, key: &impl Fn(&'a T) -> &'a str) -> bool {
    let may_be_odd = |item: &'a T| key(item).bytes().any(|b| b.is_ascii_digit() || !b.is_ascii());
    if !items.iter().any(may_be_odd) {
        return true;
    }
    let far = if items.len() > FAR { FAR / 4 } else { items.len() };
    items.iter().enumerate().all(|(i, a)| items.iter().skip(i + 1).take(far).all(|b| is_before(a, b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(keys: &str, dialect: Dialect) -> (String, bool) {
        let mut keys: Vec<&str> = keys.split(' ').collect();
        let odd = sort(&mut keys, |k| k, dialect);
        (keys.join(" "), odd)
    }

    #[test]
    fn natural_order() {
        for (keys, wanted) in [
            ("a10 a2 a1", "a1 a2 a10"),
            ("ab a.b a-b", "a-b a.b ab"),
            ("b a B A", "A B a b"),
            ("v1.10 v1.9", "v1.9 v1.10"),
            ("a100 a10 a1000", "a10 a100 a1000"),
            ("é z", "z é"),
        ] {
            assert_eq!(sorted(keys, Dialect::V2), (wanted.to_string(), false));
        }
    }

    #[test]
    fn versions_of_go_yaml_differ_after_a_digit() {
        assert_eq!(sorted("a1b a1-", Dialect::V2).0, "a1- a1b");
        assert_eq!(sorted("a1b a1-", Dialect::V3).0, "a1b a1-");
    }

    #[test]
    fn an_order_that_is_none_is_reported() {
        assert!(sorted("v10 v1a v01", Dialect::V2).1);
        assert!(sorted("v01 v10 v1a", Dialect::V2).1);
    }
}

//! Classes of runes and escapes.

use super::RegexpError;
use super::parse::{check_utf8, error, next_rune};
use super::syntax::*;
use std::fmt::Write;

/// `[…]`; gives what follows it.
pub(super) fn parse(text: &[u8]) -> Result<(Class, &[u8]), RegexpError> {
    let mut rest = &text[1..];
    let is_negated = rest.first() == Some(&b'^');
    if is_negated {
        rest = &rest[1..];
    }
    let mut class = Class { is_negated, ..Class::default() };
    let mut is_first = true;
    while is_first || rest.first() != Some(&b']') {
        is_first = false;
        if let Some(after) = posix(rest, &mut class)? {
            rest = after;
            continue;
        }
        if let Some(after) = named(rest, &mut class)? {
            rest = after;
            continue;
        }
        let start = rest;
        let (low, after) = class_char(rest, text)?;
        rest = after;
        let mut high = low;
        if let [b'-', next, ..] = rest
            && *next != b']'
        {
            (high, rest) = class_char(&rest[1..], text)?;
            if high < low {
                return error(CHAR_RANGE, &start[..start.len() - rest.len()]);
            }
        }
        push_range(&mut class, low, high);
    }
    Ok((class, &rest[1..]))
}

fn class_char<'p>(text: &'p [u8], class: &[u8]) -> Result<(u32, &'p [u8]), RegexpError> {
    match text.first() {
        None => error(MISSING_BRACKET, class),
        Some(b'\\') => escape(text),
        Some(_) => next_rune(text).map(|(c, rest)| (c.into(), rest)),
    }
}

/// A range without the surrogates, which no text has.
fn push_range(class: &mut Class, low: u32, high: u32) {
    let low = if (0xd800..0xe000).contains(&low) { 0xe000 } else { low };
    let high = if (0xd800..0xe000).contains(&high) { 0xd7ff } else { high };
    if low <= high {
        // Writing to a String does not fail.
        let _ = write!(class.items, r"\x{{{low:x}}}-\x{{{high:x}}}");
        class.bits |= bits_of(low, high);
    }
}

/// The bits of what a range has of ASCII.
fn bits_of(low: u32, high: u32) -> u128 {
    if low > 127 {
        return 0;
    }
    u128::MAX >> (127 - high.min(127)) & u128::MAX << low
}

/// Characters of ASCII, by their ranges.
type Set = &'static [(u8, u8)];

const DIGITS: Set = &[(b'0', b'9')];
const SPACES: Set = &[(b'\t', b'\n'), (b'\x0C', b'\r'), (b' ', b' ')];
const WORDS: Set = &[(b'0', b'9'), (b'A', b'Z'), (b'_', b'_'), (b'a', b'z')];

const POSIX: &[(&[u8], Set)] = &[
    (b"alnum", &[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z')]),
    (b"alpha", &[(b'A', b'Z'), (b'a', b'z')]),
    (b"ascii", &[(0, 0x7F)]),
    (b"blank", &[(b'\t', b'\t'), (b' ', b' ')]),
    (b"cntrl", &[(0, 0x1F), (0x7F, 0x7F)]),
    (b"digit", DIGITS),
    (b"graph", &[(0x21, 0x7E)]),
    (b"lower", &[(b'a', b'z')]),
    (b"print", &[(0x20, 0x7E)]),
    (b"punct", &[(0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)]),
    (b"space", &[(0x09, 0x0D), (b' ', b' ')]),
    (b"upper", &[(b'A', b'Z')]),
    (b"word", WORDS),
    (b"xdigit", &[(b'0', b'9'), (b'A', b'F'), (b'a', b'f')]),
];

/// `[:name:]` within a class.
fn posix<'p>(text: &'p [u8], class: &mut Class) -> Result<Option<&'p [u8]>, RegexpError> {
    let [b'[', b':', inner @ ..] = text else { return Ok(None) };
    let Some(end) = inner.windows(2).position(|pair| pair == b":]").filter(|_| text.len() > 2) else { return Ok(None) };
    let (name, rest) = (&inner[..end], &inner[end + 2..]);
    let (is_negated, plain) = match name {
        [b'^', plain @ ..] => (true, plain),
        _ => (false, name),
    };
    match POSIX.iter().find(|(known, _)| *known == plain) {
        Some((_, set)) => push_set(class, set, is_negated),
        None => return error(CHAR_RANGE, &text[..end + 4]),
    }
    Ok(Some(rest))
}

fn push_set(class: &mut Class, set: Set, is_negated: bool) {
    class.items.push_str(if is_negated { "[^" } else { "[" });
    let mut bits = 0;
    for (low, high) in set {
        // Writing to a String does not fail.
        let _ = write!(class.items, r"\x{low:02x}-\x{high:02x}");
        bits |= bits_of((*low).into(), (*high).into());
    }
    class.items.push(']');
    class.bits |= if is_negated { !bits } else { bits };
}

/// `\d \s \w \D \S \W \pX \p{Name} \PX \P{Name}`
pub(super) fn named<'p>(text: &'p [u8], class: &mut Class) -> Result<Option<&'p [u8]>, RegexpError> {
    let [b'\\', kind, rest @ ..] = text else { return Ok(None) };
    let set = match kind.to_ascii_lowercase() {
        b'd' => DIGITS,
        b's' => SPACES,
        b'w' => WORDS,
        b'p' => return unicode(text, rest, *kind == b'P', class).map(Some),
        _ => return Ok(None),
    };
    push_set(class, set, kind.is_ascii_uppercase());
    Ok(Some(rest))
}

fn unicode<'p>(text: &'p [u8], rest: &'p [u8], is_negated: bool, class: &mut Class) -> Result<&'p [u8], RegexpError> {
    class.is_unicode = true;
    let (c, mut rest) = next_rune(rest)?;
    let len = text.len() - rest.len();
    let (mut name, mut sequence) = (&text[2..len], &text[..len]);
    if c == '{' {
        let Some(end) = text.iter().position(|c| *c == b'}') else {
            check_utf8(text)?;
            return error(CHAR_RANGE, text);
        };
        (name, sequence, rest) = (&text[3..end], &text[..=end], &text[end + 1..]);
        check_utf8(name)?;
    }
    let (mut is_negated, name) = match name {
        [b'^', name @ ..] => (!is_negated, name),
        _ => (is_negated, name),
    };
    let Some(named) = std::str::from_utf8(name).ok().and_then(class_of) else { return error(CHAR_RANGE, sequence) };
    let named = match named.strip_prefix('^') {
        Some(named) => {
            is_negated = !is_negated;
            named.to_owned()
        }
        None => named,
    };
    let items = &mut class.items;
    match (named.as_str(), is_negated) {
        // No text has surrogates.
        ("gc=Cs", false) => {}
        ("gc=Cs", true) => items.push_str(r"\p{any}"),
        (named, false) => items.extend([r"\p{", named, "}"]),
        (named, true) => items.extend([r"\P{", named, "}"]),
    }
    Ok(rest)
}

/// The regex crate's name of a class that Go knows; `^` before it negates.
fn class_of(name: &str) -> Option<String> {
    let plain: String = name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).collect::<String>().to_ascii_lowercase();
    match plain.as_str() {
        "any" => return Some("any".into()),
        "ascii" => return Some("ascii".into()),
        "assigned" => return Some("^gc=Cn".into()),
        _ => {}
    }
    let is_same = |known: &str| known.bytes().filter(|c| *c != b'_').map(|c| c.to_ascii_lowercase()).eq(plain.bytes());
    if let Some(category) = CATEGORIES.split_whitespace().find(|known| is_same(known)) {
        return Some(format!("gc={category}"));
    }
    if let Some(script) = SCRIPTS.split_whitespace().find(|known| is_same(known)) {
        return Some(format!("sc={script}"));
    }
    let mut aliases = ALIASES.split_whitespace().filter_map(|alias| alias.split_once('='));
    aliases.find(|(alias, _)| is_same(alias)).map(|(_, category)| format!("gc={category}"))
}

const CATEGORIES: &str = "C Cc Cf Cn Co Cs L LC Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z \
    Zl Zp Zs";

const ALIASES: &str = "Cased_Letter=LC Close_Punctuation=Pe Combining_Mark=M Connector_Punctuation=Pc Control=Cc \
    Currency_Symbol=Sc Dash_Punctuation=Pd Decimal_Number=Nd Enclosing_Mark=Me Final_Punctuation=Pf Format=Cf \
    Initial_Punctuation=Pi Letter=L Letter_Number=Nl Line_Separator=Zl Lowercase_Letter=Ll Mark=M Math_Symbol=Sm \
    Modifier_Letter=Lm Modifier_Symbol=Sk Nonspacing_Mark=Mn Number=N Open_Punctuation=Ps Other=C Other_Letter=Lo \
    Other_Number=No Other_Punctuation=Po Other_Symbol=So Paragraph_Separator=Zp Private_Use=Co Punctuation=P Separator=Z \
    Space_Separator=Zs Spacing_Mark=Mc Surrogate=Cs Symbol=S Titlecase_Letter=Lt Unassigned=Cn Uppercase_Letter=Lu \
    cntrl=Cc digit=Nd punct=P";

/// Unicode 15.
const SCRIPTS: &str = "Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali \
    Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee \
    Chorasmian Common Coptic Cuneiform Cypriot Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan \
    Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gunjala_Gondi \
    Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited Inscriptional_Pahlavi \
    Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kawi Kayah_Li Kharoshthi Khitan_Small_Script Khmer Khojki \
    Khudawadi Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean \
    Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi \
    Mongolian Mro Multani Myanmar Nabataean Nag_Mundari Nandinagari New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong \
    Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian Old_Sogdian Old_South_Arabian \
    Old_Turkic Old_Uyghur Oriya Osage Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi \
    Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese \
    Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan \
    Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho Warang_Citi Yezidi Yi Zanabazar_Square";

/// A backslash before a single character.
pub(super) fn escape(text: &[u8]) -> Result<(u32, &[u8]), RegexpError> {
    let rest = &text[1..];
    if rest.is_empty() {
        return error(TRAILING_BACKSLASH, b"");
    }
    let (c, mut rest) = next_rune(rest)?;
    match c {
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => return Ok((c.into(), rest)),
        '0'..='7' if c == '0' || matches!(rest.first(), Some(b'0'..=b'7')) => {
            let len = rest.iter().take(2).take_while(|c| matches!(c, b'0'..=b'7')).count();
            let (digits, rest) = rest.split_at(len);
            return Ok((digits.iter().fold(c as u32 - 48, |n, d| n * 8 + u32::from(d - b'0')), rest));
        }
        'x' if !rest.is_empty() => {
            let (first, after) = next_rune(rest)?;
            rest = after;
            if first == '{' {
                let mut number = 0u32;
                let mut count = 0;
                while !rest.is_empty() {
                    let (c, after) = next_rune(rest)?;
                    rest = after;
                    if c == '}' && count > 0 {
                        return Ok((number, rest));
                    }
                    let Some(digit) = c.to_digit(16) else { break };
                    number = number * 16 + digit;
                    count += 1;
                    if number > 0x10ffff {
                        break;
                    }
                }
            } else {
                let (second, after) = next_rune(rest)?;
                rest = after;
                if let (Some(high), Some(low)) = (first.to_digit(16), second.to_digit(16)) {
                    return Ok((high * 16 + low, rest));
                }
            }
        }
        'a' => return Ok((7, rest)),
        'f' => return Ok((0x0c, rest)),
        'n' => return Ok((0x0a, rest)),
        'r' => return Ok((0x0d, rest)),
        't' => return Ok((0x09, rest)),
        'v' => return Ok((0x0b, rest)),
        _ => {}
    }
    error(ESCAPE, &text[..text.len() - rest.len()])
}

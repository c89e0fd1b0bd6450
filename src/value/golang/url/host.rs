//! Users, hosts and ports of URLs.

use super::UserInfo;
use super::escape::{Mode, unescape};
use crate::value::golang::strconv::quote;
use crate::value::golang::utf8::runes;

pub(super) fn parse_authority(scheme: &[u8], authority: &[u8]) -> Result<(Option<UserInfo>, Vec<u8>), String> {
    let Some(at) = authority.iter().rposition(|c| *c == b'@') else {
        return Ok((None, parse_host(scheme, authority)?));
    };
    let host = parse_host(scheme, &authority[at + 1..])?;
    let user = &authority[..at];
    let is_valid = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
    if !runes(user).all(|(_, rune, _)| rune.is_some_and(is_valid)) {
        return Err("net/url: invalid userinfo".into());
    }
    let (name, password) = super::cut(user, b':');
    let name = unescape(name, Mode::UserPassword)?;
    let password = password.map(|text| unescape(text, Mode::UserPassword)).transpose()?;
    Ok((Some(UserInfo { name, password }), host))
}

/// `:` and digits, or nothing.
pub(super) fn is_optional_port(text: &[u8]) -> bool {
    match text {
        [] => true,
        [b':', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn check_port(text: &[u8]) -> Result<(), String> {
    if is_optional_port(text) { Ok(()) } else { Err(format!("invalid port {} after host", quote(text))) }
}

fn parse_host(scheme: &[u8], host: &[u8]) -> Result<Vec<u8>, String> {
    match host.iter().rposition(|c| *c == b'[') {
        Some(0) => return parse_literal(host),
        Some(_) => return Err("invalid IP-literal".into()),
        None => {}
    }
    let first = host.iter().position(|c| *c == b':');
    // Only the last colon counts, but for the web.
    let colon = if scheme == b"http" || scheme == b"https" { first } else { host.iter().rposition(|c| *c == b':') };
    if let Some(colon) = colon {
        check_port(&host[colon..])?;
    }
    unescape(host, Mode::Host)
}

/// `[address%25zone]:port`
fn parse_literal(host: &[u8]) -> Result<Vec<u8>, String> {
    let Some(close) = host.iter().rposition(|c| *c == b']') else { return Err("missing ']' in host".into()) };
    let port = &host[close + 1..];
    check_port(port)?;
    let port = unescape(port, Mode::Host)?;
    let name = &host[1..close.max(1)];
    let zone = name.windows(3).position(|part| part == b"%25").unwrap_or(name.len());
    let mut address = unescape(&name[..zone], Mode::Host)?;
    address.extend(unescape(&name[zone..], Mode::Zone)?);
    check_address(&address).map_err(|error| format!("invalid host: ParseAddr({}): {error}", quote(&address)))?;
    if !address.contains(&b':') {
        return Err("invalid IP-literal".into());
    }
    Ok([b"[", address.as_slice(), b"]", &port].concat())
}

fn at(message: &str, rest: &[u8]) -> Result<(), String> {
    Err(format!("{message} (at {})", quote(rest)))
}

/// `netip.ParseAddr`, without the address.
fn check_address(text: &[u8]) -> Result<(), String> {
    match text.iter().find(|c| matches!(c, b'.' | b':' | b'%')) {
        Some(b'.') => check_ipv4(text),
        Some(b':') => check_ipv6(text),
        Some(_) => Err("missing IPv6 address".into()),
        None => Err("unable to parse IP".into()),
    }
}

fn check_ipv4(text: &[u8]) -> Result<(), String> {
    let (mut value, mut digits, mut dots) = (0u32, 0, 0);
    for (index, c) in text.iter().enumerate() {
        match c {
            b'0'..=b'9' => {
                if digits == 1 && value == 0 {
                    return Err("IPv4 field has octet with leading zero".into());
                }
                value = value * 10 + u32::from(c - b'0');
                digits += 1;
                if value > 255 {
                    return Err("IPv4 field has value >255".into());
                }
            }
            b'.' => {
                if index == 0 || index + 1 == text.len() || text[index - 1] == b'.' {
                    return at("IPv4 field must have at least one digit", &text[index..]);
                }
                if dots == 3 {
                    return Err("IPv4 address too long".into());
                }
                (value, digits, dots) = (0, 0, dots + 1);
            }
            _ => return at("unexpected character", &text[index..]),
        }
    }
    if dots < 3 { Err("IPv4 address too short".into()) } else { Ok(()) }
}

fn check_ipv6(text: &[u8]) -> Result<(), String> {
    let (mut rest, zone) = super::cut(text, b'%');
    if zone == Some(b"") {
        return Err("zone must be a non-empty string".into());
    }
    let mut has_ellipsis = false;
    if let Some(after) = rest.strip_prefix(b"::") {
        if after.is_empty() {
            return Ok(());
        }
        has_ellipsis = true;
        rest = after;
    }
    let mut fields = 0;
    while fields < 8 {
        let digits = rest.iter().take_while(|c| c.is_ascii_hexdigit()).count();
        match digits {
            0 => return at("each colon-separated field must have at least one digit", rest),
            5.. => return at("each group must have 4 or less digits", rest),
            _ => {}
        }
        if rest.get(digits) == Some(&b'.') {
            if !has_ellipsis && fields != 6 {
                return at("embedded IPv4 address must replace the final 2 fields of the address", rest);
            }
            if fields > 6 {
                return at("too many hex fields to fit an embedded IPv4 at the end of the address", rest);
            }
            check_ipv4(rest)?;
            rest = b"";
            fields += 2;
            break;
        }
        fields += 1;
        rest = &rest[digits..];
        match rest {
            [] => break,
            [b':'] => return at("colon must be followed by more characters", rest),
            [b':', after @ ..] => rest = after,
            _ => return at("unexpected character, want colon", rest),
        }
        if rest[0] == b':' {
            if has_ellipsis {
                return at("multiple :: in address", rest);
            }
            has_ellipsis = true;
            rest = &rest[1..];
            if rest.is_empty() {
                break;
            }
        }
    }
    if !rest.is_empty() {
        return at("trailing garbage after address", rest);
    }
    match fields {
        0..8 if !has_ellipsis => Err("address string too short".into()),
        8 if has_ellipsis => Err("the :: must expand to at least one field of zeros".into()),
        _ => Ok(()),
    }
}

//! Go's package net/url: what `urlParse`, `urlJoin` and `urlquery` do.

mod escape;
mod host;

use super::segment::Segment;
use super::strconv::quote;
use escape::{Mode, encode, escape, is_valid_encoding, unescape};

/// `url.QueryEscape`, text/template's `urlquery`.
pub fn query_escape(text: &[u8], out: &mut dyn FnMut(Segment)) {
    encode(text, Mode::Query, out);
}

/// A name and perhaps a password.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct UserInfo {
    pub name: Vec<u8>,
    pub password: Option<Vec<u8>>,
}

impl UserInfo {
    /// `Userinfo.String`
    pub fn text(&self) -> Vec<u8> {
        let mut out = escape(&self.name, Mode::UserPassword);
        if let Some(password) = &self.password {
            out.push(b':');
            out.extend(escape(password, Mode::UserPassword));
        }
        out
    }
}

/// `url.URL`
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Url {
    pub scheme: Vec<u8>,
    pub opaque: Vec<u8>,
    pub user: Option<UserInfo>,
    /// With the port.
    pub host: Vec<u8>,
    /// Decoded.
    pub path: Vec<u8>,
    /// As it was written, if that is not how `path` would be encoded.
    pub raw_path: Vec<u8>,
    pub omits_host: bool,
    /// A `?` with nothing behind it.
    pub forces_query: bool,
    pub raw_query: Vec<u8>,
    pub fragment: Vec<u8>,
    pub raw_fragment: Vec<u8>,
}

/// The text before the separator, and the one after it if it occurs.
fn cut(text: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|c| *c == separator) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

impl Url {
    /// `url.Parse`; the error is Go's text: `parse "…": …`.
    pub fn parse(raw: &[u8]) -> Result<Url, String> {
        let (before, fragment) = cut(raw, b'#');
        let mut url = parse(before).map_err(|error| format!("parse {}: {error}", quote(before)))?;
        let fragment = fragment.unwrap_or_default();
        if !fragment.is_empty() {
            url.fragment = unescape(fragment, Mode::Fragment).map_err(|e| format!("parse {}: {e}", quote(raw)))?;
            if escape(&url.fragment, Mode::Fragment) != fragment {
                url.raw_fragment = fragment.to_vec();
            }
        }
        Ok(url)
    }

    /// `Hostname`: the host without port and brackets.
    pub fn hostname(&self) -> &[u8] {
        let host = match self.host.iter().rposition(|c| *c == b':') {
            Some(colon) if host::is_optional_port(&self.host[colon..]) => &self.host[..colon],
            _ => &self.host,
        };
        host.strip_prefix(b"[").and_then(|inner| inner.strip_suffix(b"]")).unwrap_or(host)
    }

    /// `String`
    pub fn text(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.scheme.is_empty() {
            out.extend_from_slice(&self.scheme);
            out.push(b':');
        }
        if self.opaque.is_empty() {
            self.push_hierarchy(&mut out);
        } else {
            out.extend_from_slice(&self.opaque);
        }
        if self.forces_query || !self.raw_query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.raw_query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            out.extend(written(&self.raw_fragment, &self.fragment, Mode::Fragment));
        }
        out
    }

    fn push_hierarchy(&self, out: &mut Vec<u8>) {
        let has_authority = !self.host.is_empty() || self.user.is_some();
        if has_authority || !self.scheme.is_empty() && !self.omits_host {
            if has_authority || !self.path.is_empty() {
                out.extend_from_slice(b"//");
            }
            if let Some(user) = &self.user {
                out.extend(user.text());
                out.push(b'@');
            }
            out.extend(escape(&self.host, Mode::Host));
        }
        let path = match self.path.as_slice() {
            b"*" if self.raw_path.is_empty() => b"*".to_vec(),
            _ => written(&self.raw_path, &self.path, Mode::Path),
        };
        if !path.is_empty() && path[0] != b'/' && !self.host.is_empty() {
            out.push(b'/');
        }
        // A colon in the first element would be taken for the end of a scheme.
        if out.is_empty() && cut(&path, b'/').0.contains(&b':') {
            out.extend_from_slice(b"./");
        }
        out.extend(path);
    }
}

/// How a part was written, if that still says the same, or its standard encoding.
fn written(raw: &[u8], decoded: &[u8], mode: Mode) -> Vec<u8> {
    let is_same = || unescape(raw, mode).is_ok_and(|text| text == decoded);
    if !raw.is_empty() && is_valid_encoding(raw, mode) && is_same() { raw.to_vec() } else { escape(decoded, mode) }
}

fn parse(raw: &[u8]) -> Result<Url, String> {
    if raw.iter().any(|c| *c < b' ' || *c == 0x7f) {
        return Err("net/url: invalid control character in URL".into());
    }
    let mut url = Url::default();
    if raw == b"*" {
        url.path = raw.to_vec();
        return Ok(url);
    }
    let (scheme, rest) = scheme(raw)?;
    url.scheme = scheme.to_ascii_lowercase();
    let (mut rest, query) = cut(rest, b'?');
    url.forces_query = query == Some(b"");
    url.raw_query = query.unwrap_or_default().to_vec();
    if !rest.starts_with(b"/") {
        if !url.scheme.is_empty() {
            url.opaque = rest.to_vec();
            return Ok(url);
        }
        if cut(rest, b'/').0.contains(&b':') {
            return Err("first path segment in URL cannot contain colon".into());
        }
    }
    if (!url.scheme.is_empty() || !rest.starts_with(b"///")) && rest.starts_with(b"//") {
        let end = rest[2..].iter().position(|c| *c == b'/').map_or(rest.len(), |at| at + 2);
        let authority = &rest[2..end];
        rest = &rest[end..];
        (url.user, url.host) = host::parse_authority(&url.scheme, authority)?;
    } else if !url.scheme.is_empty() && rest.starts_with(b"/") {
        url.omits_host = true;
    }
    url.path = unescape(rest, Mode::Path)?;
    if escape(&url.path, Mode::Path) != rest {
        url.raw_path = rest.to_vec();
    }
    Ok(url)
}

fn scheme(raw: &[u8]) -> Result<(&[u8], &[u8]), String> {
    for (at, c) in raw.iter().enumerate() {
        match c {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err("missing protocol scheme".into()),
            b':' => return Ok((&raw[..at], &raw[at + 1..])),
            _ => break,
        }
    }
    Ok((b"", raw))
}

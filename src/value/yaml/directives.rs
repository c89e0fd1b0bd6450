//! The part of the scanner that reads directives, tags, anchors and aliases.

use super::input::width;
use super::scanner::{Scan, Scanner};
use super::token::{RawTag, TokenKind};

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn is_uri(byte: u8) -> bool {
    is_name(byte) || b";/?:@&=+$,.!~*'()[]%".contains(&byte)
}

impl Scanner<'_> {
    /// Reads letters, digits, `_` and `-`.
    fn scan_name(&mut self) -> &str {
        let start = self.input.mark.at;
        let mut ahead = 0;
        while is_name(self.input.byte(ahead)) {
            ahead += 1;
        }
        self.input.advance_to(start + ahead);
        self.input.slice(start, start + ahead)
    }

    pub(super) fn scan_anchor(&mut self, is_alias: bool) -> Scan<()> {
        let start = self.input.mark;
        self.input.skip();
        let from = self.input.mark.at;
        self.scan_name();
        let to = self.input.mark.at;
        let ends = self.input.is_blank_or_end(0)
            || matches!(self.input.byte(0), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if from == to || !ends {
            return self.error("did not find expected alphabetic or numeric character");
        }
        let kind = if is_alias { TokenKind::Alias(from, to) } else { TokenKind::Anchor(from, to) };
        self.push(kind, start);
        Ok(())
    }

    pub(super) fn scan_directive(&mut self) -> Scan<()> {
        let start = self.input.mark;
        self.input.skip();
        let name = self.scan_name().to_owned();
        if name.is_empty() {
            return self.error("could not find expected directive name");
        }
        if !self.input.is_blank_or_end(0) {
            return self.error("found unexpected non-alphabetical character");
        }
        let kind = match name.as_str() {
            "YAML" => {
                self.input.skip_blanks();
                let major = self.scan_version_number()?;
                if self.input.byte(0) != b'.' {
                    return self.error("did not find expected digit or '.' character");
                }
                self.input.skip();
                let minor = self.scan_version_number()?;
                TokenKind::VersionDirective { major, minor }
            }
            "TAG" => {
                self.input.skip_blanks();
                let handle = self.scan_tag_handle(true)?;
                if !self.input.is_blank(0) {
                    return self.error("did not find expected whitespace");
                }
                self.input.skip_blanks();
                let prefix = self.scan_uri(&[])?;
                if !self.input.is_blank_or_end(0) {
                    return self.error("did not find expected whitespace or line break");
                }
                TokenKind::TagDirective(RawTag { handle, suffix: prefix }.into())
            }
            _ => return self.error("found unknown directive name"),
        };
        let end = self.input.mark.at;
        self.input.skip_blanks();
        if self.input.byte(0) == b'#' {
            self.input.skip_to_break();
        }
        if !self.input.is_break_or_end(0) {
            return self.error("did not find expected comment or line break");
        }
        self.input.read_break();
        self.push_until(kind, start, end);
        Ok(())
    }

    fn scan_version_number(&mut self) -> Scan<u32> {
        let mut value = 0;
        let mut length = 0;
        while self.input.byte(0).is_ascii_digit() {
            length += 1;
            if length > 2 {
                return self.error("found extremely long version number");
            }
            value = value * 10 + u32::from(self.input.byte(0) - b'0');
            self.input.skip();
        }
        if length == 0 {
            return self.error("did not find expected version number");
        }
        Ok(value)
    }

    pub(super) fn scan_tag(&mut self) -> Scan<()> {
        let start = self.input.mark;
        let mut handle = Vec::new();
        let mut suffix;
        if self.input.byte(1) == b'<' {
            self.input.advance_to(start.at + 2);
            suffix = self.scan_uri(&[])?;
            if self.input.byte(0) != b'>' {
                return self.error("did not find the expected '>'");
            }
            self.input.skip();
        } else {
            handle = self.scan_tag_handle(false)?;
            if handle.len() > 1 && handle.ends_with(b"!") {
                suffix = self.scan_uri(&[])?;
            } else {
                suffix = self.scan_uri(&handle)?;
                handle = b"!".to_vec();
                if suffix.is_empty() {
                    std::mem::swap(&mut handle, &mut suffix);
                }
            }
        }
        if !self.input.is_blank_or_end(0) {
            return self.error("did not find expected whitespace or line break");
        }
        self.push(TokenKind::Tag(Box::new(RawTag { handle, suffix })), start);
        Ok(())
    }

    fn scan_tag_handle(&mut self, in_directive: bool) -> Scan<Vec<u8>> {
        if self.input.byte(0) != b'!' {
            return self.error("did not find expected '!'");
        }
        let from = self.input.mark.at;
        self.input.skip();
        self.scan_name();
        if self.input.byte(0) == b'!' {
            self.input.skip();
        } else if in_directive && self.input.mark.at > from + 1 {
            return self.error("did not find expected '!'");
        }
        Ok(self.input.slice(from, self.input.mark.at).as_bytes().to_vec())
    }

    /// Reads the rest of a tag; `head` is what was taken for a handle and is part of it, without its `!`.
    fn scan_uri(&mut self, head: &[u8]) -> Scan<Vec<u8>> {
        let mut uri = head.get(1..).unwrap_or_default().to_vec();
        let mut is_tag = !head.is_empty();
        while is_uri(self.input.byte(0)) {
            is_tag = true;
            if self.input.byte(0) == b'%' {
                self.scan_uri_escape(&mut uri)?;
            } else {
                uri.push(self.input.byte(0));
                self.input.skip();
            }
        }
        if !is_tag {
            return self.error("did not find expected tag URI");
        }
        Ok(uri)
    }

    fn scan_uri_escape(&mut self, uri: &mut Vec<u8>) -> Scan<()> {
        let mut left = 0;
        loop {
            let at = self.input.mark.at;
            let code = self.input.slice(at + 1, at + 3);
            let octet = match u8::from_str_radix(code, 16) {
                Ok(octet)
                    if self.input.byte(0) == b'%' && code.bytes().all(|b| b.is_ascii_hexdigit()) && code.len() == 2 =>
                {
                    octet
                }
                _ => return self.error("did not find URI escaped octet"),
            };
            if left == 0 {
                if matches!(octet, 0x80..=0xBF | 0xF8..) {
                    return self.error("found an incorrect leading UTF-8 octet");
                }
                left = width(octet);
            } else if octet & 0xC0 != 0x80 {
                return self.error("found an incorrect trailing UTF-8 octet");
            }
            uri.push(octet);
            self.input.advance_to(at + 3);
            left -= 1;
            if left == 0 {
                return Ok(());
            }
        }
    }
}

//! What may stand before a node or a document: anchors, aliases, tags and directives.

use super::super::problem::{Kind as ProblemKind, Problem};
use super::{Kind, Scanner};
use crate::base::Range;

impl<'t> Scanner<'t> {
    /// An anchor `&name` or an alias `*name`.
    pub(super) fn anchor(&mut self, alias: bool) -> Result<(), Problem> {
        self.save_candidate()?;
        self.key_allowed = false;
        let start = self.at;
        self.at += 1;
        let name = self.word();
        let ends = self.blank_or_end(0) || matches!(self.byte(0), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        let range = Range::new(start as u32, self.at as u32);
        if name.is_empty() || !ends {
            return Err(Problem::new(if alias { ProblemKind::BadAlias } else { ProblemKind::BadAnchor }, range));
        }
        self.push(if alias { Kind::Alias(name) } else { Kind::Anchor(name) }, range);
        Ok(())
    }

    /// A tag: `!`, `!local`, `!!str`, `!handle!suffix`, `!<uri>`.
    pub(super) fn tag(&mut self) -> Result<(), Problem> {
        self.save_candidate()?;
        self.key_allowed = false;
        let start = self.at;
        let pair = if self.byte(1) == b'<' {
            self.at += 2;
            let uri = self.tag_uri("", start)?;
            if self.byte(0) != b'>' {
                return Err(self.bad_tag(start));
            }
            self.at += 1;
            (String::new(), uri)
        } else {
            let handle = self.tag_handle(start, false)?;
            if handle.len() > 1 && handle.ends_with('!') {
                let suffix = self.tag_uri("", start)?;
                (handle, suffix)
            } else {
                let suffix = self.tag_uri(&handle, start)?;
                if suffix.is_empty() { (String::new(), "!".to_owned()) } else { ("!".to_owned(), suffix) }
            }
        };
        if !self.blank_or_end(0) {
            return Err(self.bad_tag(start));
        }
        self.push(Kind::Tag(Box::new(pair)), Range::new(start as u32, self.at as u32));
        Ok(())
    }

    /// `%YAML 1.1` or `%TAG !h! prefix`.
    pub(super) fn directive(&mut self) -> Result<(), Problem> {
        self.unroll(-1);
        self.drop_candidate()?;
        self.key_allowed = false;
        let start = self.at;
        self.at += 1;
        let name = self.word();
        let bad = |scanner: &Self| Problem::new(ProblemKind::BadDirective, Range::new(start as u32, scanner.at.max(start + 1) as u32));
        if name.is_empty() || !self.blank_or_end(0) {
            return Err(bad(self));
        }
        self.blanks();
        let kind = match name {
            "YAML" => {
                let Some(major) = self.version_number() else { return Err(bad(self)) };
                if self.byte(0) != b'.' {
                    return Err(bad(self));
                }
                self.at += 1;
                let Some(minor) = self.version_number() else { return Err(bad(self)) };
                Kind::Version { major, minor }
            }
            "TAG" => {
                let handle = self.tag_handle(start, true)?;
                if !matches!(self.byte(0), b' ' | b'\t') {
                    return Err(bad(self));
                }
                self.blanks();
                let prefix = self.tag_uri("", start)?;
                if !self.blank_or_end(0) {
                    return Err(bad(self));
                }
                Kind::TagDirective(Box::new((handle, prefix)))
            }
            _ => return Err(bad(self)),
        };
        let range = Range::new(start as u32, self.at as u32);
        self.blanks();
        if self.byte(0) == b'#' {
            self.skip_to_break();
        }
        let length = self.break_length(0);
        if length == 0 && self.at < self.bytes.len() {
            return Err(bad(self));
        }
        if length > 0 {
            self.pass_break(length);
        }
        self.push(kind, range);
        Ok(())
    }

    fn blanks(&mut self) {
        while matches!(self.byte(0), b' ' | b'\t') {
            self.at += 1;
        }
    }

    /// Letters, digits, `_` and `-`.
    fn word(&mut self) -> &'t str {
        let start = self.at;
        while self.byte(0).is_ascii_alphanumeric() || matches!(self.byte(0), b'_' | b'-') {
            self.at += 1;
        }
        self.text.get(start..self.at).unwrap_or("")
    }

    fn version_number(&mut self) -> Option<u32> {
        let start = self.at;
        while self.byte(0).is_ascii_digit() {
            self.at += 1;
        }
        self.text.get(start..self.at).filter(|d| d.len() <= 2)?.parse().ok()
    }

    fn bad_tag(&self, start: usize) -> Problem {
        Problem::new(ProblemKind::BadTag, Range::new(start as u32, self.at.max(start + 1) as u32))
    }

    fn tag_handle(&mut self, start: usize, directive: bool) -> Result<String, Problem> {
        if self.byte(0) != b'!' {
            return Err(self.bad_tag(start));
        }
        let from = self.at;
        self.at += 1;
        let name = self.word();
        if self.byte(0) == b'!' {
            self.at += 1;
        } else if directive && !name.is_empty() {
            return Err(self.bad_tag(start));
        }
        Ok(self.text.get(from..self.at).unwrap_or("").to_owned())
    }

    /// The rest of a tag; `head` is what has been read of it, with its `!`.
    fn tag_uri(&mut self, head: &str, start: usize) -> Result<String, Problem> {
        let mut uri = head.get(1..).unwrap_or("").to_owned();
        let from = self.at;
        loop {
            match self.byte(0) {
                b'%' => self.uri_escape(&mut uri, start)?,
                b if b.is_ascii_alphanumeric() || b"_-;/?:@&=+$,.!~*'()[]".contains(&b) => {
                    uri.push(b as char);
                    self.at += 1;
                }
                _ => break,
            }
        }
        if self.at == from && head.is_empty() {
            return Err(self.bad_tag(start));
        }
        Ok(uri)
    }

    /// One character of a tag as `%C3%A9`.
    fn uri_escape(&mut self, uri: &mut String, start: usize) -> Result<(), Problem> {
        let mut octets = Vec::new();
        loop {
            let code = self.text.get(self.at + 1..self.at + 3).filter(|_| self.byte(0) == b'%').and_then(|d| u8::from_str_radix(d, 16).ok());
            let Some(octet) = code else { return Err(self.bad_tag(start)) };
            octets.push(octet);
            self.at += 3;
            match std::str::from_utf8(&octets) {
                Ok(text) => {
                    uri.push_str(text);
                    return Ok(());
                }
                Err(e) if e.error_len().is_some() => return Err(self.bad_tag(start)),
                Err(_) => {}
            }
        }
    }
}

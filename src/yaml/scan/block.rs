//! Block scalars: `|` keeps the lines, `>` folds them.

use std::borrow::Cow;

use super::super::problem::{Kind as ProblemKind, Problem};
use super::{Scanner, Style};
use crate::base::Range;

/// What becomes of the line ends at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomp {
    Strip,
    Clip,
    Keep,
}

impl Scanner<'_> {
    pub(super) fn block_scalar(&mut self, literal: bool) -> Result<(), Problem> {
        self.drop_candidate()?;
        self.key_allowed = true;
        let start = self.at;
        self.at += 1;
        let (chomp, increment) = self.block_header(start)?;
        let mut indent = match increment {
            0 => 0,
            n => self.indent.max(0) + n,
        };
        let mut end = self.content_end_of_header(start);
        let mut text = String::new();
        let mut line_end = "";
        let mut trailing = self.block_breaks(&mut indent)?;
        let mut leading_blank = false;
        while self.column() == indent && self.at < self.bytes.len() {
            let blank = matches!(self.byte(0), b' ' | b'\t');
            if !literal && !leading_blank && !blank && line_end == "\n" {
                if trailing.is_empty() {
                    text.push(' ');
                }
            } else {
                text.push_str(line_end);
            }
            text.push_str(&trailing);
            leading_blank = blank;
            let line = self.at;
            self.pass_line();
            text.push_str(self.text.get(line..self.at).unwrap_or(""));
            end = self.at;
            line_end = match self.break_length(0) {
                0 if self.pass_end() => "\n",
                0 => "",
                3 if self.byte(2) == 0xa8 => "\u{2028}",
                3 => "\u{2029}",
                _ => "\n",
            };
            let length = self.break_length(0);
            if length > 0 {
                self.pass_break(length);
            }
            trailing = self.block_breaks(&mut indent)?;
        }
        if chomp != Chomp::Strip {
            text.push_str(line_end);
        }
        if chomp == Chomp::Keep {
            text.push_str(&trailing);
        }
        self.push_scalar(Cow::Owned(text), Style::Block, Range::new(start as u32, end as u32));
        Ok(())
    }

    /// Passes a line's text. Most lines end with a line feed and have no other line end in them.
    fn pass_line(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or_default();
        if line.is_ascii() && memchr::memchr(b'\r', line).is_none() {
            self.at += length;
        } else {
            self.skip_to_break();
        }
    }

    /// At the end of a text whose last line has no line end: Kubernetes' reader adds it. Whether it was missing.
    fn pass_end(&mut self) -> bool {
        let missing = self.at >= self.bytes.len() && self.unended;
        self.unended &= !missing;
        if missing {
            self.line += 1;
            self.line_start = self.at;
        }
        missing
    }

    fn content_end_of_header(&self, start: usize) -> usize {
        let header = self.text.get(start..self.at).unwrap_or("");
        start + header.trim_end().len()
    }

    /// What follows the `|` or `>`: chomping, indentation, a comment, the line's end.
    fn block_header(&mut self, start: usize) -> Result<(Chomp, isize), Problem> {
        let mut chomp = Chomp::Clip;
        let mut increment = 0;
        let mut signs = 0;
        loop {
            match self.byte(0) {
                b'+' | b'-' if signs & 1 == 0 => {
                    chomp = if self.byte(0) == b'+' { Chomp::Keep } else { Chomp::Strip };
                    signs |= 1;
                }
                digit @ b'0'..=b'9' if signs & 2 == 0 => {
                    if digit == b'0' {
                        return Err(Problem::new(ProblemKind::BlockIndentZero, self.here(1)));
                    }
                    increment = isize::from(digit - b'0');
                    signs |= 2;
                }
                _ => break,
            }
            self.at += 1;
        }
        while matches!(self.byte(0), b' ' | b'\t') {
            self.at += 1;
        }
        if self.byte(0) == b'#' {
            self.skip_to_break();
        }
        if self.at >= self.bytes.len() {
            self.pass_end();
            return Ok((chomp, increment));
        }
        let length = self.break_length(0);
        if length == 0 {
            let here = self.at;
            self.skip_to_break();
            let sign = Range::new(start as u32, start as u32 + 1);
            return Err(Problem::new(ProblemKind::TextAfterBlockSign, Range::new(here as u32, self.at as u32)).with(Some(sign)));
        }
        self.pass_break(length);
        Ok((chomp, increment))
    }

    /// Passes indentation and empty lines, of which it gives the line ends; finds the indentation if it is not known (0).
    fn block_breaks(&mut self, indent: &mut isize) -> Result<String, Problem> {
        let mut breaks = String::new();
        let mut deepest = 0;
        loop {
            while (*indent == 0 || self.column() < *indent) && self.byte(0) == b' ' {
                self.at += 1;
            }
            deepest = deepest.max(self.column());
            if (*indent == 0 || self.column() < *indent) && self.byte(0) == b'\t' {
                return Err(Problem::new(ProblemKind::TabIndent, self.here(1)));
            }
            let length = self.break_length(0);
            if length > 0 {
                breaks.push_str(self.pass_break(length));
            } else if self.pass_end() {
                breaks.push('\n');
            } else {
                break;
            }
        }
        if *indent == 0 {
            *indent = deepest.max(self.indent + 1).max(1);
        }
        Ok(breaks)
    }
}

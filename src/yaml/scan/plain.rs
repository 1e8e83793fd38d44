//! Scalars without quotes. The text is borrowed unless it goes over several lines.

use std::borrow::Cow;

use super::super::problem::{Kind as ProblemKind, Problem};
use super::{Fold, Scanner, Style};
use crate::base::Range;

impl<'t> Scanner<'t> {
    pub(super) fn plain_scalar(&mut self) -> Result<(), Problem> {
        self.save_candidate()?;
        self.key_allowed = false;
        let start = self.at;
        let mut end = start;
        let mut folded: Option<String> = None;
        let mut fold = Fold::default();
        let mut leading = false;
        let indent = self.indent + 1;
        loop {
            if (self.column() == 0 && self.document_indicator()) || self.byte(0) == b'#' {
                break;
            }
            let word = self.at;
            self.pass_word();
            if self.at > word {
                if leading {
                    let text = folded.get_or_insert_with(|| self.text.get(start..end).unwrap_or("").to_owned());
                    fold.flush(text);
                    text.push_str(self.text.get(word..self.at).unwrap_or(""));
                    leading = false;
                } else if let Some(text) = &mut folded {
                    text.push_str(self.text.get(end..self.at).unwrap_or(""));
                }
                end = self.at;
            }
            if !matches!(self.byte(0), b' ' | b'\t') && self.break_length(0) == 0 {
                break;
            }
            leading = self.pass_blanks(leading, indent, start, &mut fold)?;
            if !self.in_flow() && self.column() < indent {
                break;
            }
        }
        let range = Range::new(start as u32, end as u32);
        let text = match folded {
            Some(text) => Cow::Owned(text),
            None => Cow::Borrowed(self.text.get(start..end).unwrap_or("")),
        };
        self.push_scalar(text, Style::Plain, range);
        if leading {
            self.key_allowed = true;
        }
        Ok(())
    }

    /// Passes characters up to a blank, a line end, a `:` before one of those, or a sign of the flow collection around.
    fn pass_word(&mut self) {
        let flow = self.in_flow();
        while let Some(&byte) = self.bytes.get(self.at) {
            let ends = match byte {
                b' ' | b'\t' | b'\n' | b'\r' => true,
                b':' => self.blank_or_end(1),
                b',' | b'?' | b'[' | b']' | b'{' | b'}' => flow,
                // These begin NEL, LS and PS.
                0xc2 | 0xe2 => self.break_length(0) > 0,
                _ => false,
            };
            if ends {
                return;
            }
            self.at += 1;
        }
    }

    /// Passes blanks and line ends; whether a line end is among all passed since the last word.
    fn pass_blanks(&mut self, mut leading: bool, indent: isize, start: usize, fold: &mut Fold<'t>) -> Result<bool, Problem> {
        loop {
            match self.byte(0) {
                b'\t' if leading && self.column() < indent => {
                    return Err(Problem::new(ProblemKind::TabIndent, self.here(1)).with(Some(Range::new(start as u32, start as u32))));
                }
                b' ' | b'\t' => self.at += 1,
                _ => {
                    let length = self.break_length(0);
                    if length == 0 {
                        return Ok(leading);
                    }
                    fold.add(self.pass_break(length));
                    leading = true;
                }
            }
        }
    }
}

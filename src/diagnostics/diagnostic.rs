//! The finding itself: plain data, built where the mistake is seen.

use super::codes::Code;
use crate::base::Span;

/// How bad a finding is. Only errors make a run fail (warnings too under `--deny-warnings`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
    Note,
}

/// A stretch of text with a word about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    /// May be empty on the primary label: the message says it all.
    pub message: String,
    pub primary: bool,
}

/// One replacement of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

/// A machine-applicable repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// An imperative: `rename it to `image``.
    pub title: String,
    /// Safe: it is what the user meant, or keeps the meaning.
    pub safe: bool,
    pub edits: Vec<Edit>,
}

/// The Kubernetes object that a finding is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectRef {
    pub api_version: String,
    pub kind: String,
    pub namespace: Option<String>,
    pub name: String,
    /// The field in the API server's notation: `spec.template.spec.containers[0].image`.
    pub path: Option<String>,
}

/// The rule or lint that a finding comes from: what a comment can allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleRef {
    pub name: String,
    /// Where the component or object that was judged says what it is: its name, its type; none for lints of definitions.
    pub anchors: Vec<Span>,
}

/// A finding. Messages are lower-case, without a full stop, with the user's words in backticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    pub message: String,
    pub labels: Vec<Label>,
    pub object: Option<Box<ObjectRef>>,
    pub notes: Vec<String>,
    pub help: Option<String>,
    pub fixes: Vec<Fix>,
    /// Set for findings of rules and lints.
    pub rule: Option<Box<RuleRef>>,
}

impl Diagnostic {
    /// A finding with the code's own severity.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, severity: code.severity(), message: message.into(), labels: Vec::new(), object: None, notes: Vec::new(), help: None, fixes: Vec::new(), rule: None }
    }

    /// The place of the mistake, with what is wrong there (may be empty).
    #[must_use]
    pub fn primary(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into(), primary: true });
        self
    }

    /// Another place that explains the mistake: the definition that asks for it, the first of two.
    #[must_use]
    pub fn secondary(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into(), primary: false });
        self
    }

    /// A remark below the text.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// What to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A repair that is certainly what the user meant: one replacement.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fixes.push(Fix { title: title.into(), safe: true, edits: vec![Edit { span, text: text.into() }] });
        self
    }

    /// A repair that may not be what the user meant.
    #[must_use]
    pub fn unsafe_fix(mut self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fixes.push(Fix { title: title.into(), safe: false, edits: vec![Edit { span, text: text.into() }] });
        self
    }

    /// The object and field it is about.
    #[must_use]
    pub fn object(mut self, object: ObjectRef) -> Self {
        self.object = Some(Box::new(object));
        self
    }

    /// The rule or lint that it comes from, and what that judged.
    #[must_use]
    pub fn of_rule(mut self, name: impl Into<String>, anchors: Vec<Span>) -> Self {
        self.rule = Some(Box::new(RuleRef { name: name.into(), anchors }));
        self
    }

    /// The same finding with another severity.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The span of the primary label, if there is one.
    pub fn span(&self) -> Option<Span> {
        self.labels.iter().find(|l| l.primary).map(|l| l.span)
    }

    /// Whether it makes the run fail.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

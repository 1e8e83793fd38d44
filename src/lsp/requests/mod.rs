//! One file a request: parameters in, answer out.

pub mod call_hierarchy;
pub mod code_action;
pub mod code_lens;
pub mod completion;
pub mod definition;
pub mod document_symbol;
pub mod folding_range;
pub mod formatting;
pub mod highlight;
pub mod hover;
pub mod inlay_hint;
pub mod preview;
pub mod references;
pub mod rename;
pub mod selection_range;
pub mod semantic_tokens;
pub mod signature_help;
pub mod workspace_symbol;

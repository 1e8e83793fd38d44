//! Everything that a project can use, for its JSON Schema.

use super::library::{Kept, Library, Places};
use super::session::Session;
use crate::docs;
use crate::eval::Budget;

impl Session {
    /// Loads everything there is: the project, its dependencies, the standard library.
    pub fn load_all(&mut self) {
        let places =
            Places { world: &*self.world, sources: &self.sources, settings: &self.settings, more: self.options.definitions.clone(), compat: self.options.compat, lint: false };
        let (library, findings) = Library::load_all(&places, &Kept::default());
        self.library = library;
        self.findings.extend(findings);
    }

    /// The JSON Schema of applications, as [`Session::load_all`] has loaded them.
    pub fn schema(&self) -> serde_json::Value {
        let budget = Budget::default();
        docs::schema::application(&self.environment(&budget, None))
    }
}

//! Everything that a project can use, for its JSON Schema.

use super::library::{Kept, Library, Places};
use super::session::Session;
use crate::docs;
use crate::eval::Budget;

impl Session {
    /// Takes the values of sensitive parameters out of the texts that findings show. The last thing before printing: fixes are made from the texts as they are.
    pub fn cover_secrets(&self) {
        self.sources.cover(|text| self.secrets.cover(text));
    }

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

    /// What the reference says of a name: definitions, types, functions and resources of all that [`Session::load_all`] has loaded.
    pub fn reference_of(&self, name: &str) -> Vec<docs::ItemReference> {
        let program = &self.library.program;
        let modules = program.modules().map(|(id, _)| docs::gather(program, &self.sources, id));
        modules.flat_map(|m| m.items).filter(|i| i.name == name).collect()
    }
}

//! Applications: from YAML to a checked model, from policies to placements, from definitions to objects, from the workflow to a delivery plan.

mod beta;
mod blame;
mod compile;
mod condition;
mod fields;
mod hash;
mod labels;
mod model;
pub mod names;
mod objects;
mod outline;
mod overrides;
mod placement;
mod plan;
mod read;
mod references;
mod resolve;

pub use blame::diagnostic;
pub use compile::{Compiled, Compiler, Delivery, Object, check_parts, compile};
pub use fields::Reader;
pub use model::{Application, Component, Document, Input, Mode, Output, Policy, Step, Text, Unit, Workflow};
pub use outline::{Entry, Outline, Target, outline};
pub use placement::{Cluster, Placement, place};
pub use plan::{PlanStep, steps};
pub use read::read;
pub use references::check;

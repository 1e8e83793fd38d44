//! Small syntaxes of Kubernetes: names, quantities, schedules, addresses. Each file mirrors one recogniser of the server.

pub mod cron;
pub mod duration;
pub mod ip;
pub mod names;
pub mod quantity;
pub mod time_zones;

pub use quantity::Quantity;

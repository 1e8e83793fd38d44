//! Small syntaxes of Kubernetes: names, quantities, schedules, addresses. Each file mirrors one recogniser of the server; all answer in linear time.

pub mod cron;
pub mod duration;
mod format;
pub mod image;
pub mod ip;
pub mod names;
pub mod quantity;
pub mod text;
pub mod time;
pub mod time_zones;

pub use format::Format;
pub use quantity::Quantity;

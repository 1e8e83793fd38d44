//! Rules of the core group, by topic.

pub mod claim;
pub mod cluster;
pub mod config;
pub mod container;
pub mod env;
pub mod mounts;
pub mod network;
pub mod os;
pub mod paths;
pub mod persistent_volume;
pub mod pod;
pub mod pod_resources;
pub mod pod_update;
pub mod ports;
pub mod probe;
pub mod projected;
pub mod quota;
pub mod resources;
pub mod scheduling;
pub mod security;
pub mod service;
pub mod sources;
pub mod volume;

//! chartlint proves where the output of a Helm chart depends on when and where it is rendered.

pub mod baseline;
pub mod chart;
pub mod check;
pub mod cli;
pub mod config;
pub mod engine;
pub mod explore;
pub mod finding;
pub mod kube;
pub mod lifecycle;
pub mod manifest;
pub mod near;
pub mod profile;
pub mod report;
pub mod rollback;
pub mod rules;
pub mod source;
pub mod suppress;
pub mod template;
pub mod trace;
pub mod value;

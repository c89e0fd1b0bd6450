//! What people and programs read: diagnostics, findings, provenance.

pub mod concise;
pub mod diagnostic;
pub mod human;
pub mod json;
pub mod origins;
pub mod reproducer;
pub mod steps;

//! What people and programs read: diagnostics, findings, provenance.

pub mod diagnostic;
pub mod origins;

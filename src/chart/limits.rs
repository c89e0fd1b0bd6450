//! What a chart may ask for before it is refused: a chart is hostile until proven otherwise.

/// How deep values may be nested. Helm allows 10,000 levels; nothing that people write comes near this.
pub const MAX_NESTING: usize = 500;

/// How deep charts may be nested in charts.
pub const MAX_CHART_DEPTH: usize = 50;

/// How many charts there may be in one tree, aliases counted.
pub const MAX_CHARTS: usize = 2_000;

/// How many entries of values may be copied and merged while one chart is prepared.
pub(super) const VALUES_BUDGET: usize = 50_000_000;

/// How many warnings are kept.
pub(super) const MAX_WARNINGS: usize = 1_000;

/// How many bytes all files of an archive may have (Helm's limit).
pub const MAX_ARCHIVE_BYTES: u64 = 100 * 1024 * 1024;

/// How many bytes a file may have (Helm's limit).
pub const MAX_FILE_BYTES: u64 = 5 * 1024 * 1024;

/// How many files an archive, or a directory, may have.
pub const MAX_FILES: usize = 50_000;

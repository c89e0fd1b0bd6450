//! The command line program.

use std::process::ExitCode;

/// An analysis is made of many small allocations, in more than one thread.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    chartlint::cli::main()
}

//! The command line program.

use libmimalloc_sys as mi;
use std::alloc::{GlobalAlloc, Layout};
use std::process::ExitCode;

/// An analysis is made of many small allocations, in more than one thread.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// mimalloc. Its functions for any alignment take twice as long as those for the usual ones, which nearly all have.
struct MiMalloc;

/// Whether a block of the size is aligned so without being asked for it.
fn is_usual(layout: Layout) -> bool {
    layout.align() <= size_of::<usize>()
}

// SAFETY: a block that mimalloc gives has the size that it is asked for, is nobody else's until it is freed, and is aligned
// to a word at least, or as it is asked for. All blocks are freed and resized by it, whichever function gave them.
unsafe impl GlobalAlloc for MiMalloc {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        unsafe { if is_usual(layout) { mi::mi_malloc(size) } else { mi::mi_malloc_aligned(size, align) } }.cast()
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        unsafe { if is_usual(layout) { mi::mi_zalloc(size) } else { mi::mi_zalloc_aligned(size, align) } }.cast()
    }

    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        unsafe { mi::mi_free(block.cast()) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let block = block.cast();
        unsafe {
            if is_usual(layout) {
                mi::mi_realloc(block, size)
            } else {
                mi::mi_realloc_aligned(block, size, layout.align())
            }
        }
        .cast()
    }
}

fn main() -> ExitCode {
    chartlint::cli::main()
}

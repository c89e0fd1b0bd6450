//! Where the program's memory comes from: what it asks for first from one region in a row, the rest from mimalloc.
//!
//! A render of one chart asks for some 4 MB and is over in milliseconds. An allocator that keeps a page for each size of
//! object spreads that over three times as much memory, which the system has to clear; given out in a row it lies close
//! together, and nothing has to be looked up to free it. What is freed here is used again only when it was given out last,
//! so the region is small: an analysis of many renders goes on with mimalloc.

use memmap2::MmapMut;
use mimalloc::MiMalloc;
use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// How many bytes the region has: three huge pages.
const REGION: usize = 3 * HUGE_PAGE;
const HUGE_PAGE: usize = 2 << 20;

/// Whether a thread has asked for the region: there is one, and the first thread has it to itself.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);
/// The address where the region begins; before there is one, an address that no memory has.
static START: AtomicUsize = AtomicUsize::new(usize::MAX / 2);

thread_local! {
    /// What is left of the region, in the thread that has it.
    static LEFT: Cell<Left> = const { Cell::new(Left { from: ptr::null_mut(), end: 0 }) };
}

/// A range of memory that is given out from its beginning.
#[derive(Clone, Copy)]
struct Left {
    from: *mut u8,
    /// The address behind it.
    end: usize,
}

impl Left {
    /// The next `layout.size()` bytes, and what is left then.
    fn cut(self, layout: Layout) -> Option<(*mut u8, Left)> {
        let padding = self.from.addr().wrapping_neg() & (layout.align() - 1);
        let needed = padding.checked_add(layout.size())?;
        if needed > self.end - self.from.addr() {
            return None;
        }
        let at = self.from.wrapping_add(padding);
        Some((at, Left { from: at.wrapping_add(layout.size()), ..self }))
    }
}

/// Gives out the region first.
pub struct Allocator;

impl Allocator {
    /// Memory of the region; none when it is used up, or belongs to another thread.
    #[inline]
    fn next(layout: Layout) -> Option<*mut u8> {
        let left = LEFT.get();
        let (at, left) = match left.cut(layout) {
            Some(cut) => cut,
            None if left.end == 0 => first(layout)?,
            None => return None,
        };
        LEFT.set(left);
        Some(at)
    }

    #[inline]
    fn holds(at: *mut u8) -> bool {
        at.addr().wrapping_sub(START.load(Ordering::Relaxed)) < REGION
    }
}

/// The first memory that a thread asks for: of the region, when no other thread has it.
#[cold]
fn first(layout: Layout) -> Option<(*mut u8, Left)> {
    // Whatever comes of it, this thread does not ask again.
    LEFT.set(Left { from: ptr::dangling_mut(), end: ptr::dangling::<u8>().addr() });
    if !cfg!(target_os = "linux") || IS_TAKEN.swap(true, Ordering::Relaxed) {
        return None;
    }
    let mut map = MmapMut::map_anon(REGION + HUGE_PAGE).ok()?;
    // Where the system has no huge pages these are pages like others.
    #[cfg(target_os = "linux")]
    let _ = map.advise(memmap2::Advice::HugePage);
    let from = map.as_mut_ptr();
    // It is there to the end of the process.
    std::mem::forget(map);
    let from = from.wrapping_add(from.addr().wrapping_neg() & (HUGE_PAGE - 1));
    START.store(from.addr(), Ordering::Relaxed);
    let all = Left { from, end: from.addr() + REGION };
    LEFT.set(all);
    all.cut(layout)
}

// SAFETY: what `next` gives lies in the region, is aligned, belongs to no one else (`LEFT` is moved behind it, and back only
// by who held the last of it), and is never unmapped. Whatever is not in the region is mimalloc's from beginning to end.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are passed on.
        Self::next(layout).unwrap_or_else(|| unsafe { MiMalloc.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        match Self::next(layout) {
            // SAFETY: `at` points to so many bytes, which no one else has. They may have been used before.
            Some(at) => unsafe {
                at.write_bytes(0, layout.size());
                at
            },
            // SAFETY: the caller's promises are passed on.
            None => unsafe { MiMalloc.alloc_zeroed(layout) },
        }
    }

    #[inline]
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        if !Self::holds(at) {
            // SAFETY: it is not of the region, so it is mimalloc's.
            return unsafe { MiMalloc.dealloc(at, layout) };
        }
        let left = LEFT.get();
        if at.wrapping_add(layout.size()) == left.from {
            LEFT.set(Left { from: at, ..left });
        }
    }

    #[inline]
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !Self::holds(at) {
            // SAFETY: it is not of the region, so it is mimalloc's.
            return unsafe { MiMalloc.realloc(at, layout, size) };
        }
        let left = LEFT.get();
        if at.wrapping_add(layout.size()) == left.from && size <= left.end - at.addr() {
            LEFT.set(Left { from: at.wrapping_add(size), ..left });
            return at;
        }
        if size <= layout.size() {
            return at;
        }
        // SAFETY: the caller promises that `size` is a size that a layout may have; the new memory is larger than the old
        // and lies apart from it.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                new.copy_from_nonoverlapping(at, layout.size());
            }
            new
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Offsets into a region of 64 bytes of what is cut from it.
    fn cut(wanted: &[(usize, usize)]) -> Vec<Option<usize>> {
        let mut region = vec![0u8; 128];
        let start = region.as_mut_ptr().wrapping_add(region.as_ptr().align_offset(64));
        let mut left = Left { from: start, end: start.addr() + 64 };
        let mut next = |&(size, align)| {
            let (at, rest) = left.cut(Layout::from_size_align(size, align).unwrap())?;
            left = rest;
            Some(at.addr() - start.addr())
        };
        wanted.iter().map(&mut next).collect()
    }

    #[test]
    fn what_is_cut_is_aligned_and_apart_and_within() {
        assert_eq!(cut(&[(1, 1), (8, 8), (3, 1), (4, 2), (32, 16)]), [0, 8, 16, 20, 32].map(Some));
        assert_eq!(cut(&[(64, 1), (1, 1)]), [Some(0), None]);
        assert_eq!(cut(&[(60, 1), (8, 8), (4, 4), (1, 1)]), [Some(0), None, Some(60), None]);
        assert_eq!(cut(&[(65, 1), (isize::MAX as usize - 7, 8), (1, 1)]), [None, None, Some(0)]);
    }

    #[test]
    fn memory_keeps_what_is_in_it_wherever_it_comes_from() {
        // The first thread has the region, others have none: both ways are taken, with the same outcome.
        let work = || {
            let mut texts: Vec<Vec<u8>> = Vec::new();
            for n in 0..2000usize {
                texts.push(vec![n as u8; n % 97]);
                let again = n * 7 % texts.len();
                texts[again].resize(n % 4096, again as u8);
                if n % 3 == 0 {
                    let gone = n * 5 % texts.len();
                    texts[gone] = vec![0; n % 50];
                    assert!(texts[gone].iter().all(|byte| *byte == 0));
                }
            }
            texts.iter().map(|text| text.iter().map(|byte| *byte as usize).sum::<usize>()).sum::<usize>()
        };
        let here = work();
        let threads: Vec<_> = (0..3).map(|_| std::thread::spawn(work)).collect();
        assert!(threads.into_iter().all(|thread| thread.join().unwrap() == here));
    }
}

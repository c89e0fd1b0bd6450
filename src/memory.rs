//! Where the program's memory comes from: what it asks for first from one region in a row, the rest from mimalloc.
//!
//! A render of one chart asks for some 4 MB and is over in milliseconds. An allocator that keeps a page for each size of
//! object spreads that over three times as much memory, which the system has to clear; given out in a row it lies close
//! together. What is freed is used again when it was given out last or is large, small pieces are lost, so the region is
//! small: an analysis of many renders goes on with mimalloc.

use memmap2::MmapMut;
use mimalloc::MiMalloc;
use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// How many bytes the region has: three huge pages.
const SIZE: usize = 3 * HUGE_PAGE;
const HUGE_PAGE: usize = 2 << 20;

/// How many bytes a freed piece has that is kept, and how many classes of pieces there are, each of twice the size.
const LEAST: usize = 128;
const CLASSES: usize = 14;

/// Whether a thread has asked for the region: there is one, and the first thread has it to itself.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);
/// The address where the region begins; before there is one, an address that no memory has.
static START: AtomicUsize = AtomicUsize::new(usize::MAX / 2);

thread_local! {
    /// What is left of the region, in the thread that has it.
    static LEFT: Cell<Left> = const { Cell::new(Left { from: ptr::null_mut(), end: 0 }) };
    /// What was freed of the region, in the thread that has it.
    static FREED: Freed = const { Freed([const { Cell::new(ptr::null_mut()) }; CLASSES]) };
}

/// A range of memory that is given out from its beginning.
#[derive(Clone, Copy)]
struct Left {
    from: *mut u8,
    /// The address behind it; 0 before the thread has asked.
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

/// Freed pieces: of each class the last one.
struct Freed([Cell<*mut Piece>; CLASSES]);

/// A freed piece of at least [`LEAST`] bytes: this stands at its beginning.
struct Piece {
    size: usize,
    /// The piece of the class that was freed before.
    before: *mut Piece,
}

/// The class of a piece of at least [`LEAST`] bytes.
fn class(size: usize) -> usize {
    ((size.ilog2() - LEAST.ilog2()) as usize).min(CLASSES - 1)
}

impl Freed {
    /// Memory of at least [`LEAST`] bytes: of the last piece of its class or of the next one.
    fn take(&self, layout: Layout) -> Option<*mut u8> {
        let class = class(layout.size());
        self.take_from(class, layout).or_else(|| self.take_from(class + 1, layout))
    }

    /// Memory of the last piece of a class, where that is large enough and aligned.
    #[inline]
    fn take_from(&self, class: usize, layout: Layout) -> Option<*mut u8> {
        let last = self.0.get(class)?;
        let piece = last.get();
        // SAFETY: what is kept is a piece that nobody has, with this at its beginning.
        let &Piece { size, before } = unsafe { piece.as_ref() }?;
        if size < layout.size() || piece.addr() & (layout.align() - 1) != 0 {
            return None;
        }
        last.set(before);
        let at = piece.cast::<u8>();
        // SAFETY: what lies behind the part that is given out is still nobody's.
        unsafe { self.keep_rest(at, layout.size(), size) };
        Some(at)
    }

    /// Keeps what lies behind the first `used` of `size` bytes.
    ///
    /// # Safety
    /// It is nobody's.
    unsafe fn keep_rest(&self, at: *mut u8, used: usize, size: usize) {
        let padding = at.addr().wrapping_add(used).wrapping_neg() & (align_of::<Piece>() - 1);
        let from = used + padding;
        if from < size {
            // SAFETY: the caller says so.
            unsafe { self.keep(at.wrapping_add(from), size - from) };
        }
    }

    /// Keeps a piece to be given out again, when it is large enough.
    ///
    /// # Safety
    /// It is nobody's.
    unsafe fn keep(&self, at: *mut u8, size: usize) {
        let piece = at.cast::<Piece>();
        if size >= LEAST && piece.is_aligned() {
            let last = &self.0[class(size)];
            // SAFETY: it is aligned, large enough, and nobody's.
            unsafe { piece.write(Piece { size, before: last.get() }) };
            last.set(piece);
        }
    }
}

/// Gives out the region first.
pub struct Allocator;

impl Allocator {
    /// Memory of the region; none when it is used up, or belongs to another thread.
    #[inline]
    fn next(layout: Layout) -> Option<*mut u8> {
        if layout.size() >= LEAST
            && let Some(at) = FREED.with(|freed| freed.take(layout))
        {
            return Some(at);
        }
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
        at.addr().wrapping_sub(START.load(Ordering::Relaxed)) < SIZE
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
    let mut map = MmapMut::map_anon(SIZE + HUGE_PAGE).ok()?;
    // Where the system has no huge pages these are pages like others.
    #[cfg(target_os = "linux")]
    let _ = map.advise(memmap2::Advice::HugePage);
    let from = map.as_mut_ptr();
    // It is there to the end of the process.
    std::mem::forget(map);
    let from = from.wrapping_add(from.addr().wrapping_neg() & (HUGE_PAGE - 1));
    START.store(from.addr(), Ordering::Relaxed);
    let all = Left { from, end: from.addr() + SIZE };
    LEFT.set(all);
    all.cut(layout)
}

// SAFETY: what `next` gives lies in the region, is aligned, belongs to no one else (`LEFT` is moved behind it, and back only
// by who held the last of it; what is in `FREED` was given up), and is never unmapped. Whatever is not in the region is
// mimalloc's from beginning to end.
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
        } else if layout.size() >= LEAST && left.end > SIZE {
            // A thread that has no region does not take pieces of it.
            // SAFETY: the caller gives it up.
            FREED.with(|freed| unsafe { freed.keep(at, layout.size()) });
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
            if left.end > SIZE {
                // SAFETY: the caller gives up what lies behind the new size.
                unsafe { FREED.with(|freed| freed.keep_rest(at, size, layout.size())) };
            }
            return at;
        }
        // SAFETY: the caller promises that `size` is a size that a layout may have; the new memory is larger than the old
        // and lies apart from it.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                new.copy_from_nonoverlapping(at, layout.size());
                self.dealloc(at, layout);
            }
            new
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    /// A range of memory in a vector, which has to outlive it.
    fn range(memory: &mut Vec<u8>, size: usize) -> Left {
        memory.resize(size + 64, 0);
        let from = memory.as_mut_ptr();
        let from = from.wrapping_add(from.align_offset(64));
        Left { from, end: from.addr() + size }
    }

    /// Offsets into a range of 64 bytes of what is cut from it.
    fn cut(wanted: &[(usize, usize)]) -> Vec<Option<usize>> {
        let mut memory = Vec::new();
        let mut left = range(&mut memory, 64);
        let start = left.from.addr();
        let mut next = |&(size, align)| {
            let (at, rest) = left.cut(layout(size, align))?;
            left = rest;
            Some(at.addr() - start)
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

    fn nothing_freed() -> Freed {
        Freed([const { Cell::new(ptr::null_mut()) }; CLASSES])
    }

    #[test]
    fn a_freed_piece_is_given_out_again_and_so_is_its_rest() {
        let mut memory = Vec::new();
        let piece = range(&mut memory, 512).from;
        let freed = nothing_freed();
        assert_eq!(freed.take(layout(128, 1)), None);
        // SAFETY: it is a part of the vector, which nothing else uses.
        unsafe { freed.keep(piece, 512) };
        assert_eq!(freed.take(layout(1024, 8)), None);
        assert_eq!(freed.take(layout(128, 8)), None, "it is of a class too high");
        assert_eq!(freed.take(layout(300, 64)), Some(piece));
        assert_eq!(freed.take(layout(150, 8)), Some(piece.wrapping_add(304)));
        assert_eq!(freed.take(layout(128, 8)), None, "56 bytes are left");
    }

    #[test]
    fn pieces_are_never_given_out_twice() {
        let mut memory = Vec::new();
        let mut left = range(&mut memory, 1 << 16);
        let freed = nothing_freed();
        let mut held: Vec<(*mut u8, usize)> = Vec::new();
        let mut reused = 0;
        for n in 0..20_000usize {
            let wanted = layout(n * 7919 % 900 + LEAST, 1 << (n % 5));
            let at = freed.take(wanted).inspect(|_| reused += 1).or_else(|| {
                let (at, rest) = left.cut(wanted)?;
                left = rest;
                Some(at)
            });
            if let Some(at) = at {
                assert_eq!(at.addr() % wanted.align(), 0);
                let is_apart = |&(other, size): &(*mut u8, usize)| {
                    at.addr() + wanted.size() <= other.addr() || other.addr() + size <= at.addr()
                };
                assert!(held.iter().all(is_apart), "{n}");
                held.push((at, wanted.size()));
            } else {
                for _ in 0..held.len() / 2 {
                    let (at, size) = held.swap_remove(n * 31 % held.len());
                    // SAFETY: it was given out with this size, and is not used any more.
                    unsafe { freed.keep(at, size) };
                }
            }
        }
        assert!(reused > 1000, "{reused}");
    }

    #[test]
    fn memory_keeps_what_is_in_it_wherever_it_comes_from() {
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

//! [`CountingHeap`]: an allocator that counts, to be put before a test or a benchmark with `#[global_allocator]`.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

/// The system's allocator with counters: those of all threads together.
///
/// ```
/// use headwater_kit::heap::CountingHeap;
/// static HEAP: CountingHeap = CountingHeap::new(); // with #[global_allocator] to see anything
/// let before = HEAP.count();
/// assert_eq!(HEAP.count(), before);
/// ```
#[derive(Debug, Default)]
pub struct CountingHeap {
    allocations: AtomicU64,
    allocated: AtomicU64,
    freed: AtomicU64,
}

/// What was asked of the heap up to some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Calls for memory, those that move what was given among them.
    pub allocations: u64,
    /// Bytes given and not yet taken back.
    pub live: u64,
}

impl CountingHeap {
    /// Counters at zero.
    pub const fn new() -> Self {
        CountingHeap { allocations: AtomicU64::new(0), allocated: AtomicU64::new(0), freed: AtomicU64::new(0) }
    }

    /// What was asked so far.
    pub fn count(&self) -> Count {
        let freed = self.freed.load(Ordering::Relaxed);
        Count {
            allocations: self.allocations.load(Ordering::Relaxed),
            live: self.allocated.load(Ordering::Relaxed).saturating_sub(freed),
        }
    }

    fn gave(&self, bytes: usize) {
        self.allocations.fetch_add(1, Ordering::Relaxed);
        self.allocated.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    fn took(&self, bytes: usize) {
        self.freed.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

// SAFETY: each call goes to `System` with the arguments it came with, so its contract is kept; counters do not allocate.
#[expect(unsafe_code, reason = "an allocator is an unsafe trait")]
unsafe impl GlobalAlloc for CountingHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.gave(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.gave(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        self.took(layout.size());
        self.gave(bytes);
        unsafe { System.realloc(at, layout, bytes) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        self.took(layout.size());
        unsafe { System.dealloc(at, layout) }
    }
}

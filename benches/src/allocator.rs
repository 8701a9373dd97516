//! The allocator: the system's, or mimalloc if the environment says so.
//!
//! Both are in one program, so that they can be measured in turns. What that adds to an allocation
//! is a branch that always goes the same way; without the feature it is not there.

/// The variable of the environment that asks for mimalloc.
pub(crate) const VARIABLE: &str = "PICKLE_BENCHES_MIMALLOC";

/// Whether this program can run on mimalloc.
pub(crate) const AVAILABLE: bool = cfg!(feature = "mimalloc");

#[cfg(feature = "mimalloc")]
mod switch {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::sync::atomic::{AtomicU8, Ordering};

    use mimalloc::MiMalloc;

    #[global_allocator]
    static ALLOCATOR: Switch = Switch;

    /// 0 as long as nothing was allocated; then one of the two below, for good.
    static CHOICE: AtomicU8 = AtomicU8::new(0);
    const SYSTEM: u8 = 1;
    const MIMALLOC: u8 = 2;

    struct Switch;

    impl Switch {
        #[inline]
        fn is_mimalloc(&self) -> bool {
            match CHOICE.load(Ordering::Relaxed) {
                0 => choose(),
                choice => choice == MIMALLOC,
            }
        }
    }

    /// Asks the environment, without allocating.
    #[cold]
    fn choose() -> bool {
        // SAFETY: the name ends in a zero, and nothing has changed the environment yet: the first
        // allocation is made before `main`.
        let wanted = unsafe { !libc::getenv(c"PICKLE_BENCHES_MIMALLOC".as_ptr()).is_null() };
        CHOICE.store(if wanted { MIMALLOC } else { SYSTEM }, Ordering::Relaxed);
        wanted
    }

    // SAFETY: each method hands on what it was given to one allocator, which is the same in the
    // whole life of the process.
    unsafe impl GlobalAlloc for Switch {
        #[inline]
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: as promised to this method.
            unsafe {
                if self.is_mimalloc() {
                    MiMalloc.alloc(layout)
                } else {
                    System.alloc(layout)
                }
            }
        }

        #[inline]
        unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
            // SAFETY: as promised to this method.
            unsafe {
                if self.is_mimalloc() {
                    MiMalloc.alloc_zeroed(layout)
                } else {
                    System.alloc_zeroed(layout)
                }
            }
        }

        #[inline]
        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: as promised to this method.
            unsafe {
                if self.is_mimalloc() {
                    MiMalloc.dealloc(block, layout)
                } else {
                    System.dealloc(block, layout)
                }
            }
        }

        #[inline]
        unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
            // SAFETY: as promised to this method.
            unsafe {
                if self.is_mimalloc() {
                    MiMalloc.realloc(block, layout, size)
                } else {
                    System.realloc(block, layout, size)
                }
            }
        }
    }
}

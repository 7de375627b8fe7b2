//! One overload for each of several types.

/// `each!(declaration; i32 i64; |x: T| ..)` adds the closure once with `T` as each of the types.
macro_rules! each {
    ($declaration:expr; $($ty:ident)+; $closure:expr) => {
        $declaration$(.of({
            #[allow(dead_code, reason = "a closure may not name it")]
            type T = $ty;
            $closure
        }))+
    };
}

pub(super) use each;

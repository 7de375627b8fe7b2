//! One body for each physical form that the items of lists may have.

/// `$body` with `$T` as the physical form of numbers of type `$ty`; the checker lets nothing else come here.
macro_rules! by_number {
    ($ty:expr, $T:ident => $body:expr) => {
        by_kind!($ty, $T => $body; I8 i8, I16 i16, I32 i32, I64 i64, U16 u16, F32 f32; f64)
    };
}

/// `$body` with `$T` as the physical form of values of type `$ty`, which is no list.
macro_rules! by_element {
    ($ty:expr, $T:ident => $body:expr) => {
        by_kind!($ty, $T => $body;
            Bool bool, I8 i8, I16 i16, I32 i32, I64 i64, I128 i128, U16 u16, F32 f32, F64 f64; crate::types::Str)
    };
}

macro_rules! by_kind {
    ($ty:expr, $T:ident => $body:expr; $($kind:ident $form:ty),*; $other:ty) => {
        match crate::vector::NativeKind::of($ty) {
            $(crate::vector::NativeKind::$kind => {
                type $T = $form;
                $body
            })*
            _ => {
                type $T = $other;
                $body
            }
        }
    };
}

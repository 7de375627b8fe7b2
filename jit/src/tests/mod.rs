//! What kernels give, and how they come and go.

mod agreement;
mod life;
mod listing;
mod random;

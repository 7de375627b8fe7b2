//! What kernels give, and how they come and go.

mod agreement;
mod life;
mod listing;
mod random;

/// The number that a longer run is asked for by.
fn asked(variable: &str) -> Option<u64> {
    std::env::var_os(variable)?.to_str()?.parse().ok()
}

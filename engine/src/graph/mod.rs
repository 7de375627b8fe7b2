//! The update graph: nodes in a slab, levelled; one cycle runs the dirty ones.

mod cx;
mod cycle;
mod delta;
mod delta_check;
mod figures;
mod follow;
mod memory;
mod node;
mod pin;
mod remains;
mod slab;
#[cfg(test)]
mod tests;
mod time;

pub(crate) use cx::{Cx, InputView, Output, Update};
pub use cycle::CycleReport;
pub(crate) use cycle::guarded;
pub(crate) use delta::{Delta, Mask};
pub(crate) use delta_check::LateCheck;
pub(crate) use follow::Followed;
pub(crate) use node::{Filled, Node, NodeHandle, NodeId, State};
pub(crate) use pin::{Between, Pin};
pub(crate) use remains::Remains;
pub(crate) use slab::Graph;
pub(crate) use time::GraphTime;

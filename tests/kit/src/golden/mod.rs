//! Golden cases: small pipelines over small tables and what they must give, initially and after each cycle.
//!
//! A folder holds one file an area, one case a line, and `differences.json` with the cases where Headwater differs
//! by decision. [`run_folder`] runs them all; the report says what failed and why.

mod aggregate;
mod args;
mod case;
mod compare;
mod differences;
mod folder;
mod report;
mod run;
mod step;
mod value;
mod world;

pub use folder::run_folder;
pub use report::{Outcome, Report};

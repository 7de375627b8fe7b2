//! The invariants of blocks.

use super::body::{BLOCK, Body, run_at};
use super::shape::{Form, smallest};
use super::walk::spans;
use super::{Blocks, FEWEST_IN_BLOCKS, bits};

impl Blocks {
    pub(in crate::rowset) fn validate(&self) -> Result<(), String> {
        let blocks = self.keys.len();
        if self.cum.len() != blocks + 1 || self.bodies.len() != blocks || self.cum[0] != 0 {
            return Err(format!("{} counts and {} bodies for {blocks} blocks", self.cum.len(), self.bodies.len()));
        }
        for i in 0..blocks {
            let key = self.keys[i];
            if !key.is_multiple_of(BLOCK as u64) || i > 0 && key < self.key_end(i - 1) {
                return Err(format!("key {key} of block {i} is out of place"));
            }
            let joined = i > 0 && key == self.key_end(i - 1);
            if joined && matches!((&self.bodies[i - 1], &self.bodies[i]), (Body::Full(_), Body::Full(_))) {
                return Err(format!("two stretches of full blocks touch at {key}"));
            }
            let loose = self.loose_tail && i + 1 == blocks;
            validate_body(&self.bodies[i], self.count(i), loose).map_err(|fault| format!("{fault}, in block {key}"))?;
        }
        match self.count_runs(FEWEST_IN_BLOCKS) {
            runs if runs < FEWEST_IN_BLOCKS => Err(format!("{runs} runs are too few for blocks")),
            _ => Ok(()),
        }
    }
}

fn validate_body(body: &Body, count: u64, loose: bool) -> Result<(), String> {
    if let Body::Full(blocks) = body {
        let whole = *blocks > 0 && count == blocks * BLOCK as u64;
        return if whole { Ok(()) } else { Err(format!("a count of {count} in {blocks} full blocks")) };
    }
    let (mut end, mut found, mut runs) = (None, 0, 0);
    for span in spans(body) {
        if span.0 >= span.1 || end.is_some_and(|end| span.0 < end) {
            return Err(format!("span {span:?} is out of order"));
        }
        runs += usize::from(end != Some(span.0));
        end = Some(span.1);
        found += u64::from(span.1 - span.0);
    }
    let form = match body {
        Body::Runs(entries) => {
            if (0..entries.len() - 1).any(|i| run_at(entries, i).1 == run_at(entries, i + 1).0 && i + 2 < entries.len())
            {
                return Err("runs touch".into());
            }
            Form::Runs
        }
        Body::Array(_) => Form::Array,
        Body::Full(_) | Body::Bits(_) => Form::Bits,
    };
    if let Body::Bits(own) = body {
        let mut words = own.words().to_vec();
        words.resize(bits::TOTAL, 0);
        bits::count(&mut words);
        if bits::Bits::new(&words) != *own {
            return Err("wrong sub-ranks".into());
        }
    }
    let best = smallest(found as usize, runs);
    match () {
        () if found != count || found == 0 || found == BLOCK as u64 => Err(format!("{found} ids counted as {count}")),
        () if form != best && !(loose && form == Form::Bits) => Err(format!("{form:?} where {best:?} are smaller")),
        () => Ok(()),
    }
}

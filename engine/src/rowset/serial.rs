//! A set as bytes, for checkpoints and messages.
//!
//! A leading byte names the form. Form 1 is runs: their number, then for each the gap since the end of the last and its length less
//! one, all as LEB128 numbers. A gap of 0 occurs at the very start only.

use super::{ID_LIMIT, RowSet, RowSetBuilder};
use crate::{Error, ErrorKind, Result};

const RUNS: u8 = 1;

impl RowSet {
    /// The set as bytes, for [`from_bytes`](Self::from_bytes).
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![RUNS];
        write_number(&mut bytes, self.run_count() as u64);
        let mut end = 0;
        for run in self.runs() {
            write_number(&mut bytes, run.start - end);
            write_number(&mut bytes, run.end - run.start - 1);
            end = run.end;
        }
        bytes
    }

    /// The set that [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] if the bytes are not those of a set: cut short, followed by others, or with ids out of order or range.
    pub fn from_bytes(bytes: &[u8]) -> Result<RowSet> {
        let mut input = Input { bytes, at: 0 };
        match input.byte()? {
            RUNS => (),
            form => return Err(broken(format!("row set of unknown form {form}"), 0)),
        }
        let mut rows = RowSetBuilder::new();
        let mut end = 0u64;
        for i in 0..input.number()? {
            let at = input.at;
            let gap = input.number()?;
            if i > 0 && gap == 0 {
                return Err(broken("row set with runs that touch".into(), at));
            }
            let start = end.saturating_add(gap);
            end = start.saturating_add(input.number()?).saturating_add(1);
            if end > ID_LIMIT {
                return Err(broken("row set with ids above 63 bits".into(), at));
            }
            rows.push_range(start..end);
        }
        match bytes.len() - input.at {
            0 => Ok(rows.finish()),
            more => Err(broken(format!("row set followed by {more} more bytes"), input.at)),
        }
    }
}

fn broken(what: String, at: usize) -> Error {
    Error::new(ErrorKind::Format, format!("{what}, at byte {at}"))
        .with_help("the bytes were not written by RowSet::to_bytes, or were damaged since")
}

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Input<'_> {
    fn byte(&mut self) -> Result<u8> {
        let byte = self.bytes.get(self.at).ok_or_else(|| broken("row set cut short".into(), self.at))?;
        self.at += 1;
        Ok(*byte)
    }

    fn number(&mut self) -> Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(broken("row set with an overlong number".into(), self.at))
    }
}

fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

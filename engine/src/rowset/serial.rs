//! A set as bytes, for checkpoints and messages.
//!
//! A leading byte names the form. Form 1 is runs: their number, then for each the gap since the end of the last and its length less
//! one, all as LEB128 numbers. A gap of 0 occurs at the very start only. Form 2 is blocks, see `blocks::serial`.

use std::fmt::Display;

use super::blocks::Blocks;
use super::run_list::RunView;
use super::{Form, ID_LIMIT, RowSet, RowSetBuilder};
use crate::{Error, ErrorKind, Result};

const RUNS: u8 = 1;
const BLOCKS: u8 = 2;

impl RowSet {
    /// The set as bytes, for [`from_bytes`](Self::from_bytes): a few bytes a run, or what the blocks take in memory.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self.form() {
            Form::List(view) => {
                bytes.push(RUNS);
                write_runs(view, &mut bytes);
            }
            Form::Blocks(blocks) => {
                bytes.push(BLOCKS);
                blocks.write(&mut bytes);
            }
        }
        bytes
    }

    /// The set that [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] if the bytes are not those of a set: cut short, followed by others, or with ids out of order or range.
    pub fn from_bytes(bytes: &[u8]) -> Result<RowSet> {
        let mut input = Input { bytes, at: 0 };
        let rows = match input.byte()? {
            RUNS => read_runs(&mut input)?,
            BLOCKS => RowSet::from_blocks(Blocks::read(&mut input)?),
            form => return Err(broken(format!("row set of unknown form {form}"), 0)),
        };
        match bytes.len() - input.at {
            0 => Ok(rows),
            more => Err(broken(format!("row set followed by {more} more bytes"), input.at)),
        }
    }
}

fn write_runs(view: RunView<'_>, bytes: &mut Vec<u8>) {
    write_number(bytes, view.count() as u64);
    let mut end = 0;
    for run in view.runs() {
        write_number(bytes, run.start - end);
        write_number(bytes, run.end - run.start - 1);
        end = run.end;
    }
}

fn read_runs(input: &mut Input<'_>) -> Result<RowSet> {
    let mut rows = RowSetBuilder::new();
    let mut end = 0u64;
    for i in 0..input.number()? {
        let at = input.at;
        let gap = input.number()?;
        if i > 0 && gap == 0 {
            return Err(broken("row set with runs that touch", at));
        }
        let start = end.saturating_add(gap);
        end = start.saturating_add(input.number()?).saturating_add(1);
        if end > ID_LIMIT {
            return Err(broken("row set with ids above 63 bits", at));
        }
        rows.push_range(start..end);
    }
    Ok(rows.finish())
}

pub(super) fn broken(what: impl Display, at: usize) -> Error {
    Error::new(ErrorKind::Format, format!("{what}, at byte {at}"))
        .with_help("the bytes were not written by RowSet::to_bytes, or were damaged since")
}

/// Bytes read so far, and those to come.
pub(super) struct Input<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
}

impl Input<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let rest = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk());
        let taken = rest.ok_or_else(|| broken("row set cut short", self.at))?;
        self.at += N;
        Ok(*taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8> {
        self.take().map(|[byte]| byte)
    }

    /// A little-endian 16-bit word.
    pub(super) fn half(&mut self) -> Result<u16> {
        self.take().map(u16::from_le_bytes)
    }

    /// A little-endian 64-bit word.
    pub(super) fn word(&mut self) -> Result<u64> {
        self.take().map(u64::from_le_bytes)
    }

    /// A LEB128 number.
    pub(super) fn number(&mut self) -> Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(broken("row set with an overlong number", self.at))
    }
}

pub(super) fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

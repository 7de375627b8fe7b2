//! [`Kernel`]: compiled code that is called with slices only.
//!
//! Why unsafe: compiled code takes addresses, and writes to memory that is not initialised yet (clearing it first would
//! cost as much as a short formula). What makes the calls sound is checked here, before each: there is what the shape
//! reads, in its forms, as many rows as are asked for; the results have room for whole steps.

#![allow(unsafe_code)]

use std::borrow::Cow;
use std::ptr::{null, null_mut};

use headwater_engine::vector::{Bits, Values, Vector};

use super::code::Code;
use crate::few::Few;
use crate::shape::{Form, Shape};

/// A compiled shape.
pub(crate) struct Kernel {
    code: Code,
    shape: Shape,
    /// Rows of a step.
    step: usize,
}

/// What a kernel reads: a column's values, or the words of bits.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column<'a> {
    Bits(&'a [u64]),
    I8(&'a [i8]),
    I16(&'a [i16]),
    U16(&'a [u16]),
    I32(&'a [i32]),
    I64(&'a [i64]),
    F32(&'a [f32]),
    F64(&'a [f64]),
}

/// The results of a kernel, at most: values, and their validity.
const MOST_RESULTS: usize = 2;

/// The rows of a step, at most.
const LONGEST_STEP: usize = 16;

/// The last rows of a column, where they are no whole step; zeros behind them.
type Tail = [u64; LONGEST_STEP];

impl<'a> Column<'a> {
    /// The values of a vector; `None` if kernels do not read its type.
    pub(crate) fn of(vector: &'a Vector<'_>) -> Option<Column<'a>> {
        Some(match vector.values() {
            Values::Bool(bits) => Column::Bits(bits.words()),
            Values::I8(values) => Column::I8(values),
            Values::I16(values) => Column::I16(values),
            Values::U16(values) => Column::U16(values),
            Values::I32(values) => Column::I32(values),
            Values::I64(values) => Column::I64(values),
            Values::F32(values) => Column::F32(values),
            Values::F64(values) => Column::F64(values),
            Values::I128(_) | Values::Str(_) | Values::List(_) => return None,
        })
    }

    /// The form and how many rows there are, bits by whole words.
    fn extent(self) -> (Form, usize) {
        match self {
            Column::Bits(words) => (Form::Bits, words.len() * 64),
            Column::I8(values) => (Form::I8, values.len()),
            Column::I16(values) => (Form::I16, values.len()),
            Column::U16(values) => (Form::U16, values.len()),
            Column::I32(values) => (Form::I32, values.len()),
            Column::I64(values) => (Form::I64, values.len()),
            Column::F32(values) => (Form::F32, values.len()),
            Column::F64(values) => (Form::F64, values.len()),
        }
    }

    fn address(self) -> *const u8 {
        match self {
            Column::Bits(words) => words.as_ptr().cast(),
            Column::I8(values) => values.as_ptr().cast(),
            Column::I16(values) => values.as_ptr().cast(),
            Column::U16(values) => values.as_ptr().cast(),
            Column::I32(values) => values.as_ptr().cast(),
            Column::I64(values) => values.as_ptr().cast(),
            Column::F32(values) => values.as_ptr().cast(),
            Column::F64(values) => values.as_ptr().cast(),
        }
    }

    /// Rows `from..to`, at most a step, with room for a whole step.
    fn tail(self, from: usize, to: usize) -> Tail {
        let mut tail = [0; LONGEST_STEP];
        fn fill<T: bytemuck::Pod>(tail: &mut Tail, values: &[T]) {
            bytemuck::cast_slice_mut(tail)[..values.len()].copy_from_slice(values);
        }
        match self {
            // Read in place: words are whole.
            Column::Bits(_) => {}
            Column::I8(values) => fill(&mut tail, &values[from..to]),
            Column::I16(values) => fill(&mut tail, &values[from..to]),
            Column::U16(values) => fill(&mut tail, &values[from..to]),
            Column::I32(values) => fill(&mut tail, &values[from..to]),
            Column::I64(values) => fill(&mut tail, &values[from..to]),
            Column::F32(values) => fill(&mut tail, &values[from..to]),
            Column::F64(values) => fill(&mut tail, &values[from..to]),
        }
        tail
    }
}

/// A result being written: room for whole steps.
enum Room {
    Bits(Vec<u64>),
    I8(Vec<i8>),
    I16(Vec<i16>),
    U16(Vec<u16>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
}

impl Room {
    /// Room for `rows`, a whole number of steps.
    fn new(form: Form, rows: usize) -> Room {
        match form {
            Form::Bits => Room::Bits(vec![0; rows.div_ceil(64)]),
            Form::I8 => Room::I8(Vec::with_capacity(rows)),
            Form::I16 => Room::I16(Vec::with_capacity(rows)),
            Form::U16 => Room::U16(Vec::with_capacity(rows)),
            Form::I32 => Room::I32(Vec::with_capacity(rows)),
            Form::I64 => Room::I64(Vec::with_capacity(rows)),
            Form::F32 => Room::F32(Vec::with_capacity(rows)),
            Form::F64 => Room::F64(Vec::with_capacity(rows)),
        }
    }

    fn address(&mut self) -> *mut u8 {
        match self {
            Room::Bits(words) => words.as_mut_ptr().cast(),
            Room::I8(values) => values.as_mut_ptr().cast(),
            Room::I16(values) => values.as_mut_ptr().cast(),
            Room::U16(values) => values.as_mut_ptr().cast(),
            Room::I32(values) => values.as_mut_ptr().cast(),
            Room::I64(values) => values.as_mut_ptr().cast(),
            Room::F32(values) => values.as_mut_ptr().cast(),
            Room::F64(values) => values.as_mut_ptr().cast(),
        }
    }

    /// The first `rows` of it.
    ///
    /// # Safety
    /// They have been written, and there is room for so many.
    unsafe fn written(self, rows: usize) -> Values<'static> {
        /// # Safety
        /// As for the method.
        unsafe fn grown<T: Clone>(mut values: Vec<T>, rows: usize) -> Cow<'static, [T]> {
            // SAFETY: the caller says that so many are there and written.
            unsafe { values.set_len(rows) };
            Cow::Owned(values)
        }
        // SAFETY: as the caller says.
        unsafe {
            match self {
                Room::Bits(words) => Values::Bool(Bits::from_words(words, rows)),
                Room::I8(values) => Values::I8(grown(values, rows)),
                Room::I16(values) => Values::I16(grown(values, rows)),
                Room::U16(values) => Values::U16(grown(values, rows)),
                Room::I32(values) => Values::I32(grown(values, rows)),
                Room::I64(values) => Values::I64(grown(values, rows)),
                Room::F32(values) => Values::F32(grown(values, rows)),
                Room::F64(values) => Values::F64(grown(values, rows)),
            }
        }
    }
}

impl Kernel {
    /// Code that was compiled from the shape.
    pub(super) fn new(code: Code, shape: Shape) -> Kernel {
        Kernel { code, step: shape.step(), shape }
    }

    /// Bytes of machine code.
    pub(crate) fn bytes(&self) -> usize {
        self.code.bytes()
    }

    /// Computes the results for `rows` rows, of which there are two at most. `None` if a row is a fault, or if this is
    /// not what the shape reads.
    pub(crate) fn run(
        &self,
        columns: &[Column<'_>],
        arguments: &[u64],
        rows: usize,
    ) -> Option<[Option<Values<'static>>; MOST_RESULTS]> {
        let fits = |(form, column): (&Form, &Column<'_>)| {
            let (own, extent) = column.extent();
            own == *form && extent >= rows
        };
        if columns.len() != self.shape.reads.len()
            || arguments.len() != self.shape.parameters.len()
            || self.shape.results.len() > MOST_RESULTS
            || !self.shape.reads.iter().zip(columns).all(fits)
        {
            return None;
        }
        let step = self.step;
        let (whole, all) = (rows / step * step, rows.next_multiple_of(step));
        let mut rooms: [Option<Room>; MOST_RESULTS] =
            std::array::from_fn(|at| self.shape.results.get(at).map(|(form, _)| Room::new(*form, all)));
        let mut results = rooms.each_mut().map(|room| room.as_mut().map_or(null_mut(), Room::address));
        let mut reads = Few::new(null(), columns.iter().map(|column| column.address()));
        let mut faults = 0;
        if whole > 0 {
            // SAFETY: `entry` is called while `self.code` is borrowed. It reads `whole` rows from each of `reads`,
            // which are as long as that in the form it was compiled for (checked above; bits end with a whole word,
            // which a step does not cross), and as many parameters as there are; it writes `whole` rows to each of
            // `results` that the shape has, where there is room for them. The step is not zero, and `whole` a
            // multiple of it.
            faults |= unsafe {
                (self.code.entry())(reads.slice().as_ptr(), arguments.as_ptr(), results.as_ptr(), whole / step)
            };
        }
        if whole < rows {
            let tails: Vec<Tail> = columns.iter().map(|column| column.tail(whole, rows)).collect();
            for ((read, column), tail) in reads.slice_mut().iter_mut().zip(columns).zip(&tails) {
                *read = match column {
                    Column::Bits(words) => words.as_ptr().cast::<u8>().wrapping_add(whole / 8),
                    _ => tail.as_ptr().cast(),
                };
            }
            for (result, (form, _)) in results.iter_mut().zip(&self.shape.results) {
                *result = result.wrapping_add(form.bytes(whole));
            }
            // SAFETY: as above, for one step: a tail holds a step of the widest form, the bits of a step that begins
            // before `rows` lie in a word that is there, and the results have room for a step behind `whole`.
            let last = unsafe { (self.code.entry())(reads.slice().as_ptr(), arguments.as_ptr(), results.as_ptr(), 1) };
            faults |= last & ((1 << (rows - whole)) - 1);
        }
        if faults & ((1 << step) - 1) != 0 {
            return None;
        }
        // SAFETY: `rows` rows have been written to each: `whole` by the first call, the rest by the second.
        Some(rooms.map(|room| room.map(|room| unsafe { room.written(rows) })))
    }
}

impl std::fmt::Debug for Kernel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kernel({} bytes)", self.bytes())
    }
}

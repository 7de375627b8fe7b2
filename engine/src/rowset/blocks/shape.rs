//! Putting the ids of a block into the smallest form.

use std::sync::Arc;

use super::bits::{self, Bits, TOTAL, WORDS};
use super::body::{BLOCK, Body, MOST_RUNS, MOST_VALUES, Run16, Span, count_value_runs};

/// Room for results on their way into a form, reused from block to block.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) values: Vec<u16>,
    pub(super) spans: Vec<Span>,
    words: Vec<u64>,
    /// Borders of spans of the two sides of an operation, and of its result.
    pub(super) left: Vec<u32>,
    pub(super) right: Vec<u32>,
    pub(super) borders: Vec<u32>,
    runs: Vec<Run16>,
}

/// The forms to choose from, apart from a full block.
#[derive(PartialEq, Clone, Copy, Debug)]
pub(super) enum Form {
    Runs,
    Array,
    Bits,
}

/// The smallest form for so many ids in so many runs. A run takes the bytes of two values; ties go to what is quicker to merge.
pub(super) fn smallest(count: usize, runs: usize) -> Form {
    if runs < MOST_RUNS && 2 * (runs + 1) < count {
        Form::Runs
    } else if count <= MOST_VALUES {
        Form::Array
    } else {
        Form::Bits
    }
}

impl Scratch {
    /// Cleared words of bits.
    pub(super) fn clear_words(&mut self) -> &mut [u64] {
        self.words.clear();
        self.words.resize(TOTAL, 0);
        &mut self.words
    }

    /// The words as they were left.
    pub(super) fn words(&mut self) -> &mut [u64] {
        self.words.resize(TOTAL, 0);
        &mut self.words
    }

    /// A body of the ascending values collected, and their number; `None` for none.
    pub(super) fn take_values(&mut self) -> Option<(Body, usize)> {
        let count = self.values.len();
        if count == 0 || count == BLOCK {
            return full_or_none(count);
        }
        let runs = count_value_runs(&self.values, MOST_RUNS.min(count / 2));
        let body = match smallest(count, runs) {
            Form::Array => Body::Array(Arc::from(&self.values[..])),
            Form::Runs => {
                let spans = &mut self.spans;
                spans.clear();
                self.values.iter().for_each(|&value| push_span(spans, (u32::from(value), u32::from(value) + 1)));
                pack_runs(spans, &mut self.runs)
            }
            Form::Bits => {
                let values = std::mem::take(&mut self.values);
                let words = self.clear_words();
                values.iter().for_each(|&value| words[usize::from(value) / 64] |= 1 << (value % 64));
                bits::count(words);
                self.values = values;
                Body::Bits(Bits::new(&self.words))
            }
        };
        Some((body, count))
    }

    /// A body of the ascending spans collected, which do not touch, and the number of ids in them.
    pub(super) fn take_spans(&mut self) -> Option<(Body, usize)> {
        let count = self.spans.iter().map(|span| (span.1 - span.0) as usize).sum();
        if count == 0 || count == BLOCK {
            return full_or_none(count);
        }
        let body = match smallest(count, self.spans.len()) {
            Form::Runs => pack_runs(&self.spans, &mut self.runs),
            Form::Array => {
                let values = &mut self.values;
                values.clear();
                self.spans.iter().for_each(|span| values.extend((span.0..span.1).map(|value| value as u16)));
                Body::Array(Arc::from(&values[..]))
            }
            Form::Bits => {
                let spans = std::mem::take(&mut self.spans);
                let words = self.clear_words();
                spans.iter().for_each(|span| bits::set(words, span.0 as usize..span.1 as usize));
                bits::count(words);
                self.spans = spans;
                Body::Bits(Bits::new(&self.words))
            }
        };
        Some((body, count))
    }

    /// A body of the bits in the words and of the spans collected, and the number of ids.
    pub(super) fn take_words_and_spans(&mut self) -> Option<(Body, usize)> {
        let spans = std::mem::take(&mut self.spans);
        let words = self.words();
        spans.iter().for_each(|span| bits::set(words, span.0 as usize..span.1 as usize));
        self.spans = spans;
        self.take_words()
    }

    /// A body of the spans between borders, and the number of ids in them.
    pub(super) fn take_borders(&mut self) -> Option<(Body, usize)> {
        self.spans.clear();
        self.spans.extend(self.borders.as_chunks().0.iter().map(|&[start, end]| (start, end)));
        self.take_spans()
    }

    /// A body of the bits in the words, and their number.
    pub(super) fn take_words(&mut self) -> Option<(Body, usize)> {
        let count = bits::count(self.words());
        if count == 0 || count == BLOCK {
            return full_or_none(count);
        }
        let runs = bits::count_runs(&self.words[..WORDS], MOST_RUNS.min(count / 2));
        match smallest(count, runs) {
            Form::Bits => Some((Body::Bits(Bits::new(&self.words)), count)),
            Form::Array => {
                self.values.clear();
                for (i, &word) in self.words[..WORDS].iter().enumerate() {
                    let mut word = word;
                    while word != 0 {
                        self.values.push((i * 64) as u16 + word.trailing_zeros() as u16);
                        word &= word - 1;
                    }
                }
                Some((Body::Array(Arc::from(&self.values[..])), count))
            }
            Form::Runs => {
                let bits = Bits::new(&self.words);
                self.spans.clear();
                self.spans.extend(super::walk::bit_spans(&bits));
                self.take_spans()
            }
        }
    }
}

fn full_or_none(count: usize) -> Option<(Body, usize)> {
    (count > 0).then_some((Body::Full(1), count))
}

/// Adds a span at or above the start of the last, joining those that touch.
pub(super) fn push_span(spans: &mut Vec<Span>, span: Span) {
    match spans.last_mut() {
        Some(last) if span.0 <= last.1 => last.1 = last.1.max(span.1),
        _ => spans.push(span),
    }
}

fn pack_runs(spans: &[Span], runs: &mut Vec<Run16>) -> Body {
    let mut before = 0u32;
    runs.clear();
    for span in spans {
        runs.push(Run16 { start: span.0 as u16, before: before as u16 });
        before += span.1 - span.0;
    }
    runs.push(Run16 { start: u16::MAX, before: before as u16 });
    Body::Runs(Arc::from(&runs[..]))
}

//! [`Few`]: a list that needs no memory of its own while it is short. A kernel takes as long for a vector of 2,048 rows
//! as a handful of allocations.

/// As many as most formulas read.
const FEW: usize = 8;

/// A list of which the first few would stand in place.
pub(crate) struct Few<T> {
    here: [T; FEW],
    len: usize,
    /// All of them, if they are more.
    more: Vec<T>,
}

impl<T: Copy> Few<T> {
    /// The items; `blank` stands where there are none.
    pub(crate) fn new(blank: T, mut items: impl Iterator<Item = T>) -> Few<T> {
        let mut few = Few { here: [blank; FEW], len: 0, more: Vec::new() };
        for (place, item) in few.here.iter_mut().zip(&mut items) {
            *place = item;
            few.len += 1;
        }
        if few.len == FEW
            && let Some(next) = items.next()
        {
            few.more = few.here.into_iter().chain([next]).chain(items).collect();
        }
        few
    }

    pub(crate) fn slice(&self) -> &[T] {
        if self.more.is_empty() { &self.here[..self.len] } else { &self.more }
    }

    pub(crate) fn slice_mut(&mut self) -> &mut [T] {
        if self.more.is_empty() { &mut self.here[..self.len] } else { &mut self.more }
    }
}

#[cfg(test)]
mod tests {
    use super::Few;

    #[test]
    fn lists_of_every_length_are_as_they_were() {
        for len in 0..20 {
            let mut few = Few::new(99, 0..len);
            assert!(few.slice().iter().copied().eq(0..len), "{len}");
            few.slice_mut().iter_mut().for_each(|item| *item += 1);
            assert!(few.slice().iter().copied().eq(1..=len), "{len}");
        }
    }
}

//! [`Digest`]: a t-digest, the shape of many numbers in little memory.

/// Values that are kept as they are before they are merged into centroids.
const BUFFER: usize = 512;

/// How fine it is: about as many centroids as this at most.
const FINENESS: f64 = 200.0;

/// A run of neighbouring values: their mean and their number.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Centroid {
    mean: f64,
    values: f64,
}

/// Finite numbers, near the ends one by one, in the middle by runs. After Dunning; of the same numbers in the same order
/// it is the same, whenever it is asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Digest {
    /// Ascending.
    centroids: Vec<Centroid>,
    buffer: Vec<f64>,
    values: u64,
    /// The least and the greatest number, which no centroid tells.
    ends: Option<(f64, f64)>,
}

impl Digest {
    pub(super) fn insert(&mut self, value: f64) {
        self.buffer.push(value);
        self.values += 1;
        let (least, greatest) = self.ends.unwrap_or((value, value));
        self.ends = Some((least.min(value), greatest.max(value)));
        if self.buffer.len() == BUFFER {
            self.centroids = self.merged();
            self.buffer.clear();
        }
    }

    /// How many numbers there are.
    pub(super) fn len(&self) -> u64 {
        self.values
    }

    /// The centroids with the buffer among them.
    fn merged(&self) -> Vec<Centroid> {
        let mut all: Vec<Centroid> = self.buffer.iter().map(|&mean| Centroid { mean, values: 1.0 }).collect();
        all.extend_from_slice(&self.centroids);
        all.sort_by(|a, b| a.mean.total_cmp(&b.mean));
        let total = self.values as f64;
        // A centroid may span one step of this scale, which is fine at both ends.
        let scale = |share: f64| (2.0 * share - 1.0).clamp(-1.0, 1.0).asin() * FINENESS / std::f64::consts::TAU;
        let mut merged: Vec<Centroid> = Vec::with_capacity(FINENESS as usize);
        let (mut before, mut limit) = (0.0, scale(0.0) + 1.0);
        for next in all {
            match merged.last_mut() {
                Some(last) if scale((before + last.values + next.values) / total) <= limit => {
                    last.values += next.values;
                    last.mean += (next.mean - last.mean) * (next.values / last.values);
                }
                last => {
                    before += last.map_or(0.0, |last| last.values);
                    limit = scale(before / total) + 1.0;
                    merged.push(next);
                }
            }
        }
        merged
    }

    /// The number at a share of the way from the least to the greatest, by its place among them all; exact while all are in
    /// the buffer.
    pub(super) fn at(&self, place: f64) -> Option<f64> {
        if self.centroids.is_empty() {
            let mut sorted = self.buffer.clone();
            sorted.sort_by(f64::total_cmp);
            return sorted.get((place + 0.5).floor() as usize).copied();
        }
        let (least, greatest) = self.ends?;
        let (mut before, mut left) = (0.0, (0.0, least));
        // The mean stands for the middle of its values.
        let middles = self.merged().into_iter().map(|Centroid { mean, values }| {
            let middle = before + (values - 1.0) / 2.0;
            before += values;
            (middle, mean)
        });
        for right in middles.chain([((self.values - 1) as f64, greatest)]) {
            if place <= right.0 {
                let span = right.0 - left.0;
                let share = if span > 0.0 { (place - left.0) / span } else { 1.0 };
                return Some(left.1 + (right.1 - left.1) * share);
            }
            left = right;
        }
        Some(greatest)
    }

    pub(super) fn bytes(&self) -> usize {
        self.centroids.capacity() * size_of::<Centroid>() + self.buffer.capacity() * size_of::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(values: impl IntoIterator<Item = f64>) -> Digest {
        let mut digest = Digest::default();
        values.into_iter().for_each(|value| digest.insert(value));
        digest
    }

    #[test]
    fn few_numbers_are_exact() {
        let few = digest([3.0, 1.0, 2.0, -7.5]);
        assert_eq!([0.0, 1.0, 1.4, 1.5, 3.0].map(|place| few.at(place)), [-7.5, 1.0, 1.0, 2.0, 3.0].map(Some));
        assert_eq!(Digest::default().at(0.0), None);
    }

    /// Ascending, descending and mixed numbers: in the middle within half a percent of ranks, at the ends far nearer.
    #[test]
    fn many_numbers_are_near_in_little_memory() {
        const N: u64 = 200_000;
        let orders: [fn(u64) -> u64; 3] = [|i| i, |i| N - 1 - i, |i| i * 7_919 % N];
        for order in orders {
            let many = digest((0..N).map(|i| order(i) as f64));
            assert!(many.centroids.len() < 2 * FINENESS as usize && many.bytes() < 20_000);
            for (share, near) in
                [(0.0, 0.0001), (0.001, 0.0005), (0.25, 0.005), (0.5, 0.005), (0.99, 0.002), (1.0, 0.0001)]
            {
                let place = share * (N - 1) as f64;
                let found = many.at(place).unwrap();
                assert!((found - place).abs() <= near * N as f64, "{share}: {found} instead of {place}");
            }
        }
    }
}

//! Suggestions: the nearest of the names there are, and short lists of them.

/// Longer names are no slips of the pen, and comparing them would take its time.
const LONGEST: usize = 128;

/// The name nearest to `wanted` (case apart counts little), if any is near enough to be meant.
pub fn nearest<'n>(wanted: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let length = wanted.chars().count();
    if length > LONGEST {
        return None;
    }
    let limit = (length / 3).max(1) * 2;
    names
        .into_iter()
        // As many insertions as that are too many already.
        .filter(|name| name.chars().count().abs_diff(length) * 2 <= limit)
        .map(|name| (distance(wanted, name), name))
        .filter(|&(distance, _)| distance <= limit)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

/// Edit distance with insertions, deletions, substitutions and swaps of neighbours at 2, a change of case at 1.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).map(|j| 2 * j).collect();
    for i in 1..=a.len() {
        let mut row = vec![2 * i; b.len() + 1];
        for j in 1..=b.len() {
            let (x, y) = (a[i - 1], b[j - 1]);
            let change = if x == y {
                0
            } else if x.to_lowercase().eq(y.to_lowercase()) {
                1
            } else {
                2
            };
            row[j] = (last[j - 1] + change).min(last[j] + 2).min(row[j - 1] + 2);
            if i > 1 && j > 1 && x == b[j - 2] && a[i - 2] == y {
                row[j] = row[j].min(before[j - 2] + 2);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// `a, b, c and 4 more`: at most `limit` names.
pub fn list<'n>(names: impl IntoIterator<Item = &'n str>, limit: usize) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let mut out = names[..names.len().min(limit)].join(", ");
    if names.len() > limit {
        out.push_str(&format!(" and {} more", names.len() - limit));
    }
    if names.is_empty() { "none".to_owned() } else { out }
}

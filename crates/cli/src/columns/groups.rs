//! Which group each row of a table belongs to.

use indexmap::IndexMap;

/// Groups in the order in which they first appear, and the group of each row.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    numbers: IndexMap<String, usize>,
    of_row: Vec<usize>,
}

/// Rows sorted by group, each group's in their order in the table.
#[derive(Debug)]
pub(crate) struct Sorted {
    /// Positions of rows.
    pub(crate) rows: Vec<usize>,
    /// Where each group's rows begin; the last element is their number.
    pub(crate) offsets: Vec<usize>,
}

impl Groups {
    /// Adds a row of the group with this label.
    pub(crate) fn push(&mut self, label: &str) {
        // Rows of one group usually follow each other.
        let last = self.of_row.last().copied();
        let same = last.filter(|&it| self.numbers.get_index(it).is_some_and(|it| it.0 == label));
        let next = self.numbers.len();
        let number = same.or_else(|| self.numbers.get(label).copied()).unwrap_or(next);
        if number == next {
            self.numbers.insert(label.to_owned(), next);
        }
        self.of_row.push(number);
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.of_row.len()
    }

    /// The label of each group.
    pub(crate) fn labels(&self) -> impl ExactSizeIterator<Item = &str> {
        self.numbers.keys().map(String::as_str)
    }

    /// The rows that `keep` accepts, by group.
    pub(crate) fn sorted(&self, keep: impl Fn(usize) -> bool) -> Sorted {
        let mut offsets = vec![0; self.numbers.len() + 1];
        for (row, &group) in self.of_row.iter().enumerate() {
            offsets[group + 1] += usize::from(keep(row));
        }
        for group in 0..self.numbers.len() {
            offsets[group + 1] += offsets[group];
        }
        let mut next = offsets.clone();
        let mut rows = vec![0; offsets.last().copied().unwrap_or(0)];
        for (row, &group) in self.of_row.iter().enumerate().filter(|it| keep(it.0)) {
            rows[next[group]] = row;
            next[group] += 1;
        }
        Sorted { rows, offsets }
    }
}

#[cfg(test)]
mod tests {
    use super::Groups;

    #[test]
    fn rows_are_sorted_by_first_appearance_and_keep_their_order() {
        let mut groups = Groups::default();
        for label in ["b", "a", "b", "b", "a", "c"] {
            groups.push(label);
        }
        assert_eq!(groups.labels().collect::<Vec<_>>(), ["b", "a", "c"]);
        let sorted = groups.sorted(|row| row != 3);
        assert_eq!(sorted.rows, [0, 2, 1, 4, 5]);
        assert_eq!(sorted.offsets, [0, 2, 4, 5]);
    }
}

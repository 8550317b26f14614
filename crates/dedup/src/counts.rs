//! PRISMA's numbers: what each source brought, and how it adds up.

/// What one source brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SourceCounts {
    /// Records read.
    pub records: usize,
    /// Records that are a report which an earlier record of the same source is, too, and no earlier source has.
    pub duplicates_within: usize,
    /// Records that are a report which an earlier source has.
    pub duplicates_of_earlier: usize,
    /// Reports that are counted for this source, the first that has them: records less both kinds of duplicates.
    pub reports_left: usize,
    /// Reports that no other source has, earlier or later: its unique contribution.
    pub reports_only_here: usize,
}

/// What all sources brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Records of all sources.
    pub records: usize,
    /// Records that are a report which an earlier record is, too.
    pub duplicates: usize,
    /// Reports: records less duplicates.
    pub reports: usize,
    /// Each source, in order.
    pub sources: Vec<SourceCounts>,
}

impl Counts {
    /// Counts for sources of so many records each, which are numbered on from source to source.
    pub fn of(sizes: &[usize], groups: &[Vec<usize>]) -> Self {
        let source_of: Vec<usize> =
            sizes.iter().enumerate().flat_map(|(i, n)| std::iter::repeat_n(i, *n)).collect();
        let mut sources: Vec<SourceCounts> = sizes
            .iter()
            .map(|n| SourceCounts { records: *n, reports_only_here: *n, ..SourceCounts::default() })
            .collect();
        for group in groups {
            let first = group.iter().map(|it| source_of[*it]).min().unwrap_or(0);
            let is_shared = group.iter().any(|it| source_of[*it] != first);
            let mut is_counted = false;
            for record in group {
                let source = &mut sources[source_of[*record]];
                if source_of[*record] != first {
                    source.duplicates_of_earlier += 1;
                } else if is_counted {
                    source.duplicates_within += 1;
                }
                let is_kept = source_of[*record] == first && !is_counted;
                is_counted |= is_kept;
                if !is_kept || is_shared {
                    source.reports_only_here -= 1;
                }
            }
        }
        for it in &mut sources {
            it.reports_left = it.records - it.duplicates_within - it.duplicates_of_earlier;
        }
        let records = sizes.iter().sum();
        let duplicates = groups.iter().map(|group| group.len().saturating_sub(1)).sum();
        Self { records, duplicates, reports: records - duplicates, sources }
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn the_numbers_add_up() {
        // Sources of records 0-3, 4-5 and 6.
        let counts = Counts::of(&[4, 2, 1], &[vec![0, 1], vec![2, 4, 5]]);
        assert_eq!((counts.records, counts.duplicates, counts.reports), (7, 3, 4));
        assert_eq!(counts.sources.iter().map(|it| it.reports_left).sum::<usize>(), counts.reports);
        let [a, b, c] = [counts.sources[0], counts.sources[1], counts.sources[2]];
        assert_eq!(
            (a.duplicates_within, a.duplicates_of_earlier, a.reports_left, a.reports_only_here),
            (1, 0, 3, 2)
        );
        assert_eq!(
            (b.duplicates_within, b.duplicates_of_earlier, b.reports_left, b.reports_only_here),
            (0, 2, 0, 0)
        );
        assert_eq!((c.reports_left, c.reports_only_here), (1, 1));
    }
}

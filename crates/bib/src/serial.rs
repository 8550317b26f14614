//! ISSNs and ISBNs, which many exports keep in one field.

/// The ISSNs in these values, each once: "03064530 (ISSN)" is 0306-4530.
pub(crate) fn issns<'a>(values: impl Iterator<Item = &'a str>) -> Vec<String> {
    let eight = numbers(values).filter(|number| number.len() == 8);
    unique(eight.map(|number| format!("{}-{}", &number[..4], &number[4..])))
}

/// The ISBNs in these values, each once, without hyphens.
pub(crate) fn isbns<'a>(values: impl Iterator<Item = &'a str>) -> Vec<String> {
    unique(numbers(values).filter(|number| matches!(number.len(), 10 | 13)))
}

/// What looks like a number with a check digit: digits, hyphens, and an X at the end.
fn numbers<'a>(values: impl Iterator<Item = &'a str>) -> impl Iterator<Item = String> {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | 'X' | 'x');
    let words = values.flat_map(move |value| value.split(move |c: char| !is_part(c)));
    words.map(|word| word.replace('-', "").to_ascii_uppercase()).filter(|number| {
        let (digits, check) = number.split_at(number.len().saturating_sub(1));
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) && !check.is_empty()
    })
}

fn unique(numbers: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for number in numbers {
        if !all.contains(&number) {
            all.push(number);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{isbns, issns};

    #[test]
    fn issns_and_isbns_are_told_apart() {
        let values =
            ["1013-9087 (Print)", "03064530 (ISSN)", "2005-389x; 10139087", "9783446456723"];
        assert_eq!(issns(values.into_iter()), ["1013-9087", "0306-4530", "2005-389X"]);
        let values = ["978-3-446-45672-3 (ISBN)", "0-306-40615-2", "1013-9087", "x", ""];
        assert_eq!(isbns(values.into_iter()), ["9783446456723", "0306406152"]);
    }
}

//! Fitting text into a width: wrapping at words, cutting with an ellipsis.

use crate::font::{FontWeight, middle, width};

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Font {
    /// Size in user units.
    pub(crate) size: f64,
    /// Weight.
    pub(crate) weight: FontWeight,
}

impl Font {
    pub(crate) const fn regular(size: f64) -> Self {
        Self { size, weight: FontWeight::Regular }
    }

    pub(crate) const fn bold(size: f64) -> Self {
        Self { size, weight: FontWeight::Bold }
    }

    /// Width of a text in this font.
    pub(crate) fn width(self, text: &str) -> f64 {
        width(text, self.size, self.weight)
    }

    /// Distance from one baseline to the next.
    pub(crate) fn line_height(self) -> f64 {
        self.size * 1.3
    }

    /// How far the baseline lies below the middle of the capitals.
    pub(crate) fn drop(self) -> f64 {
        self.size * 0.357
    }

    /// How far the middle of one character's outline lies above the baseline.
    pub(crate) fn middle_of(self, character: char) -> f64 {
        self.size * middle(character, self.weight)
    }

    /// The lines of a text that is no wider than `room`: broken at white space, or inside a word that is itself too
    /// wide. A short parenthesis such as "(95% CI)" counts as one word. An empty text has no lines.
    pub(crate) fn wrap(self, text: &str, room: f64) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in words(text) {
            for piece in self.pieces(&word, room) {
                let joined =
                    if line.is_empty() { piece.clone() } else { format!("{line} {piece}") };
                if self.width(&joined) <= room || line.is_empty() {
                    line = joined;
                } else {
                    lines.push(std::mem::replace(&mut line, piece));
                }
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// A word cut into pieces that each fit; most words are one piece.
    fn pieces(self, word: &str, room: f64) -> Vec<String> {
        if self.width(word) <= room {
            return vec![word.to_owned()];
        }
        let mut pieces = vec![String::new()];
        for c in word.chars() {
            let mut longer = pieces.last().cloned().unwrap_or_default();
            let empty = longer.is_empty();
            longer.push(c);
            if empty || self.width(&longer) <= room {
                if let Some(last) = pieces.last_mut() {
                    *last = longer;
                }
            } else {
                pieces.push(c.to_string());
            }
        }
        pieces
    }

    /// [`Self::wrap`], but at most `most` lines; what is left out shows as an ellipsis.
    pub(crate) fn wrap_at_most(self, text: &str, room: f64, most: usize) -> Vec<String> {
        let mut lines = self.wrap(text, room);
        if lines.len() > most {
            let rest = lines.split_off(most.saturating_sub(1)).join(" ");
            lines.push(self.cut(&rest, room));
        }
        lines
    }

    /// The text on one line, its end replaced by an ellipsis if it is wider than `room`.
    pub(crate) fn cut(self, text: &str, room: f64) -> String {
        let text = breakable(text).collect::<Vec<_>>().join(" ");
        if self.width(&text) <= room {
            return text;
        }
        let mut kept = String::new();
        let mut used = self.width("…");
        for c in text.chars() {
            used += self.width(c.encode_utf8(&mut [0; 4]));
            if used > room {
                break;
            }
            kept.push(c);
        }
        format!("{}…", kept.trim_end())
    }

    /// The narrowest room that keeps every word of the texts whole.
    pub(crate) fn longest_word<'a>(self, texts: impl IntoIterator<Item = &'a str>) -> f64 {
        texts.into_iter().flat_map(words).map(|word| self.width(&word)).fold(0.0, f64::max)
    }
}

/// The runs of a text between blanks at which a line may break; no-break spaces are part of a run, and keep
/// their width.
fn breakable(text: &str) -> impl Iterator<Item = &str> {
    let is_break = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}');
    text.split(is_break).filter(|run| !run.is_empty())
}

/// The words of a text, short parentheses kept whole.
fn words(text: &str) -> Vec<String> {
    const SHORT: usize = 16;
    let mut words: Vec<String> = Vec::new();
    for word in breakable(text) {
        match words.last_mut() {
            Some(last)
                if last.starts_with('(')
                    && !last.contains(')')
                    && last.chars().count() + 1 + word.chars().count() <= SHORT =>
            {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const FONT: Font = Font::regular(10.0);

    #[test]
    fn lines_break_at_spaces_and_fit() {
        let lines = FONT.wrap("Bias arising from the randomisation process", 90.0);
        assert_eq!(lines.join(" "), "Bias arising from the randomisation process");
        assert!(lines.len() > 1 && lines.iter().all(|l| FONT.width(l) <= 90.0), "{lines:?}");
    }

    #[test]
    fn a_short_parenthesis_stays_whole() {
        assert_eq!(FONT.wrap("Risk ratio (95% CI)", 75.0), ["Risk ratio", "(95% CI)"]);
    }

    #[test]
    fn a_word_wider_than_the_room_is_broken() {
        let lines = FONT.wrap("a Donaudampfschifffahrtsgesellschaft", 60.0);
        assert_eq!(lines.concat(), "aDonaudampfschifffahrtsgesellschaft");
        assert!(lines.iter().all(|l| FONT.width(l) <= 60.0), "{lines:?}");
    }

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis() {
        assert_eq!(FONT.cut("Aronson", 100.0), "Aronson");
        let cut = FONT.cut("Aronson and many others 1948", 60.0);
        assert!(cut.ends_with('…') && FONT.width(&cut) <= 60.0, "{cut}");
        let lines = FONT.wrap_at_most("one two three four five six seven eight nine", 50.0, 2);
        assert!(lines.len() == 2 && lines[1].ends_with('…'), "{lines:?}");
    }

    #[test]
    fn a_no_break_space_neither_breaks_nor_widens() {
        let text = "112\u{202f}657";
        assert_eq!(FONT.wrap(text, 1.0).concat(), text);
        assert_eq!(FONT.cut(text, FONT.width(text)), text);
    }

    #[test]
    fn nothing_and_no_room_are_harmless() {
        assert!(FONT.wrap("", 50.0).is_empty());
        assert!(FONT.wrap(" \n\t", 50.0).is_empty());
        assert_eq!(FONT.wrap("ab", 0.0), ["a", "b"]);
        assert_eq!(FONT.cut("ab", 0.0), "…");
    }
}

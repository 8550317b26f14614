//! LaTeX in the values of BibTeX: what it looks like, and how plain text is written in it.

use unicode_normalization::UnicodeNormalization;

use crate::xml::raise;

/// A value as it looks when printed: accents and symbols as characters, no braces, white space as
/// single spaces. Commands that are not known here stay as they are.
pub(crate) fn decode(raw: &str) -> String {
    let mut decoder =
        Decoder { rest: raw.trim(), out: String::with_capacity(raw.len()), in_math: false };
    while decoder.step() {}
    decoder.out.truncate(decoder.out.trim_end().len());
    decoder.out
}

/// Whether a value has more to it than its text: commands, groups, formulas.
pub(crate) fn is_marked_up(raw: &str) -> bool {
    raw.contains(['\\', '{', '$', '~'])
}

struct Decoder<'a> {
    rest: &'a str,
    out: String,
    in_math: bool,
}

impl<'a> Decoder<'a> {
    /// Reads on by one character or command; false at the end.
    fn step(&mut self) -> bool {
        let Some(c) = self.rest.chars().next() else { return false };
        let after = &self.rest[c.len_utf8()..];
        match c {
            '\\' => {
                self.rest = after;
                self.command();
                return true;
            }
            _ if c.is_whitespace() || c == '~' => {
                self.rest = after.trim_start();
                self.space();
                return true;
            }
            '{' | '}' => {}
            '$' => self.in_math = !self.in_math,
            '^' | '_' if self.in_math => {
                self.rest = after;
                let script = self.argument();
                self.script(script, c == '^');
                return true;
            }
            '-' => return self.ligature(&[("---", '—'), ("--", '–'), ("-", '-')]),
            '`' => return self.ligature(&[("``", '“'), ("`", '‘')]),
            '\'' => return self.ligature(&[("''", '”'), ("'", '\'')]),
            _ => self.out.push(c),
        }
        self.rest = after;
        true
    }

    fn space(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
    }

    fn ligature(&mut self, forms: &[(&str, char)]) -> bool {
        for (written, meant) in forms {
            if let Some(after) = self.rest.strip_prefix(written) {
                self.out.push(*meant);
                self.rest = after;
                return true;
            }
        }
        false
    }

    fn script(&mut self, script: &str, is_raised: bool) {
        let start = self.out.len();
        self.out.push_str(&decode(script));
        raise(&mut self.out, start, is_raised);
    }

    /// What is behind a backslash.
    fn command(&mut self) {
        let length = self.rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let Some(first) = self.rest.chars().next() else { return self.out.push('\\') };
        if length == 0 {
            self.rest = &self.rest[first.len_utf8()..];
            match first {
                '\'' | '`' | '^' | '"' | '~' | '=' | '.' => self.accent(first),
                '&' | '%' | '$' | '#' | '_' | '{' | '}' => self.out.push(first),
                '-' | '/' | '@' | '!' => {}
                '\\' | ',' | ';' | ':' => self.space(),
                _ if first.is_whitespace() => self.space(),
                '(' | ')' | '[' | ']' => self.in_math = matches!(first, '(' | '['),
                _ => self.out.extend(['\\', first]),
            }
            return;
        }
        let (name, after) = self.rest.split_at(length);
        self.rest = after;
        match name {
            "u" | "v" | "H" | "c" | "k" | "r" | "d" | "b" if !after.starts_with(['_', '^']) => {
                self.rest = after.trim_start();
                self.accent(name.chars().next().unwrap_or(first));
            }
            "textsuperscript" | "textsubscript" => {
                let script = self.argument();
                self.script(script, name == "textsuperscript");
            }
            _ if is_font(name) => self.rest = after.trim_start(),
            _ => match symbol(name) {
                Some(symbol) => {
                    self.out.push_str(symbol);
                    // White space ends the name of a command and is no text.
                    self.rest = after.strip_prefix("{}").unwrap_or_else(|| after.trim_start());
                }
                None => self.out.extend(["\\", name]),
            },
        }
    }

    /// The next group without its braces, command, or character. A group within it ends at its first
    /// closing brace.
    fn argument(&mut self) -> &'a str {
        let rest = self.rest.trim_start();
        let (argument, after) = match rest.chars().next() {
            Some('{') => {
                let end = rest.find('}').unwrap_or(rest.len());
                (&rest[1..end], rest.get(end + 1..).unwrap_or(""))
            }
            Some('\\') => {
                let length = rest[1..].bytes().take_while(u8::is_ascii_alphabetic).count().max(1);
                rest.split_at_checked(1 + length).unwrap_or((rest, ""))
            }
            Some(c) => rest.split_at(c.len_utf8()),
            None => ("", ""),
        };
        self.rest = after;
        argument
    }

    /// Puts an accent on the next letter.
    fn accent(&mut self, accent: char) {
        let argument = self.argument().trim();
        let (base, others) = match argument {
            "\\i" => ("i", ""),
            "\\j" => ("j", ""),
            _ => argument.split_at(argument.chars().next().map_or(0, char::len_utf8)),
        };
        let Some(combining) = combining(accent) else { return self.out.push_str(argument) };
        if base.is_empty() {
            // "\~{}" is the mark alone.
            return self.out.push(accent);
        }
        self.out.extend(base.chars().chain([combining]).nfc());
        self.out.push_str(&others.replace('\\', ""));
    }
}

fn combining(accent: char) -> Option<char> {
    Some(match accent {
        '`' => '\u{300}',
        '\'' => '\u{301}',
        '^' => '\u{302}',
        '~' => '\u{303}',
        '=' => '\u{304}',
        'u' => '\u{306}',
        '.' => '\u{307}',
        '"' => '\u{308}',
        'r' => '\u{30a}',
        'H' => '\u{30b}',
        'v' => '\u{30c}',
        'd' => '\u{323}',
        'c' => '\u{327}',
        'k' => '\u{328}',
        'b' => '\u{331}',
        _ => return None,
    })
}

fn is_font(name: &str) -> bool {
    const FONTS: [&str; 22] = [
        "emph",
        "textit",
        "textbf",
        "texttt",
        "textsc",
        "textrm",
        "textsf",
        "textnormal",
        "text",
        "mbox",
        "mathrm",
        "mathit",
        "mathbf",
        "mathsf",
        "ensuremath",
        "it",
        "bf",
        "em",
        "rm",
        "sc",
        "tt",
        "mkbibquote",
    ];
    FONTS.contains(&name)
}

/// Symbols by their commands.
const SYMBOLS: [(&str, &str); 92] = [
    ("ss", "ß"),
    ("o", "ø"),
    ("O", "Ø"),
    ("l", "ł"),
    ("L", "Ł"),
    ("ae", "æ"),
    ("AE", "Æ"),
    ("oe", "œ"),
    ("OE", "Œ"),
    ("aa", "å"),
    ("AA", "Å"),
    ("i", "ı"),
    ("j", "ȷ"),
    ("dh", "ð"),
    ("DH", "Ð"),
    ("th", "þ"),
    ("TH", "Þ"),
    ("dj", "đ"),
    ("DJ", "Đ"),
    ("textbackslash", "\\"),
    ("textasciitilde", "~"),
    ("textasciicircum", "^"),
    ("textasciigrave", "`"),
    ("textbraceleft", "{"),
    ("textbraceright", "}"),
    ("textunderscore", "_"),
    ("textbar", "|"),
    ("textless", "<"),
    ("textgreater", ">"),
    ("textendash", "–"),
    ("textemdash", "—"),
    ("textquotedblleft", "“"),
    ("textquotedblright", "”"),
    ("textquoteleft", "‘"),
    ("textquoteright", "’"),
    ("textquotesingle", "'"),
    ("ldots", "…"),
    ("dots", "…"),
    ("textellipsis", "…"),
    ("textdegree", "°"),
    ("degree", "°"),
    ("copyright", "©"),
    ("textcopyright", "©"),
    ("textregistered", "®"),
    ("texttrademark", "™"),
    ("S", "§"),
    ("P", "¶"),
    ("pounds", "£"),
    ("texteuro", "€"),
    ("euro", "€"),
    ("textmu", "µ"),
    ("pm", "±"),
    ("times", "×"),
    ("cdot", "·"),
    ("leq", "≤"),
    ("le", "≤"),
    ("geq", "≥"),
    ("ge", "≥"),
    ("neq", "≠"),
    ("approx", "≈"),
    ("sim", "∼"),
    ("infty", "∞"),
    ("rightarrow", "→"),
    ("to", "→"),
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("epsilon", "ε"),
    ("varepsilon", "ε"),
    ("zeta", "ζ"),
    ("eta", "η"),
    ("theta", "θ"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("mu", "μ"),
    ("nu", "ν"),
    ("xi", "ξ"),
    ("pi", "π"),
    ("rho", "ρ"),
    ("sigma", "σ"),
    ("tau", "τ"),
    ("phi", "φ"),
    ("chi", "χ"),
    ("psi", "ψ"),
    ("omega", "ω"),
    ("Gamma", "Γ"),
    ("Delta", "Δ"),
    ("Lambda", "Λ"),
    ("Sigma", "Σ"),
    ("Phi", "Φ"),
    ("Omega", "Ω"),
];

fn symbol(name: &str) -> Option<&'static str> {
    SYMBOLS.iter().find(|(known, _)| *known == name).map(|(_, symbol)| *symbol)
}

/// Plain text as a value that reads back as it is, but for its white space.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut last = ' ';
    for c in text.chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' => out.extend(['\\', c]),
            '\\' => out.push_str("\\textbackslash{}"),
            '{' => out.push_str("\\textbraceleft{}"),
            '}' => out.push_str("\\textbraceright{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '`' => out.push_str("\\textasciigrave{}"),
            '-' | '\'' if last == c => out.extend(["{}", if c == '-' { "-" } else { "'" }]),
            _ if c.is_whitespace() => out.push(' '),
            _ => out.push(c),
        }
        last = c;
    }
    out
}

/// The names of a list, parted by "and" outside of braces.
pub(crate) fn names(raw: &str) -> Vec<&str> {
    let (mut names, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    let bytes = raw.as_bytes();
    for (at, b) in bytes.iter().enumerate() {
        match b {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ if depth == 0 && b.is_ascii_whitespace() => {
                let word =
                    bytes.get(at + 1..at + 4).is_some_and(|it| it.eq_ignore_ascii_case(b"and"));
                let parted = bytes.get(at + 4).is_some_and(u8::is_ascii_whitespace);
                if word && parted && at >= start {
                    names.push(&raw[start..at]);
                    start = at + 4;
                }
            }
            _ => {}
        }
    }
    names.push(&raw[start..]);
    names.into_iter().map(str::trim).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decode, encode, names};

    #[test]
    fn accents_and_symbols_are_characters() {
        for (raw, text) in [
            ("Aks{\\i}n, {\\\"O}zge", "Aksın, Özge"),
            ("{\\c{C}}etinkaya", "Çetinkaya"),
            ("B{\\\"u}y{\\\"u}kg{\\\"u}ng{\\\"o}r", "Büyükgüngör"),
            ("Jos\\'e Mar{\\'\\i}a", "José María"),
            ("\\v{S}ime\\v cek, \\L ukasz, Stra{\\ss}e", "Šimeček, Łukasz, Straße"),
            ("Eccl{\\'e}siastique", "Ecclésiastique"),
            ("H$_2$O and 10$^{-3}$", "H₂O and 10⁻³"),
            ("A \\emph{word} \\& 5\\,\\% of \\textit{E. coli}", "A word & 5 % of E. coli"),
            ("Salvatoris~-- Vom  \n Sinn", "Salvatoris – Vom Sinn"),
            ("``quoted'' it's", "“quoted” it's"),
            ("$\\alpha$-blockers", "α-blockers"),
            ("\\unknown{x}", "\\unknownx"),
            ("{NASA} {\\~{}}x", "NASA ~x"),
        ] {
            assert_eq!(decode(raw), text, "{raw}");
        }
    }

    #[test]
    fn names_are_parted_by_and_outside_of_braces() {
        assert_eq!(names("A, B and {C and D}\n and E"), ["A, B", "{C and D}", "E"]);
        assert_eq!(names("Andrew and and B"), ["Andrew", "B"]);
        assert!(names("  ").is_empty());
    }

    proptest! {
        #[test]
        fn plain_text_reads_back_as_it_is(text in "\\PC{0,40}") {
            let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(decode(&encode(&plain)), plain);
        }

        #[test]
        fn anything_is_decoded(raw in "[\\\\{}$^_~'`\"a-z \n-]{0,60}") {
            decode(&raw);
            names(&raw);
        }
    }
}

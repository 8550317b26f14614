//! A tool as the file it could be read from.

use std::fmt::Write;

use super::{Condition, Domain, DomainKind, NOT_APPLICABLE, Overall, Question, Tool};

impl Tool {
    /// The tool as a file: what [`Tool::from_toml`] reads as the same tool. A team that wants a variant of a tool begins
    /// with this.
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        let mut line = |text: String| {
            out.push_str(&text);
            out.push('\n');
        };
        line(format!("name = {}", text(&self.name)));
        line(format!("version = {}", text(&self.version)));
        line(format!("source = {}", text(&self.source)));
        line(format!("notes = {}", list(&self.notes)));
        line(format!("overall = {}", text(word(&self.overall))));
        for answer in &self.answers {
            let (code, name) = (text(&answer.code), text(&answer.name));
            line(format!("\n[[answers]]\ncode = {code}\nname = {name}"));
        }
        for level in &self.levels {
            let light = text(level.light.name());
            line(format!("\n[[levels]]\nname = {}\nlight = {light}", text(&level.name)));
        }
        for domain in &self.domains {
            line(print_domain(
                domain,
                &self.answers.iter().map(|it| it.code.clone()).collect::<Vec<_>>(),
            ));
        }
        if let Overall::Rows(rows) = &self.overall {
            for row in rows {
                let (when, judgement) = (text(&row.when.to_string()), text(&row.judgement));
                line(format!("\n[[overall_rows]]\nwhen = {when}\njudgement = {judgement}"));
            }
        }
        out
    }
}

fn word(overall: &Overall) -> &'static str {
    match overall {
        Overall::Worst => "worst",
        Overall::None => "none",
        Overall::Stars => "stars",
        Overall::Rows(_) => "rows",
    }
}

fn print_domain(domain: &Domain, codes: &[String]) -> String {
    let mut out = format!(
        "\n[[domains]]\nid = {}\nshort = {}\nname = {}",
        text(&domain.id),
        text(&domain.short),
        text(&domain.name)
    );
    if let Some(note) = &domain.note {
        let _ = write!(out, "\nnote = {}", text(note));
    }
    match domain.kind {
        DomainKind::Bias => {}
        DomainKind::BiasByRater => out.push_str("\njudged_by = \"rater\""),
        DomainKind::Applicability => out.push_str("\napplicability = true"),
    }
    for question in &domain.questions {
        out.push_str(&print_question(question, codes));
    }
    for (t, table) in domain.tables.iter().enumerate() {
        for row in table {
            out.push_str("\n\n[[domains.rows]]");
            if domain.tables.len() > 1 {
                let _ = write!(out, "\npart = \"{}\"", t + 1);
            }
            let (when, judgement) = (text(&row.when.to_string()), text(&row.judgement));
            let _ = write!(out, "\nwhen = {when}\njudgement = {judgement}");
            if let Some(note) = &row.note {
                let _ = write!(out, "\nnote = {}", text(note));
            }
        }
    }
    out
}

fn print_question(question: &Question, codes: &[String]) -> String {
    let (number, words) = (text(&question.number), text(&question.text));
    let mut out = format!("\n\n[[domains.questions]]\nnumber = {number}\ntext = {words}");
    let plain: Vec<String> =
        question.offered.iter().filter(|it| *it != NOT_APPLICABLE).cloned().collect();
    if plain != codes {
        let _ = write!(out, "\nanswers = {}", list(&plain));
    }
    if question.asked != Condition::Always || question.offered.len() > plain.len() {
        let _ = write!(out, "\nasked_if = {}", text(&question.asked.to_string()));
    }
    if let Some(aim) = question.aim {
        let _ = write!(out, "\naim = {}", text(aim.name()));
    }
    if !question.stars.is_empty() {
        let stars: Vec<String> =
            question.stars.iter().map(|(code, n)| format!("{} = {n}", text(code))).collect();
        let _ = write!(out, "\nstars = {{ {} }}", stars.join(", "));
    }
    out
}

/// A TOML string.
fn text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|it| text(it)).collect();
    format!("[{}]", items.join(", "))
}

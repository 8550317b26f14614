//! The tools that come with the program as data files.

use std::sync::LazyLock;

use super::Tool;

/// Their files, checked by a test.
const FILES: [&str; 5] = [
    include_str!("data/rob1.toml"),
    include_str!("data/robins-i.toml"),
    include_str!("data/quadas-2.toml"),
    include_str!("data/nos-cohort.toml"),
    include_str!("data/nos-case-control.toml"),
];

static TOOLS: LazyLock<Vec<Tool>> =
    LazyLock::new(|| FILES.iter().filter_map(|text| Tool::from_toml(text).ok()).collect());

/// RoB 1, ROBINS-I (2016), QUADAS-2 and the two Newcastle-Ottawa scales. RoB 2, whose questions depend on the aim of the
/// review, is made by [`crate::rob2::tool`].
pub fn built_ins() -> &'static [Tool] {
    &TOOLS
}

/// The tool with this name, in any case and with any spacing: `robins-i`, `ROBINS I`.
pub fn built_in(name: &str) -> Option<&'static Tool> {
    let plain = |it: &str| -> String {
        it.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_lowercase()).collect()
    };
    let wanted = match plain(name).as_str() {
        "robinsi2016" | "robins" => "robinsi".to_owned(),
        "cochranerob" | "cochrane2011" | "rob12011" => "rob1".to_owned(),
        "quadas" => "quadas2".to_owned(),
        "noscohort" | "nos" | "newcastleottawa" => "newcastleottawacohort".to_owned(),
        "noscasecontrol" => "newcastleottawacasecontrol".to_owned(),
        other => other.to_owned(),
    };
    built_ins().iter().find(|it| plain(&it.name) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_that_comes_with_the_program_is_sound() {
        for text in FILES {
            let tool = Tool::from_toml(text).unwrap_or_else(|problems| panic!("{problems:?}"));
            assert!(Tool::from_toml(&tool.to_toml()).is_ok_and(|it| it == tool), "{}", tool.name);
        }
    }
}

//! `consil rob tool`: the tools that there are, and each as the file it can be read from.

use std::path::PathBuf;

use clap::Args;
use consilience_review::vocabulary::risk_of_bias::ToolName;

use super::Asked;
use crate::Failed;
use crate::printer;

#[derive(Debug, Args)]
#[command(after_help = "\
A team that wants a variant of a tool prints it, edits the file, and gives it with `--tool FILE.toml`. docs/tools.md describes
the format. A file that is given is checked: every name in a rule exists, and every set of answers leads to one judgement.")]
pub(super) struct Arguments {
    #[command(flatten)]
    asked: Asked,
    /// Write into a file rather than to standard output
    #[arg(long)]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failed> {
    if arguments.asked.tool.is_none() {
        return printer::result(ToolName::shipped_names().join("\n"));
    }
    let tool = arguments.asked.one_tool()?;
    super::put(&tool.to_toml(), arguments.out.as_ref())
}

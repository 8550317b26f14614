//! `consil extract`: what people took from the sources of a review.

mod agreement;

use clap::{Args, Subcommand};

use crate::Failed;

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compare two extractors: what they differ on, what one of them has alone, and how far they agree
    Agreement(agreement::Arguments),
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    match &arguments.command {
        Command::Agreement(arguments) => agreement::run(arguments),
    }
}

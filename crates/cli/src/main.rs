//! The command `consil`.
fn main() {}

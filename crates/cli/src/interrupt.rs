//! What is said to a person who stops the program with Ctrl-C: how to go on. Nothing is ever half written, so that stopping
//! needs no more.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;

use crate::printer;

/// What a shell gives for a command that Ctrl-C stopped.
const STOPPED: i32 = 130;

static ADVICE: Mutex<Option<String>> = Mutex::new(None);

/// From now on, a person who stops the program is told this.
pub(crate) fn advise(text: impl Into<String>) {
    let mut advice = ADVICE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let is_first = advice.is_none();
    *advice = Some(text.into());
    drop(advice);
    if is_first {
        // Without it the program stops as any other does, and says nothing.
        let _ = ctrlc::set_handler(stop);
    }
}

#[allow(clippy::exit, reason = "the main thread is busy; whatever it writes is whole or hidden")]
fn stop() {
    let advice = ADVICE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if io::stderr().is_terminal() {
        // The bar stood there.
        let _ = write!(anstream::stderr(), "\r\x1b[2K");
    }
    printer::remark(format!("stopped; {}", advice.as_deref().unwrap_or_default()));
    std::process::exit(STOPPED);
}

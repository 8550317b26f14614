//! How far a long piece of work is, on a terminal and only there.

use std::io::{self, IsTerminal, Read, Write};
use std::time::{Duration, Instant};

/// Nothing is shown of what is over sooner.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar on standard error, gone when the work is over.
pub(crate) struct Bar {
    size: u64,
    done: u64,
    name: String,
    started: Instant,
    shown: Option<u64>,
    is_terminal: bool,
}

impl Bar {
    /// A bar for so much work; what it is called is shown beside it.
    pub(crate) fn new(size: u64, name: &str) -> Self {
        // A name may hold what would command the terminal.
        let name = name.chars().filter(|c| !c.is_control()).collect();
        let is_terminal = io::stderr().is_terminal();
        Self { size, done: 0, name, started: Instant::now(), shown: None, is_terminal }
    }

    /// So much more is done.
    pub(crate) fn advance(&mut self, n: u64) {
        self.done = self.done.saturating_add(n);
        self.show();
    }

    fn show(&mut self) {
        const WIDTH: u64 = 30;
        if !self.is_terminal || self.size == 0 || self.started.elapsed() < PATIENCE {
            return;
        }
        let percent = (self.done.saturating_mul(100) / self.size).min(100);
        if self.shown != Some(percent) {
            let full = usize::try_from(percent * WIDTH / 100).unwrap_or(0);
            let bar = format!("{:<30}", "#".repeat(full));
            // If standard error is gone there is nowhere left to say so.
            let _ = write!(anstream::stderr(), "\r[{bar}] {percent:>3}%  {}", self.name);
            self.shown = Some(percent);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = write!(anstream::stderr(), "\r\x1b[2K");
        }
    }
}

/// An input that shows how much of it has been read.
pub(crate) struct Progress<R> {
    input: R,
    bar: Bar,
}

impl<R> Progress<R> {
    pub(crate) fn new(input: R, size: u64, name: &str) -> Self {
        Self { input, bar: Bar::new(size, name) }
    }
}

impl<R: Read> Read for Progress<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read(buffer)?;
        self.bar.advance(u64::try_from(n).unwrap_or(0));
        Ok(n)
    }
}

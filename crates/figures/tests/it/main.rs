//! What the figures promise, seen from outside: through the markup, the pixels and the pages.

mod bias;
mod drawing;
mod forest;
mod formats;
mod layout;
mod models;
mod others;
mod panels;
mod planes;
mod samples;

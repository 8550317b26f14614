//! Generalised linear mixed models for events and person-time.

//! Evidence and the record: what is told, what can be forgotten, and what a change of it gives away.

mod evidence;
mod forgotten;
mod tampered;

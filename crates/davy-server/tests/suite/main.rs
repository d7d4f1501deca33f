//! The server over real HTTP: each story starts a server on a free port, with a clock that it sets itself.

mod access;
mod backup;
mod checklists;
mod console;
mod demo;
mod desk;
mod device;
mod enrolment;
mod preview;
mod pull;
mod push;
mod session;
mod support;
mod tus;
mod tus_many;

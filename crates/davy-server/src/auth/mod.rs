//! Who is asking: passwords, console sessions, slowed-down logins, device tokens.

pub mod device;
pub mod password;
pub mod secret;
pub mod session;
pub mod throttle;

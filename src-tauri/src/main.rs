//! The desktop program. Everything is in the library, because a phone loads the library instead.

// Windows would otherwise open a console window beside the app.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() {
    davy_field::run();
}

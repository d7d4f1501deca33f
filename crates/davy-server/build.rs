//! The console's files are embedded from `ui/dist/console`; a checkout that has not built them yet has no such folder.

fn main() {
    println!("cargo::rerun-if-changed=../../ui/dist/console");
}
